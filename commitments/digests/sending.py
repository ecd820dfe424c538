"""One claimed and frozen row, handed over, and what came of it recorded: each only while the claim is still ours.

A process may die anywhere. Before the row is marked `sending` the next run goes on once the claim has run out; from
then until the answer is recorded nobody can know whether the mail went, and it is sent again once at most.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from commitments.digests import claiming, suppressing, wording
from commitments.digests.claiming import ClaimLost, Clock
from commitments.digests.outgoing import (
    DeliveryUnknown,
    MailServer,
    PermanentlyRefused,
    ServerUnusable,
    TemporarilyRefused,
)
from commitments.models import Digest, Subscriber, Withholding

#: Waits between attempts that were refused for now; after the last the mail has failed.
RETRY_AFTER = tuple(dt.timedelta(minutes=minutes) for minutes in (2, 5, 15, 30, 60, 120, 240))

State = Digest.State


class WordsAreStale(Exception):
    """Something was withheld since the words were frozen, which they may repeat."""


def send(row: Digest, server: MailServer, clock: Clock = timezone.now) -> None:
    """To what can be done for it now; its state says what that was.

    Raises ClaimLost, WordsAreStale with the claim kept, and ServerUnusable with the row given back.
    """
    again = row.state == State.SENDING
    try:
        server.open()
    except ServerUnusable as error:
        _end(row, row.state, clock() + RETRY_AFTER[0], str(error))
        raise
    if not _mark(row, clock, again=again):
        return
    try:
        server.send(wording.message(row))
    except ServerUnusable as error:
        _end(row, State.PENDING, clock() + RETRY_AFTER[0], str(error))
        raise
    except TemporarilyRefused as error:
        if row.attempts > len(RETRY_AFTER):
            _end(row, State.FAILED, error=f"Given up after {row.attempts} attempts: {error}")
        else:
            _end(row, State.PENDING, clock() + RETRY_AFTER[row.attempts - 1], str(error))
    except PermanentlyRefused as error:
        _end(row, State.FAILED, error=str(error))
        if error.is_address:
            suppressing.refused(row, str(error), clock())
    except DeliveryUnknown as error:
        _end(row, State.SENDING, clock() + settings.MAIL_CLAIM, str(error), claimed_until=clock() + settings.MAIL_CLAIM)
    else:
        _sent(row, clock())


def give_up_if_unknown_twice(row: Digest) -> bool:
    """Whether a row was handed over twice and never answered; then nothing more is done for it."""
    if row.state != State.SENDING or not row.resends:
        return False
    _end(row, State.UNCERTAIN, error=row.error or "It was handed over twice and never answered.")
    return True


def _mark(row: Digest, clock: Clock, *, again: bool) -> bool:
    """Say that it is being sent, if it may: one update asks whether it is still wanted and may still be said."""
    now = clock()
    wanted = Q(subscriber__in=Subscriber.objects.to_be_mailed(now).order_by().values("pk"))
    fit_to_say = ~Exists(Withholding.objects.filter(at__gte=OuterRef("frozen_at")))
    try:
        claiming.write(
            row,
            wanted,
            Q(fit_to_say),
            state=State.SENDING,
            attempts=row.attempts + 1,
            resends=row.resends + again,
            claimed_until=now + settings.MAIL_CLAIM,
            retry_at=None,
        )
    except ClaimLost:
        if not Subscriber.objects.to_be_mailed(now).filter(pk=row.subscriber_id).exists():
            _end(row, State.UNCERTAIN if again else State.WITHDRAWN)
            return False
        if Digest.objects.filter(pk=row.pk, claimed_by=row.claimed_by).exists():
            raise WordsAreStale from None
        raise
    return True


def _sent(row: Digest, now: dt.datetime) -> None:
    """True whoever holds the claim by now."""
    done = {
        "state": State.SENT,
        "sent_at": now,
        "claimed_by": None,
        "claimed_until": None,
        "retry_at": None,
        "error": "",
    }
    Digest.objects.filter(pk=row.pk).update(**done)
    for name, value in done.items():
        setattr(row, name, value)


def _end(
    row: Digest,
    state: str,
    retry_at: dt.datetime | None = None,
    error: str = "",
    claimed_until: dt.datetime | None = None,
) -> None:
    """Record what became of a row and give up the claim; until `claimed_until` nobody takes it."""
    claiming.write(
        row, state=State(state), retry_at=retry_at, error=error, claimed_by=None, claimed_until=claimed_until
    )
