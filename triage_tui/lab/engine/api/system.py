"""Questions about the engine: ping, version, information, images, networks, volumes; and what it does not do."""

from __future__ import annotations

from aiohttp import web

from triage_tui.lab.engine.answers.about import (
    image_called,
    images_of,
    information_of,
    network_called,
    networks_of,
    version_of,
)
from triage_tui.lab.engine.answers.rows import row_of
from triage_tui.lab.engine.api.wording import both, json_response
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.errors import EngineError, NotFoundError

_NOT_DONE = (
    ("POST", "/containers/create"),
    ("POST", "/containers/prune"),
    ("POST", "/containers/{id}/exec"),
    ("POST", "/containers/{id}/attach"),
    ("POST", "/containers/{id}/update"),
    ("GET", "/containers/{id}/export"),
    ("POST", "/exec/{id}/start"),
    ("POST", "/images/create"),
    ("POST", "/build"),
    ("POST", "/commit"),
    ("POST", "/networks/create"),
    ("POST", "/volumes/create"),
)


def routes(engine: Engine) -> list[web.RouteDef]:
    """All of them."""

    async def ping(request: web.Request) -> web.Response:
        headers = {"Cache-Control": "no-cache, no-store, must-revalidate", "Pragma": "no-cache"}
        return web.Response(text="" if request.method == "HEAD" else "OK", headers=headers)

    async def version(request: web.Request) -> web.Response:
        return json_response(version_of())

    async def information(request: web.Request) -> web.Response:
        return json_response(information_of(engine))

    async def images(request: web.Request) -> web.Response:
        return json_response(images_of(engine))

    async def image(request: web.Request) -> web.Response:
        return json_response(image_called(engine, request.match_info["name"]))

    async def networks(request: web.Request) -> web.Response:
        return json_response(networks_of(engine))

    async def network(request: web.Request) -> web.Response:
        return json_response(network_called(engine, request.match_info["id"]))

    async def volumes(request: web.Request) -> web.Response:
        return json_response({"Volumes": [], "Warnings": None})

    async def volume(request: web.Request) -> web.Response:
        raise NotFoundError(f"get {request.match_info['name']}: no such volume")

    async def disk(request: web.Request) -> web.Response:
        rows = [row_of(container, size=True) for container in engine.containers]
        used = {
            "LayersSize": 0,
            "Images": images_of(engine),
            "Containers": rows,
            "Volumes": [],
            "BuildCache": None,
        }
        return json_response(used | {"BuilderSize": 0})

    async def not_done(request: web.Request) -> web.Response:
        raise EngineError("the lab's engine runs the services of the lab, and does not do this", 501)

    return [
        route
        for method, path, handle in (
            ("GET", "/_ping", ping),
            ("HEAD", "/_ping", ping),
            ("GET", "/version", version),
            ("GET", "/info", information),
            ("GET", "/images/json", images),
            ("GET", "/images/{name:.+}/json", image),
            ("GET", "/networks", networks),
            ("GET", "/networks/{id}", network),
            ("GET", "/volumes", volumes),
            ("GET", "/volumes/{name}", volume),
            ("GET", "/system/df", disk),
            *((method, path, not_done) for method, path in _NOT_DONE),
        )
        for route in both(method, path, handle)
    ]
