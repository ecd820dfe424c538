"""What stops the sending when more would go out than usual, until somebody has looked and lets it go on.

It counts mails that went, or may have gone, over the 24 hours before the moment for which the next one counts, in the
database and so for all workers. Those that somebody had sent again are not counted, nor what went before the brake
was released last.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from commitments.digests.outgoing import DeliveryUnknown, MailServer, NotSent, sender_domain
from commitments.models import Brake, Digest, Subscriber
from commitments.models.digest import DigestQuerySet

DAY = dt.timedelta(days=1)
#: The usual is the mean of so many days before.
USUAL_OF_DAYS = 28
TIMES_THE_USUAL = 3
#: So many more than are allowed are never a reason to stop: on a small list a few people change something in a day.
SLACK = 10

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """The brake is on; the message is the reason."""


def check(rows: Sequence[Digest], now: dt.datetime) -> None:
    """Raises Stopped if the brake is on, or these mails would be too many: then it is on from now. Few queries."""
    pulled = Brake.objects.on().first()
    if pulled is not None:
        raise Stopped(pulled.reason)
    counted = [row for row in rows if row.again_of_id is None and row.state == Digest.State.PENDING]
    if not counted:
        return
    since = Brake.objects.aggregate(at=Max("released_at"))["at"]
    moment = max(row.moment for row in counted)
    begin = moment - DAY if since is None else max(moment - DAY, since)
    lately = Digest.objects.handed_over().filter(moment__gt=begin, moment__lte=moment)
    reason = _too_many_for_one(counted, lately) or _too_many_in_all(counted, lately, moment, now)
    if reason:
        _pull(reason, now)
        raise Stopped(reason)


def release(by: User | None, now: dt.datetime) -> int:
    """Let sending go on. Returns how many brakes were on: one or none."""
    return Brake.objects.on().update(released_at=now, released_by=by)


def tell_staff(now: dt.datetime) -> None:
    """Send ALERTS_TO what has not been told of a brake that is on. Safe to run by several at once.

    If the mail cannot be sent, the next run tries again.
    """
    if not settings.ALERTS_TO:
        return
    for pulled in Brake.objects.on().filter(told_at=None):
        if not Brake.objects.filter(pk=pulled.pk, told_at=None).update(told_at=now):
            continue
        try:
            _tell(pulled)
        except (NotSent, DeliveryUnknown) as error:
            Brake.objects.filter(pk=pulled.pk).update(told_at=None)
            logger.warning("Staff could not be told that the sending was stopped: %s", error)


def _too_many_for_one(rows: Sequence[Digest], lately: DigestQuerySet) -> str:
    had = Counter(
        dict(
            lately.filter(subscriber__in=[row.subscriber_id for row in rows])
            .order_by()
            .values_list("subscriber_id")
            .annotate(count=Count("pk"))
        )
    )
    for row in rows:
        had[row.subscriber_id] += 1
    most = max(had.values())
    if most <= Digest.MOST_A_DAY:
        return ""
    those = sum(count > Digest.MOST_A_DAY for count in had.values())
    return f"{_subscribers(those)} would have got {most} mails within a day; {Digest.MOST_A_DAY} are allowed."


def _too_many_in_all(rows: Sequence[Digest], lately: DigestQuerySet, moment: dt.datetime, now: dt.datetime) -> str:
    """More than those who are mailed asked for, and more than three times the usual for each of them."""
    mailed = Subscriber.objects.to_be_mailed(now)
    by_frequency = dict(mailed.order_by().values_list("frequency").annotate(count=Count("pk")))
    at_once = Subscriber.Frequency.AT_ONCE
    allowed = sum(count * (Digest.MOST_A_DAY if each == at_once else 1) for each, count in by_frequency.items())
    going = len(rows) + lately.filter(subscriber__in=mailed.order_by().values("pk")).count()
    if going <= allowed + SLACK:
        return ""
    before = Digest.objects.handed_over().filter(
        moment__lte=moment - DAY, moment__gt=moment - DAY * (1 + USUAL_OF_DAYS)
    )
    usual = before.count() / USUAL_OF_DAYS
    if going <= TIMES_THE_USUAL * usual + SLACK:
        return ""
    return (
        f"{going} mails would have gone within a day to {_subscribers(sum(by_frequency.values()))}, who asked for "
        f"{allowed} at most; {usual:.0f} are usual."
    )


def _subscribers(count: int) -> str:
    return "1 subscriber" if count == 1 else f"{count} subscribers"


def _pull(reason: str, now: dt.datetime) -> None:
    try:
        with transaction.atomic():
            Brake.objects.create(reason=reason, pulled_at=now)
    except IntegrityError:
        # Another worker saw the same at the same time.
        return
    logger.error("The sending of digests was stopped: %s", reason)


def _tell(pulled: Brake) -> None:
    page = f"{settings.BASE_URL}{reverse('admin:commitments_brake_changelist')}"
    mail = EmailMessage(
        subject=f"{settings.SITE_NAME}: the sending of digests was stopped",
        body=(
            f"{pulled.reason}\n\nSince {timezone.localtime(pulled.pulled_at):%d %B %Y, %H:%M} no digest goes out. "
            f"Nothing is lost by that.\n\nSee why, and let it go on: {page}\n"
        ),
        to=list(settings.ALERTS_TO),
        headers={"Message-ID": f"<brake-{pulled.pk}@{sender_domain()}>", "Auto-Submitted": "auto-generated"},
    )
    with MailServer() as server:
        server.send(mail)
