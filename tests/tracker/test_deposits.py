"""Documents that no source brings come in by one door, and are releases like any other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tests.tracker.documents import pdf
from tracker import archive
from tracker.deposits import (
    AtAddress,
    Deposited,
    DepositRefused,
    Document,
    Pasted,
    Received,
    Told,
    Uploaded,
    correct,
    deposit,
    file_name,
)
from tracker.models import Appearance, Poll, Release, Source
from tracker.polling import PollDeclined, poll
from tracker.rechecking import recheck_due
from tracker.signals import release_ingested

pytestmark = pytest.mark.django_db

WORDS = (
    "The Department said in its reply that 412 of the 600 officers promised for the county were in post on 1 January,"
    " that a further 90 had been offered a place, and that it expects the rest to begin their training by the summer."
    " It holds no figures for the other counties, and will publish them when they have been collected from the forces."
)
LETTER = Received("letter", "Ada Lin", dt.date(2025, 1, 8), "Sent by post.")


def told(title: str = "Reply to our request", **other: Any) -> Told:
    return Told(**{"title": title, "publisher": "Home Office", "received": LETTER, **other})


def bring(document: Document, now: dt.datetime, **other: Any) -> Deposited:
    return deposit(document, told(**other), now)


def test_pasted_words_are_a_release_with_their_bytes_and_how_they_came(now: dt.datetime) -> None:
    release = bring(Pasted(WORDS), now, published_on=dt.date(2025, 1, 7)).release
    revision, here = release.latest_revision, release.own_appearance
    assert (release.title, revision.text, release.published_is_known) == ("Reply to our request", WORDS, True)
    assert archive.read(revision.snapshot) == WORDS.encode()
    assert (here.source.kind, here.source.publisher, here.source.voice) == ("desk", "Home Office", "official")
    came = here.provenance.get()
    assert (came.way, came.received_by, came.received_on, came.note) == (
        *("letter", "Ada Lin"),
        *(dt.date(2025, 1, 8), "Sent by post."),
    )


def test_who_listens_is_told_of_it(now: dt.datetime, django_capture_on_commit_callbacks: Any) -> None:
    heard = []

    def hear(revision: Any, **kwargs: Any) -> None:
        heard.append(revision.text)

    release_ingested.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        bring(Pasted(WORDS), now)
    assert heard == [WORDS]


def test_the_same_words_again_add_nothing_but_who_else_received_them(now: dt.datetime) -> None:
    first = bring(Pasted(WORDS), now)
    assert bring(Pasted(WORDS), now) == Deposited(first.release, is_new=False)
    other = Received("press_mail", "Ben Okri", dt.date(2025, 1, 9))
    assert bring(Pasted(WORDS), now, received=other).release == first.release
    assert first.release.revisions.count() == 1
    assert list(first.release.own_appearance.provenance.values_list("received_by", flat=True)) == [
        *("Ada Lin", "Ben Okri"),
    ]


def test_what_a_watched_source_has_is_joined_with_it(
    make_source: Any, httpserver: HTTPServer, now: dt.datetime
) -> None:
    item = {"id": "t:1", "title": "Officers in post", "text": WORDS, "url": "https://example.org/officers"}
    httpserver.expect_request("/feed").respond_with_data(atom(item))
    poll(make_source(), now=now)
    assert bring(Pasted(WORDS), now, title="A mail").release == Release.objects.get()
    assert Appearance.objects.count() == 2


def test_what_comes_to_a_watched_source_later_is_joined_too(
    make_source: Any, httpserver: HTTPServer, now: dt.datetime
) -> None:
    release = bring(Pasted(WORDS), now).release
    item = {"id": "t:1", "title": "Officers in post", "text": WORDS, "url": "https://example.org/officers"}
    httpserver.expect_request("/feed").respond_with_data(atom(item))
    poll(make_source(), now=now)
    release.refresh_from_db()
    assert Release.objects.get() == release
    assert release.url == "https://example.org/officers"


def test_a_corrected_paste_is_a_new_revision_with_its_reason(now: dt.datetime) -> None:
    release = bring(Pasted(WORDS.replace("412", "421")), now, published_on=dt.date(2025, 1, 7)).release
    better = told("Reply to our second request", published_on=dt.date(2025, 1, 6), voice="parliament")
    correct(release.own_appearance, Pasted(WORDS), better, "Two digits were the wrong way round.", now)
    release = Release.objects.get()
    assert [(one.number, "412 of" in one.text, one.note, one.silent) for one in release.revisions.all()] == [
        (1, False, "", False),
        (2, True, "Two digits were the wrong way round.", False),
    ]
    assert (release.title, release.published_at.date(), release.voice) == (
        *("Reply to our second request", dt.date(2025, 1, 6), "parliament"),
    )
    assert release.own_appearance.provenance.count() == 1


def test_a_correction_says_why_and_only_what_was_brought_can_be_corrected(
    make_source: Any, httpserver: HTTPServer, now: dt.datetime
) -> None:
    httpserver.expect_request("/feed").respond_with_data(atom({"id": "t:1", "title": "News", "text": "Two bridges."}))
    poll(make_source(), now=now)
    with pytest.raises(DepositRefused, match="Only what was pasted or uploaded"):
        correct(Appearance.objects.get(), Pasted(WORDS), told(), "Because.", now)
    release = bring(Pasted(WORDS), now).release
    with pytest.raises(DepositRefused, match="Say what you put right"):
        correct(release.own_appearance, Pasted("Other words."), told(), " ", now)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"publisher": " "}, "Say who published it"),
        ({"voice": "loud"}, "There is no voice “loud”"),
        ({"title": ""}, "Give it a title"),
        ({"published_on": dt.date(2025, 2, 1)}, "still to come"),
        ({"received": Received("letter", "Ada", dt.date(2025, 2, 1))}, "still to come"),
        ({"received": Received("letter")}, "Say who received it"),
        ({"received": Received("dream", "Ada", dt.date(2025, 1, 1))}, "There is no such way"),
    ],
)
def test_what_is_not_said_is_asked_for(change: dict[str, Any], sentence: str, now: dt.datetime) -> None:
    with pytest.raises(DepositRefused, match=sentence):
        bring(Pasted(WORDS), now, **change)
    assert not Release.objects.exists()


def test_a_paste_without_words_or_with_an_address_that_is_none(now: dt.datetime) -> None:
    for document, sentence in ((Pasted(" \n"), "Paste the words"), (Pasted(WORDS, "javascript:x"), "no web address")):
        with pytest.raises(DepositRefused, match=sentence):
            bring(document, now)


class TestByAddress:
    @pytest.fixture
    def page(self, httpserver: HTTPServer, loopback_allowed: None) -> str:
        html = f"<title>Site</title><nav>Home</nav><main><h1>Officers in post</h1><p>{WORDS}</p></main>"
        httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /private")
        httpserver.expect_request("/officers").respond_with_data(html, content_type="text/html")
        httpserver.expect_request("/private").respond_with_data(html, content_type="text/html")
        return httpserver.url_for("/officers")

    def at(self, url: str, now: dt.datetime, **other: Any) -> Deposited:
        return bring(AtAddress(url), now, **{"title": "", "received": Received("address"), **other})

    def test_a_page_is_fetched_archived_and_read(self, page: str, now: dt.datetime) -> None:
        release = self.at(page, now).release
        revision = release.latest_revision
        assert (release.title, revision.text, release.url) == ("Officers in post", WORDS, page)
        assert b"<nav>" in archive.read(revision.snapshot)
        assert release.published_is_known is False

    def test_a_pdf_is_read_as_well(self, httpserver: HTTPServer, page: str, now: dt.datetime) -> None:
        httpserver.expect_request("/a.pdf").respond_with_data(pdf([WORDS[:80]]), content_type="application/pdf")
        release = self.at(httpserver.url_for("/a.pdf"), now, title="Annex").release
        assert release.latest_revision.text == WORDS[:80]

    def test_what_is_known_at_the_address_is_not_fetched_again(
        self, httpserver: HTTPServer, page: str, now: dt.datetime
    ) -> None:
        release = self.at(page, now).release
        asked = len(httpserver.log)
        assert self.at(f"{page}?utm_source=mail", now) == Deposited(release, is_new=False)
        assert len(httpserver.log) == asked

    def test_it_is_looked_at_again_where_it_is_relied_on(
        self, httpserver: HTTPServer, page: str, now: dt.datetime
    ) -> None:
        release = self.at(page, now).release
        Release.objects.update(recheck_until=dt.date(2030, 1, 1))
        recheck_due(now)
        assert release.revisions.count() == 1
        httpserver.clear()
        changed = f"<main><h1>Officers in post</h1><p>{WORDS.replace('412', '398')}</p></main>"
        httpserver.expect_request("/robots.txt").respond_with_data("")
        httpserver.expect_request("/officers").respond_with_data(changed, content_type="text/html")
        recheck_due(now + dt.timedelta(days=40))
        assert "398 of" in release.latest_revision.text

    def test_what_was_pasted_is_not_looked_for_at_the_address_it_names(self, page: str, now: dt.datetime) -> None:
        bring(Pasted("Other words than there.", page), now)
        Release.objects.update(recheck_until=dt.date(2030, 1, 1))
        (looked,) = recheck_due(now)
        assert "no address to look at" in looked.detail

    def test_robots_are_told_to_stay_away(self, httpserver: HTTPServer, page: str, now: dt.datetime) -> None:
        with pytest.raises(DepositRefused, match=r"robots\.txt.*upload the file instead"):
            self.at(httpserver.url_for("/private"), now)

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("http://10.1.2.3/a", "not at a public address"),
            ("file:///etc/passwd", "does not begin with http"),
            ("https://ada:secret@example.org/a", "holds a user name or password"),
            ("https://www.gov.uk/", "address of a whole site"),
        ],
    )
    def test_where_the_watch_may_not_go(self, url: str, sentence: str, now: dt.datetime) -> None:
        with pytest.raises(DepositRefused, match=sentence):
            self.at(url, now)

    def test_a_redirect_into_the_house_is_refused(self, httpserver: HTTPServer, page: str, now: dt.datetime) -> None:
        httpserver.expect_request("/away").respond_with_data(
            "", status=302, headers={"Location": "http://169.254.169.254/latest"}
        )
        with pytest.raises(DepositRefused, match="not at a public address"):
            self.at(httpserver.url_for("/away"), now)

    def test_what_is_not_there_says_so(self, httpserver: HTTPServer, page: str, now: dt.datetime) -> None:
        httpserver.expect_request("/gone").respond_with_data("", status=404)
        with pytest.raises(DepositRefused, match="not there"):
            self.at(httpserver.url_for("/gone"), now)
        assert not Source.objects.exists()


def test_an_uploaded_file_is_kept_and_named(now: dt.datetime) -> None:
    body = pdf([WORDS[:80]])
    release = bring(Uploaded(body, "../../etc/Annex A.pdf"), now).release
    file = release.latest_revision.files.get()
    assert (file.title, file.snapshot, release.latest_revision.text) == (
        *("Annex A.pdf", release.latest_revision.snapshot, WORDS[:80]),
    )
    assert archive.read(file.snapshot) == body


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\ada\\a.pdf", "a.pdf"),
        ("/etc/passwd", "passwd"),
        ("..", "file"),
        ("", "file"),
        ("a\x00\u202efdp.exe\n", "afdp.exe"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names_of_files_lose_their_folders(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_a_source_of_what_was_added_by_hand_is_never_polled_and_raises_no_alarm(now: dt.datetime) -> None:
    bring(Pasted(WORDS), now)
    source = Source.objects.get()
    assert not Source.objects.due(now + dt.timedelta(days=900))
    with pytest.raises(PollDeclined, match="added by hand"):
        poll(source, now=now, force=True)
    assert not Poll.objects.exists()
