"""A Celery broker that needs no server: one file a message, in a folder under DATA_DIR.

A message is written aside and renamed into place, so a reader never sees half of it. A reader takes it by
renaming it away, so only one gets it. That is all: a worker that is killed loses the message it holds, and
the schedule finds the work again in the database (docs/decisions/0002-embedded-broker.md).
"""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual


class Channel(virtual.Channel):
    """Queues are folders; messages are files named by the time they were put."""

    supports_fanout = False

    def _folder(self, queue: str) -> Path:
        connection: Any = self.connection
        folder = Path(connection.client.transport_options["folder"]) / re.sub(r"[^\w.-]", "_", queue)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _messages(self, queue: str) -> list[Path]:
        return sorted(self._folder(queue).glob("*.message"))

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        aside = self._folder(queue) / f"{name}.part"
        aside.write_text(json.dumps(message))
        os.replace(aside, aside.with_suffix(".message"))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        for path in self._messages(queue):
            taken = path.with_suffix(".taken")
            try:
                os.rename(path, taken)
            except FileNotFoundError:  # another worker was faster
                continue
            body = taken.read_text()
            taken.unlink()
            message: dict[str, Any] = json.loads(body)
            return message
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._messages(queue))

    def _purge(self, queue: str) -> int:
        messages = self._messages(queue)
        for path in messages:
            path.unlink(missing_ok=True)
        return len(messages)

    def _has_queue(self, queue: str, **kwargs: Any) -> bool:
        return True


class Transport(virtual.Transport):
    """`CELERY_BROKER_URL=embedded://`, with the folder in the transport options."""

    Channel = Channel

    #: Seconds between looks into the folder.
    polling_interval = 0.2
    #: Bindings live in memory, shared by the channels of this process.
    global_state = virtual.BrokerState()
    driver_type = "embedded"
    driver_name = "embedded"

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.state = self.global_state

    def driver_version(self) -> str:
        return "1"
