"""When a source is looked at next: a truth table and what holds always."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.schedule import LONGEST_INTERVAL, SHORTEST_INTERVAL, TICK_SLACK, Look, host_by_host, next_look

NOW = dt.datetime(2025, 1, 20, 12, 0, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def every(gap: dt.timedelta) -> list[dt.datetime]:
    return [NOW - gap * n for n in range(1, 40)]


@pytest.mark.parametrize(
    ("look", "least", "most"),
    [
        (Look(NOW), HOUR, HOUR),
        (Look(NOW, published=every(10 * MINUTE)), SHORTEST_INTERVAL, SHORTEST_INTERVAL),
        (Look(NOW, published=every(8 * HOUR)), 1.9 * HOUR, 2.1 * HOUR),
        (Look(NOW, published=every(60 * DAY)), DAY, DAY),
        (Look(NOW, published=every(10 * MINUTE), max_age=3 * HOUR), 3 * HOUR, 3 * HOUR),
        (Look(NOW, published=every(10 * MINUTE), ttl=3 * HOUR), 3 * HOUR, 3 * HOUR),
        (Look(NOW, published=every(10 * MINUTE), ttl=3 * HOUR, max_age=4 * HOUR), 4 * HOUR, 4 * HOUR),
        (Look(NOW, published=every(10 * MINUTE), ttl=40 * DAY), DAY, DAY),
        (Look(NOW, fixed_interval=MINUTE, ttl=HOUR), MINUTE - TICK_SLACK, MINUTE),
        (Look(NOW, fixed_interval=MINUTE), MINUTE - TICK_SLACK, MINUTE),
        (Look(NOW, fixed_interval=MINUTE, max_age=HOUR), MINUTE - TICK_SLACK, MINUTE),
        (Look(NOW, fixed_interval=MINUTE, retry_after=HOUR), HOUR, HOUR),
        (Look(NOW, fixed_interval=MINUTE, asked_to_slow_down=True), 15 * MINUTE, 15 * MINUTE),
        (Look(NOW, fixed_interval=MINUTE, asked_to_slow_down=True, retry_after=MINUTE), MINUTE, MINUTE),
        (Look(NOW, fixed_interval=10 * MINUTE, consecutive_failures=1), 10 * MINUTE, 10 * MINUTE),
        (Look(NOW, fixed_interval=10 * MINUTE, consecutive_failures=4), 80 * MINUTE, 80 * MINUTE),
        (Look(NOW, fixed_interval=2 * DAY, consecutive_failures=4), 2 * DAY, 2 * DAY),
        (Look(NOW, consecutive_failures=1000), DAY, DAY),
    ],
)
def test_the_next_look(look: Look, least: dt.timedelta, most: dt.timedelta) -> None:
    assert least <= next_look(look, luck=0) - NOW <= most


looks = st.builds(
    Look,
    at=st.just(NOW),
    fixed_interval=st.none() | st.integers(1, 10_000).map(lambda n: n * MINUTE),
    published=st.lists(st.integers(-10_000, 1_000_000).map(lambda n: NOW - n * MINUTE), max_size=60),
    consecutive_failures=st.integers(0, 100_000),
    asked_to_slow_down=st.booleans(),
    retry_after=st.none() | st.integers(0, 10_080).map(lambda n: n * MINUTE),
    max_age=st.none() | st.integers(0, 1_440).map(lambda n: n * MINUTE),
    ttl=st.none() | st.integers(0, 100_000).map(lambda n: n * MINUTE),
)


@given(looks, st.floats(0, 1))
def test_never_before_its_time_and_never_out_of_sight(look: Look, luck: float) -> None:
    wait = next_look(look, luck) - NOW
    assert wait >= (look.retry_after or dt.timedelta(0))
    assert wait >= (SHORTEST_INTERVAL if look.fixed_interval is None else look.fixed_interval - TICK_SLACK)
    longest = max(LONGEST_INTERVAL, look.fixed_interval or MINUTE, look.retry_after or MINUTE)
    assert wait <= 1.1 * longest


@given(looks, st.floats(0, 1), st.integers(1, 30))
def test_more_failures_never_shorten_the_wait(look: Look, luck: float, failures: int) -> None:
    fewer = Look(**{**vars(look), "consecutive_failures": failures})
    more = Look(**{**vars(look), "consecutive_failures": failures + 1})
    assert next_look(fewer, luck) <= next_look(more, luck)


def test_hosts_are_asked_in_turns_and_the_longest_waiting_first() -> None:
    due = [(1, "https://a.example/1"), (2, "https://a.example/2"), (3, "http://b.example/"), (4, "https://A.example/3")]
    assert host_by_host([*due, (5, "http://b.example/2"), (6, "nonsense")]) == [1, 3, 6, 2, 5, 4]
