"""Real servers for tests: one module per kind, each a session fixture that starts what is there or says why not."""
