"""What sources may send to hold the watch up: it takes no longer than honest input of the same size."""

from __future__ import annotations

import json
import time

import pytest
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tracker.fetching import Response
from tracker.identity import identities
from tracker.models import Release, Source
from tracker.polling import poll
from tracker.revisions import text_hash
from tracker.sources import NotUnderstood, kind_of

LENGTH = 1_000_000
AT_MOST_SECONDS = 5.0


def parse(body: bytes) -> list[object]:
    response = Response(200, "https://example.org/feed", "https://example.org/feed", {}, body)
    return list(kind_of("feed").parse(Source(kind="feed"), response))


@pytest.mark.parametrize(
    "line",
    [
        "." * LENGTH + "x",
        "views" + "." * LENGTH + "x",
        "1" + " " * LENGTH + "x",
        "9" * LENGTH + "x",
        "no" + " " * LENGTH,
    ],
    ids=["dots", "views and dots", "spaces", "digits", "no and spaces"],
)
def test_a_line_made_to_look_like_a_counter_is_compared_in_no_time(line: str) -> None:
    began = time.monotonic()
    assert text_hash("A title", line) != text_hash("A title", "Another line")
    assert time.monotonic() - began < AT_MOST_SECONDS


@pytest.mark.parametrize("counter", ["1,204 views", "Views: 1204", "… 12k reads", "Page views 3.5k", "3 days ago"])
def test_a_counter_that_has_moved_on_is_no_change(counter: str) -> None:
    assert text_hash("A title", f"The text.\n{counter}") == text_hash("A title", "The text.")


@pytest.mark.parametrize(
    "ending",
    [
        b"<!---->" * 100_000 + b"x",
        b"<!--</a>" * 100_000 + b"x",
        b"<!--</a><!---->" * 50_000 + b"x",
        b"<??>" * 100_000 + b"x",
    ],
    ids=["comments", "open comments", "comments in comments", "instructions"],
)
def test_a_broken_feed_with_a_long_tail_of_comments_is_refused_in_no_time(ending: bytes) -> None:
    feed = b'<rss version="2.0"><channel><item><title>T</title></item></channel></rss><rss></a>'
    began = time.monotonic()
    with pytest.raises(NotUnderstood):
        parse(feed + ending)
    assert time.monotonic() - began < AT_MOST_SECONDS


def test_a_whole_feed_with_one_wrong_entity_and_comments_after_it_is_still_read() -> None:
    feed = b'<rss version="2.0"><channel><item><title>A &wrong; title</title></item></channel></rss>'
    feed += b"\n<!-- a --><!-- b -->\n"
    assert len(parse(feed)) == 1


def test_an_id_that_no_database_could_keep_does_not_keep_the_other_items_out() -> None:
    items = [{"id": "1\ud800\x00", "title": "Broken"}, {"id": "2", "title": "Whole"}]
    entries = kind_of("feed").parse(
        Source(kind="feed"),
        Response(
            200,
            "https://example.org/feed",
            "https://example.org/feed",
            {},
            json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode(),
        ),
    )
    assert len(identities(entries)) == 2
    assert entries[0].guid.startswith("1")
    assert b"\x00" not in entries[0].guid.encode()  # and no half of a pair, which cannot be encoded


def test_a_validator_with_control_characters_is_not_kept(
    make_source: object, httpserver: HTTPServer, now: object
) -> None:
    httpserver.expect_request("/feed").respond_with_data(
        atom({"id": "t:1", "url": "https://example.org/1"}), headers={"ETag": '"a\x01b"'}
    )
    source = make_source()  # type: ignore[operator]
    assert poll(source, now=now).outcome == "new"  # type: ignore[arg-type]
    assert source.etag == ""
    assert Release.objects.count() == 1
