"""How long staff wait for the next card of the review queue, by keyboard in a real browser.

Fills a database, serves it as in production (gunicorn, one process, four threads), and lets a scripted person decide
in Chromium; says how long it took from each key to the card that it led to, and checks that the database holds what
each key was meant to do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import django

ROOT = Path(__file__).resolve().parent.parent
REVIEWERS = ("ann", "ben")
PASSWORD = "for the benchmark alone"  # noqa: S105
#: What a person waits for a card, with 10,000 waiting and 5,000 commitments, on a machine that does nothing else.
MARK_MS = 150.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--waiting", type=int, default=10_000, help="suggestions that wait (default 10,000)")
    parser.add_argument("--commitments", type=int, default=5_000, help="commitments on record (default 5,000)")
    parser.add_argument("--decisions", type=int, default=200, help="how many to make (default 200)")
    parser.add_argument("--short", action="store_true", help="100 waiting, 80 commitments, 40 decisions")
    parser.add_argument("--check", action="store_true", help="exit 1 if the median is over the mark")
    parser.add_argument(
        "--prepare-only", action="store_true", help="fill the database of DATA_DIR or DATABASE_URL, and leave it there"
    )
    asked = parser.parse_args()
    if asked.short:
        asked.waiting, asked.commitments, asked.decisions = 100, 80, 40
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if asked.prepare_only:
        _prepare(asked.commitments, asked.waiting)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        _prepare(asked.commitments, asked.waiting)
        times, differences = _work(asked.decisions)
    for one in differences:
        print(f"NOT AS MEANT: {one}")
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(
        f"{asked.waiting:,} waiting, {asked.commitments:,} commitments, {asked.decisions} decisions, "
        f"{len(times)} cards: median {median:.0f} ms, p95 {p95:.0f} ms, slowest {max(times):.0f} ms "
        f"(mark: median {MARK_MS:.0f} ms)"
    )
    return int(bool(differences) or (asked.check and median > MARK_MS))


def _prepare(commitments: int, waiting: int) -> None:
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import transaction

    from benchmarks import queue_record

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        for name in REVIEWERS:
            User.objects.create_superuser(name, password=PASSWORD)
        queue_record.fill(commitments, waiting)


def _work(decisions: int) -> tuple[list[float], list[str]]:
    """Milliseconds from each key to its card, and where the database is not as it was meant."""
    from playwright.sync_api import sync_playwright

    from benchmarks.scripted_reviewer import ScriptedReviewer

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs an event loop in this thread
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "--threads", "4", "config.wsgi"]
    server = subprocess.Popen([*command, "--log-level", "error"], cwd=ROOT)
    try:
        _until_it_answers(f"{base}/healthz")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{base}/admin/login/")
            page.fill("#id_username", REVIEWERS[0])
            page.fill("#id_password", PASSWORD)
            page.click("[type=submit]")
            reviewer = ScriptedReviewer(page)
            reviewer.open(f"{base}/admin/commitments/evidence/review/")
            reviewer.work(decisions)
            times = reviewer.times()
            browser.close()
        return times, reviewer.differences()
    finally:
        server.terminate()
        server.wait(15)


def _until_it_answers(address: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urlopen(address, timeout=5):  # noqa: S310
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
