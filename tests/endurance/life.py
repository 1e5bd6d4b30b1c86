"""What goes on in the servers meanwhile: sessions that come, wait and go, queues, containers that die."""

from __future__ import annotations

import contextlib
import random
import threading
from types import TracebackType

import psycopg
import redis
from docker.errors import APIError

from tests.servers.docker import Engine

SESSIONS = 12
CONTAINERS = 6
QUEUES = 8
BEAT_S = 0.5

_LIVES = ("sleep 1000", "exit 3", "sleep 5; exit 1", "while :; do sleep 1; done")

Session = psycopg.Connection[tuple[object, ...]]


class Life:
    """A thread that changes something every BEAT_S, past the proxies. Drawn from a seed."""

    def __init__(self, urls: dict[str, str], engine: Engine | None, seed: int) -> None:
        self._urls = urls
        self._engine = engine
        self._dice = random.Random(seed)
        self._over = threading.Event()
        self._sessions: list[Session] = []
        self._thread = threading.Thread(target=self._live, name="life", daemon=True)
        self.error: BaseException | None = None

    def __enter__(self) -> Life:
        with psycopg.connect(self._urls["postgres"], autocommit=True) as admin:
            admin.execute("CREATE TABLE stock (id int PRIMARY KEY, held int)")
            admin.execute("INSERT INTO stock SELECT n, 0 FROM generate_series(1, 10) AS n")
        if self._engine is not None:
            for number in range(CONTAINERS):
                self._engine.run(f"service-{number}", self._dice.choice(_LIVES))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(30)
        if self._engine is not None:
            for number in range(CONTAINERS):
                self._engine.remove(f"service-{number}")

    def _live(self) -> None:
        try:
            with contextlib.closing(redis.Redis.from_url(self._urls["redis"])) as broker:
                while not self._over.wait(BEAT_S):
                    self._dice.choice((self._come, self._lock, self._go))()
                    self._queue(broker)
                    self._contain()
        except BaseException as error:
            self.error = error
        finally:
            while self._sessions:
                self._go()

    def _come(self) -> None:
        if len(self._sessions) < SESSIONS:
            name = f"client-{self._dice.randrange(4)}"
            self._sessions.append(psycopg.connect(self._urls["postgres"], application_name=name))

    def _lock(self) -> None:
        """Hold a row, or wait for whoever holds it, without anybody waiting for the answer here."""
        if self._sessions:
            session = self._dice.choice(self._sessions)
            row = self._dice.randint(1, 3)
            if session.pgconn.transaction_status != psycopg.pq.TransactionStatus.ACTIVE:
                if session.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE:
                    session.execute("SELECT 1")
                session.pgconn.send_query(f"UPDATE stock SET held = held + 1 WHERE id = {row}".encode())

    def _go(self) -> None:
        if self._sessions:
            session = self._sessions.pop(self._dice.randrange(len(self._sessions)))
            with contextlib.suppress(psycopg.Error):
                session.cancel_safe(timeout=5)
            session.close()

    def _queue(self, broker: redis.Redis) -> None:
        name = f"queue-{self._dice.randrange(QUEUES)}"
        broker.sadd(f"_kombu.binding.{name}", f"{name}\x06\x16\x06\x16{name}")
        if self._dice.random() < 0.6:
            broker.rpush(
                name, *(f'{{"headers": {{"id": "{n}"}}}}' for n in range(self._dice.randrange(1, 30)))
            )
        else:
            broker.ltrim(name, self._dice.randrange(1, 30), -1)

    def _contain(self) -> None:
        if self._engine is None or self._dice.random() > 0.2:
            return
        name = f"service-{self._dice.randrange(CONTAINERS)}"
        with contextlib.suppress(APIError):
            match self._dice.randrange(3):
                case 0:
                    self._engine.api.kill(name)
                case 1:
                    self._engine.api.start(name)
                case _:
                    self._engine.remove(name)
                    self._engine.run(name, self._dice.choice(_LIVES))
