"""`triage act` and `triage actions`: the cockpit's actions for scripts."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from triage_tui.cli import exits
from triage_tui.cli.chosen import settings_of

if TYPE_CHECKING:
    from triage_tui.actions.act import Action, Order, Preview, Refused, Result
    from triage_tui.actions.perform import Performer
    from triage_tui.config.settings import Settings
    from triage_tui.engine import Engine

LOOK_S = 6.0
"""How long targets are looked at to find which of them has what was named."""

_UNUSABLE = frozenset({"action", "argument", "target", "ambiguous"})
"""Refusals for what was said, and not for what was found."""


def act(arguments: Namespace) -> int:
    """Do it, or say why not."""
    import asyncio

    from triage_tui.actions.act import Refused
    from triage_tui.engine import Engine

    settings = settings_of(arguments)
    engine = Engine(settings)
    try:
        try:
            order = _order(arguments, settings, engine)
        except Refused as refused:
            return _tell_refused(arguments, None, refused)
        return asyncio.run(_act(arguments, _performer(engine), order))
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


def _order(arguments: Namespace, settings: Settings, engine: Engine) -> Order:
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
        engine.start()
        engine.wait_first_looks(LOOK_S)
        said = resolve(arguments.what, arguments.action, kind, engine.picture())
    return Order(arguments.action, said[0], said[1], dict(arguments.set))


def _performer(engine: Engine) -> Performer:
    from triage_tui.actions.audit import AuditLog, state_folder
    from triage_tui.actions.perform import Performer
    from triage_tui.actions.reach import EngineReach
    from triage_tui.actions.switch import Switch

    return Performer(EngineReach(engine), Switch(engine.settings), AuditLog(state_folder(os.environ)))


async def _act(arguments: Namespace, performer: Performer, order: Order) -> int:
    from triage_tui.actions.act import Refused

    try:
        preview = await performer.plan(order)
    except Refused as refused:
        return _tell_refused(arguments, order, refused)
    confirm = performer.confirmation(preview)
    if not arguments.json:
        _put(_lines_of(preview, confirm.word if confirm else None, dry=arguments.dry_run))
    if arguments.dry_run:
        if arguments.json:
            _json(arguments, order, preview, confirm.word if confirm else None)
        return exits.OK
    run, result = await performer.run_known(
        preview, arguments.confirm, lambda said: print(f"triage: {said}", file=sys.stderr)
    )
    if arguments.json:
        _json(arguments, order, preview, confirm.word if confirm else None, result, run)
    else:
        _put([f"{result.came.value}: {result.message}", *(f"  {line}" for line in result.tells)])
    return _code(result)


def _code(result: Result) -> int:
    from triage_tui.actions.act import Came

    return {
        Came.DONE: exits.OK,
        Came.NOT_DONE: exits.NOT_DONE,
        Came.UNKNOWN: exits.UNKNOWN,
        Came.REFUSED: exits.REFUSED,
    }[result.came]


def _tell_refused(arguments: Namespace, order: Order | None, refused: Refused) -> int:
    if arguments.json:
        told = {
            **_named(arguments, order),
            "came": "refused",
            "refusal": refused.kind,
            "message": refused.message,
            "tells": [],
            "next_step": refused.next_step,
            "run": None,
            "preview": None,
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(f"triage: {refused.message}. {refused.next_step}".rstrip(), file=sys.stderr)
    return exits.USAGE if refused.kind in _UNUSABLE else exits.REFUSED


def _named(arguments: Namespace, order: Order | None) -> dict[str, Any]:
    return {
        "action": arguments.action,
        "target": order.target if order else arguments.what,
        "argument": order.argument if order else "",
        "dry_run": arguments.dry_run,
    }


def _json(
    arguments: Namespace,
    order: Order,
    preview: Preview,
    confirm: str | None,
    result: Result | None = None,
    run: str = "",
) -> None:
    told = {
        **_named(arguments, order),
        "came": result.came.value if result else None,
        "refusal": result.refusal if result else None,
        "message": result.message if result else "nothing was sent",
        "tells": list(result.tells) if result else [],
        "next_step": "",
        "run": run or None,
        "preview": {
            "title": preview.title,
            "endpoint": preview.endpoint,
            "identity": {"shown": preview.identity.shown, "parts": dict(preview.identity.parts)},
            "danger": preview.danger.value,
            "facts": [list(fact) for fact in preview.facts],
            "affects": list(preview.affects),
            "sends": list(preview.sends),
            "undo": preview.undo,
            "confirm": confirm,
        },
    }
    print(json.dumps(told, ensure_ascii=False))


def _lines_of(preview: Preview, confirm: str | None, *, dry: bool) -> list[str]:
    return [
        preview.title,
        f"  where     {preview.endpoint}",
        f"  identity  {preview.identity.shown}",
        f"  danger    {preview.danger.value}",
        *(f"  {label}: {value}" for label, value in preview.facts),
        *(f"  affects   {line}" for line in preview.affects),
        *(f"  {'would send' if dry else 'sends'}  {line}" for line in preview.sends),
        f"  undo      {preview.undo or 'it cannot be undone'}",
        *([f"  confirm   --confirm {confirm}"] if confirm and dry else []),
        *(["nothing was sent"] if dry else []),
    ]


def _put(lines: list[str]) -> None:
    from triage_tui.cli import paper

    # Not cut: what is sent is to be read whole.
    paper.put(lines, max((len(line) for line in lines), default=1) * 2)
