"""A member of staff's first day in a browser: choosing a password, the second step, and the history of a commitment."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, User
from django.core import mail
from django.urls import reverse
from django_otp.oath import TOTP
from playwright.sync_api import Browser, Page

from commitments.audit.acting import acting
from commitments.models import Commitment, Milestone
from commitments.staff import invitations
from tests.commitments import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "orchard-severn-2468"


def check(page: Page, said: list[str]) -> None:
    """That the page as it stands is accessible, within the policy and no wider than the screen."""
    assert not [text for text in said if "Content Security Policy" in text], (page.url, said)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (page.url, width)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{page.url} at {width}\n{results.generate_report()}"
    said.clear()  # what looks at the page is itself not within its policy


def test_a_first_day(browser: Browser, live_server: Any, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    settings.BASE_URL = live_server.url
    jo = User.objects.create(username="jo", email="jo@example.org", first_name="Jo", is_staff=True)
    jo.groups.add(Group.objects.get(name="Editor"))
    made = make.commitment("Plant trees")
    with acting("admin", jo.pk):
        Commitment.objects.filter(pk=made.pk).update(title="Plant more trees")
        Milestone.objects.create(commitment=made, title="Dig")
    invitations.send(jo)
    page = browser.new_context().new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(mail.outbox[0].body.split("days:\n")[1].split()[0])
    check(page, said)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("Confirm password").fill(PASSWORD)
    page.get_by_role("button", name="Change my password").click()
    page.get_by_text("Your password is set").wait_for()
    check(page, said)

    sign_in(page)
    page.get_by_text("Everyone here signs in with a second step").wait_for()
    check(page, said)
    clock = TOTP(base64.b32decode(page.locator(".key").inner_text().replace(" ", "")))
    clock.time = time.time()
    page.get_by_label("Code").fill(f"{clock.token():06}")
    page.keyboard.press("Enter")
    page.get_by_text("Two-factor sign-in is on").wait_for()
    check(page, said)
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()

    page.get_by_role("button", name="Log out").click()
    page.goto(f"{live_server.url}{reverse('admin:commitments_commitment_history', args=[made.pk])}")
    sign_in(page)
    page.get_by_text("Give the six digits").wait_for()
    check(page, said)
    page.get_by_label("Code").fill(codes[0])
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="History of commitment").wait_for()
    assert page.locator(".audit ins").first.inner_text() == "Plant more trees"
    check(page, said)
    for name in ("commitments_auditentry_changelist", "two_factor"):
        page.goto(f"{live_server.url}{reverse(f'admin:{name}')}")
        check(page, said)


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill("jo")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
