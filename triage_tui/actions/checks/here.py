"""Checks of endpoints, folders and this host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from triage_tui.actions.checks.answer import CannotAskError, Question, Said, said, shown, unknown, unseen
from triage_tui.actions.checks.check import Check, judged
from triage_tui.actions.checks.places import of_spec
from triage_tui.actions.checks.site import Site
from triage_tui.config.secret import Secret
from triage_tui.config.settings import FilesSpec, HostSpec, HttpSpec, TargetSpec, kind_of
from triage_tui.model import Kind, Sighting
from triage_tui.model.files import FilesData
from triage_tui.model.host import Disk, HostData
from triage_tui.model.http import HttpData
from triage_tui.model.outcome import Outcome
from triage_tui.text import figures, redact_url, safe

_LOCAL = ("localhost", "127.0.0.1", "::1", "")
_MOST_PROCESSES = 15


def _http_lines(sighting: Sighting, _: Question) -> Iterator[str]:
    if not isinstance(sighting.data, HttpData):
        raise CannotAskError(f"{sighting.target.name} is no endpoint")
    data = sighting.data
    yield f"status {data.status} after {figures.duration(data.latency_s)}"
    if data.body_ok is not None:
        yield (
            "the body holds the expected text" if data.body_ok else "the body does not hold the expected text"
        )
    if data.tls_expires_in_s is not None:
        yield f"its certificate ends in {figures.duration(data.tls_expires_in_s)}"
    yield f"{sighting.target.endpoint}"


async def _http(site: Site, question: Question) -> Said:
    if question.argument:
        if not question.argument.lower().startswith(("http://", "https://")):
            raise CannotAskError("what is named is no http:// or https:// URL", "Write the whole URL.")
        name = safe(redact_url(question.argument), limit=120)
        spec: TargetSpec = HttpSpec(name, Secret(question.argument))
        question = Question(question.id, name)
    else:
        spec = site.spec(question.target, Kind.HTTP)
    return judged(site, await site.sighting(spec, anew=True), question, _http_lines)


def _files_lines(sighting: Sighting, _: Question) -> Iterator[str]:
    if not isinstance(sighting.data, FilesData):
        raise CannotAskError(f"{sighting.target.name} is no folder")
    data = sighting.data
    if data.count:
        yield f"the newest of {figures.count(data.count)} files, {data.newest}, is {figures.duration(data.age_s)} old"
    else:
        yield f"no file, and the folder has not changed for {figures.duration(data.age_s)}"
    yield f"{figures.size(data.total_bytes)} in all, names like {data.pattern}"


async def _files(site: Site, question: Question) -> Said:
    if question.argument:
        oldest = _seconds(question.options.get("max_age_s"))
        spec: TargetSpec = FilesSpec(shown(question.argument), question.argument, max_age_s=oldest)
        question = Question(question.id, spec.name)
    else:
        spec = site.spec(question.target, Kind.FILES)
        assert isinstance(spec, FilesSpec)
        oldest = spec.max_age_s
    sighting = await site.sighting(spec, anew=True)
    told = judged(site, sighting, question, _files_lines)
    if told.outcome is Outcome.PASS and sighting.known:
        lines = list(_files_lines(sighting, question))
        if oldest is None:
            return unknown(f"{lines[0]}; nobody says how old it may be", "Set max_age_s for the folder.")
        return said(
            Outcome.PASS, f"{lines[0]}; {figures.duration(oldest)} are allowed", lines[1:], told.age_s
        )
    return told


def _seconds(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else None
    except ValueError:
        return None
    return value if value is not None and 0 < value < 1e10 else None


def _host_of(site: Site, target: str) -> TargetSpec:
    """The host that a question is about: this one, where the target is on it. Raises CannotAskError."""
    if not target:
        return HostSpec()
    spec = site.spec(target)
    if kind_of(spec) is Kind.HOST:
        return spec
    if kind_of(spec) not in (Kind.FILES, Kind.DOCKER):
        place = of_spec(spec)
        if not place.path and place.host not in _LOCAL:
            raise CannotAskError(
                f"{target} is on {shown(place.host)}, and triage sees the disks and processes of this host alone",
                f"Run triage on {shown(place.host)}.",
            )
    watched = next(iter(site.picture().of_kind(Kind.HOST)), None)
    return site.spec(watched.target.name) if watched is not None else HostSpec()


def _host(sighting: Sighting) -> HostData:
    if not isinstance(sighting.data, HostData):
        raise CannotAskError("nothing of this host can be seen")
    return sighting.data


def _mount_of(disks: tuple[Disk, ...], path: str) -> Disk | None:
    """The disk that holds a path: the mount with the longest common beginning."""
    if not path.startswith("/"):
        return None
    wanted = PurePosixPath(path)
    holding = [one for one in disks if wanted.is_relative_to(one.mount)]
    return max(holding, key=lambda one: len(one.mount), default=None)


def _disk(one: Disk) -> str:
    inodes = f", {one.inodes_percent:.0f} % of inodes" if one.inodes_percent is not None else ""
    room = f"{figures.size(one.free_bytes)} of {figures.size(one.total_bytes)} free"
    return f"{one.mount}: {room}, {one.percent:.0f} % used{inodes}"


async def _disks(site: Site, question: Question) -> Said:
    sighting = await site.sighting(_host_of(site, question.target))
    if not sighting.known:
        return unseen(sighting.problem) if sighting.problem is not None else unknown("nothing is known yet")
    data = _host(sighting)
    chosen = _mount_of(data.disks, question.argument) if question.argument else None
    if question.argument and chosen is None:
        raise CannotAskError(
            f"no file system here holds {shown(question.argument)}",
            f"Mounts that are there: {', '.join(one.mount for one in data.disks[:6])}.",
        )
    if not data.disks:
        return unknown("no file system of this host can be seen", "Check that /proc/mounts can be read.")
    about = Question(question.id, sighting.target.name, chosen.mount if chosen is not None else "")

    def lines(_: Sighting, __: Question) -> Iterator[str]:
        # The fullest first: it is what somebody wants to know.
        fullest = sorted(data.disks, key=lambda one: one.percent, reverse=True)
        yield from map(_disk, [chosen] if chosen is not None else fullest)

    return judged(site, sighting, about, lines)


async def _processes(site: Site, question: Question) -> Said:
    sighting = await site.sighting(_host_of(site, question.target))
    about = Question(question.id, sighting.target.name)

    def lines(seen: Sighting, _: Question) -> Iterator[str]:
        wanted = question.argument.casefold()
        found = [
            one
            for one in _host(seen).processes
            if not wanted or wanted == str(one.pid) or wanted in f"{one.name} {one.command or ''}".casefold()
        ]
        for one in found[:_MOST_PROCESSES]:
            yield (
                f"{one.pid} {one.name} ({one.user or '?'}): CPU {figures.cpu(one.cpu_percent)}, "
                f"{figures.memory(one.memory_bytes)}  {one.command or ''}".rstrip()
            )

    told = judged(site, sighting, about, lines)
    if not sighting.known:
        return told
    listed = list(lines(sighting, about))
    if question.argument and not listed:
        return unknown(
            f"none of the busiest processes is {shown(question.argument)}",
            "Only the busiest are read: ps -ef shows all of them.",
        )
    data = _host(sighting)
    memory = figures.percent(data.memory.percent / 100) if data.memory is not None else "unknown"
    load = f"load {data.load[0]:.1f} on {data.cpu_count or '?'} cores" if data.load else "load unknown"
    words = f"{load}, memory {memory}" if told.outcome is Outcome.PASS else told.message
    return said(told.outcome, words, listed, told.age_s)


CHECKS = (
    Check("http.get", (Kind.HTTP,), "URL", _http, alone=True),
    Check("files.fresh", (Kind.FILES,), "folder", _files, alone=True),
    Check("disk.free", (Kind.HOST,), "path", _disks, alone=True),
    Check("process.list", (Kind.HOST,), "name", _processes, alone=True),
)
