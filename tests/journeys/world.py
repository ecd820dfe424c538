"""Fifty publishers on loopback in simulated time: a process of its own that imports nothing of the watch.

    python world.py FOLDER PORT SEED START DAYS

What is published, edited, moved and broken when is written beforehand, from SEED, into FOLDER/plan.json: times are
seconds since 1970. `GET /clock/SECONDS` on 127.0.0.1 sets the clock; nothing changes between two settings of it.
FOLDER/log.jsonl gets a line for each answer: the simulated time, the real moments at which it began and ended, what
was asked and with which validators, and which version of which item a reader of the whole answer has seen.
"""

from __future__ import annotations

import asyncio
import bisect
import hashlib
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HOUR, DAY = 3600, 86400
FIRST_HOST = 10
WORDS = [
    "harbour",
    "lantern",
    "orchard",
    "meadow",
    "gravel",
    "copper",
    "willow",
    "ferry",
    "quarry",
    "saddle",
    "barley",
    "anchor",
    "cobble",
    "heather",
    "pillar",
    "timber",
    "valley",
    "bridge",
    "cannon",
    "parcel",
    "magnet",
    "ribbon",
    "shovel",
    "tunnel",
    "velvet",
    "walnut",
    "basket",
    "candle",
    "donkey",
    "engine",
]
STAGES = ("amber", "violet", "silver", "crimson", "olive", "indigo", "ivory", "maroon")
SERIES = "Quarterly count of saplings in the gardens of the office"

#: Kind of source as the watch has it, shape of its answer, how many of them, and items a day.
SHAPES: list[tuple[str, str, int, tuple[float, ...]]] = [
    ("feed", "atom", 12, (3.0, 1.0, 0.5, 0.2)),
    ("feed", "rss", 8, (1.5, 0.7, 0.3, 0.1)),
    ("feed", "json", 4, (1.0, 0.3)),
    ("feed", "summaries", 6, (1.0, 0.4, 0.15)),
    ("feed", "series", 2, (0.15,)),
    ("feed", "same address", 2, (0.5,)),
    ("feed", "copies", 2, (0.5,)),
    ("listing", "posts", 4, (0.7, 0.2)),
    ("listing", "finder", 3, (0.5, 0.2)),
    ("page", "page", 4, (0.2,)),
    ("govuk", "govuk", 3, (1.0, 0.4)),
]
ON_A_PAGE = {"posts": 10, "finder": 10}
IN_A_FEED = 25
COPIED_AFTER = 6 * HOUR
VALIDATORS = ("strong", "weak", "date", "none")


@dataclass
class Version:
    at: float
    title: str
    stage: str
    noted: bool = True

    @property
    def mark(self) -> str:
        """What tells it from the version before."""
        return f"{self.title}|{self.stage}"


@dataclass
class Item:
    code: str
    source: int
    at: float
    body: list[str]
    versions: list[Version]

    def version(self, now: float) -> Version:
        return [version for version in self.versions if version.at <= now][-1]


@dataclass
class Outage:
    begin: float
    end: float
    how: str
    wait: int = 0


@dataclass
class Publisher:
    number: int
    kind: str
    shape: str
    per_day: float
    host: str
    path: str
    validators: str
    of: int = -1
    moves_at: float = 0.0
    ends_at: float = 0.0
    outages: list[Outage] = field(default_factory=list)


class Plan:
    """All that will happen, from the seed alone."""

    def __init__(self, seed: int, start: float, days: int) -> None:
        self.dice = random.Random(seed)
        self.start, self.end = start, start + days * DAY
        self.publishers: list[Publisher] = []
        self.items: list[Item] = []
        for kind, shape, number, rhythms in SHAPES:
            for one in range(number):
                self._add(kind, shape, rhythms[one % len(rhythms)])
        feeds = [one for one in self.publishers if one.shape in {"atom", "rss"}]
        for copier in [one for one in self.publishers if one.shape in {"same address", "copies"}]:
            copier.of = feeds[copier.number % len(feeds)].number
        mover, ender, *_ = self.dice.sample([one for one in feeds if one.number not in self._copied()], 2)
        mover.moves_at = start + 0.3 * (self.end - start)
        ender.ends_at = start + 0.7 * (self.end - start)
        for publisher in self.publishers:
            if publisher.of < 0:
                self._publish(publisher)

    def _copied(self) -> set[int]:
        return {one.of for one in self.publishers}

    def _add(self, kind: str, shape: str, per_day: float) -> None:
        number = len(self.publishers)
        host = f"127.0.9.{FIRST_HOST + number % 22}"
        path = f"/{number}/search.json" if kind == "govuk" else f"/{number}/news"
        if kind == "govuk":
            host, path = f"127.0.9.{FIRST_HOST + 40 + number}", "/api/search.json"
        made = Publisher(number, kind, shape, per_day, host, path, self.dice.choice(VALIDATORS))
        if shape in {"posts", "finder", "page", "govuk"}:
            made.validators = "none" if shape != "finder" else made.validators
        made.outages = self._outages()
        self.publishers.append(made)

    def _outages(self) -> list[Outage]:
        found, at = [], self.start + 2 * DAY
        while (at := at + self.dice.expovariate(1 / (12 * DAY))) < self.end - 3 * DAY:
            how = self.dice.choice(["503", "429", "500", "cut", "closed", "404", "html"])
            wait = self.dice.choice([1800, 7200, 20000]) if how in {"503", "429"} else 0
            found.append(Outage(at, at + self.dice.uniform(0.5, 30) * HOUR, how, wait))
            at = found[-1].end + 2 * DAY
        return found

    def _publish(self, publisher: Publisher) -> None:
        if publisher.shape == "page":
            self._item(publisher, self.start - DAY, edits=self._now_and_then(4 * DAY))
            return
        gap = DAY / publisher.per_day
        times, at = [], self.start - 6 * gap
        while (at := at + self.dice.expovariate(1 / gap)) < (publisher.ends_at or self.end):
            times += [at + 60 * n for n in range(4 if self.dice.random() < 0.04 else 1)]
        window = ON_A_PAGE.get(publisher.shape, IN_A_FEED)
        for place, moment in enumerate(sorted(times)):
            leaves = sorted(times)[place + window] if place + window < len(times) else self.end
            self._item(publisher, moment, edits=self._edits(moment, min(leaves, moment + 12 * DAY), publisher))

    def _edits(self, published: float, last: float, publisher: Publisher) -> list[float]:
        if self.dice.random() > 0.3 or publisher.shape == "series":
            return []
        earliest = max(published, self.start + DAY) + 3 * HOUR
        times = [earliest + self.dice.uniform(0, 4 * DAY)]
        times += [times[0] + self.dice.uniform(1.5, 3) * DAY] * (self.dice.random() < 0.5)
        end = min(last, publisher.ends_at or self.end)
        return [moment for moment in times if moment < end]

    def _now_and_then(self, gap: float) -> list[float]:
        times, at = [], self.start + DAY
        while (at := at + max(1.3 * DAY, self.dice.expovariate(1 / gap))) < self.end:
            times.append(at)
        return times

    def _item(self, publisher: Publisher, at: float, edits: list[float]) -> None:
        number = len(self.items)
        code = f"R{number:05d}Q"
        title = f"{self._words(5).capitalize()} {number}"
        body = [self._words(30).capitalize() + "." for _ in range(4)]
        if publisher.shape == "series":
            title = f"{SERIES}, edition {number}"
            body = [f"{SERIES} is published today. There were {number * 7 + 1000} saplings. " + "They are well. " * 20]
        item = Item(code, publisher.number, at, body, [Version(at, title, self.dice.choice(STAGES))])
        for edit in edits:
            before = item.versions[-1]
            how = self.dice.random()
            if how < 0.2 and publisher.shape not in {"page", "posts"}:
                after = Version(edit, f"{before.title} (updated)"[:200], before.stage)
            elif how < 0.45 and len(item.versions) > 1:
                after = Version(edit, item.versions[-2].title, item.versions[-2].stage)
            else:
                after = Version(edit, before.title, self.dice.choice([one for one in STAGES if one != before.stage]))
            after.noted = publisher.shape != "govuk" or self.dice.random() < 0.5
            if after.mark != before.mark:
                item.versions.append(after)
        self.items.append(item)

    def _words(self, number: int) -> str:
        return " ".join(f"{self.dice.choice(WORDS)}{self.dice.choice(WORDS)}" for _ in range(number))


@dataclass
class Answer:
    """`shows` are the items, with the mark of their version, that a reader of the whole answer has seen."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    shows: list[tuple[str, str]] = field(default_factory=list)


class World:
    def __init__(self, folder: Path, port: int, plan: Plan) -> None:
        self.plan, self.port, self.now = plan, port, plan.start
        self.log = (folder / "log.jsonl").open("a", buffering=1)
        self.by_code = {item.code: item for item in plan.items}
        self.noise = random.Random(1)
        self.of: dict[int, list[Item]] = {publisher.number: [] for publisher in plan.publishers}
        for item in sorted(plan.items, key=lambda item: item.at):
            self.of[item.source].append(item)
        told = {
            "publishers": [{**asdict(one), "url": self.url(one)} for one in plan.publishers],
            "items": [
                {**asdict(item), "versions": [{**asdict(v), "mark": v.mark} for v in item.versions]}
                for item in plan.items
            ],
        }
        (folder / "plan.json").write_text(json.dumps(told))

    def url(self, publisher: Publisher) -> str:
        if publisher.kind == "govuk":
            return f"http://{publisher.host}:{self.port}/search/all?organisations[]=body-{publisher.number}"
        return f"http://{publisher.host}:{self.port}{publisher.path}"

    # What is there now

    def published(self, publisher: Publisher) -> list[Item]:
        """Newest first."""
        of = publisher.number if publisher.of < 0 else publisher.of
        there = bisect.bisect_right(self.of[of], self.now - self.later(publisher), key=lambda item: item.at)
        return self.of[of][:there][::-1]

    @staticmethod
    def later(publisher: Publisher) -> float:
        """How long after the original its items appear."""
        return COPIED_AFTER if publisher.of >= 0 else 0

    def answer(self, host: str, target: str, headers: dict[str, str]) -> Answer:
        parts = urlsplit(target)
        if parts.path == "/robots.txt":
            return Answer(404)
        publisher = next((one for one in self.plan.publishers if self._is_at(one, host, parts.path)), None)
        if publisher is None:
            return Answer(404)
        if broken := self._broken(publisher):
            return broken
        if publisher.ends_at and self.now >= publisher.ends_at:
            return Answer(410, b"This service has closed.")
        if publisher.moves_at and self.now >= publisher.moves_at and parts.path == publisher.path:
            return Answer(301, headers={"Location": f"http://{host}:{self.port}/moved/{publisher.number}"})
        if parts.path in {publisher.path, f"/moved/{publisher.number}"}:
            return self._conditional(publisher, self._front(publisher, parse_qs(parts.query)), headers)
        return self._document(publisher, parts.path.rstrip("/").rsplit("/", 1)[-1])

    @staticmethod
    def _is_at(publisher: Publisher, host: str, path: str) -> bool:
        first, _, rest = path.removeprefix("/").partition("/")
        number = rest if first == "moved" else first
        return publisher.host == host and (publisher.kind == "govuk" or number == str(publisher.number))

    def _broken(self, publisher: Publisher) -> Answer | None:
        for outage in publisher.outages:
            if outage.begin <= self.now < outage.end:
                if outage.how in {"cut", "closed"}:
                    return Answer(-1 if outage.how == "closed" else -2)
                if outage.how == "html":
                    return Answer(500, b"<html><body>We will be back soon</body></html>")
                told = {"Retry-After": str(outage.wait)} if outage.wait else {}
                if outage.wait and self.noise.random() < 0.5:
                    moment = datetime.fromtimestamp(self.now + outage.wait, UTC)
                    told = {"Retry-After": format_datetime(moment, usegmt=True)}
                return Answer(int(outage.how), b"", told)
        return None

    def _conditional(self, publisher: Publisher, answer: Answer, headers: dict[str, str]) -> Answer:
        items = self.published(publisher)
        moments = [version.at for item in items for version in item.versions if version.at <= self.now]
        changed = max([item.at + self.later(publisher) for item in items] + moments)
        tag = f'"{hashlib.md5(answer.body, usedforsecurity=False).hexdigest()}"'
        told = {
            "strong": {"ETag": tag},
            "weak": {"ETag": f"W/{tag}"},
            "date": {"Last-Modified": format_datetime(datetime.fromtimestamp(int(changed), UTC), usegmt=True)},
            "none": {},
        }[publisher.validators]
        answer.headers.update(told)
        asked = (headers.get("if-none-match"), headers.get("if-modified-since"))
        if told and asked == (told.get("ETag"), told.get("Last-Modified")):
            return Answer(304, b"", told)
        return answer

    # How it looks

    def text(self, item: Item) -> list[str]:
        return [f"Reference {item.code}. The stage is {item.version(self.now).stage}.", *item.body]

    def link(self, publisher: Publisher, item: Item) -> str:
        """The item's own address; a copier links to its own or to the one that it copies."""
        at = publisher if publisher.shape == "copies" else self.plan.publishers[item.source]
        return f"http://{at.host}:{self.port}/{at.number}/{item.code}"

    def _front(self, publisher: Publisher, query: dict[str, list[str]]) -> Answer:
        items = self.published(publisher)
        if publisher.kind == "govuk":
            return self._search(items, query)
        if publisher.kind == "page":
            return self._html_page(items[0])
        if publisher.kind == "listing":
            return self._listing(publisher, items, int(query.get("page", ["1"])[0]))
        items = items[:IN_A_FEED]
        answer = getattr(self, f"_{'rss' if publisher.shape == 'summaries' else self._format(publisher)}")(
            publisher, items
        )
        if publisher.shape != "summaries":
            answer.shows = [(item.code, item.version(self.now).mark) for item in items]
        return answer

    @staticmethod
    def _format(publisher: Publisher) -> str:
        return publisher.shape if publisher.shape in {"rss", "json"} else "atom"

    def _atom(self, publisher: Publisher, items: list[Item]) -> Answer:
        entries = ""
        for item in items:
            version = item.version(self.now)
            text = "".join(f"<p>{escape(part)}</p>" for part in self.text(item))
            again = f"?v={int(version.at)}" if publisher.number % 5 == 0 else ""  # ids that change with each edit
            entries += (
                f"<entry><id>tag:{publisher.host},2025:{item.code}{again}</id><title>{escape(version.title)}</title>"
                f'<link href="{self.link(publisher, item)}"/><published>{_iso(item.at)}</published>'
                f'<updated>{_iso(version.at)}</updated><content type="html">{escape(text)}</content></entry>'
            )
        body = (
            '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
            f"<id>tag:{publisher.number}</id><title>News {publisher.number}</title>{entries}</feed>"
        )
        return Answer(200, body.encode(), {"Content-Type": "application/atom+xml"})

    def _rss(self, publisher: Publisher, items: list[Item]) -> Answer:
        entries = ""
        for item in items:
            version = item.version(self.now)
            told = self.text(item)[:1] if publisher.shape == "summaries" else self.text(item)
            text = "".join(f"<p>{escape(part)}</p>" for part in told)
            more = "…" if publisher.shape == "summaries" else ""
            entries += (
                f"<item><guid isPermaLink='false'>{item.code}</guid><title>{escape(version.title)}</title>"
                f"<link>{self.link(publisher, item)}?utm_source=feed&amp;utm_medium=rss</link>"
                f"<pubDate>{format_datetime(datetime.fromtimestamp(int(item.at), UTC))}</pubDate>"
                f"<description>{escape(text + more)}</description></item>"
            )
        built = format_datetime(datetime.fromtimestamp(int(self.now), UTC))  # new bytes each time
        body = f"<rss version='2.0'><channel><title>News</title><lastBuildDate>{built}</lastBuildDate>{entries}"
        return Answer(200, f"{body}</channel></rss>".encode(), {"Content-Type": "application/rss+xml"})

    def _json(self, publisher: Publisher, items: list[Item]) -> Answer:
        told = [
            {
                "id": item.code,
                "url": self.link(publisher, item),
                "title": item.version(self.now).title,
                "content_html": "".join(f"<p>{escape(part)}</p>" for part in self.text(item)),
                "date_published": _iso(item.at),
            }
            for item in items
        ]
        body = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": told}
        return Answer(200, json.dumps(body).encode(), {"Content-Type": "application/feed+json"})

    def _listing(self, publisher: Publisher, items: list[Item], page: int) -> Answer:
        size = ON_A_PAGE[publisher.shape]
        shown, more = items[(page - 1) * size : page * size], len(items) > page * size
        if not shown:
            return Answer(404)
        older = f"{self.url(publisher)}?page={page + 1}"
        posts = publisher.shape == "posts"
        body = "".join(self._post(publisher, item) if posts else self._found(publisher, item) for item in shown)
        if posts:
            step = f'<div class="nav-previous"><a href="{older}">Older posts</a></div>' if more else ""
            main = f'{body}<nav class="navigation posts-navigation">{step}</nav>'
        else:
            step = f'<div class="govuk-pagination__next"><a href="{older}" rel="next">Next page</a></div>'
            main = f'<ul class="gem-c-document-list">{body}</ul><nav>{step if more else ""}</nav>'
        answer = self._framed(f"<h1>News</h1>{main}")
        answer.shows = [(item.code, item.version(self.now).mark) for item in shown] if posts else []
        return answer

    def _post(self, publisher: Publisher, item: Item) -> str:
        text = "".join(f"<p>{escape(part)}</p>" for part in self.text(item))
        return (
            f'<article class="post hentry"><h2 class="entry-title"><a href="{self.link(publisher, item)}">'
            f'{escape(item.version(self.now).title)}</a></h2><time class="entry-date published" '
            f'datetime="{_iso(item.at)}">{_iso(item.at)[:10]}</time><div class="entry-content">{text}</div></article>'
        )

    def _found(self, publisher: Publisher, item: Item) -> str:
        return (
            f'<li class="gem-c-document-list__item"><div class="gem-c-document-list__item-title">'
            f'<a href="{self.link(publisher, item)}">{escape(item.version(self.now).title)}</a></div>'
            f'<p class="gem-c-document-list__item-description">{escape(self.text(item)[0])}</p>'
            f'<ul><li>Updated: <time datetime="{_iso(item.at)[:10]}">{_iso(item.at)[:10]}</time></li></ul></li>'
        )

    def _html_page(self, item: Item) -> Answer:
        version = item.version(self.now)
        text = "".join(f"<p>{escape(part)}</p>" for part in self.text(item))
        views = f"<p>Views: {self.noise.randrange(10**6)}</p>"
        answer = self._framed(f"<h1>{escape(version.title)}</h1>{text}{views}", version.title)
        answer.shows = [(item.code, version.mark)]
        return answer

    def _framed(self, main: str, title: str = "News") -> Answer:
        """With what is never the same twice around it."""
        visits = self.noise.randrange(10**6)
        body = (
            f"<!doctype html><html><head><title>{escape(title)}</title></head><body><header><nav><ul><li><a href='/'>"
            f"Home</a></li><li><a href='/about'>About</a></li></ul></nav></header><main>{main}</main>"
            f"<footer><p>You are visitor {visits}</p><p>Rendered in {visits % 900} ms</p></footer>"
            f"<script>var token = '{visits}';</script></body></html>"
        )
        return Answer(200, body.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _search(self, items: list[Item], query: dict[str, list[str]]) -> Answer:
        def noted(item: Item) -> float:
            return max(v.at for v in item.versions if v.at <= self.now and v.noted)

        found = sorted(items, key=noted, reverse=True)
        start, count = int(query.get("start", ["0"])[0]), int(query.get("count", ["10"])[0])
        hits = [
            {
                "title": item.version(noted(item)).title,
                "link": f"/government/news/{item.code.lower()}",
                "description": "What this is about.",
                "public_timestamp": _iso(noted(item)),
                "content_id": f"{int(item.code[1:-1]):08d}-7631-11e4-a3cb-005056011aef",
            }
            for item in found[start : start + count]
        ]
        body = {"results": hits, "total": len(found), "start": start, "aggregates": {}, "suggested_queries": []}
        return Answer(200, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _document(self, publisher: Publisher, name: str) -> Answer:
        item = self.by_code.get(name.upper())
        if item is None or item.at > self.now:
            return Answer(404)
        if publisher.kind != "govuk":
            return self._html_page(item)
        versions = [version for version in item.versions if version.at <= self.now]
        noted = [version for version in versions if version.noted]
        text = "".join(f"<p>{escape(part)}</p>" for part in self.text(item))
        body = {
            "base_path": f"/government/news/{item.code.lower()}",
            "content_id": f"{int(item.code[1:-1]):08d}-7631-11e4-a3cb-005056011aef",
            "locale": "en",
            "title": versions[-1].title,
            "description": "What this is about.",
            "schema_name": "news_article",
            "document_type": "press_release",
            "first_published_at": _iso(item.at),
            "public_updated_at": _iso(noted[-1].at),
            "updated_at": _iso(versions[-1].at),
            "withdrawn_notice": {},
            "details": {
                "body": f'<div class="govspeak">{text}</div>',
                "change_history": [
                    {"public_timestamp": _iso(v.at), "note": f"Changed to {v.stage}." if n else "First published."}
                    for n, v in reversed(list(enumerate(noted)))
                ],
            },
            "links": {},
        }
        headers = {"Content-Type": "application/json", "Cache-Control": "max-age=300, public"}
        return Answer(200, json.dumps(body).encode(), headers, [(item.code, versions[-1].mark)])

    # The wire

    async def serve(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            began = time.monotonic()
            first, *lines = head.split("\r\n")
            target = first.split(" ")[1]
            if target.startswith("/clock/"):
                self.now = float(target.removeprefix("/clock/"))
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                return
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
            answer = self.answer(host, target, headers)
            await asyncio.sleep(0.001)  # so that two at once would be seen
            self._write(host, target, headers, answer, began)
            if answer.status == -1:
                return
            if answer.status == -2:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n<rss>")
                return
            told = {**answer.headers, "Content-Length": str(len(answer.body)), "Connection": "close"}
            wire = "".join(f"{name}: {value}\r\n" for name, value in told.items())
            writer.write(f"HTTP/1.1 {answer.status} Answer\r\n{wire}\r\n".encode() + answer.body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _write(self, host: str, target: str, headers: dict[str, str], answer: Answer, began: float) -> None:
        row = {
            "at": self.now,
            "began": began,
            "ended": time.monotonic(),
            "host": host,
            "target": target,
            "status": answer.status,
            "asked": [headers.get("if-none-match", ""), headers.get("if-modified-since", "")],
            "told": [answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")],
            "retry_after": answer.headers.get("Retry-After", ""),
            "cookie": headers.get("cookie", "") + headers.get("referer", ""),
            "shows": answer.shows,
        }
        self.log.write(json.dumps(row) + "\n")


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(int(moment), UTC).isoformat().replace("+00:00", "Z")


async def main(folder: str, port: str, seed: str, start: str, days: str) -> None:
    world = World(Path(folder), int(port), Plan(int(seed), float(start), int(days)))
    for host in sorted({one.host for one in world.plan.publishers} | {"127.0.0.1"}):
        await asyncio.start_server(partial(world.serve, host), host, int(port))
    (Path(folder) / "ready").touch()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
