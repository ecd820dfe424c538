"""Mails as a window of a mail program shows them, and the pages on which staff see them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from commitments.digests import deliver, signup
from commitments.models import Digest, Subscriber
from tests.commitments import every_page, make
from tests.journeys.looking import Look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sent(live_server: Any) -> Digest:
    """A digest with something of everything, which went to somebody new."""
    every_page.write()
    reader = signup.add_confirmed("al@example.org", "daily", "all")
    Subscriber.objects.update(confirmed_at=timezone.now() - dt.timedelta(days=2))
    deliver.send_for(timezone.localdate())
    return reader.digests.get()


def test_a_mail_is_read_on_any_width_and_in_either_theme(browser: Browser, sent: Digest) -> None:
    assert mail.outbox[-1].alternatives
    for width in (600, 360):
        for theme in ("light", "dark"):
            scheme: Any = theme
            page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
            page.set_content(sent.html)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})  # a mail has no landmarks
            assert found.violations_count == 0, f"{width}, {theme}\n{found.generate_report()}"


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_staff_see_what_went_out(browser: Browser, live_server: Any, sent: Digest, width: int, theme: Any) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme).new_page()
    sign_in(page, live_server.url, make.user("ada"))
    look = Look(page)
    of_subscriber = "admin:commitments_subscriber"
    for address in (
        reverse("admin:commitments_digest_changelist"),
        reverse("admin:commitments_digest_change", args=[sent.pk]),
        reverse(f"{of_subscriber}_changelist"),
        reverse(f"{of_subscriber}_change", args=[sent.subscriber_id]),
        f"{reverse('admin:index')}my-mail/",
        reverse("admin:commitments_bounce_changelist"),
        reverse("admin:commitments_brake_changelist"),
    ):
        look.at(live_server.url, address)
