"""Asks a Redis server for a PONG, for health checks. Run as a script; the password is in REDIS_PASSWORD.

python -I -S redis_check.py 127.0.0.1 6379
"""

import os
import socket
import sys

_TIMEOUT_S = 5.0


def main() -> int:
    """One PING. Returns the exit code."""
    host, port = sys.argv[1:]
    password = os.environ.get("REDIS_PASSWORD", "")
    try:
        with socket.create_connection((host, int(port)), _TIMEOUT_S) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (piece := connection.recv(4096)):
                answer += piece
    except OSError as error:
        sys.stdout.write(f"{host}:{port}: {error.strerror or error}\n")
        return 1
    sys.stdout.write(f"{answer.decode(errors='replace').splitlines()[-1] if answer else 'no answer'}\n")
    return 0 if answer.endswith(b"+PONG\r\n") else 1


if __name__ == "__main__":
    sys.exit(main())
