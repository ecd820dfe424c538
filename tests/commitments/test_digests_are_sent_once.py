from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from commitments.digests import deliver, sending, signup
from commitments.models import Digest, Subscriber
from tests.commitments import make
from tests.commitments.mailbox import Mailbox, serving

MONDAY = dt.date(2025, 6, 30)
TUESDAY = MONDAY + dt.timedelta(days=1)
WEDNESDAY = MONDAY + dt.timedelta(days=2)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    settings.DEFAULT_FROM_EMAIL = "Pledges <digests@pledges.example>"
    with serving(settings) as box:
        yield box


def subscriber(email: str, frequency: str = "daily", scope: str = "all") -> Subscriber:
    return signup.add_confirmed(email, frequency, scope)


def overdue() -> None:
    make.commitment("Plant trees", due=MONDAY - dt.timedelta(days=3))


def states(outcome: deliver.Outcome) -> dict[str, str]:
    return {delivery.email: delivery.state for delivery in outcome.deliveries}


def later(**delta: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(**delta)


@pytest.mark.django_db
def test_confirmed_subscribers_get_one_mail_and_a_second_run_sends_nothing(mailbox: Mailbox) -> None:
    overdue()
    for name in ("a", "b"):
        subscriber(f"{name}@example.org")
    Subscriber.objects.create(email="waiting@example.org")
    signup.unsubscribe(subscriber("left@example.org"))

    first = deliver.send_for(MONDAY)
    second = deliver.send_for(MONDAY)

    assert states(first) == {"a@example.org": "sent", "b@example.org": "sent"}
    assert second.deliveries == []
    assert second.earlier == 2
    assert mailbox.addresses == ["a@example.org", "b@example.org"]


@pytest.mark.django_db
def test_nothing_overdue_or_due_soon_means_no_mail(mailbox: Mailbox) -> None:
    make.commitment("Later", due=MONDAY + dt.timedelta(days=31))
    subscriber("a@example.org")

    assert states(deliver.send_for(MONDAY)) == {"a@example.org": "nothing"}
    assert mailbox.received == []


@pytest.mark.django_db
def test_drafts_and_final_statuses_are_not_reminded_of(mailbox: Mailbox) -> None:
    make.commitment("Draft", due=MONDAY - dt.timedelta(days=3), publication="draft")
    subscriber("a@example.org")

    assert states(deliver.send_for(MONDAY)) == {"a@example.org": "nothing"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("runs", "mails"),
    [
        pytest.param([MONDAY, TUESDAY, WEDNESDAY], 1, id="monday, and then not again that week"),
        pytest.param([TUESDAY, WEDNESDAY], 1, id="monday missed, made up once"),
        pytest.param([MONDAY, MONDAY + dt.timedelta(days=7)], 2, id="each monday"),
        pytest.param([WEDNESDAY, MONDAY + dt.timedelta(days=7)], 2, id="late one week, on time the next"),
    ],
)
def test_weekly_ones_come_once_a_week(mailbox: Mailbox, runs: list[dt.date], mails: int) -> None:
    subscriber("w@example.org", "weekly")

    for day in runs:
        make.commitment(f"Made known by {day}", due=day)
        deliver.send_for(day)

    assert len(mailbox.received) == mails


@pytest.mark.django_db
def test_refused_for_now_waits_and_then_says_the_same_under_the_same_name(mailbox: Mailbox) -> None:
    overdue()
    subscriber("slow@example.org")
    subscriber("fine@example.org")
    mailbox.answers["slow@example.org"] = ["451 try later"]

    first = deliver.send_for(MONDAY)
    frozen = Digest.objects.get(subscriber__email="slow@example.org")
    make.commitment("Made known meanwhile", due=MONDAY)
    too_early = deliver.send_for(MONDAY)
    in_time = deliver.send_for(MONDAY, clock=lambda: later(minutes=5))

    assert states(first) == {"slow@example.org": "pending", "fine@example.org": "sent"}
    assert "451 try later" in frozen.error
    assert too_early.deliveries == []
    assert states(in_time) == {"slow@example.org": "sent"}
    (mail,) = mailbox.to("slow@example.org")
    assert mail["Message-ID"] == frozen.message_id
    assert "Made known meanwhile" not in mail.as_string()


@pytest.mark.django_db
def test_a_person_who_runs_it_again_does_not_wait(mailbox: Mailbox) -> None:
    overdue()
    subscriber("slow@example.org")
    mailbox.answers["slow@example.org"] = ["451 try later"]

    deliver.send_for(MONDAY)

    assert states(deliver.send_for(MONDAY, retry_now=True)) == {"slow@example.org": "sent"}


@pytest.mark.django_db
def test_refused_for_now_without_end_is_given_up(mailbox: Mailbox) -> None:
    overdue()
    subscriber("slow@example.org")
    mailbox.answers["slow@example.org"] = ["451 try later"] * 20

    for _ in range(12):
        deliver.send_for(MONDAY, retry_now=True)

    row = Digest.objects.get()
    assert row.state == "failed"
    assert row.attempts == len(sending.RETRY_AFTER) + 1
    assert "451 try later" in row.error


@pytest.mark.django_db
def test_refused_for_good_is_recorded_and_stops_nobody_else(mailbox: Mailbox) -> None:
    overdue()
    subscriber("gone@example.org")
    subscriber("fine@example.org")
    mailbox.answers["gone@example.org"] = ["550 no such mailbox"]

    outcome = deliver.send_for(MONDAY)
    again = deliver.send_for(MONDAY, retry_now=True)

    assert states(outcome) == {"gone@example.org": "failed", "fine@example.org": "sent"}
    assert "550 no such mailbox" in Digest.objects.get(subscriber__email="gone@example.org").error
    assert again.deliveries == []


@pytest.mark.django_db
def test_no_server_keeps_every_mail_for_the_next_run(mailbox: Mailbox, settings: Any) -> None:
    overdue()
    subscriber("a@example.org")
    subscriber("b@example.org")
    settings.EMAIL_PORT = 1

    outcome = deliver.send_for(MONDAY)
    with pytest.raises(CommandError, match="mail server cannot be used"):
        call_command("send_digests", date=MONDAY.isoformat(), stdout=StringIO())
    settings.EMAIL_PORT = mailbox.port
    deliver.send_for(MONDAY, clock=lambda: later(minutes=5))

    assert "mail server cannot be used" in outcome.unusable
    assert mailbox.addresses == ["a@example.org", "b@example.org"]


@pytest.mark.django_db
def test_no_answer_after_handing_over_is_sent_again_once_under_the_same_name(mailbox: Mailbox) -> None:
    overdue()
    subscriber("a@example.org")
    mailbox.drops = ["a@example.org"] * 5

    assert states(deliver.send_for(MONDAY)) == {"a@example.org": "sending"}
    assert deliver.send_for(MONDAY).deliveries == []
    deliver.send_for(MONDAY, clock=lambda: later(minutes=5))
    deliver.send_for(MONDAY, clock=lambda: later(minutes=10))
    deliver.send_for(MONDAY, clock=lambda: later(minutes=15))

    assert Digest.objects.get().state == "uncertain"
    assert len(mailbox.received) == 2
    assert len({mail["Message-ID"] for mail in mailbox.to("a@example.org")}) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["pending", "sending"])
def test_what_a_dead_process_had_claimed_is_finished_once_the_claim_ran_out(mailbox: Mailbox, state: str) -> None:
    overdue()
    owner = subscriber("a@example.org")
    frozen = {"subject": "S", "text": "T", "html": "<p>T</p>", "message_id": "<one@example.org>"}
    make.digest(owner, MONDAY, state=state, claimed_until=later(minutes=2), claimed_by=uuid.uuid4(), **frozen)

    assert deliver.send_for(MONDAY, retry_now=True).deliveries == []
    assert states(deliver.send_for(MONDAY, clock=lambda: later(minutes=3))) == {"a@example.org": "sent"}
    assert [mail["Message-ID"] for mail in mailbox.to("a@example.org")] == ["<one@example.org>"]


@pytest.mark.django_db
def test_who_leaves_before_the_retry_gets_nothing(mailbox: Mailbox) -> None:
    overdue()
    owner = subscriber("a@example.org")
    mailbox.answers["a@example.org"] = ["451 try later"]
    deliver.send_for(MONDAY)

    signup.unsubscribe(owner)

    assert states(deliver.send_for(MONDAY, retry_now=True)) == {"a@example.org": "withdrawn"}
    assert mailbox.received == []


def test_processes_at_once_send_one_mail_each(manage: Any, mailbox: Mailbox) -> None:
    server = {"EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}"}
    assert manage("migrate", "-v0").returncode == 0
    seed = (
        "import datetime as dt; from tests.commitments import make; from commitments.digests import signup;"
        "make.commitment('Plant trees', due=dt.date(2025, 6, 1));"
        "[signup.add_confirmed(f'p{n}@example.org', 'daily', 'all') for n in range(30)]"
    )
    assert manage("shell", "-c", seed).returncode == 0
    results: list[Any] = []
    threads = [
        threading.Thread(target=lambda: results.append(manage("send_digests", "--date", "2025-06-30", **server)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [result.returncode for result in results] == [0, 0, 0], [result.stderr for result in results]
    assert mailbox.addresses == sorted(f"p{n}@example.org" for n in range(30)), [result.stdout for result in results]


@pytest.mark.django_db
def test_the_command_shows_a_line_for_each_and_a_dry_run_sends_nothing(mailbox: Mailbox) -> None:
    overdue()
    subscriber("a@example.org")
    out = StringIO()

    call_command("send_digests", date="2025-06-30", dry_run=True, json=True, stdout=out)
    planned = json.loads(out.getvalue())
    assert Digest.objects.count() == 0
    assert mailbox.received == []
    assert [(d["email"], d["state"]) for d in planned["deliveries"]] == [("a@example.org", "would_send")]

    out = StringIO()
    call_command("send_digests", date="2025-06-30", stdout=out)
    assert out.getvalue().splitlines() == [
        "a@example.org  sent                   Pledgewatch: 1 commitment overdue: Plant trees",
        "2025-06-30: 1 sent.",
    ]


@pytest.mark.django_db
def test_a_date_that_is_none_is_refused_in_one_line() -> None:
    with pytest.raises(CommandError, match="“soon” is no date"):
        call_command("send_digests", date="soon")


@pytest.mark.django_db
def test_a_run_with_a_budget_leaves_the_rest_for_the_next(mailbox: Mailbox) -> None:
    overdue()
    for number in range(3):
        subscriber(f"p{number}@example.org")

    at_eight = dt.datetime(2025, 6, 30, 8, tzinfo=dt.UTC)
    Subscriber.objects.update(confirmed_at=at_eight - dt.timedelta(days=1))

    assert deliver.send_due(budget=dt.timedelta(0), clock=lambda: at_eight).deliveries == []
    assert len(deliver.send_due(clock=lambda: at_eight).deliveries) == 3
