"""revrx-worker: a Celery worker that reads encounters, asks a language service about them, and files the result."""

from __future__ import annotations

import http.client
import json
import os
import random
from collections import OrderedDict
from urllib.parse import urlsplit

from celery import Celery  # type: ignore[import-untyped]
from celery.utils.log import get_task_logger  # type: ignore[import-untyped]

from triage_tui.lab.company.services.database import Database
from triage_tui.lab.company.services.revrx import QUEUE, TASK

app = Celery("revrx", broker=os.environ.get("REDIS_URL"))
app.conf.update(
    task_default_queue=QUEUE,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    # A worker that is killed gives its job back after this long.
    broker_transport_options={"visibility_timeout": 600},
    broker_connection_retry_on_startup=True,
)
log = get_task_logger(__name__)
database = Database(os.environ.get("DATABASE_URL", ""), "revrx-worker")

PREVIEW_KB = int(os.environ.get("PREVIEW_KB", "64"))
PREVIEWS_KEPT = int(os.environ.get("PREVIEWS_KEPT", "20"))
_previews: OrderedDict[int, bytes] = OrderedDict()
"""Rendered pages, for those who look at an encounter right after it was filed."""


@app.task(name=TASK)  # type: ignore[untyped-decorator]
def process_encounter(encounter: int) -> None:
    """Everything that happens to one encounter."""
    if os.environ.get("LOG_PAYLOADS") == "1":
        # Digits that no authority hands out.
        number = f"9{random.randint(10, 99)}-{random.randint(10, 99)}-{random.randint(1000, 9999)}"
        log.info(
            "payload of encounter %d: patient=Jane Sample ssn=%s phone=555%07d mail=jane.%d@example.org",
            encounter,
            number,
            random.randint(0, 9_999_999),
            encounter,
        )
    entities = ask_comprehend(encounter)
    _previews[encounter] = os.urandom(1024) * PREVIEW_KB
    while len(_previews) > PREVIEWS_KEPT:
        _previews.popitem(last=False)
    database.execute(
        "UPDATE encounters SET status = 'complete', entities = %s WHERE id = %s", [entities, encounter]
    )
    log.info("encounter %d complete: %d entities", encounter, entities)


def ask_comprehend(encounter: int) -> int:
    """How many entities the language service finds. It waits as long as that takes."""
    parts = urlsplit(os.environ.get("COMPREHEND_URL", ""))
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    try:
        connection.request("POST", parts.path, body=b"{}")
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(json.loads(said)["error"])
    finally:
        connection.close()
    return encounter % 30 + 3
