"""The list of commitments and its filters."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments import decisions
from commitments.models import Administration, Department, PolicyArea
from commitments.pages.register import ORDERS, PAGE_SIZE, Register

from . import make

pytestmark = pytest.mark.django_db


def register(client: Client, **asked: object) -> Register:
    response = client.get("/commitments/", asked)
    assert response.status_code == 200
    found: Register = response.context["register"]
    return found


def titles(found: Register) -> list[str]:
    return [line.commitment.title for line in found.lines]


def days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


def test_filters_combine_and_each_says_how_many_it_would_leave(client: Client) -> None:
    health = Department.objects.create(name="Health", slug="health")
    rail = Department.objects.create(name="Rail", slug="rail")
    safety = PolicyArea.objects.create(name="Safety", slug="safety")
    now = Administration.objects.create(name="Now", slug="now")
    make.commitment("Nurses", department=health, due=days(-1), administration=now)
    make.commitment("Beds", department=health, due=days(100))
    make.commitment("Trains", department=rail, due=days(-1), policy_area=safety)
    found = register(client, department="health", timing="overdue")
    assert titles(found) == ["Nurses"]
    assert (found.found, found.total) == (1, 3)
    counts = {filter.name: {option.value: option.count for option in filter.options} for filter in found.filters}
    assert counts["department"] == {"health": 1, "rail": 1}
    assert counts["timing"] == {"overdue": 1, "upcoming": 1}
    assert titles(register(client, area="safety")) == ["Trains"]
    assert titles(register(client, administration="now")) == ["Nurses"]


def test_a_filter_by_status_uses_what_is_in_force(client: Client) -> None:
    made = make.commitment("Nurses")
    make.commitment("Beds")
    decisions.change_status(made, "in_progress", make.user(), "Begun.", days(-3))
    decisions.change_status(made, "off_track", make.user(), "Stalled.", days(-1))
    assert titles(register(client, status="off_track")) == ["Nurses"]
    assert titles(register(client, status="not_started")) == ["Beds"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("nurs", ["More nurses"]),
        ("MORE hospital", ["More nurses"]),
        ("more school", []),
        ("matron", ["More nurses"]),
        ("", ["More nurses", "Plant trees"]),
        ("100%", []),
    ],
)
def test_every_word_must_occur_somewhere_in_the_commitment(client: Client, words: str, expected: list[str]) -> None:
    make.commitment("More nurses", statement="Bring more nurses to every hospital.", keywords="matrons, sisters")
    make.commitment("Plant trees")
    assert sorted(titles(register(client, q=words))) == expected


def test_a_search_holding_a_character_that_no_text_may_hold_finds_the_rest(client: Client) -> None:
    make.commitment("Open the archive")
    assert titles(register(client, q="archive\0")) == ["Open the archive"]


def test_what_does_not_exist_is_left_out_and_said(client: Client) -> None:
    make.commitment("Nurses")
    found = register(client, status="splendid", sort="colour", page="nine")
    assert titles(found) == ["Nurses"]
    assert any("splendid" in sentence for sentence in found.unknown)
    page = client.get("/commitments/", {"status": "<script>"}).content.decode()
    assert "<script" not in page


@pytest.mark.parametrize("sort", list(ORDERS))
def test_pages_hold_every_commitment_once_in_any_order(client: Client, sort: str) -> None:
    for number in range(PAGE_SIZE + 3):
        make.commitment(f"Promise {number}", due=days(number % 3) if number % 2 else None)
    first, second = register(client, sort=sort), register(client, sort=sort, page=2)
    assert len(titles(first)) == PAGE_SIZE
    assert len(set(titles(first) + titles(second))) == PAGE_SIZE + 3
    assert "page=2" in first.next_page
    assert titles(register(client, sort=sort, page=99)) == titles(second)


def test_drafts_and_merged_commitments_are_not_listed(client: Client) -> None:
    kept = make.commitment("Kept")
    make.commitment("Draft", publication="draft")
    make.commitment("Merged", merged_into=kept)
    assert titles(register(client)) == ["Kept"]


def test_an_empty_list_says_why(client: Client) -> None:
    assert "import_commitments" in client.get("/commitments/").content.decode()
    make.commitment("Nurses")
    assert "Remove a filter" in client.get("/commitments/?q=trains").content.decode()
    found = register(client, q="trains", sort="title")
    assert (titles(found), found.found, found.total) == ([], 0, 1)


def test_the_list_asks_as_much_of_many_as_of_few(client: Client) -> None:
    def queries() -> int:
        client.get("/commitments/?q=promise")  # what has changed is read once, and not by each page
        with CaptureQueriesContext(connection) as captured:
            client.get("/commitments/?q=promise&timing=upcoming&sort=deadline")
        return len(captured)

    make.commitment("Promise", due=days(100))
    few = queries()
    for number in range(60):
        department = Department.objects.create(name=f"Department {number}", slug=f"department-{number}")
        make.commitment(f"Promise {number}", due=days(100 + number), department=department)
    assert queries() == few <= 13
