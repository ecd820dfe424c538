"""What rows of all kinds share that belong to a commitment on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commitments.bringing.checking import Row
from commitments.bringing.columns import Column
from commitments.bringing.complaints import Complaint
from commitments.bringing.planning import MADE, REFUSED, Change, Kind, Planned, Terms
from commitments.models import Commitment

REFERENCE = Column("reference", "Reference of the commitment", ("ref", "id", "commitment", "pledge id"), "PL-001")
REFERENCE_LONGEST = 60


class OfCommitment(Kind):
    """`look_up` finds the commitments by their references; the rest is the kind's own."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self.commitments: dict[str, Commitment] = {}

    def look_up(self, rows: Sequence[Row]) -> None:
        self.commitments = Commitment.objects.in_bulk(
            sorted({row["reference"] for row in rows}), field_name="reference"
        )

    def commitment(self, row: Row) -> Commitment:
        return self.commitments[row["reference"]]

    def unknown(self, row: Row) -> Planned | None:
        """The refusal of a row whose commitment is not on record, or was merged into another."""
        found = self.commitments.get(row["reference"])
        if found is None:
            return self.refusal(row, "reference", f"“{row['reference']}” is not on record; bring the commitment first")
        if found.merged_into_id is not None:
            return self.refusal(row, "reference", f"“{row['reference']}” was merged into another; use that one's")
        return None

    def refusal(self, row: Row, field: str, message: str) -> Planned:
        return Planned(row.line, row["reference"], REFUSED, complaints=[Complaint(row.line, field, message)])

    def new(self, row: Row, values: dict[str, Any]) -> Planned:
        """A row that is to be made, with what it says."""
        changes = [Change(name, None, value) for name, value in values.items() if value is not None]
        return Planned(row.line, row["reference"], MADE, changes=changes)
