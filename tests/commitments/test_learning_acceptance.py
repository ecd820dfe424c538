"""How well suggestions are taken, as staff see it on their first page, and the versions that they can go back to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.linking import acceptance, versions
from commitments.linking.model import shipped
from commitments.models import Evidence, LinkerSwitch, LinkerVersion
from tests.commitments import make

LATE, EARLY = [(0.85, False)] * 60 + [(0.85, True)] * 40, [(0.85, True)] * 150 + [(0.85, False)] * 50


def test_a_drop_is_said_with_both_shares() -> None:
    said = acceptance.drop(LATE, EARLY)
    assert "40 of the last 100" in said
    assert "75 times in 100 before" in said


@pytest.mark.parametrize(
    ("latest", "before"),
    [
        (EARLY[:100], EARLY),
        (LATE[:99], EARLY),
        (LATE, EARLY[:99]),
        ([(0.55, False)] * 60 + [(0.55, True)] * 40, EARLY + [(0.55, False)] * 60 + [(0.55, True)] * 40),
        ([(0.85, False)] * 29 + [(0.85, True)] * 71, EARLY),
    ],
    ids=["no fewer", "too few of late", "too few before", "lower scores", "within chance"],
)
def test_no_drop_is_said(latest: list[acceptance.Outcome], before: list[acceptance.Outcome]) -> None:
    assert acceptance.drop(latest, before) == ""


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(make.user())
    return client


def decided(score: float, state: str) -> None:
    about = make.commitment()
    make.evidence(
        about,
        make.release("Trees."),
        score=score,
        state=state,
        decided_at=timezone.now(),
        reject_reason="Others." if state == Evidence.State.REJECTED else "",
    )


def test_the_first_page_gives_the_share_accepted_by_score(staff: Client) -> None:
    assert "Decided" not in staff.get(reverse("admin:index")).content.decode()
    for score, state in ((0.95, "accepted"), (1.0, "accepted"), (0.6, "accepted"), (0.65, "rejected")):
        decided(score, state)
    html = staff.get(reverse("admin:index")).content.decode()
    assert "Of the last 4 suggestions decided, 3 were accepted (75 %)" in html
    assert '<th scope="row">0.9 to 1.0</th><td>2</td><td>2</td><td>100 %</td>' in html
    assert '<th scope="row">0.6 to 0.7</th><td>2</td><td>1</td><td>50 %</td>' in html
    assert shipped().version in html


def version(name: str, refused: str = "") -> LinkerVersion:
    return LinkerVersion.objects.create(
        name=name, base=shipped().version, values=replace(shipped(), version=name).as_json(), refused=refused
    )


def test_staff_go_to_a_version_and_back_and_say_why(staff: Client) -> None:
    version("better")
    for name, expected in (("better", "better"), ("base", shipped().version)):
        use = reverse("admin:commitments_linkerversion_use", args=[name])
        staff.post(use, {"reason": ""})
        assert versions.in_use().version != expected
        page = staff.post(use, {"reason": f"Tried {name}."}, follow=True)
        assert versions.in_use().version == expected
        assert f"Tried {name}." in page.content.decode()
    assert [switch.by for switch in LinkerSwitch.objects.all()] == [make.user(), make.user()]


def test_a_refused_version_cannot_be_chosen(staff: Client) -> None:
    made = version("worse", refused="labelled documents, F1 0.700 after 0.800")
    page = staff.get(reverse("admin:commitments_linkerversion_change", args=[made.pk]))
    assert "Use this version" not in page.content.decode()
    use = reverse("admin:commitments_linkerversion_use", args=["worse"])
    assert "F1 0.700 after 0.800" in staff.post(use, {"reason": "Still."}, follow=True).content.decode()
    assert versions.in_use() == shipped()


def test_who_may_only_look_cannot_switch(client: Client, db: None, django_user_model: type) -> None:
    reader = django_user_model.objects.create_user("reader", is_staff=True)  # type: ignore[attr-defined]
    reader.user_permissions.add(Permission.objects.get(codename="view_linkerversion"))
    client.force_login(reader)
    version("better")
    assert client.get(reverse("admin:commitments_linkerversion_changelist")).status_code == 200
    use = reverse("admin:commitments_linkerversion_use", args=["better"])
    assert client.post(use, {"reason": "Mine."}).status_code == 403
    assert versions.in_use() == shipped()
