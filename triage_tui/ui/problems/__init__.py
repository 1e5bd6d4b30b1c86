"""What is wrong, on screen: the list on top of the Overview, and one finding in full."""
