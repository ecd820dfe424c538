"""How a source is, in a word and a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from tracker.looking import status_sentence
from tracker.models import Poll, Source

#: A source is quiet when nothing came for so many times its usual silence, and no less than a week.
QUIET_AFTER_SILENCES = 3
QUIET_AT_LEAST = dt.timedelta(days=7)


class State(StrEnum):
    NEW = "new"
    HEALTHY = "healthy"
    QUIET = "quiet"
    EMPTY = "empty"
    FAILING = "failing"
    BLOCKED = "blocked"
    PAUSED = "paused"
    ENDED = "ended"
    GONE = "gone"
    BY_HAND = "by hand"


@dataclass(frozen=True)
class Health:
    """`state` is a key, `sentence` says it to anybody. `detail` is for staff: what the last poll says of itself."""

    state: State
    sentence: str
    detail: str = ""


def health(source: Source, now: dt.datetime) -> Health:
    """The state of `source`, from its last poll and its own rhythm."""
    return health_of([source], now)[source.pk]


def health_of(sources: Iterable[Source], now: dt.datetime) -> dict[int, Health]:
    """The state of each of `sources` by its primary key, in one query however many they are."""
    sources = list(sources)
    last = _last_polls(sources)
    return {source.pk: _health(source, last.get(source.pk), now) for source in sources}


def _last_polls(sources: list[Source]) -> dict[int, Poll]:
    latest = Poll.objects.filter(source=OuterRef("pk")).order_by("-started_at", "-pk").values("pk")[:1]
    wanted = Source.objects.filter(pk__in=[source.pk for source in sources]).annotate(latest=Subquery(latest))
    return {poll.source_id: poll for poll in Poll.objects.filter(pk__in=wanted.values("latest"))}


def _health(source: Source, last: Poll | None, now: dt.datetime) -> Health:
    detail = last.detail if last else ""
    if source.kind == Source.Kind.DESK:
        return Health(State.BY_HAND, "Added by hand; there is nothing to look at.")
    if source.state == Source.State.PAUSED:
        return Health(State.PAUSED, "Paused by staff.", detail)
    if source.state == Source.State.ENDED:
        return Health(State.ENDED, "Its publisher has ended it.", detail)
    if source.state == Source.State.GONE:
        return Health(State.GONE, f"No longer at its address. {_answer(last)}".strip(), detail)
    if last is None:
        return Health(State.NEW, "Not looked at yet.")
    if source.consecutive_failures:
        since = _day(source.last_success_at) if source.last_success_at else "the first look"
        times = "once" if source.consecutive_failures == 1 else f"{source.consecutive_failures} times in a row"
        if last.blocked:
            return Health(State.BLOCKED, f"Its host has not let us in since {since} ({times}).", detail)
        return Health(State.FAILING, f"Failing since {since} ({times}). {_answer(last)}", detail)
    if last.outcome == Poll.Outcome.EMPTY:
        return Health(State.EMPTY, "It answers, and holds no items.", detail)
    if last.outcome in Poll.FAILURES:
        return Health(State.NEW, "To be looked at again.", detail)
    return _quiet(source, now, detail) or Health(State.HEALTHY, f"Last checked on {_day(last.started_at)}.", detail)


def _answer(last: Poll | None) -> str:
    """What the last answer was, in words that may be public: what our own fault was, or an inner address, may not."""
    if last is None:
        return ""
    if last.http_status and last.http_status not in {200, 304}:
        return status_sentence(last.http_status)
    return "What came could not be read." if last.http_status else "No answer came that could be used."


def _quiet(source: Source, now: dt.datetime, detail: str) -> Health | None:
    latest, usual = source.latest_published_at, source.usual_silence
    if latest is None or usual is None or now - latest <= max(QUIET_AT_LEAST, usual * QUIET_AFTER_SILENCES):
        return None
    days = "a day" if usual.days == 1 else f"{usual.days} days"
    sentence = f"Nothing new since {_day(latest)}, though it seldom left more than {days} between."
    return Health(State.QUIET, sentence, detail)


def _day(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y at %H:%M}"
