from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.statistics.periods import parse

HEADINGS = [
    ("2024", "2024-01-01", "2024-12-31", "year"),
    ("2024 Q1", "2024-01-01", "2024-03-31", "quarter"),
    ("2024Q4", "2024-10-01", "2024-12-31", "quarter"),
    ("Q2 2024", "2024-04-01", "2024-06-30", "quarter"),
    ("Quarter 3 2024", "2024-07-01", "2024-09-30", "quarter"),
    ("Q1 2024/25", "2024-04-01", "2024-06-30", "quarter"),
    ("2024-25 Q4", "2025-01-01", "2025-03-31", "quarter"),
    ("Jan to Mar 2024", "2024-01-01", "2024-03-31", "quarter"),
    ("January – March 2024", "2024-01-01", "2024-03-31", "quarter"),
    ("2024 Jul-Sep", "2024-07-01", "2024-09-30", "quarter"),
    ("Apr 2023 to Mar 2024", "2023-04-01", "2024-03-31", "financial year"),
    ("Jul 2023 to Jun 2024", "2023-07-01", "2024-06-30", "twelve months"),
    ("Jan to Jun 2024", "2024-01-01", "2024-06-30", "half-year"),
    ("H2 2024", "2024-07-01", "2024-12-31", "half-year"),
    ("Year ending March 2024", "2023-04-01", "2024-03-31", "twelve months"),
    ("Year ending December 2024", "2024-01-01", "2024-12-31", "twelve months"),
    ("YE Jun 2024", "2023-07-01", "2024-06-30", "twelve months"),
    ("12 months to February 2024", "2023-03-01", "2024-02-29", "twelve months"),
    ("2023/24", "2023-04-01", "2024-03-31", "financial year"),
    ("2023-24", "2023-04-01", "2024-03-31", "financial year"),
    ("1999/2000", "1999-04-01", "2000-03-31", "financial year"),
    ("March 2024", "2024-03-01", "2024-03-31", "month"),
    ("Feb-24", "2024-02-01", "2024-02-29", "month"),
    ("2024 Sept", "2024-09-01", "2024-09-30", "month"),
    ("31 March 2024", "2024-03-31", "2024-03-31", "day"),
    ("As at 31 March 2024", "2024-03-31", "2024-03-31", "day"),
    ("End of March 2024", "2024-03-31", "2024-03-31", "day"),
    ("2024-03-31", "2024-03-31", "2024-03-31", "day"),
    ("31/03/2024", "2024-03-31", "2024-03-31", "day"),
    ("January to September 2024", "2024-01-01", "2024-09-30", "9 months"),
]


@pytest.mark.parametrize(("words", "start", "end", "grain"), HEADINGS)
def test_what_time_a_heading_is_about(words: str, start: str, end: str, grain: str) -> None:
    period = parse(words)
    assert period is not None
    assert (period.start.isoformat(), period.end.isoformat(), period.grain) == (start, end, grain)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "",
            "Total",
            "Q1",
            "March",
            "2023 to 2024",
            "2024/26",
            "2023-25",
            "31 February 2024",
            "Q5 2024",
            "Dec to Jan 2024",
        ),
        *("2024 Q1 and Q2", "Visas in 2024", "Tier 2024", "20245", "Week 3 2024", "24", "1 2024"),
    ],
)
def test_what_names_no_time_or_might_name_two_is_not_read(words: str) -> None:
    assert parse(words) is None


@given(st.text(max_size=40))
def test_no_words_are_a_fault(words: str) -> None:
    period = parse(words)
    assert period is None or period.start <= period.end


@given(st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31)))
def test_each_quarter_is_read_alike_however_it_is_written(day: dt.date) -> None:
    quarter = (day.month + 2) // 3
    first = dt.date(day.year, 3 * quarter - 2, 1)
    last = dt.date(day.year, 3 * quarter, 1)
    wordings = [
        f"{day.year} Q{quarter}",
        f"Q{quarter} {day.year}",
        f"{first:%b} to {last:%b %Y}",
        f"{first:%B}–{last:%B %Y}",
    ]
    assert len({parse(words) for words in wordings}) == 1
