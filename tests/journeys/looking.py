"""What every page has to be in a browser: accessible, no wider than the screen, true to its own content policy.

With SCREENSHOTS naming a folder, each page that is looked at leaves a picture there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page

#: Django's own admin does these: its searchable selects try an inline style and look the same without it, and the
#: column of boxes has no heading.
_DJANGOS_STYLE = "inline style"
_RULES = {"rules": {"empty-table-header": {"enabled": False}}}


class Look:
    """Looks at whatever `page` shows, from then on that it is made. Fails with what is wrong, and where."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._refused: list[str] = []
        page.on("console", lambda message: self._hear(message.text))

    def __call__(self, where: str) -> None:
        page = self._page
        page.wait_for_load_state()
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{where} is {overflow} pixels wider than the screen"
        assert not self._refused, f"{where} breaks its own policy: {self._refused}"
        found = Axe().run(page, options=_RULES)
        self._refused.clear()  # what the checker itself tries
        if folder := os.environ.get("SCREENSHOTS"):
            size: Any = page.viewport_size
            name = re.sub(r"\W+", "-", where).strip("-") or "home"
            page.screenshot(path=Path(folder) / f"{name[:80]}-{size['width']}.png", full_page=True)
        assert found.violations_count == 0, f"{where}\n{found.generate_report()}"

    def at(self, site: str, path: str) -> None:
        """The same of an address."""
        self._page.goto(site + path)
        self(path)

    def _hear(self, said: str) -> None:
        if "Security Policy" in said and _DJANGOS_STYLE not in said:
            self._refused.append(said)


def sign_in(page: Page, site: str, person: User) -> None:
    """As if `person` had come in by the login form of `site`."""
    client = Client()
    client.force_login(person)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": site}]
    )
