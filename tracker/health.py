"""How a source is, in a word and a sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone

from tracker.models import Poll, Release, Source
from tracker.schedule import usual_gap

#: A source is quiet when nothing came for so many times its usual gap, and no less than a week.
QUIET_AFTER_GAPS = 4
QUIET_AT_LEAST = dt.timedelta(days=7)
_RELEASES_THAT_SHOW_THE_RHYTHM = 50


class State(StrEnum):
    NEW = "new"
    HEALTHY = "healthy"
    QUIET = "quiet"
    EMPTY = "empty"
    FAILING = "failing"
    PAUSED = "paused"
    ENDED = "ended"
    GONE = "gone"


@dataclass(frozen=True)
class Health:
    """`state` is a key, `sentence` says it to a person."""

    state: State
    sentence: str


def health(source: Source, now: dt.datetime) -> Health:
    """The state of `source`, from its last poll and its own rhythm. At most three queries."""
    if source.state == Source.State.PAUSED:
        return Health(State.PAUSED, "Paused by staff.")
    last = source.polls.order_by("-started_at", "-pk").first()
    if source.state == Source.State.ENDED:
        return Health(State.ENDED, "Its publisher has ended it.")
    if source.state == Source.State.GONE:
        return Health(State.GONE, f"No longer at its address. {last.detail if last else ''}".strip())
    if last is None:
        return Health(State.NEW, "Not looked at yet.")
    if source.consecutive_failures:
        since = _day(source.last_success_at) if source.last_success_at else "the first look"
        times = "once" if source.consecutive_failures == 1 else f"{source.consecutive_failures} times in a row"
        return Health(State.FAILING, f"Failing since {since} ({times}). {last.detail}")
    if last.outcome == Poll.Outcome.EMPTY:
        return Health(State.EMPTY, last.detail)
    return _quiet(source, now) or Health(State.HEALTHY, f"Last checked on {_day(last.started_at)}.")


def _quiet(source: Source, now: dt.datetime) -> Health | None:
    published = Release.objects.filter(appearances__source=source, published_is_known=True)
    times = list(
        published.order_by("-published_at").values_list("published_at", flat=True)[:_RELEASES_THAT_SHOW_THE_RHYTHM]
    )
    if len(times) < 2:
        return None
    gap = usual_gap(times, times[0])
    if gap is None or now - times[0] <= max(QUIET_AT_LEAST, gap * QUIET_AFTER_GAPS):
        return None
    return Health(
        State.QUIET,
        f"Nothing new since {_day(times[0])}, though it used to publish about every {_span(gap)}.",
    )


def _day(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y at %H:%M}"


def _span(gap: dt.timedelta) -> str:
    if gap < dt.timedelta(hours=36):
        hours = max(1, round(gap.total_seconds() / 3600))
        return "hour" if hours == 1 else f"{hours} hours"
    return f"{round(gap.total_seconds() / 86400)} days"
