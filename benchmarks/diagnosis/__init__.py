"""Whether the right finding leads, and what a diagnosis costs."""
