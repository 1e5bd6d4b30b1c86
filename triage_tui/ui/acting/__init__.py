"""Acting from the screen: what a key would do is shown, confirmed, done on another thread, and told."""
