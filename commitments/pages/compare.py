"""Administrations and departments side by side, with the list behind each number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from commitments.models import Commitment, Status
from commitments.timing import Timing

from . import meanings
from .bodies import KINDS, Body, bodies
from .tally import Tally, tally

#: What is decided, so that a share of it that was kept can be given.
DECIDED = (Status.ACHIEVED, Status.PARTLY_ACHIEVED, Status.NOT_ACHIEVED, Status.ABANDONED)
STILL_OPEN = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.ON_TRACK, Status.OFF_TRACK, Status.UNCLEAR)


@dataclass(frozen=True)
class Column:
    """What is counted: the filters of the list that hold exactly these commitments, and whose account it is."""

    label: str
    meaning: str
    filters: dict[str, str]
    is_computed: bool = False


def _of_status(status: Status) -> Column:
    return Column(status.label, meanings.STATUS[status], {"status": status.value})


COLUMNS = [
    _of_status(Status.ACHIEVED),
    Column("of these late", meanings.TIMING[Timing.LATE], {"timing": Timing.LATE.value}, is_computed=True),
    *map(_of_status, DECIDED[1:]),
    _of_status(Status.LAPSED),
    *map(_of_status, STILL_OPEN),
    Column("Overdue", meanings.TIMING[Timing.OVERDUE], {"timing": Timing.OVERDUE.value}, is_computed=True),
    Column("All", "All commitments.", {}),
]


@dataclass(frozen=True)
class Cell:
    """`address` leads to the list of these commitments."""

    column: Column
    count: int
    address: str


@dataclass(frozen=True)
class Row:
    """`kept` of the `decided` ones were achieved; `percentage` is empty where nothing is decided."""

    body: Body
    cells: list[Cell]
    kept: int
    decided: int

    @property
    def percentage(self) -> str:
        return f"{round(100 * self.kept / self.decided)}%" if self.decided else ""


@dataclass(frozen=True)
class Comparison:
    """Bodies of one kind; `nameless` commitments name none."""

    parameter: str
    label: str
    rows: list[Row]
    nameless: int


@dataclass(frozen=True)
class ComparePage:
    total: int
    columns: list[Column]
    comparisons: list[Comparison]


def compare_page(on: dt.date) -> ComparePage:
    """All that is public, in a constant number of queries."""
    kinds = ("administration", "department")
    counts = tally(Commitment.objects.published(), on, ("status", "timing", *kinds))
    return ComparePage(counts.total(), COLUMNS, [_comparison(kind, counts) for kind in kinds])


def _comparison(parameter: str, counts: Tally) -> Comparison:
    by = counts.by(parameter)
    rows = [_row(parameter, body, counts) for body in bodies(parameter) if by[body.key]]
    return Comparison(parameter, KINDS[parameter][0], rows, nameless=by[None])


def _row(parameter: str, body: Body, counts: Tally) -> Row:
    cells = [
        Cell(
            column,
            counts.total({parameter: body.key, **column.filters}),
            f"{reverse('commitments')}?{urlencode({parameter: body.slug, **column.filters})}",
        )
        for column in COLUMNS
    ]
    statuses = counts.by("status", {parameter: body.key})
    return Row(body, cells, kept=statuses[Status.ACHIEVED.value], decided=sum(statuses[key.value] for key in DECIDED))
