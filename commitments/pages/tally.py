"""How many commitments there are of each kind, counted by the database in one question."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from commitments import timing
from commitments.models.commitment import CommitmentQuerySet

#: What commitments are counted by, and filtered by. The order is that of the columns.
DIMENSIONS = ("status", "timing", "department", "area", "administration")


@dataclass(frozen=True)
class Tally:
    """Counts by every combination of the dimensions that occurs. Keys are strings, or row ids, or None."""

    counts: dict[tuple[str | int | None, ...], int]

    def total(self, chosen: dict[str, str | int] | None = None) -> int:
        """How many commitments are as chosen in each named dimension."""
        return sum(count for key, count in self.counts.items() if _fits(key, chosen or {}))

    def by(self, dimension: str, chosen: dict[str, str | int] | None = None) -> Counter[str | int | None]:
        """Counts along one dimension, among those that are as chosen in the others."""
        position = DIMENSIONS.index(dimension)
        others = {name: value for name, value in (chosen or {}).items() if name != dimension}
        result: Counter[str | int | None] = Counter()
        for key, count in self.counts.items():
            if _fits(key, others):
                result[key[position]] += count
        return result


def _fits(key: tuple[str | int | None, ...], chosen: dict[str, str | int]) -> bool:
    return all(key[DIMENSIONS.index(name)] == value for name, value in chosen.items())


def tally(commitments: CommitmentQuerySet, on: dt.date) -> Tally:
    """Count commitments along all dimensions at once.

    The facts in force are worked out once for each row, in an inner query that the database must keep
    apart; as columns of one query they would be worked out again wherever the timing refers to them.
    """
    columns = ("status", "status_since", "due_from", "due_by", "department_id", "policy_area_id", "administration_id")
    facts = commitments.in_force(on).order_by().values_list(*columns)
    inner, inner_values = facts.query.sql_with_params()
    adapt = connection.ops.adapt_datefield_value
    case, case_values = timing.as_sql(adapt(on), adapt(on + timing.DUE_SOON))
    question = (  # nothing in it comes from outside: both parts are made above, with their values apart
        f"WITH facts ({', '.join(columns)}) AS MATERIALIZED ({inner}) "  # noqa: S608
        f"SELECT status, {case}, department_id, policy_area_id, administration_id, COUNT(*) "
        "FROM facts GROUP BY 1, 2, 3, 4, 5"
    )
    with connection.cursor() as cursor:
        cursor.execute(question, [*inner_values, *case_values])
        rows: Iterable[tuple[str | int | None, ...]] = cursor.fetchall()
    return Tally({row[:-1]: int(row[-1] or 0) for row in rows})
