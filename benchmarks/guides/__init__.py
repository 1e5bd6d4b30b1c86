"""How well guides are found: questions, error lines, and lines that nobody should claim to know."""
