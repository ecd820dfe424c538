"""The pages on which a newsroom's spreadsheet comes in, as a browser shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Browser, expect

from commitments import tasks
from commitments.models import Import
from tests.commitments import newsroom
from tests.journeys.looking import Look, sign_in

#: The page looks again by itself every two seconds.
PATIENCE_MS = 30_000

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(transactional_db: None) -> User:
    person = User.objects.create(username="edith", is_staff=True)
    person.groups.add(Group.objects.get_or_create(name="Editor")[0])
    return person


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_spreadsheet_is_mapped_previewed_and_brought_in(
    browser: Browser, live_server: Any, editor: User, tmp_path: Path, width: int, theme: Any
) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme).new_page()
    sign_in(page, live_server.url, editor)
    look = Look(page)
    file = tmp_path / "Tracker.xlsx"
    file.write_bytes(newsroom.workbook())

    page.goto(f"{live_server.url}/admin/commitments/import/")
    page.get_by_text("Take the record away").click()
    look("import, list")
    page.get_by_role("link", name="Bring a file").click()
    look("import, file")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()

    expect(page.get_by_role("heading", name="Which column is which?")).to_be_visible()
    look("import, columns")
    for column, field in newsroom.SAID.items():
        page.get_by_label(column, exact=True).select_option(field)
    page.get_by_role("button", name="Show what it would change").click()

    expect(page.get_by_role("heading", name="Being checked")).to_be_visible()
    look("import, progress")
    tasks.go_on_with_imports()
    expect(page.get_by_role("heading", name="What it would change")).to_be_visible(timeout=PATIENCE_MS)  # looked again
    look("import, preview")
    page.get_by_role("link", name="40 refused", exact=True).click()
    look("import, refused")
    with page.expect_download() as download:
        page.get_by_role("link", name="Get the 40 refused as a file").click()
    assert download.value.suggested_filename == "Tracker to put right.xlsx"

    page.get_by_role("button", name="Bring in the good rows, leave the 40 refused").click()
    expect(page.get_by_role("heading", name="Being brought in")).to_be_visible()
    tasks.go_on_with_imports()
    expect(page.get_by_role("button", name="Take this import back")).to_be_visible(timeout=PATIENCE_MS)
    look("import, done")
    page.get_by_role("button", name="Take this import back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert Import.objects.get().state == "undone"
