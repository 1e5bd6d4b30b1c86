"""The question and the list of runs as pictures. `--snapshot-update` accepts a difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.ui.cockpit import NARROW, WIDE, app_on
from tests.ui.findings import diagnosis
from triage_tui.actions.act import Danger, Identity, Order, Parameter, Preview
from triage_tui.actions.audit.runs import Run
from triage_tui.actions.guard import Confirmation
from triage_tui.actions.history import History
from triage_tui.ui.acting.asking import Asking
from triage_tui.ui.acting.doer import Planned
from triage_tui.ui.acting.form import Form
from triage_tui.ui.acting.paper import Question, Where, preview_lines
from triage_tui.ui.acting.runs import Runs
from triage_tui.ui.palette import Palette

SnapCompare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "140x45"])
PALETTE = Palette(1 << 24)

PREVIEW = Preview(
    order=Order("docker.restart", "engine", "shop-api-1"),
    identity=Identity("shop-api-1 (3f2a9c1b04d7, started 02:14:07 UTC)", ()),
    endpoint="unix:///run/docker.sock",
    title="restart container shop-api-1",
    danger=Danger.DISRUPTIVE,
    facts=(("image", "shop/api:1.42"), ("state", "running, unhealthy for 4m"), ("restarts", "3")),
    affects=("shop-web-1 depends on it", "shop-worker-1 depends on it"),
    sends=("POST /containers/3f2a9c1b04d7/restart?t=10",),
    undo=None,
    taken_at=0.0,
)

RUNS = (
    Run(
        {"run": "a", "at": "2026-03-04T02:10:00", "user": "ann", "host": "web-3", "environment": "prod",
         "identity": {"shown": "shop-api-1 (3f2a9c1b04d7)"}, "preview": {"title": "restart container shop-api-1"}},
        {"came": "done", "message": "healthy after 4 s"},
        {"verdict": "came back", "message": "gone, and back after 12s"},
    ),
    Run(
        {"run": "b", "at": "2026-03-04T02:14:07", "user": "root", "sudo_user": "ann", "host": "gone", "endpoint":
         "10.0.0.5:5432", "environment": "prod", "identity": {"shown": "pid 4711 (shop, since 01:02:03 UTC)"},
         "preview": {"title": "end session 4711", "sends": ["SELECT pg_terminate_backend(4711)"]}},
    ),
)  # fmt: skip


@pytest.fixture(autouse=True)
def colours_whatever_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture must not depend on where it is taken."""
    monkeypatch.delenv("NO_COLOR", raising=False)


@SIZES
def test_the_question(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app, _ = app_on(meaning=diagnosis())

    async def ask(pilot: Any) -> None:
        form = Form((Parameter("wait", "seconds to wait until it is well", "60"),), {})
        asking = Asking(PALETTE, lambda _: None, lambda: None, lambda: None, form=form)
        planned = Planned(
            PREVIEW, Confirmation("shop-api-1", "this is prod"), History(4, 3, "2026-03-01T10:00:00")
        )
        await app.push_screen(asking)
        asking.ask(
            lambda width: Question(
                tuple(preview_lines(planned, Where("prod", "web-3", "engine"), 1.0, width)), "shop-api-1"
            )
        )
        await pilot.pause()

    assert snap_compare(app, run_before=ask, terminal_size=size)


@SIZES
def test_the_runs(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app, _ = app_on(meaning=diagnosis())

    async def show(pilot: Any) -> None:
        runs = Runs(PALETTE, lambda: (), lambda _: None, lambda _: None, lambda _: None)
        await app.push_screen(runs)
        runs.tell(RUNS)
        await pilot.pause()

    assert snap_compare(app, run_before=show, terminal_size=size)
