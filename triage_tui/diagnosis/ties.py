"""What is the same thing, and what needs what: targets and containers as one graph.

Nodes are targets by name, and containers by (engine, name). A container that publishes the port at which a target is
asked *is* that target: both names stand for one node. What needs what is declared in triage.toml and in compose's
labels; who connects to whom is read off error messages that name a port or a host.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct

from triage_tui.model import Finding, Picture, Target
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.observation import Kind

Node = tuple[str, str]
"""(target, "") or (engine, container)."""

_PLACE = re.compile(r"(?:^|[/@])(?P<host>\[[^\]]+\]|[^\s/@:?#\[\]]+):(?P<port>\d{2,5})(?=[/?#,\s]|$)")
"""host:port in an endpoint without secrets."""

_PUBLISHED = re.compile(r"^(?P<ip>.*):(?P<port>\d+)->\d+/tcp$")
_SAID_PORT = re.compile(r"(?:\bport[ =:]+|[\w\])]:)(\d{2,5})\b")
_LOCAL = frozenset({"localhost", "::1", "0.0.0.0", "::", ""})
_DEFAULT_PORTS = {Kind.POSTGRES: 5432, Kind.PGBOUNCER: 6432, Kind.REDIS: 6379}


class Ties(Struct, frozen=True):
    """The graph of one picture.

    same    node → the node that stands for it; nodes that stand for themselves are left out
    needs   node → nodes that it needs, directly
    ports   port → the nodes that are asked there
    hosts   name → the nodes that are asked under it: host names that are no loopback, services of compose
    """

    same: dict[Node, Node]
    needs: dict[Node, frozenset[Node]]
    ports: dict[int, Node]
    hosts: dict[str, Node]

    def node_of(self, finding: Finding) -> Node:
        """What a finding is about."""
        of_container = (finding.target, finding.subject)
        if of_container in self.same or of_container in self.needs:
            return self.same.get(of_container, of_container)
        return self.same.get((finding.target, ""), (finding.target, ""))

    def containers_of(self, finding: Finding) -> list[Node]:
        """The containers that are what a finding is about."""
        node = self.node_of(finding)
        return [one for one, stands in self.same.items() if stands == node and one[1]] or [node] * bool(
            node[1]
        )

    def reached_from(self, node: Node) -> Mapping[Node, int]:
        """Everything that a node needs, directly or through others, with the number of steps."""
        steps: dict[Node, int] = {}
        edge = [node]
        while edge:
            following = []
            for one in edge:
                for needed in self.needs.get(one, ()):
                    if needed != node and needed not in steps:
                        steps[needed] = steps.get(one, 0) + 1
                        following.append(needed)
            edge = following
        return steps

    def named_in(self, finding: Finding) -> Iterator[Node]:
        """Nodes that the words of a finding name by port or by host: what it could not reach."""
        for text in finding.quotes:
            for match in _SAID_PORT.finditer(text):
                node = self.ports.get(int(match[1]))
                if node is not None:
                    yield node
            for host, node in self.hosts.items():
                if re.search(rf"(?<![\w.-]){re.escape(host)}(?![\w.-])", text):
                    yield node


def ties_of(picture: Picture) -> Ties:
    """The graph of a picture. What was seen last counts, however old it is: what needs what changes seldom."""
    targets = [sighting.target for sighting in picture.sightings]
    containers = [
        (sighting.target, container)
        for sighting in picture.sightings
        if isinstance(sighting.data, DockerData)
        for container in sighting.data.containers
    ]
    same: dict[Node, Node] = {}
    published = _published(containers)
    ports: dict[int, Node] = {}
    hosts: dict[str, Node] = {}
    for target in targets:
        place = _place(target)
        if place is None or target.kind in (Kind.DOCKER, Kind.HOST):
            continue
        host, port = place
        node: Node = (target.name, "")
        if _is_local(host) and port in published:
            # Of two targets at one port (two databases of one server) the first stands for both.
            same.setdefault(published[port], node)
            if same[published[port]] != node:
                same[node] = same[published[port]]
        ports.setdefault(port, same.get(node, node))
        if not _is_local(host):
            hosts.setdefault(host, same.get(node, node))
    needs: defaultdict[Node, set[Node]] = defaultdict(set)
    for target in targets:
        for name in target.depends_on:
            needs[same.get((target.name, ""), (target.name, ""))].add(same.get((name, ""), (name, "")))
    _compose(containers, same, needs)
    return Ties(same, {node: frozenset(needed) for node, needed in needs.items()}, ports, hosts)


def _published(containers: list[tuple[Target, Container]]) -> dict[int, Node]:
    """Port → the container that publishes it. One that runs counts more than one that would if it ran."""
    found: dict[int, Node] = {}
    for target, container in sorted(containers, key=lambda pair: pair[1].state != "running"):
        for port in container.ports:
            match = _PUBLISHED.match(port)
            if match is not None:
                found.setdefault(int(match["port"]), (target.name, container.name))
    return found


def _compose(
    containers: list[tuple[Target, Container]], same: dict[Node, Node], needs: defaultdict[Node, set[Node]]
) -> None:
    services: defaultdict[tuple[str, str | None, str], list[Node]] = defaultdict(list)
    for target, container in containers:
        node = (target.name, container.name)
        # Every container is a node, also one that needs nothing: see node_of.
        needs.setdefault(same.get(node, node), set())
        if container.service is not None:
            services[target.name, container.project, container.service].append(same.get(node, node))
    for target, container in containers:
        node = (target.name, container.name)
        for service in container.depends_on:
            needs[same.get(node, node)].update(services.get((target.name, container.project, service), ()))


def _place(target: Target) -> tuple[str, int] | None:
    match = _PLACE.search(target.endpoint.partition("://")[2] or target.endpoint)
    if match is not None:
        return match["host"].strip("[]").lower(), int(match["port"])
    default = _DEFAULT_PORTS.get(target.kind)
    if default is None:
        return None
    bare = re.match(r"\w+://(?:[^@/]*@)?(?P<host>[^/?#:]*)", target.endpoint)
    return (bare["host"].lower(), default) if bare is not None and bare["host"] else None


def _is_local(host: str) -> bool:
    return host in _LOCAL or host.startswith("127.")
