"""What holds the sending back: a brake when more would go out than usual, and a pace for each domain."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments import tasks
from commitments.digests import brake, deliver, pace, signup
from commitments.models import AuditEntry, Brake, Digest, Subscriber
from tests.commitments import make

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2025, 6, 30)
HOUR = dt.timedelta(hours=1)
STOPPED = "Pledgewatch: the sending of digests was stopped"


def subscribers(count: int) -> list[Subscriber]:
    return [signup.add_confirmed(f"p{number}@example.org", "daily", "all") for number in range(count)]


def sent(one: Subscriber, moment: dt.datetime, date: dt.date) -> None:
    """A mail that went out, for whatever reason."""
    words = {"subject": "S", "text": "T", "html": "H", "message_id": f"<{one.pk}-{date}@example.org>"}
    window = {"window_after": moment - HOUR, "window_until": moment, "moment": moment}
    make.digest(one, date, state="sent", sent_at=moment, **words, **window)


@pytest.fixture
def too_many(settings: Any) -> dt.datetime:
    """Somebody has had two mails within a day, and would get a third."""
    settings.ALERTS_TO, settings.DIGEST_HOUR = ["desk@example.org"], 0
    make.commitment(due=MONDAY)
    one, _ = subscribers(2)
    now = timezone.now()
    for hours in (20, 3):
        sent(one, now - hours * HOUR, now.date() - dt.timedelta(days=hours))
    return now


def test_a_third_mail_in_a_day_stops_all_and_staff_are_told_once(too_many: dt.datetime) -> None:
    tasks.send_digests()
    tasks.send_digests()

    assert Brake.objects.get().reason == "1 subscriber would have got 3 mails within a day; 2 are allowed."
    assert [(each.to, each.subject) for each in mail.outbox] == [(["desk@example.org"], STOPPED)]
    assert Digest.objects.open().count() == 2
    with pytest.raises(CommandError, match=r"3 mails within a day.*release_digests"):
        call_command("send_digests", stdout=StringIO())


def test_a_person_lets_it_go_on_by_command(too_many: dt.datetime) -> None:
    tasks.send_digests()
    mail.outbox.clear()
    make.user("ada")

    with pytest.raises(CommandError, match="There is no account “bob”"):
        call_command("release_digests", by="bob")
    out = StringIO()
    call_command("release_digests", by="ada", stdout=out)
    tasks.send_digests()

    assert "It goes on from now." in out.getvalue()
    assert len(mail.outbox) == 2


def test_a_person_lets_it_go_on_in_the_admin(too_many: dt.datetime, client: Client) -> None:
    tasks.send_digests()
    client.force_login(make.user("ada"))

    page = client.post(
        reverse("admin:commitments_brake_changelist"),
        {"action": "let_go_on", "_selected_action": [Brake.objects.get().pk]},
        follow=True,
    )

    assert "Digests go out again from now." in page.content.decode()
    assert Brake.objects.get().released_by.username == "ada"
    assert AuditEntry.objects.filter(model="commitments.brake", deed="changed").count() == 1


def test_three_times_the_usual_and_more_than_was_asked_for_stops_it() -> None:
    make.commitment(due=MONDAY)
    people = subscribers(30)
    now = timezone.now()
    for one in people[:20]:
        sent(one, now - HOUR, now.date() - dt.timedelta(days=1))

    outcome = deliver.send_for(timezone.localdate(now))

    assert outcome.stopped.startswith(
        "50 mails would have gone within a day to 30 subscribers, who asked for 30 at most;"
    )


def test_where_so_many_are_usual_it_goes_on() -> None:
    make.commitment(due=MONDAY)
    people = subscribers(30)
    now = timezone.now()
    for one in people[:20]:
        sent(one, now - HOUR, now.date() - dt.timedelta(days=1))
    for days in range(2, 24):
        for one in people[:22]:
            sent(one, now - dt.timedelta(days=days), now.date() - dt.timedelta(days=days))

    assert deliver.send_for(timezone.localdate(now)).stopped == ""


def test_days_asked_for_by_hand_one_after_the_other_count_for_themselves() -> None:
    subscribers(1)
    for number in range(4):
        make.commitment(f"Promise {number}", due=MONDAY + dt.timedelta(days=number))

    for number in range(1, 5):
        assert deliver.send_for(MONDAY + dt.timedelta(days=number)).stopped == ""

    assert len(mail.outbox) == 4


def test_a_domain_gets_its_mails_at_its_pace_by_however_many_workers(settings: Any) -> None:
    settings.MAILS_PER_DOMAIN_A_MINUTE = 60
    now = timezone.now()
    rows = [make.digest(one, MONDAY) for one in subscribers(3)]
    other = make.digest(signup.add_confirmed("a@elsewhere.example", "daily", "all"), MONDAY)

    first = pace.turns([*rows[:2], other], now)
    second = pace.turns(rows[2:], now)

    seconds = {key: (at - now).total_seconds() for key, at in {**first, **second}.items()}
    assert seconds == {rows[0].pk: 0, rows[1].pk: 1, rows[2].pk: 2, other.pk: 0}


def test_on_the_schedule_what_has_to_wait_long_is_left_for_later(settings: Any) -> None:
    settings.MAILS_PER_DOMAIN_A_MINUTE, settings.DIGEST_HOUR = 1, 0
    make.commitment(due=MONDAY)
    subscribers(3)

    deliver.send_due()

    assert len(mail.outbox) == 1
    assert Digest.objects.open().filter(retry_at__gt=timezone.now() + 50 * dt.timedelta(seconds=1)).count() == 2


def test_releasing_what_is_not_stopped_changes_nothing() -> None:
    assert brake.release(make.user("ada"), timezone.now()) == 0
