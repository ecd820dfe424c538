"""Celery's way in. Each task may run twice or be lost: what is due stands in the database."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from tracker import alerts, polling, rechecking, retention
from tracker.models import Source, Tick
from tracker.schedule import host_by_host

log = logging.getLogger(__name__)


@shared_task(name="tracker.poll_due")
def poll_due() -> None:
    """Ring for each source whose time has come."""
    now = timezone.now()
    Tick.record("poll_due", now)
    due = host_by_host(Source.objects.due(now).values_list("pk", "url"))
    for rung, pk in enumerate(due):
        try:
            poll_source.delay(pk)
        except OperationalError as error:
            log.warning("the broker does not answer, %d due sources wait for the next tick: %s", len(due) - rung, error)
            return


# What the next tick rings for again need not wait in the queue any longer.
@shared_task(name="tracker.poll_source", expires=settings.TICK_SECONDS)
def poll_source(pk: int) -> None:
    """Poll one source if it is still due and nobody else is at it."""
    source = Source.objects.filter(pk=pk).first()
    if source is None:
        return
    try:
        outcome = polling.poll(source, now=timezone.now(), only_if_due=True)
    except polling.PollDeclined as declined:
        log.info("%s", declined)
    else:
        log.info("%s", outcome)


@shared_task(name="tracker.recheck_due")
def recheck_due() -> None:
    """Look again at the releases that somebody relies on and whose time has come."""
    now = timezone.now()
    Tick.record("recheck_due", now)
    for looked in rechecking.recheck_due(now):
        log.info("%s: %s", looked.release, looked.detail)


@shared_task(name="tracker.tell_staff")
def tell_staff() -> None:
    """Mail to staff which sources have gone bad and which are well again."""
    for news in alerts.tell_staff(timezone.now()):
        log.info("staff were told of %s: %s", news.source, news.health.sentence)


@shared_task(name="tracker.prune")
def prune() -> None:
    """Remove what is past its time, unless that was done today."""
    if pruned := retention.prune_if_due(timezone.now()):
        log.info("%s", pruned)
