"""`triage act` and `triage actions`: the cockpit's actions for scripts."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from triage_tui.cli import exits
from triage_tui.cli.chosen import settings_of

if TYPE_CHECKING:
    from triage_tui.actions.act import Action, Order, Refused, Result
    from triage_tui.actions.perform import Performer
    from triage_tui.actions.verdict import Judgement
    from triage_tui.config.settings import Settings
    from triage_tui.engine import Engine
    from triage_tui.model import Finding, Picture

LOOK_S = 6.0
"""How long targets are looked at to find which of them has what was named."""

_UNUSABLE = frozenset({"action", "argument", "target", "ambiguous"})
"""Refusals for what was said, and not for what was found."""


class Looking:
    """An engine that is started when something has to be looked at: where the words alone tell what is meant, and
    nobody asks whether it helps, no target is looked at but the one that is acted on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.began = False

    def begin(self) -> None:
        """Start it, once, and wait for its first looks."""
        if not self.began:
            self.began = True
            self._engine.start()
            self._engine.wait_first_looks(LOOK_S)

    def picture(self) -> Picture:
        """What the targets hold."""
        self.begin()
        return self._engine.picture()


def act(arguments: Namespace) -> int:
    """Do it, or say why not."""
    import asyncio

    from msgspec.structs import replace

    from triage_tui.actions.act import Refused
    from triage_tui.cli.act_finding import find, known

    settings = settings_of(arguments)
    watched = arguments.finding is not None or arguments.verdict
    engine = _engine(settings, with_guides=watched)
    looking = Looking(engine)
    order: Order | None = None
    try:
        try:
            if arguments.finding is not None:
                known(arguments.finding)
            order = _order(arguments, settings, looking)
            finding: Finding | None = None
            if watched:
                looking.begin()
                finding = find(engine, order, arguments.finding, arguments.wait)
                order = replace(order, finding=finding.key)
            elif looking.began:
                _hint(engine, order)
        except Refused as refused:
            return _tell_refused(arguments, order, refused)
        return asyncio.run(_act(arguments, engine, _performer(engine), order, finding))
    finally:
        engine.stop(0.5)


def actions(arguments: Namespace) -> int:
    """The list of what can be done."""
    from triage_tui.actions.commands import command_actions
    from triage_tui.actions.registry import KEYS, find, here
    from triage_tui.cli import paper
    from triage_tui.model.deeds import ACTIONS
    from triage_tui.text import safe

    rows: list[tuple[Action, str, str | None]] = [(find(id), ACTIONS[id], KEYS.get(id)) for id in here()]
    rows += [(one, safe(one.spec.about), None) for one in command_actions(settings_of(arguments))]
    if arguments.json:
        told = [
            {
                "id": action.id,
                "what": what,
                "kind": action.kind.value,
                "danger": action.danger.value,
                "key": key,
                "parameters": [
                    {"name": one.name, "about": one.about, "default": one.default} for one in action.takes
                ],
            }
            for action, what, key in rows
        ]
        print(json.dumps({"actions": told}, ensure_ascii=False))
        return exits.OK
    lines = []
    for action, what, key in rows:
        lines.append(f"{action.id:26}{action.kind.value:10}{action.danger.value:12}{key or '-':4}{what}")
        for one in action.takes:
            default = "needed" if one.default is None else f"default: {one.default or 'none'}"
            lines.append(f"    --set {one.name}=…  {one.about} ({default})")
    paper.put(lines, paper.columns())
    return exits.OK


def _engine(settings: Settings, *, with_guides: bool) -> Engine:
    from triage_tui.engine import Engine

    if not with_guides:
        return Engine(settings)
    from triage_tui.cli.opening import opening

    # Findings in logs are those that guides know.
    return Engine(settings, open=opening(settings))


def _hint(engine: Engine, order: Order) -> None:
    """The diagnosis is at hand: say what would tell whether this helps. Nothing is waited for unasked, since whoever
    calls this from a script counts on an answer as soon as it is done."""
    from triage_tui.actions.mending import proposing
    from triage_tui.cli.act_finding import named

    for finding in proposing(engine.diagnosis(), order)[:1]:
        print(
            f"triage: {named(finding)} proposes this; `--verdict` would tell whether it helped",
            file=sys.stderr,
        )


def _order(arguments: Namespace, settings: Settings, looking: Looking) -> Order:
    """What was asked for. Looks at the targets where the words alone do not tell which one is meant. Raises Refused."""
    from triage_tui.actions.act import Order, Refused
    from triage_tui.actions.naming import resolve, split
    from triage_tui.actions.registry import find
    from triage_tui.config.settings import kind_of

    if arguments.action.startswith("command."):
        name = arguments.action.removeprefix("command.")
        return Order(arguments.action, arguments.what or name, "", dict(arguments.set))
    kind = find(arguments.action).kind
    if arguments.what is None:
        raise Refused("target", f"what is {arguments.action} to be done to?", "Name it behind the action.")
    names = [spec.name for spec in settings.targets if kind_of(spec) is kind]
    said = split(arguments.what, names)
    if said is None or said[1] == "":
        said = resolve(arguments.what, arguments.action, kind, looking.picture())
    return Order(arguments.action, said[0], said[1], dict(arguments.set))


def _performer(engine: Engine) -> Performer:
    from triage_tui.actions.audit import AuditLog
    from triage_tui.actions.perform import Performer
    from triage_tui.actions.reach import EngineReach
    from triage_tui.actions.switch import Switch
    from triage_tui.config.state import state_folder

    return Performer(EngineReach(engine), Switch(engine.settings), AuditLog(state_folder(os.environ)))


async def _act(
    arguments: Namespace, engine: Engine, performer: Performer, order: Order, finding: Finding | None
) -> int:
    from msgspec.structs import replace

    from triage_tui.actions.act import Came, Refused
    from triage_tui.actions.following import seen_now
    from triage_tui.cli import act_past, act_words
    from triage_tui.cli.act_verdict import judged, telling

    runs = act_past.runs()
    if not arguments.dry_run:
        act_past.tell_left_open(runs)
    try:
        preview = await performer.plan(order)
    except Refused as refused:
        return _tell_refused(arguments, order, refused)
    confirm = performer.confirmation(preview)
    told = act_words.Told(
        order,
        preview,
        confirm.word if confirm else None,
        finding,
        act_past.histories(runs, order.action, finding.id if finding else None),
    )
    if not arguments.json:
        act_words.put_preview(told, dry=arguments.dry_run)
    if arguments.dry_run:
        if arguments.json:
            act_words.put_json(arguments, told)
        return exits.OK
    tell = telling()
    before = seen_now(engine, finding.key) if finding is not None else None
    run, result = await performer.run_known(preview, arguments.confirm, tell)
    told = replace(told, run=run, result=result)
    if not arguments.json:
        act_words.put([f"{result.came.value}: {result.message}", *(f"  {line}" for line in result.tells)])
    if finding is not None and before is not None and run and result.came in (Came.DONE, Came.UNKNOWN):
        engine.refresh(order.target)
        judgement = await judged(engine, performer, run, finding.key, before, arguments.wait, tell)
        told = replace(told, judgement=judgement)
        if judgement is not None and not arguments.json:
            act_words.put([f"{judgement.verdict.value}: {judgement.message}"])
    if arguments.json:
        act_words.put_json(arguments, told)
    return _code(result, told.judgement, asked=finding is not None)


def _code(result: Result, judgement: Judgement | None, *, asked: bool) -> int:
    """asked: whether it helped was to be looked at."""
    from triage_tui.actions.act import Came
    from triage_tui.actions.verdict import Verdict

    if result.came is not Came.DONE:
        return {
            Came.NOT_DONE: exits.NOT_DONE,
            Came.UNKNOWN: exits.UNKNOWN,
            Came.REFUSED: exits.REFUSED,
        }[result.came]
    if not asked:
        return exits.OK
    if judgement is None or judgement.verdict is Verdict.INCONCLUSIVE:
        return exits.UNTOLD
    return exits.OK if judgement.verdict is Verdict.FIXED else exits.NOT_FIXED


def _tell_refused(arguments: Namespace, order: Order | None, refused: Refused) -> int:
    from triage_tui.cli.act_words import put_refused

    put_refused(arguments, order, refused)
    return exits.USAGE if refused.kind in _UNUSABLE else exits.REFUSED
