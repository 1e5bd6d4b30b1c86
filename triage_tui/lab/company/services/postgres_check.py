"""Asks a PostgreSQL server or a pooler whether it would let a user into a database, for health checks. Run as a script.

    python -I -S postgres_check.py 127.0.0.1 5432 user [database]

Without a database it asks for the one that is called like the user, as psql does. It ends with 0 where the server goes
on to ask for a password, else with 1, and says what the server said.
"""

import socket
import sys

_TIMEOUT_S = 5.0


def main() -> int:
    """One start of a session. Returns the exit code."""
    host, port, user, *rest = sys.argv[1:]
    words = ("user", user, "database", rest[0] if rest else user)
    startup = b"\x00\x03\x00\x00" + b"".join(word.encode() + b"\x00" for word in words) + b"\x00"
    try:
        with socket.create_connection((host, int(port)), _TIMEOUT_S) as connection:
            connection.sendall((len(startup) + 4).to_bytes(4, "big") + startup)
            answer = connection.recv(4096)
    except OSError as error:
        sys.stdout.write(f"{host}:{port}: {error.strerror or error}\n")
        return 1
    if answer[:1] == b"R":
        sys.stdout.write("accepting connections\n")
        return 0
    fields = [field.decode(errors="replace") for field in answer[5:].split(b"\x00") if field]
    severity = next((field[1:] for field in fields if field[0] == "S"), "no answer")
    message = next((field[1:] for field in fields if field[0] == "M"), "")
    sys.stdout.write(f"{severity}: {message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
