"""The panes: each face turns what is known about one kind of target into a title, a few lines and rows."""
