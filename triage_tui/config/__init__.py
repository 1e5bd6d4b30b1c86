"""triage.toml and what is found on this machine, made into Settings."""
