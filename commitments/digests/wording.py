"""The words of digests, made a batch at a time and frozen on their rows, and the mail that a frozen row is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Max
from django.utils.text import get_text_list

from commitments.digests import build, claiming, links, record, render, returning, scope
from commitments.digests.claiming import Clock
from commitments.digests.coverage import Searches, coverage
from commitments.digests.outgoing import sender_domain
from commitments.models import Digest, Subscriber, Withholding


class Builder:
    """Makes the words of digests. What they share is read once, and again when something was withheld since."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._record: record.Record | None = None
        self._read_at = clock()
        self._searches: dict[dt.date, Searches] = {}
        self._names: dict[str, str] = {}

    def contents(self, rows: Sequence[Digest]) -> list[build.Content]:
        """What each row's subscriber is told. A fixed number of queries, and some for a search not met before."""
        if not rows:
            return []
        self._learn_names({each.scope for row in rows for each in row.subscriber.subscriptions.all()})
        known = self._known_since(min(row.window_after for row in rows))
        heard = _last_heard(rows)
        return [self._content(known, row, heard.get(row.subscriber_id)) for row in rows]

    def freeze(self, rows: Sequence[Digest]) -> list[Digest]:
        """Give claimed rows their words, and back those that have nothing to say. Returns those that have.

        A row whose claim was lost meanwhile is in neither.
        """
        worded, silent = [], []
        for row, content in zip(rows, self.contents(rows), strict=True):
            if content.is_worth_a_mail:
                worded.append((row, self.rendered(content, row.subscriber)))
            else:
                silent.append(row)
        with transaction.atomic():
            frozen = [row for row, rendered in worded if self._freeze(row, rendered)]
        claiming.give_back(silent, state=Digest.State.NOTHING)
        for row in silent:
            row.state = Digest.State.NOTHING
        return frozen

    def _freeze(self, row: Digest, rendered: render.Rendered) -> bool:
        """False if the claim was lost."""
        try:
            claiming.write(
                row,
                subject=rendered.subject,
                text=rendered.text,
                html=rendered.html,
                message_id=row.message_id or new_message_id(row),
                headers=_headers(row, self._clock()),
                frozen_at=self._read_at,
            )
        except claiming.ClaimLost:
            return False
        return True

    def rendered(self, content: build.Content, subscriber: Subscriber) -> render.Rendered:
        scopes = [each.scope for each in subscriber.subscriptions.all()]
        return render.render(content, subscriber, self._in_words(scopes), render.narrowed_to(scopes))

    def _learn_names(self, scopes: set[str]) -> None:
        self._names |= scope.names(scopes - self._names.keys())

    def _in_words(self, scopes: Sequence[str]) -> str:
        names = self._names
        for each in scopes:
            if each not in names:
                names[each] = render.scope_in_words(each)
        return get_text_list([names[each] for each in scopes], "and")

    def _content(self, known: record.Record, row: Digest, last_heard: dt.date | None) -> build.Content:
        searches = self._searches.setdefault(row.date, Searches(row.date))
        theirs = coverage((each.scope for each in row.subscriber.subscriptions.all()), searches)
        window = build.Window(row.date, row.date_before, row.window_after, row.window_until)
        return build.content(known, known.covered(theirs), window, last_heard)

    def _known_since(self, since: dt.datetime) -> record.Record:
        withheld_at = Withholding.objects.aggregate(at=Max("at"))["at"]
        is_stale = withheld_at is not None and withheld_at >= self._read_at
        if self._record is None or since < self._record.since or is_stale:
            self._read_at = self._clock()
            self._searches = {}
            self._record = record.read(since)
        return self._record


def message(row: Digest) -> EmailMultiAlternatives:
    """A frozen row as a mail: the same at every attempt."""
    mail = EmailMultiAlternatives(
        subject=row.subject,
        body=row.text,
        from_email=returning.sender(row) or settings.DEFAULT_FROM_EMAIL,
        to=[row.subscriber.email],
        headers={"Message-ID": row.message_id, **row.headers},
    )
    mail.attach_alternative(row.html, "text/html")
    return mail


def new_message_id(row: Digest) -> str:
    return f"<digest-{row.pk}-{uuid.uuid4().hex}@{sender_domain()}>"


def _headers(row: Digest, now: dt.datetime) -> dict[str, str]:
    return {
        "From": settings.DEFAULT_FROM_EMAIL,
        "Date": format_datetime(now.astimezone(row.subscriber.zone)),
        "List-Id": f"{settings.SITE_NAME} digests <digests.{sender_domain()}>",
        "List-Unsubscribe": f"<{links.unsubscribe_url(row.subscriber)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": f"{row.subscriber.frequency}:digests:{sender_domain()}",
        "Auto-Submitted": "auto-generated",
    }


def _last_heard(rows: Sequence[Digest]) -> dict[int, dt.date]:
    """The day of the last mail of those who want a note when nothing happens; of the first day without any."""
    quiet = {row.subscriber_id: row.subscriber for row in rows if row.subscriber.quiet_note}
    if not quiet:
        return {}
    sent = Digest.objects.filter(subscriber__in=quiet, state=Digest.State.SENT).order_by()
    last = dict(sent.values_list("subscriber_id").annotate(last=Max("date")))
    return {
        key: last.get(key, (one.confirmed_at or one.created_at).astimezone(one.zone).date())
        for key, one in quiet.items()
    }
