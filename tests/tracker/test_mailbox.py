"""A mailbox to which press offices write: their mails are releases, and nobody else's are touched."""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tests.tracker.documents import pdf, xlsx
from tests.tracker.imap_server import PASSWORD, USER, Folder, Server, make_certificate
from tracker import archive, mailboxes
from tracker.fetching import imap
from tracker.models import MailboxPlace, Poll, Release, Source
from tracker.polling import poll
from tracker.reading.mail import NotAMail, is_verified, read_mail

pytestmark = pytest.mark.django_db
PRESS = "press@ministry.example"
WORDS = "In all 412 officers are in post in the county, the Department said on Monday."


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, loopback_allowed: None, settings: Any
) -> Iterator[Server]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings.MAILBOX_PASSWORDS = {f"{USER}@localhost": PASSWORD}
    running = Server(certificate)
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def inbox(server: Server) -> Folder:
    return server.folder


@pytest.fixture
def mailbox(server: Server, now: dt.datetime) -> Source:
    return Source.objects.create(
        slug="press-mails",
        name="Press mails",
        publisher="Ministry",
        kind="mailbox",
        url=server.url,
        options={"senders": [PRESS, "@council.example"]},
        next_due_at=now,
    )


def mail(words: str = WORDS, *, sender: str = PRESS, number: int = 1, **headers: str) -> EmailMessage:
    made = EmailMessage()
    told = {
        "From": f"Press Office <{sender}>",
        "Subject": f"Officers in post, note {number}",
        "Message-ID": f"<{number}@ministry.example>",
        "Date": "Thu, 16 Jan 2025 09:30:00 +0000",
    }
    for name, value in (told | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        made[name] = value
    made.set_content(words)
    return made


def sent(message: EmailMessage) -> bytes:
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def look(mailbox: Source, now: dt.datetime) -> Poll:
    return poll(mailbox, now=now, force=True)


def test_a_mail_is_a_release_with_its_bytes_and_how_it_came(mailbox: Source, inbox: Folder, now: dt.datetime) -> None:
    uid = inbox.put(sent(mail()))
    told = look(mailbox, now)
    release = Release.objects.get()
    assert (told.outcome, told.new_releases, told.detail) == ("new", 1, "")
    assert (release.title, release.latest_revision.text) == ("Officers in post, note 1", WORDS)
    assert release.published_at == dt.datetime(2025, 1, 16, 9, 30, tzinfo=dt.UTC)
    assert archive.read(release.latest_revision.snapshot) == inbox.mails[uid]
    came = release.own_appearance.provenance.get()
    assert (came.way, came.received_by, came.received_on) == ("press_mail", "Press mails", dt.date(2025, 1, 16))
    assert inbox.read == {uid}


def test_what_others_write_is_left_unread_and_counted(mailbox: Source, inbox: Folder, now: dt.datetime) -> None:
    for number, sender in enumerate(("spam@evil.example", PRESS, "x@ministry.example.evil", "any@council.example")):
        inbox.put(sent(mail(f"{WORDS} {number}", sender=sender, number=number)))
    two = mail(number=9)
    del two["From"]
    two["From"] = f"{PRESS}, spam@evil.example"
    inbox.put(sent(two))
    told = look(mailbox, now)
    assert told.new_releases == 2
    assert told.detail == "3 mails are from senders who are not on the list, left unread."
    assert inbox.read == {2, 4}


def test_nothing_is_read_twice_and_nothing_deleted(mailbox: Source, inbox: Folder, now: dt.datetime) -> None:
    inbox.put(sent(mail()))
    look(mailbox, now)
    inbox.asked.clear()
    assert look(mailbox, now).outcome == "unchanged"
    assert not [command for command in inbox.asked if "BODY" in command]
    inbox.put(sent(mail(f"{WORDS} Again.", number=2)))
    assert look(mailbox, now).new_releases == 1
    commands = {command.split(" ")[0] for command in inbox.asked} | {
        command.split(" ")[1] for command in inbox.asked if command.startswith("UID")
    }
    assert commands <= {"CAPABILITY", "LOGIN", "SELECT", "UID", "LOGOUT", "SEARCH", "FETCH", "STORE"}
    assert not [command for command in inbox.asked if "Deleted" in command]


def test_mails_numbered_anew_are_known_by_their_ids(mailbox: Source, inbox: Folder, now: dt.datetime) -> None:
    inbox.put(sent(mail()))
    look(mailbox, now)
    inbox.uid_validity = 8
    inbox.mails = {1: sent(mail(f"{WORDS} More.", number=2)), 2: inbox.mails[1]}
    assert look(mailbox, now).new_releases == 1
    assert Release.objects.count() == 2


def test_who_is_listed_later_has_written_before(mailbox: Source, inbox: Folder, now: dt.datetime) -> None:
    inbox.put(sent(mail(sender="new@force.example")))
    assert look(mailbox, now).new_releases == 0
    mailbox.options = {"senders": [PRESS, "NEW@force.example"]}
    mailbox.save()
    assert look(mailbox, now).new_releases == 1


def test_attachments_are_read_as_attachments(mailbox: Source, inbox: Folder, now: dt.datetime) -> None:
    message = mail()
    for name, body in (
        ("../note.pdf", pdf(["A further 90 were offered a place."])),
        ("table.xlsx", xlsx(["Kent", 412])),
        ("run.exe", b"MZ\0\0"),
    ):
        message.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    inbox.put(sent(message))
    look(mailbox, now)
    revision = Release.objects.get().latest_revision
    assert [(file.title, file.problem) for file in revision.files.all()] == [
        *(("note.pdf", ""), ("table.xlsx", ""), ("run.exe", "It is a program.")),
    ]
    assert revision.text == (
        f"{WORDS}\n\nAttachment: note.pdf\n\nA further 90 were offered a place."
        "\n\nAttachment: table.xlsx\n\nOfficers\n\nKent | 412"
    )


def test_a_mail_that_comes_twice_and_stands_in_a_feed_is_one_release(
    mailbox: Source, inbox: Folder, make_source: Any, httpserver: HTTPServer, now: dt.datetime
) -> None:
    long = " ".join(f"{WORDS} There are {number * 3} more in district {number}." for number in range(8))
    item = {"id": "t:1", "title": "Officers in post", "text": long, "published": "2025-01-16T10:00:00Z"}
    httpserver.expect_request("/feed").respond_with_data(atom(item))
    inbox.put(sent(mail(long, number=1)))
    inbox.put(sent(mail(long, number=1)))
    look(mailbox, now)
    poll(make_source(), now=now)
    assert Release.objects.get().appearances.count() == 2


def test_only_html_is_cleaned(mailbox: Source, inbox: Folder, now: dt.datetime) -> None:
    message = mail()
    message.set_content(f"<style>p{{}}</style><p>{WORDS}</p><script>alert(1)</script>", subtype="html")
    inbox.put(sent(message))
    look(mailbox, now)
    assert Release.objects.get().latest_revision.text == WORDS


def test_a_sender_can_be_asked_to_be_verified(mailbox: Source, inbox: Folder, now: dt.datetime) -> None:
    mailbox.options = {"senders": [PRESS], "verified_by": "mx.example.org"}
    mailbox.save()
    good = "mx.example.org; spf=pass; dmarc=pass (p=reject) header.from=ministry.example"
    inbox.put(sent(mail(number=1)))
    inbox.put(sent(mail(f"{WORDS} B.", number=2, Authentication_Results=good)))
    inbox.put(sent(mail(f"{WORDS} C.", number=3, Authentication_Results=good.replace("dmarc=pass", "dmarc=fail"))))
    inbox.put(sent(mail(f"{WORDS} D.", number=4, Authentication_Results=good.replace("mx.", "evil."))))
    told = look(mailbox, now)
    assert [release.title for release in Release.objects.all()] == ["Officers in post, note 2"]
    assert told.detail == "3 mails are from listed senders, but not verified as theirs, left unread."
    assert not is_verified(b"Authentication-Results: evil.example; x\r\nAuthentication-Results: mx; dmarc=pass", "mx")


class TestWhatGoesWrong:
    def test_a_wrong_password_is_said_and_stands_nowhere(
        self, mailbox: Source, inbox: Folder, now: dt.datetime, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        settings.MAILBOX_PASSWORDS = {f"{USER}@localhost": "wrong secret"}
        told = look(mailbox, now)
        assert (told.outcome, told.detail) == (
            *("failed", f"localhost does not let {USER} in: is the password right?"),
        )
        assert "wrong secret" not in caplog.text

    def test_a_password_goes_to_its_own_host_alone(self, mailbox: Source, now: dt.datetime, settings: Any) -> None:
        settings.MAILBOX_PASSWORDS = {f"{USER}@imap.example.org": PASSWORD}
        told = look(mailbox, now)
        assert told.outcome == "refused"
        assert told.detail == f"There is no password for {USER}@localhost. Set it in MAILBOX_PASSWORDS."

    def test_a_mailbox_within_the_house_is_refused(
        self, mailbox: Source, inbox: Folder, now: dt.datetime, settings: Any
    ) -> None:
        settings.FETCH_ALLOW_NETWORKS = []
        assert "FETCH_ALLOW_NETWORKS" in look(mailbox, now).detail
        mailbox.url = mailbox.url.partition(":")[0] + f"://{USER}@10.1.2.3/INBOX"
        mailbox.save()
        settings.MAILBOX_PASSWORDS = {f"{USER}@10.1.2.3": PASSWORD}
        assert "10.1.2.3 is not at a public address" in look(mailbox, now).detail
        assert inbox.asked == []

    def test_a_certificate_of_another_is_refused(
        self, mailbox: Source, inbox: Folder, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        assert "No secure connection to localhost" in look(mailbox, now).detail
        assert inbox.asked == []

    def test_a_server_that_never_answers_is_cut(
        self, mailbox: Source, inbox: Folder, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imap, "MAX_SECONDS", 1.0)
        inbox.drip = True
        began = time.monotonic()
        assert "had not finished after 1 seconds" in look(mailbox, now).detail
        assert time.monotonic() - began < 20

    def test_a_server_that_sends_without_end_is_cut(self, mailbox: Source, inbox: Folder, now: dt.datetime) -> None:
        inbox.put(sent(mail()))
        inbox.says_huge = True
        assert "more than 60 MiB" in look(mailbox, now).detail

    def test_what_was_had_before_a_break_stays_and_the_rest_comes_next_time(
        self, mailbox: Source, inbox: Folder, now: dt.datetime
    ) -> None:
        for number in range(3):
            inbox.put(sent(mail(f"{WORDS} {number}.", number=number)))
        inbox.breaks_off_at = 2
        told = look(mailbox, now)
        assert (told.outcome, told.new_releases) == ("failed", 1)
        inbox.breaks_off_at = 0
        assert look(mailbox, now).new_releases == 2

    def test_a_mail_that_trips_us_up_keeps_no_other_out(
        self, mailbox: Source, inbox: Folder, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(2):
            inbox.put(sent(mail(f"{WORDS} {number}.", number=number)))
        whole = mailboxes.ingest

        def trip(source: Source, entry: Any, *rest: Any, **more: Any) -> Any:
            if entry.text.endswith("0."):
                raise RuntimeError("tripped")
            return whole(source, entry, *rest, **more)

        monkeypatch.setattr(mailboxes, "ingest", trip)
        told = look(mailbox, now)
        assert told.new_releases == 1
        assert "A mail could not be stored and will be tried again (RuntimeError)." in told.detail
        monkeypatch.setattr(mailboxes, "ingest", whole)
        assert look(mailbox, now).new_releases == 1
        assert MailboxPlace.objects.get().to_try_again == {}

    def test_too_large_a_mail_is_passed_over(
        self, mailbox: Source, inbox: Folder, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mailboxes, "MAX_MAIL_BYTES", 100)
        inbox.put(sent(mail()))
        assert "was passed over" in look(mailbox, now).detail
        assert inbox.read == set()

    def test_there_is_no_such_folder(self, mailbox: Source, now: dt.datetime) -> None:
        mailbox.url = mailbox.url.replace("INBOX", "Press")
        mailbox.save()
        assert look(mailbox, now).detail == "There is no folder “Press” in the mailbox."


class TestAdding:
    def test_it_is_looked_at_first_and_shown(self, server: Server, inbox: Folder) -> None:
        inbox.put(sent(mail(sender="spam@evil.example")))
        inbox.put(sent(mail()))
        out = StringIO()
        given = ["add_source", "mailbox", server.url, "--name", "Press mails", "--options"]
        call_command(*given, json.dumps({"senders": [PRESS]}), stdout=out, stderr=StringIO())
        assert "Officers in post, note 1" in out.getvalue()
        assert inbox.read == set()
        assert Source.objects.get().kind == "mailbox"

    @pytest.mark.parametrize(
        ("url", "options", "sentence"),
        [
            ("imap://a@example.org/INBOX", {"senders": [PRESS]}, "imaps://user@host/INBOX"),
            ("imaps://a:secret@example.org/INBOX", {"senders": [PRESS]}, "holds a password"),
            ("imaps://example.org/INBOX", {"senders": [PRESS]}, "no address of a mailbox"),
            ('imaps://a@example.org/IN"BOX', {"senders": [PRESS]}, "plain letters"),
            ("imaps://a@example.org/INBOX", {}, "whose mails are read"),
            ("imaps://a@example.org/INBOX", {"senders": ["everyone"]}, "neither an address nor"),
            ("imaps://a@example.org/INBOX", {"senders": [PRESS], "password": "x"}, "no option “password”"),
        ],
    )
    def test_what_cannot_be_used(self, url: str, options: dict[str, Any], sentence: str) -> None:
        with pytest.raises(CommandError, match=sentence) as refused:
            call_command("add_source", "mailbox", url, "--name", "M", "--options", json.dumps(options))
        assert "secret" not in str(refused.value)


@given(body=st.binary(max_size=400), head=st.binary(max_size=200))
def test_whatever_comes_is_a_mail_or_none(body: bytes, head: bytes) -> None:
    try:
        read = read_mail(head + b"\r\n\r\n" + body)
    except NotAMail:
        return
    assert read.title
    assert "\0" not in read.text


def test_a_mail_of_ten_thousand_parts_or_nested_without_end_is_none() -> None:
    parts = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" for _ in range(10_000))
    with pytest.raises(NotAMail, match="more than 500 parts"):
        read_mail(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n")
    nested = b"".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'.encode() for n in range(450))
    with suppress(NotAMail):
        assert read_mail(nested + b"Content-Type: text/plain\r\n\r\nx").title
