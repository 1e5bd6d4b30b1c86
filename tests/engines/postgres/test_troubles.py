"""Everything that can be wrong between us and a server: each in its own words, with a next step, and nothing raised."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest
import trustme

from tests.engines.postgres.conftest import OpenSource, failure, look, through, url_of
from tests.engines.postgres.crowd import Crowd, until
from tests.faults.proxy import FaultProxy
from tests.servers.postgres import running, with_tls
from triage_tui.lab.embedded.server import EmbeddedServer, unprivileged_owner
from triage_tui.model import Problem, ProblemKind, State
from triage_tui.sources.postgres import link

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests wait for silence as long as it takes; here that is not long."""
    monkeypatch.setattr(link, "CONNECT_PATIENCE_S", 0.5)
    monkeypatch.setattr(link, "PATIENCE_S", 0.5)


@pytest.fixture
def certificates() -> Iterator[tuple[trustme.CA, dict[str, str]]]:
    """A private authority, and settings of a server with a certificate of it that lets `outsider` in nowhere."""
    with TemporaryDirectory(prefix="triage-test-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        authority = trustme.CA()
        certificate = authority.issue_cert("db.example")
        certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        (folder / "key.pem").chmod(0o600)
        if (owner := unprivileged_owner()) is not None:
            os.chown(folder / "key.pem", *owner)
        (folder / "pg_hba.conf").write_text(
            "hostssl all onlytls all scram-sha-256\n"
            "host all postgres all scram-sha-256\n"
            "host all outsider all reject\n"
        )
        yield (
            authority,
            {
                "ssl": "on",
                "ssl_cert_file": str(folder / "cert.pem"),
                "ssl_key_file": str(folder / "key.pem"),
                "hba_file": str(folder / "pg_hba.conf"),
            },
        )


@pytest.fixture
async def guarded(
    certificates: tuple[trustme.CA, dict[str, str]],
) -> AsyncIterator[tuple[Crowd, EmbeddedServer]]:
    """A server that speaks TLS, and its superuser."""
    with running(with_tls(), **certificates[1]) as server:
        async with Crowd(server.url) as crowd:
            yield crowd, server


async def test_an_address_that_makes_no_sense(open_source: OpenSource) -> None:
    source = open_source("postgresql://app:hunter2@db:54a32/shop")
    problem = await failure(source)
    assert (problem.kind, problem.message) == (
        ProblemKind.PROTOCOL,
        "the port is not a number from 1 to 65535",
    )
    assert "postgresql://user@host:5432/database" in problem.next_step
    assert "hunter2" not in repr(source.target)


async def test_a_host_that_nobody_knows(open_source: OpenSource) -> None:
    problem = await failure(open_source("postgresql://app@no-such-host.invalid/shop"))
    assert problem.kind is ProblemKind.DNS
    assert "resolv.conf" in problem.next_step


async def test_nobody_listens(proxy: FaultProxy, postgres: EmbeddedServer, open_source: OpenSource) -> None:
    proxy.refuse()
    problem = await failure(open_source(through(proxy, postgres)))
    assert problem.kind is ProblemKind.REFUSED
    assert "Connection refused" in problem.message
    assert f"127.0.0.1:{proxy.port}" in problem.next_step


async def test_no_socket_and_a_socket_that_may_not_be_opened(open_source: OpenSource, tmp_path: Path) -> None:
    problem = await failure(open_source(f"postgresql://app@/shop?host={tmp_path}"))
    assert problem.kind is ProblemKind.REFUSED
    assert "unix_socket_directories" in problem.next_step


async def test_a_wrong_password(crowd: Crowd, postgres: EmbeddedServer, open_source: OpenSource) -> None:
    await crowd.run("CREATE ROLE app LOGIN PASSWORD 'right'")
    try:
        source = open_source(url_of(postgres, user="app", password="wrong-hunter2"))
        observation = await source.observe()
        assert observation.state is State.DENIED
        problem = await failure(source)
        assert problem.kind is ProblemKind.AUTH
        assert problem.message.endswith('password authentication failed for user "app"')
        assert problem.next_step.startswith("Correct the password of app")
        assert "hunter2" not in repr(problem)
    finally:
        await crowd.run("DROP ROLE app")


async def test_no_password(crowd: Crowd, postgres: EmbeddedServer, open_source: OpenSource) -> None:
    parts = urlsplit(postgres.url)
    url = f"postgresql://postgres@{parts.hostname}:{parts.port}/postgres?passfile=/dev/null"
    problem = await failure(open_source(url))
    assert problem.kind is ProblemKind.AUTH
    assert problem.next_step.startswith("Give the password of postgres")


async def test_a_database_that_is_not_there(postgres: EmbeddedServer, open_source: OpenSource) -> None:
    problem = await failure(open_source(url_of(postgres, database="no_such_shop")))
    assert problem.kind is ProblemKind.MISSING
    assert problem.message.endswith('database "no_such_shop" does not exist')


async def test_a_role_that_may_not_log_in(
    crowd: Crowd, postgres: EmbeddedServer, open_source: OpenSource
) -> None:
    await crowd.run("CREATE ROLE group_only NOLOGIN PASSWORD 'right'")
    try:
        problem = await failure(open_source(url_of(postgres, user="group_only", password="right")))
        assert problem.kind is ProblemKind.AUTH
        assert "LOGIN" in problem.next_step
    finally:
        await crowd.run("DROP ROLE group_only")


async def test_what_a_guarded_server_says(
    guarded: tuple[Crowd, EmbeddedServer],
    certificates: tuple[trustme.CA, dict[str, str]],
    open_source: OpenSource,
    tmp_path: Path,
) -> None:
    crowd, server = guarded
    await crowd.run("CREATE ROLE onlytls LOGIN PASSWORD 'right'")
    await crowd.run("CREATE ROLE outsider LOGIN PASSWORD 'right'")
    await crowd.run("CREATE ROLE forgotten LOGIN PASSWORD 'right'")
    ca = tmp_path / "ca.pem"
    certificates[0].cert_pem.write_to_path(ca)
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(stranger)

    async def refused(user: str, query: str) -> Problem:
        return await failure(open_source(url_of(server, user=user, password="right") + query))

    plain = await refused("onlytls", "?sslmode=disable")
    assert plain.kind is ProblemKind.PERMISSION
    assert "sslmode=require" in plain.next_step
    rejected = await refused("outsider", "")
    assert (rejected.kind, "pg_hba.conf" in rejected.next_step) == (ProblemKind.PERMISSION, True)
    no_entry = await refused("forgotten", "?sslmode=require")
    assert "no pg_hba.conf entry" in no_entry.message
    assert no_entry.kind is ProblemKind.PERMISSION
    untrusted = await refused("onlytls", f"?sslmode=verify-ca&sslrootcert={stranger}")
    assert untrusted.kind is ProblemKind.TLS
    assert "sslrootcert=" in untrusted.next_step
    misnamed = await refused("onlytls", f"?sslmode=verify-full&sslrootcert={ca}")
    assert misnamed.kind is ProblemKind.TLS
    assert "name that is in the certificate" in misnamed.next_step
    absent = await refused("onlytls", f"?sslmode=verify-full&sslrootcert={tmp_path}/none.pem")
    assert absent.kind is ProblemKind.TLS
    assert "Correct the path" in absent.next_step

    data = await look(
        open_source(url_of(server, user="onlytls", password="right") + f"?sslmode=verify-ca&sslrootcert={ca}")
    )
    assert data.user == "onlytls"


async def test_a_server_without_tls_that_is_asked_for_it(
    postgres: EmbeddedServer, open_source: OpenSource
) -> None:
    problem = await failure(open_source(postgres.url + "?sslmode=require"))
    assert problem.kind is ProblemKind.TLS
    assert "offers no TLS" in problem.next_step


@pytest.mark.usefixtures("impatient")
async def test_silence_from_the_start(
    proxy: FaultProxy, postgres: EmbeddedServer, open_source: OpenSource
) -> None:
    proxy.blackhole()
    source = open_source(through(proxy, postgres))
    problem = await failure(source)
    assert problem.kind is ProblemKind.TIMEOUT
    assert problem.message.startswith("no answer within 0.5 s from postgresql://")
    await asyncio.to_thread(proxy.wait_for_connections, 0)
    proxy.passes()
    assert await look(source)


@pytest.mark.usefixtures("impatient")
async def test_silence_in_the_middle(
    proxy: FaultProxy, postgres: EmbeddedServer, open_source: OpenSource
) -> None:
    source = open_source(through(proxy, postgres))
    await look(source)
    proxy.blackhole()
    problem = await failure(source)
    assert problem.kind is ProblemKind.TIMEOUT
    proxy.passes()
    assert await look(source)
    await asyncio.to_thread(proxy.wait_for_connections, 1)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("after", [1, 20, 100, 400])
async def test_half_an_answer(
    proxy: FaultProxy, postgres: EmbeddedServer, open_source: OpenSource, after: int
) -> None:
    source = open_source(through(proxy, postgres))
    await look(source)
    proxy.half_answer(after)
    problem = await failure(source)
    assert problem.kind is ProblemKind.TIMEOUT
    proxy.passes()
    assert await look(source)


@pytest.mark.parametrize("after", [0, 1, 20, 100, 400])
async def test_broken_off_in_the_middle(
    proxy: FaultProxy, postgres: EmbeddedServer, open_source: OpenSource, after: int
) -> None:
    source = open_source(through(proxy, postgres))
    await look(source)
    proxy.cut(after)
    problem = await failure(source)
    assert problem.kind is ProblemKind.REFUSED
    assert "broke off" in problem.next_step
    proxy.passes()
    assert await look(source)


async def test_reset(proxy: FaultProxy, postgres: EmbeddedServer, open_source: OpenSource) -> None:
    source = open_source(through(proxy, postgres))
    await look(source)
    proxy.reset()
    assert (await failure(source)).kind is ProblemKind.REFUSED
    assert (await failure(source)).kind is ProblemKind.REFUSED
    proxy.passes()
    assert await look(source)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("seed", range(12))
async def test_garbage(
    proxy: FaultProxy, postgres: EmbeddedServer, open_source: OpenSource, seed: int
) -> None:
    """Whatever it says first, and whatever it says later: down, in words, and well again afterwards."""
    source = open_source(through(proxy, postgres))
    await look(source)
    proxy.garbage(300, seed)
    # Bytes that look like the head of a long message are waited for.
    garbled = {ProblemKind.PROTOCOL, ProblemKind.TIMEOUT, ProblemKind.REFUSED}
    assert (await failure(source)).kind in garbled
    assert (await failure(source)).kind in garbled | {ProblemKind.TLS}
    proxy.passes()
    assert await look(source)


@pytest.mark.parametrize("query", ["?sslmode=disable", "?sslmode=prefer"])
async def test_a_web_server(open_source: OpenSource, query: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nServer: \x1b[31mnginx\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        problem = await failure(open_source(f"postgresql://app:pw@127.0.0.1:{port}/shop{query}"))
    assert problem.kind is ProblemKind.PROTOCOL
    assert "is really PostgreSQL" in problem.next_step
    assert "\x1b" not in problem.message


async def test_our_session_is_ended_by_somebody(crowd: Crowd, open_source: OpenSource) -> None:
    source = open_source(crowd.url)
    await look(source)
    await crowd.dismiss("application_name = 'triage-tui'")
    problem = await failure(source)
    assert problem.kind is ProblemKind.REFUSED
    assert problem.message == "terminating connection due to administrator command"
    assert await look(source)


async def test_a_server_killed_in_the_middle_of_a_look_and_started_again(open_source: OpenSource) -> None:
    with TemporaryDirectory(prefix="triage-test-") as place, running(folder=Path(place)) as server:
        address = urlsplit(server.url)
        assert address.port is not None
        with FaultProxy(("127.0.0.1", address.port)) as proxy:
            source = open_source(through(proxy, server))
            before = await look(source)
            proxy.latency(0.2)
            under_way = asyncio.create_task(source.observe())
            await asyncio.sleep(0.3)
            assert not under_way.done()
            os.kill(server.pid, signal.SIGKILL)
            observation = await under_way
            assert observation.state is State.DOWN
            assert observation.problem is not None
            assert observation.problem.kind is ProblemKind.REFUSED
            proxy.passes()
            assert (await failure(source)).kind is ProblemKind.REFUSED

            server.stop()
            with running(folder=Path(place), port=address.port):
                after = await until(source.observe, lambda seen: seen.state is State.LIVE, "recovery")
                assert after.data is not None
                assert after.data.version == before.version  # type: ignore[union-attr]
                assert after.data.uptime_s < 60  # type: ignore[union-attr, operator]
                await source.aclose()


async def test_a_server_that_shuts_down_in_good_order(open_source: OpenSource) -> None:
    with running() as server:
        source = open_source(server.url)
        await look(source)
        server.stop()
        assert (await failure(source)).kind is ProblemKind.REFUSED
        problem = await failure(source)
        assert problem.kind is ProblemKind.REFUSED
        assert "Connection refused" in problem.message


async def test_every_kind_of_trouble_is_told_apart(
    crowd: Crowd, proxy: FaultProxy, postgres: EmbeddedServer, open_source: OpenSource, impatient: None
) -> None:
    """DNS, refused, silent, TLS, password, permission, database and address: eight messages, eight next steps."""
    await crowd.run("CREATE ROLE app LOGIN PASSWORD 'right'")
    await crowd.run("CREATE DATABASE closed")
    await crowd.run("REVOKE CONNECT ON DATABASE closed FROM public")
    try:
        proxy.blackhole()
        app = url_of(postgres, user="app", password="right")
        silent = await failure(open_source(through(proxy, postgres)))
        proxy.refuse()
        problems = [
            silent,
            await failure(open_source(through(proxy, postgres))),
            await failure(open_source("postgresql://app@no-such-host.invalid/shop")),
            await failure(open_source(app + "?sslmode=require")),
            await failure(open_source(url_of(postgres, user="app", password="wrong"))),
            await failure(open_source(app.removesuffix("/postgres") + "/closed")),
            await failure(open_source(app.removesuffix("/postgres") + "/gone")),
            await failure(open_source("mysql://app@db/shop")),
        ]
    finally:
        await crowd.run("DROP DATABASE closed")
        await crowd.run("DROP ROLE app")
    assert [problem.kind for problem in problems] == [
        ProblemKind.TIMEOUT,
        ProblemKind.REFUSED,
        ProblemKind.DNS,
        ProblemKind.TLS,
        ProblemKind.AUTH,
        ProblemKind.PERMISSION,
        ProblemKind.MISSING,
        ProblemKind.PROTOCOL,
    ]
    assert len({problem.message for problem in problems}) == len(problems)
    assert len({problem.next_step for problem in problems}) == len(problems)


async def test_nothing_is_contacted_before_the_first_look(
    postgres: EmbeddedServer, proxy: FaultProxy, open_source: OpenSource
) -> None:
    source = open_source(through(proxy, postgres))
    assert source.target.endpoint == f"postgresql://postgres@127.0.0.1:{proxy.port}/postgres"
    assert proxy.accepted == 0
