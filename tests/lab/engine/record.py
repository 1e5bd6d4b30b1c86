"""Records what a real Docker engine answers to `questions`, for `test_shapes`. As root, with dockerd and busybox:

    python -m tests.lab.engine.record

It starts an engine of its own and writes fixtures/docker-VERSION.json, without names, paths and addresses of the
machine that it ran on.
"""

from __future__ import annotations

import json
import re
import socket
import sys
from pathlib import Path

from tests.lab.engine.casts import docker_cast
from tests.lab.engine.questions import ask_all
from tests.servers.docker import running_docker

FIXTURES = Path(__file__).with_name("fixtures")


def main() -> int:
    """Record, and say where to."""
    with running_docker() as engine, docker_cast(engine, settled=True) as published:
        answers = ask_all(engine.socket, published)
        folder = str(engine.folder)
    version = answers["looks"]["version"]["body"]
    text = json.dumps({"engine": version["Version"], "api": version["ApiVersion"], **answers}, indent=1)
    text = text.replace(folder, "/var/lib/docker")
    text = re.sub(rf'"{re.escape(socket.gethostname())}"', '"host"', text)
    text = text.replace(version["KernelVersion"], "5.10.0-test")
    release = ".".join(version["Version"].split(".")[:2])
    path = FIXTURES / f"docker-{release}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + "\n")
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
