"""robots.txt: asked for before pages, kept, obeyed, and never in the way of feeds."""

from __future__ import annotations

import datetime as dt
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from tests.tracker.spy import Spy, reply
from tracker.asking import Asker
from tracker.fetching import FetchFailed, FetchPostponed, FetchRefused, fetch
from tracker.models import RobotsFile, Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def spy(settings: Any) -> Iterator[Spy]:
    settings.FETCH_USER_AGENT = "Pledgewatch/0.1 (+https://pledges.example.org; editor@pledges.example.org)"
    with Spy() as spy:
        for path in ("/page", "/other", "/private/page"):
            spy.answers[path] = reply("text")
        yield spy


def page(spy: Spy, path: str = "/page") -> bytes:
    return fetch(spy.url(path), accept="text/html", obey_robots=True).body


def paths(spy: Spy) -> list[str]:
    return [asked.path for asked in spy.log]


def lifetime() -> dt.timedelta:
    return RobotsFile.objects.get().expires_at - timezone.now()


def test_a_page_that_is_disallowed_is_not_asked_for(spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply("User-agent: *\nDisallow: /private/\n")
    with pytest.raises(FetchRefused, match=r"robots\.txt of 127\.0\.0\.1 asks us not to fetch .*/private/page"):
        page(spy, "/private/page")
    assert paths(spy) == ["/robots.txt"]
    assert page(spy) == b"text"


def test_feeds_and_interfaces_are_asked_for_without_it(spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply("User-agent: *\nDisallow: /\n")
    assert fetch(spy.url("/page")).body == b"text"
    assert paths(spy) == ["/page"]


def test_it_is_asked_for_once_a_day(spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply("")
    for path in ("/page", "/other", "/page"):
        page(spy, path)
    assert paths(spy) == ["/robots.txt", "/page", "/other", "/page"]
    assert 23.9 * HOUR < lifetime() <= 24 * HOUR
    RobotsFile.objects.update(expires_at=timezone.now())
    spy.answers["/robots.txt"] = reply("User-agent: *\nDisallow: /")
    with pytest.raises(FetchRefused):
        page(spy)
    assert RobotsFile.objects.count() == 1


def test_it_is_asked_for_as_anything_else_is(spy: Spy) -> None:
    page(spy)
    fetch(spy.url("/page"), accept="text/html", obey_robots=True, etag='"page"', last_modified="then")
    RobotsFile.objects.all().delete()
    fetch(spy.url("/page"), accept="text/html", obey_robots=True, etag='"page"', last_modified="then")
    for asked in spy.asked("/robots.txt"):
        assert asked.headers["user-agent"].startswith(b"Pledgewatch/0.1")
        assert asked.headers["accept"].startswith(b"text/plain")
        assert not {"if-none-match", "if-modified-since", "cookie", "referer"} & asked.headers.keys()
    assert spy.asked("/page")[-1].headers["if-none-match"] == b'"page"'


@pytest.mark.parametrize(
    ("said", "hours"), [("max-age=7200", 2), ("max-age=10", 1), ("max-age=864000", 24), ("no-store", 24)]
)
def test_its_own_lifetime_is_kept_to_within_an_hour_and_a_day(said: str, hours: int, spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply("", "200 OK", f"Cache-Control: {said}")
    page(spy)
    assert abs(lifetime() - hours * HOUR) < dt.timedelta(minutes=1)


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "401 Unauthorized", "403 Forbidden", "418 Teapot"])
def test_where_there_is_none_all_is_allowed(status: str, spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply("User-agent: *\nDisallow: /", status)
    assert page(spy) == b"text"
    assert lifetime() > 23 * HOUR


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Too Many Requests", "502 Bad Gateway"])
def test_where_nobody_can_know_the_host_is_left_alone_for_now(status: str, spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply("", status)
    for _ in range(2):
        with pytest.raises(FetchFailed, match=f"left alone for now.*{status[:3]}"):
            page(spy)
    assert paths(spy) == ["/robots.txt"]
    spy.answers["/robots.txt"] = reply("")
    RobotsFile.objects.update(expires_at=timezone.now())
    assert page(spy) == b"text"


def test_where_it_breaks_off_as_well(spy: Spy) -> None:
    def break_off(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nUser-agent: *\n")

    spy.answers["/robots.txt"] = break_off
    with pytest.raises(FetchFailed, match="left alone for now"):
        page(spy)
    assert spy.asked("/page") == []


def test_retry_after_is_honoured_for_it_too(spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply("", "503 Busy", "Retry-After: 7200")
    with pytest.raises(FetchFailed):
        page(spy)
    assert abs(lifetime() - 2 * HOUR) < dt.timedelta(minutes=1)


def test_it_is_followed_to_where_it_has_moved(spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply("", "301 Moved", "Location: /robots/all.txt")
    spy.answers["/robots/all.txt"] = reply("User-agent: *\nDisallow: /page")
    with pytest.raises(FetchRefused):
        page(spy)


def test_a_redirect_is_judged_by_the_host_that_it_leads_to(spy: Spy) -> None:
    with Spy("127.0.0.2") as other:
        spy.answers["/page"] = reply("", "302 Found", f"Location: {other.url('/secret')}")
        other.answers["/robots.txt"] = reply("User-agent: *\nDisallow: /secret")
        with pytest.raises(FetchRefused, match=r"127\.0\.0\.2"):
            page(spy)
        assert paths(other) == ["/robots.txt"]


def test_no_robots_txt_leads_to_inner_addresses(spy: Spy, settings: Any) -> None:
    settings.FETCH_ALLOW_NETWORKS = ["127.0.0.1/32"]
    with Spy("127.0.0.2") as inner:
        spy.answers["/robots.txt"] = reply("", "302 Found", f"Location: {inner.url('/')}")
        with pytest.raises(FetchRefused):
            page(spy)
        assert inner.log == []


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: Pledgewatch\nDisallow: /", False),
        ("User-agent: pledgewatch\nDisallow: /", False),
        ("User-agent: Pledgewatch*\nDisallow: /", False),
        ("User-agent: SomeBot\nDisallow: /", True),
        ("User-agent: watch\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Pledgewatch\nAllow: /", True),
        ("User-agent: Pledgewatch\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: SomeBot\nUser-agent: Pledgewatch\nDisallow: /", False),
        ("User-agent: SomeBot\nDisallow: /\n\nUser-agent: *\nAllow: /", True),
        ("User-agent: *\nDisallow: /\nAllow: /page", True),
        ("User-agent: *\nDisallow: /*ge$", False),
        ("User-agent: *\nDisallow: /*.php$", True),
        ("User-agent: *\nDisallow: /%70age", False),
        ("\ufeffUser-agent: *\nDisallow: /", False),
        ("user-agent:*\r\ndisallow:/\r\n", False),
        ("Disallow: /", True),
        ("User-agent:\nDisallow: /", True),
        ("<html><body>Welcome</body></html>", True),
        ("\0\0\0", True),
    ],
)
def test_whom_it_speaks_to_and_of_what(text: str, allowed: bool, spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply(text)
    if allowed:
        assert page(spy) == b"text"
    else:
        with pytest.raises(FetchRefused):
            page(spy)


def test_a_crawl_delay_is_kept(spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply("User-agent: *\nCrawl-delay: 0.3\n")
    page(spy)
    page(spy, "/other")
    starts = [asked.began for asked in spy.log]
    assert starts[1] - starts[0] >= 0.29
    assert starts[2] - starts[1] >= 0.29


def test_a_crawl_delay_that_nobody_can_wait_for_postpones(spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply("User-agent: *\nCrawl-delay: 3000\n")
    began = time.monotonic()
    with pytest.raises(FetchPostponed):
        page(spy)
    assert time.monotonic() - began < 2
    assert paths(spy) == ["/robots.txt"]


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /" + "*a" * 100_000 + "*b\n",
        "".join(f"User-agent: a{n}\n" for n in range(15_000)) + "".join(f"Disallow: /{n}$\n" for n in range(15_000)),
        "".join(f"User-agent: {'pledgewatch'[: n % 11 + 1]}\n" for n in range(15_000))
        + "".join(f"Disallow: /{n}$\n" for n in range(15_000)),
        "useragent x\n" * 20_000 + "User agent y" * 20_000 + "Disallow: /x\n" * 20_000,
        "Disallow: /page" + "x" * 500_000,
    ],
    ids=["stars", "names", "our names", "odd names", "a long line"],
)
def test_a_robots_txt_that_is_made_to_hold_us_up_does_not(text: str, spy: Spy) -> None:
    spy.answers["/robots.txt"] = reply(text)
    began = time.monotonic()
    assert page(spy) == b"text"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("kind", "of_the_source", "of_its_documents"),
    [
        (Source.Kind.FEED, False, True),
        (Source.Kind.LISTING, True, True),
        (Source.Kind.PAGE, True, True),
        (Source.Kind.GOVUK, False, False),
        (Source.Kind.PARLIAMENT, False, False),
    ],
)
def test_which_requests_of_a_poll_are_for_pages(
    kind: str, of_the_source: bool, of_its_documents: bool, spy: Spy
) -> None:
    spy.answers["/robots.txt"] = reply("User-agent: *\nDisallow: /")
    asker = Asker(kind)
    for ask, obeys in (
        (lambda: asker.ask_source(spy.url("/page"), "text/html"), of_the_source),
        (lambda: asker(spy.url("/page"), "text/html"), of_its_documents),
    ):
        if obeys:
            with pytest.raises(FetchRefused):
                ask()
        else:
            assert ask().body == b"text"
