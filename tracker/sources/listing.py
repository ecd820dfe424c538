"""A page that lists links or whole posts, and the pages that follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html

from tracker.fetching import Response
from tracker.identity import canonical_address
from tracker.models import Source
from tracker.reading.html_text import text_of
from tracker.reading.html_tree import body_of, selector
from tracker.reading.main_text import drop_what_is_around
from tracker.reading.sanitise import title_line, web_address

from . import Ask, linked_page
from .entry import Entry, NotUnderstood
from .extracts import is_extract
from .listed_items import Item, item_of, items
from .opening import MOST_ITEMS
from .web_page import check_selector, page_in

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

#: Selectors by which staff say what is what, where the page is built in a way of its own.
OPTIONS = ("item", "title", "link", "date", "text", "next")
_NEXT_WORDS = re.compile(
    r"^\W*(?:next(?: page| results)?|older(?: posts| entries| news| articles)?|more results|previous entries)\b"
    r"(?:\s*(?:page|:|\d).*)?\W*$",
    re.IGNORECASE,
)
_NEXT_CLASS = re.compile(
    r"(?:^|[\s_-])(?:next|nextpostslink|nav-previous|older|older-posts|pagination__next|pagination-next|pager-next|"
    r"pager__item--next)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"^\W*(?:(?:continue|keep) reading|read (?:more|the rest|on|full)|more\b|full (?:story|article))", re.IGNORECASE
)
_NOTHING = re.compile(
    r"\b(?:no (?:results|posts|items|news|matching|documents)\b|0 results|nothing (?:was )?found|no .{0,30} found)",
    re.IGNORECASE,
)


def address(source: Source) -> str:
    return source.url


def check_options(options: Mapping[str, Any]) -> None:
    """Each is a CSS selector; all but `item` and `next` are looked for in an item. See tracker.sources.Kind."""
    for name, written in options.items():
        if name not in OPTIONS:
            raise NotUnderstood(f"Sources of kind “listing” have no option “{name}”. They have {', '.join(OPTIONS)}.")
        if not isinstance(written, str) or not written.strip():
            raise NotUnderstood(f"The option “{name}” is a CSS selector, such as “article h2 a”.")
        check_selector(name, written)


def parse(source: Source, response: Response) -> list[Entry]:
    """What the page lists, whole where its text is on the page. See tracker.sources.Kind."""
    page = page_in(response)
    found = _chosen(page, source.options) if "item" in source.options else items(_without_surroundings(page))
    entries: dict[str, Entry] = {}
    for item in found:
        entry = _entry(item, response, source.options)
        if entry is not None and canonical_address(entry.url) != canonical_address(source.url):
            entries.setdefault(canonical_address(entry.url) or entry.title, entry)
        if len(entries) > MOST_ITEMS:
            break
    if not entries and not _NOTHING.search(page.text_content()):
        raise NotUnderstood(
            "No list of links or posts was found on the page. Say where it is by the options “item” and “link”."
            if "item" not in source.options
            else f"Nothing on the page that is “{source.options['item']}” has a link and a title."
        )
    return list(entries.values())


def complete(source: Source, entry: Entry, ask: Ask) -> Entry:
    """`entry` with the text of the page that it links to. See tracker.sources.Kind."""
    return linked_page.whole(entry, ask)


def next_page(source: Source, response: Response, number: int) -> str | None:
    """Where the page says that its list goes on. See tracker.sources.Kind."""
    page = page_in(response)
    here = urlsplit(response.final_url)
    for link in _links_on(page, source.options):
        found = web_address(urljoin(_base(page, response), link.get("href") or "").partition("#")[0])
        if found and urlsplit(found).hostname == here.hostname and found not in {response.final_url, response.url}:
            return found
    return None


def _links_on(page: html.HtmlElement, options: Mapping[str, Any]) -> Iterator[html.HtmlElement]:
    """Links to the page that follows, the surest first."""
    if "next" in options:
        for element in selector(options["next"])(page):
            yield element if element.tag == "a" else next(element.iter("a"), element)
        return
    links = [link for link in page.iter("link", "a") if link.get("href")]
    yield from (link for link in links if "next" in (link.get("rel") or "").lower().split())
    anchors = [link for link in links if link.tag == "a"]
    yield from (link for link in anchors if _NEXT_WORDS.match(" ".join(link.text_content().split())))
    for link in anchors:
        parent = link.getparent()
        classes = f"{link.get('class') or ''} {(parent.get('class') or '') if parent is not None else ''}"
        if _NEXT_CLASS.search(classes):
            yield link


def _without_surroundings(page: html.HtmlElement) -> html.HtmlElement:
    body = body_of(page)
    drop_what_is_around(body)
    return body


def _chosen(page: html.HtmlElement, options: Mapping[str, Any]) -> list[Item]:
    """The items that staff have described by selectors."""

    chosen = {name: selector(written) for name, written in options.items()}

    def first(element: html.HtmlElement, name: str) -> html.HtmlElement | None:
        return next(iter(chosen[name](element)), None) if name in chosen else None

    return [
        item_of(element, *(first(element, name) for name in ("link", "title", "text", "date")))
        for element in chosen["item"](page)[: MOST_ITEMS + 1]
    ]


def _entry(item: Item, response: Response, options: Mapping[str, Any]) -> Entry | None:
    href = item.link.get("href") if item.link is not None else None
    url = web_address(urljoin(_base(item.element, response), href).partition("#")[0]) if href else ""
    title = title_line(item.title, is_markup=False)
    if not title or not url:
        return None
    content = item.content if item.content is not None else item.excerpt
    goes_on = content is not None and _goes_on(content)
    text = text_of(content) if content is not None else ""
    is_whole = item.content is not None and bool(text)
    is_whole = is_whole and ("text" in options or not (goes_on or is_extract(text, is_content=True)))
    return Entry(
        guid="",
        url=url,
        title=title,
        text=text,
        published_at=item.published_at,
        updated_at=item.published_at,
        complete=is_whole,
    )


def _goes_on(content: html.HtmlElement) -> bool:
    """Whether the text breaks off with a link to the rest of it. Such links are taken out."""
    links = [
        link
        for link in content.iter("a")
        if "more-link" in (link.get("class") or "") or _MORE.match(" ".join(link.text_content().split()))
    ]
    for link in links:
        link.drop_tree()
    return bool(links)


def _base(element: html.HtmlElement, response: Response) -> str:
    stated = element.getroottree().getroot().find(".//base")
    return urljoin(response.final_url, str(stated.get("href") or "") if stated is not None else "")
