"""Where a chart puts its points."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.pages.chart import LABEL_CLEARANCE, Point, draw

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


def test_a_range_reaches_to_its_upper_end_and_loose_figures_are_marked() -> None:
    chart = draw([point(0, 10, high=Decimal(20)), point(9, 40, is_exact=False)], None, joined=True)
    assert chart is not None
    assert (chart.marks[0].y, chart.marks[0].top) == (75, 50)
    assert chart.has_loose


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
