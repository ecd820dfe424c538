"""The front page."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from commitments import decisions, showing
from commitments.models import Commitment, Definition, Department, PolicyArea, Status
from commitments.pages.home import Home, home
from commitments.timing import Timing

from . import make

pytestmark = pytest.mark.django_db


def in_days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


def home_of(response: HttpResponse) -> Home:
    page: Home = response.context["home"]  # type: ignore[attr-defined]
    return page


def test_an_empty_instance_says_what_to_do_next(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Nothing has been recorded yet" in page
    assert "import_commitments" in page
    assert "demonstration record" not in page


def test_a_demonstration_says_so_on_every_page(client: Client) -> None:
    shown = make.commitment(demonstration=True)
    release = make.release("Trees were planted.")
    for address in (
        "/",
        "/commitments/",
        shown.get_absolute_url(),
        release.get_absolute_url(),
        "/sources/",
        "/methodology/",
        "/nowhere/",
    ):
        assert "demonstration record" in client.get(address).content.decode(), address


def test_counts_agree_with_the_filters_for_every_status_and_timing() -> None:
    editor = make.user()
    for number, status in enumerate(Status.values):
        for due in (None, in_days(-1), in_days(0), in_days(30), in_days(31)):
            made = make.commitment(f"Promise {number} {due}", due=due)
            if number:
                decisions.change_status(made, status, editor, "Seen.", in_days(-1), absence="Looked everywhere.")
    make.commitment("In draft", due=in_days(-1), publication="draft")
    page = home(showing.now(), timezone.localdate())
    assert page.total == 50
    assert {bar.key: bar.count for bar in page.by_status} == dict.fromkeys(Status.values, 5)
    public = Commitment.objects.published()
    assert {bar.key: bar.count for bar in page.by_timing} == {
        key: public.with_timing(key, timezone.localdate()).count() for key in Timing.values
    }
    assert page.overdue_count == public.overdue(timezone.localdate()).count()


def test_overdue_and_due_soon_are_listed_and_drafts_are_not(client: Client) -> None:
    make.commitment("Mend the bridge", due=in_days(-3))
    make.commitment("Open the library", due=in_days(3))
    make.commitment("Secret plan", due=in_days(-3), publication="draft")
    page = client.get("/").content.decode()
    assert "Mend the bridge" in page
    assert "Open the library" in page
    assert "Secret plan" not in page


def test_only_accepted_evidence_is_news(client: Client) -> None:
    trees = make.commitment()
    make.evidence(trees, make.release("A million trees are promised by nobody."))
    accepted = make.evidence(trees, make.release("A thousand trees were planted."))
    decisions.accept(accepted, make.deed())
    page = client.get("/").content.decode()
    assert "A thousand trees were planted." in page
    assert "promised by nobody" not in page
    assert f"/revisions/1/#e{accepted.pk}" in page


def test_the_front_page_asks_as_much_of_many_as_of_few(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    editor = make.user()
    for number in range(30):
        made = make.commitment(f"Promise {number}", due=in_days(number - 15))
        decisions.accept(make.evidence(made, make.release(f"News {number}")), make.deed(editor))
        decisions.change_status(made, "in_progress", editor, "Begun.", in_days(-1))
    client.get("/")  # what has changed is read once, and not by each page
    with django_assert_max_num_queries(17):
        assert client.get("/").status_code == 200


def test_what_nobody_has_judged_does_not_carry_the_editors_mark(client: Client) -> None:
    judged, unjudged = make.commitment("Plant oaks"), make.commitment("Plant elms")
    decisions.change_status(judged, "in_progress", make.user(), "Work began.", dt.date(2025, 1, 1))
    page = client.get("/commitments/").content.decode()
    assert "Not started, not judged yet" in page
    assert page.count('class="tag judged') == 1
    assert "not judged yet" in client.get(unjudged.get_absolute_url()).content.decode()


def test_departments_areas_and_administrations_lead_to_their_lists(client: Client) -> None:
    parks, roads = (Department.objects.create(name=name, slug=name.lower()) for name in ("Parks", "Roads"))
    area = PolicyArea.objects.create(name="Trees", slug="trees")
    for number in range(3):
        make.commitment(f"Promise {number}", department=roads if number else parks, policy_area=area)
    make.commitment("Draft", department=parks, publication="draft")
    response = client.get("/")
    counted = {group.label: [(body.name, count) for body, count in group.counted] for group in home_of(response).groups}
    assert counted == {
        "Department": [("Roads", 2), ("Parks", 1)],
        "Policy area": [("Trees", 3)],
        "Administration": [],
    }
    for address in ("?department=roads", "?department=parks", "?area=trees"):
        assert f'href="/commitments/{address}"' in response.content.decode()


def test_only_the_last_seven_days_are_this_weeks_changes(client: Client) -> None:
    made = make.commitment()
    with time_machine.travel(timezone.now() - dt.timedelta(days=8)):
        decisions.change_status(made, "in_progress", make.user(), "Begun.", in_days(-8))
    decisions.change_status(made, "on_track", make.user(), "Going on.", in_days(-1))
    page = home_of(client.get("/"))
    assert (page.changed_this_week, len(page.changes)) == (1, 2)


def test_our_own_slip_is_not_laid_at_anybody_elses_door(client: Client) -> None:
    made = make.commitment()
    Definition.objects.create(
        commitment=made, kind="editorial_correction", statement="As they said.", effective_from=made.made_on
    )
    page = " ".join(client.get("/").content.decode().split())
    assert '<span class="voice judged">Judged</span> Wording: our own correction.' in page
