"""News on its way to one reader, who may be slow or leave at any time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")


class Feed(Generic[Item]):
    """A queue with an end. Use it as a context manager, so that nothing is kept for a reader who is gone.

    behind  items that wait at most; beyond that the oldest are dropped
    wanted  which ones wait at all
    """

    def __init__(self, readers: set[Feed[Item]], behind: int, wanted: Callable[[Item], bool]) -> None:
        self._readers = readers
        self._wanted = wanted
        self._items: deque[Item] = deque(maxlen=behind)
        self._news = asyncio.Event()
        self._ended = False
        readers.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._readers.discard(self)

    def add(self, item: Item) -> None:
        """Something happened."""
        if self._wanted(item):
            self._items.append(item)
            self._news.set()

    def end(self) -> None:
        """Nothing will happen any more."""
        self._ended = True
        self._news.set()

    async def next(self) -> Item | None:
        """The next one, when it comes; None at the end."""
        while not self._items:
            if self._ended:
                return None
            self._news.clear()
            await self._news.wait()
        return self._items.popleft()
