"""A wrong final status is put right in public: on the page, in the list, in the mail to those who were told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments import decisions
from commitments.decisions import DecisionRefused, change_status
from commitments.digests import deliver, signup
from commitments.models import StatusChange
from tests.commitments import make

pytestmark = pytest.mark.django_db

ABSENCE = "We looked everywhere."
FIRST, SECOND, THIRD = dt.date(2025, 1, 1), dt.date(2025, 3, 1), dt.date(2025, 5, 1)


def test_from_the_click_to_the_public_page_and_the_mail(client: Client) -> None:
    staff = Client()
    staff.force_login(make.user("ada"))
    owner = make.commitment("Plant trees")
    today = timezone.localdate()
    make.commitment("Mend the bridge", due=today - dt.timedelta(days=9))
    signup.add_confirmed("a@example.org", "daily", "all")
    change_status(owner, "achieved", make.user("ben"), "The minister said so.", SECOND, absence=ABSENCE)
    deliver.send_for(today)
    assert "Achieved, from 1 March 2025" in mail.outbox.pop().body
    page = staff.get(reverse("admin:commitments_commitment_change", args=[owner.pk])).content.decode()
    wrong = StatusChange.objects.get()
    correct = f"{reverse('admin:commitments_commitment_status', args=[owner.pk])}?corrects={wrong.pk}"
    assert f'href="{correct}"' in page

    form = staff.get(correct).context["form"]
    assert (form.fields["corrects"].initial, form.fields["effective_from"].initial) == (wrong.pk, SECOND)
    values = {"status": "in_progress", "reason": "She meant another wood.", "effective_from": "2025-03-01"}
    assert staff.post(correct, {**values, "corrects": wrong.pk, "record": "1"}).status_code == 302

    shown = " ".join(client.get(owner.get_absolute_url()).content.decode().split())
    assert "<strong>In progress.</strong>" in shown
    assert "Corrects the entry “Achieved” recorded" in shown
    assert "Corrected since" in shown
    assert "The minister said so." in shown, "what was wrong stays to be read"
    assert ">Correction<" in client.get("/").content.decode()
    deliver.send_for(today + dt.timedelta(days=1))
    (sent,) = mail.outbox
    assert "1 correction: Plant trees" in sent.subject
    said = " ".join(sent.body.split())
    page = f"http://127.0.0.1:8000{owner.get_absolute_url()}#changes"
    assert f"CORRECTIONS: WHERE WE WERE WRONG * Plant trees {page} In progress, from 1 March 2025" in said
    assert "(we had wrongly said: Achieved) She meant another wood." in said
    assert "Corrections: where we were wrong" in sent.alternatives[0].content


def test_a_correction_is_worth_a_mail_of_its_own() -> None:
    owner, editor = make.commitment(), make.user()
    signup.add_confirmed("a@example.org", "daily", "all")
    wrong = change_status(owner, "achieved", editor, "Said.", SECOND, absence=ABSENCE)
    change_status(owner, "in_progress", editor, "Not so.", SECOND, corrects=wrong)

    deliver.send_for(timezone.localdate())

    (sent,) = mail.outbox
    assert sent.subject == "Pledgewatch: 1 correction: Plant trees"
    assert "STATUS CHANGED" not in sent.body, "what was wrong is not told anew"


@pytest.mark.parametrize("holds_from", [FIRST, SECOND, THIRD])
def test_what_was_corrected_counts_for_nothing_whatever_the_days(holds_from: dt.date) -> None:
    owner, editor = make.commitment(), make.user()
    change_status(owner, "off_track", editor, "Slow.", dt.date(2024, 12, 1))
    wrong = change_status(owner, "achieved", editor, "Said.", SECOND, absence=ABSENCE)

    change_status(owner, "on_track", editor, "Not so.", holds_from, corrects=wrong)

    for day in (FIRST, SECOND, THIRD, timezone.localdate()):
        expected = "on_track" if day >= holds_from else "off_track"
        assert owner.status_on(day) == expected
        (asked,) = owner.__class__.objects.in_force(day)
        assert asked.status == expected


def test_a_correction_can_be_corrected_but_nothing_twice() -> None:
    owner, editor = make.commitment(), make.user()
    wrong = change_status(owner, "achieved", editor, "Said.", SECOND, absence=ABSENCE)
    second = change_status(owner, "off_track", editor, "Not so.", SECOND, corrects=wrong)
    with pytest.raises(DecisionRefused, match="was corrected before"):
        change_status(owner, "on_track", editor, "Not so.", SECOND, corrects=wrong)

    third = change_status(owner, "on_track", editor, "Nor so.", SECOND, corrects=second)

    assert owner.status_change_on(timezone.localdate()) == third
    assert third.from_status == "off_track"


def test_a_final_correction_too_waits_for_a_second_pair_of_eyes(settings: Any) -> None:
    owner, ada, ben = make.commitment(), make.user("ada"), make.user("ben")
    wrong = change_status(owner, "achieved", ada, "Said.", SECOND, absence=ABSENCE)
    settings.SECOND_EDITOR = True
    proposal = decisions.propose_status(owner, "not_achieved", ada, "No.", SECOND, absence=ABSENCE, corrects=wrong)
    assert owner.status_on(THIRD) == "achieved"
    decisions.confirm_proposal(proposal, ben)
    assert owner.status_on(THIRD) == "not_achieved"
    assert wrong.corrections.get().confirmed_by == ben
