from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from commitments.digests import staff
from commitments.models import StaffDigest, StaffDigestWish
from tests.commitments import make
from tests.commitments.mailbox import Mailbox, serving

pytestmark = pytest.mark.django_db

MAIL = "/admin/my-mail/"


def today() -> dt.date:
    return timezone.localdate()


def reader(name: str, role: str = "Editor", *, wants: bool = True, **fields: Any) -> User:
    person = User.objects.create_user(name, f"{name}@desk.example", "x", is_staff=True, **fields)
    if role:
        person.groups.add(Group.objects.get(name=role))
    if wants:
        StaffDigestWish.objects.create(person=person)
    return person


def overdue(title: str = "Plant trees", **fields: Any) -> Any:
    return make.commitment(title, due=today() - dt.timedelta(days=3), made_on=today(), **fields)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    settings.DEFAULT_FROM_EMAIL = "Pledges <digests@pledges.example>"
    with serving(settings) as box:
        yield box


def test_it_says_what_needs_somebody_with_links_into_the_admin(settings: Any, client: Client) -> None:
    settings.BASE_URL = "https://pledges.example"
    owner = overdue()
    make.evidence(owner, make.release("They planted trees."))
    person = reader("ada")

    staff.send_for(today())

    (sent,) = mail.outbox
    assert sent.to == ["ada@desk.example"]
    assert sent.subject == "Pledgewatch staff: Suggestions: 1; Overdue, not looked at: 1"
    assert "Plant trees" in sent.body
    client.force_login(person)
    links = re.findall(r"https://pledges\.example(/\S+)", str(sent.body))
    assert f"/admin/commitments/commitment/{owner.pk}/change/" in links
    assert {client.get(link).status_code for link in links} == {200}
    page = str(sent.alternatives[0].content)
    assert set(re.findall(r'href="https://pledges\.example([^"]*)"', page)) == set(links)


def test_what_is_ones_own_comes_first() -> None:
    person = reader("ada")
    make.evidence(make.commitment("Somebody else’s", made_on=today()), make.release("They did."))
    overdue(owner=person)

    found = staff.waiting(person, today())

    assert [(one.label, one.count, one.mine) for one in found] == [
        ("Overdue, not looked at", 1, 1),
        ("Suggestions", 1, 0),
    ]


def test_nobody_is_told_what_they_may_not_see() -> None:
    overdue()
    reader("nobody", role="")
    make.source(name="Broken", consecutive_failures=5)

    staff.send_for(today())

    assert mail.outbox == []
    assert StaffDigest.objects.get().state == "nothing"


@pytest.mark.parametrize("fields", [{"is_active": False}, {"wants": False}, {"email": ""}])
def test_only_those_get_it_who_want_it_and_work_here(fields: dict[str, Any]) -> None:
    overdue()
    email = fields.pop("email", None)
    person = reader("ada", **fields)
    if email is not None:
        User.objects.filter(pk=person.pk).update(email=email)

    assert staff.send_for(today()) == []
    assert mail.outbox == []


def test_when_nothing_needs_anybody_nothing_is_sent() -> None:
    reader("ada")

    staff.send_for(today())

    assert mail.outbox == []


def test_it_comes_once_a_day_however_often_it_is_asked_for() -> None:
    overdue()
    reader("ada")

    for _ in range(3):
        staff.send_for(today())
    staff.send_for(today() + dt.timedelta(days=1))

    assert len(mail.outbox) == 2


def test_refused_for_now_it_is_sent_later_under_the_same_name(mailbox: Mailbox) -> None:
    overdue()
    reader("ada")
    mailbox.answers["ada@desk.example"] = ["451 try later"]

    staff.send_for(today())
    overdue("Made known meanwhile")
    staff.send_for(today())
    assert mailbox.received == []
    row = StaffDigest.objects.get()
    assert "451 try later" in row.error
    staff.send_for(today(), clock=lambda: timezone.now() + dt.timedelta(minutes=5))

    (sent,) = mailbox.to("ada@desk.example")
    assert sent["Message-ID"] == row.message_id
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["List-Id"].endswith("<staff.pledges.example>")
    assert "Made known meanwhile" not in str(sent.get_body(("plain",)))
    assert StaffDigest.objects.get().state == "sent"


def test_refused_for_good_it_is_recorded(mailbox: Mailbox) -> None:
    overdue()
    reader("ada")
    mailbox.answers["ada@desk.example"] = ["550 no such person"]

    staff.send_for(today())

    row = StaffDigest.objects.get()
    assert (row.state, "550 no such person" in row.error) == ("failed", True)


def test_a_row_that_another_process_has_is_left_to_it() -> None:
    overdue()
    person = reader("ada")
    until = timezone.now() + dt.timedelta(minutes=1)
    StaffDigest.objects.create(person=person, date=today(), claimed_until=until)

    assert staff.send_for(today()) == []
    assert len(staff.send_for(today(), clock=lambda: until + dt.timedelta(seconds=1))) == 1


def test_each_switches_their_own_mail_on_and_off_and_sees_it_beforehand(client: Client) -> None:
    overdue()
    client.force_login(reader("ada", wants=False))

    assert "Plant trees" in client.get(MAIL).content.decode()
    client.post(MAIL, {"wanted": "1"})
    assert StaffDigestWish.objects.get().person.username == "ada"
    assert "Switch it off" in client.get(MAIL).content.decode()
    client.post(MAIL)
    assert not StaffDigestWish.objects.exists()


def test_the_command_says_what_became_of_each(capsys: pytest.CaptureFixture[str]) -> None:
    overdue()
    reader("ada")

    call_command("send_staff_digests")

    assert capsys.readouterr().out == f"ada  sent  Pledgewatch staff: Overdue, not looked at: 1\n{today()}: 1 done.\n"


def test_what_was_sent_is_forgotten_after_a_while() -> None:
    overdue()
    reader("ada")
    staff.send_for(today())

    staff.forget(timezone.now() + dt.timedelta(days=89))
    assert StaffDigest.objects.exists()
    staff.forget(timezone.now() + dt.timedelta(days=91))
    assert not StaffDigest.objects.exists()
