"""A small company to break and to practise on; only the command line starts it."""
