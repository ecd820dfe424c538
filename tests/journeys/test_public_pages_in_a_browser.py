"""Public pages as a browser shows them: accessible in both themes, whole at phone width, usable by keyboard."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.commitments import every_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(live_server: Any) -> dict[str, str]:
    """Every kind of public page, with something of everything on it, by what it is."""
    return {name: live_server.url + path for name, path in every_page.write().items()}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_is_inaccessible_or_wider_than_the_screen(
    browser: Browser, addresses: dict[str, str], theme: Any, width: int
) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme).new_page()
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    for address in addresses.values():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, address
        assert not [text for text in blocked if "Content Security Policy" in text], address
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(each => +each.tagName[1])")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), (address, levels)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{address}\n{results.generate_report()}"
    origin = addresses["home"]
    assert all(url.startswith(origin) for url in elsewhere)


def test_nothing_is_lost_at_four_times_the_size(browser: Browser, addresses: dict[str, str]) -> None:
    """A window of 1280 pixels at 400 % is one of 320."""
    page = browser.new_context(viewport={"width": 320, "height": 256}).new_page()
    for address in addresses.values():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, address


def test_the_keyboard_reaches_the_content_and_a_figure_leads_to_its_sentence(
    browser: Browser, addresses: dict[str, str]
) -> None:
    page = browser.new_page()
    page.goto(addresses["commitment"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.get_by_role("link", name="16,400 trees").first.click()
    assert page.locator("mark:target").inner_text() == "In all 16,400 trees stand."


def test_filtering_works_without_javascript(browser: Browser, addresses: dict[str, str]) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(addresses["list"])
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Timing").select_option("due_soon")
    page.get_by_role("button", name="Apply").click()
    assert page.get_by_role("heading", level=2).inner_text() == "1 of 2 commitments"
    assert page.get_by_role("link", name="Mend the bridge").is_visible()
