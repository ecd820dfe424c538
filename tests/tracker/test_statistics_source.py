"""A statistics source: the file at an address, or the newest that a page links to; each edition kept as it came."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import NOW
from tests.tracker.workbooks import Made, ods, xlsx
from tracker import archive
from tracker.models import Release, Source
from tracker.polling import poll
from tracker.trial import TrialFailed, check, look

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def book(figure: int, *, title: str = "Visas granted", published: str = "Published 9 January 2025") -> dict[str, Made]:
    return {"Cover": Made([[title], [published]]), "Visas": Made([["Quarter", "Grants"], ["2024 Q4", figure]])}


def source(httpserver: HTTPServer, path: str, **fields: Any) -> Source:
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    return Source.objects.create(
        slug="visas", name="Visa statistics", kind="statistics", url=httpserver.url_for(path), next_due_at=NOW, **fields
    )


def test_a_file_at_one_address_is_a_release_and_other_figures_a_revision(httpserver: HTTPServer) -> None:
    watched = source(httpserver, "/visas.ods")
    for day, figure in enumerate((100, 100, 120)):
        body = ods(book(figure))
        httpserver.clear_all_handlers()
        httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
        httpserver.expect_request("/visas.ods").respond_with_data(body, content_type="application/octet-stream")
        poll(watched, now=NOW + dt.timedelta(days=day), force=True)
    release = Release.objects.get()
    assert release.title == "Visas granted"
    assert release.published_at.date() == dt.date(2025, 1, 9)
    first, second = release.revisions.order_by("number")
    assert "Sheet: Visas\n\nQuarter | Grants\n\n2024 Q4 | 100" in first.text
    assert "2024 Q4 | 120" in second.text
    assert archive.read(second.snapshot) == body
    assert second.snapshot.sha256 == hashlib.sha256(body).hexdigest()


def test_of_a_page_the_newest_file_that_matches_is_taken_and_the_next_is_another_release(
    httpserver: HTTPServer,
) -> None:
    watched = source(httpserver, "/statistics", options={"link": "summary"})

    def publish(*names: str) -> None:
        links = "".join(f'<li><a href="/files/{name}">Summary tables {name}</a></li>' for name in names)
        page = f'<h1>Statistics</h1><ul><li><a href="/files/detailed-2026.ods">Detail</a></li>{links}</ul>'
        httpserver.clear_all_handlers()
        httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
        httpserver.expect_request("/statistics").respond_with_data(page, content_type="text/html")
        for figure, name in enumerate(names):
            title = f"Visas, {name}"
            httpserver.expect_request(f"/files/{name}").respond_with_data(xlsx(book(figure, title=title)))

    publish("dec-2023.xlsx", "sep-2024.xlsx", "mar-2024.xlsx")
    assert poll(watched, now=NOW, force=True).outcome == "new"
    publish("mar-2024.xlsx", "sep-2024.xlsx", "dec-2024.xlsx")
    assert poll(watched, now=NOW + dt.timedelta(days=1), force=True).outcome == "new"
    assert poll(watched, now=NOW + dt.timedelta(days=2), force=True).outcome == "unchanged"
    titles = list(Release.objects.order_by("first_seen_at").values_list("title", flat=True))
    assert titles == ["Visas, sep-2024.xlsx", "Visas, dec-2024.xlsx"]
    newest = Release.objects.get(title__contains="dec").latest_revision
    assert archive.read(newest.snapshot).startswith(b"PK")


NOTHING = [
    ("<h1>Statistics</h1><a href='/a.pdf'>A PDF</a>", "links to no ODS, XLSX or CSV file"),
    ("<h1>Statistics</h1><a href='/a.ods'>Detail</a>", "whose words or address match"),
]


@pytest.mark.parametrize(("page", "words"), NOTHING)
def test_a_page_without_such_a_file_fails_with_the_reason(httpserver: HTTPServer, page: str, words: str) -> None:
    watched = source(httpserver, "/statistics", options={"link": "summary"} if "ods" in page else {})
    httpserver.expect_request("/statistics").respond_with_data(page, content_type="text/html")
    looked = poll(watched, now=NOW, force=True)
    assert looked.outcome == "failed"
    assert words in looked.detail


def test_a_file_that_cannot_be_read_fails_and_nothing_is_stored(httpserver: HTTPServer) -> None:
    watched = source(httpserver, "/visas.xlsx")
    httpserver.expect_request("/visas.xlsx").respond_with_data(b"PK\x03\x04 broken")
    looked = poll(watched, now=NOW, force=True)
    assert (looked.outcome, Release.objects.count()) == ("failed", 0)
    assert "cannot be read" in looked.detail


def test_adding_one_shows_what_would_be_taken(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/visas.csv").respond_with_data("Quarter,Grants\n2024 Q4,7\n", content_type="text/csv")
    trial = look(source(httpserver, "/visas.csv"))
    assert [entry.title for entry in trial.entries] == ["Visa statistics"]
    assert "2024 Q4 | 7" in trial.entries[0].text


@pytest.mark.parametrize(
    ("options", "words"), [({"links": "x"}, "no option"), ({"link": "("}, "no regular"), ({"link": ""}, "pattern")]
)
def test_an_option_that_cannot_be_used_is_refused(options: dict[str, str], words: str) -> None:
    with pytest.raises(TrialFailed, match=words):
        check(Source(kind="statistics", url="https://statistics.example.org/a.ods", options=options))
