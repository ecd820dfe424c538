"""One poll of one source, top to bottom: claim, look, store, record."""

from __future__ import annotations

import datetime as dt
import logging
import random
import time
import uuid
from dataclasses import dataclass, field

from django.db import transaction

from tracker import archive
from tracker.fetching import FetchError, FetchRefused, Response, fetch, max_age, retry_after
from tracker.identity import identities
from tracker.ingest import ingest, not_seen_before
from tracker.models import Poll, Release, Source
from tracker.reading.sanitise import without_control_characters
from tracker.schedule import Look, must_stay_away, next_look
from tracker.sources import Entry, KindNotAvailable, NotUnderstood, SourceEnded, kind_of

log = logging.getLogger(__name__)

#: Longer than any poll; a poll that was killed is taken up again after it.
LEASE = dt.timedelta(minutes=5)
#: A source that has failed for so long is given up and said to be gone.
GIVE_UP_AFTER = dt.timedelta(days=30)
#: A permanent redirect is believed when it has stood for so long.
MOVE_BELIEVED_AFTER = dt.timedelta(days=1)
RELEASES_THAT_SET_THE_PACE = 50
MAX_ENTRIES = 2000

SLOW_DOWN_STATUSES = {429, 503}
_MEANINGS = {
    401: "a password is asked for",
    403: "access is forbidden",
    404: "nothing is there",
    410: "it is gone for good",
    429: "we ask too often",
    500: "the server has an error",
    502: "the server has an error behind it",
    503: "the server is busy or closed",
    504: "the server waited for another in vain",
}


class PollDeclined(Exception):
    """The source was not polled, and `str(error)` says why."""


@dataclass
class _Findings:
    """What one look has shown so far."""

    outcome: str = Poll.Outcome.FAILED
    detail: str = ""
    response: Response | None = None
    entries: int = 0
    new_releases: int = 0
    new_revisions: int = 0
    failed_entries: list[str] = field(default_factory=list)
    ended: bool = False


def poll(source: Source, *, now: dt.datetime, force: bool = False, only_if_due: bool = False) -> Poll:
    """Look at `source` now, store what is new, and set when to look next.

    Without `force`, a source that is paused, ended or gone is left alone, and so is one that asked for it
    (Retry-After). With `only_if_due`, also one whose time has not come. Raises PollDeclined in these cases and
    when somebody else is polling it.
    """
    started = time.monotonic()
    token = _claim(source, now, force=force, only_if_due=only_if_due)
    findings = _Findings()
    try:
        _look_and_store(source, now, findings)
    except Exception as error:  # a source that trips us up must wait its turn like any that fails, and be seen
        log.exception("%s: the poll failed by a fault of ours", source)
        findings.outcome = Poll.Outcome.FAILED
        findings.detail = f"The watch itself failed on this source: {type(error).__name__}: {error}."
    finished = now + dt.timedelta(seconds=time.monotonic() - started)
    return _record(source, token, findings, now, finished)


def poll_due(now: dt.datetime) -> list[Poll]:
    """Poll all sources whose time has come, in this process, longest waiting first."""
    polls = []
    for source in Source.objects.due(now):
        try:
            polls.append(poll(source, now=now, only_if_due=True))
        except PollDeclined as declined:
            log.info("%s", declined)
    return polls


def ask(source: Source, *, conditionally: bool = False) -> Response:
    """Fetch `source`; conditionally, by what it told us last time. Raises FetchError or KindNotAvailable."""
    kind = kind_of(source.kind)
    return fetch(
        kind.address(source),
        etag=source.etag if conditionally else "",
        last_modified=source.last_modified if conditionally else "",
        accept=kind.ACCEPT,
    )


def read(source: Source, response: Response) -> list[Entry]:
    """What an answer of status 200 holds. Raises NotUnderstood, SourceEnded or KindNotAvailable."""
    return kind_of(source.kind).parse(source, response) if response.body.strip() else []


def status_sentence(response: Response) -> str:
    meaning = _MEANINGS.get(response.status)
    return f"The answer was HTTP {response.status}{f': {meaning}' if meaning else ''}."


def _claim(source: Source, now: dt.datetime, *, force: bool, only_if_due: bool) -> uuid.UUID:
    source.refresh_from_db()
    if not force:
        if source.state != Source.State.ACTIVE:
            raise PollDeclined(f"{source} is not polled: it is {source.get_state_display()}.")
        if source.not_before and now < source.not_before:
            raise PollDeclined(f"{source} asked to be left alone until {source.not_before:%d %B %Y %H:%M} UTC.")
    token = source.claim(now, LEASE, only_if_due=only_if_due)
    if token is None:
        raise PollDeclined(f"{source} is being polled by somebody else, or has just been.")
    return token


def _look_and_store(source: Source, now: dt.datetime, findings: _Findings) -> None:
    try:
        response = findings.response = ask(source, conditionally=True)
        entries = read(source, response) if response.status == 200 else []
    except FetchRefused as error:
        findings.outcome, findings.detail = Poll.Outcome.REFUSED, str(error)
    except (FetchError, NotUnderstood, KindNotAvailable) as error:
        findings.detail = str(error)
    except SourceEnded as ended:
        findings.outcome, findings.detail, findings.ended = Poll.Outcome.GONE, str(ended), True
    else:
        _judge(source, response, entries, now, findings)


def _judge(source: Source, response: Response, entries: list[Entry], now: dt.datetime, findings: _Findings) -> None:
    if response.status == 304:
        findings.outcome = Poll.Outcome.NOT_MODIFIED
    elif response.status == 410:
        findings.outcome, findings.detail = Poll.Outcome.GONE, status_sentence(response)
    elif response.status != 200:
        findings.detail = status_sentence(response)
    elif not entries:
        findings.outcome = Poll.Outcome.EMPTY
        findings.detail = "The feed holds no items." if response.body.strip() else "The answer is empty: no content."
    else:
        _store(source, response, entries, now, findings)


def _store(source: Source, response: Response, entries: list[Entry], now: dt.datetime, findings: _Findings) -> None:
    """Ingest what was not seen before. An entry that cannot be stored does not keep the others out."""
    findings.entries = len(entries)
    if len(entries) > MAX_ENTRIES:
        findings.detail = f"Only the first {MAX_ENTRIES} of {len(entries)} items were read. "
        entries = entries[:MAX_ENTRIES]
    found = identities(entries)
    unseen = not_seen_before(source, entries, found, now)
    if unseen:
        snapshot = archive.keep(response, now)
        keys = frozenset(identity.key for identity in found)
        for entry, identity in reversed(unseen):  # feeds are newest first, the record oldest first
            try:
                brought = ingest(source, entry, identity, snapshot, now, keys)
            except Exception as error:
                log.exception("%s: an item could not be stored: %s", source, entry.title)
                findings.failed_entries.append(f"“{entry.title}” ({type(error).__name__})")
                continue
            findings.new_releases += brought.release_is_new
            findings.new_revisions += brought.revision is not None and not brought.release_is_new
    brought_something = findings.new_releases or findings.new_revisions
    findings.outcome = Poll.Outcome.NEW if brought_something else Poll.Outcome.UNCHANGED
    if findings.failed_entries:
        findings.detail += (
            f"{len(findings.failed_entries)} of {len(entries)} items could not be stored and will be tried again: "
            f"{'; '.join(findings.failed_entries[:3])}."
        )
        if len(findings.failed_entries) == len(entries):
            findings.outcome = Poll.Outcome.FAILED


def _record(
    source: Source, token: uuid.UUID, findings: _Findings, started_at: dt.datetime, finished_at: dt.datetime
) -> Poll:
    """Write the poll and the source's new state, unless the lease has passed to somebody else meanwhile."""
    response = findings.response
    outcome = Poll(
        source=source,
        started_at=started_at,
        finished_at=finished_at,
        outcome=findings.outcome,
        detail=findings.detail.strip(),
        http_status=response.status if response else None,
        received_bytes=len(response.body) if response else 0,
        entries=findings.entries,
        new_releases=findings.new_releases,
        new_revisions=findings.new_revisions,
    )
    with transaction.atomic():
        ours = Source.objects.select_for_update().filter(pk=source.pk, lease_token=token).first()
        if ours is None:
            log.warning("%s: the poll begun at %s took longer than its lease and is not recorded", source, started_at)
            return outcome
        _remember(ours, findings, outcome, started_at)
        ours.leased_until = ours.lease_token = None
        ours.save()
        outcome.source = ours
        outcome.save()
    source.refresh_from_db()
    return outcome


def _remember(source: Source, findings: _Findings, outcome: Poll, now: dt.datetime) -> None:
    response = findings.response
    source.last_polled_at = now
    if findings.outcome in {Poll.Outcome.NEW, Poll.Outcome.UNCHANGED, Poll.Outcome.NOT_MODIFIED}:
        source.last_success_at, source.consecutive_failures = now, 0
        if source.state == Source.State.GONE:  # it answers again to one who insisted
            source.state = Source.State.ACTIVE
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
    if response:
        _remember_validators(source, findings, response)
        _remember_move(source, findings, response, outcome, now)
    _schedule(source, response, now)


def _remember_validators(source: Source, findings: _Findings, response: Response) -> None:
    """Byte for byte, and only when all that came with them is stored."""
    fully_stored = findings.outcome in {Poll.Outcome.NEW, Poll.Outcome.UNCHANGED} and not findings.failed_entries
    if fully_stored:
        source.etag = _kept_whole(response.headers.get("ETag", ""), 1000)
        source.last_modified = _kept_whole(response.headers.get("Last-Modified", ""), 200)
    elif findings.outcome == Poll.Outcome.NOT_MODIFIED:
        source.etag = _kept_whole(response.headers.get("ETag", source.etag), 1000)
        source.last_modified = _kept_whole(response.headers.get("Last-Modified", source.last_modified), 200)
    elif findings.outcome != Poll.Outcome.FAILED or findings.failed_entries:
        source.etag = source.last_modified = ""


def _kept_whole(validator: str, longest: int) -> str:
    """A validator that cannot be sent back as it came is of no use."""
    return validator if len(validator) <= longest and validator == without_control_characters(validator) else ""


def _remember_move(source: Source, findings: _Findings, response: Response, outcome: Poll, now: dt.datetime) -> None:
    """Take over a permanent redirect that has stood for a while and leads to something that can be read."""
    if findings.outcome not in {Poll.Outcome.NEW, Poll.Outcome.UNCHANGED, Poll.Outcome.NOT_MODIFIED}:
        return
    if response.permanent_redirect_to != source.moved_to:
        source.moved_to = response.permanent_redirect_to
        source.moved_since = now if source.moved_to else None
    if source.moved_to and source.moved_since and now - source.moved_since >= MOVE_BELIEVED_AFTER:
        outcome.detail = f"{outcome.detail} The source has moved from {source.url} to {source.moved_to}.".strip()
        source.url, source.moved_to, source.moved_since = source.moved_to, "", None


def _schedule(source: Source, response: Response | None, now: dt.datetime) -> None:
    published = Release.objects.filter(appearances__source=source, published_is_known=True)
    recent = published.order_by("-published_at").values_list("published_at", flat=True)
    minutes = source.fixed_interval_minutes
    slow_down = response is not None and response.status in SLOW_DOWN_STATUSES
    looked = Look(
        at=now,
        fixed_interval=dt.timedelta(minutes=minutes) if minutes else None,
        published=list(recent[:RELEASES_THAT_SET_THE_PACE]),
        consecutive_failures=source.consecutive_failures,
        asked_to_slow_down=slow_down,
        retry_after=retry_after(response.headers, now) if response and slow_down else None,
        max_age=max_age(response.headers) if response and response.status in {200, 304} else None,
    )
    stay_away = must_stay_away(looked)
    source.not_before = now + stay_away if stay_away is not None else None
    source.next_due_at = next_look(looked, random.random())  # noqa: S311
