"""An engine behind ssh: one ssh process that forwards the engine's socket to one of ours.

The SDK's own ways, an ssh process per request or one paramiko connection with at most ten channels, do not carry
streams for many containers. The user's ssh configuration, agent and known hosts count as they always do.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from triage_tui.model import Problem, ProblemKind
from triage_tui.sources.docker.endpoint import DOCKER_SOCKET, Endpoint
from triage_tui.text import safe

CONNECT_S = 5
"""ssh's own bound on connecting; its keep-alives end a dead connection after 15 s."""

READY_S = 6.0
_POLL_S = 0.05
_ENDING_S = 0.5
_LONGEST_COMPLAINT = 4096

_COMPLAINTS: Sequence[tuple[str, ProblemKind, str]] = (
    ("host key verification failed", ProblemKind.AUTH, "Run `ssh {host}` once by hand and accept its key if right."),
    ("identification has changed", ProblemKind.AUTH, "Find out why the key of {host} changed before you trust it."),
    ("permission denied", ProblemKind.AUTH, "Load the key for {host} into ssh-agent, so that ssh asks nothing."),
    ("could not resolve", ProblemKind.DNS, "Check the name {host} and this host's resolver."),
    ("connection refused", ProblemKind.REFUSED, "Check that sshd runs on {host} and listens on that port."),
    ("no route to host", ProblemKind.REFUSED, "Check the route from this host to {host}."),
    ("timed out", ProblemKind.TIMEOUT, "Check that {host} is up and that no firewall drops ssh to it."),
)  # fmt: skip
"""Parts of what ssh says, what kind of problem that is, and the next step."""


class TunnelError(Exception):
    """ssh did not bring us there. `problem` says why."""

    def __init__(self, kind: ProblemKind, message: str, next_step: str) -> None:
        super().__init__(message)
        self.problem = Problem(kind, message, next_step)


def ssh_command(endpoint: Endpoint, local: Path) -> list[str]:
    """The command line that forwards the engine's socket to `local`; nothing in it goes through a shell."""
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": str(CONNECT_S),
        "ServerAliveInterval": "5",
        "ServerAliveCountMax": "3",
        "ExitOnForwardFailure": "yes",
        "StreamLocalBindMask": "0177",
        # Ended with us: forwarded through a shared connection, the socket would outlive this process.
        "ControlMaster": "no",
        "ControlPath": "none",
    }
    command = ["ssh", "-nNT"]
    for name, value in options.items():
        command += ["-o", f"{name}={value}"]
    command += ["-L", f"{local}:{endpoint.path or DOCKER_SOCKET}"]
    if endpoint.port:
        command += ["-p", str(endpoint.port)]
    if endpoint.user:
        command += ["-l", endpoint.user]
    return [*command, "--", endpoint.host or ""]


class Tunnel:
    """The ssh process of one endpoint and its folder. Started when first asked for, ended by `aclose`."""

    def __init__(self, endpoint: Endpoint, environ: Mapping[str, str] | None = None) -> None:
        self._endpoint = endpoint
        self._environ = dict(os.environ if environ is None else environ)
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    async def ready(self) -> Endpoint:
        """The near end, once ssh has forwarded it. Raises TunnelError. A process that died is started anew."""
        if self._process is None or self._process.poll() is not None:
            await self.aclose()
            self._start()
        assert self._folder is not None
        assert self._process is not None
        near = self._folder / "s"
        for _ in range(int(READY_S / _POLL_S)):
            if near.is_socket():
                return Endpoint("unix", path=str(near))
            if self._process.poll() is not None:
                complaint = self._complaint()
                await self.aclose()
                raise _complaint_error(complaint, self._endpoint)
            await asyncio.sleep(_POLL_S)
        raise _complaint_error("the connection timed out", self._endpoint)

    async def aclose(self) -> None:
        """End ssh, by force after half a second, and remove its folder."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.terminate()
            for _ in range(int(_ENDING_S / _POLL_S)):
                if process.poll() is not None:
                    break
                await asyncio.sleep(_POLL_S)
            else:
                process.kill()
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_ENDING_S)
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self) -> None:
        # A socket's path has room for 107 bytes, so the folder stands where paths are short.
        self._folder = Path(tempfile.mkdtemp(prefix="triage-"))
        try:
            with (self._folder / "ssh.log").open("wb") as log:
                self._process = subprocess.Popen(
                    ssh_command(self._endpoint, self._folder / "s"),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    env=self._environ,
                )
        except FileNotFoundError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
            raise TunnelError(
                ProblemKind.MISSING,
                "there is no ssh program",
                "Install an ssh client, or use tcp:// with TLS.",
            ) from error

    def _complaint(self) -> str:
        assert self._folder is not None
        try:
            with (self._folder / "ssh.log").open("rb") as log:
                said = log.read(_LONGEST_COMPLAINT)
        except OSError:
            return ""
        lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
        return " · ".join(lines[-3:])


def _complaint_error(said: str, endpoint: Endpoint) -> TunnelError:
    host = safe(endpoint.host)
    message = safe(said) or "ssh ended without a word"
    for part, kind, step in _COMPLAINTS:
        if part in said.lower():
            return TunnelError(kind, message, step.format(host=host))
    return TunnelError(ProblemKind.REFUSED, message, f"Run `ssh {host}` by hand and see what it says.")
