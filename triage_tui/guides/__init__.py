"""What to do about it: guides parsed, imported, held to their word, found by question and by error line."""
