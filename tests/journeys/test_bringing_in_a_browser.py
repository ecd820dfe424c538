"""The pages on which a newsroom's spreadsheet comes in, as a browser shows them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from commitments import tasks
from commitments.models import Import
from tests.commitments import newsroom

#: The page looks again by itself every two seconds.
PATIENCE_MS = 30_000

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, site: str) -> None:
    person = User.objects.create(username="edith", is_staff=True)
    person.groups.add(Group.objects.get_or_create(name="Editor")[0])
    client = Client()
    client.force_login(person)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": site}]
    )


def look(page: Page, name: str, width: int, said: list[str]) -> None:
    """No page is inaccessible, in neither theme, or wider than the screen, or breaks its own rules."""
    assert not [text for text in said if "Content Security Policy" in text], name
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.wait_for_timeout(500)  # until the colours have changed
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}, {theme}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    said.clear()  # what the checker itself tries
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{width}.png")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_spreadsheet_is_mapped_previewed_and_brought_in(
    browser: Browser, live_server: Any, tmp_path: Path, width: int
) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce").new_page()
    sign_in(page, live_server.url)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    file = tmp_path / "Tracker.xlsx"
    file.write_bytes(newsroom.workbook())

    page.goto(f"{live_server.url}/admin/commitments/import/")
    page.get_by_text("Take the record away").click()
    look(page, "list", width, said)
    page.get_by_role("link", name="Bring a file").click()
    look(page, "file", width, said)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()

    expect(page.get_by_role("heading", name="Which column is which?")).to_be_visible()
    look(page, "columns", width, said)
    for column, field in newsroom.SAID.items():
        page.get_by_label(column, exact=True).select_option(field)
    page.get_by_role("button", name="Show what it would change").click()

    expect(page.get_by_role("heading", name="Being checked")).to_be_visible()
    look(page, "progress", width, said)
    tasks.go_on_with_imports()
    expect(page.get_by_role("heading", name="What it would change")).to_be_visible(timeout=PATIENCE_MS)  # looked again
    look(page, "preview", width, said)
    page.get_by_role("link", name="40 refused", exact=True).click()
    look(page, "refused", width, said)
    with page.expect_download() as download:
        page.get_by_role("link", name="Get the 40 refused as a file").click()
    assert download.value.suggested_filename == "Tracker to put right.xlsx"

    page.get_by_role("button", name="Bring in the good rows, leave the 40 refused").click()
    expect(page.get_by_role("heading", name="Being brought in")).to_be_visible()
    tasks.go_on_with_imports()
    expect(page.get_by_role("button", name="Take this import back")).to_be_visible(timeout=PATIENCE_MS)
    look(page, "done", width, said)
    page.get_by_role("button", name="Take this import back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert Import.objects.get().state == "undone"
