"""Reading many things at once: each reader says what it wants next, and all wants of a round travel together.

A reader is a generator. It yields the commands it wants and is sent their answers, in that order, until it returns
what it found. So counting a hundred queues takes as many round trips as the slowest reader has steps (one or two),
and what several readers want alike, such as Celery's common `unacked` hash, is asked once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import TypeVar

from triage_tui.sources.redis.wire import Command, Reply

T = TypeVar("T")

Steps = Generator[Sequence[Command], Sequence[Reply], T]

Ask = Callable[[Sequence[Command]], Awaitable[list[Reply]]]

MAX_COMMANDS = 2_000
"""Commands in one round trip: a few milliseconds of the server's time. More are split, for others to come between."""


async def run(readers: Sequence[Steps[T]], ask: Ask) -> list[T]:
    """Run readers to their ends, in rounds. Raises what `ask` raises."""
    results: list[T | None] = [None] * len(readers)
    waiting: dict[int, Sequence[Command]] = {}
    for index, reader in enumerate(readers):
        _advance(index, reader, None, waiting, results)
    while waiting:
        wanted = list(dict.fromkeys(command for commands in waiting.values() for command in commands))
        answers: dict[Command, Reply] = {}
        for start in range(0, len(wanted), MAX_COMMANDS):
            part = wanted[start : start + MAX_COMMANDS]
            answers.update(zip(part, await ask(part), strict=True))
        round_, waiting = waiting, {}
        for index, commands in round_.items():
            _advance(index, readers[index], [answers[command] for command in commands], waiting, results)
    return results  # type: ignore[return-value]


def _advance(
    index: int,
    reader: Steps[T],
    answers: Sequence[Reply] | None,
    waiting: dict[int, Sequence[Command]],
    results: list[T | None],
) -> None:
    try:
        waiting[index] = next(reader) if answers is None else reader.send(answers)
    except StopIteration as stop:
        results[index] = stop.value
