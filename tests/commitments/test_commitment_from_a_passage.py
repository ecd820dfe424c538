"""A passage that promises something becomes a commitment, with itself as the first evidence."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from commitments import decisions
from commitments.models import Administration, Commitment, Department, Evidence
from tests.commitments import make

pytestmark = pytest.mark.django_db
QUOTE = "The ministry will plant 900 pear trees by the end of 2027."


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.user("ada"))
    return client


@pytest.fixture
def piece() -> Evidence:
    owner = make.commitment("Plant trees", department=Department.objects.create(name="Orchards", slug="orchards"))
    Administration.objects.create(name="Before", slug="before", took_office="2019-12-13", left_office="2024-07-05")
    Administration.objects.create(name="Now", slug="now", took_office="2024-07-05")
    return make.evidence(owner, make.release(f"{QUOTE} More will follow.", title="Pears"), QUOTE)


def link(staff: Client, piece: Evidence) -> str:
    """The address behind “Make a new commitment from this passage”."""
    page = staff.get(reverse("admin:commitments_evidence_review"), {"first": piece.pk, "order": "commitment"})
    found = re.search(r'href="([^"]*)" data-key="n"', page.content.decode())
    assert found
    return unescape(found[1])


def filled_in(page: Any) -> dict[str, Any]:
    """What the add form would send as it opens."""
    form, formsets = page.context["adminform"].form, page.context["inline_admin_formsets"]
    bound = [form[name] for name in form.fields]
    for one in formsets:
        bound += [one.formset.management_form[name] for name in one.formset.management_form.fields]
        bound += [each[name] for each in one.formset.forms for name in each.fields]
    return {
        field.html_name: field.value() for field in bound if field.value() is not None and field.value() is not False
    }


def save(staff: Client, address: str, **more: str) -> Any:
    sent = {**filled_in(staff.get(address)), "reference": "T-900", "title": "Plant 900 pear trees", **more}
    return staff.post(address, {**sent, "_save": "Save"}, follow=True)


def test_the_form_opens_with_what_the_passage_says_and_when(staff: Client, piece: Evidence) -> None:
    sent = filled_in(staff.get(link(staff, piece)))

    assert sent["made_on"] == dt.date(2025, 1, 9)
    assert Administration.objects.get(pk=sent["administration"]).name == "Now"
    assert Department.objects.get(pk=sent["department"]).name == "Orchards"
    assert sent["definitions-0-quote"] == sent["definitions-0-statement"] == QUOTE
    assert sent["definitions-0-quote_url"] == piece.release.url
    assert sent["definitions-0-quote_title"] == "Pears"


def test_saving_makes_the_passage_its_evidence_and_decides_the_suggestion(staff: Client, piece: Evidence) -> None:
    second = make.evidence(make.commitment("Feed birds"), make.release("Birds were fed."))

    page = save(staff, link(staff, piece))

    made = Commitment.objects.get(reference="T-900")
    there = made.evidence.get()
    piece.refresh_from_db()
    assert (there.state, there.relation, there.quote) == ("accepted", "announces", QUOTE)
    assert (piece.state, piece.reject_reason) == ("rejected", "It is about T-900.")
    assert made.first_definition.source_revision == piece.revision
    assert "evidence of T-900" in " ".join(str(message) for message in page.context["messages"])
    assert f"/review/{second.pk}/accept/" in page.content.decode()
    assert "order=commitment" in page.redirect_chain[-1][0]


def test_it_is_undone_as_one_and_the_commitment_stays(staff: Client, piece: Evidence) -> None:
    save(staff, link(staff, piece))

    staff.post(reverse("admin:commitments_evidence_undo"))

    piece.refresh_from_db()
    assert piece.state == "suggested"
    assert Commitment.objects.get(reference="T-900").evidence.get().state == "rejected"


def test_where_a_colleague_was_first_the_commitment_is_kept_and_the_decision_too(
    staff: Client, piece: Evidence
) -> None:
    address = link(staff, piece)
    decisions.accept(piece, make.deed("ben"))

    page = save(staff, address)

    assert not Commitment.objects.get(reference="T-900").evidence.exists()
    piece.refresh_from_db()
    assert (piece.state, piece.decided_by.username) == ("accepted", "ben")
    assert "without the passage: ben accepted this at" in " ".join(str(one) for one in page.context["messages"])


def test_a_form_with_a_mistake_decides_nothing_and_can_be_sent_again(staff: Client, piece: Evidence) -> None:
    address = link(staff, piece)

    wrong = save(staff, address, title="")
    piece.refresh_from_db()
    assert wrong.status_code == 200
    assert piece.state == "suggested"

    save(staff, address)
    piece.refresh_from_db()
    assert piece.state == "rejected"


def test_who_may_not_decide_gets_an_empty_form_and_decides_nothing(client: Client, piece: Evidence) -> None:
    person = get_user_model().objects.create(username="researcher", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["add_commitment", "view_commitment"]))
    client.force_login(person)

    page = client.get(reverse("admin:commitments_commitment_add"), {"from": piece.pk, "seen": piece.mark})

    assert QUOTE not in page.content.decode()


@pytest.mark.parametrize("nonsense", ["x", "999999", "٣", ""])
def test_a_passage_that_there_is_not_leaves_the_form_empty(staff: Client, nonsense: str) -> None:
    assert staff.get(reverse("admin:commitments_commitment_add"), {"from": nonsense}).status_code == 200
