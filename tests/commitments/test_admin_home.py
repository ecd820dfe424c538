"""The staff's front page: what needs somebody, each count with the list that it counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commitments import decisions
from commitments.models import (
    Brake,
    CorrectionRequest,
    Goalpost,
    NextEvidence,
    Question,
    StatusProposal,
    Subscriber,
)
from tests.commitments import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.user("ada"))
    return client


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def counts(staff: Client) -> dict[str, int]:
    return {one.need.key: one.count for one in staff.get(reverse("admin:index")).context["needs"]}


def decided_by() -> dict[str, Any]:
    return {"decided_by": make.user(), "decided_at": timezone.now()}


def fill() -> None:
    """One of each need, and beside it what is not one."""
    lately = {"made_on": in_days(-10), "created_at": timezone.now()}
    calm = make.commitment("Calm", **lately)
    make.evidence(calm, make.release("Some trees stand."))
    CorrectionRequest.objects.create(commitment=calm, wrong="More trees stand.")
    delayed = make.evidence(make.commitment("Delayed", **lately), make.release("Later, then."))
    for aspect, state in (("date", "waiting"), ("number", "dismissed")):
        decided = {"decided_by": make.user(), "decided_at": timezone.now()} if state != "waiting" else {}
        Goalpost.objects.create(
            evidence=delayed,
            definition=delayed.commitment.first_definition,
            **{"aspect": aspect, "state": state, **decided},
        )
    make.commitment("Overdue", due=in_days(-3), **lately)
    make.commitment("Overdue, looked at", due=in_days(-3), reviewed_on=in_days(-30), **lately)
    make.commitment("Overdue in draft", due=in_days(-3), publication="draft")
    make.commitment("Silent", **{**lately, "made_on": in_days(-200)})
    heard = make.commitment("Heard of", **{**lately, "made_on": in_days(-200)})
    decisions.accept(make.evidence(heard, make.release("Lately.", published=in_days(-89))), make.deed())
    ended = make.commitment("Ended", due=in_days(-3), made_on=in_days(-900), reviewed_on=in_days(-900))
    decisions.change_status(ended, "lapsed", make.user(), "They left.", in_days(-2))
    make.commitment("Not reviewed", review_interval_days=20, **{**lately, "reviewed_on": in_days(-21)})
    make.commitment("Reviewed in time", review_interval_days=20, **{**lately, "reviewed_on": in_days(-20)})
    decisions.propose_status(calm, "lapsed", make.user(), "They left.", in_days(-2))
    for asked, answered in ((-20, None), (-19, None), (-40, -1)):
        day = in_days(answered) if answered else None
        Question.objects.create(commitment=calm, asked_of="Ministry", asked_on=in_days(asked), answered_on=day)
    series = make.target(calm, "trees", "trees")
    other = make.Series.objects.create(metric="shrubs", unit="shrubs")
    series.measurements.create(value=9, published_on=in_days(-1))
    other.measurements.create(value=9, published_on=in_days(-9))
    for what, fields in {
        "late": {"deadline_latest": in_days(-1)},
        "late though an older figure is there": {"deadline_latest": in_days(-1), "series": other},
        "perhaps here": {"deadline_latest": in_days(-1), "series": series},
        "to come": {"deadline_latest": in_days(0)},
        "put off": {"deadline_latest": in_days(-1), "outcome": "postponed"},
    }.items():
        NextEvidence.objects.create(commitment=calm, what=what, noted_on=in_days(-2), **fields)
    make.table_figure(series, make.release("Trees | 50"))
    make.table_reading(other, make.release("Shrubs"), problem="There is no sheet “Trees” any more.")
    pears = make.release("We will plant pears by the end of 2027. We will plant figs by the end of 2027.")
    make.possible(pears, "We will plant pears by the end of 2027.")
    make.possible(
        pears, "We will plant figs by the end of 2027.", state="dismissed", reason="Too small.", **decided_by()
    )
    make.source("Well")
    make.source("Failing", consecutive_failures=1)
    make.source("Gone", state="gone")
    make.source("Paused", state="paused", consecutive_failures=3)
    reader = Subscriber.objects.create(email="a@example.org")
    for days, state in ((0, "failed"), (-1, "uncertain"), (-2, "nothing"), (-30, "failed")):
        make.digest(reader, in_days(days), state=state)
    Brake.objects.create(reason="Too many.", pulled_at=timezone.now())
    Brake.objects.create(reason="Too many before.", pulled_at=timezone.now(), released_at=timezone.now())


def test_every_need_is_counted_and_what_is_none_is_not(staff: Client) -> None:
    fill()
    assert counts(staff) == {
        "suggestions": 2,
        "possible": 1,
        "proposals": 1,
        "goalposts": 1,
        "corrections": 1,
        "figures": 1,
        "lost": 1,
        "overdue": 1,
        "silent": 1,
        "review": 1,
        "unanswered": 1,
        "appeared": 1,
        "late": 2,
        "failing": 2,
        "stopped": 1,
        "undelivered": 2,
    }


def test_each_count_leads_to_the_list_that_it_counts(staff: Client) -> None:
    fill()
    for one in staff.get(reverse("admin:index")).context["needs"]:
        page = staff.get(one.address)
        assert page.status_code == 200, one.need.key
        if one.need.key == "suggestions":
            assert page.context["waiting"] == one.count
            continue
        assert one.need.model is page.context["cl"].model
        assert page.context["cl"].result_count == one.count, one.need.key


def test_the_front_page_asks_as_much_of_many_as_of_few(staff: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(reverse("admin:index"))
        return len(captured)

    fill()
    queries()
    few = queries()
    for number in range(12):
        owner = make.commitment(f"Late {number}", due=in_days(-3))
        make.evidence(owner, make.release(f"Trees {number}."))
        decisions.propose_status(owner, "lapsed", make.user(), "They left.", in_days(-2))
        make.source(f"Failing {number}", consecutive_failures=1)
    assert counts(staff)["proposals"] == 13
    assert queries() == few


def test_nothing_is_counted_for_those_who_may_not_open_the_list(client: Client) -> None:
    fill()
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_question", "change_digest"]))
    client.force_login(viewer)
    assert counts(client) == {"unanswered": 1, "undelivered": 2}


def test_how_long_a_question_has_had_no_answer_is_said(staff: Client) -> None:
    owner = make.commitment()
    Question.objects.create(commitment=owner, asked_of="Ministry", asked_on=in_days(-33), question="When?")
    page: Any = staff.get(reverse("admin:commitments_question_changelist"))
    assert "not for 33 days" in page.content.decode()


def test_a_decided_proposal_needs_nobody(staff: Client) -> None:
    proposal = decisions.propose_status(make.commitment(), "lapsed", make.user(), "They left.", in_days(-2))
    decisions.confirm_proposal(proposal, make.user())
    assert counts(staff)["proposals"] == 0
    assert not StatusProposal.objects.waiting().exists()
