"""Staff are told by mail when a source goes bad and when it is well again: once each, and nothing in between.

1. How each source is, is compared with what staff were last told of it, which stands in its SourceAlert.
2. A difference has to stand for some looks, so that a source that comes and goes does not write letters.
3. Its row is leased by one update, which only one process can win, if what was told is still the same.
4. Those that were won go out in one mail, and then their rows say so.

A process that dies between 3 and the end of 4 leaves a lease that ends by itself, and the next run tells the same
once more, under the same Message-ID if nothing has joined it. So a mail may come twice, and is never lost.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import smtplib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.urls import NoReverseMatch, reverse

from tracker.health import Health, State, health_of
from tracker.leases import Lease, take
from tracker.models import Poll, Source, SourceAlert

log = logging.getLogger(__name__)

Told = SourceAlert.Told

#: What a state amounts to. The others, new and paused, are nothing to tell.
LEVELS = {
    State.HEALTHY: Told.WELL,
    State.QUIET: Told.TROUBLE,
    State.EMPTY: Told.TROUBLE,
    State.FAILING: Told.TROUBLE,
    State.BLOCKED: Told.TROUBLE,
    State.ENDED: Told.STOPPED,
    State.GONE: Told.STOPPED,
}
#: Trouble is told when so many looks in a row went badly, or two with as much time since the first of them.
BAD_LOOKS = 3
TWO_BAD_LOOKS_FOR = dt.timedelta(days=1)
#: Recovery is told when so many looks in a row went well, or one, this long ago.
GOOD_LOOKS = 2
ONE_GOOD_LOOK_FOR = dt.timedelta(days=1)
#: A source that goes bad again so soon after its recovery was told has to stay bad until this time has passed.
RELAPSE_TOLD_AFTER = dt.timedelta(hours=12)
MAIL_TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Look:
    """One poll, as far as it matters here."""

    at: dt.datetime
    went_well: bool


@dataclass(frozen=True)
class News:
    """What staff do not know of a source yet. `before` is what they were told last."""

    source: Source
    health: Health
    level: Told
    before: SourceAlert


def is_news(state: State, told: str, told_at: dt.datetime | None, looks: Sequence[Look], now: dt.datetime) -> bool:
    """Whether staff, who were last `told` something at `told_at`, should be told that a source is in `state`.

    `looks` are its last polls, newest first, at least BAD_LOOKS of them if there were as many.
    """
    level = LEVELS.get(state)
    if level is None or level == told or (level == Told.TROUBLE and told == Told.STOPPED):
        return False
    if level == Told.STOPPED or state == State.QUIET:
        return True
    if level == Told.WELL:
        run = _run(looks, went_well=True)
        return len(run) >= GOOD_LOOKS or (len(run) == 1 and now - run[0].at >= ONE_GOOD_LOOK_FOR)
    run = _run(looks, went_well=False)
    if told_at and now - told_at < RELAPSE_TOLD_AFTER:
        return False
    return len(run) >= BAD_LOOKS or (len(run) >= 2 and now - run[-1].at >= TWO_BAD_LOOKS_FOR)


def tell_staff(now: dt.datetime) -> list[News]:
    """Send what staff are to know and do not yet. Returns what was sent.

    Safe to run at any time and by several processes at once. Without settings.ALERTS_TO nothing is told, and all
    that is bad then is told once somebody is named.
    """
    if not settings.ALERTS_TO:
        return []
    won = [(news, lease) for news in _news(now) if (lease := _lease(news, now))]
    if not won:
        return []
    told = [news for news, _ in won]
    try:
        _send(told)
    except (smtplib.SMTPException, OSError) as error:
        log.warning("Staff could not be told of %d sources and will be at the next run: %s", len(told), error)
        for _, lease in won:
            lease.release()
        return []
    for news, lease in won:
        SourceAlert.objects.filter(pk=news.before.pk, lease_token=lease.token).update(
            told=news.level,
            told_at=now,
            reason=f"{news.health.state}: {news.health.sentence}",
            leased_until=None,
            lease_token=None,
        )
    return told


def _run(looks: Sequence[Look], *, went_well: bool) -> list[Look]:
    """The last looks that all went so, newest first."""
    run = []
    for look in looks:
        if look.went_well != went_well:
            break
        run.append(look)
    return run


def _news(now: dt.datetime) -> list[News]:
    """In a constant number of queries, by name."""
    sources = list(Source.objects.exclude(state=Source.State.PAUSED).order_by("name"))
    states = health_of(sources, now)
    rows = {row.source_id: row for row in SourceAlert.objects.all()}
    other = [
        source
        for source in sources
        if LEVELS.get(states[source.pk].state) not in {None, rows[source.pk].told if source.pk in rows else Told.WELL}
    ]
    if missing := [SourceAlert(source=source) for source in other if source.pk not in rows]:
        SourceAlert.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
        rows = {row.source_id: row for row in SourceAlert.objects.all()}
    looks = _last_looks(other)
    return [
        News(source, states[source.pk], LEVELS[states[source.pk].state], row)
        for source in other
        if (row := rows.get(source.pk))  # the source may have been deleted meanwhile
        and is_news(states[source.pk].state, row.told, row.told_at, looks[source.pk], now)
    ]


def _last_looks(sources: Sequence[Source]) -> dict[int, list[Look]]:
    newest_first = (F("started_at").desc(), F("pk").desc())
    numbered = Poll.objects.filter(source__in=sources).annotate(
        number=Window(RowNumber(), partition_by=F("source"), order_by=newest_first)
    )
    looks: dict[int, list[Look]] = defaultdict(list)
    last = numbered.filter(number__lte=max(BAD_LOOKS, GOOD_LOOKS)).order_by("source", "number")
    for source, at, outcome in last.values_list("source", "started_at", "outcome"):
        looks[source].append(Look(at, outcome not in Poll.FAILURES))
    return looks


def _lease(news: News, now: dt.datetime) -> Lease | None:
    """The right to tell it, if nobody has told it or is about to."""
    before = news.before
    return take(SourceAlert.objects.filter(pk=before.pk, told=before.told, told_at=before.told_at), now)


def _send(told: Sequence[News]) -> None:
    mail = EmailMessage(
        subject=_subject(told),
        body=_body(told),
        to=list(settings.ALERTS_TO),
        headers={"Message-ID": _message_id(told), "Auto-Submitted": "auto-generated"},
        connection=get_connection(timeout=MAIL_TIMEOUT_SECONDS),
    )
    mail.send()


def _message_id(told: Sequence[News]) -> str:
    """The same for the same news."""
    said = "\n".join(f"{news.source.pk} {news.before.told_at} {news.level}" for news in told)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<alert-{hashlib.sha256(said.encode()).hexdigest()[:40]}@{domain}>"


_HEADINGS = {Told.TROUBLE: "In trouble", Told.STOPPED: "No longer looked at", Told.WELL: "Well again"}


def _subject(told: Sequence[News]) -> str:
    if len(told) == 1:
        name = " ".join(told[0].source.name.split())
        return f"{name}: {_HEADINGS[told[0].level].lower()}"
    counted = [(sum(news.level == level for news in told), heading) for level, heading in _HEADINGS.items()]
    return "Sources: " + ", ".join(f"{count} {heading.lower()}" for count, heading in counted if count)


def _body(told: Sequence[News]) -> str:
    parts = []
    for level, heading in _HEADINGS.items():
        those = [news for news in told if news.level == level]
        if those:
            parts += [heading, "=" * len(heading), "", *(_paragraph(news) for news in those)]
    parts.append("You get one mail when a source goes bad and one when it is well again.")
    return "\n".join(parts) + "\n"


def _paragraph(news: News) -> str:
    lines = [news.source.name, news.source.url, news.health.sentence]
    if news.level != Told.WELL and news.health.detail and news.health.detail not in news.health.sentence:
        lines.append(f"The last look: {news.health.detail}")
    if page := _staff_page(news.source):
        lines.append(f"See its last polls: {page}")
    return "\n".join(lines) + "\n"


def _staff_page(source: Source) -> str:
    """The address of the source's page in the admin. Empty where there is none, or nobody said where the site is."""
    if not settings.BASE_URL:
        return ""
    try:
        return f"{settings.BASE_URL}{reverse('admin:tracker_source_change', args=[source.pk])}"
    except NoReverseMatch:
        return ""
