"""What the running engine makes of incidents on real servers."""
