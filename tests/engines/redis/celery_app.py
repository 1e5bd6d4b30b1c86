"""A Celery application for tests and for the worker that a test starts. BROKER names the server."""

from __future__ import annotations

import os
import time

from celery import Celery
from kombu import Queue

app = Celery("shop", broker=os.environ.get("BROKER", "redis://"))
app.conf.task_queues = [
    Queue("celery"),
    Queue("mail"),
    Queue("paint", queue_arguments={"x-max-priority": 10}),
]
app.conf.broker_transport_options = {"global_keyprefix": os.environ.get("PREFIX", "")}
app.conf.broker_connection_retry_on_startup = True
app.conf.worker_prefetch_multiplier = 4
app.conf.worker_hijack_root_logger = False


@app.task
def send(number: int = 0) -> int:
    """Work that is done at once."""
    return number


@app.task(acks_late=True)
def wait(seconds: float) -> None:
    """Work that takes its time."""
    time.sleep(seconds)
