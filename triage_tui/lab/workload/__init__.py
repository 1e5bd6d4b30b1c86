"""What goes on in the practice company: a shop, as its servers see it.

Every activity is a coroutine that runs until it is cancelled, uses the servers the way an application would,
and survives them: `keep` starts it anew when a server was away.
"""
