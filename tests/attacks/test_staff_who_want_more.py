"""Forms of the admin take what they ask for and nothing beside it, and each role keeps to itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from commitments.models import Commitment, Evidence, Import, Subscriber, Webhook
from tests.attacks.conftest import signed_in
from tests.commitments import make
from tests.commitments.test_admin_lists import fill
from tests.commitments.test_roles import MODELS, NOBODY

pytestmark = pytest.mark.django_db

#: Evidence is decided on by its own buttons: its page has no such form.
CHANGED = sorted(label for label, (_, _, change, _) in MODELS.items() if change != NOBODY and label[12:] != "evidence")


def form_of(client: Client, address: str) -> tuple[dict[str, Any], set[str]]:
    """What a browser would send back of a page's form as it stands, and the names of all its fields."""
    tree = html.fromstring(client.get(address).content)
    sent: dict[str, Any] = {}
    (form,) = tree.xpath("//form[contains(@id, '_form')]")
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return sent, {each for each in form.fields if each}


def values(row: Model, leave: set[str]) -> dict[str, Any]:
    return {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields if each.name not in leave}


@pytest.mark.parametrize("label", CHANGED)
def test_a_field_that_a_form_does_not_ask_for_is_not_written(staff: Client, label: str) -> None:
    fill(1)
    model = next(each for each in admin.site._registry if each._meta.label_lower == label)
    row = model._base_manager.order_by("pk").first()
    if row is None:
        row = make.source()
    address = reverse(f"admin:{label.replace('.', '_')}_change", args=[row.pk])
    sent, asked = form_of(staff, address)
    fields = {each.name for each in model._meta.concrete_fields}
    beside = {name for name in fields if name not in asked and f"{name}_0" not in asked}
    before = values(row, fields - beside)
    forged = dict.fromkeys(beside, "1") | {f"{name}_id": "1" for name in beside} | {"pk": "9", "_state": "x"}
    answer = staff.post(address, {**forged, **sent})
    assert answer.status_code == 302  # taken, or else this would show nothing
    row.refresh_from_db()
    after = values(row, fields - beside)
    moved = {name for name in before if before[name] != after[name] and not name.endswith("_at")}
    assert moved == set()


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "user_permissions", "groups", "password", "last_login"])
def test_a_manager_cannot_raise_themselves(field: str) -> None:
    client, person = signed_in("Manager")
    editors = Group.objects.get(name="Editor")
    address = reverse("admin:auth_user_change", args=[person.pk])
    sent, _ = form_of(client, address)
    value = {"groups": [str(editors.pk)], "user_permissions": ["1", "2"], "password": "x"}.get(field, "on")
    client.post(address, {**sent, field: value})
    person.refresh_from_db()
    assert not person.is_superuser
    assert not person.user_permissions.exists()
    assert person.password != "x"


@pytest.mark.parametrize("role", ["Viewer", "Researcher", "Editor", "Manager"])
def test_nobody_below_changes_a_superuser(role: str) -> None:
    chief = make.user("chief")
    client, _ = signed_in(role)
    for page in ("auth_user_change", "auth_user_password_change"):
        client.post(
            reverse(f"admin:{page}", args=[chief.pk]),
            {"username": "mine", "password1": "orchard-severn-2468", "password2": "orchard-severn-2468"},
        )
    before = chief.password
    chief.refresh_from_db()
    assert (chief.username, chief.password, chief.is_superuser) == ("chief", before, True)


@pytest.mark.parametrize("action", ["disable", "take_away_second_step", "invite_again", "delete_selected"])
@pytest.mark.parametrize("role", ["Viewer", "Researcher", "Editor", "Manager"])
def test_no_action_is_taken_on_a_superuser_by_others(role: str, action: str, mailoutbox: Any) -> None:
    chief = make.user("chief")
    client, _ = signed_in(role)
    sent = {"action": action, "_selected_action": [chief.pk], "post": "yes"}
    client.post(reverse("admin:auth_user_changelist"), sent)
    chief.refresh_from_db()
    assert chief.is_active
    assert mailoutbox == []


@pytest.mark.parametrize("state", ["accepted", "rejected"])
def test_a_piece_of_evidence_is_not_decided_by_a_field(state: str) -> None:
    client, _ = signed_in("Researcher")
    piece = make.evidence(make.commitment(), make.release("They planted 40 trees."))
    address = reverse("admin:commitments_evidence_change", args=[piece.pk])
    client.post(address, {"state": state, "decided_by": "1", "decided_at": "2025-01-01", "score": "1", "_save": "x"})
    piece.refresh_from_db()
    assert piece.state == Evidence.State.SUGGESTED
    assert piece.decided_by is None


@pytest.mark.parametrize("field", ["merged_into", "publication", "slug", "demonstration", "created_at"])
def test_a_researcher_publishes_and_merges_nothing(field: str) -> None:
    client, _ = signed_in("Researcher")
    draft = make.commitment("A secret", publication="draft")
    other = make.commitment("Another")
    sent = {
        "title": "Mine",
        "reference": "X",
        field: {"merged_into": other.pk, "publication": "published"}.get(field, 1),
    }
    answer = client.post(reverse("admin:commitments_commitment_change", args=[draft.pk]), sent)
    assert answer.status_code == 403
    draft.refresh_from_db()
    assert (draft.publication, draft.merged_into, draft.title) == ("draft", None, "A secret")


@pytest.mark.parametrize("step", ["columns", "decide", "undo", "leave", "back"])
@pytest.mark.parametrize("role", ["Viewer", "Researcher"])
def test_no_step_of_somebody_elses_import_is_taken_by_who_may_bring_none(role: str, step: str) -> None:
    fill(1)
    brought = Import.objects.get()
    before = {each.attname: getattr(brought, each.attname) for each in Import._meta.concrete_fields}
    client, _ = signed_in(role)
    answer = client.post(reverse(f"admin:commitments_import_{step}", args=[brought.pk]), {"column-0": "title"})
    assert answer.status_code == 403
    brought.refresh_from_db()
    assert before == {each.attname: getattr(brought, each.attname) for each in Import._meta.concrete_fields}


def test_a_watch_is_the_own_whoever_a_form_names() -> None:
    client, person = signed_in("Viewer")
    other = User.objects.create(username="other", is_staff=True)
    made = make.commitment()
    client.post(reverse("admin:commitments_commitment_watch", args=[made.pk]), {"user": other.pk, "watch": "1"})
    assert list(Commitment.watchers.through.objects.values_list("user", flat=True)) in ([person.pk], [])


@pytest.mark.parametrize(
    "query",
    [
        "subscriber__email__startswith=a",
        "decided_by__password__startswith=md5",
        "recorded_by__password__regex=^a",
        "owner__password__startswith=m",
        "webhook__secret__startswith=a",
        "user__totpdevice__key__startswith=a",
    ],
)
@pytest.mark.parametrize("model", ["commitments_commitment", "commitments_evidence", "commitments_statuschange"])
def test_lists_cannot_be_filtered_by_what_they_do_not_show(attacker: Client, model: str, query: str) -> None:
    """Letter by letter, a filter would tell a secret."""
    person = User.objects.create(username="viewer", is_staff=True)
    person.groups.add(Group.objects.get(name="Viewer"))
    attacker.force_login(person)
    assert attacker.get(f"{reverse(f'admin:{model}_changelist')}?{query}").status_code in {302, 400}


@pytest.mark.parametrize("value", ["%00", "%ED%A0%80", "9" * 40, "'", "..%2F"])
@pytest.mark.parametrize("model", ["commitments_commitment", "commitments_evidence", "tracker_release"])
def test_odd_keys_and_searches_are_no_fault(attacker: Client, model: str, value: str) -> None:
    attacker.force_login(make.user())
    lists = reverse(f"admin:{model}_changelist")
    for address in (f"{lists}?q={value}", f"{lists}?p={value}", f"{lists}?o={value}", f"{lists}{value}/change/"):
        assert attacker.get(address).status_code < 500, address


def test_a_webhooks_secret_and_a_readers_address_are_for_managers_alone() -> None:
    Webhook.objects.create(name="Tool", url="https://hooks.example/x")
    Subscriber.objects.create(email="jo@example.org", confirmed_at=timezone.now())
    for role in ("Viewer", "Researcher", "Editor"):
        client, _ = signed_in(role)
        for name in ("webhook", "subscriber", "digest", "webhookmessage"):
            assert client.get(reverse(f"admin:commitments_{name}_changelist")).status_code == 403
