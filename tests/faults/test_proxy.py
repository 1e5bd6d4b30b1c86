"""The proxy is an instrument: it is calibrated before it measures anything."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.proxy import FaultProxy

ANSWER = b"answer:"


class Server:
    """Answers every chunk with `answer:` and the chunk itself; closes when asked with `bye`."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        listener.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                while (chunk := client.recv(65536)) and chunk != b"bye":
                    client.sendall(ANSWER + chunk)
            except OSError:
                return

    def close(self) -> None:
        # Closing alone would not wake the thread that accepts.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture(params=["tcp", "unix"])
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FaultProxy]:
    if request.param == "tcp":
        listener = socket.create_server(("127.0.0.1", 0))
        upstream: tuple[str, int] | Path = ("127.0.0.1", listener.getsockname()[1])
    else:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        upstream = tmp_path / "u"
        listener.bind(str(upstream))
    server = Server(listener)
    try:
        with FaultProxy(upstream) as running:
            yield running
    finally:
        server.close()


def connect(proxy: FaultProxy) -> socket.socket:
    if proxy._unix:
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.settimeout(10)
        try:
            client.connect(str(proxy.path))
        except OSError:
            client.close()
            raise
        return client
    return socket.create_connection((proxy.host, proxy.port), timeout=10)


def ask(client: socket.socket, words: bytes, size: int | None = None) -> bytes:
    client.sendall(words)
    return receive(client, len(ANSWER + words) if size is None else size)


def receive(client: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        chunk = client.recv(size - len(received))
        if not chunk:
            break
        received += chunk
    return received


def receive_all_x(client: socket.socket, count: int) -> None:
    """Until this many `x` have arrived: the server answers each piece of what was sent by itself."""
    while count > 0:
        chunk = client.recv(65536)
        assert chunk, f"{count} more were expected"
        count -= chunk.count(b"x")


def is_silent(client: socket.socket) -> bool:
    readable, _, _ = select.select([client], [], [], 0.1)
    return not readable


def test_passes_and_counts(proxy: FaultProxy) -> None:
    with connect(proxy) as one, connect(proxy) as two:
        assert ask(one, b"1") == b"answer:1"
        assert ask(two, b"2") == b"answer:2"
        assert (proxy.connections, proxy.accepted) == (2, 2)
    proxy.wait_for_connections(0)
    assert proxy.accepted == 2


def test_passes_more_than_any_buffer_holds(proxy: FaultProxy) -> None:
    words = os.urandom(4_000_000)
    with connect(proxy) as client:
        sender = threading.Thread(target=client.sendall, args=(words,))
        sender.start()
        received = 0
        while received < len(words):
            received += len(client.recv(65536))
        sender.join(10)
        assert not sender.is_alive()


def test_latency_delays_and_can_be_taken_away(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        ask(client, b"warm")
        proxy.latency(0.1)
        start = time.monotonic()
        assert ask(client, b"slow") == b"answer:slow"
        assert time.monotonic() - start >= 0.2
        proxy.latency(3600)
        client.sendall(b"later")
        assert is_silent(client)
        proxy.passes()
        assert receive(client, 12) == b"answer:later"


def test_a_narrow_line_lets_little_through_and_can_be_widened(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        proxy.bandwidth(1000)
        start = time.monotonic()
        client.sendall(b"x" * 100)
        receive_all_x(client, 100)
        # Of each direction all but the first piece had to be waited for.
        assert time.monotonic() - start >= 0.05
        proxy.bandwidth(0.01)
        client.sendall(b"xxx")
        assert receive(client, 1) == ANSWER[:1]
        assert is_silent(client)
        proxy.passes()
        receive_all_x(client, 3)


def test_a_narrow_line_ends_after_all_has_travelled(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        ask(client, b"warm")
        proxy.bandwidth(2000)
        client.sendall(b"y" * 200)
        client.shutdown(socket.SHUT_WR)
        # The server answers each piece that arrives by itself.
        assert receive(client, 10_000).replace(ANSWER, b"") == b"y" * 200
    proxy.wait_for_connections(0)


def test_a_blackhole_takes_connections_and_heals(proxy: FaultProxy) -> None:
    with connect(proxy) as old:
        ask(old, b"warm")
        proxy.blackhole()
        old.sendall(b"old")
        with connect(proxy) as new:
            new.sendall(b"new")
            assert is_silent(old)
            assert is_silent(new)
            proxy.wait_for_connections(2)
            proxy.passes()
            assert receive(old, 10) == b"answer:old"
            assert receive(new, 10) == b"answer:new"


def test_a_client_that_leaves_a_blackhole_is_not_counted(proxy: FaultProxy) -> None:
    proxy.blackhole()
    with connect(proxy) as client:
        client.sendall(b"hello?")
        proxy.wait_for_connections(1)
    proxy.wait_for_connections(0)


def test_refuses_and_comes_back_at_the_same_place(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        ask(client, b"warm")
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            connect(proxy)
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
    proxy.passes()
    with connect(proxy) as client:
        assert ask(client, b"back") == b"answer:back"


def test_resets_new_connections_at_their_first_bytes(proxy: FaultProxy) -> None:
    proxy.reset()
    with connect(proxy) as client:
        client.sendall(b"hello")
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    proxy.wait_for_connections(0)


def test_slow_close_delays_the_end_and_nothing_else(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        proxy.slow_close(3600)
        assert ask(client, b"1") == b"answer:1"
        client.sendall(b"bye")
        assert is_silent(client)
        proxy.slow_close(0.05)
        assert client.recv(1) == b""


def test_garbage_depends_on_its_seed_alone(proxy: FaultProxy) -> None:
    answers = []
    for seed in (1, 1, 2):
        proxy.garbage(64, seed=seed)
        with connect(proxy) as client:
            answers.append(ask(client, b"SELECT 1", size=64))
            assert is_silent(client)
    assert answers[0] == answers[1] != answers[2]
    assert len(answers[0]) == 64


def test_half_an_answer_then_silence(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        ask(client, b"warm")
        proxy.half_answer(3)
        assert ask(client, b"1", size=3) == b"ans"
        assert is_silent(client)
        proxy.passes()
        assert receive(client, 5) == b"wer:1"


@pytest.mark.parametrize("after", [0, 3])
def test_cuts_an_answer(proxy: FaultProxy, after: int) -> None:
    with connect(proxy) as client:
        ask(client, b"warm")
        proxy.cut(after)
        client.sendall(b"1")
        assert receive(client, 100) == ANSWER[:after]


def test_refuses_while_clients_knock() -> None:
    """A client that was accepted in the very moment of a refusal is not waited for afterwards."""
    over = threading.Event()
    with FaultProxy(None) as proxy:

        def knock() -> None:
            while not over.is_set():
                with socket.socket() as client:
                    client.setblocking(False)
                    client.connect_ex((proxy.host, proxy.port))

        knocking = threading.Thread(target=knock, daemon=True)
        knocking.start()
        try:
            for _ in range(100):
                proxy.refuse()
                proxy.blackhole()
        finally:
            over.set()
            knocking.join()
        proxy.refuse()
        assert proxy.connections == 0


def test_an_upstream_that_is_not_there_ends_the_connection(tmp_path: Path) -> None:
    with FaultProxy(tmp_path / "nothing") as proxy, connect(proxy) as client:
        with contextlib.suppress(ConnectionError):
            client.sendall(b"hello")
            assert client.recv(1) == b""
        proxy.wait_for_connections(0)


def test_stop_leaves_nothing(proxy: FaultProxy) -> None:
    threads = threading.active_count()
    descriptors = open_descriptors()
    with FaultProxy(None) as other:
        other.blackhole()
        clients = [connect(other) for _ in range(20)]
        other.wait_for_connections(20)
        assert threading.active_count() == threads + 1
    for client in clients:
        client.close()
    assert threading.active_count() == threads
    assert open_descriptors() == descriptors


def open_descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))
