"""A digest sent once more because somebody on the staff says so."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from commitments.digests import wording
from commitments.models import Digest, Subscriber


class NotToBeSent(ValueError):
    """It cannot be sent again; the message says why, for a person."""


def send_again(row: Digest, by: User, now: dt.datetime) -> Digest:
    """A row of its own with the same words, under a name of its own so that no mail program drops it as known.

    What was withheld since is left out when it goes. Each row is sent again once at most; the new one may be, in turn.
    """
    if row.state in Digest.OPEN:
        raise NotToBeSent("It is still waiting to be sent.")
    if not row.text:
        raise NotToBeSent("It had nothing to say, or its words are no longer kept.")
    if not Subscriber.objects.to_be_mailed(now).filter(pk=row.subscriber_id).exists():
        raise NotToBeSent(f"{row.subscriber} is sent nothing: unsubscribed, paused or suppressed.")
    again = Digest(
        subscriber=row.subscriber,
        date=row.date,
        number=row.number,
        date_before=row.date_before,
        window_after=row.window_after,
        window_until=row.window_until,
        moment=now,
        again_of=row,
        asked_by=by,
        subject=row.subject,
        text=row.text,
        html=row.html,
        headers=row.headers,
        frozen_at=row.frozen_at,
    )
    again.message_id = wording.new_message_id(row)
    try:
        with transaction.atomic():
            again.save()
    except IntegrityError as error:
        raise NotToBeSent("It was sent again before. To send it once more, open that one.") from error
    return again
