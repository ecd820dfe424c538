"""One page as a source: a revision for each change that a reader could see, and none for what changes by itself."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_httpserver import HTTPServer

from tracker.models import Poll, Release, Source
from tracker.polling import poll
from tracker.rechecking import recheck_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]

PAGE = """<!doctype html><html><head><title>{title} | Department</title></head><body>
<header><a href="/">Department</a> <p>{day}</p></header><nav><ul><li><a href="/{menu}">{menu}</a></li></ul></nav>
<main><h1>{title}</h1><p class="status">Status: {status}.</p><p>We will hire {count} officers by March 2029.</p>
<table><tr><th>Month</th><th>Hired</th></tr><tr><td>January</td><td>{january}</td></tr></table>
<p>{views} views</p><p class="meta">Updated {ago} ago by the press office</p><ul class="related"><li>{related}</li>
    </ul></main>
<aside class="carousel">{related} and more of that</aside>
<footer>Copyright {year}. Page generated in {seconds} seconds. <!-- {seconds} --></footer>
<script>var token = "{token}";</script></body></html>"""

FIRST: dict[str, Any] = {
    "title": "Hiring officers",
    "day": "Wednesday, 1 January 2025",
    "menu": "About",
    "status": "in force",
    "count": "13,000",
    "january": "411",
    "views": "4,099",
    "ago": "5 minutes",
    "related": "Other news",
    "year": "2024",
    "seconds": "0.31",
    "token": "a81f",
}


class Site:
    def __init__(self, server: HTTPServer, now: dt.datetime) -> None:
        self.server, self.now = server, now

    def source(self, **options: Any) -> Source:
        return Source.objects.create(
            slug="page",
            name="A page",
            kind="page",
            url=self.server.url_for("/page"),
            options=options,
            next_due_at=self.now,
        )

    def serve(self, body: str | bytes, content_type: str = "text/html; charset=utf-8", status: int = 200) -> None:
        self.server.clear()
        self.server.expect_request("/robots.txt").respond_with_data("", status=404)
        self.server.expect_request("/page").respond_with_data(body, status=status, content_type=content_type)

    def poll(self, source: Source, body: str | bytes, content_type: str = "text/html; charset=utf-8") -> Poll:
        self.serve(body, content_type)
        self.now += dt.timedelta(hours=7)
        return poll(source, now=self.now)


@pytest.fixture
def site(httpserver: HTTPServer, now: dt.datetime) -> Site:
    return Site(httpserver, now)


@pytest.mark.parametrize(
    "change",
    [
        {"count": "12,000"},
        {"status": "withdrawn"},
        {"january": "412"},
        {"title": "Hiring fewer officers"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_a_reader_can_see_change_is_a_revision(site: Site, change: dict[str, str]) -> None:
    source = site.source()
    assert site.poll(source, PAGE.format(**FIRST)).new_releases == 1
    assert site.poll(source, PAGE.format(**{**FIRST, **change})).new_revisions == 1
    release = Release.objects.get()
    assert [revision.number for revision in release.revisions.order_by("number")] == [1, 2]
    shown = f"{release.latest_revision.title} {release.latest_revision.text}"
    assert next(iter(change.values())) in shown


@pytest.mark.parametrize(
    "change",
    [
        {"day": "Thursday, 2 January 2025"},
        {"menu": "Contact"},
        {"views": "4,116"},
        {"ago": "3 hours"},
        {"related": "News of another day"},
        {"year": "2025"},
        {"seconds": "0.28"},
        {"token": "77b0"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_changes_by_itself_is_none(site: Site, change: dict[str, str]) -> None:
    source = site.source()
    site.poll(source, PAGE.format(**FIRST))
    assert site.poll(source, PAGE.format(**{**FIRST, **change})).new_revisions == 0
    assert Release.objects.get().revisions.count() == 1


@pytest.mark.parametrize(("label", "unit"), [("Views:", ""), ("Visits", ""), ("Downloads (all)", "k")])
def test_what_a_table_counts_is_what_it_is_for(site: Site, label: str, unit: str) -> None:
    source = site.source()
    table = "<h1>Use of the service</h1><p>In the last month.</p><table><tr><td>{}</td><td>{}{}</td></tr></table>"
    site.poll(source, table.format(label, "1,204", unit))
    assert site.poll(source, table.format(label, "1,310", unit)).new_revisions == 1
    latest = Release.objects.get().latest_revision
    assert f"{label} | 1,310{unit}" in latest.text


@pytest.mark.parametrize("sentence", ["1,204 visitors came.", "Of these, 1,204 downloads failed."])
def test_what_a_sentence_counts_is_what_it_says(site: Site, sentence: str) -> None:
    site.poll(site.source(), f"<h1>The museum</h1><p>{sentence}</p>")
    assert sentence in Release.objects.get().latest_revision.text


def test_a_page_that_goes_back_to_what_it_said_has_three_revisions(site: Site) -> None:
    source = site.source()
    for count in ("13,000", "12,000", "13,000"):
        site.poll(source, PAGE.format(**{**FIRST, "count": count}))
    assert Release.objects.get().revisions.count() == 3


def test_a_page_that_the_record_relies_on_is_looked_at_again(site: Site) -> None:
    body = PAGE.format(**FIRST)
    site.poll(site.source(), body)
    Release.objects.update(recheck_until=site.now.date() + dt.timedelta(days=90))
    assert [looked.detail for looked in recheck_due(site.now)] == ["Unchanged."]
    site.serve(body.replace("13,000", "12,000"))
    assert [looked.detail for looked in recheck_due(site.now + dt.timedelta(days=2))] == ["Changed: revision 2."]
    site.serve(body, status=410)
    recheck_due(site.now + dt.timedelta(days=4))
    assert Release.objects.get().vanished_since is not None


def test_tables_are_text(site: Site) -> None:
    site.poll(site.source(), PAGE.format(**FIRST))
    release = Release.objects.get()
    assert release.title == "Hiring officers"
    assert "January | 411" in release.latest_revision.text
    assert "token" not in release.latest_revision.text


def test_a_part_may_be_chosen_and_others_left_out(site: Site) -> None:
    law = "<div id='law'><p>In force.</p><p class='ad'>Buy {0}</p><p>Checked on {0} May.</p></div>"
    body = f"<h1>All</h1>{law}<p>Else {{0}}</p>"
    source = site.source(select="#law", ignore=[".ad"], ignore_text=[r"Checked on \d+ May\."])
    assert site.poll(source, body.format(1)).new_releases == 1
    assert site.poll(source, body.format(2)).new_revisions == 0
    assert Release.objects.get().latest_revision.text == "In force."
    assert site.poll(source, body.format(3).replace("In force", "Repealed")).new_revisions == 1


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<title>Page not found</title><h1>Page not found</h1><p>Sorry.</p>", "only says “Page not found”"),
        ("<title>Site</title><h1>Down for maintenance</h1>", "only says “Down for maintenance”"),
        ("<title>Law</title><p>No such part</p>", "Nothing on the page is “#law” any more"),
    ],
)
def test_an_error_that_is_sent_as_a_page_is_no_revision(site: Site, body: str, sentence: str) -> None:
    source = site.source(select="#law")
    site.poll(source, "<h1>The law</h1><div id='law'>In force.</div>")
    failed = site.poll(source, body)
    assert (failed.outcome, failed.new_revisions) == ("failed", 0)
    assert sentence in failed.detail
    assert Release.objects.get().latest_revision.text == "In force."


def test_a_page_about_errors_is_a_page(site: Site) -> None:
    body = f"<h1>Page not found: how we fix links</h1><p>{'We mend every broken link within a day. ' * 40}</p>"
    assert site.poll(site.source(), body).new_releases == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"selector": "main"}, "have no option “selector”. They have select, ignore, ignore_text."),
        ({"select": "p["}, "“p[” is no CSS selector"),
        ({"ignore": 7}, "is a text or a list of texts"),
        ({"ignore_text": "(a"}, "is no regular expression"),
    ],
)
def test_options_that_cannot_be_used_say_what_to_do(
    httpserver: HTTPServer, options: dict[str, Any], sentence: str
) -> None:
    arguments = ["page", httpserver.url_for("/page"), "--name", "N", "--options", json.dumps(options)]
    with pytest.raises(CommandError) as refused:
        call_command("add_source", *arguments, stdout=StringIO())
    assert sentence in str(refused.value)
    assert httpserver.log == []


def test_a_file_is_no_page(site: Site) -> None:
    failed = site.poll(site.source(), b"%PDF-1.4", "application/pdf")
    assert failed.outcome == "failed"
    assert "no web page but a PDF" in failed.detail


@pytest.mark.shared
@pytest.mark.parametrize(
    ("pair", "is_change"),
    [
        *[(f"truepos-{name}", True) for name in ("dataset-removal", "image-removal", "major-changes")],
        *[(f"falsepos-{name}", False) for name in ("footer", "num-views", "small-changes")],
    ],
)
def test_labelled_changes_of_government_pages(site: Site, shared: Path, pair: str, is_change: bool) -> None:
    """Pairs of versions that EDGI's analysts looked at, and whether the change meant something."""
    source = site.source()
    folder = shared / "data" / "pages" / "edgi_pairs"
    assert site.poll(source, (folder / f"{pair}-a.html").read_bytes()).new_releases == 1
    assert bool(site.poll(source, (folder / f"{pair}-b.html").read_bytes()).new_revisions) == is_change
