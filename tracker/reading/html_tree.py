"""A web page as a tree. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from lxml import etree, html
from lxml.cssselect import CSSSelector, SelectorError

from tracker.reading.encoding import decoded
from tracker.reading.sanitise import title_line, without_control_characters

HTML_TYPES = {"text/html", "application/xhtml+xml", "application/xml", "text/xml", ""}
_FILES = (b"%PDF", b"PK\x03\x04")


def parsed(body: bytes, content_type: str, url: str) -> html.HtmlElement | None:
    """The page `body` that came from `url`, its links made absolute on demand by `base_url`. None if it is empty."""
    markup = without_control_characters(decoded(body, content_type)).encode("utf-8", "replace")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(markup, parser=parser, base_url=url)
    except etree.ParserError:  # nothing but comments or white space
        return None


def body_of(page: html.HtmlElement) -> html.HtmlElement:
    """The body of a page, or the page itself where it has none."""
    body = page.find("body")
    return page if body is None else body


def title_of(page: html.HtmlElement) -> str:
    """The only headline of a page, or what its title says; may be empty."""
    headlines = [found for found in page.iter("h1") if found.text_content().strip()]
    written = headlines[0].text_content() if len(headlines) == 1 else page.findtext(".//title") or ""
    return title_line(written, is_markup=False)


def is_html(body: bytes, content_type: str) -> bool:
    """Whether an answer is a web page, by what it says it is and how it begins."""
    return content_type.partition(";")[0].strip().lower() in HTML_TYPES and not body.startswith(_FILES)


def what_it_is(body: bytes, content_type: str) -> str:
    """What an answer is that is no web page."""
    kind = content_type.partition(";")[0].strip().lower()
    return "a PDF" if body.startswith(b"%PDF") else "a file" if kind in HTML_TYPES else kind


def selector(written: str) -> Callable[[html.HtmlElement], list[html.HtmlElement]]:
    """What finds the elements that a CSS selector means in another. Raises ValueError with a sentence."""
    try:
        return cast("Callable[[html.HtmlElement], list[html.HtmlElement]]", CSSSelector(written, translator="html"))
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(f"“{written}” is no CSS selector: {error}.") from error
