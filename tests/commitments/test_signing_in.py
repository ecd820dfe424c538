"""Signing in: a password, how often it may be wrong, a second step, and how long it holds."""

from __future__ import annotations

import base64
import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.commitments import make
from tests.commitments.signing_in import give_password, person

pytestmark = pytest.mark.django_db

HOME, CODE, SET_UP, LOGIN = "/admin/", "/admin/code/", "/admin/two-factor/", "/admin/login/"
NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def passwords_are_quick_to_check(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ann() -> User:
    return person()


def code_of(user: User, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    clock = TOTP(TOTPDevice.objects.get(user=user).bin_key, drift=steps)
    clock.time = timezone.now().timestamp()
    return f"{clock.token():06}"


def set_up(client: Client) -> list[str]:
    """Switch the second step on as a person does: the key from the page, the code from the app. Returns the codes."""
    page = client.get(SET_UP).content.decode()
    key = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    assert key
    clock = TOTP(base64.b32decode(key[1].replace(" ", "")))
    clock.time = timezone.now().timestamp()
    done = client.post(SET_UP, {"code": f"{clock.token():06}"}).content.decode()
    return re.findall(r"<code>([a-z2-9-]{14})</code>", done)


# The password.


def test_after_five_wrong_passwords_the_right_one_is_refused_too_for_a_quarter_of_an_hour(
    client: Client, ann: User
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(4):
            assert give_password(client, "wrong").status_code == 200
        refused = give_password(client, "wrong")
        assert refused.status_code == 429
        assert "Wait 15 minutes" in refused.content.decode()
        assert give_password(client).status_code == 429
        clock.shift(dt.timedelta(minutes=16))
        assert give_password(client).status_code == 302


def test_trying_on_while_locked_out_does_not_make_it_longer(client: Client, ann: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            give_password(client, "wrong")
        clock.shift(dt.timedelta(minutes=10))
        assert give_password(client).status_code == 429
        clock.shift(dt.timedelta(minutes=6))
        assert give_password(client).status_code == 302


def test_a_stranger_elsewhere_does_not_lock_a_colleague_out(client: Client, ann: User) -> None:
    for _ in range(6):
        give_password(client, "wrong", REMOTE_ADDR="203.0.113.9")
    assert give_password(client, REMOTE_ADDR="198.51.100.1").status_code == 302


def test_a_colleague_does_not_lock_the_office_out(client: Client, ann: User) -> None:
    for _ in range(6):
        give_password(client, "wrong", name="ben")
    assert give_password(client).status_code == 302


def test_a_name_that_is_tried_from_everywhere_is_locked_everywhere(client: Client, ann: User) -> None:
    for number in range(50):
        give_password(client, "wrong", REMOTE_ADDR=f"203.0.113.{number}")
    assert give_password(client, REMOTE_ADDR="198.51.100.1").status_code == 429


def test_an_address_that_tries_many_names_is_locked_for_all(client: Client, ann: User) -> None:
    for number in range(50):
        give_password(client, "wrong", name=f"name{number}")
    assert give_password(client).status_code == 429


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(client: Client, ann: User, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for _ in range(6):
        give_password(client, "wrong", headers={"X-Forwarded-For": "10.0.0.1, 203.0.113.9"})
    assert AccessAttempt.objects.get().ip_address == "203.0.113.9"
    assert give_password(client, headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.1"}).status_code == 302


def test_without_a_proxy_nobody_names_their_own_address(client: Client, ann: User) -> None:
    for number in range(6):
        give_password(client, "wrong", headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert give_password(client).status_code == 429


def test_no_password_is_kept_with_a_failed_sign_in(client: Client, ann: User) -> None:
    give_password(client, "hunter2-hunter2")
    assert "hunter2" not in str(AccessAttempt.objects.values().get())


def test_a_manager_lets_somebody_in_again(client: Client, ann: User) -> None:
    for _ in range(5):
        give_password(client, "wrong")
    manager = Client()
    manager.force_login(make.user("manager"))
    attempt = AccessAttempt.objects.get()
    manager.post(reverse("admin:axes_accessattempt_delete", args=[attempt.pk]), {"post": "yes"})
    assert give_password(client).status_code == 302


@pytest.mark.parametrize("password", ["short-one", "123456789012345", "1q2w3e4r5t6y", "annabel.lee.2"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(username="annabel.lee", email="annabel@example.org"))


# The second step.


def test_who_has_set_it_up_is_asked_for_the_code_and_goes_on_to_where_they_wanted(client: Client, ann: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(ann)
        assert len(set_up(client)) == 10
        assert client.get(HOME).status_code == 200
        client.logout()
        clock.shift(dt.timedelta(minutes=1))

        give_password(client)
        wanted = reverse("admin:commitments_commitment_changelist")
        stopped = client.get(wanted, follow=True)
        assert stopped.request["PATH_INFO"] == CODE
        assert "six digits" in stopped.content.decode()
        answer = client.post(CODE, {"code": code_of(ann), "next": wanted})
        assert (answer.status_code, answer.url) == (302, wanted)
        assert client.get(wanted).status_code == 200


@pytest.mark.parametrize(
    "path", [HOME, "/admin/password_change/", "/admin/commitments/commitment/", "/admin/jsi18n/", "/admin/auth/user/"]
)
def test_a_password_alone_opens_nothing(client: Client, ann: User, path: str) -> None:
    with time_machine.travel(NOON, tick=False):
        client.force_login(ann)
        set_up(client)
        other = Client()
        give_password(other)
        assert other.get(path).status_code == 302
        assert other.post(SET_UP, {"switch_off": ""}).status_code == 302
        assert TOTPDevice.objects.exists()


def test_sessions_from_before_it_was_set_up_are_asked_too(client: Client, ann: User) -> None:
    earlier = Client()
    earlier.force_login(ann)
    assert earlier.get(HOME).status_code == 200
    client.force_login(ann)
    set_up(client)
    assert earlier.get(HOME).status_code == 302


def test_a_code_works_once(client: Client, ann: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(ann)
        set_up(client)
        clock.shift(dt.timedelta(minutes=1))
        code = code_of(ann)
        for expected in (302, 200):
            again = Client()
            again.force_login(ann)
            assert again.post(CODE, {"code": code}).status_code == expected


def test_after_a_wrong_code_a_right_one_has_to_wait_longer_each_time(client: Client, ann: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(ann)
        set_up(client)
        client.logout()
        clock.shift(dt.timedelta(minutes=1))
        give_password(client)
        client.post(CODE, {"code": "000000"})
        clock.shift(dt.timedelta(seconds=2))
        client.post(CODE, {"code": "000000"})
        clock.shift(dt.timedelta(seconds=1))
        assert "too many wrong codes" in client.post(CODE, {"code": code_of(ann)}).content.decode()
        clock.shift(dt.timedelta(seconds=2))
        assert client.post(CODE, {"code": code_of(ann)}).status_code == 302


def test_each_recovery_code_lets_in_once_and_is_not_kept_as_it_is(client: Client, ann: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(ann)
        codes = set_up(client)
        assert not StaticToken.objects.filter(token__in=codes).exists()
        for expected in (302, 200):
            again = Client()
            again.force_login(ann)
            assert again.post(CODE, {"code": codes[0].upper().replace("-", " ")}).status_code == expected
            clock.shift(dt.timedelta(seconds=5))
        assert "9 recovery codes are left" in client.get(SET_UP).content.decode()


def test_new_recovery_codes_end_the_old_ones(client: Client, ann: User) -> None:
    client.force_login(ann)
    old = set_up(client)
    new = re.findall(r"<code>([a-z2-9-]{14})</code>", client.post(SET_UP, {"renew": ""}).content.decode())
    assert len(new) == 10
    again = Client()
    again.force_login(ann)
    assert again.post(CODE, {"code": old[0]}).status_code == 200


def test_a_wrong_code_sets_nothing_up(client: Client, ann: User) -> None:
    client.force_login(ann)
    client.get(SET_UP)
    assert "not the code that the app should show" in client.post(SET_UP, {"code": "12345"}).content.decode()
    assert not TOTPDevice.objects.exists()


def test_it_can_be_switched_off_unless_everyone_needs_it(client: Client, ann: User, settings: Any) -> None:
    client.force_login(ann)
    set_up(client)
    settings.REQUIRE_TWO_FACTOR = True
    client.post(SET_UP, {"switch_off": ""})
    assert TOTPDevice.objects.exists()
    settings.REQUIRE_TWO_FACTOR = False
    client.post(SET_UP, {"switch_off": ""})
    assert not TOTPDevice.objects.exists()
    assert client.get(HOME).status_code == 200


def test_where_everyone_needs_it_the_first_sign_in_leads_to_setting_it_up(
    client: Client, ann: User, settings: Any
) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    give_password(client)
    stopped = client.get(HOME, follow=True)
    assert stopped.request["PATH_INFO"] == SET_UP
    assert "Everyone here signs in with a second step" in stopped.content.decode()
    set_up(client)
    assert client.get(HOME).status_code == 200


def test_who_has_not_got_past_the_second_step_can_still_sign_out(client: Client, ann: User) -> None:
    client.force_login(ann)
    set_up(client)
    other = Client()
    give_password(other)
    other.post("/admin/logout/")
    assert "_auth_user_id" not in other.session


def test_nobody_is_led_elsewhere_after_the_code(client: Client, ann: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(ann)
        set_up(client)
        clock.shift(dt.timedelta(minutes=1))
        again = Client()
        again.force_login(ann)
        answer = again.post(CODE, {"code": code_of(ann), "next": "https://elsewhere.example/"})
        assert answer.url == HOME


def test_the_picture_for_the_app_is_drawn_here_within_the_policy(client: Client, ann: User) -> None:
    client.force_login(ann)
    page = client.get(SET_UP)
    html = page.content.decode()
    assert "<svg" in html
    assert not re.search(r"\sstyle=|<style|<script>|src=\"https?:", html)
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert "no-store" in page.headers["Cache-Control"]


# How long it holds.


def test_a_session_that_is_not_used_ends(client: Client, ann: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        give_password(client)
        for _ in range(3):
            clock.shift(dt.timedelta(minutes=110))
            assert client.get(HOME).status_code == 200
        clock.shift(dt.timedelta(minutes=121))
        ended = client.get(HOME, follow=True)
        assert ended.request["PATH_INFO"] == LOGIN
        assert "since nothing was done for 2 hours" in ended.content.decode()


def test_a_session_ends_after_its_hours_however_much_it_is_used(client: Client, ann: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        give_password(client)
        for _ in range(12):
            clock.shift(dt.timedelta(minutes=60))
            assert client.get(HOME).status_code == 200
        clock.shift(dt.timedelta(minutes=1))
        assert "signed out after 12 hours" in client.get(HOME, follow=True).content.decode()


def test_readers_of_public_pages_have_no_session(client: Client) -> None:
    assert not client.get("/").cookies
