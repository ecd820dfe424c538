"""Mails that come back, and readers who call them spam."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from commitments import tasks
from commitments.digests import bounces, deliver, forgetting, returned, returning, signup
from commitments.models import AuditEntry, Bounce, Digest, Subscriber
from tests.commitments import make
from tests.commitments.mailbox import Mailbox, serving
from tests.tracker.imap_server import PASSWORD, USER, Folder, Server, make_certificate

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2025, 6, 30)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    settings.DEFAULT_FROM_EMAIL = "Pledges <digests@pledges.example>"
    settings.BOUNCE_ADDRESS = "bounces@pledges.example"
    with serving(settings) as box:
        yield box


@pytest.fixture
def row(mailbox: Mailbox) -> Digest:
    """A digest that went out."""
    make.commitment("Plant trees", due=MONDAY)
    signup.add_confirmed("a@example.org", "daily", "all")
    deliver.send_for(MONDAY + dt.timedelta(days=1))
    return Digest.objects.get(state="sent")


def report(to: str, status: str, said: str = "", action: str = "failed", enclosed: str = "<x@example.org>") -> bytes:
    """As mail servers write it (RFC 3464)."""
    return f"""From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; a@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--B
Content-Type: text/rfc822-headers

Message-ID: {enclosed}
Subject: Pledgewatch

--B--
""".replace("\n", "\r\n").encode()


def complaint(enclosed: str) -> bytes:
    """As mailbox providers write it (RFC 5965)."""
    return f"""From: feedback@mx.example
To: abuse@pledges.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an abuse report.

--B
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1

--B
Content-Type: message/rfc822

From: digests@pledges.example
Message-ID: {enclosed}
Subject: Pledgewatch

Hello

--B--
""".replace("\n", "\r\n").encode()


def suppressed() -> str:
    return Subscriber.objects.get().suppressed_because


def test_the_envelope_carries_a_signed_address_and_the_head_our_own(row: Digest, mailbox: Mailbox) -> None:
    (sender,) = mailbox.senders
    (mail,) = mailbox.to("a@example.org")

    assert re.fullmatch(rf"bounces\+d{row.pk}-[0-9a-f]{{24}}@pledges\.example", sender)
    assert mail["From"] == "Pledges <digests@pledges.example>"
    assert returning.digest_ids([sender.upper()]) == {row.pk}


@pytest.mark.parametrize(
    ("status", "said", "action", "kind", "ends"),
    [
        ("5.1.1", "550 5.1.1 no such user", "failed", "hard", True),
        ("5.0.0", "550 5.1.1 no such user", "failed", "hard", True),
        ("5.2.1", "550 mailbox disabled", "failed", "hard", True),
        ("5.2.2", "552 mailbox full", "failed", "soft", False),
        ("4.4.1", "connection timed out", "failed", "soft", False),
        ("4.4.1", "connection timed out", "delayed", "soft", False),
        ("5.7.1", "550 5.7.1 looks like spam", "failed", "content", False),
        ("2.0.0", "250 ok", "delivered", None, False),
    ],
)
def test_what_comes_back_is_noted_and_only_a_dead_mailbox_ends_it(
    row: Digest, status: str, said: str, action: str, kind: str | None, ends: bool
) -> None:
    noted = bounces.take_one(report(returning.sender(row), status, said, action), timezone.now())

    assert noted is (kind is not None)
    assert list(Bounce.objects.values_list("kind", flat=True)) == ([kind] if kind else [])
    assert bool(suppressed()) is ends


def test_a_complaint_ends_it(row: Digest) -> None:
    assert bounces.take_one(complaint(row.message_id), timezone.now())
    assert suppressed() == "The reader called a digest spam."


def test_the_same_report_twice_is_noted_once(row: Digest) -> None:
    body = report(returning.sender(row), "5.1.1")

    assert [bounces.take_one(body, timezone.now()) for _ in range(2)] == [True, False]


def test_what_nobody_of_ours_has_signed_changes_nothing(row: Digest) -> None:
    forged = [
        report(f"bounces+d{row.pk}-{'0' * 24}@pledges.example", "5.1.1"),
        report("bounces@pledges.example", "5.1.1", enclosed=f"<digest-{row.pk}@pledges.example>"),
        complaint("<made-up@pledges.example>"),
        b"To: " + returning.sender(row).encode() + b"\r\n\r\nI am away until Monday.",
    ]

    assert [bounces.take_one(body, timezone.now()) for body in forged] == [False] * 4
    assert suppressed() == ""


def test_a_report_on_what_was_sent_long_ago_changes_nothing(row: Digest) -> None:
    later = timezone.now() + bounces.TAKEN_FOR + dt.timedelta(days=1)
    assert not bounces.take_one(report(returning.sender(row), "5.1.1"), later)


def test_a_key_of_before_still_signs(row: Digest, settings: Any) -> None:
    sender = returning.sender(row)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [configured.SECRET_KEY]

    assert returning.digest_ids([sender]) == {row.pk}


def test_five_in_a_row_that_came_back_for_now_end_it(row: Digest) -> None:
    for days in range(2, 6):
        make.commitment(f"Overdue since {days}", due=MONDAY + dt.timedelta(days=days - 1))
        deliver.send_for(MONDAY + dt.timedelta(days=days))
    seen = []
    for each in Digest.objects.filter(state="sent").order_by("date"):
        bounces.take_one(report(returning.sender(each), "4.2.2", "mailbox full"), timezone.now())
        seen.append(bool(suppressed()))

    assert seen == [False, False, False, False, True]


@pytest.mark.parametrize(
    ("answer", "ends"),
    [("550 5.1.1 no such user", True), ("550 no such user", True), ("550 5.7.1 blocked", False), ("552 full", False)],
)
def test_a_mailbox_that_the_server_refuses_at_once_ends_it_too(mailbox: Mailbox, answer: str, ends: bool) -> None:
    make.commitment(due=MONDAY)
    signup.add_confirmed("a@example.org", "daily", "all")
    mailbox.answers["a@example.org"] = [answer]

    deliver.send_for(MONDAY)

    assert bool(suppressed()) is ends


@given(body=st.binary(max_size=300), tail=st.binary(max_size=300))
def test_whatever_comes_is_read_or_passed_over(body: bytes, tail: bytes) -> None:
    returned.read(body)
    returned.read(report("x@example.org", "5.1.1").replace(b"Status", tail + b"\r\nStatus"))


def test_the_mailbox_is_read_and_marked_and_read_no_more(
    row: Digest, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loopback_allowed: None
) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings.MAILBOX_PASSWORDS = {f"{USER}@localhost": PASSWORD}
    server = Server(certificate)
    settings.BOUNCE_MAILBOX = server.url
    folder: Folder = server.folder
    folder.put(b"From: a@example.org\r\nTo: bounces@pledges.example\r\n\r\nHello")
    folder.put(report(returning.sender(row), "5.1.1", "550 5.1.1 no such user"))

    tasks.take_bounces()
    again = bounces.take(timezone.now())
    server.shutdown()
    server.server_close()

    assert suppressed() == "The address takes no mail: smtp; 550 5.1.1 no such user"
    assert folder.read == {1, 2}
    assert (again.noted, again.passed_over) == (0, 0)


def test_staff_see_the_exact_mail_and_send_it_again(row: Digest, mailbox: Mailbox, client: Client) -> None:
    client.force_login(make.user("ada"))

    page = client.get(reverse("admin:commitments_digest_page", args=[row.pk]))
    file = client.get(reverse("admin:commitments_digest_mail", args=[row.pk]))
    asked = client.get(reverse("admin:commitments_digest_again", args=[row.pk]))
    assert Digest.objects.count() == 1
    for _ in range(2):
        client.post(reverse("admin:commitments_digest_again", args=[row.pk]))
    deliver.send_due()

    (first, second) = mailbox.to("a@example.org")
    assert page.content.decode() == row.html
    assert page["Content-Security-Policy"].startswith("sandbox")
    assert f"Message-ID: {row.message_id}".encode() in file.content
    assert "whoever got it then gets it twice" in asked.content.decode()
    assert first.get_body(("plain",)).get_content() == second.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert first["Message-ID"] != second["Message-ID"]
    assert AuditEntry.objects.filter(model="commitments.digest", deed="added", person__username="ada").count() == 1


def test_words_are_forgotten_after_a_time_and_that_it_was_sent_stays(row: Digest, settings: Any) -> None:
    settings.DIGESTS_KEPT_DAYS = 30

    forgetting.forget(timezone.now() + dt.timedelta(days=29))
    row.refresh_from_db()
    kept = row.text
    forgetting.forget(timezone.now() + dt.timedelta(days=31))
    row.refresh_from_db()

    assert kept
    assert (row.text, row.html, row.state) == ("", "", "sent")
