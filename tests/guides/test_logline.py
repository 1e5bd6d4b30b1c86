"""What a program said, whatever a logger put around it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.guides.logline import bare, said, shapes

SAID = "connection to db refused: try again"


@pytest.mark.parametrize(
    "line",
    [
        SAID,
        f"2026-11-26T02:10:44.120Z {SAID}",
        f"2026-11-26 02:10:44,120 [worker-3] ERROR app.core - {SAID}",
        f"02:10:44 ERROR {SAID}",
        f"[02:10:44] {SAID}",
        f"Nov 26 02:10:44 web1 shop[812]: {SAID}",
        f"shop-api-1  | {SAID}",
        f"shop-api-1  | 2026-11-26 02:10:44 WARNING {SAID}",
        f"E1126 02:10:44.120123 812 main.go:12] {SAID}",
        f"1:M 26 Nov 2026 02:10:44.120 # {SAID}",
        f"level=error ts=2026-11-26T02:10:44Z msg={SAID}",
        f'time=x level=error msg="{SAID}" caller=a.go:1',
        f"{SAID} [request_id=81f]",
        f"{SAID} (attempt 2 of 5)",
        json.dumps({"ts": 1, "level": "error", "message": SAID}),
        json.dumps({"level": 50, "err": {"type": "Error", "message": SAID}}),
        f"api-1 | {json.dumps({'msg': SAID})}",
        json.dumps({"log": f"02:10:44 {SAID}", "stream": "stderr"}),
    ],
)
def test_what_is_around_it_is_taken_away(line: str) -> None:
    assert SAID in said(line)


def test_a_stack_in_json_comes_line_by_line() -> None:
    line = json.dumps({"msg": "failed", "stack": f"Error: one\n    at x.js:1\nCaused by: {SAID}"})
    assert said(line) == ["failed", "Error: one", "at x.js:1", f"Caused by: {SAID}"]


def test_json_that_ends_in_the_middle_is_read_as_far_as_it_goes() -> None:
    line = json.dumps({"ts": 1, "message": 'role "app" does not exist, and more'})[:-12]
    assert said(line) == ['role "app" does not exist']


def test_an_exception_s_name_is_no_logger_s() -> None:
    assert bare("redis.exceptions.ConnectionError: refused") == "redis.exceptions.ConnectionError: refused"


def test_a_line_of_nothing_but_a_clock_stays() -> None:
    assert bare("2026-11-26T02:10:44Z") == "2026-11-26T02:10:44Z"


@given(st.text(max_size=200) | st.text(alphabet='{}[]":,\\ amsg0 ', max_size=80))
def test_any_line_has_shapes_and_is_the_first_of_them(line: str) -> None:
    found = shapes(line)
    assert found[0] == line
    assert len(found) == len(set(found))
