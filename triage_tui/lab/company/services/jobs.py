"""Messages that a Celery worker takes, published without importing Celery: as kombu writes them, protocol 2."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any


def message(queue: str, task: str, *arguments: Any, origin: str = "api") -> str:
    """One message for the list that is the queue; LPUSH it."""
    task_id = str(uuid.uuid4())
    empty = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    body = base64.b64encode(json.dumps([arguments, {}, empty]).encode())
    return json.dumps(
        {
            "body": body.decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {
                "lang": "py",
                "task": task,
                "id": task_id,
                "root_id": task_id,
                "parent_id": None,
                "retries": 0,
                "eta": None,
                "expires": None,
                "timelimit": [None, None],
                "argsrepr": repr(arguments),
                "kwargsrepr": "{}",
                "origin": origin,
            },
            "properties": {
                "correlation_id": task_id,
                "reply_to": "",
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": queue},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": str(uuid.uuid4()),
            },
        }
    )
