"""HTTP among services: what is asked is answered, and every failure has the words that people know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from triage_tui.lab.company.services.web import (
    Handler,
    Reply,
    Request,
    SlowError,
    UnreachableError,
    call,
    listen,
    refusal,
)
from triage_tui.lab.embedded.server import free_port

ENOUGH_S = 30.0


@asynccontextmanager
async def _serving(handler: Handler) -> AsyncIterator[str]:
    port = free_port()
    serving = asyncio.create_task(listen(port, handler))
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(ENOUGH_S):
            while True:
                try:
                    await call(f"{url}/live", timeout_s=ENOUGH_S)
                    break
                except UnreachableError:
                    await asyncio.sleep(0.01)
        yield url
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_a_request_arrives_as_it_was_sent() -> None:
    seen: list[Request] = []

    async def answer(request: Request) -> Reply:
        seen.append(request)
        return Reply(201, {"said": request.json()})

    async with _serving(answer) as url:
        reply = await call(
            f"{url}/api/x?y=1", "POST", {"ä": 1}, headers={"X-Some": "thing"}, timeout_s=ENOUGH_S
        )
    assert reply == Reply(201, {"said": {"ä": 1}})
    assert (seen[-1].method, seen[-1].path, seen[-1].headers["x-some"]) == ("POST", "/api/x?y=1", "thing")


async def test_a_handler_that_fails_is_an_answer_too() -> None:
    async def answer(_request: Request) -> Reply:
        raise RuntimeError("no\nway")

    async with _serving(answer) as url:
        assert await call(url, timeout_s=ENOUGH_S) == Reply(500, {"error": "no way"})


async def test_signatures_are_checked_over_method_path_and_body() -> None:
    async def answer(request: Request) -> Reply:
        return refusal(request, "right") or Reply(200, {})

    async with _serving(answer) as url:
        assert (await call(f"{url}/a", "POST", {"n": 1}, secret="right", timeout_s=ENOUGH_S)).status == 200
        for wrong in ("wrong", None):
            refused = await call(f"{url}/a", "POST", {"n": 1}, secret=wrong, timeout_s=ENOUGH_S)
            assert refused == Reply(401, {"error": "HMAC verification failed: Invalid signature"})


async def test_nobody_there_is_told_from_nobody_answering() -> None:
    with pytest.raises(
        UnreachableError, match=r"HTTPConnectionPool\(host='127.0.0.1', port=\d+\): Max retries"
    ):
        await call(f"http://127.0.0.1:{free_port()}/x", timeout_s=ENOUGH_S)

    async def answer(request: Request) -> Reply:
        if request.path != "/live":
            await asyncio.sleep(ENOUGH_S)
        return Reply(200, {})

    async with _serving(answer) as url:
        with pytest.raises(SlowError, match=r"Read timed out. \(read timeout=0.05\)"):
            await call(f"{url}/slow", timeout_s=0.05)


@pytest.mark.parametrize(
    "garbage", [b"\r\n\r\n", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n", b"\0"]
)
async def test_garbage_ends_its_own_connection_only(garbage: bytes) -> None:
    async def answer(_request: Request) -> Reply:
        return Reply(200, {})

    async with _serving(answer) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(garbage)
        writer.write_eof()
        assert not await reader.read()
        writer.close()
        assert (await call(url, timeout_s=ENOUGH_S)).status == 200
