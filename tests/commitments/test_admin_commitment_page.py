"""The page on which staff work on one commitment."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commitments import decisions
from commitments.digests import deliver, signup
from commitments.models import Commitment, Definition, Milestone, NextEvidence, Question
from tests.commitments import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.user("ada"))
    return client


def address(owner: Commitment) -> str:
    return reverse("admin:commitments_commitment_change", args=[owner.pk])


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def full(owner: Commitment, times: int = 1) -> None:
    """Something of everything that the page shows, `times` over."""
    series = owner.series.first() or make.target(owner, "trees planted", "trees", 20000)
    begun = owner.milestones.count()
    for number in range(begun, begun + times):
        value = 9400 + number
        text = f"In all {value:,} trees stand, {number}."
        release = make.release(text, title=f"{value:,} trees", published=dt.date(2025, 1, 1 + number))
        decisions.accept(make.evidence(owner, release, figures=[make.figure(value, series)]), make.deed())
        status = ("off_track", "on_track")[number % 2]
        decisions.change_status(owner, status, make.user(), f"Seen {number}.", dt.date(2025, 2, 1 + number))
        Definition.objects.create(
            commitment=owner, kind="narrowing", statement=f"Fewer trees {number}.", effective_from=dt.date(2025, 3, 1)
        )
        Milestone.objects.create(commitment=owner, title=f"Dig {number}", deadline_latest=dt.date(2025, 4, 1))
        Question.objects.create(commitment=owner, asked_of="The Ministry", asked_on="2025-04-01", question="When?")
        NextEvidence.objects.create(commitment=owner, what=f"Statistics {number}", deadline_latest=in_days(-1))


def test_everything_about_one_commitment_is_on_one_page(staff: Client) -> None:
    owner = make.commitment(due=in_days(-3), deadline_text="by the end of spring")
    full(owner, 2)

    page = staff.get(address(owner))

    said = words(page)
    for expected in (
        "In all 9,401 trees stand, 1.",
        "9,400 trees",
        "Fewer trees 1.",
        "by the end of spring",
        "at least 20,000 trees",
        "Dig 0",
        "Seen 1.",
        "Asked of The Ministry",
        "Not answered",
        "Statistics 1",
        "and late",
        "The public page",
    ):
        assert expected in said, expected
    assert "<svg" in page.content.decode()


def test_the_page_asks_as_much_of_a_long_history_as_of_a_short_one(staff: Client) -> None:
    owner = make.commitment(due=in_days(-3))
    full(owner)
    staff.get(address(owner))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(address(owner)).status_code == 200
        return len(captured)

    few = queries()
    full(owner, 5)
    assert queries() == few


def test_what_subscribers_will_read_is_shown_as_they_will_read_it(staff: Client) -> None:
    owner = make.commitment(due=in_days(-3))
    decisions.change_status(owner, "off_track", make.user(), "Too few.", dt.date(2025, 2, 1))
    for email, scope in (("a@example.org", "all"), ("b@example.org", f"commitment:{owner.slug}")):
        signup.add_confirmed(email, "daily", scope)
    signup.add_confirmed("c@example.org", "daily", f"commitment:{make.commitment('Other').slug}")

    said = words(staff.get(address(owner)))

    assert "2 confirmed subscribers follow it" in said
    deliver.send_for(timezone.localdate())
    body = " ".join(mail.outbox[0].body.split())
    sentence = body[body.index("3 days late") : body.index("Status: Off track.")]
    assert sentence in said


@pytest.mark.parametrize(
    ("publication", "said"),
    [
        ({"publication": "draft"}, "Nothing: it is a draft."),
        (
            {"publication": "scheduled", "publish_at": dt.datetime(2999, 1, 1, tzinfo=dt.UTC)},
            "Nothing before 1 January",
        ),
    ],
)
def test_what_is_not_out_is_said_to_be_so_and_nothing_leads_to_its_address(
    staff: Client, publication: dict[str, Any], said: str
) -> None:
    owner = make.commitment(**publication)

    page = staff.get(address(owner))

    assert said in words(page)
    assert f'href="{owner.get_absolute_url()}"' not in page.content.decode()
    assert "viewsitelink" not in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"words": "by the end of 2028"}, "31 December 2028"),
        ({"words": "within a year", "said_on": "2025-02-01"}, "1 February 2026"),
        ({"words": "within a year", "commitment": "MADE"}, "5 July 2025"),
        ({"words": "within a year", "said_on": "01/02/2025"}, "1 February 2026"),
        ({"words": "within a year", "now": "MADE"}, "As it is now."),
        ({"words": "within a year", "now": "MADE"}, "31 July 2025"),
        ({"words": "within two years", "now": "MADE"}, "2 years from"),
        ({"words": "six months after Royal Assent"}, "It hangs on"),
        ({"words": "soon"}, "no date"),
    ],
)
def test_how_words_read_is_said_before_anything_is_saved(staff: Client, asked: dict[str, str], said: str) -> None:
    made = make.commitment(made_on=dt.date(2024, 7, 5), deadline_text="within a year", due=dt.date(2025, 7, 31))
    asked = {name: value.replace("MADE", str(made.pk)) for name, value in asked.items()}

    answer = staff.get(reverse("admin:commitments_commitment_deadline"), asked)

    assert said in answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("asked", [{}, {"words": " "}, {"words": "by May", "said_on": "x", "commitment": "9" * 40}])
def test_odd_questions_about_words_are_answered_too(staff: Client, asked: dict[str, str]) -> None:
    assert staff.get(reverse("admin:commitments_commitment_deadline"), asked).status_code == 200


def test_without_javascript_a_button_says_how_the_words_read_and_saves_nothing(staff: Client) -> None:
    owner = make.commitment()
    form = reverse("admin:commitments_definition_add")
    values = {
        "commitment": owner.pk,
        "kind": "date_change",
        "statement": "Plant.",
        "deadline_text": "by the end of 2026",
    }

    page = staff.post(form, {**values, "announced_on": "2025-10-01", "_read": "1"})

    html = page.content.decode()
    assert "31 December 2026" in words(page)
    assert 'value="by the end of 2026"' in html
    assert "Please correct" not in html
    assert owner.definitions.count() == 1
    staff.post(form, {**values, "announced_on": "2025-10-01"})
    assert owner.definitions.count() == 2


def test_a_milestones_words_can_be_tried_on_the_page_of_the_commitment(staff: Client) -> None:
    owner = make.commitment()
    initial = staff.get(address(owner)).context["adminform"].form.initial
    values = {key: value for key, value in initial.items() if value and not isinstance(value, list)}
    for prefix in ("milestones", "expected_evidence", "questions"):
        values |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    step = {"milestones-0-title": "Dig", "milestones-0-deadline_text": "by May 2026", "milestones-0-outcome": "pending"}
    values |= {"milestones-TOTAL_FORMS": "1", "milestones-0-position": "0", **step, "title": "Another title"}

    page = staff.post(address(owner), {**values, "_read": "1"})

    assert "between 1 and 31 May 2026" in words(page)
    owner.refresh_from_db()
    assert (owner.title, owner.milestones.count()) == ("Plant trees", 0)
    assert staff.post(address(owner), values).status_code == 302
    assert owner.milestones.get().deadline_latest == dt.date(2026, 5, 31)


def test_having_looked_is_noted_and_says_when_to_look_again(staff: Client) -> None:
    owner = make.commitment(review_interval_days=30)

    page = staff.post(reverse("admin:commitments_commitment_looked", args=[owner.pk]), follow=True)

    owner.refresh_from_db()
    assert owner.reviewed_on == timezone.localdate()
    assert owner.review_due_on == in_days(30)
    assert "Noted that you have looked at it." in words(page)


def test_who_may_only_view_can_change_nothing(client: Client) -> None:
    owner = make.commitment()
    full(owner)
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(viewer)

    page = client.get(address(owner))

    assert "In all 9,400 trees stand" in words(page)
    html = page.content.decode()
    for name in ("status", "looked"):
        closed = reverse(f"admin:commitments_commitment_{name}", args=[owner.pk])
        assert closed not in html
        assert (
            client.post(closed, {"status": "on_track", "reason": "So.", "effective_from": "2025-01-01"}).status_code
            == 403
        )
    assert client.get(reverse("admin:commitments_commitment_preview", args=[owner.pk])).status_code == 200
    viewer.user_permissions.clear()
    for name, arguments in (("preview", [owner.pk]), ("deadline", [])):
        assert client.get(reverse(f"admin:commitments_commitment_{name}", args=arguments)).status_code == 403
