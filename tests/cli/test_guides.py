"""`triage guides`: what is printed, and what the exit code says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.guides.writing import guide
from triage_tui.cli import exits
from triage_tui.cli.main import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own with a triage.toml that names a folder with one guide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    guide(
        tmp_path / "ours",
        "ours/printer",
        "signatures: [{text: printer zeta burns}]\nexamples: {matches: [printer zeta burns], misses: [x]}",
        title="The zeta printer burns",
    )
    (tmp_path / "triage.toml").write_text('[guides]\nfolders = ["ours"]\n')
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """The exit code and the JSON of a command."""
    code = main(["guides", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_question_finds_the_guides_that_ship_and_the_readers_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, answer = said(capsys, "search", "zeta", "printer")
    assert code == exits.OK
    assert answer["query"] == "zeta printer"
    assert answer["matched"] is True
    assert answer["results"][0].keys() == {"id", "title", "score", "why"}
    assert answer["results"][0]["id"] == "ours/printer"
    code, answer = said(capsys, "search", "too many clients postgres", "--limit", "1")
    assert answer["results"][0]["id"].startswith("postgres/")
    assert len(answer["results"]) == 1


def test_a_question_that_nothing_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "search", "xylophone") == (
        exits.INCOMPLETE,
        {"query": "xylophone", "matched": False, "results": []},
    )
    assert main(["guides", "search", "xylophone"]) == exits.INCOMPLETE
    assert "no guide answers" in capsys.readouterr().err


def test_a_line_is_matched_or_honestly_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, answer = said(capsys, "match", "10:00 ERROR printer zeta burns")
    assert (code, answer["results"][0]["id"]) == (exits.OK, "ours/printer")
    assert "printer zeta burns" in answer["results"][0]["why"][0]
    assert main(["guides", "match", "all is well"]) == exits.INCOMPLETE
    assert "no match" in capsys.readouterr().err


def test_a_paste_is_read_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "paste").write_bytes(b"Traceback:\n\xff\nprinter zeta burns\n")
    with (tmp_path / "paste").open() as pasted:
        monkeypatch.setattr("sys.stdin", pasted)
        assert main(["guides", "match", "-"]) == exits.OK
    out = capsys.readouterr().out
    assert "ours/printer" in out
    assert "line 3: printer zeta burns" in out


def test_an_entry_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = said(capsys, "show", "ours/printer")
    assert (code, shown["title"]) == (exits.OK, "The zeta printer burns")
    assert [section["title"] for section in shown["sections"]] == ["Checks", "Fix", "Verify"]
    assert main(["guides", "show", "ours/printr"]) == exits.USAGE
    assert "did you mean `ours/printer`" in capsys.readouterr().err


def test_wild_guides_are_imported_and_nothing_is_written_over(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wild = tmp_path / "trouble.md"
    wild.write_text("# Troubleshooting\n\n## Contents\n\n## Problem: it burns\n\n**Fix:** water\n")
    (tmp_path / "binary.md").write_bytes(b"\0")
    code, report = said(capsys, "import", str(wild), "binary.md", "--to", "made")
    assert code == exits.OK
    assert report["entries"] == [
        {
            "id": "trouble/it-burns",
            "title": "it burns",
            "source": f"{wild}:5",
            "recognised": ["fix"],
            "guessed": [],
        }
    ]
    assert [row["line"] for row in report["ignored"]] == [3, 1]
    assert (tmp_path / "made" / "trouble" / "it-burns.md").is_file()
    code, report = said(capsys, "import", str(wild), "--to", "made")
    assert code == exits.INCOMPLETE
    assert "not touched" in report["ignored"][-1]["why"]


def test_lint_says_where_and_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["guides", "lint", "ours"]) == exits.OK
    guide(tmp_path / "ours", "ours/other", "severity: urgent")
    capsys.readouterr()
    assert main(["guides", "lint", "ours"]) == exits.INCOMPLETE
    assert capsys.readouterr().out.startswith("ours/ours/other.md:4: severity: `urgent` is none of")
    code, report = said(capsys, "lint", "ours")
    assert (code, report["files"], report["entries"]) == (exits.INCOMPLETE, 2, 1)
    assert report["remarks"][0]["line"] == 4


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["lint", "nowhere"], "there is no folder nowhere"),
        (["lint", "--unlike", "nowhere"], "nowhere cannot be used"),
        (["import", "nowhere.md", "--to", "made"], "there is no file nowhere.md"),
        (["search", "x", "--config", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_what_cannot_be_done_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    assert main(["guides", *arguments]) == exits.USAGE
    assert complaint in capsys.readouterr().err


def test_a_mistyped_command_is_told_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["guides", "serch", "x"])
    assert ended.value.code == exits.USAGE
    assert "did you mean `search`" in capsys.readouterr().err
