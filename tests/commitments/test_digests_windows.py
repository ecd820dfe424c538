"""Whatever happens, whenever it is sent and whatever fails: each change is told once to each subscriber."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.digests import deliver, making, periods, signup
from commitments.models import Commitment, Digest, StatusChange, Subscriber
from tests.commitments import make

pytestmark = pytest.mark.django_db

LONDON, APIA = "Europe/London", "Pacific/Apia"
BEGIN = dt.datetime(2025, 3, 27, 12, tzinfo=dt.UTC)  # three days before the clocks go forward
ZONES = [LONDON, "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Honolulu"]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(1, 60 * 40)),
        st.tuples(st.just("change"), st.just(0)),
        st.tuples(st.just("run"), st.sampled_from(["sent", "nothing", "failed", "uncertain", "pending", "withdrawn"])),
        st.tuples(st.just("by hand"), st.integers(-2, 2)),
        st.tuples(st.just("move"), st.integers(0, len(ZONES) - 1)),
    ),
    max_size=25,
)


def record(owner: Commitment, now: dt.datetime) -> None:
    """An editor changes a status."""
    with time_machine.travel(now, tick=False):
        StatusChange.objects.create(
            commitment=owner,
            to_status="off_track",
            effective_from=now.date(),
            reason="It is behind.",
            absence="Nothing was published.",
            recorded_by=make.user(),
        )


def settle(row: Digest, state: str, now: dt.datetime) -> None:
    words = {"subject": "S", "message_id": f"<{row.pk}@example.org>", "sent_at": now} if state == "sent" else {}
    Digest.objects.filter(pk=row.pk).update(state=state, **words)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, frequency=st.sampled_from(["at_once", "daily", "weekly"]), zone=st.sampled_from(ZONES))
def test_each_change_is_in_one_window_that_was_told(steps: list[Any], frequency: str, zone: str) -> None:
    Subscriber.objects.all().delete()
    Digest.objects.all().delete()
    owner = make.commitment()
    one = signup.add_confirmed("a@example.org", frequency, "all")
    Subscriber.objects.update(confirmed_at=BEGIN, time_zone=zone)
    now, changes = BEGIN, []

    for what, value in [*steps, ("run", "sent")]:
        now += dt.timedelta(seconds=1)
        if what == "pass":
            now += dt.timedelta(minutes=value)
        elif what == "change":
            record(owner, now)
            changes.append(now)
        elif what == "move":
            Subscriber.objects.update(time_zone=ZONES[value])
        else:
            if what == "run":
                making.make_due(now)
            else:
                making.make_for(now.date() + dt.timedelta(days=value), now)
            for row in Digest.objects.open():
                settle(row, value if what == "run" else "sent", now)
    end = max(changes, default=now)
    while not Digest.objects.told().filter(window_until__gte=end).exists():
        now += dt.timedelta(hours=7)
        assert now < BEGIN + dt.timedelta(days=120), "some change is never told"
        making.make_due(now)
        for row in Digest.objects.open():
            settle(row, "sent", now)

    told = list(Digest.objects.told().order_by("window_after"))
    assert told[0].window_after == BEGIN
    assert all(later.window_after == earlier.window_until for earlier, later in pairwise(told))
    for at in changes:
        assert sum(row.window_after < at <= row.window_until for row in told) == 1
    assert one.digests.count() == Digest.objects.count()


@pytest.mark.parametrize(
    ("utc", "zone", "due"),
    [
        pytest.param("2025-06-30T05:59", LONDON, None, id="an hour before"),
        pytest.param("2025-06-30T06:00", LONDON, "2025-06-30", id="summer time"),
        pytest.param("2025-12-01T06:59", LONDON, None, id="winter time, an hour later"),
        pytest.param("2025-12-01T07:00", LONDON, "2025-12-01", id="winter time"),
        pytest.param("2025-06-29T19:00", "Pacific/Auckland", "2025-06-30", id="tomorrow already"),
        pytest.param("2025-06-30T16:59", "Pacific/Honolulu", None, id="not yet there"),
        pytest.param("2011-12-29T17:00", APIA, "2011-12-29", id="the day before the one that was left out"),
        pytest.param("2011-12-30T17:00", APIA, "2011-12-31", id="and the one after it"),
    ],
)
def test_a_day_is_due_at_its_hour_where_the_subscriber_lives(utc: str, zone: str, due: str | None) -> None:
    now = dt.datetime.fromisoformat(f"{utc}+00:00")
    assert periods.due_on(now, ZoneInfo(zone), 7) == (due and dt.date.fromisoformat(due))


@pytest.mark.parametrize(("night", "hours"), [("2025-03-30", 1), ("2025-10-26", 1)])
def test_an_hour_that_the_clocks_leave_out_or_repeat_brings_one_mail(night: str, hours: int, settings: Any) -> None:
    settings.DIGEST_HOUR = hours
    signup.add_confirmed("a@example.org", "daily", "all")
    midnight = dt.datetime.fromisoformat(f"{night}T00:00").replace(tzinfo=ZoneInfo(LONDON)).astimezone(dt.UTC)
    Subscriber.objects.update(confirmed_at=midnight - dt.timedelta(hours=1))

    for minutes in range(0, 5 * 60, 20):
        deliver.send_due(clock=lambda minutes=minutes: midnight + dt.timedelta(minutes=minutes))

    assert [str(date) for date in Digest.objects.values_list("date", flat=True)] == [night]


def test_two_days_without_a_worker_are_made_up_in_one_mail() -> None:
    monday = dt.datetime(2025, 6, 30, 9, tzinfo=dt.UTC)
    with time_machine.travel(monday - dt.timedelta(hours=1), tick=False):
        make.commitment("Plant trees", due=dt.date(2025, 6, 1))
        signup.add_confirmed("a@example.org", "daily", "all")
    deliver.send_due(clock=lambda: monday)
    mail.outbox.clear()

    with time_machine.travel(monday, tick=False):
        for day in (2, 3):
            make.commitment(f"Overdue since {day} July", due=dt.date(2025, 7, day - 1))
    for minutes in (0, 1):
        deliver.send_due(clock=lambda minutes=minutes: monday + dt.timedelta(days=3, minutes=minutes))

    (made_up,) = mail.outbox
    assert "2 July" in made_up.body
    assert "3 July" in made_up.body


def test_at_once_comes_at_once_and_twice_a_day_at_most() -> None:
    begin = dt.datetime(2025, 6, 30, 8, tzinfo=dt.UTC)
    with time_machine.travel(begin - dt.timedelta(hours=1), tick=False):
        make.commitment("Plant trees", due=dt.date(2025, 6, 1))
        owner = make.commitment("Build ponds", due=dt.date(2026, 6, 1))
        signup.add_confirmed("a@example.org", "at_once", "all")
    sent = []

    for minute in range(0, 24 * 60, 5):
        now = begin + dt.timedelta(minutes=minute)
        if minute % 60 == 0:
            record(owner, now)
        mail.outbox.clear()
        deliver.send_due(clock=lambda now=now: now)
        sent += [minute for _ in mail.outbox]

    assert sent == [0, 6 * 60]
