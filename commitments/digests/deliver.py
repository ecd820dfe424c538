"""The digests of a day, sent once.

1. Every subscriber who is to be mailed gets one row for the day, or for the Monday of its week; the pair is unique.
2. A row is claimed by one conditional update, which only one process can win, for a limited time.
3. Its words are built and frozen, so that every retry says the same under the same Message-ID; only what staff
   withhold meanwhile is left out of a retry.
4. It is marked `sending`, handed to the mail server, and what came of it recorded: each only while the
   claim is still ours.

A process may die anywhere. Before step 4 the next run goes on once the claim has run out; within it nobody
can know whether the mail went, and it is sent again once at most. docs/digests.md tells it for operators.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.utils import timezone

from commitments.digests import build, links, render
from commitments.digests.coverage import Coverage, Searches, coverage
from commitments.digests.outgoing import (
    DeliveryUnknown,
    MailServer,
    PermanentlyRefused,
    ServerUnusable,
    TemporarilyRefused,
    sender_domain,
)
from commitments.models import Digest, Subscriber, Withholding
from commitments.models.digest import DigestQuerySet

#: How long a claim holds. Longer than the slowest conversation with a mail server can last.
CLAIM_LASTS = dt.timedelta(minutes=2)
#: Waits between attempts that were refused for now; after the last the mail has failed.
RETRY_AFTER = tuple(dt.timedelta(minutes=minutes) for minutes in (2, 5, 15, 30, 60, 120, 240))
_ROWS_AT_A_TIME = 500
WOULD_SEND = "would_send"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivery:
    """What became of one subscriber's digest. `state` is a key of Digest.State, or WOULD_SEND in a dry run."""

    email: str
    date: dt.date
    state: str
    subject: str = ""
    detail: str = ""


@dataclass
class Outcome:
    """What one run did. `unusable` holds the reason if the mail server stopped it; `earlier` counts done rows."""

    date: dt.date
    deliveries: list[Delivery] = field(default_factory=list)
    earlier: int = 0
    unusable: str = ""


def send_for(
    date: dt.date,
    *,
    retry_now: bool = False,
    budget: dt.timedelta | None = None,
    clock: Callable[[], dt.datetime] = timezone.now,
) -> Outcome:
    """Build and deliver what is left of the digests of a day, and return when that is done.

    Safe to run again and by several processes at once. `retry_now` does not wait until a mail that was
    refused for now is due again; after `budget` no further mail is begun.
    """
    _make_rows(date, clock())
    rows = Digest.objects.filter(_of(date))
    outcome = Outcome(date, earlier=rows.exclude(state__in=[Digest.State.PENDING, Digest.State.SENDING]).count())
    builder = Builder(date, clock)
    stop_at = None if budget is None else clock() + budget
    with MailServer() as server:
        for row in _claimed(rows, clock, retry_now, stop_at):
            try:
                outcome.deliveries.append(_deliver(row, builder, server, clock))
            except _ClaimLost:
                logger.warning("The digest %s took so long that another process has taken it over.", row.pk)
            except ServerUnusable as error:
                outcome.unusable = str(error)
                break
    return outcome


def preview(date: dt.date) -> Outcome:
    """What `send_for` would do, without a row written or a mail sent."""
    builder = Builder(date, timezone.now)
    rows = {row.subscriber_id: row for row in Digest.objects.filter(_of(date)).select_related("subscriber")}
    outcome = Outcome(date)
    for subscriber in Subscriber.objects.to_be_mailed(timezone.now()):
        named = row_date(subscriber.frequency, date)
        row = rows.get(subscriber.pk) or Digest(subscriber=subscriber, date=named, created_at=timezone.now())
        if row.state not in (Digest.State.PENDING, Digest.State.SENDING):
            outcome.earlier += 1
            continue
        content = builder.content(row)
        subject = row.subject or (render.subject(content) if content.is_worth_a_mail else "")
        state = WOULD_SEND if subject else Digest.State.NOTHING.value
        outcome.deliveries.append(Delivery(subscriber.email, row.date, state, subject))
    return outcome


def row_date(frequency: str, date: dt.date) -> dt.date:
    """The day that names a digest: a weekly one has the Monday of its week, whenever in it it is made."""
    return date - dt.timedelta(days=date.weekday()) if frequency == Subscriber.Frequency.WEEKLY else date


class Builder:
    """Makes the words of the rows of one day; what many subscribers share is read once."""

    def __init__(self, date: dt.date, clock: Callable[[], dt.datetime]) -> None:
        self._day = build.read_day(date)
        self._read_at = clock()
        self._searches = Searches(date)
        self._overdue_on: dict[dt.date, frozenset[int]] = {}
        self._changes: tuple[build.ChangeLine, ...] = ()
        self._changes_after = self._read_at

    def content(self, row: Digest) -> build.Content:
        """What a row's subscriber is told, since the last mail that was sent for an earlier day."""
        last = row.subscriber.digests.filter(state=Digest.State.SENT, date__lt=row.date).order_by("-date").first()
        after = last.created_at if last else row.subscriber.confirmed_at or row.subscriber.created_at
        return build.content(
            self._day,
            self._coverage(row.subscriber),
            self._overdue_before(last.date) if last else None,
            self._changes_since(after),
            changes_after=after,
            changes_until=row.created_at,
        )

    def rendered(self, row: Digest) -> render.Rendered | None:
        """None when there is nothing to say."""
        content = self.content(row)
        if not content.is_worth_a_mail:
            return None
        return render.render(content, row.subscriber, render.subscriptions_in_words(row.subscriber))

    def _coverage(self, subscriber: Subscriber) -> Coverage:
        return coverage((each.scope for each in subscriber.subscriptions.all()), self._searches)

    def _overdue_before(self, date: dt.date) -> frozenset[int]:
        if date not in self._overdue_on:
            self._overdue_on[date] = build.overdue_on(date)
        return self._overdue_on[date]

    def _changes_since(self, after: dt.datetime) -> tuple[build.ChangeLine, ...]:
        if after < self._changes_after:
            self._changes, self._changes_after = build.read_changes(after, self._read_at), after
        return self._changes


def message(row: Digest) -> EmailMultiAlternatives:
    """A frozen row as a mail: the same at every attempt."""
    unsubscribe = links.unsubscribe_url(row.subscriber)
    mail = EmailMultiAlternatives(
        subject=row.subject,
        body=row.text,
        to=[row.subscriber.email],
        headers={
            "Message-ID": row.message_id,
            "List-Id": f"{settings.SITE_NAME} digests <digests.{sender_domain()}>",
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(row.html, "text/html")
    return mail


def _make_rows(date: dt.date, now: dt.datetime) -> None:
    for frequency in Subscriber.Frequency.values:
        named = row_date(frequency, date)
        missing = Subscriber.objects.to_be_mailed(now).filter(frequency=frequency).exclude(digests__date=named)
        Digest.objects.bulk_create(
            (Digest(subscriber_id=key, date=named) for key in missing.values_list("pk", flat=True)),
            batch_size=_ROWS_AT_A_TIME,
            ignore_conflicts=True,
        )


def _of(date: dt.date) -> Q:
    wanted = Q()
    for frequency in Subscriber.Frequency.values:
        wanted |= Q(subscriber__frequency=frequency, date=row_date(frequency, date))
    return wanted


def _claimed(
    rows: DigestQuerySet, clock: Callable[[], dt.datetime], retry_now: bool, stop_at: dt.datetime | None
) -> Iterator[Digest]:
    """Rows that this process alone has for `CLAIM_LASTS`, each once a run."""
    passed = 0
    while True:
        ready = rows.claimable(clock()).filter(pk__gt=passed)
        if not retry_now:
            ready = ready.filter(Q(retry_at=None) | Q(retry_at__lte=clock()))
        keys = list(ready.order_by("pk").values_list("pk", flat=True)[:_ROWS_AT_A_TIME])
        if not keys:
            return
        for passed in keys:
            now = clock()
            if stop_at is not None and now >= stop_at:
                return
            if Digest.objects.claimable(now).filter(pk=passed).update(claimed_until=now + CLAIM_LASTS):
                yield Digest.objects.select_related("subscriber").get(pk=passed)


def _deliver(row: Digest, builder: Builder, server: MailServer, clock: Callable[[], dt.datetime]) -> Delivery:
    """One claimed row, to what can be done for it now. Raises ServerUnusable with the row given back."""
    again = row.state == Digest.State.SENDING
    if again and row.resends:
        return _finish(row, Digest.State.UNCERTAIN, error=row.error or "It was handed over twice and never answered.")
    if not Subscriber.objects.to_be_mailed(clock()).filter(pk=row.subscriber_id).exists():
        return _finish(row, Digest.State.UNCERTAIN if again else Digest.State.WITHDRAWN)
    if (not row.subject or _says_what_is_withheld_since(row)) and not _freeze(row, builder):
        return _finish(row, Digest.State.NOTHING)
    try:
        server.open()
    except ServerUnusable as error:
        _finish(row, row.state, clock() + RETRY_AFTER[0], str(error))
        raise
    _write(row, state=Digest.State.SENDING, attempts=row.attempts + 1, resends=row.resends + again)
    try:
        server.send(message(row))
    except ServerUnusable as error:
        _finish(row, Digest.State.PENDING, clock() + RETRY_AFTER[0], str(error))
        raise
    except TemporarilyRefused as error:
        if row.attempts > len(RETRY_AFTER):
            return _finish(row, Digest.State.FAILED, error=f"Given up after {row.attempts} attempts: {error}")
        return _finish(row, Digest.State.PENDING, clock() + RETRY_AFTER[row.attempts - 1], str(error))
    except PermanentlyRefused as error:
        return _finish(row, Digest.State.FAILED, error=str(error))
    except DeliveryUnknown as error:
        return _finish(row, Digest.State.SENDING, clock() + CLAIM_LASTS, str(error))
    # True whoever holds the claim by now.
    Digest.objects.filter(pk=row.pk).update(
        state=Digest.State.SENT, sent_at=clock(), claimed_until=None, retry_at=None, error=""
    )
    return Delivery(row.subscriber.email, row.date, Digest.State.SENT.value, row.subject)


def _freeze(row: Digest, builder: Builder) -> bool:
    """Fix the words of a row, and the mail's name if it has none. False when there is nothing to say."""
    rendered = builder.rendered(row)
    if rendered is None:
        return False
    name = row.message_id or f"<digest-{row.pk}-{uuid.uuid4().hex}@{sender_domain()}>"
    _write(row, subject=rendered.subject, text=rendered.text, html=rendered.html, message_id=name)
    return True


def _says_what_is_withheld_since(row: Digest) -> bool:
    """Whether something was withheld that its words, frozen before, may repeat."""
    return Withholding.objects.filter(at__gte=row.created_at).exists()


def _finish(row: Digest, state: str, retry_at: dt.datetime | None = None, error: str = "") -> Delivery:
    """Record what became of a row and give up the claim."""
    _write(row, state=Digest.State(state), retry_at=retry_at, error=error, held=False)
    return Delivery(row.subscriber.email, row.date, row.state, row.subject, error)


def _write(row: Digest, *, held: bool = True, **values: Any) -> None:
    """Change a row while its claim is ours. Raises _ClaimLost if it has run out and somebody took it."""
    stored = values if held else {**values, "claimed_until": None}
    if not Digest.objects.filter(pk=row.pk, claimed_until=row.claimed_until).update(**stored):
        raise _ClaimLost
    for name, value in values.items():
        setattr(row, name, value)


class _ClaimLost(Exception):
    pass
