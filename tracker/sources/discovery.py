"""The feeds that a web page names. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import html

from tracker.reading.html_tree import parsed
from tracker.reading.sanitise import title_line, web_address

#: Plain JSON is not among them: sites name the interfaces of their programs so.
FEED_TYPES = {
    *("application/atom+xml", "application/rss+xml", "application/rdf+xml", "application/feed+json"),
    *("application/xml", "text/xml", "application/x-rss+xml", "application/rss", "application/atom"),
}
MOST_FEEDS = 20
_COMMENTS = re.compile(r"comment|kommentar|comentario|discussion", re.IGNORECASE)


@dataclass(frozen=True)
class FoundFeed:
    """A feed as a page names it. `title` may be empty."""

    url: str
    title: str


def feeds_named_by(body: bytes, content_type: str, url: str) -> list[FoundFeed]:
    """The feeds that the page `body` at `url` names by `<link rel="alternate">`, its main one first.

    Feeds of comments come last. A feed of what the page itself shows (a tag, a department) goes before one of the
    whole site, and else the page's own order holds.
    """
    page = parsed(body, content_type, url)
    if page is None:
        return []
    base = urljoin(url, next((element.get("href") or "" for element in page.iter("base")), "").strip())
    found: dict[str, FoundFeed] = {}
    for link in page.iter("link"):
        address = _address(link, base)
        if address and address not in found and len(found) < MOST_FEEDS:
            found[address] = FoundFeed(address, title_line(link.get("title") or "", is_markup=False))
    return sorted(found.values(), key=lambda feed: (_is_of_comments(feed), not _is_of_the_page(feed, url)))


def _address(link: html.HtmlElement, base: str) -> str:
    """Where the feed is that `link` names. Empty if it names none."""
    rel = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    href = (link.get("href") or "").strip()
    names_a_feed = ("alternate" in rel and kind in FEED_TYPES) or ("feed" in rel and kind in {"", *FEED_TYPES})
    if not (names_a_feed and href):
        return ""
    if href.startswith("feed:"):
        href = href.removeprefix("feed:").removeprefix("//")
        href = href if href.startswith("http") else f"http://{href}"
    try:
        return web_address(urljoin(base, href.replace(" ", "%20")))
    except ValueError:
        return ""


def _is_of_comments(feed: FoundFeed) -> bool:
    return bool(_COMMENTS.search(feed.title) or _COMMENTS.search(urlsplit(feed.url).path))


def _is_of_the_page(feed: FoundFeed, url: str) -> bool:
    path = urlsplit(url).path.rstrip("/")
    return bool(path) and urlsplit(feed.url).path.startswith((f"{path}/", f"{path}."))
