"""tradeengage: what its scheduler plans, and its worker does: customers are fetched from a field-service API."""

from __future__ import annotations

import http.client
import json
import os
from typing import Any
from urllib.parse import urlsplit

from celery import Celery  # type: ignore[import-untyped]
from celery.utils.log import get_task_logger  # type: ignore[import-untyped]

from triage_tui.lab.company.services.database import Database

QUEUE = "sync"
TASK = "integration.sync_customers"
EVERY_S = float(os.environ.get("SYNC_EVERY_S", "3"))

app = Celery("integration", broker=os.environ.get("REDIS_URL"))
app.conf.update(
    task_default_queue=QUEUE,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    beat_schedule={"sync-customers": {"task": TASK, "schedule": EVERY_S}},
)
log = get_task_logger(__name__)
database = Database(os.environ.get("DATABASE_URL", ""), "tradeengage-worker")


@app.task(name=TASK)  # type: ignore[untyped-decorator]
def sync_customers() -> None:
    """A page of customers, stored. Fails where the API refuses, and is planned again by itself."""
    customers = fetch_customers()
    for customer in customers:
        database.execute(
            "INSERT INTO customers (id, synced_at) VALUES (%s, now()) "
            "ON CONFLICT (id) DO UPDATE SET synced_at = now()",
            [customer],
        )
    log.info("%d customers synchronised", len(customers))


def fetch_customers() -> list[int]:
    """Their numbers. Raises RuntimeError with the API's words where it refuses."""
    parts = urlsplit(os.environ.get("SERVICETITAN_URL", ""))
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30.0)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        content: Any = json.loads(answer.read())
    except TimeoutError:
        raise RuntimeError("Task timed out after 30.0 seconds") from None
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise RuntimeError(content["error"])
    numbers: list[int] = content["customers"]
    return numbers
