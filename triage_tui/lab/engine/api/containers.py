"""Questions about containers, and what is done to them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from typing import Any

from aiohttp import web

from triage_tui.lab.engine.answers.inspection import inspection_of
from triage_tui.lab.engine.answers.processes import table_of, the_lines_of
from triage_tui.lab.engine.answers.rows import chosen, row_of
from triage_tui.lab.engine.api.parameters import filters, flag, number
from triage_tui.lab.engine.api.wording import both, encode, json_response
from triage_tui.lab.engine.container import Container
from triage_tui.lab.engine.engine import Engine, signal_number
from triage_tui.lab.engine.errors import ConflictError, EngineError

_PS_S = 5.0


def routes(engine: Engine) -> list[web.RouteDef]:
    """All of them."""
    under_way: set[asyncio.Task[None]] = set()

    def meant(request: web.Request) -> Container:
        return engine.find(request.match_info["id"])

    async def do(action: Coroutine[Any, Any, None]) -> web.Response:
        """Finish what was begun, also where whoever asked for it does not wait."""
        task = asyncio.ensure_future(action)
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        await asyncio.shield(task)
        return web.Response(status=204)

    async def listed(request: web.Request) -> web.Response:
        found = chosen(
            engine.containers,
            filters(request),
            engine.find,
            all=flag(request, "all"),
            limit=number(request, "limit", 0) or 0,
        )
        return json_response([row_of(container, size=flag(request, "size")) for container in found])

    async def inspected(request: web.Request) -> web.Response:
        told = inspection_of(meant(request))
        return json_response(told | {"SizeRootFs": 0} if flag(request, "size") else told)

    async def start(request: web.Request) -> web.Response:
        return await do(meant(request).start())

    async def stop(request: web.Request) -> web.Response:
        return await do(meant(request).stop(number(request, "t")))

    async def restart(request: web.Request) -> web.Response:
        return await do(meant(request).restart(number(request, "t")))

    async def kill(request: web.Request) -> web.Response:
        container = meant(request)
        called = request.match_info["id"]
        return await do(container.kill(signal_number(request.query.get("signal") or "KILL"), called=called))

    async def pause(request: web.Request) -> web.Response:
        meant(request).pause()
        return web.Response(status=204)

    async def unpause(request: web.Request) -> web.Response:
        meant(request).unpause()
        return web.Response(status=204)

    async def rename(request: web.Request) -> web.Response:
        engine.rename(meant(request).id, request.query.get("name", ""))
        return web.Response(status=204)

    async def remove(request: web.Request) -> web.Response:
        return await do(engine.remove(meant(request).id, force=flag(request, "force")))

    async def changes(request: web.Request) -> web.Response:
        meant(request)
        return json_response(None)

    async def wait(request: web.Request) -> web.StreamResponse:
        container = meant(request)
        exits = container.exits
        conditions = {
            "next-exit": lambda: container.exits > exits or container.removed,
            "removed": lambda: container.removed,
        }
        # The answer begins at once, so that whoever waits knows that the engine does too.
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        asked = request.query.get("condition", "")
        await container.until(conditions.get(asked, lambda: not container.running or container.removed))
        await response.write(encode({"Error": None, "StatusCode": container.state.exit_code}))
        return response

    async def top(request: web.Request) -> web.Response:
        container = meant(request)
        if container.state.word == "restarting":
            raise ConflictError(
                f"Container {container.id} is restarting, wait until the container is running"
            )
        if container.run is None:
            raise ConflictError(f"Container {container.id} is not running")
        processes = container.run.table()
        arguments = request.query.get("ps_args", "-ef").split()
        if shutil.which("ps") is None:
            return json_response(table_of(processes))
        return json_response(the_lines_of(await _ps(arguments), processes))

    return [
        route
        for method, path, handle in (
            ("GET", "/containers/json", listed),
            ("GET", "/containers/{id}/json", inspected),
            ("GET", "/containers/{id}/top", top),
            ("GET", "/containers/{id}/changes", changes),
            ("POST", "/containers/{id}/start", start),
            ("POST", "/containers/{id}/stop", stop),
            ("POST", "/containers/{id}/restart", restart),
            ("POST", "/containers/{id}/kill", kill),
            ("POST", "/containers/{id}/pause", pause),
            ("POST", "/containers/{id}/unpause", unpause),
            ("POST", "/containers/{id}/rename", rename),
            ("POST", "/containers/{id}/wait", wait),
            ("DELETE", "/containers/{id}", remove),
        )
        for route in both(method, path, handle)
    ]


async def _ps(arguments: list[str]) -> str:
    """What ps prints of the whole machine, as Docker asks it. Raises EngineError with what it complains about."""
    process = await asyncio.create_subprocess_exec(
        "ps", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(_PS_S):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        raise EngineError("ps: it does not answer") from None
    if process.returncode:
        raise EngineError(f"ps: {err.decode(errors='replace').strip()}")
    return out.decode(errors="replace")
