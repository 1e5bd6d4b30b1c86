"""Exit codes. They are API: scripts branch on them."""

from __future__ import annotations

OK = 0
"""Done. Of a snapshot: at least one target told something."""

INCOMPLETE = 1
"""Of `doctor`: something could not be reached, or only in part. Of `lab up` and `lab status`: not all is well.
Of `guides`: search, match: no guide; import: no entry; lint: something has to be mended."""

USAGE = 2
"""The arguments or the configuration cannot be used, or a file could not be written; nothing was done."""

WARNING = 1
"""Of `check`: the worst finding is a warning."""

CRITICAL = 2
"""Of `check`: the worst finding is critical."""

BLIND = 3
"""No target told anything. Of `check` also: the arguments or the configuration cannot be used."""

NOT_DONE = 1
"""Of `act`: the server refused, or it did not work."""

UNKNOWN = 3
"""Of `act`: no answer came, or none that could be understood; look before you try again."""

REFUSED = 4
"""Of `act`: a guard refused: read-only, not confirmed, another target by now, …; nothing was sent."""

NOT_FIXED = 5
"""Of `act --for` and `act --verdict`: done, and what was wrong is still there, or came back."""

UNTOLD = 6
"""Of `act --for` and `act --verdict`: done; whether it helped is not known: it could not be seen, or Ctrl-C came."""

INTERRUPTED = 130
"""Ctrl-C: 128 + SIGINT."""

NOBODY_READS = 141
"""Standard output was closed before everything was written: 128 + SIGPIPE."""
