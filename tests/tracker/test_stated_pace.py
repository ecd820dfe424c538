"""How often a feed says of itself that it is worth asking for."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.sources.pace import stated_pace

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "pace"),
    [
        ("<ttl>60</ttl>", HOUR),
        ("<TTL> 90 </TTL>", 90 * MINUTE),
        ("<ttl><![CDATA[45]]></ttl>", 45 * MINUTE),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl/>", None),
        ("<ttl>999999999999999</ttl>", 365 * DAY),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        ("<sy:updatePeriod>\n\tDaily\t</sy:updatePeriod><sy:updateFrequency>\n\t4\t</sy:updateFrequency>", 6 * HOUR),
        ("<syn:updatePeriod>weekly</syn:updatePeriod><syn:updateFrequency>1</syn:updateFrequency>", 7 * DAY),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", HOUR),
        ("<sy:updatePeriod>now and then</sy:updatePeriod>", None),
        ("<sy:updateFrequency>2</sy:updateFrequency>", None),
        ("<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        ("<item><ttl>60</ttl></item>", None),
        ("", None),
    ],
)
def test_what_it_says(said: str, pace: dt.timedelta | None) -> None:
    feed = f'<rss version="2.0"><channel><title>A feed</title>{said}<item><title>One</title></item></channel></rss>'
    assert stated_pace(feed.encode()) == pace


@given(st.binary(max_size=500) | st.text(alphabet="<>/tlsy:updatePriodFqn 0123456789", max_size=200).map(str.encode))
def test_whatever_is_served(body: bytes) -> None:
    pace = stated_pace(body)
    assert pace is None or dt.timedelta(0) < pace <= 365 * DAY
