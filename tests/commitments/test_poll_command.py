"""`poll`: one clear line a source, whatever it answers, and the rest intact."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_httpserver import HTTPServer

from commitments.models import Evidence
from tests.journeys.instance import Ministry
from tracker.models import Poll, Release, Source

from . import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]


def poll(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("poll", *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def ministry() -> Any:
    made = Ministry()
    made.publish("Trees planted", "The ministry planted 500 elms in Harrogate.", "2025-01-09")
    yield made
    made.close()


BAD = [
    ({"response_data": b"<html><p>Not a feed", "content_type": "text/html"}, "failed", "is not a feed"),
    ({"response_data": b"", "content_type": "application/rss+xml"}, "empty", "empty"),
    ({"response_data": b"oops", "status": 500}, "failed", "HTTP 500"),
    ({"response_data": b"gone", "status": 410}, "gone", "HTTP 410"),
]


@pytest.mark.parametrize(("answer", "outcome", "words"), BAD)
def test_a_bad_source_gets_its_line_and_a_good_one_is_not_disturbed(
    httpserver: HTTPServer, ministry: Ministry, answer: dict[str, Any], outcome: str, words: str
) -> None:
    httpserver.expect_request("/bad").respond_with_data(**answer)
    make.source("Bad news", url=httpserver.url_for("/bad"))
    make.source("Good news", url=ministry.url)
    lines = poll().splitlines()
    assert lines[0].startswith(f"bad-news  {outcome}  0 new, 0 revised")
    assert words in lines[0]
    assert lines[1].startswith("good-news  new  1 new")
    assert Release.objects.count() == 1
    assert {p.source.slug: p.outcome for p in Poll.objects.all()} == {"bad-news": outcome, "good-news": "new"}


def test_a_source_that_is_not_there_to_answer(ministry: Ministry) -> None:
    make.source("Nobody", url="http://127.0.0.1:1/feed")
    assert "nobody  failed" in poll()


def test_a_refused_address_is_said_to_be_refused(settings: Any) -> None:
    settings.FETCH_ALLOW_NETWORKS = []
    make.source("Inside", url="http://127.0.0.1:9/feed")
    assert "inside  refused" in poll()


def test_new_releases_are_linked_in_the_same_run(ministry: Ministry) -> None:
    make.commitment(
        "Plant elms in Harrogate", statement="Plant 500 elm trees in Harrogate.", keywords="elms, Harrogate"
    )
    make.source("Good news", url=ministry.url)
    assert "Linked 1 revisions: 1 new suggestions." in poll()
    assert Evidence.objects.get().commitment.title == "Plant elms in Harrogate"


def test_a_commitment_that_comes_later_is_compared_with_what_is_there(ministry: Ministry) -> None:
    make.source("Good news", url=ministry.url)
    poll()
    assert Evidence.objects.count() == 0
    make.commitment(
        "Plant elms in Harrogate", statement="Plant 500 elm trees in Harrogate.", keywords="elms, Harrogate"
    )
    poll()
    assert Evidence.objects.count() == 1


def test_json_for_machines(ministry: Ministry) -> None:
    make.source("Good news", url=ministry.url)
    report = json.loads(poll(json=True))
    assert report["polls"][0] == {"source": "good-news", "outcome": "new", "detail": "", "new": 1, "revised": 0}
    assert report["linking"] == {"linked": 1, "suggestions": 0, "failed": 0}


def test_an_unknown_slug_names_those_that_are_known() -> None:
    make.source("Good news")
    with pytest.raises(CommandError, match=r"No source is called other\. There are: good-news"):
        poll("other")


def test_due_leaves_those_whose_time_has_not_come(ministry: Ministry) -> None:
    make.source("Good news", url=ministry.url)
    assert "1 new" in poll(due=True)
    assert poll(due=True) == "No source is due.\n"
    assert "unchanged" in poll()
    assert Source.objects.get().polls.count() == 2
