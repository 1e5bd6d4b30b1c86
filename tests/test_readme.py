"""What the README says is so."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path

import pytest

from tests.engines.redis.test_rights import ENOUGH
from tests.test_packaging import declared, names
from triage_tui.cli import exits
from triage_tui.cli.arguments import parse
from triage_tui.config.load import load_settings
from triage_tui.config.settings import FilesSpec, PgbouncerSpec, PostgresSpec

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_every_dependency_has_a_reason() -> None:
    table_rows = [line for line in README.lower().splitlines() if line.startswith("|")]
    explained = {name for row in table_rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert sorted(names(declared()) - explained) == []


def test_every_command_is_named_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    commands = set(re.findall(r"^    ([a-z]+) {2,}", capsys.readouterr().out, re.MULTILINE))
    use = re.search(r"## Use\n(.*?)\n## ", README, re.DOTALL)
    assert use is not None
    assert set(re.findall(r"^    triage ([a-z]+)", use[1], re.MULTILINE)) == commands
    assert commands
    for command, options in re.findall(r"^    triage ([a-z]*)((?: \[[^]]+\])*)", use[1], re.MULTILINE):
        for option, value in re.findall(r"\[(--[a-z]+)( [A-Z]+)?\]", options):
            assert isinstance(parse([*filter(None, [command]), option, *(["1"] if value else [])]), Namespace)


def test_every_exit_code_has_its_row() -> None:
    codes = {value for name, value in vars(exits).items() if name.isupper()}
    rows = re.findall(r"^\| ([0-9, ]+) \|", README, re.MULTILINE)
    assert {int(code) for row in rows for code in row.split(",")} == codes


def test_its_configuration_is_one(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert examples
    (tmp_path / "triage.toml").write_text("".join(examples))
    settings = load_settings(
        config=None, environment=None, environ={"DATABASE_URL": "postgresql://db.example/shop"}, cwd=tmp_path
    )
    assert settings.read_only
    database, endpoint, pooler, folder = settings.targets
    assert isinstance(database, PostgresSpec)
    assert endpoint.depends_on == ("shop-db",)
    assert isinstance(pooler, PgbouncerSpec)
    assert isinstance(folder, FilesSpec)


def test_its_rules_for_redis_are_the_ones_that_were_tried() -> None:
    assert ENOUGH in README


def test_what_it_links_to_is_here() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []
