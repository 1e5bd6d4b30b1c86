"""Whose certificate a port shows, by whom, until when, and what is wrong with it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
from datetime import datetime

from msgspec import Struct

from triage_tui.actions.checks import x509
from triage_tui.actions.checks.answer import CannotAskError, Question, Said, said, unknown, unseen
from triage_tui.actions.checks.check import Check
from triage_tui.actions.checks.network import on_thread
from triage_tui.actions.checks.places import Place, place_of
from triage_tui.actions.checks.site import Site
from triage_tui.config.limits import threshold_of
from triage_tui.model.outcome import Outcome
from triage_tui.sources.http.problems import http_problem
from triage_tui.sources.problems import network_problem
from triage_tui.text import figures, safe

STEP_S = 3.0
"""For connecting, and for each answer."""

LIMIT_S = 10.0

_LEFT = "http.tls_expires_in_s"
_SSL_REQUEST = struct.pack(">II", 8, 80_877_103)
"""How PostgreSQL and PgBouncer are asked for TLS (PostgreSQL, "Message Formats": SSLRequest)."""

_FIRST_TALK = frozenset({"postgresql", "postgres"})
_CLEAR = frozenset({"http", "redis"})
"""Schemes that say themselves that nothing is encrypted."""


class _Shown(Struct, frozen=True):
    """The certificate, and why it is not trusted; None where it is."""

    certificate: x509.Certificate
    version: str
    wrong: ssl.SSLCertVerificationError | None


class _NoTlsError(Exception):
    """The server says that it speaks none."""


async def _answer(site: Site, question: Question) -> Said:
    place = place_of(site, question)
    if place.path or place.port is None:
        raise CannotAskError(f"{place.shown} shows no certificate", "Ask about host:port.")
    if place.scheme in _CLEAR:
        raise CannotAskError(
            f"{place.scheme}://{place.shown} is not encrypted: there is no certificate",
            "Ask about the port that speaks TLS: host:port.",
        )
    try:
        found = await on_thread(f"certificate {place.shown[:40]}", lambda: _look(place), LIMIT_S)
    except TimeoutError:
        return unknown(
            f"no answer from {place.shown}", "Ask tcp.connect first: whether the port takes connections."
        )
    except _NoTlsError:
        return said(
            Outcome.FAIL,
            f"{place.shown} speaks no TLS",
            ["Switch TLS on in the server, or ask another port."],
        )
    except (OSError, ValueError) as error:
        problem = network_problem(error, place.shown)
        return unseen(problem) if problem is not None else unknown(safe(str(error)))
    return _told(site, place, found)


def _told(site: Site, place: Place, found: _Shown) -> Said:
    one = found.certificate
    left = (one.ends - site.clock.wall()).total_seconds()
    lines = [
        f"for {one.subject}, by {one.issuer}",
        f"from {_day(one.begins)} until {_day(one.ends)}",
        found.version,
    ]
    when = f"ends in {figures.duration(left)}" if left > 0 else f"ended {figures.duration(-left)} ago"
    if found.wrong is not None:
        problem = http_problem(found.wrong, place.shown)
        return said(Outcome.FAIL, f"{problem.message}; it {when}", [problem.next_step, *lines])
    limit = threshold_of(_LEFT, site.thresholds)
    outcome = Outcome.PASS
    if limit.critical is not None and left <= limit.critical:
        outcome = Outcome.FAIL
    elif limit.warning is not None and left <= limit.warning:
        outcome = Outcome.WARN
    return said(outcome, f"{one.subject}, by {one.issuer}: {when}", lines)


def _day(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def _look(place: Place) -> _Shown:
    """Shake hands as a client would; where that fails for the certificate, once more to read it. Raises OSError."""
    trusting = ssl.create_default_context(cafile=place.ca_file)
    try:
        return _Shown(*_handshake(place, trusting), None)
    except ssl.SSLCertVerificationError as error:
        reading = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        reading.check_hostname = False
        reading.verify_mode = ssl.CERT_NONE
        return _Shown(*_handshake(place, reading), error)


def _handshake(place: Place, context: ssl.SSLContext) -> tuple[x509.Certificate, str]:
    with contextlib.closing(socket.create_connection((place.host, place.port or 0), timeout=STEP_S)) as plain:
        plain.settimeout(STEP_S)
        if place.scheme in _FIRST_TALK:
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) != b"S":
                raise _NoTlsError
        with context.wrap_socket(plain, server_hostname=place.host) as secured:
            der = secured.getpeercert(binary_form=True)
            if not der:
                raise ValueError("the server shows no certificate")
            return x509.read(der), secured.version() or "TLS"


CHECKS = (Check("tls.certificate", (), "host:port", _answer, limit_s=LIMIT_S + 2),)
