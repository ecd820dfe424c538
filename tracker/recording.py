"""What is written down after a poll: the poll itself, and what the source is now and when to look next."""

from __future__ import annotations

import datetime as dt
import logging
import random
from dataclasses import dataclass, field

from django.db import transaction

from tracker.asking import SLOW_DOWN_STATUSES
from tracker.fetching import Response, fresh_for, retry_after
from tracker.leases import Lease
from tracker.models import Appearance, Poll, Release, Source
from tracker.reading.sanitise import without_control_characters
from tracker.schedule import Look, must_stay_away, next_look, usual_silence
from tracker.sources.pace import stated_pace

log = logging.getLogger(__name__)

#: A source that has failed for so long is given up and said to be gone.
GIVE_UP_AFTER = dt.timedelta(days=30)
#: A permanent redirect is believed when it has stood for so long.
MOVE_BELIEVED_AFTER = dt.timedelta(days=1)
RELEASES_THAT_SET_THE_PACE = 50

SUCCESSES = {Poll.Outcome.NEW, Poll.Outcome.UNCHANGED, Poll.Outcome.NOT_MODIFIED}


@dataclass
class Findings:
    """What one look has shown so far. `response` is that of the source's first page; `detail` are sentences.

    `blocked` when the host answers and will not let us in. `unfinished` when something waits for the next poll;
    `catch_up_url` is the page to go on with then, if any.
    """

    outcome: str = Poll.Outcome.FAILED
    detail: list[str] = field(default_factory=list)
    response: Response | None = None
    received_bytes: int = 0
    entries: int = 0
    new_releases: int = 0
    new_revisions: int = 0
    ended: bool = False
    blocked: bool = False
    unfinished: bool = False
    catch_up_url: str = ""
    catch_up_page: int = 0
    catch_up_until: int = 0
    stay_away: dt.timedelta | None = None


def record(source: Source, lease: Lease, findings: Findings) -> Poll:
    """Write the poll and the source's new state, unless the lease has passed to somebody else meanwhile."""
    response = findings.response
    outcome = Poll(
        source=source,
        started_at=lease.began,
        finished_at=lease.now(),
        outcome=findings.outcome,
        detail=" ".join(findings.detail),
        blocked=findings.blocked,
        http_status=response.status if response else None,
        received_bytes=findings.received_bytes,
        entries=findings.entries,
        new_releases=findings.new_releases,
        new_revisions=findings.new_revisions,
    )
    with transaction.atomic():
        ours = Source.objects.select_for_update().filter(pk=source.pk, lease_token=lease.token).first()
        if ours is None:
            log.warning("%s: the poll begun at %s took longer than its lease and is not recorded", source, lease.began)
            return outcome
        _remember(ours, findings, outcome, lease.began)
        ours.leased_until = ours.lease_token = None
        ours.save()
        outcome.source = ours
        outcome.save()
    source.refresh_from_db()
    return outcome


def _remember(source: Source, findings: Findings, outcome: Poll, now: dt.datetime) -> None:
    response = findings.response
    source.last_polled_at = now
    if findings.outcome in SUCCESSES:
        source.last_success_at, source.consecutive_failures = now, 0
        if source.state == Source.State.GONE:  # it answers again to one who insisted
            source.state = Source.State.ACTIVE
        source.catch_up_url, source.catch_up_page = findings.catch_up_url, findings.catch_up_page
        source.catch_up_until = findings.catch_up_until if findings.catch_up_url else 0
    elif findings.outcome == Poll.Outcome.EMPTY:
        source.consecutive_failures = 0
    else:
        source.consecutive_failures += 1
    if findings.new_releases:
        source.last_new_at = now
    if findings.ended:
        source.state = Source.State.ENDED
    elif findings.outcome == Poll.Outcome.GONE:
        source.state = Source.State.GONE
    elif source.consecutive_failures and now - (source.last_success_at or source.created_at) > GIVE_UP_AFTER:
        source.state = Source.State.GONE
        outcome.detail += f" It has failed for {GIVE_UP_AFTER.days} days and is no longer polled."
    if source.kind == Source.Kind.PAGE:
        _mark_page(source, findings, now)
    if response:
        _remember_validators(source, findings, response)
        _remember_move(source, findings, response, outcome, now)
    _schedule(source, findings, now)


def _mark_page(source: Source, findings: Findings, now: dt.datetime) -> None:
    """A page is its own document: when the source is gone, the document has vanished."""
    there = Appearance.objects.filter(source=source)
    releases = Release.objects.filter(appearances__in=there)
    if source.state == Source.State.GONE:
        there.filter(vanished_since=None).update(vanished_since=now)
        releases.filter(vanished_since=None).update(vanished_since=now)
    elif findings.outcome in SUCCESSES:
        releases.exclude(vanished_since=None).update(vanished_since=None)
        there.exclude(vanished_since=None).update(vanished_since=None)


def _remember_validators(source: Source, findings: Findings, response: Response) -> None:
    """Byte for byte, and only when all that came with them is kept."""
    if findings.outcome in {Poll.Outcome.NEW, Poll.Outcome.UNCHANGED} and response.status == 200:
        source.etag = _kept_whole(response.headers.get("ETag", ""), 1000)
        source.last_modified = _kept_whole(response.headers.get("Last-Modified", ""), 200)
    elif response.status == 304:
        source.etag = _kept_whole(response.headers.get("ETag", source.etag), 1000)
        source.last_modified = _kept_whole(response.headers.get("Last-Modified", source.last_modified), 200)
    elif findings.outcome != Poll.Outcome.FAILED:
        source.etag = source.last_modified = ""


def _kept_whole(validator: str, longest: int) -> str:
    """A validator that cannot be sent back as it came is of no use."""
    return validator if len(validator) <= longest and validator == without_control_characters(validator) else ""


def _remember_move(source: Source, findings: Findings, response: Response, outcome: Poll, now: dt.datetime) -> None:
    """Take over a permanent redirect that has stood for a while and leads to something that can be read."""
    if findings.outcome not in SUCCESSES or response.url != source.url:
        return
    if response.permanent_redirect_to != source.moved_to:
        source.moved_to = response.permanent_redirect_to
        source.moved_since = now if source.moved_to else None
    if source.moved_to and source.moved_since and now - source.moved_since >= MOVE_BELIEVED_AFTER:
        outcome.detail = f"{outcome.detail} The source has moved from {source.url} to {source.moved_to}.".strip()
        source.url, source.moved_to, source.moved_since = source.moved_to, "", None


def _schedule(source: Source, findings: Findings, now: dt.datetime) -> None:
    response = findings.response
    recent = _remember_rhythm(source)
    minutes = source.fixed_interval_minutes
    slow_down = response is not None and response.status in SLOW_DOWN_STATUSES
    asked_by_page = retry_after(response.headers, now) if response and slow_down else None
    if source.kind == Source.Kind.FEED and response is not None and response.status == 200:
        source.stated_pace = stated_pace(response.body)
    looked = Look(
        at=now,
        fixed_interval=dt.timedelta(minutes=minutes) if minutes else None,
        published=recent,
        consecutive_failures=source.consecutive_failures,
        asked_to_slow_down=slow_down,
        retry_after=max(filter(None, (asked_by_page, findings.stay_away)), default=asked_by_page),
        max_age=fresh_for(response.headers, now) if response and response.status in {200, 304} else None,
        ttl=source.stated_pace,
        unfinished=findings.unfinished,
    )
    stay_away = must_stay_away(looked)
    source.not_before = now + stay_away if stay_away is not None else None
    source.next_due_at = next_look(looked, random.random())  # noqa: S311


def _remember_rhythm(source: Source) -> list[dt.datetime]:
    """When its last releases were published, as far as that is known. Those without a date count when first seen."""
    releases = Release.objects.filter(appearances__source=source).order_by("-published_at")
    latest = list(releases.values_list("published_at", "published_is_known")[:RELEASES_THAT_SET_THE_PACE])
    source.latest_published_at = latest[0][0] if latest else None
    source.usual_silence = usual_silence(moment for moment, _ in latest)
    return [moment for moment, is_known in latest if is_known]
