"""Starts a server as the user that it has to run as: what images do with gosu. Run as a script.

    python -I -S as_user.py 65534:65534 /usr/bin/program argument …

It ends with its parent, as every process of the engine does, although a change of user makes the kernel forget that.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become the program. Does not return."""
    parent = os.getppid()
    user, group = map(int, sys.argv[1].split(":"))
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGQUIT), 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
