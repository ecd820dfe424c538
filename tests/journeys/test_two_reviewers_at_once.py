"""Two people in two browsers who decide on the same cards at the same moment, on a whole server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page

from benchmarks.queue import PASSWORD, REVIEWERS
from benchmarks.scripted_reviewer import READING_MS

from .instance import PYTHON, Instance, eventually, free_port, instance

pytestmark = pytest.mark.browser

ROUNDS = 16
PRESS = "key => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))"
OUTCOME = """
import json
from commitments.models import *
print(json.dumps([
    {
        "by": piece.decided_by.username,
        "entries": [entry.by.username for entry in piece.decisions.all()],
        "points": piece.measurements.filter(withdrawn_at=None).count(),
    }
    for piece in Evidence.objects.accepted()
]))
"""


def test_nothing_is_lost_or_recorded_twice(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with instance(tmp_path / "data") as running:
        _start(running, port)
        pages = [_sign_in(browser, port, name) for name in REVIEWERS]
        told = 0
        for _ in range(ROUNDS):
            for page in pages:  # both are on their way before either has an answer
                page.evaluate("document.getElementById('review-state').dataset.old = 'yes'")
                key = "a" if page.query_selector(".decide-details") else "j"
                page.evaluate(
                    "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))", key
                )
            for page in pages:
                page.wait_for_selector("#review-state:not([data-old])", state="attached")
                page.wait_for_timeout(READING_MS)
                told += "accepted this at" in page.inner_text("#review-said")
        outcome = json.loads(running.manage("shell", "-v", "0", "-c", OUTCOME).stdout)

    assert len(outcome) >= ROUNDS // 2
    assert told >= 1
    for piece in outcome:
        assert piece["entries"] == [piece["by"]]
        assert piece["points"] == 1


def _start(running: Instance, port: int) -> None:
    filled = running.start(PYTHON, "-m", "benchmarks.queue", "--prepare-only", "--commitments", "24", "--waiting", "24")
    assert filled.wait(120) == 0
    running.environment["BASE_URL"] = f"http://127.0.0.1:{port}"
    running.start(PYTHON, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "--threads", "4", "config.wsgi")


def _sign_in(browser: Browser, port: int, name: str) -> Page:
    base = f"http://127.0.0.1:{port}/admin"
    page = browser.new_context().new_page()
    eventually("the server answers", lambda: _opens(page, f"{base}/login/"), within=60)
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.goto(f"{base}/commitments/evidence/review/")
    page.wait_for_timeout(READING_MS)
    return page


def _opens(page: Page, address: str) -> bool:
    try:
        page.goto(address)
    except Error:  # nobody listens there yet
        return False
    return True
