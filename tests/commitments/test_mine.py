"""What one owns or watches comes first, in every list that staff work by."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from commitments.models import AuditEntry, Commitment, Goalpost, Question
from commitments.needs import NEEDS
from tests.commitments import make

pytestmark = pytest.mark.django_db

LONG_AGO = dt.date(2025, 1, 2)


@pytest.fixture
def ada(client: Client) -> User:
    user: User = make.user("ada")
    client.force_login(user)
    return user


@pytest.fixture
def some(ada: User) -> dict[str, Commitment]:
    """One that Ada owns, one that she watches, one of Ben's and one of nobody's, each with something to see to."""
    ben = make.user("ben")
    made = {
        "owned": make.commitment("Plant owned trees", due=LONG_AGO, owner=ada),
        "watched": make.commitment("Plant watched trees", due=LONG_AGO, owner=ben),
        "of another": make.commitment("Plant Ben's trees", due=LONG_AGO, owner=ben),
        "nobody's": make.commitment("Plant some trees", due=LONG_AGO),
    }
    made["watched"].watchers.add(ada)
    for one in made.values():
        piece = make.evidence(one, make.release(f"Of {one.title}."))
        Goalpost.objects.create(evidence=piece, definition=one.first_definition, aspect="date", said="later")
        Question.objects.create(commitment=one, asked_of="Ministry", asked_on=LONG_AGO, question="When?")
    return made


def needs(client: Client) -> dict[str, Any]:
    return {one.need.key: one for one in client.get(reverse("admin:index")).context["needs"]}


def listed(client: Client, model: str, **asked: str) -> set[Any]:
    return set(client.get(reverse(f"admin:commitments_{model}_changelist"), asked).context["cl"].result_list)


def test_the_front_page_says_first_what_needs_the_person_who_looks(client: Client, some: dict[str, Commitment]) -> None:
    counts = {key: (one.mine, one.count) for key, one in needs(client).items() if one.count}
    assert counts == dict.fromkeys(["suggestions", "goalposts", "overdue", "silent", "unanswered"], (2, 4))
    page = client.get(reverse("admin:index")).content.decode()
    assert page.index("What needs you") < page.index("What needs somebody")


def test_each_count_of_mine_leads_to_the_list_that_it_counts(client: Client, some: dict[str, Commitment]) -> None:
    for key, one in needs(client).items():
        if not one.mine:
            continue
        page = client.get(one.address_of_mine)
        shown = page.context["waiting"] if key == "suggestions" else page.context["cl"].result_count
        assert shown == one.mine == 2, key


def test_every_need_of_commitments_can_be_narrowed_down_to_mine(client: Client, some: dict[str, Commitment]) -> None:
    for need in NEEDS:
        if need.to_commitment and not need.seen_to_at:
            name = f"admin:{need.model._meta.app_label}_{need.model._meta.model_name}_changelist"
            page = client.get(reverse(name), {"needs": need.key, "whose": "mine"})
            assert any(spec.title == "whose" for spec in page.context["cl"].filter_specs), need.key


def test_who_owns_and_watches_nothing_is_told_of_everybodys_alone(client: Client) -> None:
    make.commitment("Plant trees", due=LONG_AGO)
    client.force_login(make.user("cleo"))
    assert "What needs you" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize(
    ("whose", "found"),
    [("mine", {"owned", "watched"}), ("owned", {"owned"}), ("nobodys", {"nobody's"})],
)
def test_the_list_of_commitments_is_narrowed_down_to_whose_they_are(
    client: Client, some: dict[str, Commitment], whose: str, found: set[str]
) -> None:
    assert listed(client, "commitment", whose=whose) == {some[name] for name in found}


def test_the_list_is_narrowed_down_to_what_matters_and_says_whose_it_is(
    client: Client, some: dict[str, Commitment]
) -> None:
    Commitment.objects.filter(pk=some["owned"].pk).update(importance=3)
    assert listed(client, "commitment", importance="3") == {some["owned"]}
    page = client.get(reverse("admin:commitments_commitment_changelist")).content.decode()
    assert "high importance" in page
    assert "nobody" in page


def test_the_queue_is_narrowed_down_to_mine_and_stays_so(
    client: Client, ada: User, some: dict[str, Commitment]
) -> None:
    review = reverse("admin:commitments_evidence_review")
    page = client.get(review, {"person": ada.pk})
    assert page.context["waiting"] == 2
    assert "mine: I own or watch them" in page.content.decode()
    shown = page.context["queue"].next()
    seen = make.Evidence.objects.get(pk=shown)
    assert seen.commitment in (some["owned"], some["watched"])
    answer = client.post(
        reverse("admin:commitments_evidence_reject", args=[shown]) + f"?person={ada.pk}",
        {"seen": seen.mark, "reason": "Other trees."},
    )
    assert f"person={ada.pk}" in answer["Location"]


def test_whoever_may_see_a_commitment_may_watch_it_and_stop(client: Client) -> None:
    vera = User.objects.create_user("vera", is_staff=True)
    vera.groups.add(Group.objects.get(name="Viewer"))
    client.force_login(vera)
    commitment = make.commitment()
    page = reverse("admin:commitments_commitment_change", args=[commitment.pk])
    address = reverse("admin:commitments_commitment_watch", args=[commitment.pk])
    assert "Watch it no longer" not in client.get(page).content.decode()
    assert client.post(address)["Location"] == page
    assert list(commitment.watchers.all()) == [vera]
    assert "Watch it no longer" in client.get(page).content.decode()
    client.post(address)
    assert not commitment.watchers.exists()
    assert AuditEntry.objects.filter(part_of=f"commitments.commitment/{commitment.pk}", person=vera).count() == 2


def test_an_owner_who_has_left_can_stay_or_be_replaced(client: Client, ada: User) -> None:
    gone = User.objects.create_user("gone", is_staff=True, is_active=False)
    never = User.objects.create_user("never", is_staff=True, is_active=False)
    commitment = make.commitment(owner=gone)
    form = client.get(reverse("admin:commitments_commitment_change", args=[commitment.pk])).context["adminform"].form
    owners = set(form.fields["owner"].queryset)
    assert {gone, ada} <= owners
    assert never not in owners


def test_who_owns_and_watches_and_how_much_it_matters_is_nobody_elses_business(
    client: Client, some: dict[str, Commitment]
) -> None:
    client.logout()
    Commitment.objects.update(importance=3)
    page = client.get(some["watched"].get_absolute_url()).content.decode()
    assert "ben" not in page.replace("Ben", "")
    assert "importance" not in page
