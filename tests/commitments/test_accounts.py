"""Keeping accounts: inviting, changing roles, disabling, and what a manager must not be able to."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.commitments import make

pytestmark = pytest.mark.django_db

LIST, ADD = "admin:auth_user_changelist", "admin:auth_user_add"


def staff(name: str, role: str) -> User:
    user = User.objects.create(username=name, is_staff=True, email=f"{name}@example.org")
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(staff("manager", "Manager"))
    return client


def form_of(user: User, **changes: Any) -> dict[str, Any]:
    fields = {"username": user.username, "email": user.email, "first_name": "", "last_name": "", "is_active": "on"}
    role = user.groups.first()
    return {**fields, "role": role.name if role else "", **changes}


def act(client: Client, action: str, *users: User) -> str:
    chosen = {"action": action, "_selected_action": [user.pk for user in users]}
    return client.post(reverse(LIST), chosen, follow=True).content.decode()


def test_somebody_new_chooses_their_password_by_the_link_in_the_mail(manager: Client) -> None:
    new = {"username": "jo", "email": "jo@example.org", "first_name": "Jo", "last_name": "Doe", "role": "Researcher"}
    manager.post(reverse(ADD), new)
    jo = User.objects.get(username="jo")
    assert (jo.is_staff, jo.is_superuser, jo.has_usable_password()) == (True, False, False)
    assert [group.name for group in jo.groups.all()] == ["Researcher"]
    (letter,) = mail.outbox
    assert letter.to == ["jo@example.org"]
    assert "Your user name is jo." in letter.body
    link = re.search(r"http://\S+(/admin/welcome/\S+)", letter.body)
    assert link

    browser = Client()
    page = browser.get(link[1], follow=True)
    assert "Choose a password" in page.content.decode()
    form = page.request["PATH_INFO"]
    weak = browser.post(form, {"new_password1": "jo-jo", "new_password2": "jo-jo"})
    assert "too short" in weak.content.decode()
    chosen = {"new_password1": "orchard-severn-2468", "new_password2": "orchard-severn-2468"}
    assert "Your password is set" in browser.post(form, chosen, follow=True).content.decode()
    signed_in = browser.post("/admin/login/", {"username": "jo", "password": chosen["new_password1"]})
    assert signed_in.status_code == 302
    assert "does not work any more" in Client().get(link[1], follow=True).content.decode()


def test_a_mail_that_cannot_be_sent_is_said_and_the_account_is_there_to_be_asked_again(
    manager: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = manager.post(
        reverse(ADD), {"username": "jo", "email": "jo@example.org", "role": "Viewer"}, follow=True
    ).content.decode()
    assert "The mail server did not take the mail" in page
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert "Jo was sent a link" in act(manager, "invite_again", User.objects.get(username="jo"))


def test_a_role_is_changed_on_the_page_of_an_account(manager: Client) -> None:
    jo = staff("jo", "Viewer")
    manager.post(reverse("admin:auth_user_change", args=[jo.pk]), form_of(jo, role="Editor"))
    assert [group.name for group in jo.groups.all()] == ["Editor"]


def test_who_has_left_is_out_at_once_and_their_decisions_stay(manager: Client) -> None:
    jo = staff("jo", "Researcher")
    theirs = Client()
    theirs.force_login(jo)
    piece = make.evidence(make.commitment(), make.release("Five trees."))
    piece.refresh_from_db()
    seen = {"seen": piece.mark, "relation": piece.relation, "tier": piece.tier}
    theirs.post(reverse("admin:commitments_evidence_accept", args=[piece.pk]), seen)
    assert "Jo is disabled" in act(manager, "disable", jo)
    assert theirs.get("/admin/").status_code == 302
    piece.refresh_from_db()
    assert piece.decided_by == jo
    act(manager, "enable", jo)
    jo.refresh_from_db()
    assert jo.is_active


@pytest.mark.parametrize("by", ["manager", "superuser"])
def test_no_account_is_removed(manager: Client, by: str) -> None:
    jo = staff("jo", "Viewer")
    if by == "superuser":
        manager.force_login(make.user("root"))
    assert manager.post(reverse("admin:auth_user_delete", args=[jo.pk]), {"post": "yes"}).status_code == 403
    act(manager, "delete_selected", jo)
    assert User.objects.filter(pk=jo.pk).exists()


def test_nobody_disables_themselves(manager: Client) -> None:
    me = User.objects.get(username="manager")
    assert "cannot disable your own account" in act(manager, "disable", me)
    form = {**form_of(me), "is_active": ""}
    page = manager.post(reverse("admin:auth_user_change", args=[me.pk]), form).content.decode()
    assert "cannot disable your own account" in page
    me.refresh_from_db()
    assert me.is_active


def test_a_manager_cannot_rise_above_managers(manager: Client) -> None:
    me = User.objects.get(username="manager")
    more = {
        "is_superuser": "on",
        "is_staff": "on",
        "user_permissions": [Permission.objects.get(codename="delete_user").pk],
        "groups": list(Group.objects.values_list("pk", flat=True)),
    }
    manager.post(reverse("admin:auth_user_change", args=[me.pk]), form_of(me, **more))
    me.refresh_from_db()
    assert not me.is_superuser
    assert not me.user_permissions.exists()
    manager.post(reverse(ADD), {"username": "jo", "email": "jo@example.org", "role": "Viewer", **more})
    jo = User.objects.get(username="jo")
    assert not jo.is_superuser
    assert [group.name for group in jo.groups.all()] == ["Viewer"]


@pytest.mark.parametrize("action", ["disable", "enable", "invite_again", "take_away_second_step"])
def test_a_manager_does_nothing_to_a_superuser(manager: Client, action: str) -> None:
    root = make.user("root")
    TOTPDevice.objects.create(user=root, name="App")
    assert "Root is a superuser" in act(manager, action, root)
    root.refresh_from_db()
    assert root.is_active
    assert TOTPDevice.objects.exists()
    assert not mail.outbox
    for address in ("admin:auth_user_change", "admin:auth_user_password_change"):
        chosen = {"password1": "orchard-severn-2468", "password2": "orchard-severn-2468", "usable_password": "true"}
        assert manager.post(reverse(address, args=[root.pk]), {**form_of(root), **chosen}).status_code == 403


def test_a_superuser_makes_another(client: Client) -> None:
    client.force_login(make.user("root"))
    jo = staff("jo", "Editor")
    client.post(reverse("admin:auth_user_change", args=[jo.pk]), form_of(jo, is_superuser="on", is_staff="on", role=""))
    jo.refresh_from_db()
    assert jo.is_superuser
    assert not jo.groups.exists()


def test_the_second_step_is_taken_away_from_who_lost_their_phone(manager: Client) -> None:
    jo = staff("jo", "Editor")
    TOTPDevice.objects.create(user=jo, name="App")
    assert "Jo signs in by password alone" in act(manager, "take_away_second_step", jo)
    assert not TOTPDevice.objects.exists()
