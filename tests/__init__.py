"""Tests mirror triage_tui/; `engines` talks to real servers and `terminal` drives a real pseudo-terminal."""
