"""What a word on the command line names: a target, something in a target, or nothing for certain. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.actions.act import Refused
from triage_tui.model import Kind, Picture
from triage_tui.model.docker import DockerData
from triage_tui.model.redis import RedisData
from triage_tui.text import safe
from triage_tui.text.nearest import nearest


def split(word: str, names: list[str]) -> tuple[str, str] | None:
    """`TARGET` or `TARGET/ARGUMENT` → both; None where the word begins with no target. The longest name counts, as
    names may hold slashes themselves."""
    for name in sorted(names, key=len, reverse=True):
        if word == name:
            return name, ""
        if word.startswith(f"{name}/"):
            return name, word[len(name) + 1 :]
    return None


def resolve(word: str, action: str, kind: Kind, picture: Picture) -> tuple[str, str]:
    """The target and the argument that a word means for an action on this kind. Raises Refused.

    It is `TARGET`, `TARGET/ARGUMENT`, or the name of something that is in one target only: a container, a project, a
    queue. Where there is one target of the kind alone, whatever else it is names something in it.
    """
    names = [sighting.target.name for sighting in picture.of_kind(kind)]
    said = split(word, names)
    inside = [(target, name) for target, name in subjects(action, kind, picture) if name == word]
    if said is not None and inside and said[1] == "":
        raise _ambiguous(word, [word, *(f"{target}/{name}" for target, name in inside)])
    if said is not None:
        return said
    if len(inside) == 1:
        return inside[0]
    if inside:
        raise _ambiguous(word, [f"{target}/{name}" for target, name in inside])
    if len(names) == 1:
        return names[0], word
    if not names:
        raise Refused(
            "target", f"there is no target of the kind {kind}", "`triage snapshot` lists what there is."
        )
    known = [*names, *(name for _, name in subjects(action, kind, picture))]
    near = nearest(word, known)
    hint = f"Did you mean {safe(near)}?" if near else f"Write TARGET/ARGUMENT; targets: {', '.join(names)}."
    raise Refused("target", f"nothing that {action} could be done to is named {safe(word, limit=80)}", hint)


def subjects(action: str, kind: Kind, picture: Picture) -> Iterator[tuple[str, str]]:
    """(target, name) of everything in the targets of a kind that the action could be done to and that has a name."""
    what = action.partition(".")[0]
    for sighting in picture.of_kind(kind):
        data, target = sighting.data, sighting.target.name
        if isinstance(data, DockerData):
            if what == "compose":
                projects = {one.project for one in data.containers if one.project}
                yield from ((target, name) for name in sorted(projects))
            else:
                yield from ((target, one.name) for one in data.containers)
        elif isinstance(data, RedisData) and what == "queue":
            yield from ((target, name) for name in dict.fromkeys(one.name for one in data.queues or ()))


def _ambiguous(word: str, them: list[str]) -> Refused:
    return Refused(
        "ambiguous",
        f"{safe(word, limit=80)} may be {', '.join(map(safe, them))}",
        "Write the one that is meant.",
    )
