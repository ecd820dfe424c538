"""Statuses that are proposed first: for a second pair of eyes, and for the reply of those whom they are about."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments import decisions
from commitments.decisions import DecisionRefused, Reply
from commitments.models import Commitment, StatusChange, StatusProposal
from tests.commitments import make

pytestmark = pytest.mark.django_db

SAID = "Fewer than half were planted."
REPLY = "We planted them all, in Wales."


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def ada() -> Client:
    client = Client()
    client.force_login(make.user("ada"))
    return client


@pytest.fixture
def ben() -> Client:
    client = Client()
    client.force_login(make.user("ben"))
    return client


def send(staff: Client, owner: Commitment, button: str, **wanted: Any) -> Any:
    values = {"status": "not_achieved", "reason": SAID, "absence": "We looked in the statistics.", **wanted}
    address = reverse("admin:commitments_commitment_status", args=[owner.pk])
    return staff.post(address, {"effective_from": "2025-01-02", **values, button: "1"}, follow=True)


def decide(staff: Client, button: str, **values: str) -> Any:
    proposal = StatusProposal.objects.get()
    address = reverse("admin:commitments_statusproposal_decide", args=[proposal.pk])
    return staff.post(address, {button: "1", **values}, follow=True)


def test_a_final_status_is_proposed_by_one_and_confirmed_by_another(
    settings: Any, ada: Client, ben: Client, client: Client
) -> None:
    settings.SECOND_EDITOR = True
    owner = make.commitment()

    assert "needs a second pair of eyes" in send(ada, owner, "record").content.decode()
    send(ada, owner, "propose")
    assert not StatusChange.objects.exists()
    assert SAID not in client.get(owner.get_absolute_url()).content.decode()
    assert "You proposed this yourself." in decide(ada, "confirm").content.decode()
    assert not StatusChange.objects.exists()

    assert "The status is “Not achieved” from 2 January 2025." in decide(ben, "confirm").content.decode()
    change = StatusChange.objects.get()
    assert (change.recorded_by.username, change.confirmed_by.username) == ("ada", "ben")
    assert owner.status_on(timezone.localdate()) == "not_achieved"
    assert "confirmed by an editor" in client.get(owner.get_absolute_url()).content.decode()
    proposal = StatusProposal.objects.get()
    assert (proposal.state, proposal.change) == ("confirmed", change)


def test_a_status_that_is_not_final_needs_nobody_else(settings: Any, ada: Client) -> None:
    settings.SECOND_EDITOR = True
    owner = make.commitment()
    send(ada, owner, "record", status="off_track", absence="")
    assert owner.status_on(timezone.localdate()) == "off_track"


def test_without_the_setting_one_may_confirm_ones_own(ada: Client) -> None:
    owner = make.commitment()
    send(ada, owner, "propose")
    decide(ada, "confirm")
    assert StatusChange.objects.get().confirmed_by is None


def test_a_verdict_waits_for_the_reply_and_carries_it(ada: Client, ben: Client, client: Client) -> None:
    owner = make.commitment()
    asked = {"reply_asked_of": "Forestry office", "reply_by": in_days(3).isoformat()}
    assert "propose this" in send(ada, owner, "record", **asked).content.decode()
    send(ada, owner, "propose", **asked)
    assert "Record the reply, or wait until then." in decide(ben, "confirm").content.decode()
    assert "Write down what they replied." in decide(ben, "keep", reply=" ").content.decode()
    button = "Confirm: record the status"
    assert button not in decide(ben, "keep", reply=" ").content.decode(), "they may still reply"
    assert button in decide(ben, "keep", reply=REPLY).content.decode()
    assert REPLY not in client.get(owner.get_absolute_url()).content.decode()
    decide(ben, "confirm")

    page = client.get(owner.get_absolute_url()).content.decode()
    assert "What Forestry office said when we asked:" in page
    assert REPLY in page


def test_when_nobody_replied_in_time_it_goes_out_and_says_so(client: Client) -> None:
    owner, ada, ben = make.commitment(), make.user("ada"), make.user("ben")
    proposal = decisions.propose_status(
        owner, "lapsed", ada, SAID, dt.date(2025, 1, 1), reply=Reply("Forestry office", in_days(0))
    )
    with pytest.raises(DecisionRefused, match="asked for a reply by"):
        decisions.confirm_proposal(proposal, ben)
    StatusProposal.objects.update(reply_by=in_days(-1))
    decisions.confirm_proposal(proposal, ben)
    page = client.get(owner.get_absolute_url()).content.decode()
    assert "Forestry office was asked for a reply by" in page
    assert "and gave none" in page


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply("Forestry office"), "both who was asked"),
        (Reply(by=dt.date(2999, 1, 1)), "both who was asked"),
        (Reply("Forestry office", dt.date(2020, 1, 1)), "has gone"),
    ],
)
def test_a_reply_is_asked_of_somebody_by_a_day_to_come(reply: Reply, why: str) -> None:
    with pytest.raises(DecisionRefused, match=why):
        decisions.propose_status(make.commitment(), "lapsed", make.user(), SAID, dt.date(2025, 1, 1), reply=reply)


def test_one_proposal_waits_at_a_time_and_is_let_go_with_a_reason(ada: Client, ben: Client) -> None:
    owner = make.commitment()
    send(ada, owner, "propose")
    assert "Another status is proposed for it already" in send(ben, owner, "propose").content.decode()
    assert "Say why it is withdrawn." in decide(ben, "withdraw", note="").content.decode()

    decide(ben, "withdraw", note="The figures are out on Monday.")

    assert "has withdrawn this already" in decide(ada, "confirm").content.decode()
    assert not StatusChange.objects.exists()
    send(ben, owner, "propose")
    assert StatusProposal.objects.waiting().count() == 1


def test_what_a_proposal_rests_on_is_looked_at_again_when_it_is_confirmed() -> None:
    owner, ada = make.commitment(), make.user("ada")
    piece = make.evidence(owner, make.release("All are planted."))
    decisions.accept(piece, make.deed(ada))
    proposal = decisions.propose_status(owner, "achieved", ada, "Done.", dt.date(2025, 1, 1), evidence=piece)
    decisions.reject(piece, make.deed(ada), "About another wood.")
    with pytest.raises(DecisionRefused, match="Accept the evidence first"):
        decisions.confirm_proposal(proposal, ada)


def test_who_may_not_change_proposals_may_not_decide_them(ada: Client) -> None:
    send(ada, make.commitment(), "propose")
    viewer, client = User.objects.create_user("vera", is_staff=True), Client()
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(viewer)

    page = client.get(reverse("admin:commitments_statusproposal_change", args=[StatusProposal.objects.get().pk]))

    assert SAID in page.content.decode()
    assert "<textarea" not in page.content.decode()
    for button in ("confirm", "withdraw", "keep"):
        assert decide(client, button, note="No.", reply="No.").status_code == 403
    assert StatusProposal.objects.waiting().count() == 1


def test_a_proposal_cannot_be_typed_over(ada: Client) -> None:
    send(ada, make.commitment(), "propose")
    proposal = StatusProposal.objects.get()
    address = reverse("admin:commitments_statusproposal_change", args=[proposal.pk])
    assert ada.post(address, {"reason": "Other", "to_status": "achieved"}).status_code == 403
    proposal.refresh_from_db()
    assert proposal.reason == SAID


def test_the_database_keeps_proposals_and_verdicts_whole() -> None:
    owner, ada = make.commitment(), make.user("ada")
    proposal = {"commitment": owner, "reason": "So.", "to_status": "lapsed", "effective_from": in_days(0)}
    for wrong in (
        {"reason": ""},
        {"reply_asked_of": "Forestry office"},
        {"state": "withdrawn", "decided_by": ada, "decided_at": timezone.now()},
        {"state": "confirmed", "decided_by": ada, "decided_at": timezone.now()},
        {"decided_by": ada},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            StatusProposal.objects.create(**{**proposal, "proposed_by": ada, **wrong})
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusChange.objects.create(**proposal, recorded_by=ada, confirmed_by=ada)


def test_a_private_note_stays_in_the_admin(
    ada: Client, client: Client, capsys: pytest.CaptureFixture[str], mailoutbox: Any
) -> None:
    from commitments.digests import deliver, signup

    note = "Her brother works there."
    owner = make.commitment(due=in_days(-1))
    signup.add_confirmed("a@example.org", "daily", "all")
    send(ada, owner, "record", status="off_track", private_note=note)
    send(ada, owner, "propose", status="abandoned", private_note=note, reason="They gave it up.")
    decide(ada, "confirm")
    deliver.send_for(timezone.localdate())
    call_command("export_commitments")
    call_command("export_evidence")

    assert StatusChange.objects.filter(private_note=note).count() == 2
    assert note in ada.get(reverse("admin:commitments_commitment_change", args=[owner.pk])).content.decode()
    pages = [client.get(path).content.decode() for path in ("/", "/commitments/", owner.get_absolute_url())]
    mails = [mail.body + str(mail.alternatives) for mail in mailoutbox]
    for public in (*pages, *mails, capsys.readouterr().out):
        assert note not in public
