"""The team's own commands: real programs, arguments that stay arguments, and an end to everything."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.cli.running import environment, triage, write_config
from tests.engines.actions.acting import Allowed, Forbidden, Targets
from triage_tui.actions.act import Came, Danger, Order, Preview, Refused, Result
from triage_tui.actions.commands import OwnCommand
from triage_tui.config.settings import CommandSpec

HERE = Targets()


def command(*argv: str, timeout_s: float = 60.0, safe: bool = True, **parameters: str) -> OwnCommand:
    return OwnCommand(CommandSpec("mine", argv, "does it", dict(parameters), safe, timeout_s))


def python(code: str, *more: str, timeout_s: float = 60.0, **parameters: str) -> OwnCommand:
    return command(sys.executable, "-c", code, *more, timeout_s=timeout_s, **parameters)


async def planned(action: OwnCommand, **parameters: str) -> Preview:
    return await action.plan(Order("command.mine", "mine", "", parameters), HERE)


async def ran(action: OwnCommand, **parameters: str) -> Result:
    return await action.run(await planned(action, **parameters), HERE, Allowed(), lambda _: None)


@pytest.mark.safety(12)
async def test_it_is_dangerous_unless_it_is_declared_safe() -> None:
    assert command("true", safe=False).danger is Danger.FINAL
    assert command("true").danger is Danger.MILD


async def test_values_stay_arguments_whatever_is_in_them() -> None:
    hostile = "$(touch /tmp/x); `id` 'a' \"b\" {zone} ${HOME} * && false"
    result = await ran(python("import sys; print(sys.argv[1:])", "--", "{zone}", zone="which"), zone=hostile)
    assert result.came is Came.DONE
    assert result.tells == (str(["--", hostile]),)


async def test_a_value_never_becomes_an_option() -> None:
    with pytest.raises(Refused) as error:
        await planned(command("echo", "{zone}", zone="which"), zone="--all")
    assert "dash" in error.value.message
    assert (
        (await planned(command("echo", "--", "{zone}", zone="which"), zone="--all"))
        .sends[0]
        .endswith("-- --all")
    )
    assert (await planned(command("echo", "--zone={zone}", zone="which"), zone="--all")).sends


@pytest.mark.parametrize("value", ["", "two\nlines", "x" * 1001, "nul\0"])
async def test_values_that_are_no_line_are_refused(value: str) -> None:
    with pytest.raises(Refused):
        await planned(command("echo", "--", "{zone}", zone="which"), zone=value)


async def test_its_exit_code_decides_and_its_last_lines_are_told() -> None:
    result = await ran(python("import sys; [print(i) for i in range(99)]; print('\\x1b[31mno'); sys.exit(3)"))
    assert (result.came, result.message) == (Came.NOT_DONE, "mine ended with exit code 3")
    assert len(result.tells) == 40
    assert result.tells[0] == "60"
    assert "\x1b" not in result.tells[-1]


async def test_a_flood_is_read_and_forgotten() -> None:
    result = await ran(python("import sys; sys.stdout.write('x' * 50_000_000); print(); print('end')"))
    assert result.came is Came.DONE
    assert result.tells[-1] == "end"
    assert sum(map(len, result.tells)) < 1000


async def test_out_of_time_it_is_killed_with_what_it_started_and_nobody_knows(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(note)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}\\n')\n"
        "time.sleep(600)"
    )
    result = await ran(python(code, timeout_s=3.0))
    assert (result.came, result.message) == (Came.UNKNOWN, "mine was killed after 3 s")
    if note.exists():
        await gone(note.read_text())


async def test_whoever_leaves_it_kills_it(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    code = f"import os, time\nopen({str(note)!r}, 'w').write(f'{{os.getpid()}}\\n')\ntime.sleep(600)"
    task = asyncio.create_task(ran(python(code)))
    end = time.monotonic() + 60
    while not (note.exists() and note.read_text().endswith("\n")):
        assert time.monotonic() < end, "it did not start"
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await gone(note.read_text())


async def gone(pids: str) -> None:
    end = time.monotonic() + 60
    for pid in map(int, pids.split()):
        while runs(pid):
            assert time.monotonic() < end, f"{pid} is still there"
            await asyncio.sleep(0.02)


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def test_another_file_under_its_name_is_another_program(tmp_path: Path) -> None:
    script = tmp_path / "mine.sh"
    script.write_text("#!/bin/sh\necho one\n")
    script.chmod(0o755)
    action = command(str(script))
    preview = await planned(action)
    script.rename(tmp_path / "old.sh")
    script.write_text("#!/bin/sh\necho two\n")
    script.chmod(0o755)
    with pytest.raises(Refused) as error:
        await action.run(preview, HERE, Allowed(), lambda _: None)
    assert error.value.kind == "changed"
    script.unlink()
    with pytest.raises(Refused) as error:
        await planned(action)
    assert error.value.kind == "gone"


async def test_without_a_permit_it_is_not_started(tmp_path: Path) -> None:
    action = command("touch", str(tmp_path / "made"))
    with pytest.raises(Refused):
        await action.run(await planned(action), HERE, Forbidden(), lambda _: None)
    assert not (tmp_path / "made").exists()


CONFIG = """\
[environments.dev]
discover = false
[[environments.dev.targets]]
kind = "host"
[[environments.dev.commands]]
name = "greet"
argv = ["/bin/echo", "hello", "--", "{who}"]
about = "says hello"
parameters = { who = "whom to greet" }
"""


def test_from_the_shell_its_name_is_typed(tmp_path: Path) -> None:
    write_config(tmp_path, CONFIG)
    env = environment(tmp_path, XDG_STATE_HOME=str(tmp_path / "state"))
    assert "command.greet" in triage("actions", cwd=tmp_path, env=env).stdout
    said = ("act", "command.greet", "--set", "who=you")
    assert triage(*said, cwd=tmp_path, env=env).returncode == 4
    done = triage(*said, "--confirm", "greet", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert "hello -- you" in done.stdout
    missing = triage("act", "command.greet", cwd=tmp_path, env=env)
    assert (missing.returncode, "command.greet needs who" in missing.stderr) == (2, True)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('argv = ["{who}", "x"]', "the program is no parameter"),
        ('argv = ["echo", "{whom}"]', "{whom} is no parameter"),
        ('argv = ["echo"]', "the parameter who stands nowhere"),
        ("argv = []", "has to name a program"),
        ('argv = "echo {who}"', "expected a list"),
        ('argv = ["echo", "{who}"]\nshell = true', "unknown key `shell`"),
        ('argv = ["echo", "{who}"]\ntimeout_s = 0', "has to be above 0"),
    ],
)
def test_what_is_wrong_with_it_is_said_with_its_line(tmp_path: Path, line: str, complaint: str) -> None:
    write_config(tmp_path, CONFIG.replace('argv = ["/bin/echo", "hello", "--", "{who}"]', line))
    ran = triage("actions", cwd=tmp_path)
    assert ran.returncode == 2
    assert complaint in ran.stderr


def test_others_must_not_be_able_to_change_it(tmp_path: Path) -> None:
    write_config(tmp_path, CONFIG).chmod(0o660)
    ran = triage("actions", cwd=tmp_path)
    assert (ran.returncode, "chmod g-w" in ran.stderr) == (2, True)
