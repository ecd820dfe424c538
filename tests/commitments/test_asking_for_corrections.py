"""Something wrong here? From the form to the answer and the page of corrections."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments import corrections, decisions
from commitments.models import AuditEntry, Commitment, CorrectionRequest, Definition, Reply
from commitments.tasks import answer_senders, forget_senders

from . import make

pytestmark = pytest.mark.django_db

SENT = {"wrong": "It was 9,500 trees, not 9,400.", "source": "https://trees.example/9500", "email": "ann@example.org"}


@pytest.fixture
def promise() -> Commitment:
    return make.commitment("Plant trees")


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.user())
    return client


def asked(about: Any, **changes: str) -> CorrectionRequest:
    return corrections.receive(about, **(SENT | {"client": "192.0.2.7"} | changes))


def decide(staff: Client, request: CorrectionRequest, **form: Any) -> str:
    address = reverse("admin:commitments_correctionrequest_decide", args=[request.pk])
    page = staff.post(address, {"upheld": "yes", "answer": "You are right.", "changed": "9,500.", **form}, follow=True)
    return page.content.decode()


def test_a_reader_finds_the_form_and_is_told_what_happens_next(client: Client, promise: Commitment) -> None:
    release = make.release("Trees were planted.")
    for thing in (promise, release):
        address = f"{thing.get_absolute_url()}correct/"
        assert address in client.get(thing.get_absolute_url()).content.decode()
        assert "What is wrong?" in client.get(address).content.decode()
        page = client.post(address, SENT, follow=True).content.decode()
        assert "is with our editors" in page
        assert "ann@example.org" not in page
    one, other = CorrectionRequest.objects.order_by("pk")
    assert (one.about, other.about) == (promise, release)
    assert (one.wrong, one.source, one.email) == tuple(SENT.values())


@pytest.mark.parametrize(
    ("sent", "said"), [({"wrong": " "}, "Say what is wrong"), ({"wrong": "x", "email": "ann"}, "no mail address")]
)
def test_a_form_that_cannot_be_taken_says_why(
    client: Client, promise: Commitment, sent: dict[str, str], said: str
) -> None:
    answer = client.post(f"{promise.get_absolute_url()}correct/", sent)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not CorrectionRequest.objects.exists()


def test_a_robot_that_fills_in_the_hidden_field_learns_nothing_and_leaves_nothing(
    client: Client, promise: Commitment
) -> None:
    page = client.post(
        f"{promise.get_absolute_url()}correct/", {**SENT, "website": "https://spam.example"}, follow=True
    )
    assert "is with our editors" in page.content.decode()
    assert not CorrectionRequest.objects.exists()


def test_one_network_sends_so_many_an_hour_and_others_go_on(client: Client, promise: Commitment) -> None:
    address = f"{promise.get_absolute_url()}correct/"
    for _ in range(corrections.REQUESTS_OF_A_CLIENT):
        assert client.post(address, SENT).status_code == 302
    refused = client.post(address, SENT)
    assert refused.status_code == 429
    assert "try again in an hour" in refused.content.decode()
    assert SENT["wrong"] in refused.content.decode()
    assert client.post(address, SENT, REMOTE_ADDR="192.0.2.8").status_code == 302


def test_drafts_have_no_form(client: Client) -> None:
    draft = make.commitment("Secret", publication="draft")
    assert client.get(f"{draft.get_absolute_url()}correct/").status_code == 404


def test_what_is_upheld_is_answered_and_on_the_page_of_corrections(staff: Client, promise: Commitment) -> None:
    request = asked(promise)
    assert "Corrections asked for" in staff.get(reverse("admin:index")).content.decode()
    page = staff.get(reverse("admin:commitments_correctionrequest_change", args=[request.pk])).content.decode()
    assert SENT["wrong"] in page
    assert "Decided" in decide(staff, request)
    answer_senders()
    (sent,) = mail.outbox
    assert sent.to == ["ann@example.org"]
    assert "You are right." in sent.body
    assert promise.get_absolute_url() in sent.body
    answer_senders()
    assert len(mail.outbox) == 1
    shown = Client().get("/corrections/").content.decode()
    assert "9,500." in shown
    assert "a reader told us" in shown
    assert SENT["wrong"] not in shown
    assert "meanwhile" in decide(staff, request, answer="Again.")


def test_what_is_not_upheld_is_answered_and_not_listed(staff: Client, promise: Commitment) -> None:
    decide(staff, asked(promise), upheld="no", answer="It says 9,400.", changed="")
    answer_senders()
    assert "It says 9,400." in mail.outbox[0].body
    assert promise.title not in Client().get("/corrections/").content.decode()


def test_without_an_address_nothing_is_sent(staff: Client, promise: Commitment) -> None:
    decide(staff, asked(promise, email=""))
    answer_senders()
    assert not mail.outbox


@pytest.mark.parametrize(
    ("form", "said"),
    [({"answer": ""}, "Answer to the sender"), ({"changed": " "}, "what was put right"), ({"upheld": ""}, "Is it so?")],
)
def test_a_decision_says_why_and_what_was_put_right(
    staff: Client, promise: Commitment, form: dict[str, str], said: str
) -> None:
    request = asked(promise)
    assert said in decide(staff, request, **form)
    request.refresh_from_db()
    assert request.state == "waiting"


def test_who_asked_is_forgotten_and_never_in_the_audit(staff: Client, promise: Commitment, settings: Any) -> None:
    settings.CORRECTION_ADDRESS_KEPT_DAYS = 30
    old, new = asked(promise), asked(promise, email="ben@example.org")
    decide(staff, old)
    CorrectionRequest.objects.filter(pk=old.pk).update(received_at=timezone.now() - dt.timedelta(days=31))
    forget_senders()
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.email, old.client_key) == ("", "")
    assert new.email == "ben@example.org"
    entries = AuditEntry.objects.filter(model="commitments.correctionrequest")
    assert entries.exists()
    assert not [entry for entry in AuditEntry.objects.all() if "example.org" in f"{entry.changes}{entry.name}"]


def test_corrections_of_ours_are_listed_with_what_they_put_right(staff: Client, promise: Commitment) -> None:
    editor, day = make.user(), dt.date(2025, 1, 1)
    wrong = decisions.change_status(promise, "on_track", editor, "It seemed so.", day)
    decisions.change_status(promise, "off_track", editor, "We misread it.", day, corrects=wrong)
    Definition.objects.create(
        commitment=promise,
        kind="editorial_correction",
        statement="Plant 40 trees.",
        note="We had written 400.",
        effective_from=day,
    )
    hidden = make.commitment("Secret", publication="draft")
    Definition.objects.create(commitment=hidden, kind="editorial_correction", statement="Hush.", effective_from=day)
    page = Client().get("/corrections/").content.decode()
    assert "We had said “On track”; it is “Off track”." in page
    assert "We had written 400." in page
    assert "Hush" not in page
    decide(staff, asked(promise), status_change=promise.status_changes.get(corrects=wrong).pk)
    page = Client().get("/corrections/").content.decode()
    assert page.count("We had said “On track”") == 1
    assert "a reader told us" in page


def test_the_page_of_corrections_asks_as_much_of_many_as_of_few(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        request = asked(make.commitment(f"Promise {number}"), client=f"192.0.2.{number}")
        corrections.decide(request, make.deed(), upheld=True, answer="Yes.", changed=f"Changed {number}.")
    with django_assert_max_num_queries(7):
        assert client.get("/corrections/?page=2").status_code == 200


def test_a_reply_stands_word_for_word_beside_the_verdict_that_it_disputes(client: Client, promise: Commitment) -> None:
    change = decisions.change_status(promise, "off_track", make.user(), "They are late.", dt.date(2025, 1, 1))
    words = "We do not accept this.\nTrees <grow> slowly."
    Reply.objects.create(
        status_change=change,
        who="Ministry press office",
        received_on="2025-01-03",
        words=words,
        recorded_by=make.user(),
    )
    page = client.get(promise.get_absolute_url()).content.decode()
    assert "Ministry press office disputes this" in page
    assert "We do not accept this.<br>Trees &lt;grow&gt; slowly." in page
