"""The Celery application: `celery -A config worker`, `celery -A config beat`.

The broker is a doorbell and the database the truth. Every minute the schedule looks in the database for
whatever is due (sources to poll, revisions to link, digests to send), so a lost message costs a minute.
"""

import os
from typing import Any

import kombu.transport
from celery import Celery, Task
from celery.signals import worker_ready

from commitments.audit.acting import acting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

kombu.transport.TRANSPORT_ALIASES["embedded"] = "config.embedded_broker:Transport"


class AuditedTask(Task):
    """Signs what it writes with its name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with acting(f"task {self.name}"):
            return super().__call__(*args, **kwargs)


app = Celery("pledgewatch", task_cls=AuditedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def look_for_work_at_once(**kwargs: Any) -> None:
    """A worker that has just started need not wait for the next minute."""
    for entry in app.conf.beat_schedule.values():
        app.send_task(entry["task"])
