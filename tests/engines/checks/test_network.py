"""Questions below every protocol, and to endpoints and folders, on real sockets and files."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from tests.actions.checks.watched import Watched, asked, asked_once
from tests.engines.http.servers import serving
from tests.faults.proxy import FaultProxy
from triage_tui.actions.checks import network
from triage_tui.config.secret import Secret
from triage_tui.config.settings import FilesSpec, HostSpec, HttpSpec
from triage_tui.lab.embedded.server import free_port

NOBODY = Watched()
AUTHORITY = trustme.CA()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return str(path)


def showing(*names: str, days: float) -> ssl.SSLContext:
    ends = datetime.now(UTC) + timedelta(days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued = AUTHORITY.issue_cert(*names, not_before=ends - timedelta(days=400), not_after=ends)
    issued.configure_cert(context)
    return context


@pytest.fixture
def port() -> Iterator[int]:
    with serving() as one:
        yield one


class TestNames:
    @pytest.mark.covers("dns.resolve", "success", "gone")
    async def test_a_name_an_address_and_no_name(self) -> None:
        assert (await asked(NOBODY, "dns.resolve", "", "localhost")).outcome == "pass"
        assert (await asked(NOBODY, "dns.resolve", "", "127.0.0.1")).outcome == "pass"
        told = await asked(NOBODY, "dns.resolve", "", "no-such-name.invalid")
        # Without any name server nothing is known of a name; with one, that there is none.
        assert told.outcome in ("fail", "unknown")
        assert told.lines

    @pytest.mark.covers("dns.resolve", "timeout")
    async def test_a_resolver_that_hangs_is_unknown_in_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import threading

        forever = threading.Event()
        monkeypatch.setattr(network, "RESOLVE_S", 0.05)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: forever.wait() or [])
        told = await asked_once(NOBODY, "dns.resolve", "", "db.internal")
        forever.set()
        assert (told.outcome, "has not answered for db.internal" in told.message) == ("unknown", True)

    async def test_a_name_with_control_characters_is_shown_safely(self) -> None:
        told = await asked(NOBODY, "dns.resolve", "", "a\x1b[2Jb")
        assert "\x1b" not in told.message + "".join(told.lines)
        assert told.outcome != "pass"


class TestPorts:
    @pytest.mark.covers("tcp.connect", "success", "down")
    async def test_open_and_closed(self, port: int) -> None:
        assert (await asked(NOBODY, "tcp.connect", "", f"127.0.0.1:{port}")).outcome == "pass"
        shut = await asked(NOBODY, "tcp.connect", "", f"127.0.0.1:{free_port()}")
        assert shut.outcome == "fail"
        assert "nobody listens" in shut.lines[-1]

    @pytest.mark.covers("tcp.connect", "timeout")
    async def test_silent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(network, "CONNECT_S", 0.2)
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            # With the queue full the kernel lets further connections wait without a word.
            waiting = [socket.socket() for _ in range(4)]
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(full.getsockname())
            told = await asked_once(NOBODY, "tcp.connect", "", f"127.0.0.1:{full.getsockname()[1]}")
            for one in waiting:
                one.close()
        assert (told.outcome, "no answer" in told.message) == ("fail", True)

    async def test_a_socket_in_the_file_system(self, tmp_path: Path) -> None:
        path = str(tmp_path / "s")
        assert (await asked(NOBODY, "tcp.connect", "", f"unix://{path}")).outcome == "fail"
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path)
            listening.listen()
            assert (await asked(NOBODY, "tcp.connect", "", f"unix://{path}")).outcome == "pass"

    async def test_without_a_port_it_is_not_asked(self) -> None:
        assert (await asked(NOBODY, "tcp.connect", "", "localhost")).outcome == "unknown"


class TestCertificates:
    @pytest.mark.covers("tls.certificate", "success")
    @pytest.mark.parametrize(("days", "outcome"), [(90, "pass"), (10, "warn"), (1, "fail")])
    async def test_time_that_is_left(self, authority: str, days: float, outcome: str) -> None:
        with serving(showing("localhost", days=days)) as port:
            spec = HttpSpec("shop", Secret(f"https://localhost:{port}/health"), ca_file=authority)
            told = await asked(Watched(spec), "tls.certificate", "shop")
        assert told.outcome == outcome, told
        assert "ends in" in told.message

    async def test_expired_unknown_and_of_another_name(self, authority: str) -> None:
        with serving(showing("localhost", days=-3)) as port:
            spec = HttpSpec("shop", Secret(f"https://localhost:{port}"), ca_file=authority)
            ended = await asked(Watched(spec), "tls.certificate", "shop")
            unknown = await asked(NOBODY, "tls.certificate", "", f"localhost:{port}")
        assert ended.outcome == "fail"
        assert ended.message.startswith("the certificate has expired; it ended 3d")
        assert (unknown.outcome, "has expired" in unknown.message or "authority" in unknown.message) == (
            "fail",
            True,
        )
        with serving(showing("other.example", days=90)) as port:
            spec = HttpSpec("shop", Secret(f"https://localhost:{port}"), ca_file=authority)
            other = await asked(Watched(spec), "tls.certificate", "shop")
        assert (other.outcome, "another name" in other.message) == ("fail", True)

    @pytest.mark.covers("tls.certificate", "down", "timeout")
    async def test_no_tls_refused_and_silent(self, port: int) -> None:
        plain = await asked(NOBODY, "tls.certificate", "", f"https://127.0.0.1:{port}")
        assert plain.outcome == "unknown"
        refused = await asked(NOBODY, "tls.certificate", "", f"127.0.0.1:{free_port()}")
        assert (refused.outcome, "refused" in refused.message) == ("unknown", True)
        with FaultProxy(("127.0.0.1", port)) as proxy:
            proxy.blackhole()
            silent = await asked_once(NOBODY, "tls.certificate", "", f"127.0.0.1:{proxy.port}")
        assert silent.outcome == "unknown"


class TestEndpoints:
    @pytest.mark.covers("http.get", "success", "permission")
    async def test_well_ill_and_down(self, port: int) -> None:
        def at(path: str) -> Watched:
            return Watched(HttpSpec("shop", Secret(f"http://127.0.0.1:{port}/{path}")))

        well = await asked(at("health"), "http.get", "shop")
        assert (well.outcome, well.message[:10]) == ("pass", "status 200")
        assert (await asked(at("503"), "http.get", "shop")).outcome == "fail"
        assert (await asked(at("401"), "http.get", "shop")).outcome in ("warn", "fail")
        url = await asked(NOBODY, "http.get", "", f"http://127.0.0.1:{port}/health?token=hunter2")
        assert url.outcome == "pass"
        assert "hunter2" not in url.message + "".join(url.lines)
        assert (await asked(NOBODY, "http.get", "", "file:///etc/passwd")).outcome == "unknown"

    @pytest.mark.covers("http.get", "down")
    async def test_down(self) -> None:
        told = await asked(Watched(HttpSpec("shop", Secret("http://127.0.0.1:1/"))), "http.get", "shop")
        assert (told.outcome, told.message) == ("fail", "the endpoint does not answer: refused")


class TestFoldersAndTheHost:
    @pytest.mark.covers("files.fresh", "success", "gone", "permission")
    async def test_fresh_stale_missing_and_forbidden(self, tmp_path: Path) -> None:
        (tmp_path / "dump").write_text("x")
        spec = FilesSpec("backups", str(tmp_path), max_age_s=3600)
        assert (await asked(Watched(spec), "files.fresh", "backups")).outcome == "pass"
        os.utime(tmp_path / "dump", (1e9, 1e9))
        assert (await asked(Watched(spec), "files.fresh", "backups")).outcome == "fail"
        gone = await asked(Watched(FilesSpec("backups", str(tmp_path / "gone"))), "files.fresh", "backups")
        assert gone.outcome == "fail"
        unsaid = await asked(NOBODY, "files.fresh", "", str(tmp_path))
        assert (unsaid.outcome, "nobody says how old it may be" in unsaid.message) == ("unknown", True)
        shut = tmp_path / "shut"
        shut.mkdir(mode=0)
        if os.geteuid() != 0:
            told = await asked(Watched(FilesSpec("shut", str(shut))), "files.fresh", "shut")
            assert (told.outcome, "permission" in told.message) == ("unknown", True)

    @pytest.mark.covers("disk.free process.list", "success", "gone")
    async def test_disks_and_processes(self) -> None:
        root = await asked(Watched(HostSpec()), "disk.free", "host", "/etc/hostname")
        assert root.message.startswith("/")
        assert " free, " in " ".join((root.message, *root.lines))
        assert (await asked(NOBODY, "disk.free", "", "no/path")).outcome == "unknown"
        assert (await asked(NOBODY, "process.list")).lines
        none = await asked(NOBODY, "process.list", "", "no-such-program-anywhere")
        assert none.outcome == "unknown"

    async def test_another_machines_disks_are_unknown(self) -> None:
        far = Watched(HttpSpec("far", Secret("http://192.0.2.1/")))
        told = await asked(far, "disk.free", "far")
        assert (told.outcome, "192.0.2.1" in told.message) == ("unknown", True)
