"""What is asked of a real engine and of the lab's, word for word the same, and what both have to hold for that.

The cast, by name: `web` is well, publishes a port, has a label, a limit and a network of its own; `ill` is unhealthy;
`loop` restarts for ever; `failed` exited with 3; `greedy` was killed for memory; `held` is paused; `new` never started.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import struct
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

CAST = ("web", "ill", "loop", "failed", "greedy", "held", "new")
PORT = 80
NETWORK = "triage_default"
API = "1.41"

PUBLISHED, NOW = "PUBLISHED", "NOW"
"""Stand in questions for the port that `web` is published on, and for the time at which they are asked."""

ANSWER_S = 30
ID = re.compile(r"[0-9a-f]{64}")

KEPT_HEADERS = ("Api-Version", "Content-Type", "Docker-Experimental", "Ostype", "Cache-Control", "Pragma")


def _filtered(**filters: str) -> str:
    return "filters=" + quote(json.dumps({name: [value] for name, value in filters.items()}))


LOOKS = {
    "ping": "GET /_ping",
    "ping head": "HEAD /_ping",
    "version": "GET /version",
    "info": "GET /info",
    "list": "GET /containers/json?all=1",
    "list running": "GET /containers/json",
    "list with sizes": "GET /containers/json?all=1&size=1",
    "inspect web": "GET /containers/web/json",
    "inspect ill": "GET /containers/ill/json",
    "inspect loop": "GET /containers/loop/json",
    "inspect failed": "GET /containers/failed/json",
    "inspect greedy": "GET /containers/greedy/json",
    "inspect held": "GET /containers/held/json",
    "inspect new": "GET /containers/new/json",
    "stats web": "GET /containers/web/stats?stream=0",
    "stats web once": "GET /containers/web/stats?stream=0&one-shot=1",
    "stats failed": "GET /containers/failed/stats?stream=0",
    "top": "GET /containers/web/top",
    "logs": "GET /containers/web/logs?stdout=1&stderr=1&tail=2",
    "logs with times": "GET /containers/web/logs?stdout=1&stderr=1&tail=2&timestamps=1",
    "wait": "POST /containers/failed/wait",
    "images": "GET /images/json",
    "networks": "GET /networks",
    "volumes": "GET /volumes",
    "disk": "GET /system/df",
    "changes": "GET /containers/new/changes",
    "events": "GET /events?since=1&until=NOW&" + _filtered(container="web"),
    "events with a bogus filter": "GET /events?since=1&until=NOW&" + _filtered(container="web", bogus="x"),
}
"""Questions by name; of their answers the keys and types have to be the same."""

LISTS = {
    "status": _filtered(status="exited"),
    "two statuses": "filters=" + quote(json.dumps({"status": ["paused", "created"]})),
    "label": _filtered(label="role"),
    "label with value": _filtered(label="role=front"),
    "label with another value": _filtered(label="role=back"),
    "name": _filtered(name="l"),
    "name by pattern": _filtered(name="^/held$"),
    "health": _filtered(health="unhealthy"),
    "no health": _filtered(health="none"),
    "network": _filtered(network=NETWORK),
    "exit code": _filtered(exited="3"),
    "exit code of all": "all=1&" + _filtered(exited="3"),
    "health of all": "all=1&" + _filtered(health="none"),
    "name of all": "all=1&" + _filtered(name="e"),
    "id of nothing": "all=1&" + _filtered(id="zz"),
    "older form": "filters=" + quote(json.dumps({"status": {"exited": True}})),
    "limit": "limit=2",
    "published": _filtered(publish=PUBLISHED),
    "exposed": _filtered(expose="80/tcp"),
    "before": _filtered(before="loop"),
    "since": _filtered(since="greedy"),
    "nothing fits": _filtered(ancestor="no-such-image"),
}
"""Filters of the list; the containers that they leave have to be the same ones."""

REFUSALS = {
    "no such page": "GET /bogus",
    "no such method": "DELETE /version",
    "no such container": "GET /containers/nope/json",
    "logs of none": "GET /containers/nope/logs?stdout=1",
    "stats of none": "GET /containers/nope/stats",
    "logs of no stream": "GET /containers/web/logs",
    "logs since nonsense": "GET /containers/web/logs?stdout=1&since=x",
    "events since nonsense": "GET /events?since=x",
    "bogus filter": "GET /containers/json?" + _filtered(bogus="x"),
    "bogus status": "GET /containers/json?" + _filtered(status="x"),
    "bogus health": "GET /containers/json?" + _filtered(health="x"),
    "bogus limit": "GET /containers/json?limit=x",
    "before nothing": "GET /containers/json?" + _filtered(before="nope"),
    "top of one that does not run": "GET /containers/failed/top",
    "start a running one": "POST /containers/web/start",
    "start a paused one": "POST /containers/held/start",
    "start a restarting one": "POST /containers/loop/start",
    "start none": "POST /containers/nope/start",
    "stop one that does not run": "POST /containers/failed/stop",
    "stop one that never ran": "POST /containers/new/stop",
    "kill one that does not run": "POST /containers/failed/kill",
    "kill with a bogus signal": "POST /containers/web/kill?signal=BOGUS",
    "pause a paused one": "POST /containers/held/pause",
    "pause one that does not run": "POST /containers/failed/pause",
    "unpause a running one": "POST /containers/web/unpause",
    "remove a running one": "DELETE /containers/web",
    "remove a paused one": "DELETE /containers/held",
    "rename to a name that is taken": "POST /containers/web/rename?name=ill",
    "rename to nothing": "POST /containers/web/rename?name=",
    "rename to nonsense": "POST /containers/web/rename?name=!!",
    "no such network": "GET /networks/nope",
    "no such volume": "GET /volumes/nope",
    "no such image": "GET /images/nope/json",
}
"""Questions that are refused, or change nothing; status and message have to be the same."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("docker", timeout=ANSWER_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(ANSWER_S)
        self.sock.connect(str(self._path))


def ask(path: Path, question: str) -> dict[str, Any]:
    """Ask over a unix socket: {"status", "headers", "body"}, the body read as what it is."""
    method, _, place = question.replace(NOW, str(int(time.time()))).partition(" ")
    connection = _Connection(path)
    try:
        connection.request(method, place if place == "/_ping" else f"/v{API}{place}")
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    headers = {name: value for name in KEPT_HEADERS if (value := response.getheader(name)) is not None}
    return {"status": response.status, "headers": headers, "body": _read(place, body, response.status)}


def ask_all(path: Path, published: int) -> dict[str, Any]:
    """Every question of an engine that has the cast, with `web` published on that port."""
    lists = {name: query.replace(PUBLISHED, str(published)) for name, query in LISTS.items()}
    return {
        "looks": {name: ask(path, question) for name, question in LOOKS.items()},
        "lists": {name: _names(ask(path, f"GET /containers/json?{query}")) for name, query in lists.items()},
        "refusals": {name: _said(ask(path, question)) for name, question in REFUSALS.items()},
    }


def _read(place: str, body: bytes, status: int) -> Any:
    if place.startswith("/events") and status == 200:
        return [json.loads(line) for line in body.splitlines()]
    if "/logs?" in place and status == 200:
        return frames(body)
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()


def frames(body: bytes) -> list[list[Any]]:
    """Stream and text of each frame."""
    found: list[list[Any]] = []
    while body:
        stream, length = struct.unpack(">BxxxL", body[:8])
        found.append([stream, body[8 : 8 + length].decode()])
        body = body[8 + length :]
    return found


def _names(answer: dict[str, Any]) -> list[str]:
    return sorted(row["Names"][0] for row in answer["body"])


def _said(answer: dict[str, Any]) -> list[Any]:
    body = answer["body"]
    message = body.get("message", "") if isinstance(body, dict) else body
    return [answer["status"], ID.sub("<id>", message)]
