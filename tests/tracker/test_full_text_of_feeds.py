"""A feed that carries extracts is read from the pages that it links to, and compared with these alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from html import escape
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

from tests.tracker.conftest import atom
from tracker import asking
from tracker.models import Appearance, PendingEntry, Poll, Recheck, Release, Revision, Source
from tracker.polling import poll
from tracker.rechecking import recheck_due
from tracker.sources import NotUnderstood, kind_of
from tracker.sources.extracts import is_extract
from tracker.taking import MAX_TRIES

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SUMMARY = "Three thousand more officers will patrol town centres by next spring."
BODY = [
    "Three thousand more officers will patrol town centres by next spring, the Home Secretary said today.",
    "The money comes from the neighbourhood policing grant, which rises to £200 million this year.",
    "Forces will publish how many officers they have in each neighbourhood, every quarter, from October.",
    "The inspectorate welcomed the plan and asked for a baseline against which it could be judged.",
]
MakeSource = Callable[..., Source]


class News:
    """A feed and its pages. Change its fields to change it."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.summary = f"<summary>{SUMMARY}</summary>"
        self.body = list(BODY)
        self.count = 1
        self.updated = "2025-01-10T09:30:00Z"
        self.dated_ids = False
        self.status, self.kind = 200, "text/html; charset=utf-8"
        self.around = "<nav>Home News Contact</nav>"
        self.whole_page = ""
        self.asked: list[str] = []
        self.robots = ""
        server.expect_request("/robots.txt").respond_with_handler(lambda request: Answer(self.robots))
        server.expect_request("/feed").respond_with_handler(self._feed)
        server.expect_request("/news").respond_with_handler(self._page)

    def _feed(self, request: Request) -> Answer:
        entries = "".join(
            f"<entry><id>t:{n}{f'#{self.updated}' if self.dated_ids else ''}</id>"
            f"<title>More officers on patrol {n}</title><updated>{self.updated}</updated>"
            f'<link href="{escape(self.server.url_for("/news"))}?n={n}"/>{self.summary}</entry>'
            for n in range(self.count)
        )
        return Answer(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{entries}</feed>')

    def _page(self, request: Request) -> Answer:
        self.asked.append(request.args["n"])
        body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.body)
        article = f"<main><article><h1>More officers on patrol</h1>{body}</article></main>"
        page = (
            self.whole_page or f"<!DOCTYPE html><html><title>Patrols</title><body>{self.around}{article}</body></html>"
        )
        return Answer(page, status=self.status, content_type=self.kind)


@pytest.fixture
def news(httpserver: HTTPServer) -> News:
    return News(httpserver)


@pytest.fixture
def source(make_source: MakeSource) -> Source:
    return make_source()


def text() -> str:
    return Release.objects.get().latest_revision.text


class TestWhole:
    def test_the_page_gives_the_text_and_the_proof(self, news: News, source: Source, now: dt.datetime) -> None:
        outcome = poll(source, now=now)
        assert (outcome.new_releases, outcome.detail) == (1, "")
        assert all(paragraph in text() for paragraph in BODY)
        assert "Home News Contact" not in text()
        assert Revision.objects.get().snapshot.url.endswith("/news?n=0")

    def test_it_is_asked_for_once(self, news: News, source: Source, now: dt.datetime) -> None:
        poll(source, now=now)
        news.body[1] = "Something else."
        assert poll(source, now=now + HOUR, force=True).outcome == "unchanged"
        assert news.asked == ["0"]

    def test_and_again_when_the_feed_announces_it_anew(self, news: News, source: Source, now: dt.datetime) -> None:
        poll(source, now=now)
        news.summary = f"<summary>{SUMMARY} Updated.</summary>"
        assert poll(source, now=now + HOUR, force=True).outcome == "unchanged"
        news.body[1] = "The money comes from the grant, which rises to £100 million this year and no further."
        news.summary = f"<summary>{SUMMARY} Updated again.</summary>"
        assert poll(source, now=now + 2 * HOUR, force=True).new_revisions == 1
        assert news.asked == ["0", "0", "0"]
        assert Revision.objects.count() == 2

    def test_an_organisation_feed_whose_ids_change_with_each_update(
        self, news: News, source: Source, now: dt.datetime
    ) -> None:
        news.dated_ids = True
        poll(source, now=now)
        news.updated = "2025-01-20T13:00:00Z"
        assert poll(source, now=now + HOUR, force=True).outcome == "unchanged"
        news.updated, news.body[0] = "2025-01-20T14:00:00Z", "Two thousand more officers will patrol town centres."
        outcome = poll(source, now=now + 2 * HOUR, force=True)
        assert (outcome.new_releases, outcome.new_revisions) == (0, 1)
        assert news.asked == ["0", "0", "0"]

    def test_a_feed_that_dates_all_its_items_by_the_moment_is_no_reason_to_ask_again(
        self, news: News, source: Source, now: dt.datetime
    ) -> None:
        news.count = 3
        for hour in range(3):
            news.updated = dt.datetime.now(dt.UTC).isoformat()
            poll(source, now=now + hour * HOUR, force=True)
        assert len(news.asked) == 3

    @pytest.mark.parametrize(
        ("option", "summary", "asked"),
        [
            ({}, f"<summary>{SUMMARY}</summary>", True),
            ({}, f"<content>{SUMMARY}</content>", False),
            ({}, f"<content>{SUMMARY} […]</content>", True),
            ({"full_text": False}, f"<summary>{SUMMARY}</summary>", False),
            ({"full_text": True}, f"<content>{SUMMARY}</content>", True),
        ],
    )
    def test_whether_it_is_asked_for(
        self, news: News, source: Source, now: dt.datetime, option: dict[str, bool], summary: str, asked: bool
    ) -> None:
        Source.objects.update(options=option)
        news.summary = summary
        poll(source, now=now)
        assert bool(news.asked) is asked
        assert (BODY[3] in text()) is asked

    def test_items_on_one_page_or_without_a_page_are_taken_as_they_are(
        self, make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime
    ) -> None:
        front = httpserver.url_for("/")
        items = [
            f"<item><guid>{n}</guid><title>Item {n}</title><link>{link}</link><description>Short.</description></item>"
            for n, link in enumerate(["", front, f"{front}changes#a", f"{front}changes#b"])
        ]
        httpserver.expect_request("/feed").respond_with_data(f"<rss><channel>{''.join(items)}</channel></rss>")
        assert poll(make_source(), now=now).new_releases == 4
        assert [request.path for request, _ in httpserver.log] == ["/feed"]


class TestFallback:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"status": 403}, "does not let us in (HTTP 403)"),
            ({"kind": "application/pdf"}, "no HTML but application/pdf"),
            ({"body": ["More officers."]}, "yields less than this"),
            ({"robots": "User-agent: *\nDisallow: /news"}, "robots.txt"),
            ({"whole_page": "<html><title>Just a moment...</title><p>Checking.</p></html>"}, "a check for robots"),
            (
                {
                    "whole_page": "<html><main><p>"
                    + "Cookies make this website work better for everyone. " * 9
                    + "</html>"
                },
                "about something else",
            ),
        ],
    )
    def test_what_the_feed_shows_is_kept_with_the_reason(
        self, news: News, source: Source, now: dt.datetime, change: dict[str, Any], said: str
    ) -> None:
        for name, value in change.items():
            setattr(news, name, value)
        outcome = poll(source, now=now)
        assert outcome.new_releases == 1
        assert said in outcome.detail
        assert text() == SUMMARY
        assert not Appearance.objects.get().is_whole
        assert not PendingEntry.objects.exists()

    @pytest.mark.parametrize("status", [404, 500, 503])
    def test_a_page_that_fails_for_now_keeps_nobody_waiting(
        self, news: News, source: Source, now: dt.datetime, status: int
    ) -> None:
        news.status = status
        assert poll(source, now=now).new_releases == 1
        assert text() == SUMMARY
        assert Release.objects.get().vanished_since is None
        news.status = 200
        assert poll(source, now=now + HOUR, force=True).new_revisions == 1
        assert BODY[3] in text()
        assert not Release.objects.get().latest_revision.silent
        assert not PendingEntry.objects.exists()

    def test_a_page_that_never_comes_is_given_up(self, news: News, source: Source, now: dt.datetime) -> None:
        news.status = 500
        for day in range(MAX_TRIES + 2):
            poll(source, now=now + day * 2 * DAY, force=True)
        assert len(news.asked) == MAX_TRIES
        assert Revision.objects.get().text == SUMMARY
        assert not PendingEntry.objects.exists()

    def test_of_many_items_a_few_pages_are_asked_for_at_a_time_and_all_are_stored_at_once(
        self, news: News, source: Source, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asking, "MAX_REQUESTS_OF_A_FEED", 4)
        news.count = 10
        outcome = poll(source, now=now)
        assert (outcome.new_releases, len(news.asked)) == (10, 3)
        assert source.next_due_at - now < HOUR / 2
        poll(source, now=now + HOUR, force=True)
        assert len(news.asked) == 6
        poll(source, now=now + 2 * HOUR, force=True)
        poll(source, now=now + 3 * HOUR, force=True)
        assert sorted(news.asked) == [str(n) for n in range(10)]
        assert all(BODY[3] in release.latest_revision.text for release in Release.objects.all())
        assert not PendingEntry.objects.exists()


class TestLikeWithLike:
    @pytest.fixture
    def watched(self, news: News, source: Source, now: dt.datetime) -> Source:
        poll(source, now=now)
        Release.objects.update(recheck_until=(now + 365 * DAY).date())
        return source

    def test_a_silent_edit_of_the_page_is_found(self, news: News, watched: Source, now: dt.datetime) -> None:
        assert [looked.detail for looked in recheck_due(now)] == ["Unchanged."]
        news.around = "<nav>Home News Contact Jobs</nav>"
        assert [looked.detail for looked in recheck_due(now + 2 * DAY)] == ["Unchanged."]
        news.body[0] = news.body[0].replace("Three thousand", "Two thousand")
        recheck_due(now + 4 * DAY)
        assert Release.objects.get().latest_revision.text.count("Two thousand") == 1
        assert Revision.objects.count() == 2

    def test_a_feed_with_whole_texts_is_compared_with_its_page_from_the_first_look_on(
        self, news: News, source: Source, now: dt.datetime
    ) -> None:
        news.summary = f"<content>{' '.join(BODY)}</content>"
        poll(source, now=now)
        Release.objects.update(recheck_until=(now + 365 * DAY).date())
        assert news.asked == []
        assert [looked.detail for looked in recheck_due(now)] == ["Unchanged."]
        news.body[0] = news.body[0].replace("Three thousand", "Two thousand")
        recheck_due(now + 2 * DAY)
        assert "Two thousand" in text()

    def test_an_edit_that_both_the_page_and_the_feed_show_is_one_revision(
        self, news: News, source: Source, now: dt.datetime
    ) -> None:
        for number, first in enumerate([*BODY[:1], "Two thousand more officers.", "One thousand more officers."]):
            news.body[0] = first
            news.summary = f"<content>{' '.join(news.body)} In the feed.</content>"
            at = now + 2 * number * DAY
            if number < 2:
                recheck_due(at)
            poll(source, now=at + HOUR, force=True)
            Release.objects.update(recheck_until=(now + 365 * DAY).date())
            recheck_due(at + DAY)
        assert list(Revision.objects.values_list("number", flat=True)) == [1, 2, 3]
        assert "One thousand" in text()

    @pytest.mark.parametrize(
        "whole_page",
        [
            "<html><title>Patrols</title><p>This page has been removed.</p></html>",
            "<html><title>Access denied</title></html>",
        ],
    )
    def test_a_page_that_shows_nothing_is_a_failed_look_and_no_edit(
        self, news: News, watched: Source, now: dt.datetime, whole_page: str
    ) -> None:
        news.whole_page = whole_page
        recheck_due(now)
        assert Recheck.objects.get().failures_in_a_row == 1
        assert Revision.objects.count() == 1

    def test_a_page_that_is_gone_is_marked(self, news: News, watched: Source, now: dt.datetime) -> None:
        news.status = 404
        recheck_due(now)
        assert Release.objects.get().vanished_since == now

    @pytest.mark.parametrize(
        "second",
        [
            f"<content>{SUMMARY} More.</content>",
            f"<summary>{' '.join(BODY)} {' '.join(BODY)} {' '.join(BODY)} {' '.join(BODY)}</summary>",
        ],
    )
    def test_a_feed_that_turns_to_whole_texts_edits_nothing(
        self, news: News, watched: Source, now: dt.datetime, second: str
    ) -> None:
        news.summary = second
        poll(watched, now=now + HOUR, force=True)
        assert Revision.objects.count() == 1

    def test_a_feed_that_turns_to_extracts_edits_nothing_and_later_edits_are_seen(
        self, news: News, source: Source, now: dt.datetime
    ) -> None:
        news.summary = f"<content>{' '.join(BODY)}</content>"
        poll(source, now=now)
        news.summary = f"<summary>{SUMMARY}</summary>"
        poll(source, now=now + HOUR, force=True)
        assert Revision.objects.count() == 1
        news.summary, news.body[0] = (
            "<summary>Two thousand more officers in town.</summary>",
            "Two thousand more officers.",
        )
        poll(source, now=now + 2 * HOUR, force=True)
        assert Revision.objects.count() == 2
        assert "Two thousand" in text()

    def test_an_extract_taken_for_the_whole_gives_way_to_the_page(
        self, news: News, source: Source, now: dt.datetime
    ) -> None:
        Source.objects.update(options={"full_text": False})
        poll(source, now=now)
        assert text() == SUMMARY
        Source.objects.update(options={})
        news.summary = f"<summary>{SUMMARY} Now.</summary>"
        poll(source, now=now + HOUR, force=True)
        assert BODY[3] in text()

    def test_another_source_with_the_same_document_adds_its_place_and_no_words(
        self, news: News, make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime
    ) -> None:
        address = f"{httpserver.url_for('/news')}?n=0"
        whole = atom({"id": "x", "url": address, "title": "More officers on patrol 0", "text": " ".join(BODY)})
        httpserver.expect_request("/other").respond_with_data(whole)
        poll(make_source("/other"), now=now)
        poll(make_source("/feed"), now=now)
        assert Release.objects.get().appearances.count() == 2
        assert Revision.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "is_content", "extract"),
    [
        ("", True, True),
        ("A short note.", True, False),
        ("A short note.", False, True),
        ("A short note […]", True, True),
        ("A short note [...]", True, True),
        ("A short note…", True, True),
        ("The note goes on. Read more", True, True),
        ("The note goes on. Read more »", True, True),
        ("The note goes on.\n\nContinue reading Officers on patrol", True, True),
        ("The note goes on. (more…)", True, True),
        ("All of it is here.\n\nThe post Officers appeared first on News.", True, False),
        ("Not all of it is […]\n\nThe post Officers appeared first on News.", True, True),
        ("He said that there is more.", True, False),
        ("Everybody should read on trains.", True, False),
        ("word " * 250, False, False),
        ("word " * 150, False, True),
        ("word " * 75 + "\n\n" + "word " * 75, False, False),
    ],
)
def test_what_shows_that_a_text_is_an_extract(said: str, is_content: bool, extract: bool) -> None:
    assert is_extract(said, is_content=is_content) is extract


@pytest.mark.parametrize("options", [{"full_text": "yes"}, {"fulltext": True}])
def test_options_that_cannot_be_used(options: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood, match="full_text"):
        kind_of("feed").check_options(options)


def test_failed_pages_are_no_failed_poll(news: News, source: Source, now: dt.datetime) -> None:
    news.status = 500
    assert poll(source, now=now).outcome == Poll.Outcome.NEW
