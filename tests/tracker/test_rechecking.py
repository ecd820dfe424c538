"""Releases that somebody relies on are looked at again at their own address, until the day that was set."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.tracker.ledger import Document, Site
from tracker import tasks
from tracker.models import Recheck, Release, Revision, Source, Tick
from tracker.polling import poll
from tracker.rechecking import due, recheck, recheck_due
from tracker.schedule import RECHECKED_AT_LEAST_EVERY, next_recheck
from tracker.signals import release_ingested

DAY = dt.timedelta(days=1)
PUBLISHED = dt.datetime(2025, 1, 10, 9, tzinfo=dt.UTC)
NOTES = [(PUBLISHED, "First published.")]


@pytest.fixture
def release(site: Site, ledger: Source, now: dt.datetime) -> Release:
    """A release of which a listing shows no change, and which is to be looked at for a year."""
    site.dates_on_pages = False
    site.publish(
        Document("plan", "The plan: 3,000 more officers by next spring, paid for by the department.", notes=NOTES)
    )
    poll(ledger, now=now)
    Release.objects.update(recheck_until=(now + 365 * DAY).date())
    site.asked.clear()
    return Release.objects.get()


def test_only_what_is_to_be_looked_at_is_due_until_its_day(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(Document("plan", "The plan."), Document("other", "Another."))
    poll(ledger, now=now)
    assert not due(now)
    Release.objects.filter(title="plan").update(recheck_until=now.date())
    assert [release.title for release in due(now)] == ["plan"]
    assert not due(now + DAY)


def test_a_silent_edit_is_found_and_told(
    site: Site, release: Release, ledger: Source, now: dt.datetime, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[int] = []

    def listen(revision: Revision, **kwargs: Any) -> None:
        heard.append(revision.number)

    recheck_due(now)
    site.documents[0].text = "The plan: 3,000 more officers by next spring, paid for by the police themselves."
    assert poll(ledger, now=now + DAY / 2).outcome == "unchanged"
    release_ingested.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            (looked,) = recheck_due(now + 2 * DAY)
    finally:
        release_ingested.disconnect(listen)
    revision = release.latest_revision
    assert (revision.number, revision.silent, heard) == (2, True, [2])
    assert looked.detail == "Changed: revision 2 was edited without a note."


def test_an_edit_with_a_note_is_a_revision_with_that_note(site: Site, release: Release, now: dt.datetime) -> None:
    site.documents[0].text += " And a line."
    site.documents[0].notes = [*NOTES, (now, "Added a line.")]
    recheck_due(now)
    assert (release.latest_revision.note, release.latest_revision.silent) == ("Added a line.", False)


def test_looks_are_daily_at_first_and_then_ever_rarer(site: Site, release: Release, now: dt.datetime) -> None:
    at, waits = now, []
    for _ in range(60):
        (looked,) = recheck_due(at)
        waits.append(looked.next_at - at)
        at = looked.next_at
        Release.objects.update(recheck_until=(at + 365 * DAY).date())
    assert len(site.asked) == 60
    assert DAY <= waits[0] <= 1.1 * DAY
    assert 2 * DAY <= waits[7] <= 2.2 * DAY
    assert max(waits) <= 1.1 * RECHECKED_AT_LEAST_EVERY
    site.documents[0].text += " A new line."
    (looked,) = recheck_due(at)
    assert looked.next_at - at <= 1.1 * DAY


def test_what_has_vanished_is_marked_and_unmarked_when_it_is_back(
    site: Site, release: Release, now: dt.datetime
) -> None:
    site.documents[0].status = 410
    (looked,) = recheck_due(now)
    assert Release.objects.get().vanished_since == now
    assert "gone" in looked.detail
    site.documents[0].status = 200
    recheck_due(now + 2 * DAY)
    assert Release.objects.get().vanished_since is None
    assert release.revisions.count() == 1


def test_what_is_withdrawn_is_marked(site: Site, release: Release, now: dt.datetime) -> None:
    site.documents[0].withdrawn, site.documents[0].withdrawal = now, "Superseded."
    recheck_due(now)
    release.refresh_from_db()
    assert (release.withdrawn_at, release.withdrawal) == (now, "Superseded.")


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [(500, {}, DAY), (429, {}, DAY), (503, {"Retry-After": str(3 * 86400)}, 3 * DAY)],
)
def test_a_look_that_failed_is_said_and_made_again_in_time(
    site: Site, release: Release, now: dt.datetime, status: int, headers: dict[str, str], wait: dt.timedelta
) -> None:
    site.documents[0].status, site.documents[0].headers = status, headers
    (looked,) = recheck_due(now)
    assert f"HTTP {status}" in looked.detail
    assert wait <= looked.next_at - now <= 1.1 * wait
    assert recheck_due(now + wait / 2) == []
    release.refresh_from_db()
    assert release.vanished_since is None


def test_a_source_that_asked_to_be_left_alone_or_is_paused_is(
    site: Site, release: Release, ledger: Source, now: dt.datetime
) -> None:
    Source.objects.update(not_before=now + 3 * DAY)
    (looked,) = recheck_due(now)
    assert looked.next_at == now + 3 * DAY
    Source.objects.update(state=Source.State.PAUSED)
    (looked,) = recheck_due(now + 3 * DAY)
    assert "paused" in looked.detail
    assert site.asked == []


def test_two_workers_look_once(site: Site, release: Release, now: dt.datetime) -> None:
    row = Recheck.objects.create(
        release=release,
        next_at=now,
        leased_until=now + dt.timedelta(minutes=5),
        lease_token="00000000-0000-0000-0000-000000000001",
    )
    assert not due(now)
    assert recheck(release, now) is None
    assert site.asked == []
    assert recheck_due(now + dt.timedelta(minutes=6))  # the other was killed
    row.refresh_from_db()
    assert row.leased_until is None


def test_a_late_message_does_not_look_again(site: Site, release: Release, now: dt.datetime) -> None:
    stale = Recheck.objects.create(release=release, next_at=now)
    recheck_due(now)
    assert recheck(stale.release, now) is None
    assert len(site.asked) == 1


def test_one_that_trips_us_up_does_not_stop_the_others(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(Document("bad", "Bad."), Document("good", "Good."))
    poll(ledger, now=now)
    Release.objects.update(recheck_until=(now + DAY).date())
    site.document("bad").withdrawal = None  # type: ignore[assignment]
    site.document("good").text = "Better."
    recheck_due(now)
    assert Release.objects.get(title="good").revisions.count() == 2
    looked = Recheck.objects.get(release__title="bad")
    assert "TypeError" in looked.detail
    assert looked.next_at > now


def test_a_whole_post_in_a_source_is_compared_with_its_own_page_from_the_first_look_on(
    site: Site, ledger: Source, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listing's posts and their pages are cut out differently: that is no edit, and a later edit is one."""
    from tracker import sources

    monkeypatch.setitem(sources.KINDS, Source.Kind.LISTING, "tests.tracker.ledger")
    Source.objects.update(kind=Source.Kind.LISTING)
    ledger.refresh_from_db()
    site.stubs = False
    site.publish(Document("plan", "The plan in full."))
    poll(ledger, now=now)
    Release.objects.update(recheck_until=(now + 30 * DAY).date())
    site.documents[0].text = "Skip to content. The plan in full."
    assert [looked.detail for looked in recheck_due(now)] == ["Unchanged."]
    site.documents[0].text = "Skip to content. The plan in part."
    recheck_due(now + 2 * DAY)
    assert list(Revision.objects.values_list("number", "text")) == [
        (1, "The plan in full."),
        (2, "Skip to content. The plan in part."),
    ]


def test_the_task_looks_and_leaves_word_that_the_schedule_is_alive(site: Site, release: Release) -> None:
    Release.objects.update(recheck_until=dt.date(9999, 1, 1))
    tasks.recheck_due()
    assert site.asked == ["document plan"]
    assert Tick.objects.filter(name="recheck_due").exists()


def test_the_pace_is_bounded(now: dt.datetime) -> None:
    assert next_recheck(now, 10_000, 10_000, 1.0) - now <= 1.1 * RECHECKED_AT_LEAST_EVERY
