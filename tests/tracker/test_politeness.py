"""What a host sees of the watch over several polls, written down byte for byte by a spy."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.tracker.conftest import atom
from tests.tracker.spy import Spy, reply
from tracker.models import Poll, Source
from tracker.polling import PollDeclined, poll
from tracker.recording import MOVE_BELIEVED_AFTER
from tracker.schedule import COOL_DOWN, FIRST_INTERVAL, JITTER, SHORTEST_INTERVAL

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
FEED = atom({"id": "t:1", "url": "https://example.org/1"})
NOT_MODIFIED = reply("", "304 Not Modified")

#: What a request for a feed may hold, and nothing else.
HEADERS = {"host", "user-agent", "accept", "accept-encoding", "if-none-match", "if-modified-since", "connection"}


@pytest.fixture
def spy() -> Iterator[Spy]:
    with Spy() as spy:
        spy.answers["/feed"] = reply(FEED)
        yield spy


@pytest.fixture
def source(make_source: Callable[..., Source], spy: Spy) -> Source:
    return make_source(url=spy.url("/feed"))


@pytest.fixture
def look(source: Source, now: dt.datetime) -> Callable[..., Poll]:
    """One poll, `after` from now."""
    return lambda after=dt.timedelta(0), **how: poll(source, now=now + after, **how)


TAG, DATE = b'"abc"', b"Mon, 20 Jan 2025 12:00:00 GMT"


@pytest.mark.parametrize(
    ("etag", "last_modified"),
    [
        (TAG, DATE),
        (b'W/"abc"', DATE),
        (b"abc", DATE),
        (b'"', DATE),
        (b'w/"lower"', DATE),
        (b'"a, b"', DATE),
        (b"'single'", DATE),
        (b'"caf\xe9"', DATE),
        (b'"\xc2\xa3200"', DATE),
        (b'"a\\"b"', DATE),
        (TAG, b"Mon, 20 Jan 2025 12:00:00 +0100"),
        (TAG, b"Monday, 20-Jan-25 12:00:00 GMT"),
        (TAG, b"Mon Jan 20 12:00:00 2025"),
        (TAG, b"2025-01-20T12:00:00Z"),
        (TAG, b"1737374400"),
        (TAG, b"0"),
        (TAG, b"Thu, 31 Feb 2055 25:61:61 XST"),
    ],
)
def test_validators_go_back_byte_for_byte(etag: bytes, last_modified: bytes, spy: Spy, look: Any) -> None:
    spy.answers["/feed"] = [reply(FEED, "200 OK", b"ETag: " + etag, b"Last-Modified: " + last_modified), NOT_MODIFIED]
    assert look().outcome == Poll.Outcome.NEW
    assert look(DAY).outcome == Poll.Outcome.NOT_MODIFIED
    first, second = spy.log
    assert not {"if-none-match", "if-modified-since"} & first.headers.keys()
    assert second.headers["if-none-match"] == etag
    assert second.headers["if-modified-since"] == last_modified


def test_nothing_else_is_told(spy: Spy, look: Any, settings: Any) -> None:
    settings.FETCH_USER_AGENT = "Pledgewatch/0.1 (+https://pledges.example.org; editor@pledges.example.org)"
    cookies = ("Set-Cookie: id=1; Path=/", "Set-Cookie2: id=2", "Accept-CH: Sec-CH-UA", 'Alt-Svc: h3=":443"')
    spy.answers["/feed"] = [
        reply("", "302 Found", "Location: /feed?session=1", *cookies),
        reply("", "302 Found", "Location: /feed?session=1", *cookies),
        NOT_MODIFIED,
    ]
    spy.answers["/feed?session=1"] = reply(FEED, "200 OK", 'ETag: "1"', *cookies)
    for day in range(3):
        look(day * DAY)
    assert [asked.path for asked in spy.log] == ["/feed", "/feed?session=1"] * 2 + ["/feed"]
    for asked in spy.log:
        assert asked.raw.startswith(b"GET ")
        assert asked.headers.keys() <= HEADERS
        assert asked.headers["user-agent"] == settings.FETCH_USER_AGENT.encode()
        assert asked.headers["host"] == f"{spy.host}:{spy.port}".encode()
        assert asked.raw.endswith(b"\r\n\r\n"), "a body was sent"


def test_the_default_introduction_names_the_site_and_a_contact(tmp_path: Path) -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup(); from django.conf import settings as s; print(s.FETCH_USER_AGENT)",
        ],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(tmp_path),
            "BASE_URL": "https://pledges.example.org",
            "SITE_CONTACT": "editor@pledges.example.org",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert told.strip() == "Pledgewatch/0.1 (+https://pledges.example.org; editor@pledges.example.org)"


def test_a_new_validator_in_a_304_takes_the_place_of_the_old(spy: Spy, look: Any) -> None:
    spy.answers["/feed"] = [
        reply(FEED, "200 OK", 'ETag: "1"', "Last-Modified: then"),
        reply("", "304 Not Modified", 'ETag: "2"'),
        NOT_MODIFIED,
    ]
    for day in range(3):
        look(day * DAY)
    assert [asked.headers.get("if-none-match") for asked in spy.log] == [None, b'"1"', b'"2"']
    assert spy.log[2].headers["if-modified-since"] == b"then"


def test_validators_of_an_answer_that_could_not_be_read_are_not_sent(spy: Spy, look: Any) -> None:
    spy.answers["/feed"] = [
        reply(FEED, "200 OK", 'ETag: "good"'),
        reply("<html>Sorry</html>", "200 OK", 'ETag: "bad"'),
        reply(FEED),
    ]
    for day in range(3):
        look(day * DAY)
    assert b'"bad"' not in b"".join(asked.raw for asked in spy.log)


def test_validators_that_are_no_longer_given_are_no_longer_sent(spy: Spy, look: Any) -> None:
    changed = atom({"id": "t:2", "url": "https://example.org/2"})
    spy.answers["/feed"] = [reply(FEED, "200 OK", 'ETag: "1"'), reply(changed), reply(changed)]
    for day in range(3):
        look(day * DAY)
    assert "if-none-match" not in spy.log[2].headers


class TestStayingAway:
    @pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
    @pytest.mark.parametrize("form", ["seconds", "date", "date by a clock of its own"])
    def test_retry_after(self, status: str, form: str, spy: Spy, look: Any, source: Source, now: dt.datetime) -> None:
        theirs = now + 300 * DAY if form == "date by a clock of its own" else now
        headers = {
            "seconds": ["Retry-After: 7200"],
            "date": [f"Retry-After: {http_date(now + 2 * HOUR)}"],
            "date by a clock of its own": [
                f"Retry-After: {http_date(theirs + 2 * HOUR)}",
                f"Date: {http_date(theirs)}",
            ],
        }[form]
        spy.answers["/feed"] = reply("", status, *headers)
        look()
        assert now + 2 * HOUR <= source.next_due_at < now + 2.1 * HOUR
        with pytest.raises(PollDeclined, match="asked to be left alone"):
            look(1.9 * HOUR)
        assert len(spy.log) == 1
        look(2 * HOUR)
        assert len(spy.log) == 2

    @pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
    def test_a_host_that_does_not_say_for_how_long(
        self, status: str, spy: Spy, look: Any, source: Source, now: dt.datetime
    ) -> None:
        Source.objects.update(fixed_interval_minutes=1)
        spy.answers["/feed"] = reply("", status)
        look()
        assert source.next_due_at >= now + COOL_DOWN

    def test_other_errors_are_no_reason_to_come_sooner(self, spy: Spy, look: Any, source: Source) -> None:
        waits = []
        for status in ("500 Oops", "500 Oops", "404 Not Found", "502 Bad Gateway", "403 Forbidden"):
            spy.answers["/feed"] = reply("", status)
            outcome = look(len(waits) * DAY)
            waits.append(source.next_due_at - outcome.started_at)
        assert waits[0] >= SHORTEST_INTERVAL
        assert all(later > 1.5 * earlier for earlier, later in itertools.pairwise(waits))

    def test_gone_is_gone(self, spy: Spy, look: Any, source: Source) -> None:
        spy.answers["/feed"] = reply("", "410 Gone")
        assert look().outcome == Poll.Outcome.GONE
        assert source.state == Source.State.GONE
        with pytest.raises(PollDeclined):
            look(100 * DAY)
        assert len(spy.log) == 1

    @pytest.mark.parametrize(
        ("headers", "least"),
        [
            ([], FIRST_INTERVAL),
            (["Cache-Control: max-age=10800"], 3 * HOUR),
            (["Cache-Control: public, s-maxage=99999, max-age=10800"], 3 * HOUR),
            (["Cache-Control: max-age=10800", "Age: 3600"], 2 * HOUR),
            (["Expires: Mon, 20 Jan 2025 15:00:00 GMT", "Date: Mon, 20 Jan 2025 12:00:00 GMT"], 3 * HOUR),
            (["Expires: Mon, 20 Jan 2020 15:00:00 GMT", "Date: Mon, 20 Jan 2020 12:00:00 GMT"], 3 * HOUR),
            (["Cache-Control: max-age=10800, no-cache"], FIRST_INTERVAL),
            (["Cache-Control: no-store, max-age=10800"], FIRST_INTERVAL),
            (["Expires: 0"], FIRST_INTERVAL),
            (["Cache-Control: max-age=60"], FIRST_INTERVAL),
            (["Cache-Control: max-age=9999999"], DAY),
        ],
    )
    @pytest.mark.parametrize("status", ["200 OK", "304 Not Modified"])
    def test_what_is_fresh_is_not_asked_for(
        self,
        headers: list[str],
        least: dt.timedelta,
        status: str,
        spy: Spy,
        look: Any,
        source: Source,
        now: dt.datetime,
    ) -> None:
        spy.answers["/feed"] = reply(FEED if status.startswith("200") else "", status, *headers)
        look()
        assert least <= source.next_due_at - now <= least * (1 + JITTER)

    def test_the_pace_that_a_feed_states_is_kept_also_when_nothing_has_changed(
        self, spy: Spy, look: Any, source: Source, now: dt.datetime
    ) -> None:
        feed = "<rss version='2.0'><channel><ttl>240</ttl><item><title>One</title></item></channel></rss>"
        spy.answers["/feed"] = [reply(feed, "200 OK", 'ETag: "1"'), NOT_MODIFIED, reply(FEED)]
        for day, least in enumerate((4 * HOUR, 4 * HOUR, FIRST_INTERVAL)):
            at = now + day * DAY
            look(day * DAY)
            assert least <= source.next_due_at - at <= least * (1 + JITTER)

    def test_neither_is_it_after_a_restart(self, spy: Spy, tmp_path: Path, manage: Any) -> None:
        """Each command is a process that knows nothing but what is written down."""
        environment = {"FETCH_ALLOW_NETWORKS": "127.0.0.0/8"}
        make = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tracker.models import Source
Source.objects.create(slug="news", name="News", kind="feed", url={spy.url("/feed")!r})
"""
        made = manage("shell", "-v0", "-c", make, **environment)
        assert made.returncode == 0, made.stderr
        for _ in range(2):
            polled = manage("poll", "--due", **environment)
            assert polled.returncode == 0, polled.stderr
        assert len(spy.log) == 1


class TestMoving:
    @pytest.fixture
    def moved(self, spy: Spy) -> Spy:
        spy.answers["/new"] = reply(FEED)
        return spy

    @pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
    def test_a_permanent_redirect_is_believed_when_it_has_stood(
        self, status: str, moved: Spy, look: Any, source: Source
    ) -> None:
        moved.answers["/feed"] = reply("", status, "Location: /new")
        for after in (dt.timedelta(0), MOVE_BELIEVED_AFTER / 2, MOVE_BELIEVED_AFTER):
            assert source.url == moved.url("/feed")
            assert look(after).outcome in {Poll.Outcome.NEW, Poll.Outcome.UNCHANGED}
        assert source.url == moved.url("/new")
        moved.log.clear()
        look(3 * DAY)
        assert [asked.path for asked in moved.log] == ["/new"]

    @pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary Redirect"])
    def test_a_passing_one_never_is(self, status: str, moved: Spy, look: Any, source: Source) -> None:
        moved.answers["/feed"] = reply("", status, "Location: /new")
        for day in range(4):
            look(day * DAY)
        assert source.url == moved.url("/feed")

    def test_nor_one_that_was_taken_back(self, moved: Spy, look: Any, source: Source) -> None:
        redirect = reply("", "301 Moved Permanently", "Location: /new")
        moved.answers["/feed"] = [redirect, reply(FEED), redirect, redirect]
        look()
        look(DAY)
        look(2 * DAY)
        look(2.5 * DAY)
        assert source.url == moved.url("/feed")

    def test_nor_one_to_what_cannot_be_read(self, moved: Spy, look: Any, source: Source) -> None:
        moved.answers["/feed"] = reply("", "301 Moved Permanently", "Location: /home")
        moved.answers["/home"] = reply("<html>Welcome</html>")
        for day in range(4):
            assert look(day * DAY).outcome == Poll.Outcome.FAILED
        assert source.url == moved.url("/feed")

    def test_of_a_chain_only_the_permanent_beginning_is_believed(self, moved: Spy, look: Any, source: Source) -> None:
        moved.answers["/feed"] = reply("", "301 Moved Permanently", "Location: /second")
        moved.answers["/second"] = reply("", "302 Found", "Location: /new")
        for day in range(3):
            look(day * DAY)
        assert source.url == moved.url("/second")


def http_date(moment: dt.datetime) -> str:
    return format_datetime(moment, usegmt=True)
