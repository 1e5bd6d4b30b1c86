"""Checks below every protocol: what a name resolves to, whether a port takes connections."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
from collections.abc import Callable
from typing import TypeVar

from triage_tui.actions.checks.answer import CannotAskError, Question, Said, said, shown, unknown, unseen
from triage_tui.actions.checks.check import Check
from triage_tui.actions.checks.places import Place, place_of
from triage_tui.actions.checks.site import Site
from triage_tui.model import ProblemKind
from triage_tui.model.outcome import Outcome
from triage_tui.sources.problems import network_problem
from triage_tui.sources.worker import Worker
from triage_tui.text import figures, safe

RESOLVE_S = 5.0
"""A resolver's own timeout for its first server (resolv.conf(5): 5 s)."""

SLOW_RESOLVE_S = 1.0
"""From here on the name server is part of the trouble: each new connection waits for it."""

CONNECT_S = 3.0
"""A second SYN is sent after one second, a third after three."""

MOST_ADDRESSES = 4
"""Addresses of one name that are tried."""

T = TypeVar("T")


async def on_thread(name: str, call: Callable[[], T], limit_s: float) -> T:
    """The result of a call that blocks, on a daemon thread of its own that nobody waits for at the end.

    Raises what it raises, and TimeoutError.
    """
    worker = Worker(name)
    try:
        async with asyncio.timeout(limit_s):
            return await worker.run(call)
    finally:
        worker.close()


async def resolve(place: Place) -> list[str]:
    """Addresses of a name, each once. Raises CannotAskError, socket.gaierror, TimeoutError."""
    if place.path:
        raise CannotAskError(f"{place.shown} is a socket of this machine, and no name", "")
    try:
        found = await on_thread(
            f"resolve {place.host[:40]}",
            lambda: socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM),
            RESOLVE_S,
        )
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "the name is none that could be asked for") from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


async def _dns(site: Site, question: Question) -> Said:
    place = place_of(site, question)
    if place.host and _is_number(place.host):
        return said(Outcome.PASS, f"{place.host} is an address: no name has to be looked up")
    started = site.clock.steady()
    try:
        addresses = await resolve(place)
    except TimeoutError:
        return unknown(
            f"the resolver has not answered for {shown(place.host)} within {RESOLVE_S:g} s",
            "Check /etc/resolv.conf, and whether its name servers answer: dig @SERVER NAME.",
        )
    except socket.gaierror as error:
        return _no_name(place, error)
    took = site.clock.steady() - started
    words = f"{shown(place.host)} is {', '.join(addresses[:MOST_ADDRESSES])}, in {took * 1000:.0f} ms"
    outcome = Outcome.WARN if took >= SLOW_RESOLVE_S else Outcome.PASS
    return said(outcome, words, addresses)


def _no_name(place: Place, error: socket.gaierror) -> Said:
    words = safe(error.strerror or str(error))
    step = "Check the spelling, the search domains, and whether the name is one of another network's (Docker's own)."
    if error.errno == socket.EAI_AGAIN:
        # The name server could not be asked: nothing is known of the name.
        return unknown(f"no name server could be asked for {shown(place.host)}: {words}", step)
    return said(Outcome.FAIL, f"{shown(place.host)} does not resolve: {words}", [step])


async def _tcp(site: Site, question: Question) -> Said:
    place = place_of(site, question)
    if place.path:
        return await _unix(place)
    if place.port is None:
        raise CannotAskError(f"no port is named for {place.shown}", "Write host:port.")
    try:
        addresses = [place.host] if _is_number(place.host) else await resolve(place)
    except TimeoutError:
        return unknown(f"the resolver has not answered for {shown(place.host)}", "Ask dns.resolve first.")
    except socket.gaierror as error:
        return _no_name(place, error)
    tried: list[str] = []
    silent = 0
    for address in addresses[:MOST_ADDRESSES]:
        started = site.clock.steady()
        try:
            await _connect(address, place.port)
        except TimeoutError:
            silent += 1
            tried.append(
                f"{address}: no answer within {CONNECT_S:g} s: dropped on the way, or the host is down"
            )
        except OSError as error:
            problem = network_problem(error, place.shown)
            if problem is not None and problem.kind is ProblemKind.PERMISSION:
                return unseen(problem)
            tried.append(f"{address}: {_words(error)}")
        else:
            took = figures.duration(site.clock.steady() - started)
            return said(Outcome.PASS, f"{place.shown} takes connections, {address} after {took}", tried)
    why = "no answer" if silent == len(tried) else tried[-1].partition(": ")[2]
    step = (
        "A firewall or a route drops it, or the host is down."
        if silent == len(tried)
        else "The host answers and nobody listens on that port: is the program running, on that address?"
    )
    return said(Outcome.FAIL, f"{place.shown} takes no connection: {why}", [*tried, step])


async def _connect(address: str, port: int) -> None:
    async with asyncio.timeout(CONNECT_S):
        _, writer = await asyncio.open_connection(address, port)
    writer.transport.abort()


async def _unix(place: Place) -> Said:
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_unix_connection(place.path)
    except TimeoutError:
        return said(
            Outcome.FAIL, f"{place.shown} takes no connection: its queue is full, or the program hangs"
        )
    except PermissionError as error:
        problem = network_problem(error, place.shown)
        return unseen(problem) if problem is not None else unknown(safe(str(error)))
    except (OSError, ValueError) as error:
        words = _words(error) if isinstance(error, OSError) else safe(str(error))
        return said(Outcome.FAIL, f"{place.shown} takes no connection: {words}")
    writer.transport.abort()
    return said(Outcome.PASS, f"{place.shown} takes connections")


def _words(error: OSError) -> str:
    """The kernel's words: asyncio puts its own in their place."""
    return os.strerror(error.errno) if error.errno is not None and error.errno > 0 else safe(str(error))


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


CHECKS = (
    Check("dns.resolve", (), "host", _dns, limit_s=RESOLVE_S + 1),
    Check("tcp.connect", (), "host:port", _tcp),
)
