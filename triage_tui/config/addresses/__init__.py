"""What a URL or a connection string says, checked and free of secrets where it is shown."""
