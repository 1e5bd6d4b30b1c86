"""Asks the guides on a thread of its own: reading files, searching and matching never hold up a key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from triage_tui.guides.library import Library

Answer = Callable[[Any], None]
Post = Callable[[Callable[[], None]], None]
"""Runs something on the screen's thread."""


class Desk:
    """One library, one thread. Of several questions of one kind that wait, only the last is asked.

    The thread begins with the first question, and ends with the program.
    """

    def __init__(self, folders: Callable[[], Sequence[Path]], cache: Path | None) -> None:
        """folders: asked on the thread."""
        self._folders = folders
        self._cache = cache
        self._waiting: dict[str, tuple[Callable[[Library], Any], Answer]] = {}
        self._changed = threading.Condition()
        self._stopped = False
        self._busy = False
        self._thread: threading.Thread | None = None
        self._post: Post = lambda work: work()
        self._news: list[Callable[[], None]] = []

    def open(self, post: Post, news: Callable[[], None]) -> None:
        """Begin, where nobody has yet. news: called through `post` when a guide was written."""
        if news not in self._news:
            self._news.append(news)
        if self._thread is not None:
            return
        self._post = post
        self._thread = threading.Thread(target=self._run, name="triage-guides", daemon=True)
        self._thread.start()

    def ask(self, kind: str, work: Callable[[Library], Any], answer: Answer) -> None:
        """Ask, and hand the answer over on the screen's thread. What raises is answered with the exception."""
        with self._changed:
            self._waiting.pop(kind, None)
            self._waiting[kind] = (work, answer)
            self._changed.notify()

    def close(self) -> None:
        """Ask nothing more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    @property
    def idle(self) -> bool:
        """Whether every question has been answered."""
        with self._changed:
            return not self._waiting and not self._busy

    def _run(self) -> None:
        from triage_tui.guides.library import Library
        from triage_tui.guides.watch import Watching

        folders = tuple(self._folders())
        library = Library(folders, self._cache)
        watching = Watching(folders, lambda: self.ask("refresh", _refresh, self._on_refreshed))
        watching.start()
        try:
            while (question := self._next()) is not None:
                work, answer = question
                try:
                    found = work(library)
                except Exception as error:
                    found = error
                self._hand_over(answer, found)
        finally:
            watching.stop(0.0)
            library.close()

    def _next(self) -> tuple[Callable[[Library], Any], Answer] | None:
        with self._changed:
            self._busy = False
            self._changed.wait_for(lambda: self._waiting or self._stopped)
            if self._stopped:
                return None
            self._busy = True
            return self._waiting.pop(next(iter(self._waiting)))

    def _hand_over(self, answer: Answer, found: Any) -> None:
        try:
            self._post(lambda: answer(found))
        except RuntimeError:
            # The screen's loop is closed: nobody reads the answer.
            self.close()

    def _on_refreshed(self, changed: Any) -> None:
        if changed is True:
            for tell in self._news:
                tell()


def _refresh(library: Library) -> bool:
    return library.refresh()
