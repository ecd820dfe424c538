"""Celery's way in. Each task asks the database what is due, so none depends on a message having arrived."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from commitments.linking import ringing

logger = logging.getLogger(__name__)


def on_release_ingested(**kwargs: Any) -> None:
    """Ring for the linker. Should the broker be away, the schedule finds the revision within a minute."""
    if not ringing.enabled():
        return
    try:
        link_pending.delay()
    except OperationalError as error:
        logger.warning("The broker did not take a message (%s); the schedule will find the work.", error)


@shared_task(name="commitments.link_pending")
def link_pending() -> None:
    """Link every revision that has not been compared with the record as it is now."""
    from commitments.linking import link_pending as link_what_is_pending

    outcome = link_what_is_pending()
    if outcome.linked or outcome.failed:
        logger.info(
            "Linked %s revisions: %s suggestions, %s failures.", outcome.linked, outcome.suggestions, outcome.failed
        )


@shared_task(name="commitments.send_digests")
def send_digests() -> None:
    """Send the digests of today, once the hour for them has come."""
    from commitments.digests import deliver

    now = timezone.localtime()
    if now.hour >= settings.DIGEST_HOUR:
        deliver.send_for(now.date())
