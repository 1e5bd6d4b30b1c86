"""The terminal as a replica: what it should show, what it has been sent, and the difference between the two."""
