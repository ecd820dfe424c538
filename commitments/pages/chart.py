"""The geometry of a chart of one series. Pure: numbers in, positions out; the template only writes them down.

Positions are per cent of the drawing's width and height, from the top left, so that the chart can be any
size while its lettering keeps its own.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

#: Points whose labels would stand closer together than this, in per cent of the width, share the later one.
LABEL_CLEARANCE = 16
WANTED_STEPS = 4


@dataclass(frozen=True)
class Point:
    """A figure on a day. `high` is the upper end of a range; `is_exact` is off for "almost", "more than" and so on."""

    day: dt.date
    value: Decimal
    label: str
    high: Decimal | None = None
    is_exact: bool = True


@dataclass(frozen=True)
class Mark:
    """A point as drawn. `top` is where its range ends, the same as `y` without one."""

    x: float
    y: float
    top: float
    label: str
    is_exact: bool
    shows_label: bool
    anchor: str


@dataclass(frozen=True)
class Segment:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Tick:
    position: float
    value: Decimal


@dataclass(frozen=True)
class Chart:
    marks: list[Mark]
    line: list[Segment]
    ticks: list[Tick]
    target: float | None
    first_day: dt.date
    last_day: dt.date

    @property
    def has_loose(self) -> bool:
        return any(not mark.is_exact for mark in self.marks)


def draw(points: Sequence[Point], target: Decimal | None, joined: bool) -> Chart | None:
    """A chart of the points in order of day, with the target as a level line. None for fewer than two days.

    `joined` draws a line from point to point; leave it off where figures of separate periods stand side by side.
    The scale starts at nought unless figures are below it, so that heights compare as the figures do.
    """
    ordered = sorted(points, key=lambda point: point.day)
    if len({point.day for point in ordered}) < 2:
        return None
    values = [value for point in ordered for value in (point.value, point.high) if value is not None]
    ticks = _ticks(min([Decimal(0), *values, *_given(target)]), max([Decimal(0), *values, *_given(target)]))
    first, last = ordered[0].day, ordered[-1].day

    def across(day: dt.date) -> float:
        return round(100 * (day - first).days / (last - first).days, 2)

    def down(value: Decimal) -> float:
        return round(float(100 * (ticks[-1] - value) / (ticks[-1] - ticks[0])), 2)

    places = [(across(point.day), down(point.value)) for point in ordered]
    labelled = _labelled([x for x, _ in places])
    return Chart(
        marks=[
            Mark(
                x=x,
                y=y,
                top=y if point.high is None else down(point.high),
                label=point.label,
                is_exact=point.is_exact,
                shows_label=position in labelled,
                anchor="start" if x < LABEL_CLEARANCE / 2 else "end" if x > 100 - LABEL_CLEARANCE / 2 else "middle",
            )
            for position, (point, (x, y)) in enumerate(zip(ordered, places, strict=True))
        ],
        line=[Segment(*one, *two) for one, two in itertools.pairwise(places)] if joined else [],
        ticks=[Tick(down(value), value) for value in ticks],
        target=None if target is None else down(target),
        first_day=first,
        last_day=last,
    )


def _given(value: Decimal | None) -> list[Decimal]:
    return [] if value is None else [value]


def _ticks(lowest: Decimal, highest: Decimal) -> list[Decimal]:
    """Round values from at or below the lowest to at or above the highest, evenly spaced."""
    step = _round_step((highest - lowest) / WANTED_STEPS or Decimal(1))
    first = math.floor(lowest / step)
    last = max(math.ceil(highest / step), first + 1)
    return [step * count for count in range(first, last + 1)]


def _round_step(rough: Decimal) -> Decimal:
    """The least of 1, 2, 2.5, 5 and 10 times a power of ten that is no less than the rough step."""
    power = Decimal(1).scaleb(rough.adjusted())
    return next(power * nice for nice in map(Decimal, ("1", "2", "2.5", "5", "10")) if power * nice >= rough)


def _labelled(positions: list[float]) -> set[int]:
    """Which points can carry a label without running into another: from the last, the newest, backwards."""
    chosen: list[int] = []
    for index in range(len(positions) - 1, -1, -1):
        if not chosen or positions[chosen[-1]] - positions[index] >= LABEL_CLEARANCE:
            chosen.append(index)
    return set(chosen)
