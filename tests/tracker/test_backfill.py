"""`backfill` walks a source's pages back to a day and takes what they held into the record, oldest first."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tests.tracker.ledger import Document, Site
from tracker import backfilling
from tracker.asking import Asker
from tracker.models import Backfill, PendingEntry, Release, Source
from tracker.polling import PollDeclined, poll

#: One post a day.
FIRST_DAY = dt.date(2024, 7, 1)
POSTS = 24


def posted(number: int) -> dt.datetime:
    return dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days=number)


@pytest.fixture(autouse=True)
def archive_of_posts(site: Site) -> None:
    """24 posts, one a day, five on a page."""
    site.on_a_page = 5
    site.publish(*(Document(f"post-{n}", f"The text of post {n} in whole.", posted(n)) for n in range(POSTS)))


def walk(source: Source, since: dt.date, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("backfill", source.slug, "--since", since.isoformat(), "--json", stdout=out, **options)
    said: dict[str, Any] = json.loads(out.getvalue())
    return said


def stored() -> list[str]:
    return list(Release.objects.order_by("pk").values_list("title", flat=True))


def names(first: int) -> list[str]:
    return [f"post-{n}" for n in range(first, POSTS)]


@pytest.mark.parametrize("stubs", [True, False], ids=["stubs", "whole posts"])
def test_a_source_is_walked_back_to_its_beginning(site: Site, ledger: Source, stubs: bool) -> None:
    site.stubs = stubs
    said = walk(ledger, dt.date(2020, 1, 1))
    assert stored() == names(0)
    assert said == {
        "source": "ledger",
        "since": "2020-01-01",
        "pages": 5,
        "oldest": "2024-07-01",
        "found": POSTS,
        "known": 0,
        "older": 0,
        "new": POSTS,
        "revised": 0,
        "remaining": 0,
        "finished": True,
        "detail": "The source ends with page 5.",
    }


def test_it_stops_at_the_day(site: Site, ledger: Source) -> None:
    said = walk(ledger, posted(12).date())
    assert stored() == names(12)
    assert (said["finished"], said["detail"]) == (True, "")
    assert site.asked_for("page") == 4  # the page on which nothing is so late any more is the last
    assert site.asked_for("document") == POSTS - 12


def test_where_pages_give_no_dates_the_documents_do(site: Site, ledger: Source) -> None:
    site.dates_on_pages = False
    walk(ledger, posted(12).date())
    assert stored() == names(12)
    assert site.asked_for("page") == 3


def test_what_is_known_is_neither_doubled_nor_asked_for(site: Site, ledger: Source, now: dt.datetime) -> None:
    poll(ledger, now=now)
    said = walk(ledger, FIRST_DAY)
    assert (said["found"], said["known"], said["new"]) == (POSTS - 5, 5, POSTS - 5)
    assert sorted(stored()) == sorted(names(0))
    assert site.asked_for("document") == POSTS
    assert walk(ledger, FIRST_DAY)["new"] == 0
    assert site.asked_for("document") == POSTS


@pytest.mark.parametrize("broken", ["a page", "a document"])
def test_a_walk_that_a_site_breaks_off_goes_on_where_it_was(site: Site, ledger: Source, broken: str) -> None:
    if broken == "a page":
        site.page_status[4] = 503
    else:
        site.document("post-5").status = 429
    said = walk(ledger, FIRST_DAY)
    assert not said["finished"]
    assert "Run it again to go on from there." in said["detail"]
    with pytest.raises(CommandError, match="left alone until"):
        walk(ledger, FIRST_DAY)

    Source.objects.update(not_before=None)  # the time has passed
    site.page_status.clear()
    site.document("post-5").status = 200
    site.asked.clear()
    assert walk(ledger, FIRST_DAY)["finished"]
    assert stored() == names(0)
    if broken == "a page":
        assert [asked for asked in site.asked if asked.startswith("page")] == ["page 4", "page 5"]
    else:
        assert site.asked == [f"document post-{n}" for n in range(5, POSTS)]


def test_a_walk_that_was_killed_goes_on_where_it_was(
    site: Site, ledger: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Asker.__call__

    def killed(self: Asker, url: str, accept: str = "*/*") -> Any:
        if "post-7" in url:
            raise KeyboardInterrupt
        return ask(self, url, accept)

    with monkeypatch.context() as dying:
        dying.setattr(Asker, "__call__", killed)
        with pytest.raises(KeyboardInterrupt):
            walk(ledger, FIRST_DAY)
    assert walk(ledger, FIRST_DAY)["finished"]
    assert stored() == names(0)
    assert site.asked_for("page") == 5
    assert site.asked_for("document") == POSTS


def test_a_walk_to_an_earlier_day_goes_on_from_one_that_was_broken_off(site: Site, ledger: Source) -> None:
    site.page_status[2] = 500
    walk(ledger, posted(21).date())
    site.page_status.clear()
    assert walk(ledger, posted(11).date())["finished"]
    assert sorted(stored()) == sorted(names(11))


def test_what_cannot_be_read_now_is_tried_again_by_the_polls(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.document("post-3").status = 500
    said = walk(ledger, FIRST_DAY)
    assert said["finished"]
    assert "1 of 24 items could not be read in whole and will be tried again: “post-3”" in said["detail"]
    site.document("post-3").status = 200
    poll(ledger, now=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    assert sorted(stored()) == sorted(names(0))
    assert not PendingEntry.objects.exists()


def test_polls_go_on_meanwhile_and_do_not_double(
    site: Site, ledger: Source, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Asker.__call__
    polled: list[int] = []

    def poll_meanwhile(self: Asker, url: str, accept: str = "*/*") -> Any:
        if "post-10" in url and not polled:
            polled.append(0)
            site.publish(Document("post-24", "News.", posted(POSTS)))
            polled.append(poll(Source.objects.get(), now=now, force=True).new_releases)
        return ask(self, url, accept)

    monkeypatch.setattr(Asker, "__call__", poll_meanwhile)
    walk(ledger, FIRST_DAY)
    assert polled == [0, 1]
    assert sorted(stored()) == sorted([*names(0), "post-24"])


def test_two_walks_at_once_are_one(site: Site, ledger: Source, now: dt.datetime) -> None:
    at = dt.datetime.now(dt.UTC)
    Backfill.objects.create(
        source=ledger,
        since=FIRST_DAY,
        started_at=at,
        leased_until=at + dt.timedelta(minutes=5),
        lease_token="00000000-0000-0000-0000-000000000001",
    )
    with pytest.raises(CommandError, match="another process"):
        walk(ledger, FIRST_DAY)
    assert site.asked == []


def test_an_endless_paging_is_left(site: Site, ledger: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfilling, "MOST_PAGES", 3)
    said = walk(ledger, FIRST_DAY)
    assert not said["finished"]
    assert "There is more to read than 3 pages." in said["detail"]
    while not walk(ledger, FIRST_DAY)["finished"]:
        pass
    assert sorted(stored()) == sorted(names(0))


def test_a_source_without_pages_says_so(
    db: None, loopback_allowed: None, httpserver: HTTPServer, now: dt.datetime
) -> None:
    httpserver.expect_request("/feed").respond_with_data(
        atom(
            {"id": "1", "title": "One", "published": "2024-07-10T00:00:00Z"},
            {"id": "2", "title": "Two", "published": "2023-07-10T00:00:00Z"},
        )
    )
    source = Source.objects.create(slug="news", name="News", kind="feed", url=httpserver.url_for("/feed"))
    said = walk(source, FIRST_DAY)
    assert stored() == ["One"]
    assert "no page after its first" in said["detail"]
    assert (said["finished"], said["older"]) == (True, 1)


def test_for_people(site: Site, ledger: Source) -> None:
    out = StringIO()
    call_command("backfill", "ledger", "--since", "2024-07-10", stdout=out)
    assert "page 1, back to 2024-07-20: 5 items found so far" in out.getvalue()
    assert "new releases   15" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--since", "2024-01-01"], "No source is called nowhere. There are: ledger."),
        (["ledger", "--since", "yesterday"], "not a date like 2024-07-05"),
        (["ledger", "--since", "9999-01-01"], "in the future"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(ledger: Source, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("backfill", *arguments)


def test_a_source_that_does_not_answer(site: Site, ledger: Source) -> None:
    site.page_status[1] = 404
    with pytest.raises(CommandError, match="ledger was not walked back: The answer was HTTP 404"):
        walk(ledger, FIRST_DAY)
    Source.objects.update(state=Source.State.PAUSED)
    with pytest.raises(PollDeclined):
        poll(ledger, now=posted(60))
