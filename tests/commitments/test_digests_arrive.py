"""A mail as a real server takes it: its headers, its parts, and where its links lead."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from commitments import decisions
from commitments.digests import deliver, signup
from commitments.models import Digest
from tests.commitments import make
from tests.commitments.mailbox import Mailbox, serving

pytestmark = pytest.mark.django_db

SITE = "https://pledges.example"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    settings.DEFAULT_FROM_EMAIL = "Pledges <digests@pledges.example>"
    settings.BASE_URL = SITE
    with serving(settings) as box:
        yield box


def a_day_with_everything() -> None:
    today = timezone.localdate()
    owner = make.commitment("Plant öaks & <beeches>", due=today - dt.timedelta(days=3), made_on=today)
    make.commitment("Build roads", due=today + dt.timedelta(days=3), made_on=today)
    signup.add_confirmed("jo@example.org", "daily", "all")
    decisions.change_status(owner, "off_track", make.user(), "They have stopped.", today)
    decisions.accept(make.evidence(owner, make.release("They planted “few” trees. " * 30)), make.deed())
    owner.definitions.create(kind="narrowing", statement="Plant some.", effective_from=today)


def arrived(mailbox: Mailbox) -> EmailMessage:
    a_day_with_everything()
    deliver.send_for(timezone.localdate())
    (message,) = mailbox.to("jo@example.org")
    return message


def test_its_headers_are_those_that_mailbox_keepers_ask_for(mailbox: Mailbox) -> None:
    message = arrived(mailbox)

    headers = {name.lower() for name in message.keys()}  # noqa: SIM118
    assert len(headers) == len(message.keys()), "none comes twice, which would break a DKIM signature over it"
    assert re.fullmatch(rf"<{SITE}/subscribe/unsubscribe/[^/]+/>", str(message["List-Unsubscribe"]).strip())
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"].endswith("<digests.pledges.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Feedback-ID"].endswith(":pledges.example")
    assert message["Message-ID"] == Digest.objects.get().message_id
    assert message["Message-ID"].endswith("@pledges.example>")
    assert message["From"] == "Pledges <digests@pledges.example>"
    assert {"date", "to", "subject", "mime-version"} <= headers


def test_it_has_two_parts_the_better_one_last_in_lines_that_every_server_takes(mailbox: Mailbox) -> None:
    message = arrived(mailbox)

    assert message.get_content_type() == "multipart/alternative"
    parts = [part.get_content_type() for part in message.iter_parts()]
    assert parts == ["text/plain", "text/html"]
    assert max(len(line) for line in message.as_bytes().splitlines()) <= 998
    text, page = (part.get_content() for part in message.iter_parts())
    assert "* Plant öaks & <beeches>" in text
    assert "Plant öaks &amp; &lt;beeches&gt;" in page


def test_every_link_opens_and_one_press_of_the_mail_programs_button_ends_it(mailbox: Mailbox, client: Client) -> None:
    message = arrived(mailbox)
    leaving = str(message["List-Unsubscribe"]).strip(" <>")

    for part in message.iter_parts():
        links = set(re.findall(rf"{SITE}([^\s\"<]*)", part.get_content()))
        assert leaving.removeprefix(SITE) in links
        for link in links:
            opened = client.get(link)
            if opened.status_code == 302:  # a piece of evidence, to where it stands now
                link = opened.headers["Location"]
                opened = client.get(link)
            assert opened.status_code == 200, link
            anchor = link.partition("#")[2]
            assert not anchor or f'id="{anchor}"' in opened.content.decode(), link
    assert client.post(leaving.removeprefix(SITE), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert deliver.send_for(timezone.localdate() + dt.timedelta(days=1)).deliveries == []
    assert mail.outbox == []
