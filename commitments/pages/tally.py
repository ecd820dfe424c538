"""How many commitments there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

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
