"""What each role may do: every address and every action of the admin, found by themselves, tried as everyone.

A new address or action fails here until the least role that may use it is said in the tables below.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from commitments.models import (
    Commitment,
    CorrectionRequest,
    Decision,
    Department,
    Digest,
    Evidence,
    Goalpost,
    Import,
    PossibleCommitment,
    StatusProposal,
    Subscriber,
    TablePointer,
    TableReading,
    Webhook,
    Withholding,
)
from commitments.staff import roles
from tests.commitments.test_admin_lists import fill
from tracker.deposits import Pasted, Received, Told, deposit
from tracker.models import (
    Backfill,
    ChangeNote,
    KeptApart,
    PendingEntry,
    Poll,
    Recheck,
    Release,
    Snapshot,
    Source,
    SourceAlert,
    Tick,
)

ROOT = Path(__file__).resolve().parent.parent.parent

#: Who there is, by how much they may: the keys of the tables below.
EVERYBODY, SIGNED_IN, VIEWER, RESEARCHER, EDITOR, MANAGER, SUPERUSER, NOBODY = range(8)
PEOPLE = ["anonymous", "without a role", "Viewer", "Researcher", "Editor", "Manager", "superuser"]

#: The least who may look at a model's pages, add, change and remove.
MODELS = {
    "auth.user": (MANAGER, MANAGER, MANAGER, NOBODY),
    "axes.accessattempt": (MANAGER, NOBODY, NOBODY, MANAGER),
    "commitments.administration": (VIEWER, EDITOR, EDITOR, EDITOR),
    "commitments.auditentry": (EDITOR, NOBODY, NOBODY, NOBODY),
    "commitments.bounce": (MANAGER, NOBODY, NOBODY, NOBODY),
    "commitments.brake": (MANAGER, NOBODY, NOBODY, NOBODY),
    "commitments.commitment": (VIEWER, EDITOR, EDITOR, NOBODY),
    "commitments.correctionrequest": (RESEARCHER, NOBODY, NOBODY, NOBODY),
    "commitments.definition": (VIEWER, EDITOR, NOBODY, NOBODY),
    "commitments.department": (VIEWER, EDITOR, EDITOR, EDITOR),
    "commitments.digest": (MANAGER, NOBODY, NOBODY, NOBODY),
    "commitments.evidence": (VIEWER, NOBODY, RESEARCHER, NOBODY),
    "commitments.goalpost": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.import": (VIEWER, EDITOR, NOBODY, NOBODY),
    "commitments.linkedrevision": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.linkerswitch": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.linkerversion": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.measurement": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.merge": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.milestone": (VIEWER, EDITOR, EDITOR, EDITOR),
    "commitments.nextevidence": (VIEWER, RESEARCHER, RESEARCHER, EDITOR),
    "commitments.ownwords": (VIEWER, MANAGER, MANAGER, MANAGER),
    "commitments.policyarea": (VIEWER, EDITOR, EDITOR, EDITOR),
    "commitments.possiblecommitment": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.question": (VIEWER, RESEARCHER, RESEARCHER, EDITOR),
    "commitments.reply": (VIEWER, EDITOR, EDITOR, NOBODY),
    "commitments.series": (VIEWER, EDITOR, EDITOR, EDITOR),
    "commitments.statuschange": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.statusproposal": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.subscriber": (MANAGER, MANAGER, MANAGER, MANAGER),
    "commitments.erasure": (MANAGER, NOBODY, NOBODY, NOBODY),
    "commitments.tablepointer": (VIEWER, EDITOR, NOBODY, NOBODY),
    "commitments.tablereading": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.target": (VIEWER, NOBODY, NOBODY, NOBODY),
    "commitments.withholding": (VIEWER, EDITOR, NOBODY, NOBODY),
    "commitments.webhook": (MANAGER, MANAGER, MANAGER, MANAGER),
    "commitments.webhookmessage": (MANAGER, NOBODY, NOBODY, NOBODY),
    "tracker.appearance": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.backfill": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.changenote": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.keptapart": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.pendingentry": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.poll": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.recheck": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.release": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.revision": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.snapshot": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.source": (VIEWER, MANAGER, MANAGER, MANAGER),
    "tracker.sourcealert": (VIEWER, NOBODY, NOBODY, NOBODY),
    "tracker.tick": (VIEWER, NOBODY, NOBODY, NOBODY),
}

#: The least who may GET and who may POST to the other addresses; None where there is no such thing.
ADDRESSES = {
    "index": (SIGNED_IN, None),
    "app_list": (VIEWER, None),
    "login": (EVERYBODY, None),
    "logout": (None, EVERYBODY),
    "welcome": (EVERYBODY, None),
    "code": (SIGNED_IN, SIGNED_IN),
    "two_factor": (SIGNED_IN, SIGNED_IN),
    "own_mail": (SIGNED_IN, SIGNED_IN),
    "password_change": (SIGNED_IN, SIGNED_IN),
    "password_change_done": (SIGNED_IN, None),
    "jsi18n": (SIGNED_IN, None),
    "autocomplete": (VIEWER, None),
    "view_on_site": (SIGNED_IN, None),
    "auth_user_password_change": (MANAGER, MANAGER),
    "commitments_commitment_status": (EDITOR, EDITOR),
    "commitments_commitment_deadline": (VIEWER, None),
    "commitments_commitment_looked": (None, EDITOR),
    "commitments_commitment_merge": (EDITOR, EDITOR),
    "commitments_commitment_unmerge": (None, EDITOR),
    "commitments_commitment_quote": (RESEARCHER, RESEARCHER),
    "commitments_commitment_preview": (VIEWER, None),
    "commitments_correctionrequest_decide": (None, EDITOR),
    "commitments_subscriber_preview": (MANAGER, None),
    "commitments_subscriber_preview_html": (MANAGER, None),
    "commitments_department_rename": (EDITOR, EDITOR),
    "commitments_department_hand_over": (EDITOR, EDITOR),
    "commitments_commitment_watch": (None, VIEWER),
    "commitments_digest_again": (MANAGER, MANAGER),
    "commitments_digest_mail": (MANAGER, None),
    "commitments_digest_page": (MANAGER, None),
    "commitments_evidence_review": (VIEWER, None),  # who may only look is led on to the list
    "commitments_evidence_find": (RESEARCHER, None),
    "commitments_evidence_undo": (RESEARCHER, RESEARCHER),
    "commitments_evidence_many": (RESEARCHER, RESEARCHER),
    "commitments_evidence_many_undo": (RESEARCHER, RESEARCHER),
    "commitments_evidence_accept": (RESEARCHER, RESEARCHER),
    "commitments_evidence_assign": (RESEARCHER, RESEARCHER),
    "commitments_evidence_reject": (RESEARCHER, RESEARCHER),
    "commitments_evidence_correct": (RESEARCHER, RESEARCHER),
    "commitments_goalpost_dismiss": (None, RESEARCHER),
    "commitments_import_back": (None, EDITOR),
    "commitments_import_columns": (None, EDITOR),
    "commitments_import_decide": (None, EDITOR),
    "commitments_import_export": (VIEWER, None),
    "commitments_import_leave": (None, EDITOR),
    "commitments_import_refused": (VIEWER, None),
    "commitments_import_template": (VIEWER, None),
    "commitments_import_undo": (None, EDITOR),
    "commitments_linkerversion_use": (MANAGER, MANAGER),
    "commitments_possiblecommitment_dismiss": (None, RESEARCHER),
    "commitments_possiblecommitment_recognise": (None, RESEARCHER),
    "commitments_possiblecommitment_reopen": (None, RESEARCHER),
    "commitments_statusproposal_decide": (None, EDITOR),
    "commitments_withholding_lift": (EDITOR, EDITOR),
    "commitments_webhook_try": (None, MANAGER),
    "tracker_release_deposit": (RESEARCHER, RESEARCHER),
    "tracker_release_put_right": (RESEARCHER, RESEARCHER),
    "commitments_tablepointer_pick": (EDITOR, EDITOR),
    "commitments_tablepointer_stop": (None, EDITOR),
    "commitments_tablereading_decide": (None, RESEARCHER),
    "tracker_source_try": (None, MANAGER),
    "tracker_source_poll": (None, MANAGER),
    "tracker_source_import_opml": (MANAGER, MANAGER),
    "tracker_source_export_opml": (VIEWER, None),
}

#: The least who are offered an action, which is what lets them take it.
ACTIONS = {
    ("auth.user", "disable"): MANAGER,
    ("auth.user", "enable"): MANAGER,
    ("auth.user", "invite_again"): MANAGER,
    ("auth.user", "take_away_second_step"): MANAGER,
    ("commitments.brake", "let_go_on"): MANAGER,
    ("commitments.subscriber", "ask_to_confirm"): MANAGER,
    ("commitments.subscriber", "unsubscribe"): MANAGER,
    ("commitments.webhookmessage", "send_again"): MANAGER,
    ("tracker.appearance", "keep_apart"): MANAGER,
    ("tracker.release", "join"): MANAGER,
    ("tracker.release", "take_apart"): MANAGER,
    ("tracker.source", "poll_now"): MANAGER,
    ("tracker.source", "pause"): MANAGER,
    ("tracker.source", "watch_again"): MANAGER,
    **{(label, "delete_selected"): least for label, (*_, least) in MODELS.items()},
}
STANDARD = ("changelist", "history", "add", "change", "delete")


def all_addresses(patterns: Any = None) -> Iterator[str]:
    """The names of all addresses of the admin. Those without a name lead on to others."""
    for pattern in admin.site.urls[0] if patterns is None else patterns:
        if hasattr(pattern, "url_patterns"):
            yield from all_addresses(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def named_in_the_tables() -> set[str]:
    standard = {f"{label.replace('.', '_')}_{each}" for label in MODELS for each in STANDARD}
    return standard | set(ADDRESSES)


def account(number: int) -> User | None:
    name = PEOPLE[number]
    if number == EVERYBODY:
        return None
    user = User.objects.create(username=name, is_staff=True, is_superuser=number == SUPERUSER)
    if VIEWER <= number <= MANAGER:
        user.groups.add(Group.objects.get(name=name))
    return user


@pytest.fixture
def one_of_each(db: None) -> None:
    fill(1)
    now, source = timezone.now(), Source.objects.get()
    release, snapshot = Evidence.objects.get().release, Snapshot.objects.get()
    Poll.objects.create(source=source, started_at=now, finished_at=now, outcome="new")
    Tick.record("poll_due", now)
    Recheck.objects.create(release=release, next_at=now)
    ChangeNote.objects.create(release=release, at=now, text="x", text_key="x", first_seen_at=now)
    Backfill.objects.create(source=source, since=now.date(), started_at=now)
    SourceAlert.objects.create(source=source)
    KeptApart.objects.create(source=source, release=release, key="x")
    PendingEntry.objects.create(
        source=source,
        key="x",
        stub_hash="x",
        entry={},
        has_own_address=True,
        snapshot=snapshot,
        found_at=now,
        next_try_at=now + dt.timedelta(days=9),
    )
    received = Received("letter", "Ada", now.date())
    deposit(Pasted("Dear Ada, the trees stand."), Told("A letter", "Ministry", received), now)
    AccessAttempt.objects.create(username="x", ip_address="192.0.2.1", failures_since_start=1)
    User.objects.create(username="somebody")


def test_every_address_of_the_admin_is_in_the_tables() -> None:
    assert set(all_addresses()) == named_in_the_tables()


def test_every_action_of_the_admin_is_in_the_table() -> None:
    found = {
        (model._meta.label_lower, name)
        for model, model_admin in admin.site._registry.items()
        for _, name, _ in model_admin._get_base_actions()
    }
    assert found == set(ACTIONS)


@pytest.mark.parametrize("number", range(len(PEOPLE)), ids=PEOPLE)
def test_each_address_is_open_to_those_who_may_and_closed_to_all_others(
    client: Client, one_of_each: None, number: int
) -> None:
    user = account(number)
    if user:
        client.force_login(user)
    wrong = []
    for label, (see, add, change, remove) in MODELS.items():
        name = f"admin:{label.replace('.', '_')}"
        row = admin.site.get_model_admin(model_of(label)).model._base_manager.order_by("pk").first()
        if label == "auth.user":
            row = User.objects.get(username="somebody")
        tries = [
            ("get", reverse(f"{name}_changelist"), see),
            ("get", reverse(f"{name}_history", args=[row.pk]), see),
            ("get", reverse(f"{name}_change", args=[row.pk]), see),
            ("post", reverse(f"{name}_change", args=[row.pk]), change),
            ("get", reverse(f"{name}_add"), add),
            ("post", reverse(f"{name}_add"), add),
            ("get", reverse(f"{name}_delete", args=[row.pk]), remove),
        ]
        if number < remove:  # whoever may remove a row may still be held up by what rests on it
            tries.append(("post", reverse(f"{name}_delete", args=[row.pk]), remove))
        wrong += [
            (method, address)
            for method, address, least in tries
            if is_open(client, method, address) != (number >= least)
        ]
    for name, (get, post) in ADDRESSES.items():
        for method, least in (("get", get), ("post", post)):
            if least is not None and name != "logout":
                address = address_of(name, user)
                if is_open(client, method, address) != (number >= least):
                    wrong.append((method, address))
    assert wrong == []


def model_of(label: str) -> Any:
    return next(model for model in admin.site._registry if model._meta.label_lower == label)


def address_of(name: str, by: User | None) -> str:
    arguments: dict[str, list[Any]] = {
        "welcome": ["x", "y"],
        "app_list": ["commitments"],
        "auth_user_password_change": [User.objects.get(username="somebody").pk],
        "commitments_import_export": ["commitments", "csv"],
        "commitments_import_template": ["commitments", "csv"],
        "commitments_linkerversion_use": ["base"],
        "tracker_release_deposit": ["text"],
        "tracker_release_put_right": [Release.objects.get(appearances__source__kind="desk").pk, "text"],
        "view_on_site": [ContentType.objects.get_for_model(Commitment).pk, Commitment.objects.order_by("pk")[0].pk],
    }
    query = "?app_label=commitments&model_name=commitment&field_name=department" if name == "autocomplete" else ""
    kinds: dict[type[Model], str] = {
        Evidence: "evidence_accept evidence_assign evidence_reject evidence_correct",
        Commitment: "commitment_status commitment_looked commitment_preview commitment_watch commitment_quote "
        "commitment_merge commitment_unmerge",
        Department: "department_rename department_hand_over",
        Digest: "digest_again digest_mail digest_page",
        Goalpost: "goalpost_dismiss",
        Import: "import_back import_columns import_decide import_leave import_refused import_undo",
        PossibleCommitment: "possiblecommitment_dismiss possiblecommitment_recognise possiblecommitment_reopen",
        StatusProposal: "statusproposal_decide",
        CorrectionRequest: "correctionrequest_decide",
        Withholding: "withholding_lift",
        Source: "source_poll",
        Subscriber: "subscriber_preview subscriber_preview_html",
        Webhook: "webhook_try",
        TablePointer: "tablepointer_stop",
        TableReading: "tablereading_decide",
    }
    for model, names in kinds.items():
        if name.partition("_")[2] in names.split():
            arguments[name] = [model._base_manager.order_by("pk")[0].pk]  # those of one_of_each
    if name == "commitments_evidence_many_undo":
        act, decided = uuid.uuid4(), Evidence.objects.get()
        if by:
            Decision.objects.create(act=act, evidence=decided, kind="accepted", by=by, after=decided.as_decided())
        arguments[name] = [act]
    return reverse(f"admin:{name}", args=arguments.get(name, [])) + query


def is_open(client: Client, method: str, address: str) -> bool:
    """Whether this client is let through. Whatever it does there is taken back."""
    with transaction.atomic():
        answer = getattr(client, method)(address, {"post": "yes", "act": uuid.uuid4()} if method == "post" else {})
        transaction.set_rollback(True)
    assert answer.status_code in (200, 302, 403, 404, 409), (method, address, answer.status_code)
    asked_to_sign_in = answer.status_code == 302 and answer.url.startswith(reverse("admin:login"))
    return answer.status_code in (200, 302, 409) and not asked_to_sign_in


@pytest.mark.parametrize("number", range(SIGNED_IN, len(PEOPLE)), ids=PEOPLE[SIGNED_IN:])
def test_each_action_is_offered_to_those_who_may_take_it(db: None, number: int) -> None:
    request = RequestFactory().get("/admin/")
    request.user = account(number)
    offered = {
        (model._meta.label_lower, name)
        for model, model_admin in admin.site._registry.items()
        for name in model_admin.get_actions(request)
    }
    assert offered == {action for action, least in ACTIONS.items() if number >= least}


def test_an_action_that_is_not_offered_is_not_taken_either(client: Client, one_of_each: None) -> None:
    client.force_login(account(VIEWER))
    source = Source.objects.get(kind="feed")
    chosen = {"action": "pause", admin.helpers.ACTION_CHECKBOX_NAME: [source.pk]}
    client.post(reverse("admin:tracker_source_changelist"), chosen)
    source.refresh_from_db()
    assert source.state == Source.State.ACTIVE


# The groups.


def test_the_page_on_roles_is_what_the_code_says() -> None:
    assert (ROOT / "docs" / "roles.md").read_text() == roles.as_markdown(), "run `make roles`"


@pytest.mark.parametrize("role", roles.ROLES, ids=lambda role: role.name)
def test_each_group_has_the_permissions_of_its_role(db: None, role: roles.Role) -> None:
    held = Group.objects.get(name=role.name).permissions.values_list(
        "content_type__app_label", "content_type__model", "codename"
    )
    assert {(f"{app}.{model}", codename.partition("_")[0]) for app, model, codename in held} == roles.permissions(role)


def test_a_migration_sets_a_role_right_again_and_leaves_the_people_in_it(db: None) -> None:
    editor = account(EDITOR)
    group = Group.objects.get(name="Editor")
    group.permissions.clear()
    call_command("migrate", verbosity=0)
    assert group.permissions.count() == len(roles.permissions(roles.EDITOR))
    assert list(group.user_set.all()) == [editor]


def test_a_database_that_had_accounts_before_there_were_roles_gets_them(db: None) -> None:
    Group.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM auth_permission WHERE codename = 'view_auditentry'")
    call_command("migrate", verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) == {"Viewer", "Researcher", "Editor", "Manager"}
    assert account(EDITOR).has_perm("commitments.view_auditentry")  # type: ignore[union-attr]


def test_what_a_role_may_is_no_less_than_what_the_one_before_it_may() -> None:
    for before, after in zip(roles.ROLES, roles.ROLES[1:], strict=False):
        assert roles.permissions(before) < roles.permissions(after)
