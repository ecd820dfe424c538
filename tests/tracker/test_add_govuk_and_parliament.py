"""Adding GOV.UK and Parliament as sources, as staff type it."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import NOW
from tests.tracker.govuk_site import GovukSite
from tests.tracker.parliament_site import ParliamentSite
from tracker.models import Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]

LONG = "<p>There are 13,000 more officers, and each force has some of them.</p>" * 10


def add(*arguments: str) -> str:
    output, problems = io.StringIO(), io.StringIO()
    call_command("add_source", *arguments, stdout=output, stderr=problems)
    return output.getvalue() + problems.getvalue()


def test_govuk_shows_what_it_finds_and_the_whole_of_the_first(httpserver: HTTPServer) -> None:
    site = GovukSite(httpserver)
    for number in range(3):
        site.publish(f"/government/news/story-{number}", NOW, LONG, "home-office")
    shown = add("govuk", site.url("/government/organisations/home-office"), "--name", "Home Office")
    assert "3 items now:" in shown
    assert "124 words  Story 0" in shown
    assert "extract  Story 1" in shown
    assert len([asked for asked in site.asked if asked.startswith("/api/content")]) == 1
    assert Source.objects.get().kind == "govuk"


def test_govuk_that_finds_nothing_or_refuses_is_said(httpserver: HTTPServer) -> None:
    site = GovukSite(httpserver)
    url = site.url("/government/organisations/home-office")
    assert "It holds no items now." in add("govuk", url, "--name", "Quiet")
    site.publish("/government/news/story", NOW, LONG, "home-office")
    site.status["/government/news/story"] = 500
    shown = add("govuk", url, "--name", "Broken")
    assert "The whole of “Story” could not be read. GOV.UK's Content API answered HTTP 500." in shown


def test_parliament_is_added_by_its_page_and_options(httpserver: HTTPServer) -> None:
    site = ParliamentSite(httpserver)
    site.table("1", NOW)
    site.table("2", NOW, body=54)
    options = json.dumps({"body": "Home Office", "house": "Commons"})
    shown = add("parliament", site.url("/written-questions"), "--name", "Answers", "--options", options)
    assert "1 items now:" in shown
    assert "Police: Recruitment: written question 1 to Home Office" in shown
    assert Source.objects.get().options == {"body": "Home Office", "house": "Commons"}


@pytest.mark.parametrize("check", [[], ["--no-check"]], ids=["with a trial", "without"])
@pytest.mark.parametrize(
    ("kind", "path", "options", "sentence"),
    [
        ("govuk", "/government/news/a-story", {}, "can't be watched as GOV.UK search."),
        ("govuk", "/search/all", {"organisation": "Home Office"}, "“Home Office” can't be used as organisation:"),
        ("govuk", "/search/all", {"selector": "main"}, "They have organisation, query and document_types."),
        ("parliament", "/written-questions", {"what": "statements"}, "the option “what” says otherwise."),
        ("parliament", "/debates", {}, "can't be watched as Parliament's."),
    ],
)
def test_what_cannot_be_watched_is_refused_before_anything_is_asked(
    httpserver: HTTPServer, kind: str, path: str, options: dict[str, str], sentence: str, check: list[str]
) -> None:
    with pytest.raises(CommandError) as refused:
        add(kind, httpserver.url_for(path), "--name", "News", "--options", json.dumps(options), *check)
    assert sentence in str(refused.value)
    assert httpserver.log == []
    assert not Source.objects.exists()
