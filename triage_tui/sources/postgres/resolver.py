"""Host names to addresses, in a thread that nothing ever waits for.

libpq resolves names while everything waits; psycopg does it in the event loop's pool of threads, which the
interpreter joins before it exits, however long a resolver is silent.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping

from triage_tui.sources.postgres.conninfo import DEFAULT_PORT
from triage_tui.sources.worker import StillBusyError, Worker

RESOLVE_PATIENCE_S = 4.0
"""A resolver's own timeout for its first server is 5 s; after 4 the next look may be luckier."""


class ResolverBusyError(Exception):
    """The resolver has not answered."""


class Resolver:
    """Resolves the hosts of one target, one look-up at a time."""

    def __init__(self) -> None:
        self._worker = Worker("postgres-resolver")

    async def resolve(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """The parameters with `hostaddr` for every host that is a name, and one entry for each of its addresses.

        Raises socket.gaierror where no host could be resolved, ResolverBusyError where no answer comes.
        """
        hosts = parameters.get("host", "").split(",")
        if parameters.get("hostaddr") or not any(map(_is_name, hosts)):
            return dict(parameters)
        ports = parameters.get("port", DEFAULT_PORT).split(",")
        if len(ports) == 1:
            ports *= len(hosts)
        found: list[tuple[str, str, str]] = []
        failure: OSError | None = None
        for host, port in zip(hosts, ports, strict=False):
            try:
                found += [(host, address, port) for address in await self._addresses(host)]
            except OSError as error:
                failure = error
        if not found:
            assert failure is not None
            raise failure
        names, addresses, chosen = (",".join(column) for column in zip(*found, strict=True))
        return {**parameters, "host": names, "hostaddr": addresses, "port": chosen}

    async def _addresses(self, host: str) -> list[str]:
        if not _is_name(host):
            # A socket's folder has no address; libpq takes the empty one for it.
            return ["" if host.startswith(("/", "@")) else host]
        try:
            answer = await asyncio.wait_for(
                self._worker.run(lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)),
                RESOLVE_PATIENCE_S,
            )
        except (TimeoutError, StillBusyError):
            raise ResolverBusyError(f"the resolver has not answered for {host}") from None
        # One address may stand there several times.
        return list(dict.fromkeys(str(place[4][0]) for place in answer))

    def close(self) -> None:
        """Let the thread go when it is done."""
        self._worker.close()


def _is_name(host: str) -> bool:
    if not host or host.startswith(("/", "@")):
        return False
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return True
    return False
