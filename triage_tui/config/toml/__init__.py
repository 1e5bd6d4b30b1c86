"""Reading triage.toml: found, trusted, parsed, and every mistake in it told with its line."""
