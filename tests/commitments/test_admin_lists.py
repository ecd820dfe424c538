from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commitments import decisions
from commitments.models import (
    Administration,
    Bounce,
    Brake,
    CorrectionRequest,
    Department,
    DepartmentName,
    Erasure,
    Goalpost,
    Import,
    LinkedRevision,
    LinkerSwitch,
    LinkerVersion,
    Merge,
    Milestone,
    NextEvidence,
    OwnWords,
    PolicyArea,
    Question,
    Reply,
    StatusChange,
    StatusProposal,
    Subscriber,
    Webhook,
    WebhookMessage,
)
from tests.commitments import make

LISTED = sorted(
    (model for model in admin.site._registry if model._meta.app_label == "commitments"),
    key=lambda model: model.__name__,
)


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(make.user())
    return client


def fill(count: int) -> None:
    """Rows of every kind, `count` of each."""
    for number in range(count):
        unique = f"{count}-{number}"
        department = Department.objects.create(name=f"Department {unique}", slug=f"department-{unique}")
        area = PolicyArea.objects.create(name=f"Area {unique}", slug=f"area-{unique}")
        term = Administration.objects.create(name=f"Term {unique}", slug=f"term-{unique}", took_office="2024-07-05")
        owner = make.commitment(
            f"Plant trees {unique}",
            due=dt.date(2026, 1, 31),
            department=department,
            policy_area=area,
            administration=term,
        )
        series = make.target(owner, f"trees {unique}", "trees", 100)
        release = make.release(f"The ministry planted 50 trees in {unique}.")
        piece = make.evidence(owner, release, figures=[make.figure(50, series)], reasons=["same metric"])
        Goalpost.objects.create(evidence=piece, definition=owner.first_definition, aspect="number", said="60 trees")
        make.possible(release)
        Milestone.objects.create(commitment=owner, title=f"Step {unique}")
        Question.objects.create(commitment=owner, asked_of="Ministry", asked_on="2025-01-01", question="When?")
        NextEvidence.objects.create(commitment=owner, what=f"Statistics {unique}")
        change = StatusChange.objects.create(
            commitment=owner,
            to_status="in_progress",
            reason="They began.",
            effective_from="2025-01-01",
            recorded_by=make.user(),
        )
        Reply.objects.create(
            status_change=change, who="Ministry", received_on="2025-01-02", words="More trees.", recorded_by=make.user()
        )
        CorrectionRequest.objects.create(commitment=owner, wrong="There are more trees.")
        decisions.withhold(release, "text", "Withheld.", "They asked.", make.deed())
        StatusProposal.objects.create(
            commitment=owner,
            to_status="abandoned",
            reason="They said so.",
            effective_from="2025-02-01",
            proposed_by=make.user(),
        )
        LinkedRevision.objects.get_or_create(revision=piece.revision)
        version = LinkerVersion.objects.create(name=f"version {unique} with trees", base="base", values={})
        LinkerSwitch.objects.create(version=version, reason="Better at trees.", by=make.user())
        subscriber = Subscriber.objects.create(email=f"{unique}@example.org")
        subscriber.subscriptions.create(scope="all")
        digest = make.digest(subscriber, timezone.localdate(), text="T", html="T")
        Bounce.objects.create(digest=digest, kind="soft", at=timezone.now())
        Brake.objects.create(reason=unique, pulled_at=timezone.now(), released_at=timezone.now())
        Erasure.objects.create(address_key=f"{unique}", at=timezone.now(), why="left")
        brought = Import.objects.create(
            kind="commitments",
            file_name=f"trees {unique}.csv",
            sha256="x",
            form="csv",
            content=b"Pledge\nPlant trees\n",
            columns=["Pledge"],
            mapping={"Pledge": "title"},
            samples={"Pledge": ["Plant trees"]},
            rows_in_all=1,
        )
        brought.rows.create(line=2, outcome="refused", complaints=[["title", "is too short"]], raw={"Pledge": "Plant"})
        series.measurements.create(value=50, published_on="2025-01-09", evidence=piece, start=0)
        same = make.commitment(f"Plant more trees {unique}", merged_into=owner)
        Merge.objects.create(merged=same, into=owner, reason="They are one.", by=make.user())
        DepartmentName.objects.create(department=department, name=f"Old trees {unique}", until="2024-01-01")
        webhook = Webhook.objects.create(name=f"Tool of trees {unique}", url="https://hooks.example/x")
        WebhookMessage.objects.create(webhook=webhook, event="test", about=f"test {unique}", body={})
        make.table_figure(series, release)
        OwnWords.objects.get_or_create(
            subject=OwnWords.Subject.values[number % 6], defaults={"text": f"Words on trees {unique}."}
        )


def queries_of(staff: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert staff.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("model", LISTED, ids=lambda model: model.__name__)
def test_each_list_opens_empty_and_full_searches_and_asks_no_more_for_more_rows(staff: Client, model: Any) -> None:
    address = reverse(f"admin:commitments_{model._meta.model_name}_changelist")
    assert staff.get(address).status_code == 200

    fill(2)
    few = queries_of(staff, address)
    fill(6)

    assert queries_of(staff, address) == few
    assert staff.get(address, {"q": "trees"}).status_code == 200


@pytest.mark.parametrize("model", LISTED, ids=lambda model: model.__name__)
def test_each_page_of_one_opens(staff: Client, model: Any) -> None:
    fill(1)
    row = model.objects.first()

    page = staff.get(reverse(f"admin:commitments_{model._meta.model_name}_change", args=[row.pk]))

    assert page.status_code == 200


@pytest.mark.parametrize("model", LISTED, ids=lambda model: model.__name__)
def test_pages_load_under_a_strict_content_policy(staff: Client, model: Any) -> None:
    fill(1)
    for name in ("changelist", "change"):
        arguments = [model.objects.first().pk] if name == "change" else []
        page = staff.get(reverse(f"admin:commitments_{model._meta.model_name}_{name}", args=arguments))
        html = page.content.decode()
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert " style=" not in html
        assert "<style" not in html
        assert " onclick=" not in html


def test_the_list_of_commitments_says_how_each_stands(staff: Client) -> None:
    today = timezone.localdate()
    reworded = make.commitment("Build roads")
    reworded.definitions.create(kind="clarification", statement="Build a road.", effective_from=today)
    late = make.commitment("Plant trees", due=today - dt.timedelta(days=3), deadline_text="by spring")
    release = make.release("The ministry planted 50 trees.", published=dt.date(2025, 3, 2))
    make.evidence(late, release)
    make.evidence(late, make.release("Another."), state="accepted", decided_at=timezone.now())

    html = staff.get(reverse("admin:commitments_commitment_changelist")).content.decode()

    assert "Not started" in html
    assert "Overdue" in html
    assert "“by spring”" in html
    assert f"review/?commitment={late.pk}" in html
    assert "9 January 2025" in html


@pytest.mark.parametrize(("timing", "shown"), [("overdue", True), ("upcoming", False)])
def test_commitments_are_filtered_by_timing(staff: Client, timing: str, shown: bool) -> None:
    make.commitment("Plant trees", due=timezone.localdate() - dt.timedelta(days=3))

    html = staff.get(reverse("admin:commitments_commitment_changelist"), {"timing": timing}).content.decode()

    assert ("Plant trees" in html) is shown


@pytest.mark.parametrize("is_superuser", [True, False])
def test_the_machines_own_tables_come_last_and_for_superusers_only(
    client: Client, db: None, is_superuser: bool
) -> None:
    person = make.user("someone")
    person.is_superuser = is_superuser
    person.save()
    person.user_permissions.set(Permission.objects.all())
    client.force_login(person)

    html = client.get(reverse("admin:index")).content.decode()

    shown = html.find(reverse("admin:commitments_linkedrevision_changelist"))
    assert (shown > html.find(reverse("admin:commitments_digest_changelist"))) is is_superuser
    assert (shown >= 0) is is_superuser
    assert html.find("Every day") < html.find("The record") < html.find("Readers")
