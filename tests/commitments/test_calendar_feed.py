"""Deadlines in readers' own calendars: honest about intervals, stable, and whole when read back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from commitments import decisions
from commitments.models import Definition, Milestone

from . import make, open_record
from .open_record import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> Record:
    return open_record.write()


def events(client: Client, asked: str = "") -> dict[str, Any]:
    """By the first words of their id."""
    response = client.get(f"/feeds/deadlines.ics{asked}")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n")), "lines are folded"
    calendar = Calendar.from_ical(response.content)
    assert not calendar.errors
    return {str(event["uid"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}


def test_an_interval_stands_on_its_last_day_and_says_so(client: Client, record: Record) -> None:
    event = events(client)[f"commitment-{record.trees.pk}"]
    last = timezone.localdate() + dt.timedelta(days=60)
    assert (event["dtstart"].dt, event["dtend"].dt) == (last, last + dt.timedelta(days=1))
    assert event["summary"] == "Last day: Plant trees"
    said = str(event["description"])
    assert "Deadline as worded: “by autumn”." in said
    assert "To be done between " in said
    assert "Status: Off track." in said
    assert str(event["url"]) == "http://127.0.0.1:8000/commitments/plant-trees/"
    assert event["transp"] == "TRANSPARENT", "nobody is busy because of it"


def test_steps_stand_beside_deadlines_and_drafts_do_not(client: Client, record: Record) -> None:
    found = events(client)
    step = Milestone.objects.get()
    assert set(found) == {f"commitment-{record.trees.pk}", f"commitment-{record.bridge.pk}", f"milestone-{step.pk}"}
    assert found[f"milestone-{step.pk}"]["summary"] == "Last day: Dig"
    assert "A step of: Plant trees" in found[f"milestone-{step.pk}"]["description"]


def test_a_moved_deadline_is_the_same_entry_in_a_later_version(client: Client, record: Record) -> None:
    key = f"commitment-{record.bridge.pk}"
    before = events(client)[key]
    later = timezone.localdate() + dt.timedelta(days=90)
    Definition.objects.create(
        commitment=record.bridge,
        kind="date_change",
        statement="Mend it later.",
        effective_from=timezone.localdate(),
        deadline_text="in three months",
        deadline_earliest=later,
        deadline_latest=later,
    )
    after = events(client)[key]
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["last-modified"].dt >= before["last-modified"].dt
    assert after["dtstart"].dt == later


def test_an_edited_step_is_a_later_version_too(client: Client, record: Record) -> None:
    step = Milestone.objects.get()
    before = events(client)[f"milestone-{step.pk}"]
    step.deadline_earliest = step.deadline_latest = timezone.localdate() + dt.timedelta(days=20)
    step.save()
    assert events(client)[f"milestone-{step.pk}"]["sequence"] > before["sequence"]


def test_what_was_due_long_ago_is_left_out(client: Client) -> None:
    today = timezone.localdate()
    make.commitment("Old", due=today - dt.timedelta(days=400))
    recent = make.commitment("Recent", due=today - dt.timedelta(days=300))
    assert list(events(client)) == [f"commitment-{recent.pk}"]


@pytest.mark.parametrize(
    ("asked", "count"),
    [("?department=forests", 2), ("?area=nature", 2), ("?administration=2024", 2), ("?commitment=mend-the-bridge", 1)],
)
def test_it_can_be_narrowed(client: Client, record: Record, asked: str, count: int) -> None:
    assert len(events(client, asked)) == count


@pytest.mark.parametrize("asked", ["?department=nowhere", "?colour=red", "?area=nature&department=forests"])
def test_what_cannot_be_meant_is_refused(client: Client, record: Record, asked: str) -> None:
    assert client.get(f"/feeds/deadlines.ics{asked}").status_code == 400


def test_the_same_calendar_is_not_sent_twice(client: Client, record: Record) -> None:
    first = client.get("/feeds/deadlines.ics")
    assert client.get("/feeds/deadlines.ics", headers={"If-None-Match": first["ETag"]}).status_code == 304
    decisions.change_status(record.bridge, "in_progress", make.user(), "Begun.", timezone.localdate())
    assert client.get("/feeds/deadlines.ics", headers={"If-None-Match": first["ETag"]}).status_code == 200
