"""What the clock says, as a rule and as a query."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.models import Commitment, Status, StatusChange
from commitments.timing import Timing, timing

from . import make

TODAY = dt.date(2026, 11, 23)


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


@pytest.mark.parametrize(
    ("earliest", "latest", "status", "since", "expected"),
    [
        (None, None, "not_started", None, "no_deadline"),
        (day(200), day(230), "in_progress", day(-9), "upcoming"),
        (day(-1), day(200), "in_progress", day(-9), "due"),
        (day(0), day(200), "in_progress", day(-9), "upcoming"),
        (day(-9), day(30), "in_progress", day(-9), "due_soon"),
        (day(31), day(31), "in_progress", day(-9), "upcoming"),
        (day(30), day(30), "in_progress", day(-9), "due_soon"),
        (None, day(0), "not_started", None, "due_soon"),
        (None, day(-1), "off_track", day(-9), "overdue"),
        (day(-90), day(-1), "unclear", day(-9), "overdue"),
        (day(-90), day(-9), "achieved", day(-9), "on_time"),
        (day(-90), day(-9), "achieved", day(-8), "late"),
        (None, None, "achieved", day(-8), "closed"),
        (day(-90), day(-9), "achieved", None, "closed"),
        (day(-90), day(-9), "not_achieved", day(-8), "closed"),
        (day(5), day(9), "lapsed", day(-8), "closed"),
    ],
)
def test_timing(
    earliest: dt.date | None, latest: dt.date | None, status: str, since: dt.date | None, expected: str
) -> None:
    assert timing(earliest, latest, status, since, TODAY) == expected


@pytest.mark.django_db
def test_the_query_says_what_the_rule_says() -> None:
    """Every status with deadlines and days around each edge: the rule and the filter never disagree."""
    edges = [None, -40, -1, 0, 1, 29, 30, 31, 60]
    for latest in edges:
        for width in (0, 1, 45) if latest is not None else (0,):
            for status in Status.values:
                due = (
                    {}
                    if latest is None
                    else {
                        "deadline_earliest": day(latest - width),
                        "deadline_latest": day(latest),
                    }
                )
                commitment = make.commitment(**due)
                StatusChange.objects.create(
                    commitment=commitment,
                    to_status=status,
                    reason="As found.",
                    effective_from=day(-20),
                    imported_from="test",
                    effective_is_known=status != "achieved" or width != 1,
                )
    found = {key: set(Commitment.objects.with_timing(key, TODAY).values_list("pk", flat=True)) for key in Timing}
    for commitment in Commitment.objects.all():
        assert [key for key in Timing if commitment.pk in found[key]] == [commitment.timing_on(TODAY)]


@given(st.integers(-400, 400), st.integers(0, 400), st.sampled_from(Status.values), st.integers(-400, 0))
def test_something_overdue_is_past_its_last_day_and_undecided(latest: int, width: int, status: str, since: int) -> None:
    said = timing(day(latest - width), day(latest), status, day(since), TODAY)
    assert (said == Timing.OVERDUE) == (
        latest < 0 and status not in {"achieved", "partly_achieved", "not_achieved", "abandoned", "lapsed"}
    )


@pytest.mark.django_db
def test_history_found_late_falls_into_its_place() -> None:
    commitment = make.commitment(made_on=day(-500))
    editor = make.user()
    for status, since in [("in_progress", -100), ("off_track", -300)]:
        StatusChange.objects.create(
            commitment=commitment, to_status=status, reason="Found.", effective_from=day(since), recorded_by=editor
        )
    assert commitment.status_on(TODAY) == "in_progress"
    assert commitment.status_on(day(-200)) == "off_track"
    assert Commitment.objects.in_force(day(-200)).get().status == "off_track"


@pytest.mark.django_db
def test_overdue_lists_the_longest_overdue_first_and_due_soon_the_soonest() -> None:
    late, later = make.commitment(due=day(-1)), make.commitment(due=day(-10))
    soon, sooner = make.commitment(due=day(20)), make.commitment(due=day(2))
    assert list(Commitment.objects.overdue(on=TODAY)) == [later, late]
    assert list(Commitment.objects.due_soon(on=TODAY)) == [sooner, soon]
