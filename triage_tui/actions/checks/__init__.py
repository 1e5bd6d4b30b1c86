"""Asking: read-only questions to what is watched, each answered with pass, warn, fail or unknown."""
