"""The text that a web page is there for, without what stands around it on every page of its site. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from lxml import etree, html

from tracker.reading.html_text import text_of
from tracker.reading.html_tree import body_of, parsed

_AROUND = {
    *("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "button", "select", "dialog"),
    *("nav", "footer", "aside", "form"),
}
_AROUND_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu"}
#: Names that page makers give to what is around. An element so named that holds most of the text is none of it.
_AROUND_NAMES = re.compile(
    r"(^|[\s_-])(share|sharing|social|related|recommended|breadcrumbs?|cookies?|consent|comments?|respond|sidebar|widget"
    r"|newsletter|subscribe|signup|promo|advert(isement)?|ads?|banner|menu|navbar|navigation|pagination|pager|skip"
    r"|skiplink|site-header|masthead|site-footer|post-tags|tag-links|post-navigation|author-box|byline|feedback"
    r"|contextual|print-link|carousel|slides|slider|slideshow|flexslider|swiper|screen-reader-text|visually-hidden|sr-only)($|[\s_-])",
    re.IGNORECASE,
)
#: And to what says when and by whom a text was published, or offers it to others.
_LABEL_NAMES = re.compile(
    r"(^|[\s_-])(metadata|entry-meta|post-meta|posted-on|sharedaddy|jp-relatedposts)($|[\s_-])", re.IGNORECASE
)
_TEXT_BLOCKS = {"p", "li", "pre", "blockquote", "td", "th", "dd", "dt", "h2", "h3", "h4", "h5", "h6", "figcaption"}
#: A part with this share of the page's text is the one that the page is there for, if its author marked it so.
SHARE_OF_A_MARKED_PART = 0.5
#: Where nothing is marked, the innermost part with this share of the text around it.
SHARE_OF_AN_UNMARKED_PART = 0.9


def main_text(body: bytes, content_type: str, url: str) -> str:
    """The main text of the page `body` that came from `url`, laid out as `reader_text` does.

    Without its headline, which is its title. Empty if it says nothing.
    """
    page = parsed(body, content_type, url)
    if page is None:
        return ""
    whole = body_of(page)
    drop_what_is_around(whole)
    part = _main_part(whole)
    _drop(part, _is_label)
    if part.tag == "td":
        part.tag = "div"  # a cell of nothing
    headline = next(part.iter("h1"), None)
    if headline is not None and headline is not part:
        headline.drop_tree()
    return text_of(part)


def drop_what_is_around(page: html.HtmlElement) -> None:
    """Take out of `page` what stands around its text: menus, footers, forms, what is shared, shown by turns or sold."""
    _drop_heads_menus_and_footers(page)
    _drop(page, _is_around)


def _drop(page: html.HtmlElement, is_meant: Callable[[html.HtmlElement], bool]) -> None:
    """Take out of `page` what `is_meant`, but for what holds most of its text."""
    said = _said(page)
    meant = [
        element
        for element in page.iter()
        if element is not page and is_meant(element) and said[element] < said[page] * SHARE_OF_A_MARKED_PART
    ]
    for element in meant:
        if element.getparent() is not None:
            element.drop_tree()


def _drop_heads_menus_and_footers(page: html.HtmlElement) -> None:
    """Those of the site, however much they say, unless nothing else is said."""
    said = _said(page)
    parts = [
        part
        for part in page.iter("nav", "footer", "header")
        if next(part.iterancestors("article", "main", "nav", "footer", "header"), None) is None
    ]
    if sum(said[part] for part in parts) < said[page]:
        for part in parts:
            part.drop_tree()


def _is_around(element: html.HtmlElement) -> bool:
    if element.tag in _AROUND or (element.get("role") or "").lower() in _AROUND_ROLES:
        return True
    if element.tag == "header":  # that of the site, not that of an article
        return not any(above.tag in {"article", "main"} for above in element.iterancestors())
    if element.get("aria-hidden") == "true":
        return True
    return _is_named(element, _AROUND_NAMES)


def _is_label(element: html.HtmlElement) -> bool:
    return _is_named(element, _LABEL_NAMES)


def _is_named(element: html.HtmlElement, names: re.Pattern[str]) -> bool:
    return any(names.search(element.get(name) or "") for name in ("class", "id"))


def _main_part(page: html.HtmlElement) -> html.HtmlElement:
    """The element of `page` that holds its text and little else."""
    said = _said(page)
    for tag in ("article", "main"):
        marked = [element for element in page.iter(tag) if said[element] > said[page] * SHARE_OF_A_MARKED_PART]
        if marked:
            return marked[-1]
    part = page
    while inner := [each for each in part if said[each] > said[part] * SHARE_OF_AN_UNMARKED_PART]:
        if inner[0].tag in _TEXT_BLOCKS - {"td"}:  # pages were laid out in tables
            break
        part = inner[0]
    return next(part.iterancestors("table"), part) if part.tag in {"tr", "tbody", "thead"} else part


def _said(page: html.HtmlElement) -> dict[html.HtmlElement, int]:
    """How many characters of running text, links apart, each element holds."""
    said: dict[html.HtmlElement, int] = defaultdict(int)
    in_blocks = in_links = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        step = 1 if event == "start" else -1
        in_blocks += step * (element.tag in _TEXT_BLOCKS)
        in_links += step * (element.tag == "a")
        above = element.getparent()
        if event == "start" and in_blocks and not in_links:
            said[element] += len((element.text or "").strip())
        elif event == "end" and element is not page:
            if in_blocks and not in_links:
                said[above] += len((element.tail or "").strip())
            said[above] += said[element]
    return said
