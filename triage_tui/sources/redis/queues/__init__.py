"""Queues of eight systems: found by their registries and one slow scan, counted by commands that cost nothing.

One module per system knows its layout. None of them imports the system's library: most of those libraries' "reads"
write (clean-ups, heartbeats, markers), and some unpickle what a stranger may have put there.
"""
