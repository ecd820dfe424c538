"""The pages on which staff add a document by hand and quote it, as a browser shows them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from commitments import decisions
from commitments.models import Commitment, Evidence
from tests.commitments import make
from tests.journeys.looking import Look, sign_in
from tests.tracker.documents import xlsx
from tracker.deposits import Pasted, Received, Told, deposit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "Trees\n\nIn all 9,400 orchard trees were planted by January 2025.\n\n" + "\n\n".join(
    f"Orchard {number} is looked after by volunteers from the village nearby." for number in range(90)
)


@pytest.fixture
def trees() -> Commitment:
    made = make.commitment("Plant orchard trees", statement="Plant 20,000 orchard trees.")
    make.target(made, "orchard trees planted", "trees", 20000)
    return made


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_no_page_is_inaccessible_or_wider_than_the_screen(
    browser: Browser, live_server: Any, trees: Commitment, width: int, theme: Any
) -> None:
    received = Received("foi", "Ada Lin", dt.date(2025, 1, 10), "Request 17/25.")
    told = Told("Reply to request 17/25", "Ministry of Trees", received, published_on=dt.date(2025, 1, 9))
    release = deposit(Pasted(TEXT), told, timezone.now()).release
    quoted = TEXT.split("\n\n")[1]
    decisions.accept(make.evidence(trees, release, quoted), make.deed())
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme).new_page()
    sign_in(page, live_server.url, make.user("ada"))
    look = Look(page)
    quote = f"/admin/commitments/commitment/{trees.pk}/quote/"
    for path in (
        quote,
        f"{quote}?q=reply",
        f"{quote}?release={release.pk}",
        f"/admin/tracker/release/by-hand/text/?next={quote}",
        "/admin/tracker/release/by-hand/file/",
        "/admin/tracker/release/by-hand/address/",
        "/admin/tracker/release/",
        f"/admin/tracker/release/{release.pk}/put-right/text/",
        f"/admin/tracker/release/{release.pk}/change/",
        release.get_absolute_url(),
        "/sources/",
    ):
        look.at(live_server.url, path)


def test_a_workbook_is_uploaded_quoted_and_accepted_without_javascript(
    browser: Browser, live_server: Any, trees: Commitment, tmp_path: Path
) -> None:
    file = tmp_path / "trees.xlsx"
    file.write_bytes(xlsx(["In all 9,400 orchard trees were planted by January 2025."], ["Pears", 12]))
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server.url, make.user("ada"))
    page.goto(f"{live_server.url}/admin/commitments/commitment/{trees.pk}/change/")
    page.get_by_role("link", name="Add evidence", exact=True).click()
    page.get_by_role("link", name="Upload a file").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("Title").fill("Trees in January")
    page.get_by_label("Published on").fill("2025-01-09")
    page.get_by_label("Publisher").fill("Ministry of Trees")
    page.get_by_label("Received by").fill("Ada Lin")
    page.get_by_label("Received on").fill("2025-01-10")
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("listitem").filter(has_text="9,400").get_by_role("button", name="Quote this").click()
    expect(page.get_by_text("It waits here for your decision")).to_be_visible()
    page.get_by_role("button", name="Accept").first.click()
    assert Evidence.objects.get().state == "accepted"
    page.goto(live_server.url + trees.get_absolute_url())
    expect(page.get_by_text("In all 9,400 orchard trees were planted by January 2025.").first).to_be_visible()
