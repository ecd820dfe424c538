"""A source is in one worker's hands at a time, for as long as that worker shows signs of life."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.tracker import ledger as ledger_kind
from tests.tracker.ledger import Document, Site
from tracker import leases
from tracker.models import PendingEntry, Poll, Release, Revision, Source
from tracker.polling import PollDeclined, poll

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def slow(site: Site, ledger: Source, monkeypatch: pytest.MonkeyPatch) -> list[dt.timedelta]:
    """Ten documents, each of which takes a minute to be had. Holds how much time has passed."""
    passed = [dt.timedelta(0)]
    complete = ledger_kind.complete

    def slowly(*args: Any) -> Any:
        passed[0] += MINUTE
        return complete(*args)

    monkeypatch.setattr(leases, "monotonic", lambda: passed[0].total_seconds())
    monkeypatch.setattr(ledger_kind, "complete", slowly)
    site.publish(*(Document(f"report-{number}", f"The text of report {number}.") for number in range(10)))
    return passed


def test_a_poll_that_takes_long_keeps_its_source(
    site: Site, ledger: Source, slow: list[dt.timedelta], now: dt.datetime, settings: Any, monkeypatch: Any
) -> None:
    declined: list[str] = []
    complete = ledger_kind.complete

    def while_another_tries(*args: Any) -> Any:
        found = complete(*args)
        with pytest.raises(PollDeclined, match="somebody else") as refusal:
            poll(Source.objects.get(), now=now + slow[0], force=True)
        declined.append(str(refusal.value))
        return found

    monkeypatch.setattr(ledger_kind, "complete", while_another_tries)
    assert poll(ledger, now=now).new_releases == 10
    assert slow[0] > settings.POLL_LEASE
    assert len(declined) == 10
    assert Poll.objects.get().finished_at == now + slow[0]


def test_what_two_workers_take_in_after_one_was_thought_dead_is_recorded_once(
    site: Site, ledger: Source, slow: list[dt.timedelta], now: dt.datetime, settings: Any, monkeypatch: Any
) -> None:
    """The first stands still for longer than its lease, and wakes up when the second has done the work."""
    complete = ledger_kind.complete
    woken: list[Poll | None] = []

    def stand_still(*args: Any) -> Any:
        found = complete(*args)
        if args[1].title == "report-4" and not woken:
            woken.append(None)
            slow[0] += 2 * settings.POLL_LEASE
            woken.append(poll(Source.objects.get(), now=now + slow[0], force=True))
        return found

    monkeypatch.setattr(ledger_kind, "complete", stand_still)
    poll(ledger, now=now)
    assert Poll.objects.get() == woken[1]
    assert (Release.objects.count(), Revision.objects.count(), PendingEntry.objects.count()) == (10, 10, 0)
    ledger.refresh_from_db()
    assert ledger.leased_until is None
