"""`command.NAME`: a program of this machine, as triage.toml has it."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

from triage_tui.actions.act import (
    Danger,
    Identity,
    Order,
    Parameter,
    Permit,
    Preview,
    Progress,
    Reach,
    Refused,
    Result,
)
from triage_tui.config.settings import CommandSpec, Settings
from triage_tui.config.toml.commands import PLACEHOLDER
from triage_tui.model import Kind
from triage_tui.sources.clock import steady
from triage_tui.text import redact, safe

PREFIX = "command."
LONGEST_VALUE = 1000


class OwnCommand:
    """See Action. It is named by the target of an order as well, as it goes through none.

    Dangerous, and so typed before it is run, unless its `safe` says otherwise.
    """

    kind = Kind.HOST

    def __init__(self, spec: CommandSpec) -> None:
        self.spec = spec
        self.id = f"{PREFIX}{spec.name}"
        self.danger = Danger.MILD if spec.safe else Danger.FINAL
        self.takes = tuple(Parameter(name, safe(about)) for name, about in spec.parameters.items())

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action. The program is looked at, and not run."""
        if order.argument or order.target != self.spec.name:
            raise Refused(
                "argument",
                f"{self.id} takes parameters alone",
                f"It is named {self.spec.name} as a target, too.",
            )
        argv = argv_of(self.spec, order)
        path, parts = program(argv[0])
        shown = safe(redact(shlex.join([path, *argv[1:]])), limit=2000)
        return Preview(
            order=order,
            identity=Identity(f"{safe(path)} on this machine", parts),
            endpoint="this machine",
            title=f"run {self.spec.name}" + (f": {safe(self.spec.about)}" if self.spec.about else ""),
            danger=self.danger,
            facts=(
                ("from", safe(reach.settings.origin)),
                ("time", f"it is killed after {self.spec.timeout_s:g} s"),
                ("declared", "safe" if self.spec.safe else "not safe: nobody knows here what it changes"),
            ),
            affects=(),
            sends=(shown,),
            undo="nothing has to be undone: it is declared safe" if self.spec.safe else None,
            taken_at=steady(),
        )

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.commands.running import run

        argv = argv_of(self.spec, preview.order)
        path, parts = program(argv[0])
        if parts != preview.identity.parts:
            raise Refused("changed", f"{safe(path)} is another file by now", "Look at it.")
        return await run(self.spec, [path, *argv[1:]], permit, progress)


def command_actions(settings: Settings) -> tuple[OwnCommand, ...]:
    """The commands of the environment."""
    return tuple(map(OwnCommand, settings.commands))


def argv_of(spec: CommandSpec, order: Order) -> list[str]:
    """The arguments with the values of an order in their places. Raises Refused.

    A value never becomes an option: where it would stand alone and begin with a dash, `--` has to stand before it.
    """
    made = []
    for place, word in enumerate(spec.argv):
        alone = PLACEHOLDER.fullmatch(word)
        filled = PLACEHOLDER.sub(lambda found: _value(spec, order, found[1]), word)
        if PLACEHOLDER.match(word) and filled.startswith("-") and "--" not in spec.argv[:place]:
            name = alone[1] if alone else word
            raise Refused(
                "argument",
                f"{safe(name)} begins with a dash, which {spec.name} would take for an option",
                'Put "--" before it in argv, or name another value.',
            )
        made.append(filled)
    return made


def program(name: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The file of a program, and what tells it from another one of its name. Raises Refused."""
    path = shutil.which(name)
    if path is None:
        raise Refused("gone", f"there is no program {safe(name)} here", "Give its whole path in triage.toml.")
    path = os.path.realpath(path)
    status = Path(path).stat()
    return path, (
        ("path", path),
        ("file", f"{status.st_dev}:{status.st_ino}"),
        ("changed", str(status.st_mtime_ns)),
    )


def _value(spec: CommandSpec, order: Order, name: str) -> str:
    value = order.parameters.get(name, "")
    if not value or len(value) > LONGEST_VALUE or "\0" in value or "\n" in value:
        raise Refused(
            "argument",
            f"{spec.name}: {safe(name)} has to be one line of up to {LONGEST_VALUE} characters",
            safe(spec.parameters.get(name, "")),
        )
    return value
