"""A source's state in a word and a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tracker import sources
from tracker.blocking import why_blocked
from tracker.fetching import Response
from tracker.health import health
from tracker.models import Source
from tracker.polling import poll

MakeSource = Callable[..., Source]

CHALLENGE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title><script>var _cf = 1;</script></head>"
    "<body><h1>Checking that you are not a robot</h1></body></html>"
)


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
        ("", 403, "blocked", "Its host has not let us in since 20 January 2025 at 12:00 (once)."),
        (CHALLENGE, 200, "blocked", "not let us in"),
        ("<html><title>News</title><p>Our news have moved.</p></html>", 200, "failing", "What came could not be read."),
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


def test_what_staff_set_going_again_is_new_until_it_is_looked_at(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime
) -> None:
    httpserver.expect_request("/feed").respond_with_data("", status=410)
    source = make_source()
    poll(source, now=now)
    Source.objects.update(state=Source.State.ACTIVE, consecutive_failures=0)
    source.refresh_from_db()
    assert health(source, now).state == "new"


def dated(*moments: dt.datetime) -> str:
    return atom(*({"id": f"t:{n}", "title": f"News {n}", "published": d.isoformat()} for n, d in enumerate(moments)))


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ([n for n in range(1, 40) if n % 7 not in {5, 6}], "healthy"),  # working days
        ([14 * fortnight for fortnight in range(1, 6) for _ in range(8)], "healthy"),  # many at once, then a pause
        ([*range(12, 20), 800], "quiet"),  # daily, with one old item that is kept on top
        ([30, 31], "healthy"),  # too few to tell
    ],
)
def test_a_rhythm_is_told_by_days(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime, days: list[int], state: str
) -> None:
    moments = [now - dt.timedelta(days=day, minutes=n) for n, day in enumerate(days)]
    httpserver.expect_request("/feed").respond_with_data(dated(*moments))
    source = make_source()
    poll(source, now=now)
    assert health(source, now).state == state


@pytest.mark.parametrize(
    ("status", "headers"),
    [(401, {}), (451, {}), (503, {"cf-mitigated": "challenge"}), (202, {"x-amzn-waf-action": "challenge"})],
)
def test_a_host_that_does_not_let_us_in(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime, status: int, headers: dict[str, str]
) -> None:
    httpserver.expect_request("/feed").respond_with_data("", status=status, headers=headers)
    source = make_source()
    assert poll(source, now=now).outcome == "failed"
    assert health(source, now).state == "blocked"


def test_a_host_whose_robots_file_keeps_us_out(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sources.KINDS, Source.Kind.LISTING, "tests.tracker.ledger")
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /")
    source = make_source()
    Source.objects.update(kind=Source.Kind.LISTING)
    assert poll(source, now=now).outcome == "refused"
    assert health(source, now).state == "blocked"


def test_an_ordinary_page_about_robots_is_no_challenge(now: dt.datetime) -> None:
    words = "The inspector asked whether the captcha on the form keeps anybody out. " * 30
    body = f"<html><title>Are you a robot? A review of captchas</title><body>{words}</body></html>".encode()
    assert why_blocked(Response(200, "https://example.org/", "https://example.org/", {}, body)) == ""


def test_what_we_did_wrong_ourselves_is_for_staff(
    make_source: MakeSource, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(*args: object, **kwargs: object) -> None:
        raise RuntimeError("/srv/secret/path")

    monkeypatch.setattr("tracker.polling.ask", trip)
    source = make_source()
    poll(source, now=now)
    found = health(source, now)
    assert "secret" not in found.sentence
    assert "secret" in found.detail
