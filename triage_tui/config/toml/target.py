"""One `[[environments.NAME.targets]]` table made into a spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from triage_tui.config.addresses import conninfo, urls
from triage_tui.config.errors import did_you_mean
from triage_tui.config.secret import Secret
from triage_tui.config.settings import TargetSpec
from triage_tui.config.toml.check import unknown_keys, values
from triage_tui.config.toml.document import Document
from triage_tui.config.toml.literals import literal_secrets
from triage_tui.config.toml.locate import KeyPath
from triage_tui.config.toml.resolve import resolve
from triage_tui.config.toml.rules import check_values
from triage_tui.config.toml.schema import KINDS_WITH_PASSWORD, SPECS, TargetKeys
from triage_tui.config.toml.values import Place, only_variable
from triage_tui.text import safe

_HINTS = dict.fromkeys(
    ("host", "port", "user", "username", "database", "dbname", "db", "socket"), "write it into `url`"
) | {
    "interval": "did you mean `interval_s`, in seconds?",
    "timeout": "every look is bounded without it",
}
_FILES_HINTS = {
    "max_age": "did you mean `max_age_s`, in seconds?",
    "folder": "did you mean `path`?",
    "url": "a folder has a `path`",
}


class TargetTable(Struct, frozen=True):
    """What one table says.

    name        as far as it could be read, like depends_on: for checking tables against each other
    spec        None where something is wrong, or where values were not to be looked up
    secrets     keys that hold a secret in the file itself
    variable    the environment variable that the url is, where it is one and nothing else
    notes       what was assumed
    """

    path: KeyPath
    name: str | None = None
    depends_on: tuple[str, ...] = ()
    spec: TargetSpec | None = None
    secrets: tuple[KeyPath, ...] = ()
    variable: str | None = None
    notes: tuple[str, ...] = ()


def read_target(document: Document, path: KeyPath, given: Mapping[str, Any], place: Place) -> TargetTable:
    """Read one table. Everything that is wrong with it is noted in the document."""
    before = document.count
    secrets = tuple((*path, *key) for key in literal_secrets(given))
    cls = _class(document, path, given)
    if cls is None:
        return TargetTable(path, secrets=secrets)
    kind = given["kind"]
    own = {field.name: field for field in fields(cls)}
    extra = {
        field.name: field
        for field in fields(TargetKeys)
        if field.name != "password" or kind in KINDS_WITH_PASSWORD
    }
    hints = _HINTS if "url" in own else _FILES_HINTS if kind == "files" else {}
    unknown_keys(document, path, given, own | extra, hints)
    known, unresolved = resolve(document, path, given, own | extra, place)
    found = values(document, path, known, own.values(), unresolved)
    password = values(document, path, known, extra.values(), unresolved).get("password")
    check_values(document, path, found)
    url = given.get("url")
    notes: tuple[str, ...] = ()
    if url is None and "password" in given:
        document.mistake((*path, "password"), "`password` needs `url`")
    elif found.get("url") is not None and unresolved.isdisjoint({"url", "password"}):
        notes = _put_address(document, path, kind, found, password, given)
    return TargetTable(
        path,
        name=found.get("name", _default(own["name"])),
        depends_on=found.get("depends_on", ()),
        spec=cls(**found) if document.count == before and not unresolved else None,
        secrets=secrets,
        variable=only_variable(url) if isinstance(url, str) else None,
        notes=notes,
    )


def address_of(kind: str, url: str, password: str | None = None) -> urls.Address:
    """Check the url of a target of a kind. Raises UrlError."""
    match kind:
        case "postgres" | "pgbouncer":
            return conninfo.postgres(url, password)
        case "redis":
            return urls.redis(url, password)
        case "docker":
            return urls.docker(url)
        case _:
            return urls.http(url)


def without_secrets(kind: str, url: str) -> str:
    """A checked url of a kind as it may stand in a file that others read: it still says where, not with what."""
    return (
        conninfo.without_secrets(url)
        if kind in ("postgres", "pgbouncer")
        else urls.without_secrets(url, kind)
    )


def left_out(what: str, address: urls.Address) -> tuple[str, ...]:
    """The note about parameters that were left out of a url. what: the target or variable it belongs to."""
    if not address.left_out:
        return ()
    return (
        f"{what}: parameters of the url that the driver does not know were left out ({address.left_out})",
    )


def _class(document: Document, path: KeyPath, given: Mapping[str, Any]) -> type[TargetSpec] | None:
    kind = given.get("kind")
    if kind is None:
        document.mistake(path, f"`kind` is missing: one of {', '.join(SPECS)}")
    elif not isinstance(kind, str):
        document.mistake((*path, "kind"), f"`kind` has to be one of {', '.join(SPECS)}")
    elif kind not in SPECS:
        document.mistake((*path, "kind"), f'unknown kind "{safe(kind)}"{did_you_mean(kind, SPECS)}')
    else:
        return SPECS[kind]
    return None


def _put_address(
    document: Document,
    path: KeyPath,
    kind: str,
    found: dict[str, Any],
    password: Secret | None,
    given: Mapping[str, Any],
) -> tuple[str, ...]:
    """Check the url and put the password into it, in place. Answers with notes."""
    url: Secret = found["url"]
    try:
        address = address_of(kind, url.reveal(), password.reveal() if password else None)
    except urls.UrlError as error:
        unset = not url and only_variable(str(given["url"])) is not None
        document.mistake(
            (*path, "url"), f"`url` {error}{': its variable is set to nothing' if unset else ''}"
        )
        return ()
    found["url"] = address.url
    return left_out(safe(str(found.get("name"))), address)


def _default(field: FieldInfo) -> str | None:
    return field.default if isinstance(field.default, str) else None
