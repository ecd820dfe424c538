"""GOV.UK: the Search API to find documents, the Content API for the whole of each."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote, unquote, urlsplit

from tracker.fetching import FetchFailed, Response
from tracker.models import Source
from tracker.reading.sanitise import web_address

from . import Ask, govuk_content, govuk_search
from . import json_values as read
from .entry import Entry, NotUnderstood, Vanished
from .govuk_search import Site, check_options

ACCEPT = "application/json"
MAX_REDIRECTS = 5
_IDENTITY = re.compile(r"([\w-]+)/[\w-]+$")
#: Of the pages that a publication consists of, so many are read with it.
MAX_PAGES_OF_A_DOCUMENT = 10


def address(source: Source) -> str:
    return govuk_search.address(source.url, source.options)


def parse(source: Source, response: Response) -> list[Entry]:
    """What a search found, newest first, as stubs. See tracker.sources.Kind."""
    return govuk_search.stubs(source.url, response)


def next_page(source: Source, response: Response, number: int) -> str | None:
    return govuk_search.next_page(source.url, response)


def complete(source: Source, entry: Entry, ask: Ask) -> Entry:
    """A document as the Content API has it now, with the pages that it consists of. See tracker.sources.Kind."""
    site = govuk_search.site_of(source.url)
    path = site.path_of(entry.url) if entry.url else None
    if path is None:
        raise NotUnderstood(f"“{entry.url}” is no document of {urlsplit(site.root).netloc}.")
    item = _item(site, path, entry.guid, ask)
    pages = [_page(site, child, ask) for child in govuk_content.pages_of(item, site)[:MAX_PAGES_OF_A_DOCUMENT]]
    whole = govuk_content.entry_of(item, site, [page for page in pages if page])
    return replace(
        whole,
        guid=entry.guid or whole.guid,
        url=whole.url or entry.url,
        published_at=whole.published_at or entry.published_at,
        updated_at=whole.updated_at or entry.updated_at,
        locale=whole.locale or entry.locale,
    )


def _item(site: Site, path: str, guid: str, ask: Ask) -> read.Object:
    """The document at `path`, or where it has moved to. Raises Vanished when another stands there, or none."""
    asked: set[str] = set()
    while path not in asked and len(asked) <= MAX_REDIRECTS:
        asked.add(path)
        item = _answer(site, path, ask)
        if govuk_content.is_gone(item):
            raise Vanished(govuk_content.why_gone(item, site))
        if not govuk_content.is_redirect(item):
            if not _is_same(item, guid, moved=len(asked) > 1):
                raise Vanished(f"Another document is at its address now: {site.page(path)}.")
            return item
        destination = govuk_content.redirected_to(item, path)
        there = site.path_of(destination)
        if there is None:
            raise Vanished(f"Its address leads to {web_address(destination) or 'another site'} now.")
        path = unquote(there)
    raise NotUnderstood(f"{site.page(path)} is redirected in a circle.")


def _is_same(item: read.Object, guid: str, *, moved: bool) -> bool:
    """Whether `item` is the document known as `guid`. What has moved must show that it is."""
    content_id = read.text(item, "content_id").lower()
    known = _IDENTITY.match(guid)
    return known[1] == content_id if known and content_id else not moved


def _page(site: Site, path: str, ask: Ask) -> tuple[str, str] | None:
    """Title and words of one page of a publication, None if it is no longer there."""
    try:
        item = _answer(site, path, ask)
    except Vanished:
        return None
    if govuk_content.is_gone(item) or govuk_content.is_redirect(item):
        return None
    page = govuk_content.entry_of(item, site)
    return page.title, page.text


def _answer(site: Site, path: str, ask: Ask) -> read.Object:
    response = ask(site.content(quote(unquote(path), safe="/.-_~")), ACCEPT)
    if response.status == 404:
        raise Vanished(f"GOV.UK has nothing at {site.page(path)} any more.")
    if response.status == 410:
        raise Vanished(govuk_content.why_gone(_why(response), site))
    if response.status != 200:
        raise FetchFailed(f"GOV.UK's Content API answered HTTP {response.status}.")
    return read.object_of(response, "The answer of the Content API")


def _why(response: Response) -> read.Object:
    """What an answer 410 says, which need not say anything."""
    try:
        return read.object_of(response, "The answer of the Content API")
    except NotUnderstood:
        return {}


__all__ = ["ACCEPT", "address", "check_options", "complete", "next_page", "parse"]
