"""`[[quiet]]`: what it says, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage_tui.config.errors import ConfigError
from triage_tui.config.load import load_settings
from triage_tui.config.settings import QuietRule, Settings

HOST = '[[environments.dev.targets]]\nkind = "host"\n'


def load(folder: Path, quiet: str) -> Settings:
    path = folder / "triage.toml"
    path.write_text(HOST + quiet)
    return load_settings(config=path, environment=None, environ={}, cwd=folder)


def test_it_is_read_whole(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        '[[quiet]]\nfinding = "docker.*"\nsubject = "batch"\nuntil = 2030-01-31T06:00:00Z\n'
        '[[quiet]]\nfinding = "host.load-high"\nreason = "backup"\nwindow = "23:00-01:00"\ndays = ["sun"]\n',
    )
    assert settings.quiet == (
        QuietRule("docker.*", subject="batch", until=datetime(2030, 1, 31, 6, tzinfo=UTC)),
        QuietRule("host.load-high", reason="backup", window="23:00-01:00", days=("sun",)),
    )


@pytest.mark.parametrize(
    ("quiet", "complaint"),
    [
        ('[[quiet]]\nreason = "x"', "`finding` is missing"),
        ('[[quiet]]\nfinding = "docker.unhealthy"', "what is quiet without an end needs a `reason`"),
        ('[[quiet]]\nfinding = "docker.unhelthy"\nreason = "x"', "did you mean `docker.unhealthy`?"),
        ('[[quiet]]\nfinding = "host.*"\nuntil = 2030-01-31T06:00:00', "`until` needs an offset"),
        (
            '[[quiet]]\nfinding = "host.*"\nuntill = 2030-01-31T06:00:00Z',
            "unknown key `untill`; did you mean",
        ),
        (
            '[[quiet]]\nfinding = "host.*"\nreason = "x"\nwindow = "2-3"',
            "`window` is two times of a day in UTC",
        ),
        ('[[quiet]]\nfinding = "host.*"\nreason = "x"\ndays = ["sat"]', "`days` needs `window`"),
        (
            '[[quiet]]\nfinding = "host.*"\nreason = "x"\nwindow = "01:00-02:00"\ndays = ["Sat"]',
            '"Sat" is none of mon, tue',
        ),
        ('[quiet]\nfinding = "host.*"', "two brackets"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, quiet: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, quiet)
    assert complaint in str(refused.value)
    assert "triage.toml:" in str(refused.value)
