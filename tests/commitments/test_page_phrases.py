"""Days, intervals and numbers as readers meet them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.pages import meanings, phrases
from commitments.timing import Timing, timing

DAYS = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2060, 12, 31))


@pytest.mark.parametrize(
    ("earliest", "latest", "words"),
    [
        (None, None, ""),
        (None, dt.date(2029, 7, 9), "by 9 July 2029"),
        (dt.date(2029, 7, 9), dt.date(2029, 7, 9), "by 9 July 2029"),
        (dt.date(2025, 1, 4), dt.date(2025, 1, 5), "between 4 and 5 January 2025"),
        (dt.date(2025, 1, 1), dt.date(2025, 4, 30), "between 1 January and 30 April 2025"),
        (dt.date(2025, 12, 1), dt.date(2026, 2, 28), "between 1 December 2025 and 28 February 2026"),
    ],
)
def test_an_interval_says_no_more_than_is_known(earliest: dt.date | None, latest: dt.date | None, words: str) -> None:
    assert phrases.interval(earliest, latest) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("16400.000000", "16,400"),
        ("0.500000", "0.5"),
        ("0", "0"),
        ("100", "100"),
        ("1500000", "1.5 million"),
        ("1234567", "1,234,567"),
        ("2000000000", "2 billion"),
        ("-12000", "-12,000"),
    ],
)
def test_numbers_are_grouped_and_shed_empty_noughts(value: str, words: str) -> None:
    assert phrases.number(Decimal(value)) == words


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6, allow_nan=False))
def test_a_number_in_words_is_the_number(value: Decimal) -> None:
    figure, _, scale = phrases.number(value).partition(" ")
    factor = {"": 1, "million": 10**6, "billion": 10**9}[scale]
    assert Decimal(figure.replace(",", "")) * factor == value


@pytest.mark.parametrize(
    ("value", "unit", "high", "words"),
    [
        ("16400", "people", None, "16,400 people"),
        ("150000000", "GBP", None, "£150 million"),
        ("25", "per cent", None, "25%"),
        ("10", "weeks", "12", "10 to 12 weeks"),
        ("3", "", None, "3"),
    ],
)
def test_quantities_carry_their_unit(value: str, unit: str, high: str | None, words: str) -> None:
    assert phrases.quantity(Decimal(value), unit, high and Decimal(high)) == words


@given(
    earliest=DAYS, width=st.integers(0, 400), status=st.sampled_from(["in_progress", "achieved"]), since=DAYS, on=DAYS
)
def test_the_sentence_counts_the_same_days_as_the_clock(
    earliest: dt.date, width: int, status: str, since: dt.date, on: dt.date
) -> None:
    latest = earliest + dt.timedelta(days=width)
    key = timing(earliest, latest, status, since, on)
    sentence = phrases.timing(key, earliest, latest, since, on)
    if key in (Timing.ON_TIME, Timing.LATE):
        apart, compared = abs((latest - since).days), since
    else:
        apart, compared = abs((latest - on).days), on
    assert sentence.endswith(".")
    if latest != compared:
        assert phrases.days(apart) in sentence
        assert phrases.day(latest) in sentence


def test_every_key_of_the_record_has_a_meaning() -> None:
    for meaning in (
        meanings.STATUS,
        meanings.TIMING,
        meanings.RELATION,
        meanings.TIER,
        meanings.JUDGEABILITY,
        meanings.VOICE,
        meanings.DEFINITION,
    ):
        assert set(meaning) == set(type(next(iter(meaning))))
