"""Where a chart puts its points."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.pace import Stand, pace
from commitments.pages.chart import LABEL_CLEARANCE, Due, Point, Segment, draw

START = dt.date(2025, 1, 1)


def point(offset: int, value: int | Decimal, **fields: object) -> Point:
    return Point(START + dt.timedelta(days=offset), Decimal(value), str(value), **fields)  # type: ignore[arg-type]


def test_one_day_is_no_chart() -> None:
    assert draw([point(0, 5)], None, joined=True) is None
    assert draw([point(0, 5), point(0, 7)], None, joined=True) is None


def test_points_stand_where_day_and_value_put_them() -> None:
    chart = draw([point(10, 100), point(0, 0), point(5, 50)], None, joined=True)
    assert chart is not None
    assert [(mark.x, mark.y) for mark in chart.marks] == [(0, 100), (50, 50), (100, 0)]
    assert [(line.x1, line.y1, line.x2, line.y2) for line in chart.line] == [(0, 100, 50, 50), (50, 50, 100, 0)]


def test_figures_of_separate_periods_are_not_joined() -> None:
    chart = draw([point(0, 1), point(9, 2)], None, joined=False)
    assert chart is not None
    assert chart.line == []


def test_only_points_of_one_group_are_joined() -> None:
    days = [(0, "a"), (2, "b"), (4, "a"), (6, "b"), (10, "a")]
    chart = draw([point(day, 10, group=group) for day, group in days], None, joined=True)
    assert chart is not None
    assert [(line.x1, line.x2) for line in chart.line] == [(0, 40), (40, 100), (20, 60)]


def test_a_range_reaches_to_its_upper_end_and_loose_figures_are_marked() -> None:
    chart = draw([point(0, 10, high=Decimal(20)), point(9, 40, is_exact=False)], None, joined=True)
    assert chart is not None
    assert (chart.marks[0].y, chart.marks[0].middle, chart.marks[0].top) == (75, 62.5, 50)
    assert chart.line[0].y1 == 62.5
    assert chart.has_loose


def test_the_period_of_a_figure_reaches_back_to_its_first_day() -> None:
    chart = draw([point(10, 5, begins=START), point(20, 6, begins=START + dt.timedelta(days=10))], None, joined=False)
    assert chart is not None
    assert [(mark.begins, mark.x) for mark in chart.marks] == [(0, 50), (50, 100)]
    assert chart.has_periods


def on(offset: int, value: int) -> Stand:
    return Stand(START + dt.timedelta(days=offset), Decimal(value))


def test_the_pace_needed_the_pace_so_far_and_the_deadline_stand_where_they_fall() -> None:
    due = Due(Decimal(100), START + dt.timedelta(days=80), START + dt.timedelta(days=100))
    going = pace(on(0, 0), on(50, 40), on(100, 100))
    chart = draw([point(50, 40)], Decimal(100), joined=True, start=on(0, 0), due=due, pace=going)
    assert chart is not None
    # at 0.8 a day 100 is reached on day 125, which is as far as the drawing may be made longer
    assert chart.last_day == START + dt.timedelta(days=125)
    assert chart.required == Segment(0, 100, 80, 0)
    assert chart.projected == Segment(40, 60, 100, 0)
    assert chart.due == Segment(64, 0, 80, 100)
    assert chart.target == 0
    assert chart.start == Segment(0, 100, 0, 100)


def test_what_would_be_reached_in_many_years_does_not_squeeze_the_rest() -> None:
    going = pace(on(0, 0), on(50, 1), on(100, 100))
    chart = draw([point(50, 1)], Decimal(100), joined=True, start=on(0, 0), due=None, pace=going)
    assert chart is not None
    assert chart.last_day <= START + dt.timedelta(days=63)
    assert chart.projected is not None
    assert chart.projected.x2 == 100


values = st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False)


@given(
    points=st.lists(st.tuples(st.integers(0, 4000), values), min_size=2, max_size=30),
    target=st.none() | values,
)
def test_the_drawing_is_true_to_the_figures(points: list[tuple[int, Decimal]], target: Decimal | None) -> None:
    chart = draw([point(*each) for each in points], target, joined=True)
    if chart is None:
        assert len({offset for offset, _ in points}) < 2
        return
    bottom, top = chart.ticks[0].value, chart.ticks[-1].value
    assert bottom <= 0 <= top
    assert len(chart.ticks) <= 8
    for mark, (offset, value) in zip(chart.marks, sorted(points, key=lambda each: each[0]), strict=True):
        assert 0 <= mark.x <= 100
        assert 0 <= mark.y <= 100
        drawn = float(top) - mark.y / 100 * float(top - bottom)
        assert drawn == pytest.approx(float(value), abs=float(top - bottom) * 0.0002)
        assert START + dt.timedelta(days=offset) >= chart.first_day
    if target is not None:
        assert chart.target is not None
        assert 0 <= chart.target <= 100
    shown = [mark.x for mark in chart.marks if mark.shows_label]
    assert chart.marks[-1].shows_label
    assert all(later - earlier >= LABEL_CLEARANCE for earlier, later in itertools.pairwise(shown))
