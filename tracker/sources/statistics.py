"""Statistics in tables: a file at one address, or the newest of the files that a page links to.

Each address is a release, and other figures at the same address are a revision of it. Either is an edition.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html

from tracker.fetching import Response
from tracker.models import Source
from tracker.reading.html_tree import body_of
from tracker.reading.sanitise import title_line, web_address
from tracker.tables import Workbook, as_text, is_table_file, read_workbook
from tracker.tables.cover import published_on, title
from tracker.tables.workbook import ENDINGS, ending

from . import Ask
from .entry import Entry, NotUnderstood
from .web_page import check_answer, page_in

ACCEPT = (
    "application/vnd.oasis.opendocument.spreadsheet, "
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, text/csv;q=0.9, text/html;q=0.8, */*;q=0.1"
)
LINK = "link"
#: A pattern is not tried on more, on which a careless one could take for ever.
LONGEST_LINK = 500

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"\bq([1-4])\b", re.IGNORECASE)
_YEAR_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_](0[1-9]|1[0-2])(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def address(source: Source) -> str:
    return source.url


def check_options(options: Mapping[str, Any]) -> None:
    """`link`: a pattern that the words or the address of the link to the file match. See tracker.sources.Kind."""
    for name, written in options.items():
        if name != LINK:
            raise NotUnderstood(f"Sources of kind “statistics” have no option “{name}”. They have {LINK}.")
        if not isinstance(written, str) or not written.strip():
            raise NotUnderstood(f"The option “{LINK}” is a pattern, such as “summary tables”.")
        try:
            re.compile(written)
        except re.error as error:
            raise NotUnderstood(f"The option “{LINK}”: “{written}” is no regular expression ({error}).") from error


def parse(source: Source, response: Response) -> list[Entry]:
    """The file, whole, or the newest one that the page links to. See tracker.sources.Kind."""
    if is_table_file(response.body, response.content_type, response.final_url):
        return [_whole(Entry(guid="", url=source.url, title=source.name, text=""), response)]
    links = list(_links(response, source.options))
    if not links:
        wanted = f" whose words or address match “{source.options[LINK]}”" if LINK in source.options else ""
        raise NotUnderstood(f"The page links to no ODS, XLSX or CSV file{wanted}.")
    newest = max(links, key=lambda link: link.dated)  # of those alike, the first on the page
    return [Entry(guid="", url=newest.url, title=newest.title or source.name, text="", complete=False)]


def complete(source: Source, entry: Entry, ask: Ask) -> Entry:
    """`entry` with the sheets of its file. See tracker.sources.Kind."""
    response = ask(entry.url, ACCEPT)
    check_answer(response, "The file")
    if not is_table_file(response.body, response.content_type, response.final_url):
        raise NotUnderstood("What is at its address is no ODS, XLSX or CSV file.")
    return _whole(entry, response)


def next_page(source: Source, response: Response, number: int) -> str | None:
    """There is none. See tracker.sources.Kind."""
    return None


def _whole(entry: Entry, response: Response) -> Entry:
    workbook = read_workbook(response.body, response.content_type, response.final_url)
    if not workbook.sheets:
        raise NotUnderstood(workbook.problem or "The file holds no sheet that can be seen.")
    return replace(
        entry,
        title=title_line(title(workbook), is_markup=False) or entry.title,
        text=_text(workbook),
        published_at=_at_noon(published_on(workbook)) or entry.published_at,
        complete=True,
    )


def _text(workbook: Workbook) -> str:
    return "\n\n".join(filter(None, [as_text(workbook), workbook.problem]))


def _at_noon(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(12), dt.UTC) if day else None


@dataclass(frozen=True)
class _Link:
    """A link to a file. `dated` are the year and the month that it names; what is newer is greater."""

    url: str
    title: str
    dated: tuple[int, int]


def _links(response: Response, options: Mapping[str, Any]) -> Iterator[_Link]:
    page = page_in(response)
    body = body_of(page)
    base = urljoin(response.final_url, next((str(one.get("href") or "") for one in page.iter("base")), ""))
    pattern = re.compile(options[LINK], re.IGNORECASE) if LINK in options else None
    for link in body.iter("a"):
        url = web_address(urljoin(base, link.get("href") or "").partition("#")[0])
        if not url or ending(url) not in ENDINGS:
            continue
        words = _words(link)
        path = unquote(urlsplit(url).path)
        if pattern is None or pattern.search(words[:LONGEST_LINK]) or pattern.search(path[:LONGEST_LINK]):
            yield _Link(url, title_line(words, is_markup=False), _dated(words) or _dated(path) or (0, 0))


def _words(link: html.HtmlElement) -> str:
    return " ".join((link.text_content() or link.get("title") or "").split())


def _dated(words: str) -> tuple[int, int] | None:
    """The latest year in `words`, with the latest month of it that they name."""
    if found := _YEAR_MONTH.findall(words):
        return max((int(year), int(month)) for year, month in found)
    years = [int(year) for year in _YEAR.findall(words)]
    if not years:
        return None
    months = [_MONTHS.index(said.lower()) + 1 for said in _MONTH.findall(words)]
    quarters = [3 * int(quarter) for quarter in _QUARTER.findall(words)]
    return max(years), max([*months, *quarters], default=0)
