"""How a commitment stood, reckoned in memory, is what the database says of it."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.utils import timezone

from commitments.digests import build, record
from commitments.models import Commitment, Definition, StatusChange
from tests.commitments import make

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 6, 30)


def some_record(chance: random.Random, count: int) -> None:
    """Commitments with histories of every shape: moved deadlines, statuses that follow, are corrected or to come."""

    def day() -> dt.date:
        return DAY + dt.timedelta(days=chance.randint(-200, 100))

    evidence = make.release("x")
    for number in range(count):
        made_on = chance.choice([None, day()])
        owner = Commitment.objects.create(reference=f"R-{number}", title=f"Promise {number}", made_on=made_on)
        for kind in ["original", *["date_change"] * chance.randint(0, 2)]:
            due = chance.choice([None, day()])
            Definition.objects.create(
                commitment=owner, kind=kind, statement="x", effective_from=day(), deadline_latest=due
            )
        entries: list[StatusChange] = []
        for _ in range(chance.randint(0, 3)):
            entries.append(
                StatusChange.objects.create(
                    commitment=owner,
                    to_status=chance.choice(["in_progress", "off_track", "achieved", "abandoned"]),
                    reason="x",
                    absence="x",
                    effective_from=day(),
                    effective_is_known=chance.random() < 0.8,
                    recorded_by=make.user(),
                    corrects=chance.choice([None, *entries]) if chance.random() < 0.3 else None,
                )
            )
        if chance.random() < 0.5:
            make.evidence(
                owner,
                make.release("x", published=day()) if number % 2 else evidence,
                state="accepted",
                decided_at=timezone.now(),
            )


def test_the_day_is_reckoned_as_the_database_does() -> None:
    some_record(random.Random(1), 40)
    now = timezone.now()
    read = record.read(now)
    public = Commitment.objects.published()

    for on in (DAY - dt.timedelta(days=90), DAY, DAY + dt.timedelta(days=40)):
        expected = {
            "overdue": set(public.overdue(on).values_list("pk", flat=True)),
            "due_soon": set(public.due_soon(on).values_list("pk", flat=True)),
            "silent": set(public.silent(on).values_list("pk", flat=True)),
        }
        stood = read.standings(on, now)
        assert {name: {key for key, it in stood.items() if name in it.groups} for name in expected} == expected
        content = build.content(read, frozenset(read.timelines), build.Window(on, None, now, now))
        said: dict[str, tuple[Any, ...]] = {
            "overdue": content.newly_overdue,
            "due_soon": content.newly_due_soon,
            "silent": content.still_silent,
        }
        named = {name: {line.of.commitment_id for line in lines} for name, lines in said.items()}
        assert named == {**expected, "silent": expected["silent"] - expected["overdue"] - expected["due_soon"]}
    assert any(expected.values())


def test_what_stood_before_is_what_the_record_said_then() -> None:
    owner = make.commitment("Plant trees", due=DAY + dt.timedelta(days=5))
    known_by_then = timezone.now()
    owner.definitions.create(
        kind="date_change", statement="x", effective_from=DAY - dt.timedelta(days=30), deadline_latest=DAY
    )
    after = DAY + dt.timedelta(days=2)
    read = record.read(timezone.now())

    assert read.standings(after, known_by_then)[owner.pk].timing == "due_soon"
    assert read.standings(after, timezone.now())[owner.pk].timing == "overdue"
    assert read.standings(after, known_by_then - dt.timedelta(days=1)) == {}
