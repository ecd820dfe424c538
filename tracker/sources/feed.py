"""Feeds: RSS of every version, Atom, RDF and JSON Feed."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from xml.sax import SAXParseException  # nosec B406  the error alone

import feedparser
from lxml import html

from tracker.fetching import Response, sent_at
from tracker.identity import canonical_address
from tracker.models import Source
from tracker.reading.dates import from_feedparser
from tracker.reading.encoding import decoded
from tracker.reading.html_text import plain_text, reader_text
from tracker.reading.sanitise import title_line, web_address, without_control_characters

from . import Ask, json_feed, linked_page
from .entry import Entry, NotUnderstood, SourceEnded
from .extracts import is_extract
from .opening import opening

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)

#: What GOV.UK puts in front of titles to say what sort of page it is.
GOVUK_LABELS = (
    *("Authored article", "Call for evidence", "Case study", "Closed call for evidence", "Closed consultation"),
    *("Consultation outcome", "Correspondence", "Corporate report", "Decision", "FOI release", "Fatality notice"),
    *("Form", "Government response", "Guidance", "Impact assessment", "Independent report", "International treaty"),
    *("Map", "National statistics", "News story", "Notice", "Official Statistics", "Open call for evidence"),
    *("Open consultation", "Oral statement to Parliament", "Policy paper", "Press release", "Promotional material"),
    *("Regulation", "Research and analysis", "Speech", "Statutory guidance", "Transcript", "Transparency data"),
    *("World news story", "Written statement to Parliament"),
)
#: So many items, updated at one moment, just before the answer was sent.
ITEMS_MADE_AT_ONCE = 3
JUST_MADE = dt.timedelta(minutes=2)
FULL_TEXT = "full_text"
_ENDED_TITLE = "this feed has ended"
_ENDED_ID = re.compile(r"/feed-ended$")
_UNTITLED_LENGTH = 80
_CLOSING_TAG = re.compile(rb"</\s*[\w:.-]+\s*>?")
LONGEST_CLOSING_TAG_BYTES = 200
_PADDING = b"\0 \r\n\t"
_ASIDES = {b"-->": b"<!--", b"?>": b"<?"}
_TEXT_TYPES = {"text/plain", "text/html", "application/xhtml+xml"}


def address(source: Source) -> str:
    return source.url


def check_options(options: Mapping[str, Any]) -> None:
    """`full_text`: true reads every item from the page that it links to, false none. See tracker.sources.Kind."""
    for name, value in options.items():
        if name != FULL_TEXT:
            raise NotUnderstood(f"Sources of kind “feed” have no option “{name}”. They have “{FULL_TEXT}”.")
        if not isinstance(value, bool):
            raise NotUnderstood(f"The option “{FULL_TEXT}” is true or false.")


def complete(source: Source, entry: Entry, ask: Ask) -> Entry:
    """`entry` with the text of the page that it links to. See tracker.sources.Kind."""
    return linked_page.whole(entry, ask)


def next_page(source: Source, response: Response, number: int) -> str | None:
    """Feeds are read without paging. See tracker.sources.Kind."""
    return None


def parse(source: Source, response: Response) -> list[Entry]:
    """The items of a feed, each with a title. See tracker.sources.Kind."""
    if json_feed.looks_like_json(response.body):
        entries = json_feed.parse(response.body, response.final_url)
    else:
        entries = _from_xml(response)
    if len(entries) == 1 and _says_that_it_ended(entries[0]):
        raise SourceEnded("The publisher says that this feed has ended.")
    entries = _without_time_of_making(response, [_titled(entry) for entry in entries])
    return _with_pages_of_their_own(source, entries)


def _without_time_of_making(response: Response, entries: list[Entry]) -> list[Entry]:
    """`entries` without the time of their update, if the feed says that all were updated as it was made.

    Such a feed would announce each item anew each time that it is asked for.
    """
    moments = {entry.updated_at for entry in entries}
    made = sent_at(response.headers)
    updated = next(iter(moments), None)
    if len(entries) < ITEMS_MADE_AT_ONCE or len(moments) > 1 or updated is None or made is None:
        return entries
    return [replace(entry, updated_at=None) for entry in entries] if abs(made - updated) < JUST_MADE else entries


def _with_pages_of_their_own(source: Source, entries: list[Entry]) -> list[Entry]:
    """`entries`, extracts only where there is a page to read the whole from, and as the option wants it."""
    addresses = [canonical_address(entry.url) for entry in entries]
    used = Counter(addresses)
    wanted = source.options.get(FULL_TEXT)
    return [
        replace(
            entry, complete=not (address and used[address] == 1 and (not entry.complete if wanted is None else wanted))
        )
        for entry, address in zip(entries, addresses, strict=True)
    ]


def _from_xml(response: Response) -> list[Entry]:
    body = opening(response.body)
    headers = {"content-type": response.content_type, "content-location": response.final_url}
    document = feedparser.parse(
        io.BytesIO(body),  # a string could be taken for an address or a file
        response_headers=headers,
        sanitize_html=False,  # only text is kept
    )
    problem = document.get("bozo_exception") if document.get("bozo") else None
    if not document.entries and (not document.get("version") or isinstance(problem, SAXParseException)):
        raise NotUnderstood(f"The answer is not a feed: {_what_it_is(response, problem)}.")
    if isinstance(problem, SAXParseException) and not _is_closed(response.body):
        raise NotUnderstood("The feed breaks off in the middle.")
    is_rss = str(document.get("version", "")).startswith("rss")
    return [_entry(entry, is_rss=is_rss) for entry in document.entries]


def _is_closed(body: bytes) -> bool:
    """Whether `body` ends with a closing tag, comments and instructions after it apart.

    Searched from the end, so that each byte is looked at once.
    """
    end = _end(body, len(body))
    while opening := next((opening for closing, opening in _ASIDES.items() if body.endswith(closing, 0, end)), None):
        end = body.rfind(opening, 0, end)
        if end < 0:
            return False
        end = _end(body, end)
    begin = body.rfind(b"</", max(0, end - LONGEST_CLOSING_TAG_BYTES), end)
    return begin >= 0 and _CLOSING_TAG.fullmatch(body, begin, end) is not None


def _end(body: bytes, end: int) -> int:
    """Where `body[:end]` ends when white space and padding are left off."""
    while end and body[end - 1] in _PADDING:
        end -= 1
    return end


def _entry(entry: Any, *, is_rss: bool) -> Entry:
    title = entry.get("title_detail") or {}
    url = web_address(str(entry.get("link", "")))
    published = from_feedparser(dict.get(entry, "published_parsed") or dict.get(entry, "created_parsed"))
    updated = from_feedparser(dict.get(entry, "updated_parsed"))
    text, is_content = _text(entry, is_rss=is_rss)
    return Entry(
        guid=without_control_characters(str(entry.get("id", ""))).strip(),
        url=url,
        title=_without_label(
            title_line(str(title.get("value") or ""), is_markup=title.get("type") != "text/plain"),
            [str(tag.get("term") or "") for tag in entry.get("tags", [])] if _is_govuk(url) else [],
        ),
        text=text,
        complete=not is_extract(text, is_content=is_content),
        published_at=published or updated,
        updated_at=updated,
    )


def _text(entry: Any, *, is_rss: bool) -> tuple[str, bool]:
    """The fullest of its contents, or else its summary; and whether it is meant for the whole text.

    In RSS the caption of a picture comes as plain content too, and some repeat their summary in `content:encoded`.
    """
    summary = _as_text(dict.get(entry, "summary_detail") or {})
    contents = dict.get(entry, "content") or []
    if is_rss and summary:
        contents = [content for content in contents if content.get("type") != "text/plain"]
    fullest = max(map(_as_text, contents), key=len, default="")
    if not fullest:
        return summary, False
    return fullest, not is_rss or len(fullest.split()) > len(summary.split())


def _as_text(content: Any) -> str:
    kind = content.get("type") or "text/plain"
    if kind not in _TEXT_TYPES:
        return ""
    value = str(content.get("value") or "")
    return plain_text(value) if kind == "text/plain" else reader_text(value)


def _without_label(title: str, categories: list[str]) -> str:
    label, colon, rest = title.partition(": ")
    known = {name.casefold() for name in (*GOVUK_LABELS, *categories)}
    return rest.strip() if colon and rest.strip() and label.casefold() in known else title


def _is_govuk(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "gov.uk" or host.endswith(".gov.uk")


def _titled(entry: Entry) -> Entry:
    if entry.title:
        return entry
    opening = " ".join(entry.text.split())
    if len(opening) > _UNTITLED_LENGTH:
        opening = opening[:_UNTITLED_LENGTH].rsplit(" ", 1)[0] + "…"
    return replace(entry, title=title_line(opening, is_markup=False) or entry.url or "Untitled")


def _says_that_it_ended(entry: Entry) -> bool:
    return entry.title.casefold().rstrip(".") == _ENDED_TITLE or bool(_ENDED_ID.search(entry.guid))


def _what_it_is(response: Response, problem: Exception | None) -> str:
    beginning = decoded(response.body[:20_000], response.content_type)
    if re.search(r"<(!doctype )?html", beginning, re.IGNORECASE):
        # Wrapped, since a page of nothing but its declaration is no document to the parser.
        page = html.document_fromstring(f"<div></div>{beginning}".encode(), parser=html.HTMLParser(encoding="utf-8"))
        title = page.findtext(".//title")
        return f"it is a web page titled “{title_line(title, is_markup=False)}”" if title else "it is a web page"
    if not beginning.lstrip().startswith("<"):
        return "it is not XML"
    if isinstance(problem, SAXParseException):
        return f"its XML is broken in line {problem.getLineNumber()} ({problem.getMessage()})"
    return "it is XML, but neither RSS, Atom nor RDF"
