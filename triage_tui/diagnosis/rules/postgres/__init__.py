"""A PostgreSQL server that answers: its sessions, its locks, the server itself."""
