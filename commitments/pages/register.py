"""The list of commitments: what was asked for, what there is, and how many there would be otherwise."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
from django.core.paginator import Page, Paginator
from django.db.models import F
from django.db.models.expressions import OrderBy

from commitments import addresses
from commitments.digests.scope import SEARCH, Scope
from commitments.feeds.addresses import feed_address
from commitments.models import Administration, Department, PolicyArea, Status
from commitments.models.commitment import CommitmentQuerySet
from commitments.search import copies, finding
from commitments.search.finding import Matches
from commitments.search.listing import Listing, Places
from commitments.search.understanding import MOST_LETTERS, Instead, cleaned
from commitments.showing import Showing
from commitments.timing import Timing

from .passages_found import Also, also_found
from .standing import Line, lines_of, marked

PAGE_SIZE = 25
MAX_QUERY_LENGTH = MOST_LETTERS


@dataclass(frozen=True)
class Order:
    """An order by columns of the database, for data that is read page by page, and the same of the list in memory."""

    label: str
    by: tuple[str | OrderBy, ...]
    of: Callable[[Listing, Places], Places]


ORDERS: dict[str, Order] = {
    "made": Order(
        "newest promise first",
        (F("made_on").desc(nulls_last=True), "pk"),
        lambda listing, places: listing.newest_first(places, "made_on"),
    ),
    "deadline": Order(
        "earliest deadline first",
        (F("due_by").asc(nulls_last=True), "pk"),
        lambda listing, places: listing.earliest_first(places, "due_by"),
    ),
    "judged": Order(
        "latest judgement first",
        (F("status_since").desc(nulls_last=True), "pk"),
        lambda listing, places: listing.newest_first(places, "status_since"),
    ),
    "title": Order("by title", ("title", "pk"), lambda listing, places: listing.by_title(places)),
    "reference": Order("by reference", ("reference",), lambda listing, places: listing.by_reference(places)),
}
DEFAULT_ORDER = "made"
#: How what was searched for is sorted unless asked otherwise: likeliest first.
BEST = "best"


@dataclass(frozen=True)
class Option:
    """One value that a filter can take, and how many commitments it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Filter:
    name: str
    label: str
    options: list[Option]


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Follow:
    """What is looked at and can be subscribed to: its name, its scope as `digests.scope` writes it, and its feed."""

    label: str
    scope: str
    feed: str


@dataclass(frozen=True)
class Register:
    """What the list page shows. `unknown` are sentences about filters that were left out; `as_csv` and
    `as_json` the addresses of the whole list as data.

    `moved_to` is the address of the list where a filter names something that has another address since.
    `instead` are words that nobody wrote and what was looked for in their place; `also` is what else was found.
    """

    query: str
    sort: str
    orders: list[Option]
    filters: list[Filter]
    chips: list[Chip]
    unknown: list[str]
    total: int
    found: int
    lines: list[Line]
    page: Page[int]
    previous_page: str
    next_page: str
    as_csv: str
    as_json: str
    moved_to: str
    follow: list[Follow]
    instead: tuple[Instead, ...] = ()
    says_nothing: bool = False
    also: Also | None = None


def register(show: Showing, asked: Mapping[str, str], on: dt.date) -> Register:
    """The list for the query parameters `q, status, timing, department, area, administration, sort, page`.

    A value that does not exist is left out and said so; a page beyond the last is the last.
    """
    query = cleaned(asked.get("q", ""))
    usual_order = BEST if query else DEFAULT_ORDER
    sort = asked.get("sort") or usual_order
    values = choices()
    chosen: dict[str, str | int] = {}
    labels: dict[str, str] = {}
    unknown: list[str] = []
    now: dict[str, str] = {}
    for name, known in values.items():
        value = asked.get(name, "")
        if value and value not in known.keys and name in addresses.MODELS:
            now[name] = addresses.current_slug(name, value) or ""
        if value in known.keys:
            chosen[name] = known.keys[value]
            labels[name] = known.labels[value]
        elif value:
            unknown.append(f"There is no {known.label.lower()} “{value}”, so that filter was left out.")
    if sort not in ORDERS and sort != usual_order:
        if sort != BEST:
            unknown.append(f"The list cannot be sorted by “{sort}”.")
        sort = usual_order

    held = copies.follow()
    listing = held.listing(on)
    public = np.flatnonzero(listing.public())
    matches = finding.commitments(held, query, on) if query else None
    places = listing.places(matches.found.keys) if matches else public
    chosen_ones = listing.chosen(places, chosen)
    page = Paginator(_in_order(listing, chosen_ones, sort, matches), PAGE_SIZE).get_page(asked.get("page"))
    shown = lines_of(list(page.object_list), on)
    kept = {name: asked[name] for name in chosen}
    address = _Address(query, kept, "" if sort == usual_order else sort)
    return Register(
        query=query,
        sort=sort,
        orders=[
            *([Option(BEST, "best match first", 0, sort == BEST)] if query else []),
            *(Option(key, order.label, 0, key == sort) for key, order in ORDERS.items()),
        ],
        filters=[_filter(name, known, listing.counts(places, name, chosen), chosen) for name, known in values.items()],
        chips=[
            *([Chip(f"“{query}”", address.without("q"))] if query else []),
            *(Chip(f"{values[name].label}: {label}", address.without(name)) for name, label in labels.items()),
        ],
        unknown=unknown,
        total=len(public),
        found=len(chosen_ones),
        lines=marked(shown, matches.understood.groups, show) if matches else shown,
        page=page,
        previous_page=address.page(page.previous_page_number()) if page.has_previous() else "",
        next_page=address.page(page.next_page_number()) if page.has_next() else "",
        as_csv=address.format("csv"),
        as_json=address.format("json"),
        moved_to=f"?{urlencode({name: now.get(name) or asked[name] for name in asked})}" if any(now.values()) else "",
        instead=matches.understood.instead if matches else (),
        follow=_follow(query if not (matches and matches.understood.says_nothing) else "", kept, labels),
        says_nothing=bool(matches and matches.understood.says_nothing),
        also=also_found(show, held, query, on) if query and page.number == 1 else None,
    )


def _follow(query: str, kept: Mapping[str, str], labels: Mapping[str, str]) -> list[Follow]:
    """The search and each filter by itself; everything, where there is neither."""
    scopes = [(f"“{query}”", Scope(SEARCH, query))] if query else []
    scopes += [(labels[name], Scope(name, value)) for name, value in kept.items() if name in addresses.MODELS]
    if not scopes:
        scopes = [("all commitments", Scope())]
    return [Follow(label, str(scope), feed_address(scope)) for label, scope in scopes]


def search(commitments: CommitmentQuerySet, query: str, on: dt.date) -> CommitmentQuerySet:
    """Those that a search finds, as the list does."""
    if not cleaned(query):
        return commitments
    return commitments.filter(pk__in=finding.any_commitments(copies.follow(), cleaned(query), on).found.keys.tolist())


def filtered(commitments: CommitmentQuerySet, chosen: dict[str, str | int], on: dt.date) -> CommitmentQuerySet:
    """Those that are as chosen: keys of `choices` by the name of the filter."""
    columns = {"department": "department_id", "area": "policy_area_id", "administration": "administration_id"}
    filters = {columns.get(name, name): value for name, value in chosen.items() if name != "timing"}
    if "timing" in chosen:
        return commitments.with_timing(str(chosen["timing"]), on).filter(**filters)
    return commitments.in_force(on).filter(**filters)


def _in_order(listing: Listing, places: Places, sort: str, matches: Matches | None) -> list[int]:
    """The keys of these commitments in the order asked for."""
    if sort != BEST or matches is None:
        ordered: list[int] = listing.rows["key"][ORDERS[sort].of(listing, np.sort(places))].tolist()
        return ordered
    chosen = matches.found.where(np.isin(matches.found.keys, listing.rows["key"][places]))
    best: list[int] = chosen.best_first().tolist()
    return best


@dataclass(frozen=True)
class Known:
    """The values of one filter: label of the filter, keys in the tally and labels by value in the address."""

    label: str
    keys: dict[str, str | int]
    labels: dict[str, str]


def choices() -> dict[str, Known]:
    """The values that each filter can take. Three queries."""

    def named(label: str, rows: list[tuple[int, str, str]]) -> Known:
        return Known(label, {slug: pk for pk, slug, _ in rows}, {slug: name for _, slug, name in rows})

    columns = ("pk", "slug", "name")
    return {
        "status": Known("Status", {key: key for key in Status.values}, dict(Status.choices)),
        "timing": Known("Timing", {key: key for key in Timing.values}, dict(Timing.choices)),
        "department": named("Department", list(Department.objects.filter(successions=None).values_list(*columns))),
        "area": named("Policy area", list(PolicyArea.objects.values_list(*columns))),
        "administration": named("Administration", list(Administration.objects.values_list(*columns))),
    }


def _filter(name: str, known: Known, by: Counter[str | int | None], chosen: dict[str, str | int]) -> Filter:
    return Filter(
        name=name,
        label=known.label,
        options=[
            Option(value, known.labels[value], by[key], chosen.get(name) == key)
            for value, key in known.keys.items()
            if by[key] or chosen.get(name) == key
        ],
    )


@dataclass(frozen=True)
class _Address:
    """Addresses of the same list, a little different. `sort` is empty for the usual order."""

    query: str
    kept: dict[str, str]
    sort: str

    def without(self, name: str) -> str:
        return self._address({key: value for key, value in self._parameters().items() if key != name})

    def page(self, number: int) -> str:
        return self._address({**self._parameters(), "page": str(number)})

    def format(self, name: str) -> str:
        """The whole list in another format."""
        return self._address({**self._parameters(), "format": name})

    def _parameters(self) -> dict[str, str]:
        sort = {"sort": self.sort} if self.sort else {}
        return {**({"q": self.query} if self.query else {}), **self.kept, **sort}

    @staticmethod
    def _address(parameters: dict[str, str]) -> str:
        return f"?{urlencode(parameters)}" if parameters else "."
