"""A look at a source: its first page, and those after it as far as they hold what was not seen before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tracker.announcing import Announced, not_announced_before, read_as_before
from tracker.asking import Asker
from tracker.fetching import FetchError, Response
from tracker.identity import identities
from tracker.models import Source
from tracker.reading.sanitise import without_control_characters
from tracker.sources import MOST_ITEMS, Attached, Entry, NotUnderstood, SourceEnded, Version, kind_of

#: Of one page.
MAX_ENTRIES = MOST_ITEMS
#: Of one poll, the first included.
MAX_PAGES = 20
#: Pages in a row that hold nothing but what earlier ones held. A search that is narrowed to what is as old as the
#: last result, to get beyond its limits, repeats a few.
MOST_REPEATS = 10

#: What some sites answer for the page after the last.
PAST_THE_END_STATUSES = {404, 410}
_MEANINGS = {
    401: "a password is asked for",
    403: "access is forbidden",
    404: "nothing is there",
    410: "it is gone for good",
    429: "we ask too often",
    500: "the server has an error",
    502: "the server has an error behind it",
    503: "the server is busy or closed",
    504: "the server waited for another in vain",
}


@dataclass(frozen=True)
class Page:
    """One page of a source, as far as it was read: `unseen` are those of its `entries` that are news, in order.

    `left_out` when there are more entries than MAX_ENTRIES. `keys` identify all entries that were read.
    """

    number: int
    response: Response
    entries: list[Entry]
    unseen: list[Announced]
    keys: frozenset[str]
    left_out: bool

    @property
    def may_go_on(self) -> bool:
        """Whether what was not seen before reaches to the end of the page, and perhaps over it."""
        return bool(self.unseen) and self.unseen[-1][0] is self.entries[-1]


@dataclass(frozen=True)
class BrokenOff:
    """Why the pages end before what is new does, in a sentence, and where to go on next time."""

    why: str
    next_url: str = ""
    next_number: int = 0


def ask(source: Source, asker: Asker | None = None, *, conditionally: bool = False) -> Response:
    """Fetch `source`; conditionally, by what it told us last time. Raises FetchError or KindNotAvailable."""
    kind = kind_of(source.kind)
    return (asker or Asker(source.kind)).ask_source(
        kind.address(source),
        kind.ACCEPT,
        etag=source.etag if conditionally else "",
        last_modified=source.last_modified if conditionally else "",
    )


def read(source: Source, response: Response) -> list[Entry]:
    """What an answer of status 200 holds. Raises NotUnderstood, SourceEnded or KindNotAvailable."""
    if not response.body.strip():
        return []
    return [storable(entry) for entry in kind_of(source.kind).parse(source, response)]


def status_sentence(status: int) -> str:
    """What an answer of HTTP status `status` is."""
    meaning = _MEANINGS.get(status)
    return f"The answer was HTTP {status}{f': {meaning}' if meaning else ''}."


def page_of(source: Source, response: Response, entries: list[Entry], number: int, now: dt.datetime) -> Page:
    """What `entries`, read from `response`, hold that is new."""
    left_out = len(entries) > MAX_ENTRIES
    entries = entries[:MAX_ENTRIES]
    found = identities(entries)
    entries = read_as_before(source, entries, found)
    unseen = not_announced_before(source, entries, found, now)
    return Page(number, response, entries, unseen, frozenset(identity.key for identity in found), left_out)


def further_pages(source: Source, first: Page, asker: Asker, now: dt.datetime) -> Iterator[Page | BrokenOff]:
    """The pages after `first`, up to one that ends with something known; at most MAX_PAGES with it.

    What is yielded has to be kept before the next is asked for. The last one may be a BrokenOff.
    """
    if first.may_go_on:
        yield from pages_after(source, first, asker, now, MAX_PAGES - 1)


def pages_after(
    source: Source, page: Page, asker: Asker, now: dt.datetime, most: int, *, to_the_end: bool = False
) -> Iterator[Page | BrokenOff]:
    """As `pages_from`, from the page after `page` on."""
    url = address_after(source, page)
    if isinstance(url, BrokenOff):
        yield url
    else:
        yield from pages_from(source, url, page.number + 1, asker, now, most, page.keys, to_the_end=to_the_end)


def pages_from(
    source: Source,
    url: str,
    number: int,
    asker: Asker,
    now: dt.datetime,
    most: int,
    keys: frozenset[str] = frozenset(),
    *,
    at_least_to: int = 0,
    to_the_end: bool = False,
) -> Iterator[Page | BrokenOff]:
    """At most `most` pages from page `number` at `url` on, up to one that ends with something known.

    But to page `at_least_to` if there is such a page, and with `to_the_end` up to the last page there is. `keys` are
    what earlier pages held. Some sites show their last page for every number after it, so pages that hold nothing
    but what earlier ones held end it as well.
    """
    asked: set[str] = set()
    repeats = 0
    for _ in range(most):
        if not url or url in asked:
            return
        asked.add(url)
        found = _page_at(source, url, number, asker, now)
        if found is None:
            return
        yield found
        if isinstance(found, BrokenOff) or not (found.may_go_on or to_the_end or number < at_least_to):
            return
        repeats = repeats + 1 if found.keys <= keys else 0
        if repeats >= MOST_REPEATS:
            return
        keys |= found.keys
        following = address_after(source, found)
        if isinstance(following, BrokenOff):
            yield following
            return
        url, number = following, number + 1
    if url and url not in asked:
        yield BrokenOff(f"There is more to read than {number - 1} pages.", url, number)


def address_after(source: Source, page: Page) -> str | BrokenOff:
    """Where the page after `page` is; empty after the last."""
    try:
        return kind_of(source.kind).next_page(source, page.response, page.number) or ""
    except NotUnderstood as error:
        return BrokenOff(f"What follows page {page.number} could not be found. {error}")


def _page_at(source: Source, url: str, number: int, asker: Asker, now: dt.datetime) -> Page | BrokenOff | None:
    """The page at `url`. None where the pages have ended."""
    try:
        response = asker.ask_source(url, kind_of(source.kind).ACCEPT)
        if response.status in PAST_THE_END_STATUSES:
            return None
        if response.status != 200:
            return BrokenOff(f"Page {number} could not be read. {status_sentence(response.status)}", url, number)
        entries = read(source, response)
    except FetchError as error:
        return BrokenOff(f"Page {number} could not be read. {error}", url, number)
    except (NotUnderstood, SourceEnded) as error:  # asking for it again will not make it another
        return BrokenOff(f"Page {number} could not be read. {error}")
    return page_of(source, response, entries, number, now) if entries else None


def storable(entry: Entry) -> Entry:
    """`entry` without what no database keeps."""
    return replace(
        entry,
        guid=without_control_characters(entry.guid),
        url=without_control_characters(entry.url),
        title=without_control_characters(entry.title),
        text=without_control_characters(entry.text),
        note=without_control_characters(entry.note),
        notes=tuple(replace(note, text=without_control_characters(note.text)) for note in entry.notes),
        withdrawal=without_control_characters(entry.withdrawal),
        locale=without_control_characters(entry.locale)[:20],
        attachments=tuple(
            Attached(*map(without_control_characters, (file.url, file.title, file.content_type)))
            for file in entry.attachments
        ),
        earlier=tuple(
            Version(without_control_characters(version.title), without_control_characters(version.text))
            for version in entry.earlier
        ),
    )
