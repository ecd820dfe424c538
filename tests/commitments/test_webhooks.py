"""Tools of the desk are told of what happens: once, signed, and however often their server fails."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments import tasks
from commitments.models import AuditEntry, Goalpost, Webhook, WebhookMessage
from commitments.webhooks import events, sending
from tests.commitments import make
from tests.commitments.receiver import Receiver, receiving
from tracker.models import Poll, Source

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def receiver(loopback_allowed: None) -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def hook(receiver: Receiver | None = None, **fields: Any) -> Webhook:
    defaults = {"name": "Newsroom", "url": receiver.url if receiver else "https://hooks.example/x", "on_source": True}
    since = timezone.now() - dt.timedelta(hours=1)
    return Webhook.objects.create(**{**defaults, "since": since, **fields})


def later(minutes: float) -> Any:
    return lambda: timezone.now() + dt.timedelta(minutes=minutes)


def failing(name: str = "Ministry news") -> Source:
    source = make.source(name, consecutive_failures=1)
    now = timezone.now()
    Poll.objects.create(source=source, started_at=now, finished_at=now, outcome="failed", detail="No answer.")
    return source


# What is told.


def test_each_event_is_told_once_with_what_it_is_about_and_where_to_look(receiver: Receiver) -> None:
    hook(receiver)
    commitment = make.commitment("Plant trees", due=TODAY() - dt.timedelta(days=1))
    piece = make.evidence(commitment, make.release("They planted 40 trees."), score=0.97)
    goalpost = Goalpost.objects.create(
        evidence=piece, definition=commitment.first_definition, aspect="date", said="by 2030"
    )
    source = failing("Broken news")
    for _ in range(3):
        tasks.tell_webhooks()
    told = {one["event"]: one for one in receiver.bodies}
    assert len(receiver.received) == 4
    assert told.keys() == {"suggestion", "goalpost", "overdue", "source"}
    assert told["suggestion"]["commitment"] == commitment.reference
    assert "They planted 40 trees." in told["suggestion"]["text"]
    assert told["suggestion"]["url"].endswith(f"/admin/commitments/evidence/{piece.pk}/change/")
    assert told["goalpost"]["url"].endswith(f"/admin/commitments/goalpost/{goalpost.pk}/change/")
    assert "by 2030" in told["goalpost"]["text"]
    assert "It was due" in told["overdue"]["text"]
    assert told["source"]["title"] == f"{source}: failing"
    assert told["source"]["text"] == "No answer."


def test_what_is_no_such_event_is_not_told() -> None:
    hook()
    commitment = make.commitment("Plant trees", due=TODAY() + dt.timedelta(days=1))
    make.evidence(commitment, make.release("They may have planted."), score=0.5)
    make.commitment("Draft", due=TODAY() - dt.timedelta(days=1), publication="draft")
    make.commitment("Long overdue", due=TODAY() - dt.timedelta(days=40))
    make.evidence(commitment, make.release("Before."), score=0.99, suggested_at=timezone.now() - dt.timedelta(hours=2))
    make.source("Well")
    assert events.note(timezone.now()) == 0


def test_only_chosen_events_of_a_webhook_that_is_on_are_told() -> None:
    chosen = hook(on_goalpost=False, on_suggestion=False, on_source=False)
    hook(name="Off", is_on=False)
    commitment = make.commitment(due=TODAY() - dt.timedelta(days=1))
    make.evidence(commitment, make.release("They planted 40 trees."), score=0.97)
    failing()
    events.note(timezone.now())
    assert [(one.webhook, one.event) for one in WebhookMessage.objects.all()] == [(chosen, "overdue")]


def test_a_webhook_of_a_person_is_told_of_what_they_own_or_watch() -> None:
    ada = make.user("ada")
    hook(person=ada)
    owned, watched, other = make.commitment(owner=ada), make.commitment(), make.commitment()
    watched.watchers.add(ada)
    for one in (owned, watched, other):
        make.evidence(one, make.release(f"Of {one.reference}."), score=0.97)
    events.note(timezone.now())
    assert {one.body["commitment"] for one in WebhookMessage.objects.all()} == {owned.reference, watched.reference}


def test_a_deadline_that_moves_and_passes_again_is_told_again() -> None:
    hook()
    commitment = make.commitment(due=TODAY() - dt.timedelta(days=1))
    events.note(timezone.now())
    make.Definition.objects.create(
        commitment=commitment,
        kind="date_change",
        statement="Later.",
        effective_from=TODAY(),
        deadline_earliest=TODAY() + dt.timedelta(days=3),
        deadline_latest=TODAY() + dt.timedelta(days=3),
    )
    assert events.note(timezone.now() + dt.timedelta(days=1)) == 0
    assert events.note(timezone.now() + dt.timedelta(days=4)) == 1


def test_a_source_is_told_anew_when_it_fails_again_after_it_was_well() -> None:
    hook()
    source = failing()
    assert events.note(timezone.now()) == 1
    failing()
    assert events.note(timezone.now()) == 0
    now = timezone.now()
    Poll.objects.create(source=source, started_at=now, finished_at=now, outcome="new")
    failing()
    assert events.note(timezone.now()) == 1


# How it is said.


@pytest.mark.parametrize("shape", Webhook.Shape.values)
def test_each_shape_is_what_its_receiver_takes(receiver: Receiver, shape: str) -> None:
    hook(receiver, shape=shape)
    commitment = make.commitment("Plant <b>trees</b> & shrubs")
    make.evidence(commitment, make.release("Trees <script> & shrubs. " * 60), score=0.97)
    tasks.tell_webhooks()
    (body,) = receiver.bodies
    if shape == "slack":
        words = body["blocks"][0]["text"]["text"]
        assert "&lt;b&gt;trees&lt;/b&gt; &amp; shrubs" in words
        assert words.startswith("*<http://127.0.0.1:8000/admin/")
        assert len(words) < 3000
    elif shape == "teams":
        card = body["attachments"][0]["content"]
        assert (body["type"], card["type"]) == ("message", "AdaptiveCard")
        assert card["actions"][0]["url"].startswith("http://127.0.0.1:8000/admin/")
    else:
        assert body["event"] == "suggestion"
        assert len(body["text"]) <= 600


def test_a_message_is_signed_over_time_and_body_so_that_its_receiver_can_check_it(receiver: Receiver) -> None:
    webhook = hook(receiver)
    failing()
    tasks.tell_webhooks()
    ((headers, body),) = receiver.received
    timestamp, signed = (part.partition("=")[2] for part in headers["Pledgewatch-Signature"].split(","))
    expected = hmac.new(webhook.secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signed, expected)
    assert abs(int(timestamp) - timezone.now().timestamp()) < 60
    assert headers["Pledgewatch-Event"] == "source"
    assert headers["Pledgewatch-Number"] == str(WebhookMessage.objects.get().number)


# However their server fails.


@pytest.mark.parametrize("answer", [500, 404, 302, "cut", "hang"])
def test_what_did_not_arrive_is_sent_again_the_same_and_later(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, answer: int | str
) -> None:
    monkeypatch.setattr(sending, "DEADLINE_SECONDS", 1.0)
    hook(receiver)
    failing()
    receiver.answers = [answer]
    tasks.tell_webhooks()
    message = WebhookMessage.objects.get()
    assert (message.state, message.attempts) == ("waiting", 1)
    assert message.error
    tasks.tell_webhooks()
    assert len(receiver.received) == 1, "not before its time"
    sending.send(later(2))
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error, message.answer) == ("sent", 2, "", 200)
    (_, first), (_, second) = receiver.received
    assert first == second
    numbers = {headers["Pledgewatch-Number"] for headers, _ in receiver.received}
    assert numbers == {str(message.number)}


def test_what_never_arrives_is_tried_ever_more_rarely_given_up_and_can_be_sent_again(
    receiver: Receiver, client: Client
) -> None:
    hook(receiver)
    failing()
    receiver.answers = [503] * 20
    events.note(timezone.now())
    minutes, waits = 0.0, []
    while WebhookMessage.objects.get().state == "waiting":
        sending.send(later(minutes))
        message = WebhookMessage.objects.get()
        if message.state == "waiting" and message.retry_at:
            waits.append((message.retry_at - timezone.now()).total_seconds() / 60 - minutes)
            minutes += waits[-1] + 0.1
    assert [round(wait) for wait in waits] == [1, 5, 15, 60, 240, 720, 1200]
    assert message.state == "failed"
    assert message.error == "Given up after 8 attempts: It answered 503."
    receiver.answers = []
    client.force_login(make.user())
    log = reverse("admin:commitments_webhookmessage_changelist")
    client.post(log, {"action": "send_again", "_selected_action": [message.pk]})
    tasks.tell_webhooks()
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_worker_that_died_with_a_message_in_hand_is_followed_by_another(receiver: Receiver) -> None:
    hook(receiver)
    failing()
    events.note(timezone.now())
    WebhookMessage.objects.update(claimed_until=timezone.now() + sending.CLAIM_LASTS)
    assert sending.send() == sending.Sent(0, 0)
    assert sending.send(later(3)) == sending.Sent(1, 0)


@pytest.mark.many_writers
@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_send_each_message_once(receiver: Receiver) -> None:
    hook(receiver)
    for number in range(12):
        failing(f"Source {number}")
    events.note(timezone.now())

    def work() -> None:
        try:
            sending.send()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(receiver.received) == 12
    assert len({headers["Pledgewatch-Number"] for headers, _ in receiver.received}) == 12


def test_nothing_is_sent_to_a_private_address_unless_it_is_let_through(settings: Any) -> None:
    with receiving() as receiver:
        hook(receiver)
        failing()
        tasks.tell_webhooks()
        assert receiver.received == []
        assert "FETCH_ALLOW_NETWORKS" in WebhookMessage.objects.get().error
        Webhook.objects.update(url="http://127.0.0.1/x")
        sending.send(later(2))
        assert "not at a public address" in WebhookMessage.objects.get().error


# In the admin.


def test_a_manager_keeps_webhooks_and_tries_them(receiver: Receiver, client: Client) -> None:
    client.force_login(make.user())
    added = client.post(
        reverse("admin:commitments_webhook_add"),
        {"name": "Desk", "url": receiver.url, "shape": "json", "secret": "between us", "is_on": "on"},
    )
    assert added.status_code == 302, added.context["errors"]
    webhook = Webhook.objects.get()
    page = client.post(reverse("admin:commitments_webhook_try", args=[webhook.pk]), follow=True).content.decode()
    assert "It arrived: Desk answered 200." in page
    assert receiver.bodies[0]["event"] == "test"
    receiver.answers = [410]
    page = client.post(reverse("admin:commitments_webhook_try", args=[webhook.pk]), follow=True).content.decode()
    assert "It did not arrive. It answered 410." in page
    log = client.get(reverse("admin:commitments_webhookmessage_changelist"), {"state": "sent"})
    assert log.context["cl"].result_count == 1
    assert "between us" not in json.dumps(list(AuditEntry.objects.values_list("changes", flat=True)))


@pytest.mark.parametrize("url", ["ftp://hooks.example/x", "https://me:secret@hooks.example/x"])
def test_an_address_that_nothing_could_be_sent_to_is_refused_with_the_reason(client: Client, url: str) -> None:
    client.force_login(make.user())
    page = client.post(
        reverse("admin:commitments_webhook_add"), {"name": "Desk", "url": url, "shape": "json", "secret": "x"}
    )
    assert page.status_code == 200
    assert page.context["errors"]
    assert not Webhook.objects.exists()
