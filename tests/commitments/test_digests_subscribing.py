from __future__ import annotations

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core import mail, signing
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.digests import allowance, links, signup
from commitments.models import Subscriber
from tests.commitments import make

pytestmark = pytest.mark.django_db

WANTED = {"email": "Jo@Example.ORG", "frequency": "weekly", "scope": "all"}


def link_in_mail() -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/subscribe/confirm/\S+)", str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def unsubscribe_link(subscriber: Subscriber) -> str:
    return links.unsubscribe_url(subscriber).removeprefix("http://127.0.0.1:8000")


def test_subscribing_takes_the_form_the_mail_and_a_button(client: Client) -> None:
    assert client.get("/subscribe/").status_code == 200
    assert client.post("/subscribe/", WANTED).status_code == 200
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.state) == ("Jo@example.org", "pending")

    client.get(link_in_mail())
    subscriber.refresh_from_db()
    assert subscriber.state == "pending", "a GET changes nothing"

    page = client.post(link_in_mail())
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.frequency) == ("confirmed", "weekly")
    assert "You are subscribed" in page.content.decode()


def test_the_answer_is_the_same_for_a_known_address_and_changes_nothing_yet(client: Client) -> None:
    signup.add_confirmed("jo@example.org", "daily", "all")

    known = client.post("/subscribe/", {**WANTED, "email": "jo@example.org"})
    unknown = client.post("/subscribe/", {**WANTED, "email": "al@example.org"})

    assert known.content.decode().replace("jo@", "al@") == unknown.content.decode()
    assert Subscriber.objects.get(email="jo@example.org").frequency == "daily"


def test_a_confirmed_subscriber_changes_frequency_by_confirming_again(client: Client) -> None:
    signup.add_confirmed("jo@example.org", "daily", "all")
    client.post("/subscribe/", {**WANTED, "email": "JO@example.org"})

    client.post(link_in_mail())

    assert Subscriber.objects.get().frequency == "weekly"


@pytest.mark.parametrize("email", ["", "jo", "jo@", "jo@example", "a b@example.org", "jo@example.org\nBcc: x@y.zz"])
def test_malformed_addresses_are_refused(client: Client, email: str) -> None:
    page = client.post("/subscribe/", {**WANTED, "email": email})

    assert page.status_code == 400
    assert not Subscriber.objects.exists()
    assert mail.outbox == []


def test_an_unknown_scope_is_refused(client: Client) -> None:
    assert client.post("/subscribe/", {**WANTED, "scope": "department:none"}).status_code == 400


def test_a_scope_in_the_address_is_named_and_kept(client: Client) -> None:
    make.commitment("Plant trees")

    page = client.get("/subscribe/?scope=commitment:plant-trees").content.decode()

    assert "“Plant trees”" in page
    assert 'value="commitment:plant-trees"' in page


@pytest.mark.parametrize("scope", ["department:\0", "search:\0", "\0", "commitment:" + "x" * 5000, "<script>"])
def test_a_scope_that_makes_no_sense_is_no_fault_of_ours(client: Client, scope: str) -> None:
    page = client.get("/subscribe/", {"scope": scope})

    assert page.status_code == 200
    assert "<script>" not in page.content.decode()


def test_a_confirmation_link_from_before_there_were_several_subscriptions_still_works(client: Client) -> None:
    client.post("/subscribe/", WANTED)
    payload = {"id": Subscriber.objects.get().pk, "frequency": "weekly", "scope": "all"}
    token = signing.dumps({**payload, "asked_at": timezone.now().isoformat()}, salt="commitments.digests.confirm")

    assert client.post(reverse("subscribe_confirm", args=[token])).status_code == 200
    assert Subscriber.objects.get().subscriptions.get().scope == "all"


def test_one_client_cannot_ask_without_end(client: Client) -> None:
    codes = [
        client.post("/subscribe/", {**WANTED, "email": f"p{number}@example.org"}).status_code
        for number in range(allowance.REQUESTS_OF_A_CLIENT + 1)
    ]

    assert codes == [200] * allowance.REQUESTS_OF_A_CLIENT + [429]


def test_one_address_is_not_flooded_and_nobody_is_told() -> None:
    codes = [
        Client(REMOTE_ADDR=f"192.0.2.{number}").post("/subscribe/", WANTED).status_code
        for number in range(allowance.MAILS_TO_AN_ADDRESS + 2)
    ]

    assert set(codes) == {200}
    assert len(mail.outbox) == allowance.MAILS_TO_AN_ADDRESS


def test_leaving_takes_a_post_and_no_cookie() -> None:
    subscriber = signup.add_confirmed("jo@example.org", "daily", "all")
    strict = Client(enforce_csrf_checks=True)

    page = strict.get(unsubscribe_link(subscriber))
    subscriber.refresh_from_db()
    assert subscriber.state == "confirmed", "a GET changes nothing"
    assert "jo@example.org" in page.content.decode()

    answer = strict.post(unsubscribe_link(subscriber), {"List-Unsubscribe": "One-Click"})
    subscriber.refresh_from_db()
    assert answer.status_code == 200
    assert subscriber.state == "unsubscribed"
    assert strict.post(unsubscribe_link(subscriber)).status_code == 200, "again is no fault"


def test_pages_behind_links_are_not_kept_and_not_passed_on(client: Client) -> None:
    subscriber = signup.add_confirmed("jo@example.org", "daily", "all")

    for page in (client.get(unsubscribe_link(subscriber)), client.post(unsubscribe_link(subscriber))):
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["Referrer-Policy"] == "no-referrer"


def test_an_old_confirmation_does_not_bring_back_who_left(client: Client) -> None:
    client.post("/subscribe/", WANTED)
    link = link_in_mail()
    client.post(link)
    signup.unsubscribe(Subscriber.objects.get())

    assert client.post(link).status_code == 410
    assert Subscriber.objects.get().state == "unsubscribed"

    client.post("/subscribe/", WANTED)
    client.post(link_in_mail())
    assert Subscriber.objects.get().state == "confirmed"


def test_links_run_out_cannot_be_made_up_and_serve_one_purpose(client: Client, time_machine: Any) -> None:
    client.post("/subscribe/", WANTED)
    confirm = link_in_mail()
    token = confirm.split("/")[-2]

    assert client.post(confirm.replace(token, f"{token}x")).status_code == 404
    assert client.post(reverse("unsubscribe", args=[token])).status_code == 404
    time_machine.move_to(timezone.now() + links.CONFIRM_LIVES * 1.01)
    assert client.post(confirm).status_code == 410
    assert Subscriber.objects.get().state == "pending"


def test_when_no_mail_can_be_sent_the_form_says_so(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    page = client.post("/subscribe/", WANTED)

    assert page.status_code == 503
    assert "try again later" in page.content.decode()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("add_subscriber", *arguments, stdout=out)
    return out.getvalue()


def test_staff_add_an_address_that_must_confirm_and_gets_only_that_mail() -> None:
    said = run("jo@example.org", "--frequency", "weekly")

    assert Subscriber.objects.get().state == "pending"
    assert len(mail.outbox) == 1
    assert "asks for confirmation" in said


def test_staff_add_one_that_has_agreed_and_no_mail_is_sent() -> None:
    said = json.loads(run("jo@example.org", "--confirmed", "--json"))

    assert said == {"email": "jo@example.org", "state": "confirmed", "frequency": "daily", "scope": "all"}
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "“nobody” is not a mail address"),
        (["jo@example.org", "--scope", "planet:mars"], "is no scope"),
        (["jo@example.org", "--scope", "department:none"], "There is no department “none”"),
    ],
)
def test_what_cannot_be_added_is_said_in_one_line(arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said) as refusal:
        run(*arguments)
    assert "\n" not in str(refusal.value)


def test_staff_cannot_bring_back_who_left() -> None:
    signup.unsubscribe(signup.add_confirmed("jo@example.org", "daily", "all"))

    with pytest.raises(CommandError, match="has unsubscribed"):
        run("jo@example.org", "--confirmed")
