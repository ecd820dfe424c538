"""`make screenshots`: the handbook's pictures, taken from the demonstration.

It starts the demonstration in a folder of its own, signs in and works as a person would, through the product's own
pages, so that a picture shows what the product does now. Needs Chromium.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
IMAGES = Path(__file__).with_name("images")
RELEASES = len(list((ROOT / "commitments" / "demo" / "releases").glob("*.txt")))
START_SECONDS = 180
WIDTH, HEIGHT = 1100, 760
RETURNS, CAMERAS = "DEMO-001", "DEMO-009"


class Desk:
    """Whoever works through the demonstration, and keeps a picture wherever the handbook has one."""

    def __init__(self, page: Page, base: str, into: Path) -> None:
        self.page, self.base, self.into = page, base, into

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def keep(self, name: str, part: Locator | None = None) -> None:
        """A picture of a part of the page, or of what the window shows of it."""
        path = self.into / f"{name}.png"
        self.page.wait_for_load_state()
        self.page.mouse.move(0, 0)
        if part is None:
            self.page.screenshot(path=path, animations="disabled")
        else:
            part.screenshot(path=path, animations="disabled")

    def sign_in(self, password: str) -> None:
        self.go("/admin/")
        self.page.get_by_label("Username").fill("staff")
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()

    def open_commitment(self, reference: str) -> None:
        self.go(f"/admin/commitments/commitment/?q={reference}")
        self.page.get_by_role("link", name=reference).click()
        expect(self.page.locator("#standing")).to_be_visible()

    def wait_for_suggestions(self) -> None:
        """Until every release of the demonstration has been linked."""
        end = time.monotonic() + START_SECONDS
        while True:
            self.go("/admin/commitments/linkedrevision/")
            if f"{RELEASES} linked revisions" in self.page.inner_text("#content"):
                return
            if time.monotonic() > end:
                sys.exit(f"Not all {RELEASES} releases of the demonstration were linked within {START_SECONDS} s.")
            time.sleep(1)


def work(desk: Desk) -> None:
    """The handbook's story, in an order in which each step finds what it needs."""
    page = desk.page
    desk.go("/admin/")
    desk.keep("home")
    _queue(desk)
    _commitment(desk)
    _statuses(desk)
    _deadline(desk)
    desk.go("/admin/auth/user/add/")
    page.get_by_label("Username").fill("jo")
    page.get_by_label("Email address").fill("jo@example.org")
    page.get_by_label("Role").select_option("Researcher")
    desk.keep("invitation", page.locator("#content"))
    desk.open_commitment(RETURNS)
    page.get_by_role("link", name="History", exact=True).click()
    desk.keep("history")
    _bring(desk)
    _source(desk)


def _queue(desk: Desk) -> None:
    page = desk.page
    desk.open_commitment(RETURNS)
    page.get_by_role("link", name="waiting").click()
    expect(page.locator("#review-keys")).to_be_visible()
    desk.keep("queue")
    page.locator("#review-keys").click()
    desk.keep("keys", page.locator("#review-help"))
    page.get_by_role("button", name="Close").click()
    left = page.locator(".review-head strong")
    for waiting in range(int(left.inner_text()) - 1, -1, -1):
        page.locator("button[data-key=a]").click()
        expect(left).to_have_text(str(waiting))


def _commitment(desk: Desk) -> None:
    desk.open_commitment(RETURNS)
    desk.keep("commitment")
    desk.keep("figures", desk.page.locator("section.panel", has=desk.page.locator("#numbers")))


def _statuses(desk: Desk) -> None:
    page = desk.page
    desk.open_commitment(RETURNS)
    page.get_by_role("link", name="Change status").click()
    page.get_by_label("Status:").select_option("achieved")
    page.get_by_label("Reason").fill("The department says that 16,400 people were returned.")
    page.get_by_label("Holds from").fill("09/01/2025")
    page.get_by_label("Deciding evidence").select_option(index=1)
    desk.keep("status")
    page.get_by_role("button", name="Record the status").click()
    page.get_by_role("link", name="Correct this entry").click()
    page.get_by_label("Status:").select_option("unclear")
    page.get_by_label("Reason").fill(
        "That figure runs past the deadline, and none for 2018 was given to compare it with."
    )
    page.get_by_role("button", name="Record the status").click()
    page.get_by_role("link", name="The public page").click()
    desk.keep("correction", page.locator("section", has=page.get_by_text("Corrected since")).last)
    desk.open_commitment(CAMERAS)
    page.get_by_role("link", name="Change status").click()
    page.get_by_label("Status:").select_option("not_achieved")
    page.get_by_label("Reason").fill("Its time is over, and nobody has said that the cameras are worn.")
    page.get_by_label("Documented absence").fill(
        "Looked through all releases of the Home Office until the end of 2025."
    )
    page.get_by_label("Asked for a reply").fill("Home Office press office")
    page.get_by_label("Reply by").fill(f"{dt.date.today() + dt.timedelta(days=7):%d/%m/%Y}")  # noqa: DTZ011
    page.get_by_role("button", name="Propose it").click()
    page.get_by_role("link", name="Look at the proposal").click()
    desk.keep("proposal", page.locator("#content"))


def _deadline(desk: Desk) -> None:
    page = desk.page
    desk.open_commitment(CAMERAS)
    page.get_by_role("link", name="Record a new definition").click()
    page.get_by_label("Announced on").fill("01/02/2026")
    page.get_by_label("Deadline as worded").fill("within a year")
    expect(page.locator("output.reading")).to_contain_text("1 February 2027")
    desk.keep("deadline", page.locator("fieldset", has=page.locator("output.reading")))


#: What a newsroom has: names of its own for the columns, and a day that does not exist.
SHEET = """Ref,Pledge,Full text,Announced,By when,Rating
G-01,Open ten libraries,The ministry promised to open ten public libraries.,05/07/2024,by the end of 2027,not started
G-02,Mend the town bridge,The ministry promised to mend the town bridge.,31/02/2025,in spring 2028,not started
"""


def _bring(desk: Desk) -> None:
    page = desk.page
    desk.go("/admin/commitments/import/add/")
    page.get_by_label("File").set_input_files(
        {"name": "Promises.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    )
    page.get_by_role("button", name="Look at it").click()
    page.get_by_label("Pledge", exact=True).select_option(label="Title")
    desk.keep("columns", page.locator("#content"))
    page.get_by_role("button", name="Show what it would change").click()
    expect(page.get_by_role("heading", name="What it would change")).to_be_visible(timeout=20_000)
    page.locator("summary").first.click()
    desk.keep("preview", page.locator("#content"))


def _source(desk: Desk) -> None:
    page = desk.page
    desk.go("/admin/tracker/source/")
    feed = page.get_by_role("link", name="Demonstration")
    expect(feed).to_be_visible()
    desk.keep("sources", page.locator("#content"))
    feed.click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Try it").click()
    desk.page = opened.value
    expect(desk.page.get_by_text("Nothing has been saved.")).to_be_visible()
    desk.keep("try")


@contextmanager
def demonstration(data: Path, port: int) -> Iterator[str]:
    """A whole Pledgewatch of its own in a folder, stopped at the end. Gives the password of “staff”."""
    ours = {"DATA_DIR": str(data), "PORT": str(port), "DEMO_PORT": str(port + 1), "DEMO": "1"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    log = data.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.launch"],
            cwd=ROOT,
            env=kept | ours,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, port, log)
        yield (data / "first_staff_password").read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    sys.exit(f"The demonstration did not start.\n{log.read_text(errors='replace')[-3000:]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=IMAGES, help="folder for the pictures")
    parser.add_argument("--port", type=int, default=8790, help="a free port; the next one must be free too")
    asked = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is needed for the pictures: apt install chromium")
    asked.into.mkdir(parents=True, exist_ok=True)
    base = f"http://127.0.0.1:{asked.port}"
    with (
        tempfile.TemporaryDirectory() as folder,
        demonstration(Path(folder) / "data", asked.port) as password,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]) as browser,
    ):
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", reduced_motion="reduce", locale="en-GB"
        )
        context.add_init_script("localStorage.setItem('django.admin.navSidebarIsOpen', 'false')")
        desk = Desk(context.new_page(), base, asked.into)
        desk.page.set_default_timeout(15_000)
        desk.sign_in(password)
        desk.wait_for_suggestions()
        work(desk)


if __name__ == "__main__":
    main()
