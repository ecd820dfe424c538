"""How fast a number moves towards a target: arithmetic on a straight line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.pace import Stand, pace

START = dt.date(2025, 1, 1)


def on(offset: int, value: int | Decimal) -> Stand:
    return Stand(START + dt.timedelta(days=offset), Decimal(value))


@pytest.mark.parametrize(
    ("latest", "goal", "reached"),
    [
        ((50, 40), (100, 100), 125),
        ((50, 50), (100, 100), 100),
        ((50, 60), (100, 100), 84),  # 83.3 days: on the 84th it is there
        ((50, -5), (100, -100), 1000),
        ((50, 0), (100, 100), None),
        ((50, -1), (100, 100), None),
        ((50, 1), (100, 10**6), None),  # in thousands of years
    ],
)
def test_the_day_on_which_it_would_be_reached(latest: tuple[int, int], goal: tuple[int, int], reached: int) -> None:
    found = pace(on(0, 0), on(*latest), on(*goal))
    assert found is not None
    assert found.reached_on == (None if reached is None else START + dt.timedelta(days=reached))
    assert not found.is_reached


@pytest.mark.parametrize(("value", "goal"), [(100, 100), (120, 100), (-100, -100), (-101, -100)])
def test_what_is_reached_is_said_upwards_and_downwards(value: int, goal: int) -> None:
    found = pace(on(0, 0), on(50, value), on(100, goal))
    assert found is not None
    assert found.is_reached


@pytest.mark.parametrize(
    ("start", "latest", "goal"),
    [
        (None, on(5, 5), on(9, 9)),
        (on(0, 0), None, on(9, 9)),
        (on(0, 0), on(5, 5), None),
        (on(0, 0), on(0, 5), on(9, 9)),
        (on(0, 0), on(5, 5), on(0, 9)),
        (on(0, 9), on(5, 5), on(9, 9)),
    ],
)
def test_there_is_no_pace_without_a_way_to_go(start: Stand, latest: Stand, goal: Stand) -> None:
    assert pace(start, latest, goal) is None


@given(value=st.integers(1, 10**6), goal=st.integers(1, 10**6), days=st.integers(1, 2000), until=st.integers(1, 4000))
def test_the_lines_go_through_what_they_are_drawn_through(value: int, goal: int, days: int, until: int) -> None:
    found = pace(on(0, 0), on(days, value), on(until, goal))
    assert found is not None
    assert found.stands_on(found.latest.on) == pytest.approx(Decimal(value))
    assert found.required_on(found.goal.on) == found.required_on(found.goal.on + dt.timedelta(days=9)) == goal
    if found.reached_on:
        assert found.stands_on(found.reached_on) >= goal - Decimal("1e-9")
        assert found.stands_on(found.reached_on - dt.timedelta(days=1)) < goal
