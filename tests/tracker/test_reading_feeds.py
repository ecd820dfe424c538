"""What is read out of feeds: titles, texts, dates, in every form they come in."""

from __future__ import annotations

import datetime as dt
import json
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.fetching import Response
from tracker.models import Source
from tracker.reading.encoding import decoded
from tracker.reading.html_text import reader_text
from tracker.reading.sanitise import title_line
from tracker.sources import Entry, NotUnderstood, SourceEnded, kind_of


def parse(body: str | bytes, content_type: str = "") -> list[Entry]:
    raw = body.encode() if isinstance(body, str) else body
    response = Response(
        200, "https://example.org/feed", "https://example.org/feed", {"Content-Type": content_type}, raw
    )
    return kind_of("feed").parse(Source(kind="feed"), response)


def rss(item: str) -> str:
    return (
        f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>{item}</channel></rss>'
    )


def test_text_of_an_atom_entry_keeps_its_paragraphs_exactly() -> None:
    text = "First paragraph.\n\nSecond one,\nin two lines.\n\n• a point\n• another & <another>"
    (entry,) = parse(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="text">{escape(text)}</content></entry></feed>'
    )
    assert entry.text == text


def test_a_description_without_tags_keeps_its_paragraphs() -> None:
    (entry,) = parse(rss("<item><title>T</title><description>One &amp;amp; two.\n\nThree.</description></item>"))
    assert entry.text == "One & two.\n\nThree."


def test_the_full_content_is_preferred_to_the_summary() -> None:
    (entry,) = parse(
        rss(
            "<item><title>T</title><description>In short.</description>"
            "<content:encoded><![CDATA[<p>In short.</p><p>And at length.</p>]]></content:encoded></item>"
        )
    )
    assert entry.text == "In short.\n\nAnd at length."


def test_the_caption_of_a_picture_is_not_the_text() -> None:
    (entry,) = parse(
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><item><title>T</title>'
        "<link>https://example.org/1</link><description>In short.</description>"
        '<media:content url="https://example.org/1.jpg"><media:description type="plain">The Home Secretary on a visit '
        "to Leeds on Monday.</media:description></media:content></item></channel></rss>"
    )
    assert (entry.text, entry.complete) == ("In short.", False)


def test_content_that_says_no_more_than_the_summary_is_an_extract() -> None:
    (entry,) = parse(
        rss(
            "<item><title>T</title><link>https://example.org/1</link><description>In short.</description>"
            '<content:encoded><![CDATA[<img src="/1.jpg"> In short.]]></content:encoded></item>'
        )
    )
    assert not entry.complete


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("Wed, 04 Jun 2025 09:30:00 BST", "2025-06-04T08:30"),
        ("Wed, 04 Jun 2025 09:30:00 IST", "2025-06-04T08:30"),
        ("Wed, 04 Jun 2025 09:30:00 CEST", "2025-06-04T07:30"),
        ("Wed, 08 Jan 2025 09:30:00 CET", "2025-01-08T08:30"),
        ("Wed, 08 Jan 2025 09:30:00 GMT", "2025-01-08T09:30"),
        ("Wed, 04 Jun 2025 09:30:00 +0100", "2025-06-04T08:30"),
        ("2025-06-04T09:30:00+01:00", "2025-06-04T08:30"),
    ],
)
def test_dates_in_the_zones_of_these_islands_and_their_neighbours(written: str, utc: str) -> None:
    (entry,) = parse(rss(f"<item><title>T</title><pubDate>{written}</pubDate></item>"))
    assert entry.published_at == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)


def test_a_date_that_is_none() -> None:
    (entry,) = parse(rss("<item><title>T</title><pubDate>some day in BST</pubDate></item>"))
    assert entry.published_at is None


def test_json_feed() -> None:
    item = {
        "id": 7,
        "url": "/a",
        "title": "A",
        "content_html": "<p>One</p><p>Two</p>",
        "date_published": "2025-01-10T09:30:00+01:00",
    }
    (entry,) = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}))
    assert entry == Entry(
        guid="7",
        url="https://example.org/a",
        title="A",
        text="One\n\nTwo",
        published_at=dt.datetime(2025, 1, 10, 8, 30, tzinfo=dt.UTC),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "utf-16"])
def test_pounds_come_through_in_any_encoding(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?>' + rss("<item><title>£200 million</title></item>")
    assert parse(body.encode(encoding))[0].title == "£200 million"


def test_pounds_come_through_where_no_encoding_is_declared() -> None:
    assert decoded("£200".encode("cp1252"), "text/html") == "£200"
    assert decoded("£200".encode(), "") == "£200"


def test_labels_of_the_publisher_are_no_part_of_the_title() -> None:
    (entry,) = parse(rss("<item><title>News story: Two: three</title></item>"))
    assert entry.title == "Two: three"


def test_scripts_in_titles_and_links_come_to_nothing() -> None:
    (entry,) = parse(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Good &lt;script>alert(1)&lt;/script>news</title>'
        '<link href="javascript:alert(1)"/>'
        '<content type="html">&lt;p>Hi&lt;script>x()&lt;/script></content></entry></feed>'
    )
    assert (entry.title, entry.url, entry.text) == ("Good news", "", "Hi")


def test_a_less_than_sign_in_a_plain_title_stays() -> None:
    assert title_line("Waiting < 18 weeks", is_markup=False) == "Waiting < 18 weeks"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<h2>Head</h2><p>One<br>two</p><p>Three</p>", "Head\n\nOne\ntwo\n\nThree"),
        ("<p>Do:</p><ul><li>this</li><li><p>that</p></li></ul><p>End</p>", "Do:\n\n• this\n• that\n\nEnd"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "• a\n• b\n• c"),
        (
            "<table><tr><th>Year</th><th>Returns</th></tr><tr><td>2023</td><td><p>9,400</p></td></tr></table>",
            "Year | Returns\n2023 | 9,400",
        ),
        ("<p>A<style>p{}</style> &pound;5&nbsp;million &amp; more</p><script>x</script>", "A £5 million & more"),
        ("<p>half <b>bold</b>, <i>half</i>not</p>", "half bold, halfnot"),
        ("<div>a</div>b<div>c</div>", "a\n\nb\n\nc"),
        ("<p>seen<!-- not --><span hidden>nor this</span></p>", "seen"),
        ("<!-- nothing -->", ""),
        ("", ""),
    ],
)
def test_html_becomes_what_a_reader_sees(markup: str, text: str) -> None:
    assert reader_text(markup) == text


def test_html_nested_beyond_reason_is_read_without_harm() -> None:
    assert "deep" in reader_text("<div>" * 200 + "deep" + "</div>" * 200)
    reader_text("<div>" * 100_000 + "deep")


def test_entities_that_multiply_are_not_followed() -> None:
    bomb = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x0 "lol">{bomb}]>' + rss("<item><title>&x9;</title></item>")
    try:
        entries = parse(body)
    except NotUnderstood:
        return
    assert all(len(entry.title) <= 500 for entry in entries)


def test_files_of_this_machine_are_not_read_into_a_feed() -> None:
    body = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + rss("<item><title>a&f;b</title></item>")
    assert "root:" not in str(parse(body))


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: rss(text).encode()))
def test_whatever_comes_is_read_or_said_not_to_be_a_feed(body: bytes) -> None:
    try:
        entries = parse(body)
    except (NotUnderstood, SourceEnded):
        return
    assert all(entry.title for entry in entries)


@given(st.text())
def test_any_markup_becomes_text(markup: str) -> None:
    text = reader_text(f"<p>{markup}</p>")
    assert "\n\n\n" not in text
    assert text == text.strip()


@pytest.mark.shared
def test_real_and_hostile_feeds_collected_by_others(shared: Path) -> None:
    expected = json.loads((shared / "data/feeds/expected.json").read_text())
    right = wanted = 0
    for name, about in expected.items():
        body = (shared / "data/feeds" / name).read_bytes()
        try:
            entries = parse(body, about.get("content_type_header", ""))
        except NotUnderstood:
            entries = []
        for position, title in enumerate(about["entry_titles"]):
            if title:
                wanted += 1
                right += position < len(entries) and entries[position].title.split() == title.split()
        assert all(entry.title and "<script" not in entry.title for entry in entries)
    assert wanted > 150
    assert right / wanted >= 0.95
