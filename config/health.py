"""`/healthz`: this process answers. `/readyz`: database, audit, broker and schedule do their work."""

from __future__ import annotations

import datetime as dt
from typing import Any

import kombu
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments.audit import triggers
from config.celery import app
from tracker.models import Tick

#: The schedule ticks every minute; two missed in a row are noticed.
SCHEDULE_MAY_BE_SILENT = dt.timedelta(minutes=3)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    checks = {"database": _database(), "broker": _broker()}
    for name, check in (("audit", _audit), ("schedule", _schedule)):
        checks[name] = check() if checks["database"] == "ok" else "unknown while the database is down"
    ready = all(value == "ok" for value in checks.values())
    return JsonResponse({"status": "ok" if ready else "not ready", "checks": checks}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "no answer"
    return "ok"


def _audit() -> str:
    return "off: the last migrate did not end well; run it again" if triggers.missing("default") else "ok"


def _broker() -> str:
    try:
        with app.connection_for_write(transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS) as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
            if broker.transport.driver_type == "embedded":
                folder: Any = broker.default_channel
                folder._size("celery")
    except (kombu.exceptions.OperationalError, OSError):
        return "no answer"
    return "ok"


def _schedule() -> str:
    tick = Tick.objects.filter(name="poll_due").first()
    if tick is None:
        return "has not run yet: is a worker running?"
    silent = timezone.now() - tick.last_at
    if silent > SCHEDULE_MAY_BE_SILENT:
        return f"silent for {int(silent.total_seconds())} seconds: are worker and beat running?"
    return "ok"
