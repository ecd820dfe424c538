"""What would become of each row, before anything is written."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet

from commitments.bringing.cells import keepable
from commitments.bringing.checking import Row
from commitments.bringing.columns import Column
from commitments.bringing.complaints import Complaint
from commitments.models import ImportRow

MADE, CHANGED, UNCHANGED, REFUSED = "made", "changed", "unchanged", "refused"

#: Rows looked up and written together.
ROWS_AT_A_TIME = 500


@dataclass(frozen=True)
class Change:
    """One field from what is recorded (None for nothing) to what the file says, as JSON has them."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Terms:
    """How rows are brought: on which day, from which file, by whom, and whether what is recorded may be changed.

    `how_to_change` says to the person how to allow that.
    """

    today: dt.date
    origin: str
    by: User | None = None
    update: bool = False
    demonstration: bool = False
    how_to_change: str = "allow changes to what is recorded"
    why: str = ""

    @property
    def note(self) -> str:
        """What stands in the record beside what was brought."""
        return self.why or f"Imported from {self.origin}."


@dataclass
class Planned:
    """One row and what becomes of it. `made` names, once it is written, each row of the record that it made, as model
    and key: ["commitments.definition", 12]."""

    line: int
    reference: str
    outcome: str
    row: Row | None = None
    changes: list[Change] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    made: list[tuple[str, int]] = field(default_factory=list)

    def note(self, *rows: Any) -> None:
        """Remember rows of the record that this one made."""
        self.made += [(row._meta.label_lower, row.pk) for row in rows]


class Kind(ABC):
    """One kind of rows: which fields it has, what a row means, and how it gets into the record.

    An instance serves one import: `check` each row, `look_up` some rows together, `plan` each, `write` some together.
    """

    do_not_call_in_templates = True

    key: ClassVar[str]
    #: As in “5 commitments”.
    label: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    required: ClassVar[tuple[str, ...]]

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(column.name for column in cls.columns)

    @abstractmethod
    def check(self, line: int, raw: Mapping[str, object]) -> Row | list[Complaint]:
        """A row by our fields, or what is wrong with it in itself."""

    @abstractmethod
    def same(self, row: Row) -> Hashable:
        """What two rows of one file must not share."""

    @abstractmethod
    def look_up(self, rows: Sequence[Row]) -> None:
        """Read together what the record has about these rows."""

    @abstractmethod
    def plan(self, row: Row) -> Planned:
        """What becomes of a row that was looked up."""

    @abstractmethod
    def write(self, planned: Sequence[Planned]) -> None:
        """Write rows that are to be made or changed, within the caller's transaction."""

    def in_the_way(self, rows: Sequence[ImportRow]) -> list[str]:
        """What rests on these rows besides what the audit tells, in sentences."""
        return []

    @abstractmethod
    def take_back(self, rows: Sequence[ImportRow]) -> None:
        """Undo rows that were made or changed, by further entries, within the caller's transaction."""

    @staticmethod
    def made(model: type[Model], rows: Iterable[ImportRow]) -> QuerySet[Any]:
        """What these rows made of one model."""
        label = model._meta.label_lower
        return model._base_manager.filter(pk__in=[key for row in rows for name, key in row.made if name == label])

    @classmethod
    @abstractmethod
    def exported(cls) -> Iterator[dict[str, Any]]:
        """All that the record has of this kind, as rows that come in again unchanged."""


def plan(kind: Kind, rows: Iterable[tuple[int, Mapping[str, object]]]) -> Iterator[list[Planned]]:
    """What becomes of each row, some at a time, in their order."""
    first_line: dict[Hashable, int] = {}
    batch: list[tuple[int, Mapping[str, object]]] = []
    for numbered in rows:
        batch.append(numbered)
        if len(batch) == ROWS_AT_A_TIME:
            yield _plan(kind, batch, first_line)
            batch = []
    if batch:
        yield _plan(kind, batch, first_line)


def _plan(
    kind: Kind, rows: Sequence[tuple[int, Mapping[str, object]]], first_line: dict[Hashable, int]
) -> list[Planned]:
    checked: list[Row | list[Complaint]] = [kind.check(line, raw) for line, raw in rows]
    kind.look_up([row for row in checked if isinstance(row, Row)])
    found = []
    for (line, raw), row in zip(rows, checked, strict=True):
        reference = keepable(str(raw.get("reference") or "").strip()[:60])
        if isinstance(row, Row):
            planned = kind.plan(row)
            planned.row = row
            same = kind.same(row)
        else:
            planned = Planned(line, reference, REFUSED, complaints=row)
            same = kind.key == "commitments" and reference
        if same and same in first_line:
            message = f"“{reference}” is on line {first_line[same]} already"
            planned = Planned(
                line, reference, REFUSED, complaints=[*planned.complaints, Complaint(line, "reference", message)]
            )
        elif same:
            first_line[same] = line
        found.append(planned)
    return found


def refused(planned: Iterable[Planned]) -> list[Complaint]:
    return [complaint for row in planned for complaint in row.complaints]
