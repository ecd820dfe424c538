"""The audit: whatever changes, by whatever door, the database writes down who did what."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from commitments import decisions
from commitments.audit import triggers
from commitments.audit.acting import acting
from commitments.audit.audited import AUDITED, NOT_AUDITED
from commitments.models import AuditEntry, Commitment, Department, Evidence, Milestone, Subscriber
from commitments.staff import two_factor
from config.celery import app
from tests.commitments import make
from tracker.models import Poll, Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def since(db: None) -> Callable[[], list[AuditEntry]]:
    """The entries made since the test began, oldest first."""
    last = AuditEntry.objects.order_by("pk").last()
    return lambda: list(AuditEntry.objects.filter(pk__gt=last.pk if last else 0).order_by("pk"))


Entries = Callable[[], list[AuditEntry]]


def of(entries: list[AuditEntry], model: str) -> list[tuple[str, dict[str, Any]]]:
    return [(entry.deed, entry.changes) for entry in entries if entry.model == model]


# What is recorded.


def test_of_every_model_it_is_said_whether_and_how_it_is_recorded() -> None:
    there = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    listed = [audited.label for audited in AUDITED] + list(NOT_AUDITED)
    assert sorted(listed) == sorted(there)


@pytest.mark.parametrize("audited", AUDITED, ids=lambda audited: audited.label)
def test_the_fields_that_are_named_are_there(audited: Any) -> None:
    there = {field.name for field in audited.model._meta.concrete_fields}
    named = {*audited.only, *audited.but, *audited.hidden, audited.named or "id", audited.part_of or "id"}
    assert named <= there
    assert audited.fields


def test_a_row_that_is_added_changed_and_removed_leaves_three_entries(since: Entries) -> None:
    made = Department.objects.create(name="Home Office", slug="ho")
    made.name = "Interior"
    made.save()
    made.delete()
    assert of(since(), "commitments.department") == [
        ("added", {"name": [None, "Home Office"], "slug": [None, "ho"]}),
        ("changed", {"name": ["Home Office", "Interior"]}),
        ("removed", {"name": ["Interior", None], "slug": ["ho", None]}),
    ]
    assert [entry.name for entry in since()] == ["Home Office", "Interior", "Interior"]


def test_what_passes_the_models_by_is_recorded_too(since: Entries) -> None:
    Department.objects.bulk_create([Department(name=f"D{number}", slug=f"d{number}") for number in range(3)])
    Department.objects.filter(slug="d0").update(name="Zero")
    two = list(Department.objects.filter(slug__in=["d1", "d2"]))
    for each in two:
        each.name += "!"
    Department.objects.bulk_update(two, ["name"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE commitments_department SET name = 'Raw' WHERE slug = 'd1'")
        cursor.execute("DELETE FROM commitments_department WHERE slug = 'd2'")
    changed = [changes["name"] for deed, changes in of(since(), "commitments.department") if deed == "changed"]
    assert changed[0] == ["D0", "Zero"]
    assert sorted(changed[1:3]) == [["D1", "D1!"], ["D2", "D2!"]]
    assert changed[3] == ["D1!", "Raw"]
    assert [entry.deed for entry in since()] == ["added"] * 3 + ["changed"] * 4 + ["removed"]


def test_what_goes_along_with_a_row_is_recorded(since: Entries) -> None:
    user = User.objects.create(username="jo")
    user.groups.add(Group.objects.get(name="Editor"))
    TOTPDevice.objects.create(user=user, name="App")
    user.delete()
    assert {entry.model for entry in since() if entry.deed == "removed"} == {
        *("auth.user", "auth.user_groups", "otp_totp.totpdevice"),
    }


def test_saving_what_has_not_changed_leaves_nothing(since: Entries) -> None:
    made = make.commitment()
    before = len(since())
    made.save()
    assert len(since()) == before


def test_what_is_taken_back_was_never_there(since: Entries) -> None:
    with transaction.atomic():
        Department.objects.create(name="Nowhere", slug="nowhere")
        transaction.set_rollback(True)
    assert since() == []


def test_values_are_kept_with_their_kind(since: Entries) -> None:
    made = make.commitment(made_on=dt.date(2024, 7, 5))
    Commitment.objects.filter(pk=made.pk).update(demonstration=True, made_on=dt.date(2024, 7, 6))
    Subscriber.objects.create(email="a@b.example")
    Subscriber.objects.update(confirmed_at=dt.datetime(2025, 1, 2, 3, 4, 5, tzinfo=dt.UTC))
    Source.objects.create(slug="s", name="S", kind="feed", url="https://s.example/", options={"a": [1, "é"]})
    (_, commitment), (_, subscriber) = (
        next(pair for pair in of(since(), model) if pair[0] == "changed")
        for model in ("commitments.commitment", "commitments.subscriber")
    )
    assert commitment == {"demonstration": [False, True], "made_on": ["2024-07-05", "2024-07-06"]}
    assert subscriber == {"confirmed_at": [None, "2025-01-02T03:04:05+00:00"]}
    assert of(since(), "tracker.source")[0][1]["options"] == [None, {"a": [1, "é"]}]


# What is not.


def test_what_the_machine_notes_for_itself_leaves_nothing(since: Entries) -> None:
    owner, release = make.commitment(), make.release("Five trees.")
    source = make.source()
    before = len(since())
    piece = make.evidence(owner, release)
    Evidence.objects.filter(pk=piece.pk).update(score=0.4, relation="context")
    piece.delete()
    now = timezone.now()
    Poll.objects.create(source=source, started_at=now, finished_at=now, outcome="unchanged")
    Source.objects.update(next_due_at=now, last_polled_at=now, etag="x", consecutive_failures=2)
    Commitment.objects.update(linkable_since=now)
    assert len(since()) == before


def test_from_a_decision_on_every_change_of_evidence_counts(since: Entries) -> None:
    piece = make.evidence(make.commitment(), make.release("Five trees."))
    decisions.accept(piece, make.deed())
    Evidence.objects.filter(pk=piece.pk).update(relation="context")
    changes = [changes for _, changes in of(since(), "commitments.evidence")]
    assert changes[0]["state"] == ["suggested", "accepted"]
    assert changes[1] == {"relation": ["progress", "context"]}


def test_no_address_password_or_secret_gets_into_it(client: Client, since: Entries) -> None:
    jo = User.objects.create_user("jo", password="orchard-severn-2468")
    jo.set_password("orchard-trent-1357")
    jo.save()
    device = TOTPDevice.objects.create(user=jo, name="App")
    codes = two_factor.renew_recovery_codes(jo)
    client.post(reverse("subscribe"), {"email": "reader@mailbox.example", "frequency": "daily", "scope": "all"})
    Subscriber.objects.update(email="other@mailbox.example")
    Subscriber.objects.all().delete()
    all_of_it = json.dumps([[entry.name, entry.key, entry.changes] for entry in since()])
    assert "mailbox" not in all_of_it
    assert "pbkdf2" not in all_of_it
    assert device.key not in all_of_it
    assert not [code for code in codes if code.replace("-", "") in all_of_it]
    assert of(since(), "auth.user")[1] == ("changed", {"password": [None, None]})
    assert [deed for deed, _ in of(since(), "commitments.subscriber")] == ["added", "removed"]


def test_the_admins_own_log_does_not_keep_the_address_of_who_is_erased(client: Client) -> None:
    client.force_login(make.user())
    reader = Subscriber.objects.create(email="reader@mailbox.example")
    client.post(reverse("admin:commitments_subscriber_delete", args=[reader.pk]), {"post": "yes"})
    assert not Subscriber.objects.exists()
    assert not LogEntry.objects.filter(object_repr__contains="mailbox").exists()


# Who, and by which door.


def test_what_is_done_in_the_admin_has_the_name_of_who_did_it(client: Client, since: Entries) -> None:
    editor = make.user()
    client.force_login(editor)
    client.post(reverse("admin:commitments_department_add"), {"name": "Home Office", "slug": "ho"})
    (entry,) = [entry for entry in since() if entry.model == "commitments.department"]
    assert (entry.person, entry.door) == (editor, "admin")


def test_what_is_done_on_a_public_page_is_said_to_be(client: Client, since: Entries) -> None:
    client.post(reverse("subscribe"), {"email": "reader@mailbox.example", "frequency": "daily", "scope": "all"})
    assert {(entry.person, entry.door) for entry in since()} == {(None, "public page")}


def test_a_task_signs_with_its_name(since: Entries) -> None:
    @app.task(name="test.found_a_department")
    def found() -> None:
        Department.objects.create(name="Home Office", slug="ho")

    found.apply(throw=True)
    Department.objects.update(name="Interior")
    assert [entry.door for entry in since()] == ["task test.found_a_department", ""]


def test_a_command_signs_with_its_name(manage: Any, tmp_path: Path) -> None:
    (tmp_path / "trees.csv").write_text("reference,title,statement\nT-1,Plant,Plant trees.\n")
    assert manage("migrate", "-v0").returncode == 0
    assert manage("import_commitments", str(tmp_path / "trees.csv")).returncode == 0
    rows = [json.loads(line) for line in manage("export_audit").stdout.splitlines()]
    assert {row["door"] for row in rows} == {"command import_commitments"}
    assert [row["name"] for row in rows if row["model"] == "commitments.commitment"] == ["T-1"]


def test_one_door_within_another_is_the_inner_one_and_then_the_outer_again(since: Entries) -> None:
    with acting("admin", make.user().pk):
        with acting("command poll"):
            Department.objects.create(name="a", slug="a")
        Department.objects.create(name="b", slug="b")
    doors = [(entry.door, entry.person_id) for entry in since() if entry.model == "commitments.department"]
    assert doors == [("command poll", None), ("admin", make.user().pk)]


def test_nobody_signs_with_the_name_of_another_by_what_they_type(since: Entries) -> None:
    typed = f"/*{make.user().pk}/admin*/ x"
    with acting("public page"):
        Department.objects.create(name=typed, slug="a")
        Department.objects.filter(slug="a").update(name=f"{typed} again")
    entries = [entry for entry in since() if entry.model == "commitments.department"]
    assert {(entry.door, entry.person) for entry in entries} == {("public page", None)}
    with pytest.raises(ValueError, match="a door is named by words"), acting("*/ DROP TABLE x; /*"):
        pass


# That it stays as it is.


@pytest.mark.parametrize("do", [lambda them: them.update(door="elsewhere"), lambda them: them.delete()])
def test_no_entry_is_changed_or_removed(since: Entries, do: Any) -> None:
    make.commitment()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        do(AuditEntry.objects.all())
    assert since()


@pytest.mark.one_file
def test_another_program_that_opens_the_file_cannot_write_unseen(manage: Any, tmp_path: Path) -> None:
    assert manage("migrate", "-v0").returncode == 0
    other = sqlite3.connect(tmp_path / "data" / "pledgewatch.sqlite3")
    with pytest.raises(sqlite3.OperationalError, match="no such function"):
        other.execute("INSERT INTO commitments_department (name, slug) VALUES ('x', 'x')")
    other.close()


def test_every_migrate_leaves_all_triggers_in_place(since: Entries) -> None:
    assert not triggers.missing("default")
    triggers.remove("default")
    assert len(triggers.missing("default")) == sum(len(audited.deeds) for audited in AUDITED)
    call_command("migrate", verbosity=0)
    assert not triggers.missing("default")
    Department.objects.create(name="a", slug="a")
    assert since()


# Reading it.


def test_the_history_of_a_commitment_is_told_in_words(client: Client) -> None:
    jo = User.objects.create(username="jo", first_name="Jo", last_name="Doe", is_staff=True)
    jo.groups.add(Group.objects.get(name="Editor"))
    client.force_login(jo)
    made = make.commitment("Plant trees")
    ministry = Department.objects.create(name="Ministry of Trees", slug="trees")
    with acting("admin", jo.pk):
        Commitment.objects.filter(pk=made.pk).update(title="Plant more", department=ministry, publication="draft")
        Milestone.objects.create(commitment=made, title="Dig <b>", deadline_latest=dt.date(2026, 3, 5))
    html = client.get(reverse("admin:commitments_commitment_history", args=[made.pk])).content.decode()
    text = " ".join(html.split())
    assert "Jo Doe, admin" in text
    assert "<dt>Title</dt><dd><del>Plant trees</del>" in text
    assert "<ins>Ministry of Trees</ins>" in text
    assert "<del>published</del>" in text
    assert "Milestone “Dig &lt;b&gt;” added" in text
    assert "<dt>Deadline latest</dt><dd>5 March 2026</dd>" in text


def test_a_long_history_has_pages(client: Client) -> None:
    client.force_login(make.user())
    made = make.commitment()
    for number in range(120):
        Commitment.objects.filter(pk=made.pk).update(title=f"Title {number}")
    address = reverse("admin:commitments_commitment_history", args=[made.pk])
    assert "<ins>Title 119</ins>" in client.get(address).content.decode()
    assert "<ins>Title 119</ins>" not in (second := client.get(address, {"page": 2}).content.decode())
    assert "Page 2 of 3" in second


def test_the_list_of_all_is_searched_by_who_what_and_day(client: Client) -> None:
    jo = make.user("jo")
    client.force_login(jo)
    with acting("admin", jo.pk):
        Department.objects.create(name="Home Office", slug="ho")
    make.commitment("Plant trees")
    address = reverse("admin:commitments_auditentry_changelist")
    assert "Department “Home Office” added" in (everything := client.get(address).content.decode())
    assert "Commitment “T-" in everything
    today = timezone.localdate()
    day = {"at__year": today.year, "at__month": today.month, "at__day": today.day}
    for query in ({"person__id__exact": jo.pk}, {"model": "commitments.department"}, {"q": "Home Office"}, day):
        shown = client.get(address, query).content.decode()
        assert "Department “Home Office” added" in shown, query
        assert ("Commitment “T-" in shown) == (query is day), query


def test_entries_of_what_is_no_more_can_still_be_read(client: Client) -> None:
    client.force_login(make.user())
    made = make.commitment()
    Milestone.objects.create(commitment=made, title="Dig")
    Milestone.objects.all().delete()
    entry = AuditEntry.objects.create(
        at=timezone.now(), deed="changed", model="gone.model", key="1", changes={"lost": ["a", "b"]}
    )
    shown = client.get(reverse("admin:commitments_auditentry_changelist")).content.decode()
    assert "Milestone “Dig” removed" in shown
    assert f"Model {entry.key} changed" in shown


def test_the_export_has_every_entry_since_a_day(capsys: Any) -> None:
    jo = make.user("jo")
    with acting("admin", jo.pk):
        made = Department.objects.create(name="Home Office", slug="ho")
    call_command("export_audit", since=timezone.localdate())
    row = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert dt.datetime.fromisoformat(row.pop("at")).tzinfo
    assert row == {
        "person": "jo",
        "door": "admin",
        "deed": "added",
        "model": "commitments.department",
        "key": str(made.pk),
        "name": "Home Office",
        "part_of": "",
        "changes": {"name": [None, "Home Office"], "slug": [None, "ho"]},
    }
    call_command("export_audit", since=timezone.localdate() + dt.timedelta(days=1))
    assert capsys.readouterr().out == ""
