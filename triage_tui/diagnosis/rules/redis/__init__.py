"""A Redis server that answers: its memory, and what it does with it."""
