"""HTTP endpoints that are well, in trouble, sick, or no HTTP endpoints at all."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from tests.engines.http.servers import Handler, serving
from tests.faults.proxy import FaultProxy
from triage_tui.config.secret import Secret
from triage_tui.config.settings import HttpSpec
from triage_tui.model import Observation, ProblemKind, State
from triage_tui.model.http import HttpData
from triage_tui.sources.http import HttpSource, request, source

Make = Callable[..., HttpSource]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Makes sources that are closed afterwards."""
    made: list[HttpSource] = []

    def one(url: str, **more: object) -> HttpSource:
        made.append(HttpSource(HttpSpec("api", Secret(url), **more)))  # type: ignore[arg-type]
        return made[-1]

    yield one
    for each in made:
        await each.aclose()


@pytest.fixture
def port() -> Iterator[int]:
    """A server that is well."""
    with serving() as number:
        yield number


def data(observation: Observation) -> HttpData:
    """What a look that succeeded brought."""
    assert observation.state is State.LIVE, observation.problem
    assert isinstance(observation.data, HttpData)
    return observation.data


async def test_an_endpoint_that_is_well(make: Make, port: int) -> None:
    """Status, latency, no certificate, nothing expected of the body."""
    seen = data(await make(f"http://127.0.0.1:{port}/health?probe=1").observe())
    assert seen.status == 200
    assert seen.ok
    assert 0 < seen.latency_s < 5
    assert seen.tls_expires_at is None
    assert seen.body_ok is None
    assert Handler.seen[-1][0] == "/health?probe=1"


@pytest.mark.parametrize("status", [401, 404, 500, 503])
async def test_a_bad_status_is_an_answer(make: Make, port: int, status: int) -> None:
    """The server lives and says what is wrong; that is not "down"."""
    seen = data(await make(f"http://127.0.0.1:{port}/{status}").observe())
    assert seen.status == status
    assert not seen.ok


async def test_a_status_that_is_expected_is_fine(make: Make, port: int) -> None:
    """As configured."""
    assert data(await make(f"http://127.0.0.1:{port}/401", expect_status=(401,)).observe()).ok


async def test_redirects_are_not_followed(make: Make, port: int) -> None:
    """Nothing is behind the location; and it might be another host."""
    assert data(await make(f"http://127.0.0.1:{port}/302").observe()).status == 302


@pytest.mark.parametrize(("expected", "found"), [("is well", True), ("is ill", False)])
async def test_the_body(make: Make, port: int, expected: str, found: bool) -> None:
    """What was hoped for stands in it, or not."""
    assert data(await make(f"http://127.0.0.1:{port}/", expect_body=expected).observe()).body_ok is found


async def test_an_endless_body_is_bounded(make: Make, port: int) -> None:
    """Only its beginning is read."""
    assert data(await make(f"http://127.0.0.1:{port}/endless", expect_body="well").observe()).body_ok


async def test_headers_and_login_are_sent_and_never_shown(make: Make, port: int) -> None:
    """The user of the URL as basic authentication; headers as configured."""
    source = make(
        f"http://ann:s3cr3t@127.0.0.1:{port}/x?token=abc123", headers={"X-Probe": Secret("hidden1")}
    )
    data(await source.observe())
    sent = Handler.seen[-1][1]
    assert sent["x-probe"] == "hidden1"
    assert sent["authorization"] == "Basic YW5uOnMzY3IzdA=="
    assert "s3cr3t" not in source.target.endpoint
    assert "abc123" not in source.target.endpoint
    assert f"127.0.0.1:{port}/x" in source.target.endpoint


# Failures, each with its own words


async def problem(source: HttpSource, kind: ProblemKind, *words: str) -> str:
    """The words of a look that failed as expected."""
    observation = await source.observe()
    assert observation.problem is not None, observation
    assert observation.problem.kind is kind, observation.problem
    assert observation.state is State.DOWN
    said = observation.problem.message
    assert any(word in said for word in words), said
    assert observation.problem.next_step.endswith(".") or "://" in observation.problem.next_step
    return said


async def test_failures_have_words_of_their_own(
    make: Make, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, no such host, silence, nonsense, no answer, a broken one: no two read alike."""
    monkeypatch.setattr(request, "SILENCE_S", 0.2)
    said = set()
    with FaultProxy(("127.0.0.1", port)) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/"
        proxy.refuse()
        said.add(await problem(make(url), ProblemKind.REFUSED, "refused"))
        proxy.blackhole()
        silence = await problem(make(url), ProblemKind.TIMEOUT, "no answer")
        assert "within" not in silence, "the look's own bound was not reached"
        said.add(silence)
        proxy.garbage()
        said.add(await problem(make(url), ProblemKind.PROTOCOL, "not an HTTP answer"))
        proxy.half_answer(20)
        await problem(make(url), ProblemKind.TIMEOUT, "no answer")
        proxy.cut(0)
        said.add(await problem(make(url), ProblemKind.PROTOCOL, "closed without an answer"))
        proxy.cut(9)
        said.add(await problem(make(url), ProblemKind.PROTOCOL, "closed in the middle of an answer"))
        proxy.reset()
        await problem(make(url), ProblemKind.REFUSED, "reset", "closed")
        proxy.passes()
        source = make(url)
        assert data(await source.observe()).ok
    said.add(await problem(make("http://no-such-host.invalid/"), ProblemKind.DNS, "name", "Name"))
    assert len(said) == 6


async def test_a_server_that_drips_is_given_up(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never silent for long, and would hold the thread for hours: the connection is broken off from outside."""
    monkeypatch.setattr(source, "LOOK_WITHIN_S", 0.5)
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not stop.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        one = make(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        await problem(one, ProblemKind.TIMEOUT, "no answer")
        thread.join(10)
        assert not thread.is_alive(), "the connection was not closed"
    finally:
        stop.set()
        listener.close()


@pytest.mark.parametrize(
    "url", ["ftp://x/", "http://", "http://127.0.0.1:99999/", "http://[::1/", "/health", ""]
)
async def test_a_malformed_url_is_named(make: Make, url: str) -> None:
    """Whatever stands there."""
    observation = await make(url).observe()
    assert observation.problem is not None
    assert observation.problem.kind is ProblemKind.MISSING
    assert "api" in observation.problem.next_step


async def test_a_hundred_looks_at_a_dead_end_keep_one_connection(
    make: Make, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one thread."""
    monkeypatch.setattr(source, "LOOK_WITHIN_S", 0.02)
    before = threading.active_count()
    with FaultProxy(("127.0.0.1", port)) as proxy:
        proxy.blackhole()
        one = make(f"http://127.0.0.1:{proxy.port}/")
        for _ in range(100):
            await problem(one, ProblemKind.TIMEOUT, "no answer")
            assert proxy.connections <= 2
        assert threading.active_count() <= before + 2


# TLS


def authority(tmp_path: Path) -> tuple[trustme.CA, str]:
    """An authority and its file."""
    ca = trustme.CA()
    path = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return ca, str(path)


def server_side(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """A context for a server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def test_tls_tells_how_long_the_certificate_is_good(make: Make, tmp_path: Path) -> None:
    """To the second, as the certificate says."""
    ca, ca_file = authority(tmp_path)
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=9)
    with serving(server_side(ca.issue_cert("127.0.0.1", not_after=ends))) as port:
        seen = data(await make(f"https://127.0.0.1:{port}/", ca_file=ca_file).observe())
    assert seen.tls_expires_at == ends.isoformat()
    assert seen.tls_expires_in_s == pytest.approx(9 * 86_400, abs=120)


async def test_tls_refusals_say_which_check_failed(make: Make, tmp_path: Path, port: int) -> None:
    """Expired, another name, an unknown authority, no TLS at all, a file that is none."""
    ca, ca_file = authority(tmp_path)
    now = datetime.now(UTC)
    old = ca.issue_cert("127.0.0.1", not_before=now - timedelta(days=9), not_after=now - timedelta(days=1))
    with serving(server_side(old)) as expired:
        await problem(make(f"https://127.0.0.1:{expired}/", ca_file=ca_file), ProblemKind.TLS, "expired")
    with serving(server_side(ca.issue_cert("other.example"))) as wrong:
        await problem(make(f"https://127.0.0.1:{wrong}/", ca_file=ca_file), ProblemKind.TLS, "another name")
    with serving(server_side(ca.issue_cert("127.0.0.1"))) as unknown:
        await problem(make(f"https://127.0.0.1:{unknown}/"), ProblemKind.TLS, "authority")
    await problem(make(f"https://127.0.0.1:{port}/", ca_file=ca_file), ProblemKind.TLS, "")
    observation = await make(f"https://127.0.0.1:{port}/", ca_file=str(tmp_path / "none.pem")).observe()
    assert observation.problem is not None
    assert "ca_file" in observation.problem.message
