"""A single page: one document, whose versions are what a reader could see change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from tracker.fetching import Response
from tracker.models import Source
from tracker.reading.encoding import decoded
from tracker.reading.html_text import plain_text, text_of
from tracker.reading.html_tree import body_of, selector, title_of
from tracker.reading.main_text import drop_what_is_around
from tracker.volatile import without_volatile

from . import Ask
from .entry import Entry, NotUnderstood
from .web_page import check_answer, check_selector, page_in

ACCEPT = "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.8, */*;q=0.1"

SELECT, IGNORE, IGNORE_TEXT = "select", "ignore", "ignore_text"
#: A pattern is not tried on a longer line, on which a careless one could take for ever.
LONGEST_LINE = 2_000
#: A page that says that it is something else than what was asked for says little besides.
FEW_WORDS = 150
_NOT_THE_PAGE = re.compile(
    r"""^\W* (?:error\W*)? (?:
        (?:404|410|500|502|503)\b
      | (?:the\ )? (?:page|document|file|content|site|service)\b .{0,30} \b
        (?: not\ (?:be\ )?found | does(?:n.t|\ not)\ exist | no\ longer\ (?:exists?|available)
          | (?:temporarily\ |currently\ )?unavailable | (?:under|down\ for)\ maintenance )
      | not\ found\b | access\ denied\b | (?:under|scheduled|site|down\ for)\ maintenance\b
      | (?:temporarily\ |service\ )unavailable\b | (?:an\ )?error\ (?:has\ )?occurred | internal\ server\ error
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def address(source: Source) -> str:
    return source.url


def check_options(options: Mapping[str, Any]) -> None:
    """`select` and `ignore`: CSS selectors, one or a list; `ignore_text`: patterns. See tracker.sources.Kind."""
    known = (SELECT, IGNORE, IGNORE_TEXT)
    for name in options:
        if name not in known:
            raise NotUnderstood(f"Sources of kind “page” have no option “{name}”. They have {', '.join(known)}.")
    for name in (SELECT, IGNORE):
        for written in _listed(options, name):
            check_selector(name, written)
    for written in _listed(options, IGNORE_TEXT):
        try:
            re.compile(written)
        except re.error as error:
            raise NotUnderstood(
                f"The option “{IGNORE_TEXT}”: “{written}” is no regular expression ({error})."
            ) from error


def parse(source: Source, response: Response) -> list[Entry]:
    """The page as one entry. See tracker.sources.Kind."""
    if response.content_type.startswith("text/plain"):
        text = plain_text(decoded(response.body, response.content_type))
        return [Entry(guid="", url=source.url, title=source.name, text=_without(text, source.options))]
    page = page_in(response)
    title, body = title_of(page), body_of(page)
    _check_that_it_is_the_page(source, response, title, body)
    text = _text(body, source.options)
    text = _without(without_volatile(text, _headline(body)), source.options)
    if not text:
        raise NotUnderstood("The page has no text for readers without the programs that it loads.")
    return [Entry(guid="", url=source.url, title=title or source.name, text=text)]


def complete(source: Source, entry: Entry, ask: Ask) -> Entry:
    """The page as it is now. See tracker.sources.Kind."""
    response = ask(source.url, ACCEPT)
    check_answer(response, "The page")
    return replace(parse(source, response)[0], published_at=entry.published_at)


def next_page(source: Source, response: Response, number: int) -> str | None:
    """There is none. See tracker.sources.Kind."""
    return None


def _text(body: html.HtmlElement, options: Mapping[str, Any]) -> str:
    for written in _listed(options, IGNORE):
        for element in selector(written)(body):
            if element.getparent() is not None:
                element.drop_tree()
    chosen = _listed(options, SELECT)
    if not chosen:
        drop_what_is_around(body)
        return text_of(body)
    matching = {element for written in chosen for element in selector(written)(body)}
    if not matching:
        raise NotUnderstood(
            f"Nothing on the page is {' or '.join(f'“{written}”' for written in chosen)} any more. "
            f"Change the option “{SELECT}” if the page is built in another way now."
        )
    outermost = [
        element
        for element in body.iter()
        if element in matching and not any(above in matching for above in element.iterancestors())
    ]
    return "\n\n".join(filter(None, map(text_of, outermost)))


def _check_that_it_is_the_page(source: Source, response: Response, title: str, body: html.HtmlElement) -> None:
    """Raises NotUnderstood for an error page that is sent with status 200, and for the front page in its place."""
    says_it = next(filter(_NOT_THE_PAGE.match, (title, _headline(body))), None)
    if says_it and len(text_of(body).split()) < FEW_WORDS:
        raise NotUnderstood(f"The page only says “{says_it[:100]}”.")
    asked, came = urlsplit(source.url), urlsplit(response.final_url)
    if asked.path.strip("/") and not came.path.strip("/") and not came.query:
        raise NotUnderstood("Its address leads to a front page now.")


def _headline(body: html.HtmlElement) -> str:
    """The first heading that is there now."""
    return next((" ".join(found.text_content().split()) for found in body.iter("h1", "h2")), "")


def _without(text: str, options: Mapping[str, Any]) -> str:
    """`text` without what matches the patterns of `ignore_text`, line by line."""
    patterns = [re.compile(written) for written in _listed(options, IGNORE_TEXT)]
    if not patterns:
        return text
    kept = []
    for line in text.split("\n"):
        rest = line
        for pattern in patterns if len(line) <= LONGEST_LINE else ():
            rest = pattern.sub("", rest)
        if rest.strip() or not line.strip():
            kept.append(rest.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def _listed(options: Mapping[str, Any], name: str) -> list[str]:
    given = options.get(name, [])
    values = [given] if isinstance(given, str) else given
    if not isinstance(values, Iterable) or not all(isinstance(value, str) and value.strip() for value in values):
        raise NotUnderstood(f"The option “{name}” is a text or a list of texts.")
    return list(values)
