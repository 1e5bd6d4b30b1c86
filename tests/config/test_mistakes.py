"""Every kind of bad configuration is told with file, line, and the nearest thing that would be right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.config.loading import World, world
from triage_tui.config import ConfigError

__all__ = ["world"]

TARGET = "[environments.dev]\n[[environments.dev.targets]]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Syntax.
        ("[environments.dev\n", "FILE:1: "),
        ("a = 1\nb = [1, 2\n", "FILE:"),
        # Unknown keys, at every level, with the nearest one.
        ("enviroments = 1\n", "FILE:1: unknown key `enviroments`; did you mean `environments`?"),
        ("[environments.dev]\nread_onyl = true\n", "FILE:2: unknown key `read_onyl`; did you mean `read_only`?"),
        (TARGET + 'kind = "redis"\nname = "r"\nulr = "redis://x"\n', "FILE:5: unknown key `ulr`; did you mean `url`?"),
        ('[thresholds]\n"redis.memory_ratoi" = { warning = 0.5 }\n', "FILE:2: unknown signal"),
        ('[thresholds]\n"redis.memory_ratio" = { warn = 0.5 }\n', "did you mean `warning`?"),
        ("[guides]\nfolder = []\n", "FILE:2: unknown key `folder`; did you mean `folders`?"),
        # Kinds.
        (TARGET + 'kind = "postgress"\nname = "x"\n', "FILE:3: "),
        (TARGET + 'kind = "pgbouncer"\nname = "x"\nurl = "x"\n', "FILE:5: "),
        (TARGET + 'kind = "files"\nname = "x"\npath = "/x"\nmax_age = 5\n', "did you mean `max_age_s`, in seconds?"),
        (TARGET + 'kind = "files"\nname = "x"\npath = "/x"\nmax_age_s = 0\n', "FILE:6: `max_age_s`"),
        (TARGET + 'kind = "files"\nname = "x"\npath = "/x"\npattern = "a/*"\n', "FILE:6: `pattern`"),
        (TARGET + 'kind = "files"\nname = "x"\n', "`path` is missing"),
        (TARGET + 'kind = "docker"\nname = "x"\nrequire_env = { api = ["A B"] }\n', "FILE:5: `require_env`"),
        # Missing and wrongly typed.
        (TARGET + 'kind = "redis"\nname = "r"\n', "`url` is missing"),
        (TARGET + 'name = "r"\nurl = "redis://x"\n', "`kind` is missing"),
        ("[environments.dev]\nread_only = 1\n", "FILE:2: `read_only`: expected true or false, found a whole number"),
        (TARGET + 'kind = "host"\nname = 5\n', "FILE:4: `name`: expected text in quotes, found a whole number"),
        (TARGET + 'kind = "host"\nname = "h"\ninterval_s = -1\n', "FILE:5: `interval_s`"),
        (TARGET + 'kind = "http"\nname = "h"\nurl = "http://x"\nexpect_status = [200, 9]\n', "FILE:6: "),
        # URLs.
        (TARGET + 'kind = "postgres"\nname = "d"\nurl = "redis://x"\n', "FILE:5: "),
        (TARGET + 'kind = "redis"\nname = "d"\nurl = ""\n', "FILE:5: "),
        (TARGET + 'kind = "redis"\nname = "d"\nurl = "redis://x:99999"\n', "FILE:5: "),
        (TARGET + 'kind = "http"\nname = "d"\nurl = "ftp://x"\n', "FILE:5: "),
        (TARGET + 'kind = "docker"\nname = "d"\nurl = "docker.sock"\n', "FILE:5: "),
        # Variables and files that are not there.
        (TARGET + 'kind = "redis"\nname = "d"\nurl = "${NO_SUCH_VARIABLE}"\n', "NO_SUCH_VARIABLE"),
        (TARGET + 'kind = "redis"\nname = "d"\nurl = { file = "/no/such/file" }\n', "/no/such/file"),
        # Names and what depends on them.
        (
            TARGET + 'kind = "host"\nname = "a"\n[[environments.dev.targets]]\nkind = "host"\nname = "a"\n',
            "a",
        ),
        (
            TARGET
            + 'kind = "host"\nname = "shop-db"\n[[environments.dev.targets]]\nkind = "host"\nname = "b"\n'
            + 'depends_on = ["shop-bd"]\n',
            "FILE:8: ",
        ),
        # Thresholds that make no sense.
        ('[thresholds]\n"redis.memory_ratio" = { warning = 80 }\n', "80 % is 0.8"),
        ('[thresholds]\n"redis.memory_ratio" = { warning = 0.9, critical = 0.8 }\n', "has to be below"),
        # Environments.
        ('default_environment = "prd"\n[environments.prod]\n', "did you mean `prod`?"),
        ("[environments.dev]\n[environments.prod]\n", "which environment?"),
    ],
)  # fmt: skip
def test_what_is_said(world: World, text: str, said: str) -> None:
    """In one sentence, with the line."""
    message = world.refused(text)
    assert said in message
    assert message.startswith("FILE")


def test_everything_that_is_wrong_is_told_at_once(world: World) -> None:
    """In the order of the lines, so that one round of mending is enough."""
    message = world.refused(
        "colour = 1\n[environments.dev]\nread_only = 2\n[[environments.dev.targets]]\n"
        'kind = "redis"\nname = "r"\nurl = "http://x"\n[thresholds]\n"nothing.here" = { warning = 1 }\n'
    )
    lines = message.splitlines()
    assert len(lines) == 4, message
    numbers = [int(line.split(":")[1]) for line in lines]
    assert numbers == sorted(numbers)


def test_an_environment_that_is_not_there(world: World) -> None:
    """With the nearest."""
    message = world.refused("[environments.staging]\n[environments.prod]\n", environment="stagign")
    assert 'did you mean "staging"?' in message


# The file itself


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\xef\xbb\xbf[environments.dev]\n", "byte order mark"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"a = 1\nb = '\xff'\n", "FILE:2: is not UTF-8"),
        (b"#" * 200_000, "larger than"),
        (b"a = '" + b"x" * 5_000 + b"'\n", "longer than"),
    ],
)
def test_what_is_no_text_file(world: World, raw: bytes, said: str) -> None:
    """Named as what it is."""
    assert said in world.refused(raw)


def test_a_folder_a_dangling_link_and_an_unreadable_file(world: World) -> None:
    """Each with what to do."""
    world.file.mkdir()
    with pytest.raises(ConfigError, match="is a folder"):
        world.load()
    world.file.rmdir()
    world.file.symlink_to("nowhere")
    with pytest.raises(ConfigError, match="leads nowhere"):
        world.load()


SECRET = TARGET + 'kind = "redis"\nname = "r"\nurl = "redis://:hunter2hunter2@x"\n'


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_secret_that_others_can_read_is_refused_with_the_fix(world: World, mode: int) -> None:
    """The line of the secret, the command that mends it, and not the secret."""
    message = world.refused(SECRET, mode=mode)
    assert "FILE:5: a secret stands here" in message
    assert "chmod 600" in message
    assert "hunter2" not in message


def test_a_secret_that_only_its_owner_can_read_is_fine(world: World) -> None:
    """And so is a file without one that everybody can read."""
    world.write(SECRET, 0o600)
    assert len(world.load().targets) == 1
    world.write(TARGET + 'kind = "redis"\nname = "r"\nurl = "${REDIS}"\n', 0o644)
    assert world.load(environ={"REDIS": "redis://:pw@x"}).targets[0].name == "r"


def test_a_link_is_judged_by_what_it_points_to(world: World, tmp_path: Path) -> None:
    """The mode of a link itself says nothing."""
    real = tmp_path / "real.toml"
    real.write_text(SECRET)
    real.chmod(0o644)
    world.file.symlink_to(real)
    with pytest.raises(ConfigError, match="chmod 600"):
        world.load()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused(world: World) -> None:
    """Whoever writes it decides where secrets are sent."""
    world.write("[environments.dev]\n")
    os.chown(world.file, 12345, 12345)
    with pytest.raises(ConfigError, match="belongs to"):
        world.load()


def test_a_file_that_everybody_can_change_is_refused(world: World) -> None:
    """For the same reason."""
    assert "chmod o-w" in world.refused("[environments.dev]\n", mode=0o606)


# Anything whatever

keys = st.sampled_from(
    [
        "environments",
        "environments.dev",
        "environments.dev.targets",
        "thresholds",
        "guides",
        "kind",
        "name",
        "url",
        "x",
    ]
)
values = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.text(max_size=12),
    st.lists(st.integers(), max_size=3),
    st.just({}),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_settings_or_one_kind_of_error(world: World, raw: bytes) -> None:
    """Nothing else is ever raised."""
    world.write(raw)
    try:
        world.load()
    except ConfigError as error:
        assert str(error)  # noqa: PT017


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(keys, values), max_size=6), st.text(max_size=30))
def test_any_toml_is_settings_or_one_kind_of_error(
    world: World, entries: list[tuple[str, object]], secret: str
) -> None:
    """And what stands there is never printed with a secret in it."""
    import json

    lines = [
        f"{key} = {json.dumps(value) if not isinstance(value, dict) else '{}'}" for key, value in entries
    ]
    lines.append("[[environments.dev.targets]]")
    lines.append('kind = "redis"\nname = "r"\nurl = "redis://:hunter2hunter2@x y"')
    world.write("\n".join(lines))
    try:
        world.load()
    except ConfigError as error:
        assert "hunter2" not in str(error)  # noqa: PT017
