"""Documents that staff brought themselves. There is no list to look at; what came from an address is there to ask for.

A document that was fetched from its address has no id, and any other has one that was made for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tracker.fetching import Response
from tracker.models import Source
from tracker.reading.by_content import NotReadable, read_by_content

from . import Ask
from .entry import Entry, NotUnderstood
from .web_page import check_answer

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.8"
_NOWHERE = (
    "Documents that are added by hand are no source that could be looked at. Add them in the admin, under Releases."
)


def address(source: Source) -> str:
    raise NotUnderstood(_NOWHERE)


def check_options(options: Mapping[str, Any]) -> None:
    raise NotUnderstood(_NOWHERE)


def parse(source: Source, response: Response) -> list[Entry]:
    raise NotUnderstood(_NOWHERE)


def next_page(source: Source, response: Response, number: int) -> str | None:
    """There is none. See tracker.sources.Kind."""
    return None


def complete(source: Source, entry: Entry, ask: Ask) -> Entry:
    """The document at its address, which may be a page or a file, as it is now. See tracker.sources.Kind."""
    if entry.guid:
        raise NotUnderstood("It was brought by hand, and is not looked for at an address.")
    response = ask(entry.url, ACCEPT)
    check_answer(response, "The document")
    try:
        read = read_by_content(response.body, response.content_type, response.final_url)
    except NotReadable as error:
        raise NotUnderstood(str(error)) from error
    return replace(entry, title=entry.title or read.title, text=read.text)
