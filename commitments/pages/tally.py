"""How many commitments there are of each kind, counted by the database in one question."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from commitments import timing
from commitments.models.commitment import CommitmentQuerySet

#: What commitments are counted by, and the column of the facts in force that says it; the timing is worked out.
COLUMNS = {
    "status": "status",
    "timing": "",
    "department": "department_id",
    "area": "policy_area_id",
    "administration": "administration_id",
}

Key = tuple[str | int | None, ...]


@dataclass(frozen=True)
class Tally:
    """Counts by every combination of `dimensions` that occurs. Keys are strings, or row ids, or None."""

    dimensions: tuple[str, ...]
    counts: dict[Key, int]

    def total(self, chosen: dict[str, str | int] | None = None) -> int:
        """How many commitments are as chosen in each named dimension."""
        return sum(count for _, count in self._as_chosen(chosen or {}))

    def by(self, dimension: str, chosen: dict[str, str | int] | None = None) -> Counter[str | int | None]:
        """Counts along one dimension, among those that are as chosen in the others."""
        position = self.dimensions.index(dimension)
        others = {name: value for name, value in (chosen or {}).items() if name != dimension}
        result: Counter[str | int | None] = Counter()
        for key, count in self._as_chosen(others):
            result[key[position]] += count
        return result

    def _as_chosen(self, chosen: dict[str, str | int]) -> Iterable[tuple[Key, int]]:
        wanted = [(self.dimensions.index(name), value) for name, value in chosen.items()]
        if not wanted:
            return self.counts.items()
        return (
            (key, count)
            for key, count in self.counts.items()
            if all(key[position] == value for position, value in wanted)
        )


def tally(commitments: CommitmentQuerySet, on: dt.date, dimensions: tuple[str, ...] = tuple(COLUMNS)) -> Tally:
    """Count commitments along several dimensions at once.

    The facts in force are worked out once for each row, in an inner query that the database must keep
    apart; as columns of one query they would be worked out again wherever the timing refers to them.
    """
    case, case_values = timing.as_sql(_as_stored(on), _as_stored(on + timing.DUE_SOON))
    facts = ("status", "status_since", "due_from", "due_by", "department_id", "policy_area_id", "administration_id")
    inner, inner_values = commitments.in_force(on).order_by().values_list(*facts).query.sql_with_params()
    columns = ", ".join(COLUMNS[dimension] or case for dimension in dimensions)
    places = ", ".join(str(place) for place in range(1, len(dimensions) + 1))
    question = (  # nothing in it comes from outside: all parts are made here, with their values apart
        f"WITH facts ({', '.join(facts)}) AS MATERIALIZED ({inner}) "  # noqa: S608
        f"SELECT {columns}, COUNT(*) FROM facts GROUP BY {places}"
    )
    with connection.cursor() as cursor:
        cursor.execute(question, [*inner_values, *(case_values if "timing" in dimensions else [])])
        rows: Iterable[Key] = cursor.fetchall()
    return Tally(dimensions, {row[:-1]: int(row[-1] or 0) for row in rows})


def _as_stored(day: dt.date) -> str | dt.date:
    return connection.ops.adapt_datefield_value(day) or day
