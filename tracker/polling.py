"""One poll of one source, top to bottom: claim, look, take in, record."""

from __future__ import annotations

import datetime as dt
import logging
from urllib.parse import urlsplit

from django.db.models import Q

from tracker import archive, mailboxes
from tracker.announcing import announce, to_take_in
from tracker.asking import Asker
from tracker.blocking import why_blocked
from tracker.fetching import Response
from tracker.fetching.errors import FetchError, FetchForbidden, FetchPostponed, FetchRefused
from tracker.leases import Lease, LeaseLost, take
from tracker.looking import MAX_PAGES, BrokenOff, Page, ask, further_pages, page_of, pages_from, read, status_sentence
from tracker.models import Poll, Source
from tracker.recording import Findings, record
from tracker.sources import Entry, KindNotAvailable, NotUnderstood, SourceEnded, also
from tracker.taking import take_in

log = logging.getLogger(__name__)


class PollDeclined(Exception):
    """The source was not polled, and `str(error)` says why."""


def poll(source: Source, *, now: dt.datetime, force: bool = False, only_if_due: bool = False) -> Poll:
    """Look at `source` now, store what is new, and set when to look next.

    Without `force`, a source that is paused, ended or gone is left alone, and so is one that asked for it
    (Retry-After). With `only_if_due`, also one whose time has not come. Raises PollDeclined in these cases and
    when somebody else is polling it. A poll that was overtaken by another is returned, but not recorded.
    """
    lease = _claim(source, now, force=force, only_if_due=only_if_due)
    findings = Findings()
    try:
        _look_and_take_in(source, lease, findings)
    except FetchPostponed as postponed:  # still due, so that it is tried again soon
        lease.release()
        raise PollDeclined(f"{source} was not polled. {postponed}") from postponed
    except LeaseLost as lost:
        log.warning("%s: %s", source, lost)
    except Exception as error:  # a source that trips us up must wait its turn like any that fails, and be seen
        log.exception("%s: the poll failed by a fault of ours", source)
        findings.outcome = Poll.Outcome.FAILED
        findings.detail.append(f"The watch itself failed on this source: {type(error).__name__}: {error}.")
    return record(source, lease, findings)


def poll_due(now: dt.datetime) -> list[Poll]:
    """Poll all sources whose time has come, in this process, longest waiting first."""
    polls = []
    for source in Source.objects.due(now):
        try:
            polls.append(poll(source, now=now, only_if_due=True))
        except PollDeclined as declined:
            log.info("%s", declined)
    return polls


def _claim(source: Source, now: dt.datetime, *, force: bool, only_if_due: bool) -> Lease:
    source.refresh_from_db()
    if source.kind == Source.Kind.DESK:
        raise PollDeclined(f"{source} is not polled: its documents are added by hand.")
    if not force:
        if source.state != Source.State.ACTIVE:
            raise PollDeclined(f"{source} is not polled: it is {source.get_state_display()}.")
        if source.not_before and now < source.not_before:
            raise PollDeclined(f"{source} asked to be left alone until {source.not_before:%d %B %Y %H:%M} UTC.")
    due = [Q(state=Source.State.ACTIVE, next_due_at__lte=now)] if only_if_due else []
    lease = take(Source.objects.filter(pk=source.pk), now, *due)
    if lease is None:
        raise PollDeclined(f"{source} is being polled by somebody else, or has just been.")
    return lease


def _look_and_take_in(source: Source, lease: Lease, findings: Findings) -> None:
    if source.kind == Source.Kind.MAILBOX:
        mailboxes.look_and_take_in(source, lease, findings)
        return
    asker = Asker(source.kind, before=lease.renew)
    try:
        response = findings.response = ask(source, asker, conditionally=True)
        blocked = why_blocked(response)
        entries = read(source, response) if response.status == 200 and not blocked else []
    except FetchPostponed:
        raise
    except FetchRefused as error:
        findings.outcome, findings.detail = Poll.Outcome.REFUSED, [str(error)]
        findings.blocked = isinstance(error, FetchForbidden)
    except (FetchError, NotUnderstood, KindNotAvailable) as error:
        findings.detail = [str(error)]
    except SourceEnded as ended:
        findings.outcome, findings.detail, findings.ended = Poll.Outcome.GONE, [str(ended)], True
    else:
        if blocked:
            findings.detail, findings.blocked = [blocked], True
        else:
            _judge(source, response, entries, asker, lease, findings)
    findings.received_bytes = asker.budget.bytes_received


def _judge(
    source: Source, response: Response, entries: list[Entry], asker: Asker, lease: Lease, findings: Findings
) -> None:
    if response.status == 304:
        findings.outcome = Poll.Outcome.NOT_MODIFIED
        _take_in(source, None, asker, lease, findings)
    elif response.status == 410:
        findings.outcome, findings.detail = Poll.Outcome.GONE, [status_sentence(response.status)]
    elif response.status != 200:
        findings.detail = [status_sentence(response.status)]
    elif not entries:
        findings.outcome = Poll.Outcome.EMPTY
        empty = "The answer is empty: no content."
        findings.detail = ["It holds no items." if response.body.strip() else empty]
    else:
        findings.outcome = Poll.Outcome.UNCHANGED
        _take_in(source, page_of(source, response, entries, 1, lease.began), asker, lease, findings)


def _take_in(source: Source, first: Page | None, asker: Asker, lease: Lease, findings: Findings) -> None:
    """Keep what the pages announce, `first` before those after it, and then take in what waits, oldest first."""
    now = lease.began
    keys: frozenset[str] = frozenset()
    if first:
        keys |= _keep(source, first, now, findings)
        if source.appearances.exists():  # or all there is would be new; the past is fetched by a backfill
            for found in further_pages(source, first, asker, now):
                keys |= _keep(source, found, now, findings)
    for url in also(source, now):
        for found in pages_from(source, url, 1, asker, now, MAX_PAGES, to_the_end=True):
            keys |= _keep(source, found, now, findings)
    if source.catch_up_url:
        keys |= _catch_up(source, asker, now, findings)
    taken = take_in(source, to_take_in(source, now), asker, now, keys, lease.renew)
    findings.new_releases, findings.new_revisions = taken.new_releases, taken.new_revisions
    findings.detail += taken.sentences()
    findings.unfinished = bool(taken.waiting or findings.catch_up_url)
    asked = findings.response.url if findings.response else source.url
    if asker.shut_host == urlsplit(asked).netloc:
        findings.stay_away = asker.stay_away
    if taken.new_releases or taken.new_revisions:
        findings.outcome = Poll.Outcome.NEW
    elif taken.failed and len(taken.failed) == taken.items:
        findings.outcome = Poll.Outcome.FAILED


def _catch_up(source: Source, asker: Asker, now: dt.datetime, findings: Findings) -> frozenset[str]:
    """Go on where an earlier poll had to break off its paging. Returns the keys of what is found there."""
    if findings.catch_up_url:  # broken off again, before that: the gap has moved to later pages meanwhile
        reached = max(source.catch_up_until, source.catch_up_page)
        findings.catch_up_until = reached + findings.catch_up_page
        return frozenset()
    keys: frozenset[str] = frozenset()
    findings.catch_up_until = source.catch_up_until
    for found in pages_from(
        *(source, source.catch_up_url, source.catch_up_page, asker, now, MAX_PAGES),
        at_least_to=source.catch_up_until,
    ):
        keys |= _keep(source, found, now, findings)
    return keys


def _keep(source: Source, found: Page | BrokenOff, now: dt.datetime, findings: Findings) -> frozenset[str]:
    """Keep what `found` announces. Returns the keys of all that it holds."""
    if isinstance(found, BrokenOff):
        findings.detail.append(found.why)
        if not findings.catch_up_url:
            findings.catch_up_url, findings.catch_up_page = found.next_url, found.next_number
        return frozenset()
    findings.entries += len(found.entries)
    if found.left_out:
        findings.detail.append(f"There are more items than the first {len(found.entries)}, and only these were read.")
    if found.unseen:
        announce(source, found.unseen, archive.keep(found.response, now), now)
    return found.keys
