"""Checks that the reader asks for, and their answers."""
