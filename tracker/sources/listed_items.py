"""What a listing lists: the links or whole posts on a page, found by how such pages are marked up. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils import timezone
from lxml import etree, html

from tracker.reading.dates import from_iso

#: As many links of a page are looked at.
MOST_LINKS = 5_000
#: A list of fewer links is not what a page is there for.
FEWEST_LINKS = 3
FEWEST_DATED_ROWS = 2
#: A link in a list of undated ones has so many words on average, or the list is a menu.
WORDS_OF_A_TITLE = 4
#: In words, with the day of the week and the hour.
LONGEST_DATE = 7
#: What stands with a link in a list, in characters. A part that says more is no row of it.
LONGEST_ROW = 1_500
#: So many elements above a link are looked at for the row that it stands in.
ROWS_ABOVE = 5

#: Fewer words than these are a label, such as a kind of document or when it was changed.
LABEL = 5

_HEADINGS = ("h1", "h2", "h3", "h4")
_POST = re.compile(r"(?:^|\s)(?:hentry|h-entry|wp-block-post|type-post|status-publish)(?:\s|$)")
_CONTENT = re.compile(
    r"(?:^|\s)(?:entry-content|e-content|wp-block-post-content|post-content|post-body|article-body|articleBody)(?:\s|$)"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_DATES = (
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE
    ),
    re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE),
    re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"),
    re.compile(r"\b(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>(?:19|20)\d\d)\b"),
)


@dataclass(frozen=True)
class Item:
    """One of the things listed: the element, its link with the title, and the whole text where it is there."""

    element: html.HtmlElement
    link: html.HtmlElement | None
    title: str
    content: html.HtmlElement | None
    published_at: dt.datetime | None

    @property
    def excerpt(self) -> html.HtmlElement | None:
        """What is said of it in a paragraph beside its title, where that is more than a label."""
        named = set(self.link.iterancestors()) if self.link is not None else set()
        beside = [part for part in self.element.iter("p") if part not in named and len(_words(part).split()) >= LABEL]
        return max(beside, key=lambda part: len(_words(part)), default=None)


def items(page: html.HtmlElement) -> list[Item]:
    """The items of the list that a page is there for, in its order. Empty where there is none."""
    found = list(_posts(page)) or _dated_rows(page) or _longest_list(page)
    return [item for item in found if item.title]


def item_of(
    element: html.HtmlElement,
    link: html.HtmlElement | None = None,
    title: html.HtmlElement | None = None,
    content: html.HtmlElement | None = None,
    date: html.HtmlElement | None = None,
) -> Item:
    """An element as an item; what is not given is found in it."""
    heading = title if title is not None else next(element.iter(*_HEADINGS), None)
    link = link if link is not None else _link(element, heading)
    named = heading if heading is not None else link
    return Item(
        element,
        link,
        _words(named) if named is not None else "",
        content if content is not None else _content(element),
        date_in(date) if date is not None else date_in(element, named),
    )


def date_in(element: html.HtmlElement, named: html.HtmlElement | None = None) -> dt.datetime | None:
    """When an item says that it was published: by what is marked as a date, else by the first date beside its title."""
    times = [time for time in element.iter("time", "abbr") if time.get("datetime") or time.get("title")]
    times.sort(
        key=lambda time: "updated" in (time.get("class") or "").split() and "published" not in (time.get("class") or "")
    )
    for time in times:
        stated = (time.get("datetime") or time.get("title") or "").strip()
        moment = from_iso(stated) if "T" in stated else None
        if moment or (moment := written_date(stated)):
            return moment
    return written_date(_beside(element, named))


def written_date(text: str) -> dt.datetime | None:
    """The first date in a text, as the beginning of that day here. Days stand before months where both are numbers."""
    matches = [match for pattern in _DATES if (match := pattern.search(text[:LONGEST_ROW]))]
    for match in sorted(matches, key=lambda match: match.start()):
        month = match["month"].lower()
        number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
        try:
            day = dt.date(int(match["year"]), number, int(match["day"]))
        except ValueError:
            continue
        return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    return None


def _posts(page: html.HtmlElement) -> Iterator[Item]:
    """What is marked up as posts or articles with headings; the innermost of those in one another."""
    marked = [
        element
        for element in page.iter("article", "div", "li", "section")
        if element.tag == "article" or _POST.search(element.get("class") or "")
    ]
    there = set(marked)
    around = {above for element in marked if (above := _next_above(element, there)) is not None}
    for element in marked:
        if element not in around and next(element.iter(*_HEADINGS), None) is not None:
            item = item_of(element)
            if item.link is not None:
                yield item


def _next_above(element: html.HtmlElement, among: set[html.HtmlElement]) -> html.HtmlElement | None:
    return next((above for above in element.iterancestors() if above in among), None)


def _dated_rows(page: html.HtmlElement) -> list[Item]:
    """Links that each stand in a row with a date, of the part of the page that has most of them."""
    sizes = _sizes(page)
    rows: dict[html.HtmlElement, dict[html.HtmlElement, html.HtmlElement]] = defaultdict(dict)
    for link in islice(page.iter("a"), MOST_LINKS):
        if not link.get("href") or len(_words(link).split()) < 2:
            continue
        row = link
        for _ in range(ROWS_ABOVE):
            above = row.getparent()
            if above is None or sizes[above] > LONGEST_ROW:
                break
            row = above
            if row.find(".//time") is not None or written_date(_beside(row, link)):
                parent = row.getparent()
                if parent is not None:
                    rows[parent].setdefault(row, link)
                break
    best = max(rows.values(), key=len, default={})
    if len(best) < FEWEST_DATED_ROWS:
        return []
    said = Counter(_words(link) for link in best.values())
    return [
        item_of(row, link, _title_beside(row, link) if said[_words(link)] > 1 else None) for row, link in best.items()
    ]


def _title_beside(row: html.HtmlElement, link: html.HtmlElement) -> html.HtmlElement | None:
    """The first part that may be a title, of a row whose link only says what to do, such as “View article”."""
    parts = [
        part for part in row.iter() if part is not row and part is not link and not len(part) and part.tag != "time"
    ]
    titles = [part for part in parts if len(_words(part).split()) >= WORDS_OF_A_TITLE and not _is_date(_words(part))]
    return titles[0] if titles else None


def _is_date(words: str) -> bool:
    return written_date(words) is not None and len(words.split()) <= LONGEST_DATE


def _longest_list(page: html.HtmlElement) -> list[Item]:
    """The links of the list whose links say most."""
    best: list[html.HtmlElement] = []
    most = 0
    for part in page.iter("ul", "ol", "tbody", "table", "dl"):
        links = [link for row in part for link in [next(row.iter("a"), None)] if link is not None and link.get("href")]
        words = sum(len(_words(link).split()) for link in links)
        if len(links) >= FEWEST_LINKS and words >= WORDS_OF_A_TITLE * len(links) and words > most:
            best, most = links, words
    return [Item(link, link, _words(link), None, None) for link in best]


def _link(element: html.HtmlElement, heading: html.HtmlElement | None) -> html.HtmlElement | None:
    """That of its heading, or what is marked as its address, or the link that says most."""
    links = [link for link in element.iter("a") if link.get("href")]
    if heading is not None:
        inside = [link for link in links if heading in link.iterancestors() or link in heading.iterancestors()]
        if inside:
            return inside[0]
    marked = [
        link
        for link in links
        if {"bookmark", "u-url", "permalink"} & {*(link.get("rel") or "").split(), *(link.get("class") or "").split()}
    ]
    return marked[0] if marked else max(links, key=lambda link: len(_words(link)), default=None)


def _content(element: html.HtmlElement) -> html.HtmlElement | None:
    for part in element.iter("div", "section"):
        if _CONTENT.search(f"{part.get('class') or ''} {part.get('itemprop') or ''}"):
            return part
    return None


def _beside(element: html.HtmlElement, named: html.HtmlElement | None) -> str:
    """The words of a row apart from its title, which may name a day of its own; a space between its parts."""
    return _apart(element) if named is None else _apart(element).replace(_apart(named), " ", 1)


def _apart(element: html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _sizes(page: html.HtmlElement) -> dict[html.HtmlElement, int]:
    """How many characters each element holds."""
    sizes: dict[html.HtmlElement, int] = defaultdict(int)
    for _, element in etree.iterwalk(page, events=("end",)):
        sizes[element] += len(element.text or "")
        above = element.getparent()
        if above is not None:
            sizes[above] += sizes[element] + len(element.tail or "")
    return sizes
