"""The list of commitments: what was asked for, what there is, and how many there would be otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import OrderBy

from commitments import addresses
from commitments.models import Administration, Commitment, Definition, Department, PolicyArea, Status
from commitments.models.commitment import CommitmentQuerySet
from commitments.timing import Timing

from .standing import Line, lines
from .tally import Tally, tally

PAGE_SIZE = 25
MAX_QUERY_LENGTH = 200
MAX_QUERY_WORDS = 10


@dataclass(frozen=True)
class Order:
    label: str
    by: tuple[str | OrderBy, ...]


ORDERS: dict[str, Order] = {
    "made": Order("newest promise first", (F("made_on").desc(nulls_last=True), "pk")),
    "deadline": Order("earliest deadline first", (F("due_by").asc(nulls_last=True), "pk")),
    "judged": Order("latest judgement first", (F("status_since").desc(nulls_last=True), "pk")),
    "title": Order("by title", ("title", "pk")),
    "reference": Order("by reference", ("reference",)),
}
DEFAULT_ORDER = "made"


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
class Register:
    """What the list page shows. `unknown` are sentences about filters that were left out; `as_csv` and
    `as_json` the addresses of the whole list as data.

    `moved_to` is the address of the list where a filter names something that has another address since.
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
    page: Page[Commitment]
    previous_page: str
    next_page: str
    as_csv: str
    as_json: str
    moved_to: str


def register(asked: Mapping[str, str], on: dt.date) -> Register:
    """The list for the query parameters `q, status, timing, department, area, administration, sort, page`.

    A value that does not exist is left out and said so; a page beyond the last is the last.
    """
    query = asked.get("q", "").replace("\0", " ").strip()[:MAX_QUERY_LENGTH]
    sort = asked.get("sort", DEFAULT_ORDER)
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
    if sort not in ORDERS:
        unknown.append(f"The list cannot be sorted by “{sort}”.")
        sort = DEFAULT_ORDER

    matching = search(Commitment.objects.published(), query)
    counts = tally(matching, on)
    found = counts.total(chosen)
    paginator = _Counted(filtered(matching, chosen, on).order_by(*ORDERS[sort].by), PAGE_SIZE, found)
    page = paginator.get_page(asked.get("page"))
    kept = {name: asked[name] for name in chosen}
    address = _Address(query, kept, sort)
    return Register(
        query=query,
        sort=sort,
        orders=[Option(key, order.label, 0, key == sort) for key, order in ORDERS.items()],
        filters=[_filter(name, known, counts, chosen) for name, known in values.items()],
        chips=[
            *([Chip(f"“{query}”", address.without("q"))] if query else []),
            *(Chip(f"{values[name].label}: {label}", address.without(name)) for name, label in labels.items()),
        ],
        unknown=unknown,
        total=counts.total() if not query else Commitment.objects.published().count(),
        found=found,
        lines=lines(page.object_list, on),
        page=page,
        previous_page=address.page(page.previous_page_number()) if page.has_previous() else "",
        next_page=address.page(page.next_page_number()) if page.has_next() else "",
        as_csv=address.format("csv"),
        as_json=address.format("json"),
        moved_to=f"?{urlencode({name: now.get(name) or asked[name] for name in asked})}" if any(now.values()) else "",
    )


def search(commitments: CommitmentQuerySet, query: str) -> CommitmentQuerySet:
    """Commitments in whose reference, title, names or words every word of a query occurs."""
    for word in query.split()[:MAX_QUERY_WORDS]:
        worded = Definition.objects.filter(
            Q(statement__icontains=word) | Q(quote__icontains=word), commitment=OuterRef("pk")
        )
        commitments = commitments.filter(
            Q(reference__icontains=word) | Q(title__icontains=word) | Q(keywords__icontains=word) | Exists(worded)
        )
    return commitments


def filtered(commitments: CommitmentQuerySet, chosen: dict[str, str | int], on: dt.date) -> CommitmentQuerySet:
    """Those that are as chosen: keys of `choices` by the name of the filter."""
    columns = {"department": "department_id", "area": "policy_area_id", "administration": "administration_id"}
    filters = {columns.get(name, name): value for name, value in chosen.items() if name != "timing"}
    if "timing" in chosen:
        return commitments.with_timing(str(chosen["timing"]), on).filter(**filters)
    return commitments.in_force(on).filter(**filters)


class _Counted(Paginator):
    """A paginator that is told how many there are, because the tally knows."""

    def __init__(self, commitments: CommitmentQuerySet, per_page: int, count: int) -> None:
        super().__init__(commitments, per_page)
        self.count = count


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


def _filter(name: str, known: Known, counts: Tally, chosen: dict[str, str | int]) -> Filter:
    by = counts.by(name, chosen)
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
    """Addresses of the same list, a little different."""

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
        sort = {} if self.sort == DEFAULT_ORDER else {"sort": self.sort}
        return {**({"q": self.query} if self.query else {}), **self.kept, **sort}

    @staticmethod
    def _address(parameters: dict[str, str]) -> str:
        return f"?{urlencode(parameters)}" if parameters else "."
