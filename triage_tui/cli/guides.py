"""`triage guides`: the knowledge base from the shell."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage_tui.cli import exits
from triage_tui.cli.refusal import CannotError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage_tui.guides.entry import Entry
    from triage_tui.guides.library import Library

MAX_READ = 4 * 1024 * 1024
"""Bytes of standard input that are looked at by `match -`: the last of them would be looked at anyway."""


def search(arguments: Namespace) -> int:
    """Entries for a question."""
    question = " ".join(arguments.words)
    library = _library(arguments)
    hits = library.search(question, arguments.limit)
    if arguments.json:
        _put(_answer(question, [(hit.row, hit.score, hit.why) for hit in hits]))
    for hit in () if arguments.json else hits:
        _tell(hit.row.id, hit.row.title, hit.why, hit.snippet)
    return exits.OK if hits else _nothing(arguments, "no guide answers that")


def match(arguments: Namespace) -> int:
    """Entries that know an error line, or one of a paste."""
    pasted = " ".join(arguments.line)
    if arguments.line == ["-"]:
        pasted = sys.stdin.buffer.read(MAX_READ).decode("utf-8", "replace")
    library = _library(arguments)
    found = library.match(pasted, arguments.limit)
    if arguments.json:
        _put(_answer(pasted[:2000], [(one.row, one.score, one.why) for one in found]))
    for one in () if arguments.json else found:
        where = f"line {one.line}: {one.text}" if "\n" in pasted.strip() else ""
        _tell(one.row.id, one.row.title, one.why, where)
    return exits.OK if found else _nothing(arguments, "no match: no guide knows this line")


def show(arguments: Namespace) -> int:
    """One entry in full."""
    library = _library(arguments)
    entry = library.entry(arguments.id)
    if entry is None:
        from triage_tui.text.nearest import nearest

        ids = library.index.ids()
        near = nearest(arguments.id, ids)
        hint = f"; did you mean `{near}`?" if near else "; `triage guides search` finds them"
        raise CannotError(f"no guide `{arguments.id}`{hint}")
    if arguments.json:
        import msgspec

        sections = [{"title": one.title, "text": one.text} for one in entry.sections]
        _put({**msgspec.to_builtins(_front(entry)), "path": entry.path, "sections": sections})
    else:
        print("\n".join(_page(entry)))
    return exits.OK


def import_(arguments: Namespace) -> int:
    """Wild guides made into entries. A file of the same name is never written over."""
    from triage_tui.guides.files import Ignored, UnreadableError, text_of
    from triage_tui.guides.importing import read
    from triage_tui.guides.write import write

    entries: list[dict[str, Any]] = []
    ignored: list[Ignored] = []
    for file in _files(arguments.files):
        try:
            result = read(text_of(file), str(file), arguments.collection or file.stem)
        except UnreadableError as error:
            ignored.append(Ignored(str(file), 1, str(error)))
            continue
        ignored += result.ignored
        for one in result.entries:
            try:
                write(one.entry, arguments.to)
            except FileExistsError:
                ignored.append(
                    Ignored(str(file), one.line, f"{one.entry.id} is there already and was not touched")
                )
                continue
            except OSError as error:
                raise CannotError(f"{arguments.to} cannot be written: {error.strerror}") from error
            entries.append(
                {
                    "id": one.entry.id,
                    "title": one.entry.title,
                    "source": f"{file}:{one.line}",
                    "recognised": one.recognised,
                    "guessed": one.guessed,
                }
            )
    left = [{"source": one.path, "line": one.line, "why": one.why} for one in ignored]
    if arguments.json:
        _put({"entries": entries, "ignored": left})
    else:
        _report(entries, left)
    return exits.OK if entries else exits.INCOMPLETE


def lint(arguments: Namespace) -> int:
    """Every mistake in guides. Mistakes are data and go to standard output; the count goes to standard error."""
    from triage_tui.guides import runs
    from triage_tui.guides.lint import lint as examine
    from triage_tui.guides.places import shipped

    folders = arguments.folders or [shipped()]
    for folder in folders:
        if not folder.is_dir():
            raise CannotError(f"there is no folder {folder}")
    try:
        originals = runs.load(arguments.unlike) if arguments.unlike else frozenset[int]()
    except (OSError, ValueError) as error:
        raise CannotError(f"{arguments.unlike} cannot be used: {error}") from error
    report = examine(folders, today=datetime.now(UTC).date(), beside=[shipped()], originals=originals)
    wrong = report.remarks if arguments.strict else report.mistakes
    if arguments.json:
        rows = [
            {"path": r.path, "line": r.line, "message": r.message, "advice": r.advice} for r in report.remarks
        ]
        _put({"files": report.files, "entries": report.entries, "remarks": rows})
        return exits.INCOMPLETE if wrong else exits.OK
    for remark in report.remarks:
        print(remark)
    advice = len(report.remarks) - len(report.mistakes)
    counted = (
        f"{report.files} files, {report.entries} entries, {len(report.mistakes)} to mend, {advice} advised"
    )
    print(f"triage: {counted}", file=sys.stderr)
    return exits.INCOMPLETE if wrong else exits.OK


def _library(arguments: Namespace) -> Library:
    """The guides that ship and those of triage.toml, which need not be there."""
    from triage_tui.config.errors import ConfigError
    from triage_tui.config.guides import guide_folders
    from triage_tui.guides.library import Library
    from triage_tui.guides.places import all_folders, cache_folder

    try:
        own = guide_folders(config=arguments.config, environ=os.environ, cwd=Path.cwd())
    except ConfigError as error:
        raise CannotError(str(error)) from error
    return Library(all_folders(own), cache_folder(os.environ))


def _files(given: Sequence[Path]) -> list[Path]:
    from triage_tui.guides.files import find

    found: list[Path] = []
    for path in given:
        if path.is_dir():
            found += [Path(one.path) for one in find(path)]
        elif path.exists():
            found.append(path)
        else:
            raise CannotError(f"there is no file {path}")
    return found


def _nothing(arguments: Namespace, said: str) -> int:
    if not arguments.json:
        print(f"triage: {said}", file=sys.stderr)
    return exits.INCOMPLETE


def _answer(query: str, found: list[tuple[Any, float, tuple[str, ...]]]) -> dict[str, Any]:
    from triage_tui.text import redact

    results = [{"id": row.id, "title": row.title, "score": score, "why": why} for row, score, why in found]
    return {"query": redact(query), "matched": bool(results), "results": results}


def _tell(id: str, title: str, why: Sequence[str], more: str) -> None:
    print(f"{id}\n    {title}")
    for reason in why:
        print(f"    - {reason}")
    if more:
        print(f"    {more}")


def _front(entry: Entry) -> Any:
    """The front matter without conditions in their parsed form: a script reads their text in the file."""
    import msgspec

    return msgspec.structs.replace(entry.front, checks=())


def _page(entry: Entry) -> list[str]:
    front = entry.front
    lines = [front.title, f"{front.id} ({front.severity})"]
    lines += [front.impact] if front.impact else []
    for section in entry.sections:
        lines += ["", f"## {section.title}" if section.title else "", section.text]
    if front.related:
        lines += ["", f"See also: {', '.join(front.related)}"]
    if front.source is not None:
        lines += ["", f"Source: {', '.join(filter(None, [front.source.title, front.source.section]))}"]
    return lines


def _report(entries: list[dict[str, Any]], ignored: list[dict[str, Any]]) -> None:
    for one in entries:
        guessed = f"; guessed: {', '.join(one['guessed'])}" if one["guessed"] else ""
        print(
            f"{one['source']}: {one['id']}: {one['title']} ({', '.join(one['recognised']) or 'no label'}{guessed})"
        )
    for one in ignored:
        print(f"{one['source']}:{one['line']}: ignored: {one['why']}")
    print(f"triage: {len(entries)} entries, {len(ignored)} ignored", file=sys.stderr)


def _put(content: Any) -> None:
    print(json.dumps(content, ensure_ascii=False))
