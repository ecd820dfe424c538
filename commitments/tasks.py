"""Celery's way in. Each task asks the database what is due, so none depends on a message having arrived."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from commitments import corrections, following, linking
from commitments.audit.acting import acting
from commitments.bringing import steps
from commitments.digests import bounces, brake, deliver, forgetting, managing, staff
from commitments.linking import ringing
from commitments.models import Import, Turn
from commitments.statistics import reading
from commitments.webhooks import events, sending
from tracker.models import Revision, Source

logger = logging.getLogger(__name__)

#: Revisions linked before the turn is renewed, and how long a turn outlives a worker that was killed.
LINKED_IN_A_TURN = 10
TURN = dt.timedelta(seconds=90)
#: Nothing more is begun after this, well within a task's time limit; the next minute goes on.
BUDGET = dt.timedelta(seconds=200)
#: An import is one transaction, during which no turn can be renewed; a task has to end before this.
IMPORT_TURN = dt.timedelta(seconds=310)


def on_release_ingested(revision: Revision, **kwargs: Any) -> None:
    """Ring for the linker, or for whoever reads tables.

    Should the broker be away, the schedule finds the revision within a minute.
    """
    if not ringing.enabled():
        return
    is_tables = revision.appearance.source.kind == Source.Kind.STATISTICS
    try:
        (read_tables if is_tables else link_pending).delay()
    except OperationalError as error:
        logger.warning("The broker did not take a message (%s); the schedule will find the work.", error)


@shared_task(name="commitments.link_pending")
def link_pending() -> None:
    """Link what has not been compared with the record as it is now, oldest release first.

    One worker at a time: what a release says is judged by what earlier ones said, so order matters.
    """
    token, stop_at = uuid.uuid4(), timezone.now() + BUDGET
    while timezone.now() < stop_at and Turn.take("linking", token, timezone.now(), TURN):
        outcome = linking.link_pending(limit=LINKED_IN_A_TURN)
        if outcome.linked or outcome.failed:
            logger.info(
                "Linked %s revisions: %s suggestions, %s failures.", outcome.linked, outcome.suggestions, outcome.failed
            )
        if outcome.linked + outcome.failed < LINKED_IN_A_TURN:
            break
    Turn.end("linking", token, timezone.now())


@shared_task(name="commitments.forget_old_changes")
def forget_old_changes() -> None:
    """Remove changes that every copy of the record in memory has followed, or reads all anew for."""
    following.forget_old_changes()


@shared_task(name="commitments.read_tables")
def read_tables() -> None:
    """Take from editions of tables what staff have pointed at and what has not been taken yet."""
    read = reading.read_pending()
    if read.editions:
        logger.info("Read %s editions: %s figures, %s problems.", read.editions, read.figures, read.problems)


@shared_task(name="commitments.send_digests")
def send_digests() -> None:
    """Send the digests of all for whom the hour has come, and tell staff if that was stopped."""
    deliver.send_due(budget=BUDGET)
    brake.tell_staff(timezone.now())


@shared_task(name="commitments.take_bounces")
def take_bounces() -> None:
    """Read what came back to BOUNCE_MAILBOX."""
    bounces.take(timezone.now())


@shared_task(name="commitments.forget_old_digests")
def forget_old_digests() -> None:
    """Forget the words of digests that were sent long enough ago."""
    forgetting.forget(timezone.now())
    staff.forget(timezone.now())


@shared_task(name="commitments.send_staff_digests")
def send_staff_digests() -> None:
    """Send the morning mail to staff, once the hour for it has come."""
    now = timezone.localtime()
    if now.hour >= settings.DIGEST_HOUR:
        staff.send_for(now.date(), budget=BUDGET)


@shared_task(name="commitments.answer_senders")
def answer_senders() -> None:
    """Send the answers to those who asked for corrections."""
    corrections.answer_senders()


@shared_task(name="commitments.forget_senders")
def forget_senders() -> None:
    """Forget the addresses of those who asked for corrections long enough ago."""
    corrections.forget_senders(timezone.now())


@shared_task(name="commitments.forget_subscribers")
def forget_subscribers() -> None:
    """Erase who never confirmed, and reduce who left long ago to the proof of it."""
    pending, left = settings.SUBSCRIBERS_PENDING_KEPT_DAYS, settings.SUBSCRIBERS_LEFT_KEPT_DAYS
    managing.forget(timezone.now(), pending, left)


def ring_for_imports() -> None:
    """Ring for whoever goes on with imports. Should the broker be away, the schedule finds them within a minute."""
    try:
        go_on_with_imports.delay()
    except OperationalError as error:
        logger.warning("The broker did not take a message (%s); the schedule will find the work.", error)


@shared_task(name="commitments.go_on_with_imports")
def go_on_with_imports() -> None:
    """Check, or bring in, what staff have brought, one file after the other. One worker at a time."""
    token = uuid.uuid4()
    try:
        while Turn.take("importing", token, timezone.now(), IMPORT_TURN):
            which = Import.objects.to_be_done().first()
            if which is None:
                break
            with acting("task commitments.go_on_with_imports", which.by_id):
                steps.go_on(which)
            logger.info("Import %s (%s) is %s.", which.pk, which.file_name, which.get_state_display())
    finally:
        Turn.end("importing", token, timezone.now())


@shared_task(name="commitments.tell_webhooks")
def tell_webhooks() -> None:
    """Note what has happened since, and send what waits in the outbox."""
    events.note(timezone.now())
    sending.send(budget=BUDGET)
