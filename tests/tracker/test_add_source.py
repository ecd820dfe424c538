"""The command that adds a source, as staff type it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tracker.models import Release, Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]

ENTRY = {"id": "t:1", "url": "https://example.org/1", "title": "Returns rise", "text": "One two three."}


@pytest.fixture
def url(httpserver: HTTPServer) -> str:
    httpserver.expect_request("/feed").respond_with_data(atom({**ENTRY, "published": "2025-01-10T09:30:00Z"}))
    return httpserver.url_for("/feed")


def add(*arguments: str) -> str:
    output = io.StringIO()
    call_command("add_source", *arguments, stdout=output)
    return output.getvalue()


def test_it_is_added_and_shows_what_would_be_taken_without_taking_it(url: str) -> None:
    shown = add("feed", url, "--name", "Home Office news", "--publisher", "Home Office", "--interval", "1")
    source = Source.objects.get()
    assert (source.slug, source.publisher, source.voice) == ("home-office-news", "Home Office", "official")
    assert source.fixed_interval_minutes == 1
    assert "home-office-news" in shown
    assert "2025-01-10" in shown
    assert "Returns rise" in shown
    assert not Release.objects.exists()


def test_for_machines(url: str) -> None:
    shown = json.loads(add("feed", url, "--name", "News", "--voice", "media", "--options", "{}", "--json"))
    assert shown["slug"] == "news"
    assert shown["options"] == {}
    assert [entry["title"] for entry in shown["entries"]] == ["Returns rise"]


def test_without_a_trial_nothing_is_asked(url: str, httpserver: HTTPServer) -> None:
    add("feed", url, "--name", "News", "--no-check")
    assert Source.objects.exists()
    assert httpserver.log == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "radio"}, "no kind “radio”"),
        ({"kind": "parliament"}, "can't be watched as Parliament's"),
        ({"url": "ftp://example.org/feed"}, "http"),
        ({"--name": "!!!"}, "no letter"),
        ({"--voice": "mine"}, "no voice “mine”"),
        ({"--interval": "0"}, "at least 1"),
        ({"--options": "[1]"}, "JSON object"),
        ({"--options": "{"}, "not JSON"),
        ({"--options": '{"no-such-option": 1}'}, "no-such-option"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(url: str, changes: dict[str, str], message: str) -> None:
    options = {"kind": "feed", "url": url, "--name": "News", **changes}
    positional = [options.pop("kind"), options.pop("url")]
    with pytest.raises(CommandError, match=message) as error:
        add(*positional, *(part for pair in options.items() for part in pair))
    assert "\n" not in str(error.value)
    assert not Source.objects.exists()


def test_a_name_that_is_taken(url: str) -> None:
    add("feed", url, "--name", "News")
    with pytest.raises(CommandError, match="of that name already"):
        add("feed", url, "--name", "news!")


@pytest.mark.parametrize(("option", "said"), [("--name", "The name has 300"), ("--publisher", "The publisher has 300")])
def test_a_name_that_does_not_fit_is_refused(url: str, option: str, said: str) -> None:
    words = {"--name": "News"} | {option: "x" * 300}
    with pytest.raises(CommandError, match=said):
        add("feed", url, *(part for pair in words.items() for part in pair))


def test_an_address_that_holds_no_feed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/page").respond_with_data("<html><title>Hello</title></html>")
    with pytest.raises(CommandError, match="not a feed: it is a web page titled “Hello”"):
        add("feed", httpserver.url_for("/page"), "--name", "News")
    with pytest.raises(CommandError, match="HTTP 500"):
        add("feed", httpserver.url_for("/elsewhere"), "--name", "News")


def test_an_inner_address_says_how_to_allow_it(url: str, settings: Any) -> None:
    settings.FETCH_ALLOW_NETWORKS = []
    with pytest.raises(CommandError, match="FETCH_ALLOW_NETWORKS"):
        add("feed", url, "--name", "News")


def test_from_the_shell_an_error_is_one_line_and_a_code(manage: Any) -> None:
    assert manage("migrate", "-v0").returncode == 0
    failed = manage("add_source", "feed", "http://127.0.0.1:9/feed", "--name", "News")
    assert failed.returncode != 0
    assert "FETCH_ALLOW_NETWORKS" in failed.stderr
    assert len(failed.stderr.strip().splitlines()) == 1
    assert "Example:" in manage("add_source", "--help").stdout
