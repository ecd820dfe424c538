"""A source's state in a word and a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tracker.health import health
from tracker.models import Source
from tracker.polling import poll

MakeSource = Callable[..., Source]


def daily(now: dt.datetime) -> str:
    days = [now - dt.timedelta(days=n) for n in range(1, 11)]
    return atom(
        *({"id": f"t:{d:%j}", "title": f"News of {d:%d %B}", "text": f"{d}", "published": d.isoformat()} for d in days)
    )


def test_before_its_first_look(make_source: MakeSource, now: dt.datetime) -> None:
    assert health(make_source(), now).state == "new"


@pytest.mark.parametrize(("days", "state"), [(0, "healthy"), (5, "healthy"), (12, "quiet")])
def test_quiet_is_against_its_own_rhythm(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime, days: int, state: str
) -> None:
    httpserver.expect_request("/feed").respond_with_data(daily(now))
    source = make_source()
    later = now + dt.timedelta(days=days)
    poll(source, now=now)
    poll(source, now=later)
    found = health(source, later)
    assert found.state == state
    if state == "quiet":
        assert "Nothing new since 19 January 2025" in found.sentence


@pytest.mark.parametrize(
    ("body", "status", "state", "words"),
    [
        (atom(), 200, "empty", "no items"),
        ("", 500, "failing", "Failing since 20 January 2025 at 12:00 (once). The answer was HTTP 500"),
        ("", 410, "gone", "HTTP 410"),
        (atom({"id": "x/feed-ended", "title": "This feed has ended"}), 200, "ended", "ended it"),
    ],
)
def test_what_went_wrong_after_a_good_start(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime, body: str, status: int, state: str, words: str
) -> None:
    source = make_source()
    httpserver.expect_oneshot_request("/feed").respond_with_data(daily(now))
    poll(source, now=now)
    httpserver.expect_oneshot_request("/feed").respond_with_data(body, status=status)
    poll(source, now=now + dt.timedelta(hours=1))
    found = health(source, now + dt.timedelta(hours=1))
    assert found.state == state
    assert words in found.sentence


def test_it_recovers(make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime) -> None:
    source = make_source()
    httpserver.expect_oneshot_request("/feed").respond_with_data("", status=500)
    poll(source, now=now)
    httpserver.expect_oneshot_request("/feed").respond_with_data(daily(now))
    poll(source, now=now + dt.timedelta(hours=1))
    assert health(source, now + dt.timedelta(hours=1)).state == "healthy"
