"""What has happened and has not been noted for a webhook yet, read from the database each time.

So nothing is lost with a message of the broker, and the same is never noted twice: the outbox has one row for each
webhook, event and thing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from commitments.linking.reasons import VERY_LIKELY
from commitments.models import Commitment, Evidence, Goalpost, Webhook, WebhookMessage
from commitments.pages import phrases
from commitments.webhooks.wording import Happening, body
from tracker.models import Poll, Source

Event = WebhookMessage.Event
#: What is older was missed for good, as after a webhook was off for long: nobody wants it by the thousand.
LOOKS_BACK = dt.timedelta(days=7)
#: Noted at a time, of one webhook and event; the next minute goes on.
MOST_AT_A_TIME = 200


def note(now: dt.datetime) -> int:
    """Put into the outbox what has happened since. Returns how many messages were noted. Safe to repeat."""
    noted = 0
    for webhook in Webhook.objects.filter(is_on=True):
        since = max(webhook.since, now - LOOKS_BACK)
        for event, is_wanted, find in _EVENTS:
            if not is_wanted(webhook):
                continue
            told = webhook.messages.filter(event=event, noted_at__gte=since - LOOKS_BACK)
            known = set(told.values_list("about", flat=True))
            new = [one for one in find(_theirs(webhook), since, now) if one.about not in known]
            messages = WebhookMessage.objects.bulk_create(
                (
                    WebhookMessage(
                        webhook=webhook, event=event, about=one.about, body=body(one, webhook.shape), noted_at=now
                    )
                    for one in new[:MOST_AT_A_TIME]
                ),
                ignore_conflicts=True,
            )
            noted += len(messages)
    return noted


def note_test(webhook: Webhook, now: dt.datetime) -> WebhookMessage:
    """A message that says that it is a test."""
    text = "If you can read this, messages arrive."
    about = f"test {now.isoformat()}"
    tried = Happening(Event.TEST, about, f"{settings.SITE_NAME}: a test", text, settings.BASE_URL, now)
    return WebhookMessage.objects.create(
        webhook=webhook, event=Event.TEST, about=about, body=body(tried, webhook.shape), noted_at=now
    )


def _theirs(webhook: Webhook) -> QuerySet[Commitment]:
    standing = Commitment.objects.filter(merged_into=None)
    return standing if webhook.person_id is None else standing.followed_by(webhook.person_id)


def _suggestions(theirs: QuerySet[Commitment], since: dt.datetime, now: dt.datetime) -> Iterator[Happening]:
    rows = (
        Evidence.objects.suggested()
        .filter(suggested_at__gte=since, score__gte=VERY_LIKELY, commitment__in=theirs.order_by().values("pk"))
        .select_related("commitment", "release")
        .order_by("suggested_at", "pk")
    )
    for row in rows:
        yield Happening(
            Event.SUGGESTION,
            f"evidence {row.pk}",
            f"{row.commitment}: a suggestion that is very likely",
            f"{row.release.title}: “{row.quote}”",
            _staff("evidence", row.pk),
            row.suggested_at,
            row.commitment.reference,
        )


def _goalposts(theirs: QuerySet[Commitment], since: dt.datetime, now: dt.datetime) -> Iterator[Happening]:
    rows = (
        Goalpost.objects.waiting()
        .filter(found_at__gte=since, evidence__commitment__in=theirs.order_by().values("pk"))
        .select_related("evidence__commitment", "evidence__release")
        .order_by("found_at", "pk")
    )
    for row in rows:
        yield Happening(
            Event.GOALPOST,
            f"goalpost {row.pk}",
            f"{row.evidence.commitment}: a goalpost may have moved",
            f"{row.evidence.release.title} gives {row.get_aspect_display()}: “{row.said}”",
            _staff("goalpost", row.pk),
            row.found_at,
            row.evidence.commitment.reference,
        )


def _overdue(theirs: QuerySet[Commitment], since: dt.datetime, now: dt.datetime) -> Iterator[Happening]:
    today = timezone.localdate(now)
    rows: Any = Commitment.objects.published().overdue(today).filter(pk__in=theirs.order_by().values("pk"))
    for row in rows.filter(due_by__gte=timezone.localdate(since) - dt.timedelta(days=1)):
        yield Happening(
            Event.OVERDUE,
            f"commitment {row.pk} due {row.due_by}",
            f"{row}: overdue",
            f"It was due {phrases.interval(row.due_from, row.due_by)} and has no final status.",
            _staff("commitment", row.pk),
            now,
            row.reference,
        )


def _sources(theirs: QuerySet[Commitment], since: dt.datetime, now: dt.datetime) -> Iterator[Happening]:
    for row in Source.objects.failing():
        polls = row.polls.order_by("-started_at")
        last, well = polls.first(), polls.exclude(outcome__in=Poll.FAILURES).first()
        if last is None or last.started_at < since:
            continue
        yield Happening(
            Event.SOURCE,
            f"source {row.pk} since poll {well.pk if well else 0}",
            f"{row}: failing",
            last.detail or last.get_outcome_display(),
            f"{settings.BASE_URL}{reverse('admin:tracker_source_change', args=[row.pk])}",
            last.started_at,
        )


def _staff(model: str, key: int) -> str:
    return f"{settings.BASE_URL}{reverse(f'admin:commitments_{model}_change', args=[key])}"


Finding = Callable[[QuerySet[Commitment], dt.datetime, dt.datetime], Iterator[Happening]]
_EVENTS: tuple[tuple[str, Callable[[Webhook], bool], Finding], ...] = (
    (Event.SUGGESTION, lambda webhook: webhook.on_suggestion, _suggestions),
    (Event.GOALPOST, lambda webhook: webhook.on_goalpost, _goalposts),
    (Event.OVERDUE, lambda webhook: webhook.on_overdue, _overdue),
    (Event.SOURCE, lambda webhook: webhook.on_source, _sources),
)
