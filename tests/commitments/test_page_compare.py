"""Administrations and departments side by side."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from commitments import decisions
from commitments.models import Administration, Department, Status
from commitments.pages.compare import ComparePage

from . import make

pytestmark = pytest.mark.django_db


def in_days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


@pytest.fixture
def record() -> None:
    """Two departments under two administrations, with commitments of every status, overdue ones and late ones."""
    editor = make.user()
    departments = [Department.objects.create(name=name, slug=name.lower()) for name in ("Parks", "Roads", "Empty")]
    terms = [
        Administration.objects.create(name=name, slug=name.lower(), took_office=dt.date(year, 1, 1))
        for name, year in (("First", 2020), ("Second", 2024))
    ]
    for number, status in enumerate([*Status.values, "achieved", "not_achieved", "achieved"]):
        made = make.commitment(
            f"Promise {number}",
            due=in_days(-5),
            department=departments[number % 2],
            administration=terms[number % 3 % 2],
        )
        if number:
            decisions.change_status(made, status, editor, "Seen.", in_days(-number), absence="Looked everywhere.")
    make.commitment("Nameless")
    make.commitment("Draft", department=departments[0], publication="draft")


def page_of(client: Client) -> ComparePage:
    page: ComparePage = client.get("/compare/").context["page"]
    return page


@pytest.mark.usefixtures("record")
def test_every_number_leads_to_a_list_of_as_many(client: Client) -> None:
    page = page_of(client)
    cells = [cell for comparison in page.comparisons for row in comparison.rows for cell in row.cells]
    assert sum(cell.count > 0 for cell in cells) > 20
    for cell in cells:
        assert client.get(cell.address).context["register"].found == cell.count, cell.address


@pytest.mark.usefixtures("record")
def test_what_is_counted_adds_up_and_what_names_none_is_said(client: Client) -> None:
    page = page_of(client)
    assert page.total == 14
    for comparison in page.comparisons:
        *_, everything = zip(*(row.cells for row in comparison.rows), strict=True)
        assert sum(cell.count for cell in everything) + comparison.nameless == page.total
        for row in comparison.rows:
            by_status = [cell.count for cell in row.cells if "status" in cell.column.filters]
            assert sum(by_status) == row.cells[-1].count
    html = client.get("/compare/").content.decode()
    assert "1 of 14 commitments name no department." in html
    assert "Empty" not in html


@pytest.mark.usefixtures("record")
def test_no_percentage_stands_without_what_it_is_of(client: Client) -> None:
    html = client.get("/compare/").content.decode()
    shares = re.findall(r"[^<>]*%[^<>]*", html.partition("<main")[2].partition("</main>")[0])
    assert shares
    for share in shares:
        kept, decided, percentage = map(int, re.search(r"Achieved (\d+) of (\d+) decided \((\d+)%\)", share).groups())  # type: ignore[union-attr]
        assert percentage == round(100 * kept / decided)


def test_where_nothing_is_decided_no_share_is_made_up(client: Client) -> None:
    make.commitment(department=Department.objects.create(name="Parks", slug="parks"))
    html = client.get("/compare/").content.decode()
    assert "Nothing is decided yet" in html
    assert "%" not in html.partition("<main")[2]


@pytest.mark.usefixtures("record")
def test_it_asks_as_much_of_many_as_of_few(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):
        assert client.get("/compare/").status_code == 200
