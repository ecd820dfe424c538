"""A commitment shown on somebody else's page, in Chromium: another origin, a strict policy on both sides."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser
from pytest_httpserver import HTTPServer

from commitments import decisions
from tests.commitments import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_can_be_copied_works_on_a_strict_page_of_another_origin(
    browser: Browser, live_server: Any, settings: Any, client: Client, theme: Any
) -> None:
    settings.BASE_URL = live_server.url
    made = make.commitment("Plant trees along every road of the county", due=dt.date(2025, 1, 5))
    page_of_ours = client.get(made.get_absolute_url()).content.decode()
    snippets = [
        html.unescape(each)
        for each in re.findall(r'<textarea[^>]*id="embed-[^>]*>(.*?)</textarea>', page_of_ours, re.DOTALL)
    ]
    policy = f"default-src 'none'; frame-src {live_server.url}; img-src {live_server.url}"
    body = f'<!doctype html><html lang="en"><meta name="color-scheme" content="light dark">{"".join(snippets)}'
    with HTTPServer(host="127.0.0.1") as theirs:
        theirs.expect_request("/").respond_with_data(
            body, content_type="text/html", headers={"Content-Security-Policy": policy}
        )
        page = browser.new_context(viewport={"width": 800, "height": 900}, color_scheme=theme).new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(theirs.url_for("/"))
        frame = page.frame_locator("iframe")
        assert frame.get_by_role("heading").inner_text() == made.title
        paper = frame.locator("body").evaluate("each => getComputedStyle(each).backgroundColor")
        assert paper == {"light": "rgb(251, 249, 244)", "dark": "rgb(23, 21, 18)"}[theme]
        drawn = page.locator("img").evaluate("each => [each.naturalWidth, each.currentSrc.endsWith('?theme=dark')]")
        assert drawn == [600, theme == "dark"]
        decisions.change_status(made, "off_track", make.user(), "Too few.", dt.date(2025, 1, 1))
        page.goto(theirs.url_for("/") + "?later", wait_until="networkidle")
        page.frame_locator("iframe").locator("body").evaluate("() => location.reload()")
        frame.get_by_text("Off track").wait_for()
        frame.get_by_role("link", name="Why, and on what evidence").click()
        page.wait_for_url(live_server.url + made.get_absolute_url())
        assert [text for text in said if "Content Security Policy" in text or "X-Frame" in text] == []


def test_no_word_of_the_picture_runs_out_of_it(browser: Browser, live_server: Any, client: Client) -> None:
    made = make.commitment("WIDE MAMMOTH WORDS “AND” NARROW — " * 8, due=dt.date(2025, 1, 5))
    drawing = client.get(f"{made.get_absolute_url()}embed.svg").content.decode()
    page = browser.new_page()
    page.set_content(drawing)
    edges = page.evaluate("[...document.querySelectorAll('text')].map(each => each.getBBox()).map(b => b.x + b.width)")
    assert len(edges) > 5
    assert max(edges) <= 600 - 32 + 1
