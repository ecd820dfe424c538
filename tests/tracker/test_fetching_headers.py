"""What the headers of an answer ask of us."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.fetching import fresh_for, retry_after
from tracker.fetching.politeness import LONGEST_FRESHNESS, LONGEST_RETRY_AFTER

NOW = dt.datetime(2025, 1, 20, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "120"}, dt.timedelta(minutes=2)),
        ({"Retry-After": "Mon, 20 Jan 2025 13:00:00 GMT"}, dt.timedelta(hours=1)),
        (
            {"Retry-After": "Mon, 20 Jan 2020 13:00:00 GMT", "Date": "Mon, 20 Jan 2020 12:30:00 GMT"},
            dt.timedelta(minutes=30),
        ),
        ({"Retry-After": "Mon, 20 Jan 2020 13:00:00 GMT"}, dt.timedelta(0)),
        ({"Retry-After": "99999999999999"}, LONGEST_RETRY_AFTER),
        ({"Retry-After": "Monday, 20-Jan-25 13:00:00 GMT"}, dt.timedelta(hours=1)),
        ({"Retry-After": "Mon Jan 20 13:00:00 2025"}, dt.timedelta(hours=1)),
        ({"Retry-After": "Mon, 20 Jan 2025 13:00:00 +0100"}, dt.timedelta(0)),
        ({"Retry-After": " 120 "}, dt.timedelta(minutes=2)),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST_RETRY_AFTER),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
)
def test_how_long_a_host_asks_us_to_stay_away(headers: dict[str, str], expected: dt.timedelta | None) -> None:
    assert retry_after(headers, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": "max-age=600", "Age": "100"}, 500),
        ({"Cache-Control": "max-age=600, no-cache"}, None),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Cache-Control": "max-age=999999999"}, 86400),
        ({"Cache-Control": 'max-age="600"'}, 600),
        ({"Cache-Control": "MAX-AGE=600"}, 600),
        ({"Cache-Control": "max-age=600", "Expires": "Mon, 20 Jan 2025 13:00:00 GMT"}, 600),
        ({"Cache-Control": "max-age=60", "Age": "100"}, 0),
        ({"Expires": "Mon, 20 Jan 2025 13:00:00 GMT"}, 3600),
        ({"Expires": "Mon, 20 Jan 2020 13:00:00 GMT", "Date": "Mon, 20 Jan 2020 12:30:00 GMT"}, 1800),
        ({"Expires": "Mon, 20 Jan 2020 13:00:00 GMT"}, 0),
        ({"Expires": "Mon, 20 Jan 2045 13:00:00 GMT"}, 86400),
        ({"Expires": "0"}, None),
        ({"Expires": "-1"}, None),
        ({"Expires": "Mon, 20 Jan 2025 13:00:00 GMT", "Cache-Control": "no-cache"}, None),
        ({}, None),
    ],
)
def test_how_long_an_answer_stays_fresh(headers: dict[str, str], seconds: int | None) -> None:
    assert fresh_for(headers, NOW) == (None if seconds is None else dt.timedelta(seconds=seconds))


@given(
    st.dictionaries(
        st.sampled_from(["Retry-After", "Date", "Expires", "Cache-Control", "Age"]),
        st.text(st.characters(max_codepoint=255), max_size=40)
        | st.from_regex(r"(max-age=)?-?[0-9]{1,30}", fullmatch=True)
        | st.from_regex(
            r"[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT", fullmatch=True
        ),
    )
)
def test_whatever_they_say_it_is_a_time_within_bounds_or_nothing(headers: dict[str, str]) -> None:
    for asked, longest in (
        (retry_after(headers, NOW), LONGEST_RETRY_AFTER),
        (fresh_for(headers, NOW), LONGEST_FRESHNESS),
    ):
        assert asked is None or dt.timedelta(0) <= asked <= longest
