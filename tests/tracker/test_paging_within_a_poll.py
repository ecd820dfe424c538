"""What was published between two polls is all found, over as many pages as it fills, and no paging is endless."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.tracker.ledger import Document, Site
from tracker.looking import MAX_PAGES
from tracker.models import Release, Source
from tracker.polling import poll

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def whole_posts(site: Site) -> None:
    site.stubs = False


def posts(first: int, last: int) -> list[Document]:
    begin = dt.datetime(2025, 1, 10, tzinfo=dt.UTC)
    return [
        Document(f"post-{number}", f"Text of post {number}.", begin + dt.timedelta(minutes=number))
        for number in range(first, last + 1)
    ]


def stored() -> list[str]:
    return list(Release.objects.order_by("pk").values_list("title", flat=True))


def names(first: int, last: int) -> list[str]:
    return [f"post-{number}" for number in range(first, last + 1)]


def test_the_first_poll_takes_what_is_on_the_first_page(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(*posts(1, 35))
    assert poll(ledger, now=now).new_releases == 10
    assert stored() == names(26, 35)
    assert site.asked == ["page 1"]


@pytest.mark.parametrize(("published", "pages"), [(1, 1), (9, 1), (10, 2), (25, 3), (30, 4)])
def test_what_came_since_the_last_poll_is_found_over_several_pages(
    site: Site, ledger: Source, now: dt.datetime, published: int, pages: int
) -> None:
    site.publish(*posts(1, 10))
    poll(ledger, now=now)
    site.asked.clear()
    site.publish(*posts(11, 10 + published))
    outcome = poll(ledger, now=now + HOUR)
    assert (outcome.new_releases, outcome.detail) == (published, "")
    assert stored() == names(1, 10 + published)
    assert len(site.asked) == pages


def test_a_post_that_stays_on_top_hides_none(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(*posts(1, 10))
    poll(ledger, now=now)
    sticky = site.documents.pop(-1)
    site.publish(*posts(11, 25), sticky)
    poll(ledger, now=now + HOUR)
    assert stored() == names(1, 25)


def test_posts_that_move_to_the_next_page_meanwhile_are_not_doubled(
    site: Site, ledger: Source, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish(*posts(1, 10))
    poll(ledger, now=now)
    site.publish(*posts(11, 25))
    show = site._item

    def publish_meanwhile(document: Document) -> dict[str, Any]:
        if document.name == "post-16" and len(site.documents) == 25:
            site.publish(*posts(26, 28))
        return show(document)

    monkeypatch.setattr(site, "_item", publish_meanwhile)
    poll(ledger, now=now + HOUR)
    poll(ledger, now=now + 2 * HOUR)
    assert stored() == names(1, 28)


def test_more_than_one_poll_reads_is_said_and_read_at_the_next(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.on_a_page = 3
    site.publish(*posts(1, 3))
    poll(ledger, now=now)
    site.asked.clear()
    last = 3 + 3 * (MAX_PAGES + 3)
    site.publish(*posts(4, last))
    outcome = poll(ledger, now=now + HOUR)
    assert len(site.asked) == MAX_PAGES
    assert outcome.detail == f"There is more to read than {MAX_PAGES} pages."
    assert ledger.next_due_at <= now + 2 * HOUR
    site.publish(*posts(last + 1, last + 2))
    assert poll(ledger, now=now + 2 * HOUR).detail == ""
    assert sorted(stored()) == sorted(names(1, last + 2))
    site.asked.clear()
    poll(ledger, now=now + 3 * HOUR)
    assert site.asked == ["page 1"]


def test_a_site_that_shows_its_last_page_for_ever_is_left(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(*posts(1, 10))
    poll(ledger, now=now)
    site.documents.clear()
    site.endless = True
    site.publish(*posts(11, 20))
    site.asked.clear()
    assert poll(ledger, now=now + HOUR).new_releases == 10
    assert site.asked == ["page 1", "page 2"]


def test_a_page_that_cannot_be_read_now_is_read_next_time(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(*posts(1, 10))
    poll(ledger, now=now)
    site.publish(*posts(11, 45))
    site.page_status[3] = 500
    outcome = poll(ledger, now=now + HOUR)
    assert outcome.new_releases == 20
    assert "Page 3 could not be read. The answer was HTTP 500" in outcome.detail
    site.page_status.clear()
    site.publish(*posts(46, 46))
    poll(ledger, now=now + 2 * HOUR)
    assert set(stored()) == set(names(1, 46))


def test_pages_that_fail_again_before_the_gap_was_read_lose_nothing(
    site: Site, ledger: Source, now: dt.datetime
) -> None:
    site.publish(*posts(1, 10))
    poll(ledger, now=now)
    site.publish(*posts(11, 45))
    site.page_status[3] = 500
    poll(ledger, now=now + HOUR)
    site.publish(*posts(46, 58))
    site.page_status[2] = 500
    poll(ledger, now=now + 2 * HOUR)
    site.page_status.clear()
    site.publish(*posts(59, 59))
    poll(ledger, now=now + 3 * HOUR)
    assert sorted(stored()) == sorted(names(1, 59))
    site.asked.clear()
    poll(ledger, now=now + 4 * HOUR)
    assert site.asked == ["page 1"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_after_the_last_is_no_failure(site: Site, ledger: Source, now: dt.datetime, status: int) -> None:
    site.publish(*posts(1, 10))
    poll(ledger, now=now)
    site.documents.clear()
    site.publish(*posts(11, 30))
    site.page_status[2] = status
    outcome = poll(ledger, now=now + HOUR)
    assert (outcome.outcome, outcome.detail) == ("new", "")
