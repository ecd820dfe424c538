#!/usr/bin/env python3
"""After a deploy: does it answer as it should, from outside?

usage: deploy/smoke_test.py https://pledges.example.org

Needs nothing but Python. Prints one line for each thing looked at; exits 1 if any is not as it should be.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

PATIENCE_SECONDS = 10


class Answer:
    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise SystemExit(f"“{url}” is no address of a site. Write it as https://pledges.example.org")
        started = time.monotonic()
        try:
            request = Request(url, headers={"User-Agent": "pledgewatch smoke test"})  # noqa: S310
            with urlopen(request, timeout=PATIENCE_SECONDS) as got:  # noqa: S310
                self.status, self.headers, self.body = got.status, got.headers, got.read()
        except HTTPError as error:
            self.status, self.headers, self.body = error.code, error.headers, error.read()
        self.seconds = time.monotonic() - started

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def _page(answer: Answer) -> str:
    if answer.status != 200:
        return f"answers {answer.status}: {answer.text[:200].strip()}"
    if "unsafe-inline" in answer.headers.get("Content-Security-Policy", "unsafe-inline"):
        return "has no strict Content-Security-Policy"
    return ""


def _well(answer: Answer) -> str:
    return "" if answer.status == 200 else f"answers {answer.status}: {answer.text[:500].strip()}"


def _missing(answer: Answer) -> str:
    if answer.status != 404:
        return f"answers {answer.status}, not 404"
    return "shows the page of the debugger: DEBUG is on" if "DEBUG = True" in answer.text else ""


def _json(answer: Answer) -> str:
    if answer.status != 200 or "json" not in answer.headers.get("Content-Type", ""):
        return f"answers {answer.status} as {answer.headers.get('Content-Type')}"
    return ""


CHECKS: list[tuple[str, str, Callable[[Answer], str]]] = [
    ("/healthz", "the web process is alive", _well),
    ("/readyz", "database, broker and schedule are well", _well),
    ("/", "home", _page),
    ("/commitments/", "the list", _page),
    ("/changes/", "what has changed", _page),
    ("/sources/", "the sources", _page),
    ("/admin/login/", "staff can sign in", _page),
    ("/api/v1/openapi.json", "the open data describes itself", _json),
    ("/data/commitments.csv", "the data can be taken away", _well),
    ("/nowhere/", "what is not there is said so", _missing),
]


def main() -> int:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    base, wrong = sys.argv[1].rstrip("/"), 0
    for path, meaning, check in CHECKS:
        answer = _look(base + path, meaning, check)
        wrong += not answer
        if path == "/" and answer and (sheet := re.search(r'rel="stylesheet" href="([^"]+)"', answer.text)):
            wrong += not _look(urljoin(f"{base}/", sheet[1]), "the look", _well)
    print("All is well." if not wrong else f"{wrong} not as they should be.")
    return min(wrong, 1)


def _look(url: str, meaning: str, check: Callable[[Answer], str]) -> Answer | None:
    """What it answers, if that is as it should be. Says so either way."""
    try:
        answer = Answer(url)
        problem, took = check(answer), f"{answer.seconds * 1000:.0f} ms"
    except (URLError, TimeoutError, OSError) as error:
        answer, problem, took = None, f"does not answer: {error}", ""
    print(f"{'WRONG' if problem else 'ok':<6}{meaning}: {url} {problem or took}")
    return None if problem else answer


if __name__ == "__main__":
    sys.exit(main())
