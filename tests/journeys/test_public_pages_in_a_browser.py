"""Public pages as a browser shows them: accessible in both themes, whole at phone width, usable by keyboard."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser

from commitments import corrections, decisions
from commitments.digests import links, signup
from commitments.models import Definition, Measurement, Milestone, OwnWords, Question
from tests.commitments import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(live_server: Any) -> list[str]:
    """Every kind of public page, with something of everything on it."""
    editor = make.user()
    made = make.commitment("Plant trees", due=timezone.localdate() - dt.timedelta(days=2), demonstration=True)
    series = make.target(made, "trees planted", "trees", 20000, baseline_value=0, baseline_date=dt.date(2024, 7, 5))
    Measurement.objects.create(series=series, value=10000, high=12000, qualifier="between", published_on="2025-01-09")
    Measurement.objects.create(series=series, value=9000, qualifier="more than", published_on="2024-12-30")
    OwnWords.objects.create(subject="privacy", text="We keep mail addresses.\n\nSee https://example.org/privacy.")
    for day, value in ((1, 9400), (20, 16400)):
        text = f"In all {value:,} trees stand.\n\nMore will follow."
        release = make.release(text, title=f"{value:,} trees", published=dt.date(2025, 1, day))
        figure = make.figure(value, series, start=7, end=12)
        decisions.accept(make.evidence(made, release, text.split("\n")[0], figures=[figure]), make.deed(editor))
    again = make.release("Trees, as we said, are good.", title="Again")
    decisions.accept(make.evidence(made, again, relation="restates"), make.deed(editor))
    decisions.change_status(made, "off_track", editor, "Too few.", dt.date(2025, 2, 1))
    Definition.objects.create(
        commitment=made,
        kind="date_change",
        statement="Plant trees by autumn.",
        quote="They will be planted by autumn.",
        effective_from=dt.date(2025, 3, 1),
        deadline_text="by autumn",
        deadline_earliest=timezone.localdate(),
        deadline_latest=timezone.localdate() + dt.timedelta(days=60),
    )
    Milestone.objects.create(commitment=made, title="Dig", deadline_text="in spring")
    Question.objects.create(commitment=made, asked_of="The Ministry", asked_on=dt.date(2025, 4, 1), question="When?")
    asked = corrections.receive(made, "It is 9,500.", "", "", "192.0.2.1")
    corrections.decide(asked, make.deed(editor), upheld=True, answer="Yes.", changed="It said 9,400; it is 9,500.")
    withheld = make.release("Not for the public.", title="Withheld")
    decisions.accept(make.evidence(made, withheld), make.deed(editor))
    decisions.withhold(withheld, "release", "By order of a court.", "A letter.", make.deed(editor))
    make.commitment("Mend the bridge", due=timezone.localdate() + dt.timedelta(days=2))
    reader = signup.add_confirmed("jo@example.org", "weekly", "all", "search:trees")
    return [
        live_server.url + path
        for path in (
            "/",
            "/commitments/",
            "/commitments/?q=trees&timing=due",
            "/commitments/?q=nothing",
            made.get_absolute_url(),
            f"{made.get_absolute_url()}versions/1/",
            f"{made.get_absolute_url()}embed/",
            f"/releases/{release.pk}/revisions/1/",
            "/compare/",
            "/about/",
            "/about/privacy/",
            "/sources/",
            "/methodology/",
            f"{made.get_absolute_url()}correct/",
            f"{made.get_absolute_url()}correct/?sent",
            "/corrections/",
            withheld.get_absolute_url(),
            "/changes/",
            "/data/",
            "/api/v1/docs/",
            "/subscribe/?scope=search:trees",
            "/subscribe/settings/",
            urlsplit(links.manage_url(reader)).path,
            urlsplit(links.unsubscribe_url(reader)).path,
            "/nowhere/",
        )
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_is_inaccessible_or_wider_than_the_screen(
    browser: Browser, addresses: list[str], theme: Any, width: int
) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme).new_page()
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    for address in addresses:
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
    origin = addresses[0]
    assert all(url.startswith(origin) for url in elsewhere)


def test_nothing_is_lost_at_four_times_the_size(browser: Browser, addresses: list[str]) -> None:
    """A window of 1280 pixels at 400 % is one of 320."""
    page = browser.new_context(viewport={"width": 320, "height": 256}).new_page()
    for address in addresses:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, address


def test_the_keyboard_reaches_the_content_and_a_figure_leads_to_its_sentence(
    browser: Browser, addresses: list[str]
) -> None:
    page = browser.new_page()
    page.goto(addresses[4])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.get_by_role("link", name="16,400 trees").first.click()
    assert page.locator("mark:target").inner_text() == "In all 16,400 trees stand."


def test_filtering_works_without_javascript(browser: Browser, addresses: list[str]) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(addresses[1])
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Timing").select_option("due_soon")
    page.get_by_role("button", name="Apply").click()
    assert page.get_by_role("heading", level=2).inner_text() == "1 of 2 commitments"
    assert page.get_by_role("link", name="Mend the bridge").is_visible()
