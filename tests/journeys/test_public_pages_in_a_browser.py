"""Public pages as a browser shows them: accessible in both themes, whole at phone width, usable by keyboard."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.commitments import every_page

#: By how many pixels a page is wider than its window.
BEYOND_THE_EDGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: The element that has the focus, by its place in the document; whether it is to be seen, and shows that it has it.
FOCUSED = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at)
  const ring = at.querySelector('.reach')  // around a point of a chart
  return {
    place: [...document.querySelectorAll('*')].indexOf(at),
    what: at.outerHTML.slice(0, 120),
    isBody: at === document.body,
    isInView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 0,
    isShown: ring ? getComputedStyle(ring).stroke !== 'none'
      : style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  }
}"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(live_server: Any) -> dict[str, str]:
    """Every kind of public page, with something of everything on it, by what it is."""
    return {name: live_server.url + path for name, path in every_page.write().items()}


#: The bytes of a page and of each thing that it loads, unpacked.
WEIGHTS = """['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
  .map(each => each.decodedBodySize)"""
MOST_REQUESTS, MOST_BYTES = 12, 250_000
#: What depends on the colours alone, which are the same at every width.
BY_COLOUR = {"runOnly": ["color-contrast", "link-in-text-block"]}
#: Width of the window, theme and rules of the checker; all of them where none are named.
LOOKS: list[tuple[int, Any, Any]] = [(1440, "light", None), (1440, "dark", BY_COLOUR), (390, "dark", None)]


def test_no_page_is_inaccessible_or_wider_than_the_screen(browser: Browser, addresses: dict[str, str]) -> None:
    page = browser.new_page()
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    for name, address in addresses.items():
        page.goto(address)
        weights = page.evaluate(WEIGHTS)
        assert len(weights) <= MOST_REQUESTS, name
        assert sum(weights) <= MOST_BYTES, name
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert not [text for text in blocked if "Content Security Policy" in text], name
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(each => +each.tagName[1])")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), (name, levels)
        for width, theme, rules in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            assert page.evaluate(BEYOND_THE_EDGE) <= 0, (name, width)
            results = Axe().run(page, options=rules)
            assert results.violations_count == 0, f"{name}, {width}, {theme}\n{results.generate_report()}"
    assert all(url.startswith(addresses["home"]) for url in elsewhere)


def test_nothing_is_lost_at_four_times_the_size(browser: Browser, addresses: dict[str, str]) -> None:
    """A window of 1280 pixels at 400 % is one of 320."""
    page = browser.new_context(viewport={"width": 320, "height": 256}).new_page()
    for address in addresses.values():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate(BEYOND_THE_EDGE) <= 0, address


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


@pytest.mark.parametrize("name", ["list", "commitment", "release", "search, passages", "correct"])
def test_the_keyboard_walks_a_page_in_its_order_and_shows_where_it_is(
    browser: Browser, addresses: dict[str, str], name: str
) -> None:
    page = browser.new_page()
    page.goto(addresses[name])
    places = []
    for _ in range(300):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at["isBody"]:
            break
        assert at["isInView"], at["what"]
        assert at["isShown"], at["what"]
        places.append(at["place"])
    else:
        raise AssertionError("The keyboard does not get out of the page.")
    assert places == sorted(set(places))
    assert len(places) == page.evaluate(
        "[...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')]"
        ".filter(each => each.tabIndex >= 0 && each.checkVisibility()).length"
    )


def test_filtering_works_without_javascript(browser: Browser, addresses: dict[str, str]) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(addresses["list"])
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Timing").select_option("due_soon")
    page.get_by_role("button", name="Apply").click()
    assert page.get_by_role("heading", level=2).inner_text() == "1 of 2 commitments"
    assert page.get_by_role("link", name="Mend the bridge").is_visible()
