"""Who somebody is cannot be planted, guessed, carried over or claimed by a header, and a link opens one thing alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth import hashers
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlsafe_base64_encode

from commitments.digests import allowance, links, signup
from commitments.models import CorrectionRequest, Subscriber
from commitments.opendata import paging
from tests.commitments import make
from tests.commitments.open_record import Record
from tests.commitments.signing_in import PASSWORD, person
from tests.commitments.signing_in import give_password as sign_in

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def ann() -> User:
    return person()


# Sessions.


def test_a_session_that_was_planted_before_is_another_after_signing_in(ann: User) -> None:
    client = Client()
    client.cookies["sessionid"] = "planted0planted0planted0planted0"
    sign_in(client)
    assert client.cookies["sessionid"].value != "planted0planted0planted0planted0"
    thief = Client()
    thief.cookies["sessionid"] = "planted0planted0planted0planted0"
    assert thief.get("/admin/").status_code == 302


def test_a_session_of_before_is_another_after_signing_in(ann: User) -> None:
    client = Client()
    sign_in(client)
    first = client.cookies["sessionid"].value
    sign_in(client)
    assert client.cookies["sessionid"].value != first


def test_signing_out_ends_it_on_the_server(ann: User) -> None:
    client = Client()
    sign_in(client)
    copied = client.cookies["sessionid"].value
    client.post("/admin/logout/")
    thief = Client()
    thief.cookies["sessionid"] = copied
    assert thief.get("/admin/").status_code == 302


def test_a_new_password_ends_all_other_sessions(ann: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    sent = {"old_password": PASSWORD, "new_password1": "pasture-wye-1357", "new_password2": "pasture-wye-1357"}
    assert here.post("/admin/password_change/", sent).status_code == 302
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302


@pytest.mark.parametrize("where", ["?sessionid={}", "?session={}", ";jsessionid={}"])
def test_a_session_in_an_address_is_no_session(ann: User, where: str) -> None:
    client = Client()
    sign_in(client)
    key = client.cookies["sessionid"].value
    assert Client().get(f"/admin/{where.format(key)}").status_code in {302, 404}


def test_cookies_go_over_the_right_wires_alone(ann: User, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get("/admin/login/", secure=True)
    sign_in(client, secure=True)
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax"), name
        assert (cookie["domain"], cookie["path"]) == ("", "/")


# Guessing.

CLAIMED = [
    "X-Forwarded-For",
    "X-Real-IP",
    "X-Client-IP",
    "Forwarded",
    "True-Client-IP",
    "CF-Connecting-IP",
    "Client-IP",
]


@pytest.mark.parametrize("header", CLAIMED)
def test_no_header_gives_more_tries_at_a_password(ann: User, header: str) -> None:
    for number in range(5):
        sign_in(Client(), "wrong", headers={header: f"203.0.113.{number}"})
    assert sign_in(Client(), headers={header: "203.0.113.99"}).status_code == 429


@pytest.mark.parametrize("header", CLAIMED)
def test_no_header_gives_more_requests_for_data(record: Record, settings: Any, header: str) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    with time_machine.travel(NOON, tick=False):
        answers = [Client().get("/api/v1/", headers={header: f"203.0.113.{n}"}).status_code for n in range(4)]
    assert answers[-1] == 429


@pytest.mark.parametrize("header", CLAIMED)
def test_no_header_lets_one_client_write_more_corrections(record: Record, header: str) -> None:
    for number in range(6):
        answer = Client().post(
            "/commitments/plant-trees/correct/", {"wrong": "x"}, headers={header: f"203.0.113.{number}"}
        )
    assert answer.status_code == 429
    assert CorrectionRequest.objects.count() == 5


@pytest.mark.parametrize("header", CLAIMED)
def test_no_header_lets_one_client_have_more_people_mailed(mailoutbox: Any, header: str) -> None:
    for number in range(11):
        sent = {"email": f"{number}@example.org", "frequency": "daily", "scope": "all"}
        answer = Client().post("/subscribe/", sent, headers={header: f"203.0.113.{number}"})
    assert answer.status_code == 429
    assert len(mailoutbox) == 10


@pytest.mark.parametrize(
    "claimed", ["9.9.9.9, 198.51.100.7", "198.51.100.7", "x, y, 198.51.100.7", "9.9.9.9,198.51.100.7 "]
)
def test_behind_a_proxy_only_what_the_proxy_wrote_counts(ann: User, settings: Any, claimed: str) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(5):
        sign_in(Client(), "wrong", headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"})
    assert sign_in(Client(), headers={"X-Forwarded-For": claimed}).status_code == 429


@pytest.mark.parametrize("name", ["Ann", "ANN", " ann", "ann ", "ａｎｎ", "ann\u200b", "ann\x00"])
def test_no_spelling_of_a_name_gets_in_or_is_a_fault(attacker: Client, ann: User, name: str) -> None:
    assert sign_in(attacker, "wrong", name=name).status_code in {200, 429}


def test_a_mailbox_is_not_flooded_from_many_addresses(mailoutbox: Any, db: None) -> None:
    for number in range(6):
        sent = {"email": "jo@example.org", "frequency": "daily", "scope": "all"}
        Client().post("/subscribe/", sent, REMOTE_ADDR=f"203.0.113.{number}")
    assert len(mailoutbox) == allowance.MAILS_TO_AN_ADDRESS


# What an answer gives away.


def work_of(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> tuple[int, Any]:
    """How many passwords were hashed, which is what takes the time, and the answer."""
    made: list[str] = []
    real = hashers.MD5PasswordHasher.encode
    with monkeypatch.context() as patched:
        patched.setattr(
            hashers.MD5PasswordHasher, "encode", lambda self, *given: made.append("x") or real(self, *given)
        )
        answer = act()
    return len(made), answer


@pytest.mark.parametrize("who", ["nobody", "disabled", "reader"])
def test_a_name_that_cannot_sign_in_takes_the_work_and_words_of_one_that_can(
    monkeypatch: pytest.MonkeyPatch, ann: User, who: str
) -> None:
    for name, fields in {"disabled": {"is_active": False}, "reader": {"is_staff": False}}.items():
        User.objects.create_user(name, password=PASSWORD, **fields)
    known, said = work_of(monkeypatch, lambda: sign_in(Client(), "wrong"))
    other, told = work_of(monkeypatch, lambda: sign_in(Client(), "wrong", name=who))
    assert known == other == 1
    assert said.context["errors"] == told.context["errors"]


def test_a_known_subscriber_takes_nearly_the_work_of_a_new_one(mailoutbox: Any) -> None:
    """A mail is sent to either, which is what takes the time."""
    signup.add_confirmed("known@example.org", "daily", "all")
    asked = []
    for address in ("known@example.org", "new@example.org"):
        with CaptureQueriesContext(connection) as queries:
            Client().post("/subscribe/", {"frequency": "daily", "scope": "all", "email": address})
        asked.append(len(queries))
    assert [mail.to for mail in mailoutbox] == [["known@example.org"], ["new@example.org"]]
    assert abs(asked[0] - asked[1]) <= 4


# Links.


def confirm_token(**changed: Any) -> str:
    person = Subscriber.objects.create(email="jo@example.org")
    payload = {"id": person.pk, "frequency": "daily", "scope": "all", "asked_at": "2026-03-02T12:00:00+00:00"}
    return signing.dumps({**payload, **changed}, salt="commitments.digests.confirm")


TAMPERED: dict[str, Callable[[str], str]] = {
    "cut": lambda token: token[:-1],
    "another letter": lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
    "no signature": lambda token: token.rpartition(":")[0],
    "another time": lambda token: ":".join([token.split(":")[0], "1zzzzz", token.split(":")[2]]),
    "other words": lambda token: "eyJpZCI6MX0" + token[token.index(":") :],
    "another key": lambda token: signing.dumps({"id": 1}, key="another", salt="commitments.digests.confirm"),
    "another purpose": lambda token: signing.dumps({"id": 1}, salt="commitments.digests.unsubscribe"),
    "no purpose": lambda token: signing.dumps({"id": 1}),
    "a cursor": lambda token: paging.write_cursor("changes", [1]),
    "packed": lambda token: "." + token,
    "empty": lambda token: ":",
    "words": lambda token: "confirm",
}


@pytest.mark.parametrize("tampered", TAMPERED.values(), ids=TAMPERED)
def test_a_changed_link_confirms_nobody(attacker: Client, tampered: Callable[[str], str]) -> None:
    token = tampered(confirm_token())
    for act in (attacker.get, attacker.post):
        assert act(f"/subscribe/confirm/{token}/").status_code == 404
    assert Subscriber.objects.get().state == Subscriber.State.PENDING


LINKS: dict[str, Callable[[Subscriber], str]] = {
    "confirm": lambda person: links.confirm_url(links.Request(person.pk, "weekly", ("all",), NOON)),
    "unsubscribe": links.unsubscribe_url,
    "manage": links.manage_url,
    "move": links.move_url,
}


@pytest.mark.parametrize("door", [*LINKS, "manage/held.json"])
@pytest.mark.parametrize("purpose", LINKS)
def test_a_link_opens_the_door_that_it_is_for_and_no_other(attacker: Client, purpose: str, door: str) -> None:
    person = signup.add_confirmed("jo@example.org", "daily", "all")
    person.moving_to = "new@example.org"
    person.save()
    token = LINKS[purpose](person).split("/")[-2]
    kind, _, end = door.partition("/")
    answer = attacker.get(f"/subscribe/{kind}/{token}/{end}")
    assert answer.status_code == (200 if purpose == kind else 404)
    if purpose != kind:
        assert attacker.post(f"/subscribe/{kind}/{token}/{end}").status_code in {404, 405}
        assert "jo@example.org" not in answer.content.decode()
    person.refresh_from_db()
    assert (person.email, person.state) == ("jo@example.org", Subscriber.State.CONFIRMED)


@pytest.mark.parametrize(("days", "status"), [(6, 200), (8, 410)])
def test_a_link_to_confirm_lives_a_week(attacker: Client, days: int, status: int) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        token = confirm_token()
        clock.shift(dt.timedelta(days=days))
        assert attacker.post(f"/subscribe/confirm/{token}/").status_code == status


def welcome(user: User, token: str = "") -> str:
    key = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("admin:welcome", args=[key, token or default_token_generator.make_token(user)])


@pytest.mark.parametrize("what", ["used", "old", "anothers", "made up"])
def test_an_invitation_is_good_once_for_one_person_and_three_days(ann: User, what: str) -> None:
    other: User = make.user("ben")
    with time_machine.travel(NOON, tick=False) as clock:
        address = welcome(ann, default_token_generator.make_token(other) if what == "anothers" else "")
        if what == "made up":
            address = welcome(ann, "abc123-" + "0" * 32)
        if what == "old":
            clock.shift(dt.timedelta(days=3, minutes=1))
        if what == "used":
            ann.set_password("pasture-wye-1357")
            ann.save()
        page = Client().get(address, follow=True)
        assert page.status_code == 200
        assert not page.context["validlink"]
        sent = {"new_password1": "mine-mine-mine-1", "new_password2": "mine-mine-mine-1"}
        Client().post(address.replace(address.split("/")[-2], "set-password"), sent)
    ann.refresh_from_db()
    assert not ann.check_password("mine-mine-mine-1")


@pytest.mark.parametrize("path", [f"/subscribe/{door}/{{}}/" for door in LINKS])
def test_pages_behind_a_link_pass_it_on_to_nobody(attacker: Client, path: str) -> None:
    answer = attacker.get(path.format(confirm_token()))
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "cursor", ["WzFd:x", "", "a.b.c", "..", "W10", "eyJhIjoxfQ:" + "A" * 43, signing.Signer().sign_object(["changes"])]
)
def test_a_cursor_that_we_did_not_give_is_refused(attacker: Client, record: Record, cursor: str) -> None:
    for path in ("/api/v1/commitments/", "/api/v1/changes/"):
        assert attacker.get(path, {"cursor": cursor}).status_code == 404
    assert attacker.get("/changes/", {"before": cursor}).status_code == 200
