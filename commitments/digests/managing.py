"""What somebody can do on the page of their settings: pause, move to another address, leave, see and erase all."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from commitments.digests import allowance, keyed_hashes, letters, links, signup
from commitments.digests.outgoing import DeliveryUnknown, NotSent
from commitments.models import Erasure, Subscriber

logger = logging.getLogger(__name__)

#: More than anybody reads, and few enough that a digest of them all is made quickly.
MOST_SUBSCRIPTIONS = 50
#: The next hour goes on.
MOST_FORGOTTEN_AT_ONCE = 1_000


class AlreadySubscribed(ValueError):
    """The new address gets mails of its own already."""


def send_link(email: str, client: str, now: dt.datetime | None = None) -> None:
    """Send the link to somebody's settings; who is not known is told that, so that both take as long.

    `client` is a network address. Raises allowance.TooManyRequests, outgoing.NotSent or outgoing.DeliveryUnknown.
    """
    if not allowance.spend(email, client, now or timezone.now()):
        return
    subscriber = signup.find(email)
    if subscriber is not None and subscriber.suppressed_at is not None:
        return
    is_known = subscriber is not None and subscriber.state != Subscriber.State.PENDING
    letters.send(
        "settings",
        subscriber.email if subscriber is not None and is_known else email,
        "your settings",
        manage_url=links.manage_url(subscriber) if subscriber is not None and is_known else "",
        lives_days=links.MANAGE_LIVES.days,
    )


def remove(subscriber: Subscriber, key: int) -> None:
    """End one subscription; with the last one, the subscriber has left."""
    subscriber.subscriptions.filter(pk=key).delete()
    if not subscriber.subscriptions.exists():
        signup.unsubscribe(subscriber)


def pause(subscriber: Subscriber, weeks: int | None, now: dt.datetime) -> None:
    """Stop all mails for so many weeks, or until resumed."""
    subscriber.paused_at = now
    subscriber.paused_until = None if weeks is None else now + dt.timedelta(weeks=weeks)
    subscriber.save(update_fields=["paused_at", "paused_until"])


def resume(subscriber: Subscriber) -> None:
    subscriber.paused_at = subscriber.paused_until = None
    subscriber.save(update_fields=["paused_at", "paused_until"])


def ask_to_move(subscriber: Subscriber, email: str, client: str, now: dt.datetime | None = None) -> None:
    """Ask the owner of a new address whether mails may go there. Nothing changes until they say so.

    Raises as `send_link` does.
    """
    may_be_mailed = allowance.spend(email, client, now or timezone.now())
    subscriber.moving_to = email
    subscriber.save(update_fields=["moving_to"])
    taken = signup.find(email)
    if may_be_mailed and (taken is None or taken.suppressed_at is None):
        letters.send(
            "move",
            email,
            "please confirm your new address",
            move_url=links.move_url(subscriber),
            lives_days=links.MOVE_LIVES.days,
        )


def move(subscriber: Subscriber) -> None:
    """Let mails go to the address that was asked for, and tell the old one. Raises AlreadySubscribed.

    What the new address had asked for and never confirmed, or has left, gives way.
    """
    old, new = subscriber.email, subscriber.moving_to
    with transaction.atomic():
        taken = Subscriber.objects.filter(email__iexact=new).exclude(pk=subscriber.pk).first()
        if taken is not None and (taken.state == Subscriber.State.CONFIRMED or taken.suppressed_at is not None):
            raise AlreadySubscribed(f"{taken.email} gets mails of its own already. Nothing has changed.")
        if taken is not None:
            taken.delete()
        subscriber.email, subscriber.moving_to = new, ""
        subscriber.save(update_fields=["email", "moving_to"])
    try:
        letters.send("moved", old, "your mails go to another address now")
    except (NotSent, DeliveryUnknown) as error:
        # People often move because the old mailbox is dead.
        logger.warning("Subscriber %s has moved, and the old address could not be told: %s", subscriber.pk, error)


def erase(subscriber: Subscriber, why: Erasure.Why, now: dt.datetime, by: User | None = None) -> Erasure:
    """Remove an address with all that is held of it, mails included, and keep the proof of that."""
    with transaction.atomic():
        proof = Erasure.objects.create(address_key=keyed_hashes.of_address(subscriber.email), at=now, why=why, by=by)
        subscriber.delete()
    return proof


def held(subscriber: Subscriber) -> dict[str, Any]:
    """All that we hold about somebody, for themselves: plain values that can be written as JSON."""
    fields = (
        *("email", "state", "frequency", "time_zone", "quiet_note", "moving_to", "created_at", "confirmed_at"),
        *("unsubscribed_at", "paused_at", "paused_until", "suppressed_at", "suppressed_because"),
    )
    return {
        **{name: getattr(subscriber, name) for name in fields},
        "subscriptions": list(subscriber.subscriptions.values("scope", "created_at")),
        "mails": list(subscriber.digests.order_by("-date").values("date", "state", "subject", "text", "sent_at")),
    }


def forget(now: dt.datetime, pending_days: int, left_days: int) -> tuple[int, int]:
    """Erase who never confirmed, and reduce who left to the proof of it. How many of each.

    Who was suppressed keeps that as long as the address: it is what keeps mails from going there again.
    """
    kept = Subscriber.objects.filter(suppressed_at=None)
    waiting = kept.filter(state=Subscriber.State.PENDING, created_at__lt=now - dt.timedelta(days=pending_days))
    count = waiting.count()
    waiting.delete()
    left = kept.filter(state=Subscriber.State.UNSUBSCRIBED, unsubscribed_at__lt=now - dt.timedelta(days=left_days))
    gone = list(left.order_by("unsubscribed_at")[:MOST_FORGOTTEN_AT_ONCE])
    for subscriber in gone:
        erase(subscriber, Erasure.Why.LEFT, now)
    return count, len(gone)
