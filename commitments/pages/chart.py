"""The geometry of a chart of one series. Pure: numbers in, positions out; the template only writes them down.

Positions are per cent of the drawing's width and height, from the top left, so that the chart can be any
size while its lettering keeps its own.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from commitments.pace import Pace, Stand

#: Points whose labels would stand closer together than this, in per cent of the width, share the later one.
LABEL_CLEARANCE = 16
WANTED_STEPS = 4
#: A day beyond the last of the others is shown if it makes the chart no more than so much longer.
LONGER_BY = 0.25


@dataclass(frozen=True)
class Point:
    """A figure on a day.

    `high` is the upper end of a range, `begins` the first day of the period that the figure is of. `leaning` is
    "up" for "more than", "down" for "up to", and `is_exact` off for these and for "almost" and the like.
    `day_is_given` is off where only the day of publication is known. Only points of one `group` may be joined.
    """

    day: dt.date
    value: Decimal
    label: str
    high: Decimal | None = None
    is_exact: bool = True
    leaning: str = ""
    begins: dt.date | None = None
    day_is_given: bool = True
    shape: str = "official"
    group: str = ""
    address: str = ""
    words: str = ""


@dataclass(frozen=True)
class Due:
    """The days on which the last moment of a deadline falls, and the level to be reached."""

    level: Decimal
    earliest: dt.date
    latest: dt.date


@dataclass(frozen=True)
class Mark:
    """A point as drawn. `top` is where its range ends and `begins` where its period does, `y` and `x` without one."""

    x: float
    y: float
    top: float
    begins: float
    point: Point
    shows_label: bool
    anchor: str

    @property
    def middle(self) -> float:
        return (self.y + self.top) / 2


@dataclass(frozen=True)
class Segment:
    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        return round(self.x2 - self.x1, 2)


@dataclass(frozen=True)
class Tick:
    position: float
    value: Decimal


@dataclass(frozen=True)
class Chart:
    """`required` leads from the start to the goal, `projected` from the latest figure on at the pace so far;
    `due` is the time in which the deadline falls, as high as the drawing, and `start` where the count begins.
    """

    marks: list[Mark]
    line: list[Segment]
    ticks: list[Tick]
    target: float | None
    start: Segment | None
    required: Segment | None
    projected: Segment | None
    due: Segment | None
    first_day: dt.date
    last_day: dt.date

    @property
    def has_loose(self) -> bool:
        return any(not mark.point.is_exact for mark in self.marks)

    @property
    def has_undated(self) -> bool:
        return any(not mark.point.day_is_given for mark in self.marks)

    @property
    def has_periods(self) -> bool:
        return any(mark.begins != mark.x for mark in self.marks)

    @property
    def shapes(self) -> list[str]:
        return sorted({mark.point.shape for mark in self.marks})


def draw(
    points: Sequence[Point],
    target: Decimal | None,
    joined: bool,
    *,
    start: Stand | None = None,
    due: Due | None = None,
    pace: Pace | None = None,
) -> Chart | None:
    """A chart of the points in order of day, with the target as a level line. None for fewer than two days.

    `joined` draws a line from point to point of a group; leave it off where figures of separate periods stand side
    by side. The scale starts at nought unless figures are below it, so that heights compare as the figures do.
    """
    ordered = sorted(points, key=lambda point: point.day)
    days = [day for point in ordered for day in (point.begins, point.day) if day is not None]
    days += [start.on] if start else []
    if len(set(days)) < 2:
        return None
    first, last = min(days), max([*days, *([due.latest] if due else [])])
    until = _shown_until(pace, first, last)
    last = max(last, until or last)
    goals = [] if target is None else [target]
    values = [value for point in ordered for value in (point.value, point.high) if value is not None]
    values += [*goals, *([start.value] if start else []), *([pace.stands_on(until)] if pace and until else [])]
    ticks = _ticks(min([Decimal(0), *values]), max([Decimal(0), *values]))

    def across(day: dt.date) -> float:
        return round(100 * (day - first).days / (last - first).days, 2)

    def down(value: Decimal) -> float:
        return round(float(100 * (ticks[-1] - value) / (ticks[-1] - ticks[0])), 2)

    def line(one: Stand, other: Stand) -> Segment:
        return Segment(across(one.on), down(one.value), across(other.on), down(other.value))

    labelled = _labelled([across(point.day) for point in ordered])
    marks = [
        Mark(
            x=across(point.day),
            y=down(point.value),
            top=down(point.value if point.high is None else point.high),
            begins=across(point.begins or point.day),
            point=point,
            shows_label=position in labelled,
            anchor=_anchor(across(point.day)),
        )
        for position, point in enumerate(ordered)
    ]
    return Chart(
        marks=marks,
        line=list(_lines(marks)) if joined else [],
        ticks=[Tick(down(value), value) for value in ticks],
        target=None if target is None else down(target),
        start=line(start, start) if start else None,
        required=line(pace.start, pace.goal) if pace else None,
        projected=line(pace.latest, Stand(until, pace.stands_on(until))) if pace and until else None,
        due=Segment(across(max(due.earliest, first)), 0, across(due.latest), 100) if due else None,
        first_day=first,
        last_day=last,
    )


def _shown_until(pace: Pace | None, first: dt.date, last: dt.date) -> dt.date | None:
    """The day to which the pace so far is drawn on: the one on which it reaches the goal, if that is not far off."""
    if pace is None or pace.is_reached:
        return None
    farthest = last + dt.timedelta(days=int((last - first).days * LONGER_BY))
    until = min(pace.reached_on or last, farthest)
    return until if until > pace.latest.on else None


def _anchor(x: float) -> str:
    return "start" if x < LABEL_CLEARANCE / 2 else "end" if x > 100 - LABEL_CLEARANCE / 2 else "middle"


def _lines(marks: Iterable[Mark]) -> Iterable[Segment]:
    """From each mark to the next of its group, through the middle of ranges."""
    groups: dict[str, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.point.group, []).append(mark)
    for group in groups.values():
        for one, other in itertools.pairwise(group):
            yield Segment(one.x, one.middle, other.x, other.middle)


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
