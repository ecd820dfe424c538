"""One decision on all that a filter leaves: counted before, done in steps, undone as one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from commitments import decisions
from commitments.admin import reviewing_many
from commitments.models import Commitment, Decision, Evidence, Measurement, Milestone
from tests.commitments import make

pytestmark = pytest.mark.django_db
MANY = "admin:commitments_evidence_many"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.user("ada"))
    return client


@pytest.fixture
def commitments() -> list[Commitment]:
    """Three commitments, each with three suggestions that give a figure of its series."""
    made = []
    for number in range(3):
        owner = make.commitment(f"Plant trees in district {number}")
        series = make.target(owner, f"trees planted in district {number}", "trees", 100)
        for value in (10, 20, 30):
            release = make.release(f"So far {value + number} trees stand in district {number}.")
            make.evidence(owner, release, figures=[make.figure(value + number, series)])
        made.append(owner)
    return made


@pytest.fixture
def one_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time at all, so that each step does the least it may: one commitment."""
    monkeypatch.setattr(reviewing_many, "SECONDS_A_STEP", -1.0)


def hidden(page: Any) -> dict[str, str]:
    """What the last form with hidden fields of a page would send."""
    forms = re.findall(r"<form method=\"post\".*?</form>", page.content.decode(), re.DOTALL)
    last = [form for form in forms if "logout" not in form][-1]
    return dict(re.findall(r'type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', last))


def states() -> dict[str, int]:
    return {state: count for state in Evidence.State.values if (count := Evidence.objects.filter(state=state).count())}


def test_the_count_is_shown_before_and_nothing_is_decided_by_looking(
    staff: Client, commitments: list[Commitment]
) -> None:
    html = staff.get(reverse(MANY), {"commitment": commitments[0].pk}).content.decode()

    assert "<strong>3</strong> suggestions" in html
    assert "for 1 commitment, from 3 releases" in html
    assert "Accept all 3" in html
    assert "Reject all 3" in html
    assert states() == {"suggested": 9}


def test_all_of_a_filter_are_accepted_and_the_others_left(staff: Client, commitments: list[Commitment]) -> None:
    address = f"{reverse(MANY)}?commitment={commitments[0].pk}"

    page = staff.post(address, hidden(staff.get(address)))

    assert "<strong>3</strong> of 3 accepted.<" in page.content.decode()
    assert states() == {"accepted": 3, "suggested": 6}
    assert set(Evidence.objects.accepted().values_list("commitment", flat=True)) == {commitments[0].pk}
    assert Measurement.objects.count() == 3
    assert Decision.objects.values("act").distinct().count() == 1
    release = Evidence.objects.accepted()[0].release
    assert release.pinned


def test_all_are_rejected_for_one_reason(staff: Client, commitments: list[Commitment]) -> None:
    sent = {**hidden(staff.get(reverse(MANY))), "what": "reject"}

    refused = staff.post(reverse(MANY), {**sent, "reason": " "})
    assert "Say why it does not belong" in refused.content.decode()
    assert states() == {"suggested": 9}

    staff.post(reverse(MANY), {**sent, "usual": "1", "reason": ""})
    assert states() == {"rejected": 9}
    assert set(Evidence.objects.values_list("reject_reason", flat=True)) == {"About another programme."}


def test_what_takes_long_is_done_in_steps_of_one_act(
    staff: Client, commitments: list[Commitment], one_a_step: None
) -> None:
    page = staff.post(reverse(MANY), hidden(staff.get(reverse(MANY))))
    assert "<strong>3</strong> of 9 accepted" in page.content.decode()
    assert states() == {"accepted": 3, "suggested": 6}

    while "data-go-on" in page.content.decode():
        page = staff.post(reverse(MANY), hidden(page))

    assert "<strong>9</strong> of 9 accepted.<" in page.content.decode()
    assert Measurement.objects.count() == 9
    assert Decision.objects.values("act").distinct().count() == 1


def test_what_came_in_after_the_count_is_not_touched(staff: Client, commitments: list[Commitment]) -> None:
    sent = hidden(staff.get(reverse(MANY)))
    late = make.evidence(commitments[0], make.release("And 99 trees more."))

    staff.post(reverse(MANY), sent)

    late.refresh_from_db()
    assert late.state == "suggested"


def test_what_a_colleague_decided_meanwhile_keeps_the_decision(staff: Client, commitments: list[Commitment]) -> None:
    sent = hidden(staff.get(reverse(MANY)))
    decisions.reject(Evidence.objects.all()[0], make.deed("ben"), "Another orchard.")

    page = staff.post(reverse(MANY), sent)

    assert "<strong>8</strong> of 9 accepted. That is all of them that could be.<" in page.content.decode()
    assert states() == {"accepted": 8, "rejected": 1}


def test_sending_a_step_twice_decides_nothing_twice(
    staff: Client, commitments: list[Commitment], one_a_step: None
) -> None:
    sent = hidden(staff.get(reverse(MANY)))
    staff.post(reverse(MANY), sent)
    page = staff.post(reverse(MANY), sent)
    while "data-go-on" in page.content.decode():
        page = staff.post(reverse(MANY), hidden(page))
    assert Decision.objects.count() == 9
    assert Measurement.objects.count() == 9


def test_what_a_milestone_rests_on_is_not_rejected_and_said(staff: Client, commitments: list[Commitment]) -> None:
    held = Evidence.objects.filter(commitment=commitments[1]).first()
    Milestone.objects.create(commitment=commitments[1], title="Dig", evidence=held)

    page = staff.post(reverse(MANY), {**hidden(staff.get(reverse(MANY))), "what": "reject", "usual": "1"})

    assert states() == {"rejected": 8, "suggested": 1}
    assert "rests on this evidence" in page.content.decode()


@pytest.mark.parametrize("what", ["accept", "reject"])
def test_it_is_undone_as_one_in_steps(
    staff: Client, commitments: list[Commitment], one_a_step: None, what: str
) -> None:
    before = list(Evidence.objects.order_by("pk").values("pk", "state", "relation", "tier", "figures"))
    page = staff.post(reverse(MANY), {**hidden(staff.get(reverse(MANY))), "what": what, "usual": "1"})
    while "data-go-on" in page.content.decode():
        page = staff.post(reverse(MANY), hidden(page))
    undo = re.search(r'href="([^"]*/undo/[^"]*)"', page.content.decode())
    assert undo

    asked = staff.get(undo[1])
    assert "Undo all 9" in asked.content.decode()
    assert "suggested" not in states()
    page = staff.post(undo[1])
    while "data-go-on" in page.content.decode():
        page = staff.post(undo[1], hidden(page))

    assert "<strong>9</strong> of 9 put back" in page.content.decode()
    assert list(Evidence.objects.order_by("pk").values("pk", "state", "relation", "tier", "figures")) == before
    assert not Measurement.objects.filter(withdrawn_at=None).exists()


def test_undoing_leaves_what_somebody_decided_on_since(staff: Client, commitments: list[Commitment]) -> None:
    staff.post(reverse(MANY), hidden(staff.get(reverse(MANY))))
    mended = Evidence.objects.filter(commitment=commitments[0]).first()
    assert mended
    decisions.reject(mended, make.deed("ben"), "Misread.")
    act = Decision.objects.filter(kind="accepted").values_list("act", flat=True)[0]

    page = staff.post(reverse("admin:commitments_evidence_many_undo", args=[act]))

    assert states() == {"rejected": 1, "suggested": 8}
    assert "has been decided on since" in page.content.decode()


def test_undo_in_the_queue_asks_on_a_page_of_its_own_before_it_undoes_many(
    staff: Client, commitments: list[Commitment]
) -> None:
    staff.post(reverse(MANY), hidden(staff.get(reverse(MANY))))

    page = staff.post(reverse("admin:commitments_evidence_undo"), follow=True)

    assert states() == {"accepted": 9}
    assert "Undo all 9 together" in page.content.decode()


def test_nobody_undoes_or_goes_on_with_what_a_colleague_does(client: Client, commitments: list[Commitment]) -> None:
    client.force_login(make.user("ben"))
    sent = hidden(client.get(reverse(MANY)))
    client.post(f"{reverse(MANY)}?commitment={commitments[0].pk}", sent)
    client.force_login(make.user("ada"))

    assert client.post(reverse(MANY), sent).status_code == 404
    assert client.get(reverse("admin:commitments_evidence_many_undo", args=[sent["act"]])).status_code == 404
    assert states() == {"accepted": 3, "suggested": 6}


def test_a_step_takes_as_many_queries_for_a_commitment_however_much_waits(
    staff: Client, commitments: list[Commitment], one_a_step: None, django_assert_max_num_queries: Any
) -> None:
    sent = hidden(staff.get(reverse(MANY)))
    with django_assert_max_num_queries(50):
        staff.post(reverse(MANY), sent)
