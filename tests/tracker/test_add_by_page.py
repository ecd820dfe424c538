"""A feed is added by the address of a web page that names it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tracker.models import Source
from tracker.sources.discovery import feeds_named_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]

FEED = atom({"id": "t:1", "url": "https://example.org/1", "title": "Returns rise", "text": "One two three."})


def add(url: str, *arguments: str) -> str:
    output = io.StringIO()
    call_command("add_source", "feed", url, "--name", "News", *arguments, stdout=output)
    return output.getvalue()


def page(*links: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>Posts</title>{head}{''.join(links)}</head><body><p>Hi</p></body></html>"


def link(href: str, title: str = "", kind: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}" />'


def test_the_feed_of_a_page_is_watched_and_the_others_are_said(httpserver: HTTPServer) -> None:
    links = link("/feed", "Site"), link("/comments/feed", "Comments"), link("/api", kind="application/json")
    httpserver.expect_request("/").respond_with_data(page(*links), content_type="text/html")
    httpserver.expect_request("/feed").respond_with_data(FEED)
    shown = add(httpserver.url_for("/"))
    assert Source.objects.get().url == httpserver.url_for("/feed")
    assert f"It names 2 feeds; {httpserver.url_for('/feed')} is taken." in shown
    assert httpserver.url_for("/comments/feed") in shown
    assert "Returns rise" in shown


@pytest.mark.parametrize(
    ("at", "links", "main"),
    [
        ("/", [link("/feed"), link("/feed.json", kind="application/feed+json")], "/feed"),
        ("/", [link("/comments/feed/", "News » Comments Feed"), link("/feed/", "News » Feed")], "/feed/"),
        ("/tag/home/", [link("/feed/"), link("/comments/feed/"), link("/tag/home/feed/")], "/tag/home/feed/"),
        ("/2025/a-post/", [link("/feed/"), link("/2025/a-post/feed/", "A post Comments Feed")], "/feed/"),
        ("/a", [link("atom.xml", kind="application/atom+xml; charset=utf-8", rel="Alternate HOME")], "/atom.xml"),
        ("/a", [link("/rss", kind="", rel="feed")], "/rss"),
    ],
)
def test_the_main_one_is_taken(httpserver: HTTPServer, at: str, links: list[str], main: str) -> None:
    httpserver.expect_request(main).respond_with_data(FEED)
    httpserver.expect_request(at).respond_with_data(page(*links), content_type="text/html")
    shown = json.loads(add(httpserver.url_for(at), "--json"))
    assert shown["url"] == shown["feeds"][0]["url"] == httpserver.url_for(main)
    assert len(shown["feeds"]) == len(links)


def test_one_that_is_broken_gives_way_to_the_next(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data(page(link("/gone"), link("/feed")), content_type="text/html")
    httpserver.expect_request("/gone").respond_with_data("", status=404)
    httpserver.expect_request("/feed").respond_with_data(FEED)
    add(httpserver.url_for("/"))
    assert Source.objects.get().url == httpserver.url_for("/feed")


def test_a_page_that_moved_names_feeds_beside_its_new_address(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/old").respond_with_data("", status=301, headers={"Location": "/new/news"})
    httpserver.expect_request("/new/news").respond_with_data(page(link("feed")), content_type="text/html")
    httpserver.expect_request("/new/feed").respond_with_data(FEED)
    add(httpserver.url_for("/old"))
    assert Source.objects.get().url == httpserver.url_for("/new/feed")


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ([], "It names no feed either"),
        ([link("javascript:alert(1)"), link("ftp://example.org/feed"), link("")], "It names no feed either"),
        ([link("/gone")], "no feed that it names can be read"),
        ([link("http://169.254.169.254/feed")], "no feed that it names can be read"),
    ],
)
def test_a_page_that_names_none_that_can_be_read(httpserver: HTTPServer, links: list[str], said: str) -> None:
    httpserver.expect_request("/").respond_with_data(page(*links), content_type="text/html")
    with pytest.raises(CommandError, match=said):
        add(httpserver.url_for("/"))
    assert not Source.objects.exists()


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: page(link(text), head=text).encode()))
def test_whatever_a_page_holds_only_web_addresses_are_found(body: bytes) -> None:
    for feed in feeds_named_by(body, "text/html", "https://example.org/page"):
        assert feed.url.lower().startswith(("http://", "https://"))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "at", "main"),
    [
        ("heise", "https://www.heise.de/", "https://www.heise.de/rss/heise-atom.xml"),
        ("orf", "https://orf.at/", "https://rss.orf.at/news.xml"),
        ("stackoverflow", "https://stackoverflow.com/", "https://stackoverflow.com/feeds"),
        (
            "stadtfeuerwehrweiz",
            "https://www.stadtfeuerwehr-weiz.at/",
            "http://www.stadtfeuerwehr-weiz.at/rss/einsaetze.xml",
        ),
        ("theverge", "https://www.theverge.com/", "https://www.theverge.com/rss/index.xml"),
    ],
)
def test_real_pages(shared: Path, name: str, at: str, main: str) -> None:
    body = (shared / "data/pages/autodiscovery" / f"{name}.html").read_bytes()
    assert feeds_named_by(body, "text/html", at)[0].url == main
