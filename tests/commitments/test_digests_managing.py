"""What subscribers do on the page of their settings, behind the link in their mails."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.digests import allowance, keyed_hashes, links, signup
from commitments.models import AuditEntry, Digest, Erasure, Subscriber
from commitments.tasks import forget_subscribers
from tests.commitments import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def jo() -> Subscriber:
    return signup.add_confirmed("jo@example.org", "weekly", "all")


def path(address: str) -> str:
    return address.removeprefix("http://127.0.0.1:8000")


def do(subscriber: Subscriber, what: str, **fields: Any) -> Any:
    """Send one of the page's forms, as a browser without cookies; the subscriber is as it is afterwards."""
    page = path(links.manage_url(subscriber))
    answer = Client(enforce_csrf_checks=True).post(page, {"do": what, **fields})
    if Subscriber.objects.filter(pk=subscriber.pk).exists():
        subscriber.refresh_from_db()
    return answer


def link_in_mail(kind: str) -> str:
    found = re.search(rf"http://127\.0\.0\.1:8000(/subscribe/{kind}/\S+)", str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def scopes(subscriber: Subscriber) -> list[str]:
    return [each.scope for each in subscriber.subscriptions.all()]


def test_looking_changes_nothing_and_is_neither_kept_nor_passed_on(client: Client, jo: Subscriber) -> None:
    before = Subscriber.objects.values().get()

    for each in ("", "?do=leave", "?do=erase&sure=1", "held.json"):
        answer = client.get(path(links.manage_url(jo)) + each)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"

    assert Subscriber.objects.values().get() == before


def test_subscriptions_are_added_and_ended_and_with_the_last_one_has_left(jo: Subscriber) -> None:
    make.commitment("Plant trees")
    assert do(jo, "add", **{"add-scope": "search", "add-words": "trees"}).status_code == 302
    assert do(jo, "add", **{"add-scope": "commitment:plant-trees"}).status_code == 302
    assert scopes(jo) == ["all", "search:trees", "commitment:plant-trees"]

    for each in jo.subscriptions.all():
        assert jo.state == "confirmed"
        do(jo, "remove", key=each.pk)

    assert jo.state == "unsubscribed"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"add-scope": "department:none"}, "There is no department “none”"),
        ({"add-scope": "search"}, "Write what to search for"),
        ({"add-scope": "all", "add-words": "trees"}, "or leave the words out"),
    ],
)
def test_what_cannot_be_added_is_said(jo: Subscriber, fields: dict[str, str], said: str) -> None:
    answer = do(jo, "add", **fields)

    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert scopes(jo) == ["all"]


def test_nobody_can_end_the_subscription_of_another(jo: Subscriber) -> None:
    al = signup.add_confirmed("al@example.org", "weekly", "all")

    do(jo, "remove", key=al.subscriptions.get().pk)

    assert scopes(al) == scopes(jo) == ["all"]


def test_how_often_and_in_which_time_zone(jo: Subscriber) -> None:
    do(jo, "settings", frequency="at_once", time_zone="Pacific/Auckland", quiet_note="on")

    assert (jo.frequency, jo.time_zone, jo.quiet_note) == ("at_once", "Pacific/Auckland", True)
    assert str(jo.zone) == "Pacific/Auckland"
    assert do(jo, "settings", frequency="daily", time_zone="Mars/Olympus").status_code == 400
    assert jo.frequency == "at_once"


@pytest.mark.parametrize(("weeks", "days_mailed_again"), [("2", 15), ("", None)])
def test_a_pause_ends_by_itself_or_when_resumed(jo: Subscriber, weeks: str, days_mailed_again: int | None) -> None:
    do(jo, "pause", weeks=weeks)

    now = timezone.now()
    assert not Subscriber.objects.to_be_mailed(now).exists()
    later = now + dt.timedelta(days=days_mailed_again or 999)
    assert Subscriber.objects.to_be_mailed(later).exists() is (days_mailed_again is not None)
    do(jo, "resume")
    assert Subscriber.objects.to_be_mailed(now).exists()


def test_another_address_says_yes_the_old_one_is_told_and_old_links_die(client: Client, jo: Subscriber) -> None:
    old_page = path(links.manage_url(jo))
    do(jo, "address", **{"new-email": "Jo@New.example"})
    assert mail.outbox[-1].to == ["Jo@new.example"]
    link = link_in_mail("move")
    client.get(link)
    jo.refresh_from_db()
    assert jo.email == "jo@example.org", "a GET changes nothing"

    assert client.post(link).status_code == 200

    jo.refresh_from_db()
    assert (jo.email, jo.moving_to) == ("Jo@new.example", "")
    assert mail.outbox[-1].to == ["jo@example.org"]
    assert "new.example" not in str(mail.outbox[-1].body), "whoever reads the old mailbox is not told the new address"
    assert client.get(old_page).status_code == 404
    assert client.post(link).status_code == 404, "used"
    assert client.get(path(links.manage_url(jo))).status_code == 200


def test_only_the_last_address_asked_for_can_say_yes(client: Client, jo: Subscriber) -> None:
    do(jo, "address", **{"new-email": "one@new.example"})
    first = link_in_mail("move")
    do(jo, "address", **{"new-email": "two@new.example"})

    assert client.post(first).status_code == 410


def test_moving_to_an_address_that_is_subscribed_answers_alike_and_changes_nothing(
    client: Client, jo: Subscriber
) -> None:
    signup.add_confirmed("al@example.org", "daily", "all")

    known = do(jo, "address", **{"new-email": "al@example.org"})
    unknown = do(jo, "address", **{"new-email": "li@example.org"})
    leads_to = {answer.headers["Location"].partition("?")[2] for answer in (known, unknown)}  # the link is signed anew
    assert leads_to == {"done=address"}
    do(jo, "address", **{"new-email": "al@example.org"})

    assert "gets mails of its own already" in client.post(link_in_mail("move")).content.decode()
    assert Subscriber.objects.count() == 2


def test_erased_is_gone_with_its_mails_and_leaves_a_proof_that_does_not_name_it(client: Client, jo: Subscriber) -> None:
    page = path(links.manage_url(jo))
    make.digest(jo, timezone.localdate())
    assert do(jo, "erase").status_code == 400, "not without being sure"

    answer = do(jo, "erase", sure="1")

    proof = Erasure.objects.get()
    assert proof.address_key in answer.content.decode()
    assert (proof.why, proof.address_key) == ("asked", keyed_hashes.of_address("JO@example.org"))
    assert not Subscriber.objects.exists()
    assert not Digest.objects.exists()
    assert client.get(page).status_code == 404
    assert "jo@example" not in str(list(AuditEntry.objects.values()))
    with pytest.raises(signup.HasLeft):
        signup.add_confirmed("jo@example.org", "daily", "all")
    with pytest.raises(signup.HasLeft):
        signup.ask_by_staff("jo@example.org", "daily", "all")


def test_an_erased_address_is_known_under_a_new_key_and_comes_back_by_itself(
    client: Client, jo: Subscriber, settings: Any
) -> None:
    do(jo, "erase", sure="1")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, long enough for all", [settings.SECRET_KEY]
    with pytest.raises(signup.HasLeft):
        signup.add_confirmed("jo@example.org", "daily", "all")

    client.post("/subscribe/", {"email": "jo@example.org", "frequency": "daily", "scope": "all"})
    client.post(link_in_mail("confirm"))

    assert Subscriber.objects.to_be_mailed(timezone.now()).exists()


def test_all_that_is_held_can_be_taken_away(client: Client, jo: Subscriber) -> None:
    make.digest(jo, dt.date(2025, 6, 30), text="Plant trees is late.")

    held = client.get(path(links.manage_url(jo)) + "held.json").json()

    assert held["email"] == "jo@example.org"
    assert [each["scope"] for each in held["subscriptions"]] == ["all"]
    assert held["mails"][0]["text"] == "Plant trees is late."


def test_a_link_runs_out_holds_under_a_new_key_and_opens_nothing_else(
    client: Client, jo: Subscriber, settings: Any, time_machine: Any
) -> None:
    link = path(links.manage_url(jo))
    token = link.split("/")[-2]
    assert client.get(reverse("subscribe_move", args=[token])).status_code == 404
    assert client.get(reverse("unsubscribe", args=[token])).status_code == 404
    assert client.get(path(links.unsubscribe_url(jo)).replace("unsubscribe", "manage")).status_code == 404
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key, long enough for all of this"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert client.get(link).status_code == 200
    time_machine.move_to(timezone.now() + links.MANAGE_LIVES * 1.01)
    assert client.get(link).status_code == 410


def test_the_link_is_sent_to_whoever_asks_and_the_answer_is_the_same_for_all(client: Client, jo: Subscriber) -> None:
    known = client.post("/subscribe/settings/", {"email": "JO@example.org"})
    assert client.get(link_in_mail("manage")).status_code == 200
    unknown = client.post("/subscribe/settings/", {"email": "AL@example.org"})

    assert known.content.decode().replace("JO@", "AL@") == unknown.content.decode()
    assert mail.outbox[-1].to == ["AL@example.org"]
    assert "/subscribe/manage/" not in str(mail.outbox[-1].body)
    assert not Subscriber.objects.filter(email__iexact="al@example.org").exists()


def test_malformed_addresses_are_refused_in_words(client: Client, jo: Subscriber) -> None:
    for answer in (client.post("/subscribe/settings/", {"email": "jo@"}), do(jo, "address", **{"new-email": "jo@"})):
        assert answer.status_code == 400
        assert "It should look like name@example.org" in answer.content.decode()


def test_spellings_of_one_mailbox_share_its_limit() -> None:
    for number, email in enumerate(("jo", "j.o", "jo+a", "JO+b", "j.o+c")):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        assert client.post("/subscribe/settings/", {"email": f"{email}@example.org"}).status_code == 200

    assert len(mail.outbox) == allowance.MAILS_TO_AN_ADDRESS


def test_a_network_of_the_new_kind_counts_as_one_client() -> None:
    codes = [
        Client(REMOTE_ADDR=f"2001:db8::{number:x}")
        .post("/subscribe/settings/", {"email": f"p{number}@example.org"})
        .status_code
        for number in range(allowance.REQUESTS_OF_A_CLIENT + 1)
    ]

    assert codes[-2:] == [200, 429]


def test_all_together_cannot_make_us_flood_the_world(settings: Any) -> None:
    settings.SUBSCRIBE_MAILS_PER_HOUR = 2
    codes = [
        Client(REMOTE_ADDR=f"192.0.2.{number}")
        .post("/subscribe/", {"email": f"p{number}@example.org", "frequency": "daily"})
        .status_code
        for number in range(3)
    ]

    assert codes == [200, 200, 429]
    assert len(mail.outbox) == 2


def test_a_suppressed_address_gets_nothing_and_nobody_outside_is_told(client: Client, jo: Subscriber) -> None:
    Subscriber.objects.update(suppressed_at=timezone.now(), suppressed_because="550 no such mailbox")

    for page in ("/subscribe/", "/subscribe/settings/"):
        answer = client.post(page, {"email": "jo@example.org", "frequency": "daily", "scope": "all"})
        assert answer.status_code == 200

    assert mail.outbox == []
    with pytest.raises(signup.IsSuppressed, match="no such mailbox"):
        signup.ask_by_staff("jo@example.org", "daily", "all")


def test_staff_suppress_with_a_reason_and_lift_it(admin_client: Client, jo: Subscriber) -> None:
    page = reverse("admin:commitments_subscriber_change", args=[jo.pk])
    rows = {"subscriptions-TOTAL_FORMS": 0, "subscriptions-INITIAL_FORMS": 0}
    form = {"email": jo.email, "frequency": "weekly", **rows}

    admin_client.post(page, {**form, "suppressed_because": "They complained by phone."})
    assert not Subscriber.objects.to_be_mailed(timezone.now()).exists()
    admin_client.post(page, {**form, "suppressed_because": ""})
    assert Subscriber.objects.to_be_mailed(timezone.now()).exists()


def test_staff_erase_with_proof_and_find_it_by_the_address(admin_client: Client, jo: Subscriber) -> None:
    admin_client.post(reverse("admin:commitments_subscriber_delete", args=[jo.pk]), {"post": "yes"})

    proof = Erasure.objects.get()
    assert (proof.why, str(proof.by)) == ("staff", "admin")
    found = reverse("admin:commitments_erasure_changelist")
    assert proof.address_key in admin_client.get(found, {"q": "Jo@example.org"}).content.decode()
    assert proof.address_key not in admin_client.get(found, {"q": "al@example.org"}).content.decode()


def test_who_never_confirmed_is_erased_and_who_left_becomes_a_proof(settings: Any, time_machine: Any) -> None:
    settings.SUBSCRIBERS_PENDING_KEPT_DAYS, settings.SUBSCRIBERS_LEFT_KEPT_DAYS = 30, 60
    signup.ask("never@example.org", "daily", "all")
    signup.unsubscribe(signup.add_confirmed("left@example.org", "daily", "all"))
    signup.add_confirmed("stays@example.org", "daily", "all")
    begun = timezone.now()

    remaining = []
    for days in (29, 31, 61):
        time_machine.move_to(begun + dt.timedelta(days=days))
        forget_subscribers()
        remaining.append(Subscriber.objects.count())

    assert remaining == [3, 2, 1]
    assert Erasure.objects.get().why == "left"
    with pytest.raises(signup.HasLeft):
        signup.add_confirmed("left@example.org", "daily", "all")
