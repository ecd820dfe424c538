"""Rows into the record: all of them or none, or only the good ones where that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from commitments.bringing.complaints import ImportRefused
from commitments.bringing.kinds.commitment import Commitments
from commitments.bringing.planning import CHANGED, MADE, REFUSED, UNCHANGED, Kind, Planned, Terms, plan, refused
from commitments.linking import indexing

Numbered = Iterable[tuple[int, Mapping[str, object]]]


@dataclass
class ImportReport:
    """References by what became of them, and columns that were left."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)

    def add(self, outcome: str, reference: str) -> None:
        lists = {MADE: self.created, CHANGED: self.updated, UNCHANGED: self.unchanged, REFUSED: self.refused}
        lists[outcome].append(reference)


@transaction.atomic
def write(kind: Kind, rows: Numbered, *, only_good: bool, told: Callable[[list[Planned]], None]) -> None:
    """Write rows, and tell of each some at a time. Raises ImportRefused, and writes nothing, if one is refused.

    With `only_good` refused rows are left instead.
    """
    with indexing.updated_at_the_end():
        for planned in plan(kind, rows):
            if complaints := [] if only_good else refused(planned):
                raise ImportRefused(complaints)
            kind.write([one for one in planned if one.outcome in (MADE, CHANGED)])
            told(planned)


def import_rows(
    rows: Iterable[Mapping[str, object]], *, demonstration: bool = False, source_name: str = "", update: bool = False
) -> ImportReport:
    """Import commitments that are in memory, by the names of our fields. Raises ImportRefused with all complaints."""
    numbered = [(number, dict(row)) for number, row in enumerate(rows, start=1)]
    terms = Terms(timezone.localdate(), source_name or "import", update=update, demonstration=demonstration)
    complaints = [each for planned in plan(Commitments(terms), numbered) for each in refused(planned)]
    if complaints:
        raise ImportRefused(complaints)
    report = ImportReport()

    def tell(planned: list[Planned]) -> None:
        for one in planned:
            if one.outcome != REFUSED:
                report.add(one.outcome, one.reference)

    write(Commitments(terms), numbered, only_good=False, told=tell)
    return report
