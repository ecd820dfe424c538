from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from commitments.digests import deliver, signup
from commitments.models import Digest, Subscriber
from tests.commitments import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.user("manager"))
    return client


def address(subscriber: Subscriber) -> str:
    return f"/admin/commitments/subscriber/{subscriber.pk}/preview/"


def subscriber(*scopes: str) -> Any:
    return signup.add_confirmed("jo@example.org", "daily", *scopes)


def overdue(title: str = "Plant trees") -> Any:
    return make.commitment(title, due=timezone.localdate() - dt.timedelta(days=3), made_on=timezone.localdate())


def without_links(text: str) -> str:
    return re.sub(r"/subscribe/\S+", "", text)


def test_staff_see_the_mail_that_a_subscriber_would_be_sent_now(staff: Client) -> None:
    overdue()
    jo = subscriber("all")

    seen = staff.get(address(jo)).context["mail"]
    page = staff.get(f"{address(jo)}html/").content.decode()

    assert not Digest.objects.exists()
    deliver.send_for(timezone.localdate())
    (sent,) = mail.outbox
    assert seen.subject == sent.subject
    assert without_links(seen.text) == without_links(str(sent.body))
    assert without_links(page) == without_links(str(sent.alternatives[0].content))


def test_where_nothing_is_to_be_sent_it_says_so(staff: Client) -> None:
    overdue()
    jo = subscriber("commitment:" + overdue("Build roads").slug)
    deliver.send_for(timezone.localdate() - dt.timedelta(days=1))

    assert "nothing has happened since their last mail" in staff.get(address(jo)).content.decode()
    assert "nothing to send" in staff.get(f"{address(jo)}html/").content.decode()


def test_no_link_in_it_ends_the_readers_subscription(staff: Client) -> None:
    overdue()
    jo = subscriber("all")

    text = staff.get(address(jo)).context["mail"].text
    for link in re.findall(r"http://127\.0\.0\.1:8000(/subscribe/\S+)", text):
        assert staff.post(link).status_code == 404
    jo.refresh_from_db()
    assert jo.state == "confirmed"


def test_the_html_part_is_shown_where_it_can_do_nothing(staff: Client) -> None:
    overdue()
    jo = subscriber("all")

    around = staff.get(address(jo)).content.decode()
    part = staff.get(f"{address(jo)}html/")

    assert f'<iframe class="mail" sandbox src="{address(jo)}html/"' in around
    policy = part.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert part.headers["X-Frame-Options"] == "SAMEORIGIN"
