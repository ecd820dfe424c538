"""What one poll stores and says, against a real server."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.tracker.conftest import atom
from tracker import archive, looking, polling
from tracker.leases import take
from tracker.looking import ask, read
from tracker.models import Appearance, Poll, Release, Revision, Snapshot, Source
from tracker.polling import PollDeclined, poll, poll_due
from tracker.signals import release_ingested

FIRST = {
    "id": "tag:example.org,2025:1",
    "url": "https://example.org/releases/1",
    "title": "Returns rise to 13,500",
    "text": "Almost 13,500 people were returned since 5 July.\n\nThe Home Secretary said so.\n\n• one\n• two",
    "published": "2025-01-10T09:30:00Z",
}
SECOND = {
    "id": "tag:example.org,2025:2",
    "url": "https://example.org/releases/2",
    "title": "A new unit for policing",
    "text": "A dedicated unit will watch performance.",
    "published": "2025-01-11T09:30:00Z",
}

MakeSource = Callable[..., Source]


@pytest.fixture
def feed(httpserver: HTTPServer) -> Callable[..., None]:
    def serve(*entries: dict[str, str], path: str = "/feed", **headers: str) -> None:
        httpserver.clear()
        httpserver.expect_request(path).respond_with_data(
            atom(*entries), content_type="application/atom+xml", headers=headers
        )

    return serve


@pytest.fixture
def later(now: dt.datetime) -> Callable[[int], dt.datetime]:
    return lambda hours: now + dt.timedelta(hours=hours)


class TestWhatIsStored:
    def test_new_items_become_releases_oldest_first(self, make_source: MakeSource, feed: Any, now: Any) -> None:
        feed(SECOND, FIRST)
        outcome = poll(make_source(), now=now)
        assert (outcome.outcome, outcome.entries, outcome.new_releases) == ("new", 2, 2)
        assert list(Release.objects.order_by("pk").values_list("title", flat=True)) == [FIRST["title"], SECOND["title"]]
        release = Release.objects.get(url=FIRST["url"])
        assert release.published_at == dt.datetime(2025, 1, 10, 9, 30, tzinfo=dt.UTC)
        assert release.latest_revision.text == FIRST["text"]

    def test_the_bytes_as_received_can_be_read_back(self, make_source: MakeSource, feed: Any, now: Any) -> None:
        feed(FIRST)
        poll(make_source(), now=now)
        snapshot = Revision.objects.get().snapshot
        assert archive.read(snapshot) == atom(FIRST).encode()

    def test_damage_to_the_archive_is_noticed(
        self, make_source: MakeSource, feed: Any, now: Any, own_data_folder: Path
    ) -> None:
        feed(FIRST)
        poll(make_source(), now=now)
        snapshot = Snapshot.objects.get()
        (own_data_folder / "archive" / snapshot.path).write_bytes(b"something else")
        with pytest.raises(archive.Damaged):
            archive.read(snapshot)

    def test_the_same_bytes_again_add_no_row(self, make_source: MakeSource, feed: Any, now: Any, later: Any) -> None:
        feed(FIRST, SECOND)
        source = make_source()
        poll(source, now=now)
        counts = [model.objects.count() for model in (Release, Appearance, Revision, Snapshot)]
        assert poll(source, now=later(1)).outcome == "unchanged"
        assert [model.objects.count() for model in (Release, Appearance, Revision, Snapshot)] == counts

    def test_five_hundred_items_in_one_document(self, make_source: MakeSource, feed: Any, now: Any) -> None:
        feed(*({"id": f"t:{n}", "url": f"https://example.org/{n}", "title": f"Title {n}"} for n in range(500)))
        assert poll(make_source(), now=now).new_releases == 500

    def test_a_flood_of_items_is_cut_and_said_so(
        self, make_source: MakeSource, feed: Any, now: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(looking, "MAX_ENTRIES", 2)
        feed(*({"id": f"t:{n}", "title": f"Title {n}"} for n in range(3)))
        outcome = poll(make_source(), now=now)
        assert outcome.new_releases == 2
        assert outcome.detail == "There are more items than the first 2, and only these were read."

    def test_an_item_without_a_date_is_dated_by_first_sight(self, make_source: MakeSource, feed: Any, now: Any) -> None:
        feed({"id": "t:1", "title": "Undated"}, {"id": "t:2", "title": "Far off", "published": "2216-01-01T00:00:00Z"})
        poll(make_source(), now=now)
        assert set(Release.objects.values_list("published_at", "published_is_known")) == {(now, False)}

    def test_listeners_hear_of_new_releases_and_revisions_once_they_are_committed(
        self, make_source: MakeSource, feed: Any, now: Any, later: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        heard: list[tuple[str, int]] = []

        def listen(revision: Revision, **kwargs: Any) -> None:
            heard.append((revision.title, revision.number))

        release_ingested.connect(listen)
        try:
            source = make_source()
            feed(FIRST)
            with django_capture_on_commit_callbacks(execute=True):
                poll(source, now=now)
            feed({**FIRST, "text": "Almost 16,400 people were returned."})
            with django_capture_on_commit_callbacks(execute=True):
                poll(source, now=later(1))
                poll(source, now=later(2))
        finally:
            release_ingested.disconnect(listen)
        assert heard == [(FIRST["title"], 1), (FIRST["title"], 2)]

    def test_one_item_that_cannot_be_stored_keeps_no_other_out_and_is_asked_for_again(
        self, make_source: MakeSource, feed: Any, now: Any, later: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        create = Release.objects.create

        def refuse_second(**fields: Any) -> Release:
            if fields["title"] == SECOND["title"]:
                raise ValueError("the disk says no")
            return create(**fields)

        feed(FIRST, SECOND, ETag='"v1"')
        source = make_source()
        with monkeypatch.context() as broken:
            broken.setattr(Release.objects, "create", refuse_second)
            outcome = poll(source, now=now)
        assert (outcome.outcome, outcome.new_releases) == ("new", 1)
        assert SECOND["title"] in outcome.detail
        assert source.etag == '"v1"'  # what could not be stored is kept aside
        assert poll(source, now=later(1)).new_releases == 1
        assert source.etag == '"v1"'


class TestRevisions:
    def versions(self, source: Source, feed: Any, now: dt.datetime, *versions: dict[str, str]) -> list[str]:
        for hours, version in enumerate(versions):
            feed(version)
            poll(source, now=now + dt.timedelta(hours=hours))
        assert Release.objects.count() == 1
        return list(Revision.objects.order_by("number").values_list("text", flat=True))

    def test_there_and_back_again_is_three_revisions(self, make_source: MakeSource, feed: Any, now: Any) -> None:
        a, b = FIRST, {**FIRST, "text": "Something else."}
        assert self.versions(make_source(), feed, now, a, b, a, a) == [a["text"], b["text"], a["text"]]

    @pytest.mark.parametrize(
        "text",
        [
            FIRST["text"].replace("\n\n", "\n \n\n"),
            FIRST["text"].replace(" ", "  "),
            FIRST["text"] + "\n\n1,204 views",
            FIRST["text"] + "\n\n3 comments",
        ],
    )
    def test_white_space_and_counters_are_no_revision(
        self, make_source: MakeSource, feed: Any, now: Any, text: str
    ) -> None:
        assert len(self.versions(make_source(), feed, now, FIRST, {**FIRST, "text": text})) == 1

    def test_a_changed_figure_is_a_revision(self, make_source: MakeSource, feed: Any, now: Any) -> None:
        changed = {**FIRST, "text": FIRST["text"].replace("13,500", "13,600")}
        assert len(self.versions(make_source(), feed, now, FIRST, changed)) == 2

    def test_a_changed_title_is_a_revision_and_renames_the_release(
        self, make_source: MakeSource, feed: Any, now: Any
    ) -> None:
        self.versions(make_source(), feed, now, FIRST, {**FIRST, "title": "Returns reach 13,500"})
        assert Release.objects.get().title == "Returns reach 13,500"
        assert Revision.objects.count() == 2

    def test_the_date_of_publication_is_never_overwritten(self, make_source: MakeSource, feed: Any, now: Any) -> None:
        self.versions(make_source(), feed, now, FIRST, {**FIRST, "published": "2025-01-19T00:00:00Z", "text": "New."})
        assert Release.objects.get().published_at.day == 10


class TestWhatWentWrong:
    """Each has its outcome, and a detail that a person can act on."""

    @pytest.mark.parametrize(
        ("body", "status", "outcome", "words"),
        [
            ("Just some words.", 200, "failed", "not a feed: it is not XML"),
            ("<html><title>Not here</title><p>Moved", 200, "failed", "web page titled “Not here”"),
            ("<?xml version='1.0'?><shop><price/></shop>", 200, "failed", "neither RSS, Atom nor RDF"),
            ('{"items": 3}', 200, "failed", "no JSON Feed"),
            (atom(FIRST, SECOND)[:-200], 200, "failed", "breaks off"),
            ("", 200, "empty", "answer is empty"),
            (atom(), 200, "empty", "no items"),
            ("oops", 500, "failed", "HTTP 500"),
            ("", 404, "failed", "HTTP 404: nothing is there"),
            ("", 403, "failed", "HTTP 403"),
            ("", 410, "gone", "HTTP 410"),
            ("", 429, "failed", "HTTP 429: we ask too often"),
        ],
    )
    def test_answers_that_are_no_feed(
        self,
        make_source: MakeSource,
        httpserver: HTTPServer,
        now: Any,
        body: str,
        status: int,
        outcome: str,
        words: str,
    ) -> None:
        httpserver.expect_request("/feed").respond_with_data(body, status=status)
        result = poll(make_source(), now=now)
        assert (result.outcome, result.http_status) == (outcome, status)
        assert words in result.detail
        assert not Release.objects.exists()

    def test_a_refused_address(self, make_source: MakeSource, now: Any, settings: Any) -> None:
        source = make_source()
        settings.FETCH_ALLOW_NETWORKS = []
        outcome = poll(source, now=now)
        assert outcome.outcome == "refused"
        assert "FETCH_ALLOW_NETWORKS" in outcome.detail

    def test_a_name_that_does_not_exist(self, make_source: MakeSource, now: Any) -> None:
        outcome = poll(make_source(url="http://no-such-host.invalid/feed"), now=now)
        assert outcome.outcome == "failed"
        assert "DNS" in outcome.detail

    def test_a_fault_of_ours_is_recorded_and_stops_no_other_source(
        self, make_source: MakeSource, feed: Any, now: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        feed(FIRST)
        bad = make_source(name="Bad")
        make_source(name="Good")

        def trip(source: Source, response: Any) -> Any:
            if source == bad:
                raise RuntimeError("tripped")
            return read(source, response)

        monkeypatch.setattr(polling, "read", trip)
        outcomes = {outcome.source.name: outcome for outcome in poll_due(now)}
        assert outcomes["Good"].outcome == "new"
        assert outcomes["Bad"].outcome == "failed"
        assert "RuntimeError: tripped" in outcomes["Bad"].detail
        bad.refresh_from_db()
        assert bad.leased_until is None
        assert bad.next_due_at > now

    def test_what_failed_is_tried_again_ever_more_rarely(
        self, make_source: MakeSource, httpserver: HTTPServer, now: Any
    ) -> None:
        httpserver.expect_request("/feed").respond_with_data("", status=500)
        source = make_source(fixed_interval_minutes=10)
        waits = []
        for _ in range(12):
            at = source.next_due_at
            poll(source, now=at)
            waits.append(source.next_due_at - at)
        assert waits[:8] == sorted(waits[:8])
        assert waits[3] > 4 * waits[0]
        assert dt.timedelta(hours=24) <= waits[-1] <= dt.timedelta(hours=24) * 1.1

    def test_what_never_answers_for_a_month_is_given_up(
        self, make_source: MakeSource, httpserver: HTTPServer, now: Any
    ) -> None:
        httpserver.expect_request("/feed").respond_with_data("", status=500)
        source = make_source()
        Source.objects.update(last_success_at=now - dt.timedelta(days=31))
        assert "no longer polled" in poll(source, now=now).detail
        assert source.state == Source.State.GONE

    def test_a_feed_that_says_it_has_ended_ends_the_source_and_makes_no_release(
        self, make_source: MakeSource, feed: Any, now: Any
    ) -> None:
        feed({"id": "tag:www.gov.uk,2005:/search/feed-ended", "title": "This feed has ended", "text": "Sorry."})
        source = make_source()
        outcome = poll(source, now=now)
        assert "ended" in outcome.detail
        assert source.state == Source.State.ENDED
        assert not Release.objects.exists()

    def test_what_is_gone_is_left_alone(self, make_source: MakeSource, httpserver: HTTPServer, now: Any) -> None:
        httpserver.expect_request("/feed").respond_with_data("", status=410)
        source = make_source()
        poll(source, now=now)
        with pytest.raises(PollDeclined, match="gone"):
            poll(source, now=now + dt.timedelta(days=30))
        assert poll_due(now + dt.timedelta(days=30)) == []
        assert len(httpserver.log) == 1


class TestPoliteness:
    @pytest.fixture
    def spied(self, httpserver: HTTPServer) -> list[Request]:
        seen: list[Request] = []

        def answer(request: Request) -> Response:
            seen.append(request)
            headers = {"ETag": 'W/"odd "quoted" tag"', "Last-Modified": "Mon, 20 Jan 2025 9:00:00 GMT"}
            if request.headers.get("If-None-Match") == headers["ETag"]:
                return Response(status=304)
            return Response(
                atom(FIRST), headers={**headers, "Set-Cookie": "id=1; Path=/"}, content_type="application/atom+xml"
            )

        httpserver.expect_request("/feed").respond_with_handler(answer)
        return seen

    def test_validators_go_back_byte_for_byte_and_nothing_else_is_told(
        self, make_source: MakeSource, spied: list[Request], now: Any, later: Any, settings: Any
    ) -> None:
        source = make_source()
        poll(source, now=now)
        assert poll(source, now=later(1)).outcome == "not_modified"
        assert poll(source, now=later(2)).outcome == "not_modified"
        for request in spied[1:]:
            assert request.headers["If-None-Match"] == 'W/"odd "quoted" tag"'
            assert request.headers["If-Modified-Since"] == "Mon, 20 Jan 2025 9:00:00 GMT"
        for request in spied:
            assert not {"Cookie", "Referer", "X-Forwarded-For"} & set(request.headers.keys())
            assert request.headers["User-Agent"] == settings.FETCH_USER_AGENT
            assert request.headers["Host"] == source.url.split("/")[2]
            assert request.query_string == b""

    def test_a_restart_does_not_bring_the_next_poll_forward(
        self, make_source: MakeSource, spied: list[Request], now: Any
    ) -> None:
        make_source(fixed_interval_minutes=30)
        assert len(poll_due(now)) == 1
        assert poll_due(now + dt.timedelta(minutes=29)) == []
        assert len(poll_due(now + dt.timedelta(minutes=30))) == 1
        assert len(spied) == 2

    @pytest.mark.parametrize("status", [429, 503])
    @pytest.mark.parametrize("form", ["seconds", "date"])
    def test_retry_after_is_honoured_even_at_a_fixed_interval(
        self, make_source: MakeSource, httpserver: HTTPServer, now: Any, status: int, form: str
    ) -> None:
        in_two_hours = formatdate(time.time() + 7210, usegmt=True)  # by the server's clock, which it tells
        headers = {"Retry-After": "7200" if form == "seconds" else in_two_hours}
        httpserver.expect_request("/feed").respond_with_data("", status=status, headers=headers)
        source = make_source(fixed_interval_minutes=1)
        poll(source, now=now)
        assert source.next_due_at >= now + dt.timedelta(hours=2)
        with pytest.raises(PollDeclined, match="left alone"):
            poll(source, now=now + dt.timedelta(minutes=119))
        assert poll(source, now=now + dt.timedelta(minutes=119), force=True).outcome == "failed"

    def test_a_permanent_redirect_is_followed_at_once_and_remembered_when_it_stands(
        self, make_source: MakeSource, httpserver: HTTPServer, now: Any
    ) -> None:
        httpserver.expect_request("/feed").respond_with_data("", status=301, headers={"Location": "/moved"})
        httpserver.expect_request("/moved").respond_with_data(atom(FIRST))
        source = make_source()
        old = source.url
        assert poll(source, now=now).outcome == "new"
        assert source.url == old
        assert "has moved" in poll(source, now=now + dt.timedelta(days=2)).detail
        assert source.url == httpserver.url_for("/moved")


def test_a_poll_whose_lease_was_taken_over_records_nothing(
    make_source: MakeSource, feed: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(FIRST)
    source = make_source()

    def slow_ask(*args: Any, **kwargs: Any) -> Any:
        take(Source.objects.filter(pk=source.pk), now + dt.timedelta(minutes=6))
        return ask(*args, **kwargs)

    monkeypatch.setattr(polling, "ask", slow_ask)
    poll(source, now=now)
    assert not Poll.objects.exists()
    source.refresh_from_db()
    assert source.leased_until == now + dt.timedelta(minutes=11)
    assert source.etag == ""


def test_a_poll_that_was_killed_is_taken_up_again_when_its_lease_runs_out(
    make_source: MakeSource, feed: Any, now: Any, settings: Any
) -> None:
    feed(FIRST)
    source = make_source()
    take(Source.objects.filter(pk=source.pk), now)
    assert poll_due(now + dt.timedelta(minutes=4)) == []
    with pytest.raises(PollDeclined, match="somebody else"):
        poll(source, now=now + dt.timedelta(minutes=4), force=True)
    assert [outcome.outcome for outcome in poll_due(now + dt.timedelta(minutes=6))] == ["new"]
