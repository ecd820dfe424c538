"""Whatever is served, a poll adds at most 100 MB to its process. Measured in processes of their own."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.tracker.conftest import atom
from tests.tracker.spy import Spy, reply

MOST_MEGABYTES = 100
LIMIT = 10 * 1024 * 1024

#: Polls small feeds first, so that what every poll needs is there, and then each address of argv[2:] under argv[1]
#: in a copy of that process, which prints what its memory has grown by at most.
POLL = """
import json, os, sys, time
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.db import connection
from django.utils import timezone
from tracker.models import Source
from tracker.polling import poll
def megabytes(which):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(which))
def polled(path, kind="feed"):
    source = Source.objects.create(slug=path.strip("/."), name=path, kind=kind, url=sys.argv[1] + path)
    return poll(source, now=timezone.now())
for path in ("/warm.atom", "/warm.json"):
    polled(path)
connection.close()
for asked in sys.argv[2:]:
    kind, path = asked.split(":")
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        continue
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")
    before, began = megabytes("VmRSS"), time.process_time()
    made = polled(path, kind)
    grown, seconds = megabytes("VmHWM") - before, time.process_time() - began
    print(json.dumps([path, grown, seconds, made.outcome, made.detail, made.new_releases]), flush=True)
    os._exit(0)
"""


def filled(head: str, unit: str, tail: str, *, times: int = 10**9, size: int = LIMIT) -> bytes:
    """`unit` between `head` and `tail`, so many times, up to `size` bytes."""
    room = size - len(head.encode()) - len(tail.encode())
    return (head + unit * min(times, room // len(unit.encode())) + tail).encode()


RSS, RSS_END = '<rss version="2.0"><channel>', "</channel></rss>"
ITEM, ITEM_END = f"{RSS}<item><title>A title</title><description>", f"</description></item>{RSS_END}"
JSON, JSON_END = '{"version":"https://jsonfeed.org/version/1.1","items":[', '{"id":"last","title":"Last"}]}'
JSON_TEXT = f'{JSON}{{"id":"1","content_html":"'
PARAGRAPH = "word " * 100
SIX = 6 * 1024 * 1024
PIECE = 3 * 1024 * 1024 // 2
ITEM_OF_A_PIECE = f"<item><title>A title</title><description>{'word ' * 280_000}\N{PARTY POPPER}</description></item>"

FEEDS: dict[str, tuple[bytes, str]] = {
    "a hundred thousand items": (filled(RSS, "<item><title>A title</title></item>", RSS_END, times=100_000), "new"),
    "items of some length": (
        filled(RSS, f"<item><title>A title</title><description>{PARAGRAPH}</description></item>", RSS_END, size=SIX),
        "new",
    ),
    "items without an end": (filled(RSS, "<item><title>A title</title>", RSS_END, times=100_000), ""),
    "empty items": (filled(RSS, "<item/>", RSS_END), ""),
    "nothing but tags": (filled(ITEM, "<a/>", ITEM_END), "failed"),
    "just not too many tags": (filled(ITEM, "<a/>", ITEM_END, times=159_000), ""),
    "tags in tags": (filled(ITEM, "<a>", "", times=159_000), "failed"),
    "attributes": (filled(f"{ITEM}<a ", 'a="" ', f"/>{ITEM_END}"), "failed"),
    "long attributes": (filled(ITEM, f'<a href="{"x" * 80}"/>', ITEM_END, times=99_000, size=SIX), ""),
    "escaped markup": (filled(ITEM, "&lt;p&gt;", ITEM_END, times=349_000), ""),
    "markup": (filled(f"{ITEM}<![CDATA[", "<div><p>", f"]]>{ITEM_END}", times=79_000), ""),
    "a long text": (filled(ITEM, PARAGRAPH, f"\N{PARTY POPPER}{ITEM_END}", size=PIECE), "new"),
    "a longer text": (filled(ITEM, PARAGRAPH, ITEM_END, size=SIX), "failed"),
    "a text that looks like items": (
        filled(f"{ITEM}<![CDATA[", f"<item>{PARAGRAPH * 1000}", f"]]>{ITEM_END}", size=SIX),
        "failed",
    ),
    "three long texts": (filled(RSS, ITEM_OF_A_PIECE, RSS_END, size=SIX), "new"),
    "a long title": (filled(f"{RSS}<item><title>", PARAGRAPH, f"</title></item>{RSS_END}", size=PIECE), "new"),
    "JSON items": (filled(JSON, '{"id":"1","title":"x"},', JSON_END), ""),
    "markup in JSON": (filled(JSON_TEXT, "<p>a", f'"}},{JSON_END}', size=PIECE), "failed"),
    "JSON values": (filled(JSON, "{},", JSON_END), ""),
    "JSON in JSON": (b"[" * LIMIT, "failed"),
    "a JSON text": (filled(JSON_TEXT, PARAGRAPH, f'\N{PARTY POPPER}"}},{JSON_END}', size=PIECE), "new"),
    "a longer JSON text": (filled(JSON_TEXT, PARAGRAPH + '\\\\"', f'"}},{JSON_END}', size=SIX), "failed"),
    "zeros": (b"\0" * LIMIT, "failed"),
    "a page": (filled("<html><body>", "<p>", "", times=159_000), "failed"),
}


LINK = f'<li><a href="/a">{"A title of words " * 3}</a> 1 May 2025</li>'
PAGES: dict[str, bytes] = {
    f"{kind}: {name}": body
    for kind in ("listing", "page")
    for name, body in {
        "nothing but tags": filled("<html><body>", "<a>", "", times=159_000),
        "parts in parts": filled("<html><body>", "<div><p>a", "", times=79_000),
        "links": filled("<ul>", LINK, "</ul>", times=19_000),
        "links in parts": filled("<ul>", f"<div>{LINK}", "", times=19_000),
        "articles in articles": filled("", '<article class="hentry"><h2><a href="/a">b', "", times=50_000),
        "a long text": filled("<h1>A title</h1><p>", PARAGRAPH, "</p>", size=2 * PIECE),
        "scripts in titles": filled(
            "<ul>", '<li><h2><a href="/b"><script>x</script>A title here</a></h2></li>', "</ul>", times=9_000
        ),
    }.items()
}


def kind_of(name: str) -> str:
    """The kind of source that a body is for."""
    kind, colon, _ = name.partition(": ")
    return kind if colon else "feed"


def type_of(name: str) -> str:
    return "application/xml" if kind_of(name) == "feed" else "text/html; charset=utf-8"


@dataclass
class Grown:
    """What one poll took: megabytes, seconds of the processor, and how it ended."""

    megabytes: float
    seconds: float
    outcome: str
    detail: str
    new_releases: int


def polled(bodies: dict[str, bytes], folder: Path) -> dict[str, Grown]:
    """What polling each of `bodies` took."""
    small = [{"id": str(n), "title": f"Title {n}", "content_html": "<p>Text</p>"} for n in range(20)]
    with Spy() as spy:
        spy.answers["/warm.atom"] = reply(atom(*({"id": f"t:{n}", "title": f"Title {n}"} for n in range(20))))
        spy.answers["/warm.json"] = reply(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": small}))
        names = {f"/{number}": name for number, name in enumerate(bodies)}
        for path, name in names.items():
            spy.answers[path] = reply(
                gzip.compress(bodies[name], 1), "200 OK", "Content-Encoding: gzip", f"Content-Type: {type_of(name)}"
            )
        done = subprocess.run(
            [sys.executable, "-c", POLL, spy.url(""), *(f"{kind_of(name)}:{path}" for path, name in names.items())],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "DATA_DIR": str(folder),
                "FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
                "FETCH_HOST_PAUSE_SECONDS": "0",
                "LOG_LEVEL": "ERROR",
            },
            capture_output=True,
            text=True,
            timeout=600,
        )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(bodies), done.stderr
    return {names[path]: Grown(*rest) for path, *rest in lines}


#: What takes a few seconds each is tried when EVERY_BODY is set.
SLOW = {
    "just not too many tags",
    "tags in tags",
    "a page",
    "escaped markup",
    "three long texts",
    "items of some length",
}


def test_feeds(tmp_path: Path) -> None:
    chosen = {name: told for name, told in FEEDS.items() if name not in SLOW or os.environ.get("EVERY_BODY")}
    grown = polled({name: body for name, (body, _) in chosen.items()}, tmp_path)
    assert max(one.megabytes for one in grown.values()) < MOST_MEGABYTES, grown
    assert min(one.megabytes for one in grown.values()) > 5, "nothing was measured"
    expected = {name: outcome for name, (_, outcome) in chosen.items() if outcome}
    assert {name: grown[name].outcome for name in expected} == expected


def test_pages(tmp_path: Path) -> None:
    grown = polled(PAGES, tmp_path)
    assert max(one.megabytes for one in grown.values()) < MOST_MEGABYTES, grown
    assert min(one.megabytes for one in grown.values()) > 1, "nothing was measured"
