"""Every key of a command in triage.toml, once."""

from __future__ import annotations

from triage_tui.config.key import COMMAND, Key

COMMAND_KEYS: tuple[Key, ...] = (
    Key(
        COMMAND,
        "name",
        "lowercase letters, digits, - and _",
        "",
        "the action is called `command.NAME`; each name once in an environment",
        '"flush-cdn"',
    ),
    Key(
        COMMAND,
        "argv",
        "list of texts",
        "",
        "the program and its arguments, taken as they are: no shell, no variables. `{zone}` stands for the parameter"
        " zone; a value that begins with a dash is refused unless `--` stands before it",
        '["/usr/local/bin/cdn", "flush", "--", "{zone}"]',
    ),
    Key(
        COMMAND, "about", "text", "none", "what it does, shown before it is run", '"empty a zone of the CDN"'
    ),
    Key(
        COMMAND,
        "parameters",
        "table of names",
        "none",
        "what has to be given, each with what it is",
        '{ zone = "the zone to empty" }',
    ),
    Key(
        COMMAND,
        "safe",
        "true or false",
        "false",
        "it may be run without its name being typed; where that is not said it is taken to be dangerous",
        "false",
    ),
    Key(COMMAND, "timeout_s", "seconds", "60", "after which it is killed, with what it started", "60"),
)
