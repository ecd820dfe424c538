from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.models import Commitment, Definition, StatusChange
from tests.commitments import make


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(make.user("ada"))
    return client


def judge(staff: Client, owner: Commitment, **wanted: Any) -> Any:
    values = {"status": "in_progress", "reason": "They began.", "effective_from": "2025-01-02", **wanted}
    return staff.post(reverse("admin:commitments_commitment_status", args=[owner.pk]), values)


def test_a_status_change_is_logged_with_its_author_and_reason(staff: Client) -> None:
    owner = make.commitment()

    assert judge(staff, owner).status_code == 302

    change = StatusChange.objects.get()
    assert (change.to_status, change.reason, change.recorded_by.username) == ("in_progress", "They began.", "ada")
    assert change.effective_from == dt.date(2025, 1, 2)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        pytest.param({"reason": " "}, "This field is required", id="no reason"),
        pytest.param({"status": "achieved"}, "final status needs", id="final without what decided it"),
        pytest.param({"effective_from": "2999-01-01"}, "has not come", id="a day to come"),
        pytest.param({"status": "wonderful"}, "Select a valid choice", id="no such status"),
    ],
)
def test_what_must_not_be_recorded_is_refused_in_words(staff: Client, wanted: dict[str, str], said: str) -> None:
    page = judge(staff, make.commitment(), **wanted)

    assert said in page.content.decode()
    assert not StatusChange.objects.exists()


def test_only_accepted_evidence_of_this_commitment_can_decide(staff: Client) -> None:
    owner = make.commitment()
    accepted = {"state": "accepted", "decided_at": timezone.now()}
    mine = make.evidence(owner, make.release("It is done."), **accepted)
    undecided = make.evidence(owner, make.release("It is nearly done."))
    others = make.evidence(make.commitment(), make.release("Theirs is done."), **accepted)

    for piece in (undecided, others):
        assert "Select a valid choice" in judge(staff, owner, status="achieved", evidence=piece.pk).content.decode()
    judge(staff, owner, status="achieved", evidence=mine.pk)

    assert StatusChange.objects.get().evidence == mine


def test_a_commitment_is_made_together_with_what_was_promised(staff: Client) -> None:
    series = make.Series.objects.create(metric="trees", unit="trees")
    values = {
        "reference": "HO-1",
        "title": "Plant trees",
        "kind": "action",
        "made_on": "2024-07-05",
        "publication": "draft",
        "judgeability": "verifiable",
        "review_interval_days": "180",
        "importance": "2",
        "definitions-TOTAL_FORMS": "1",
        "definitions-INITIAL_FORMS": "0",
        "definitions-0-statement": "Plant a hundred trees.",
        "definitions-0-deadline_text": "by the end of 2028",
        "definitions-0-series": series.pk,
        "definitions-0-comparator": "at least",
        "definitions-0-value": "100",
        "definitions-0-components": "oaks: 60\nbeeches: 40",
        "milestones-TOTAL_FORMS": "0",
        "milestones-INITIAL_FORMS": "0",
    }

    page = staff.post(reverse("admin:commitments_commitment_add"), values, follow=True)

    made = Commitment.objects.get(reference="HO-1")
    original = made.first_definition
    assert made.slug == "plant-trees"
    assert (original.kind, original.effective_from) == ("original", dt.date(2024, 7, 5))
    assert original.deadline_latest == dt.date(2028, 12, 31)
    assert original.recorded_by.username == "ada"
    assert [(part.name, int(part.value)) for part in original.target.components.all()] == [
        ("oaks", 60),
        ("beeches", 40),
    ]
    assert series in made.series.all()
    assert "31 December 2028" in " ".join(str(message) for message in page.context["messages"])


def test_a_commitment_without_what_was_promised_is_refused(staff: Client) -> None:
    values = {
        "reference": "HO-1",
        "title": "Plant trees",
        "kind": "action",
        "publication": "draft",
        "judgeability": "verifiable",
        "review_interval_days": "180",
        "importance": "2",
        "definitions-TOTAL_FORMS": "1",
        "definitions-INITIAL_FORMS": "0",
        "milestones-TOTAL_FORMS": "0",
        "milestones-INITIAL_FORMS": "0",
    }

    page = staff.post(reverse("admin:commitments_commitment_add"), values)

    assert "This field is required" in page.content.decode()
    assert not Commitment.objects.exists()


def test_a_new_definition_starts_from_the_current_one_and_leaves_it_standing(staff: Client) -> None:
    owner = make.commitment("Plant trees", deadline_text="within a year", due=dt.date(2025, 7, 5))
    make.target(owner, "trees", "trees", 100)
    address = reverse("admin:commitments_definition_add")

    form = staff.get(address, {"commitment": owner.pk}).context["adminform"].form
    assert form.initial["statement"] == "Plant trees, all of it."
    assert form.initial["value"] == 100
    values = {key: value for key, value in form.initial.items() if value is not None}
    values |= {"kind": "narrowing", "statement": "Plant some trees.", "announced_on": "2025-02-01", "value": "60"}
    saved = staff.post(f"{address}?commitment={owner.pk}", {**values, "_save": "Save"})

    assert saved.headers["Location"] == reverse("admin:commitments_commitment_change", args=[owner.pk])
    first, second = owner.definitions.order_by("pk")
    assert (first.statement, int(first.target.value)) == ("Plant trees, all of it.", 100)
    assert (second.statement, int(second.target.value)) == ("Plant some trees.", 60)
    assert second.effective_from == dt.date(2025, 2, 1)
    assert second.deadline_latest == dt.date(2025, 7, 5), "the same words keep their day"


def test_a_moved_deadline_is_read_from_its_new_words(staff: Client) -> None:
    owner = make.commitment("Plant trees", deadline_text="by the end of 2025", due=dt.date(2025, 12, 31))
    values = {
        "commitment": owner.pk,
        "kind": "date_change",
        "statement": "Plant.",
        "deadline_text": "by the end of 2026",
    }

    staff.post(reverse("admin:commitments_definition_add"), {**values, "announced_on": "2025-10-01"})

    assert owner.definition_on(dt.date(2025, 11, 1)).deadline_latest == dt.date(2026, 12, 31)


def test_history_cannot_be_typed_over_in_admin(staff: Client) -> None:
    owner = make.commitment()
    judge(staff, owner)
    definition = reverse("admin:commitments_definition_change", args=[owner.first_definition.pk])
    change = reverse("admin:commitments_statuschange_change", args=[StatusChange.objects.get().pk])

    for address in (definition, change):
        assert staff.post(address, {"statement": "Other", "reason": "Other"}).status_code == 403
    assert Definition.objects.get().statement == "Plant trees, all of it."


def test_the_page_of_a_commitment_says_how_it_stands_and_leads_on(staff: Client) -> None:
    owner = make.commitment("Plant trees", due=timezone.localdate() - dt.timedelta(days=3))
    make.evidence(owner, make.release("The ministry planted 50 trees."))

    html = staff.get(reverse("admin:commitments_commitment_change", args=[owner.pk])).content.decode()

    assert "Overdue" in html
    assert "1 suggestion waiting" in html
    assert reverse("admin:commitments_commitment_status", args=[owner.pk]) in html
    assert f"{reverse('admin:commitments_definition_add')}?commitment={owner.pk}" in html
