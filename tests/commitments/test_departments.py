"""Departments that are renamed, merged and split: who owed a commitment when, and where old addresses lead."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from commitments import departments
from commitments.bringing import import_rows
from commitments.digests import record, signup
from commitments.models import AuditEntry, Commitment, Department, Subscription
from tests.commitments import make

pytestmark = pytest.mark.django_db


def department(name: str) -> Department:
    return Department.objects.create(name=name, slug=name.lower().replace(" ", "-"))


def day(year: int, month: int = 1) -> dt.date:
    return dt.date(year, month, 1)


def said(commitment: Commitment) -> list[tuple[str, dt.date | None]]:
    return [(spell.name, spell.until) for spell in departments.owed(Commitment.objects.get(pk=commitment.pk))]


def test_the_public_page_says_who_owed_it_until_when(client: Client) -> None:
    old, new = department("Ministry of Trees"), department("Ministry of Woods")
    commitment = make.commitment(department=old, made_on=day(2020))
    departments.hand_over(old, [new], day(2024, 7))
    departments.rename(new, "Ministry of Forests", day(2025, 3))
    page = strip_tags(client.get(commitment.get_absolute_url()).content.decode())
    assert (
        "by Ministry of Trees until 1 July 2024, then by Ministry of Woods until 1 March 2025, "
        "then by Ministry of Forests" in page
    )


@pytest.mark.parametrize(
    ("made_on", "expected"),
    [
        (day(2015), [("A", day(2016)), ("B", day(2018)), ("C", day(2020)), ("D", None)]),
        (day(2016), [("B", day(2018)), ("C", day(2020)), ("D", None)]),
        (day(2017), [("B", day(2018)), ("C", day(2020)), ("D", None)]),
        (day(2021), [("D", None)]),
        (None, [("A", day(2016)), ("B", day(2018)), ("C", day(2020)), ("D", None)]),
    ],
)
def test_a_commitment_was_owed_by_the_names_since_it_was_made(
    made_on: dt.date | None, expected: list[tuple[str, dt.date | None]]
) -> None:
    first, last = department("A"), department("X")
    commitment = make.commitment(made_on=day(2015))
    Commitment.objects.filter(pk=commitment.pk).update(department=first, made_on=made_on)
    departments.rename(first, "B", day(2016))
    departments.rename(first, "C", day(2018))
    departments.rename(last, "D", day(2019))
    if made_on is None or made_on < day(2020):
        departments.hand_over(first, [last], day(2020))
    else:
        Commitment.objects.filter(pk=commitment.pk).update(department=last)
    departments.rename(last, "E", day(2030))
    assert said(commitment) == [*((name, until or day(2030)) for name, until in expected), ("E", None)]


def test_a_commitment_of_one_department_says_nothing_of_when(client: Client) -> None:
    commitment = make.commitment(department=department("Ministry of Trees"))
    assert "<dt>Owed</dt>" not in client.get(commitment.get_absolute_url()).content.decode()


@pytest.mark.parametrize("act", ["rename", "merge", "split"])
def test_lists_narrowed_down_by_an_old_department_lead_on(client: Client, act: str) -> None:
    old, other, third = department("Trees"), department("Woods"), department("Parks")
    make.commitment("Plant trees", department=old)
    if act == "rename":
        departments.rename(old, "Forests", day(2025))
    else:
        departments.hand_over(old, [other] if act == "merge" else [other, third], day(2025))
    answer = client.get("/commitments/", {"department": "trees"})
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"?department={'forests' if act == 'rename' else 'woods'}"
    found = client.get("/commitments/" + answer.headers["Location"]).context["register"]
    assert [line.commitment.title for line in found.lines] == ["Plant trees"]


def test_of_a_split_each_commitment_goes_where_it_was_said_to() -> None:
    old, one, two = department("Trees"), department("Woods"), department("Parks")
    first, second, done = (make.commitment(department=old) for _ in range(3))
    shared = make.commitment(department=one)
    shared.other_departments.add(old)
    count = departments.hand_over(old, [one, two], day(2025), {second.pk: two})
    owners = {each.pk: each.department for each in Commitment.objects.all()}
    assert (count, owners[first.pk], owners[second.pk], owners[done.pk]) == (3, one, two, one)
    assert list(shared.other_departments.all()) == [two]


def test_subscribers_of_an_old_department_are_told_of_what_its_successors_owe() -> None:
    old, one, two = department("Trees"), department("Woods"), department("Parks")
    commitment = make.commitment(department=old)
    second = make.commitment(department=old)
    signup.add_confirmed("jo@example.org", "daily", "department:trees")
    departments.hand_over(old, [one, two], day(2025), {second.pk: two})
    for each in (commitment, second):
        assert ("department", "trees") in record.scopes_of(each)
    assert Subscription.objects.get().scope == "department:trees"


def test_an_import_that_still_uses_the_old_name_finds_the_department() -> None:
    old = department("Ministry of Trees")
    departments.rename(old, "Ministry of Forests", day(2025))
    import_rows([{**make.ORCHARDS, "department": "Ministry of Trees"}], source_name="x")
    assert Commitment.objects.get().department == old
    assert Department.objects.count() == 1


def test_the_linker_knows_a_department_by_its_new_name() -> None:
    old = department("Trees")
    commitment = make.commitment(department=old)
    before = commitment.linking_profile.values
    departments.rename(old, "Forests", day(2025))
    commitment.linking_profile.refresh_from_db()
    assert commitment.linking_profile.values != before


def test_what_cannot_be_is_refused_with_the_reason() -> None:
    old, other = department("Trees"), department("Woods")
    departments.rename(old, "Forests", day(2025))
    with pytest.raises(departments.DepartmentRefused, match="cannot have changed before"):
        departments.rename(old, "Copses", day(2024))
    with pytest.raises(departments.DepartmentRefused, match="hand over to it instead"):
        departments.rename(old, "Woods", day(2026))
    departments.hand_over(old, [other], day(2026))
    with pytest.raises(departments.DepartmentRefused, match="has ended already"):
        departments.hand_over(old, [other], day(2027))
    with pytest.raises(departments.DepartmentRefused, match="cannot take over"):
        departments.hand_over(other, [old], day(2027))


def test_an_editor_renames_and_splits_in_the_admin(client: Client) -> None:
    client.force_login(make.user())
    old, one, two = department("Trees"), department("Woods"), department("Parks")
    first, second = make.commitment(department=old), make.commitment(department=old)
    page = reverse("admin:commitments_department_change", args=[old.pk])
    rename = reverse("admin:commitments_department_rename", args=[old.pk])
    hand_over = reverse("admin:commitments_department_hand_over", args=[old.pk])
    assert rename in client.get(page).content.decode()
    assert client.post(rename, {"name": "Forests", "on": "2024-05-01"})["Location"] == page
    assert "Trees" in client.get(page).content.decode()
    asked = {"to": [one.pk, two.pk], "on": "2025-01-01"}
    assert f"commitment_{second.pk}" in client.get(hand_over, asked).content.decode()
    chosen = {f"commitment_{first.pk}": one.pk, f"commitment_{second.pk}": two.pk}
    answer = client.post(f"{hand_over}?to={one.pk}&to={two.pk}&on=2025-01-01", chosen)
    assert answer["Location"] == page
    second.refresh_from_db()
    assert second.department == two
    assert AuditEntry.objects.filter(model="commitments.succession").count() == 2


def test_the_page_asks_as_much_of_many_names_as_of_few(client: Client) -> None:
    old = department("A")
    commitment = make.commitment(department=old, made_on=day(2001))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(commitment.get_absolute_url())
        return len(captured)

    queries()
    few = queries()
    for number in range(6):
        departments.rename(old, f"A{number}", day(2010 + number))
    departments.hand_over(old, [department("B")], day(2020))
    assert queries() == few
