"""triage-tui: a terminal cockpit for the first ten minutes of an incident."""
