"""The shop's endpoint says what the shop knows."""

from __future__ import annotations

import asyncio
import http.client
from urllib.parse import urlsplit

from triage_tui.lab.workload.health import open_health, url_of


def _get(url: str, path: str | None = None) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request("GET", path or parts.path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


async def test_it_is_well_until_a_checkout_is_stuck() -> None:
    waits = 3.0
    async with await open_health(lambda: waits, stuck_s=15) as server:
        url = url_of(server)
        assert await asyncio.to_thread(_get, url) == (200, b'{"status":"ok"}')
        waits = 20.4
        status, body = await asyncio.to_thread(_get, url)
        assert status == 503
        assert b"20 s" in body
        waits = 0.0
        assert (await asyncio.to_thread(_get, url))[0] == 200
        assert (await asyncio.to_thread(_get, url, "/nothing"))[0] == 404


async def test_nonsense_and_silence_do_not_stop_it() -> None:
    async with await open_health(lambda: 0.0) as server:
        host, port = server.sockets[0].getsockname()
        for nonsense in (b"\x00\xff" * 20_000, b"GET", b"GET /health HTTP/1.1\r\n"):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(nonsense)
            writer.write_eof()
            async with asyncio.timeout(30):
                try:
                    answer = await reader.read()
                except ConnectionError:
                    answer = b""
            assert not answer.startswith(b"HTTP/1.1 200")
            writer.close()
        assert (await asyncio.to_thread(_get, url_of(server)))[0] == 200
