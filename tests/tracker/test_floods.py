"""A feed that is far larger than any poll takes in is cut to what it takes, before it is parsed."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.fetching import Response
from tracker.models import Source
from tracker.sources import MOST_ITEMS, Entry, NotUnderstood, kind_of
from tracker.sources.opening import opening

FLOOD = 100_000
AT_MOST_SECONDS = 8.0


def rss(items: int) -> bytes:
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>'
        + "".join(f"<item><guid>{n}</guid><title>Title {n}</title></item>" for n in range(items))
        + "</channel></rss>"
    ).encode()


def atom(items: int) -> bytes:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>'
        + "".join(f"<entry><id>{n}</id><title>Title {n}</title></entry>" for n in range(items))
        + "</feed>"
    ).encode()


def rdf(items: int) -> bytes:
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>News</title><items><rdf:Seq/></items></channel>"
        + "".join(f'<item rdf:about="http://example.org/{n}"><title>Title {n}</title></item>' for n in range(items))
        + "</rdf:RDF>"
    ).encode()


def wide(items: int) -> bytes:
    return codecs.BOM_UTF16_LE + rss(items).decode().replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16-le")


def self_closing(items: int) -> bytes:
    return rss(0).replace(b"</channel>", b"<item/>" * items + b"</channel>")


def json_feed(items: int) -> bytes:
    listed = ",".join(f'{{"id":"{n}","title":"Title {n}"}}' for n in range(items))
    return f'{{"version":"https://jsonfeed.org/version/1.1","items":[{listed}]}}'.encode()


def read(body: bytes) -> list[Entry]:
    return kind_of("feed").parse(Source(kind="feed"), Response(200, "https://e.org/f", "https://e.org/f", {}, body))


@pytest.mark.parametrize("feed", [rss, atom, rdf, wide, self_closing, json_feed])
def test_only_the_first_items_of_a_flood_are_read_in_no_time(feed: Callable[[int], bytes]) -> None:
    body = feed(FLOOD)
    began = time.monotonic()
    entries = read(body)
    assert time.monotonic() - began < AT_MOST_SECONDS
    assert len(entries) == MOST_ITEMS + 1  # one more shows that there are more
    if feed is not self_closing:
        assert [entry.title for entry in entries[:2]] == ["Title 0", "Title 1"]
        assert entries[-1].title == f"Title {MOST_ITEMS}"


@pytest.mark.parametrize("feed", [rss, atom, rdf, wide, json_feed])
def test_a_feed_of_five_hundred_is_read_whole(feed: Callable[[int], bytes]) -> None:
    assert len(read(feed(500))) == 500


@pytest.mark.parametrize(
    "text",
    [
        "<![CDATA[ </item></item> <item> ]]>",
        "<!-- </item> <item> -->",
        "<?php </item> ?>",
        "an &lt;item&gt; of news",
        "<items/><itemised/>",
    ],
)
def test_items_are_counted_as_they_are_and_not_as_they_are_spoken_of(text: str) -> None:
    feed = rss(8).replace(b"<title>Title", f"<title>{text} Title".encode())
    cut = opening(feed, 3)
    assert len(read(cut)) == 4
    assert read(feed)[:4] == read(cut)


@given(st.integers(0, 12), st.integers(1, 12))
def test_what_is_not_cut_is_left_as_it_is(items: int, most: int) -> None:
    cut = opening(rss(items), most)
    assert (cut == rss(items)) == (items <= most + 1)
    assert read(cut) == read(rss(items))[: most + 1]


@given(st.binary(max_size=60) | st.text("<>/ite m![CDATA]-?", max_size=60).map(str.encode))
def test_nothing_makes_it_stumble(body: bytes) -> None:
    assert len(opening(body, 1)) <= len(body)


def test_json_made_to_fill_the_memory_is_not_built() -> None:
    bomb = '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"T"}],"x":' + "[" * 100_000
    with pytest.raises(NotUnderstood, match="looks like JSON"):
        read(bomb.encode())
    item = '{"id":"1","x":[' + ",".join(["[]"] * 100_000) + "]}"
    with pytest.raises(NotUnderstood, match="values"):
        read(f'{{"version":"https://jsonfeed.org/version/1.1","items":[{item}]}}'.encode())
