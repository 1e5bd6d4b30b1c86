"""`[holds]`: what it says, what is refused, and that a starter file keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from triage_tui.config.errors import ConfigError
from triage_tui.config.load import load_settings
from triage_tui.config.settings import Hold, HostSpec, Settings
from triage_tui.config.starter import render

HOST = '[[environments.dev.targets]]\nkind = "host"\n'


def load(folder: Path, text: str) -> Settings:
    path = folder / "triage.toml"
    path.write_text(text)
    return load_settings(config=path, environment=None, environ={}, cwd=folder)


def test_it_is_read_whole(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        HOST + '[holds]\n"docker.exited" = { hold_s = 10, clear_s = 60.5 }\n"http.slow" = { hold_s = 0 }\n',
    )
    assert settings.holds == {"docker.exited": Hold(10, 60.5), "http.slow": Hold(0)}


@pytest.mark.parametrize(
    ("holds", "complaint"),
    [
        ('"docker.exitted" = { hold_s = 1 }', ":4: unknown finding \"docker.exitted\"; did you mean `docker.exited`?"),
        ("docker.exited = { hold_s = 1 }", ':4: unknown finding "docker"; a name with a dot stands in quotes'),
        ('"docker.exited" = { hold = 1 }', ":4: unknown key `hold`; did you mean `hold_s`?"),
        ('"docker.exited" = { hold_s = -1 }', ":4: `hold_s` has to be seconds from 0 to 86400"),
        ('"docker.exited" = { clear_s = 86401 }', ":4: `clear_s` has to be seconds from 0 to 86400"),
        ('"docker.exited" = { clear_s = nan }', ":4: `clear_s` has to be seconds from 0 to 86400"),
        ('"docker.exited" = { clear_s = "1m" }', ":4: `clear_s`: expected a number, found text in quotes"),
        ('"docker.exited" = {}', ":4: `docker.exited`: give `hold_s`, `clear_s` or both"),
        ('"docker.exited" = 10', ":4: `docker.exited` has to be a table"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, holds: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, f"{HOST}[holds]\n{holds}\n")
    assert complaint in str(refused.value)


def test_it_has_to_be_a_table(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r":1: `holds` has to be a table"):
        load(tmp_path, f"holds = 3\n{HOST}")


def test_a_starter_explains_it_and_keeps_what_is_given(tmp_path: Path) -> None:
    plain = Settings("dev", read_only=False, targets=(HostSpec(),))
    assert "# hold_s: how long it has to be so before it is told" in render(plain)
    given = {"docker.exited": Hold(10), "http.slow": Hold(0, 3.5)}
    assert load(tmp_path, render(replace(plain, holds=given))).holds == given
    # The line that can be copied is one that is understood.
    copied = render(plain).replace('# "docker.memory-near-limit"', '"docker.memory-near-limit"')
    assert load(tmp_path, copied).holds == {"docker.memory-near-limit": Hold(60, 120)}
