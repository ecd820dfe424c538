"""How fast a number moves towards what was promised. Arithmetic on a straight line, never a forecast. Pure."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal

#: A day farther off than this says no more than "not at this pace".
FARTHEST_DAYS = 36_525


@dataclass(frozen=True)
class Stand:
    """A value on a day."""

    on: dt.date
    value: Decimal


@dataclass(frozen=True)
class Pace:
    """From `start` to `latest` so far, and from `start` to `goal` as promised. `latest` is later than `start`,
    and `goal` another value on a later day than `start`.
    """

    start: Stand
    latest: Stand
    goal: Stand

    @property
    def is_reached(self) -> bool:
        """Whether the latest value is what was promised, or beyond it."""
        upwards = self.goal.value > self.start.value
        return self.latest.value >= self.goal.value if upwards else self.latest.value <= self.goal.value

    def required_on(self, day: dt.date) -> Decimal:
        """Where a straight line from start to goal stands on a day; from the goal's day on, the goal."""
        return _on_line(self.start, self.goal, min(day, self.goal.on))

    def stands_on(self, day: dt.date) -> Decimal:
        """Where the pace so far would lead by a day."""
        return _on_line(self.start, self.latest, day)

    @property
    def reached_on(self) -> dt.date | None:
        """The first day on which the pace so far would reach the goal. None if it would not within a hundred years."""
        moved, wanted = self.latest.value - self.start.value, self.goal.value - self.start.value
        if moved * wanted <= 0:
            return None
        days = math.ceil(wanted * (self.latest.on - self.start.on).days / moved)
        return self.start.on + dt.timedelta(days=days) if days <= FARTHEST_DAYS else None


def pace(start: Stand | None, latest: Stand | None, goal: Stand | None) -> Pace | None:
    """None unless all three are known and there is a way to go from the start to the goal."""
    if start is None or latest is None or goal is None:
        return None
    if latest.on <= start.on or goal.on <= start.on or goal.value == start.value:
        return None
    return Pace(start, latest, goal)


def _on_line(one: Stand, other: Stand, day: dt.date) -> Decimal:
    return one.value + (other.value - one.value) * (day - one.on).days / (other.on - one.on).days
