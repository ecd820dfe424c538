"""Fifty publishers for a long time: nothing that they published is missed or doubled, every edit that a reader could
have seen is a revision, and no host is asked more, or more at once, than is polite.

The publishers are a process of their own with their own log (world.py), the watch is two worker processes
(simulated_hand.py), and of all that only the clock is not real. A fortnight by default; the year, with its figures:

    SIMULATED_DAYS=365 pytest tests/journeys/test_a_simulated_year.py -s

`SIMULATED_SEED` makes another world, `SIMULATED_DATABASE_URL` names another database than SQLite: an empty one.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import os
import random
import re
import signal
import statistics
import subprocess
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from . import simulated_hand, world
from .instance import PYTHON, ROOT, Instance, eventually, free_port, instance

DAYS = int(os.environ.get("SIMULATED_DAYS", "14"))
SEED = int(os.environ.get("SIMULATED_SEED", "1"))
DATABASE = {"DATABASE_URL": url} if (url := os.environ.get("SIMULATED_DATABASE_URL")) else {}
START = dt.datetime(2025, 1, 6, tzinfo=dt.UTC).timestamp()
HOUR, DAY = 3600.0, 86400.0
TICK = 300.0
HANDS = 2
#: A hand is killed in the middle of its work so often.
KILLED_ONCE_IN = 400

#: What the watch says of itself in docs/watch.md: never more often than this, and seldom later than that.
SHORTEST_INTERVAL, LONGEST_INTERVAL = 15 * 60, 26.5 * HOUR
MOVE_BELIEVED_AFTER = DAY

pytestmark = pytest.mark.timeout(4 * 3600)


class Hand:
    """A worker process that can be killed."""

    def __init__(self, made: Instance) -> None:
        self.made = made
        self._begin()

    def _begin(self) -> None:
        environment = {**self.made.environment, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT)}
        with self.made.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PYTHON, simulated_hand.__file__],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.made.running.append(self.process)  # type: ignore[arg-type]

    def give(self, at: float, what: str, **more: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"at": at, "do": what, **more}) + "\n")
        self.process.stdin.flush()

    def take(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "a hand has died; see the log above"
        return json.loads(line)

    def do(self, at: float, what: str, **more: Any) -> Any:
        self.give(at, what, **more)
        return self.take()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._begin()


@dataclass
class Account:
    """What the world did and served, by its own plan and log, beside what the watch has kept."""

    plan: dict[str, Any]
    log: list[dict[str, Any]]
    kept: dict[str, Any]
    relied_on: set[str]
    kills: list[tuple[int, float]]  # the number of the publisher that was being asked, and when
    end: float

    def publisher_of(self, item: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.plan["publishers"][item["source"]]
        return found

    def requests_to(self, publisher: dict[str, Any]) -> list[dict[str, Any]]:
        """Those for its own first page, at its first address or the one it moved to."""
        paths = {publisher["path"], f"/moved/{publisher['number']}"}
        return [
            row
            for row in self.log
            if row["host"] == publisher["host"]
            and row["target"].split("?")[0] in paths
            and "page=" not in row["target"]
        ]


def work(hand: Hand, waiting: Queue[int], now: float, dice: random.Random) -> list[tuple[int, float]]:
    """Let `hand` poll what waits. Returns in the polls of which publishers it was killed, and when."""
    killed = []
    while True:
        try:
            pk = waiting.get_nowait()
        except Empty:
            return killed
        hand.give(now, "poll", pk=pk)
        if dice.random() < 1 / KILLED_ONCE_IN:
            hand.kill()
            killed.append((pk - 1, now))
        else:
            hand.take()


def live(made: Instance, folder: Path) -> Account:
    """Let the time pass, and return how it went."""
    port = free_port()
    folder.mkdir()
    arguments = [str(folder), str(port), str(SEED), str(START), str(DAYS)]
    made.start(PYTHON, world.__file__, *arguments)
    eventually("the world", (folder / "ready").exists, within=20, every=0.05)
    plan = json.loads((folder / "plan.json").read_text())
    made.manage("migrate", "-v0")
    hands = [Hand(made) for _ in range(HANDS)]
    hands[0].do(START, "add", publishers=plan["publishers"])
    dice, kills, relied_on = random.Random(SEED), list[tuple[int, float]](), set[str]()
    wanted = {
        item["code"]: item["at"] for item in plan["items"] if plan["publishers"][item["source"]]["kind"] == "govuk"
    }
    wanted = {code: at for code, at in wanted.items() if int(code[1:-1]) % 2}
    now, end, pruned = START, START + DAYS * DAY, 0.0
    with ThreadPoolExecutor(HANDS) as pool:
        while now < end:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/clock/{now}").close()
            state = hands[0].do(now, "due")
            waiting: Queue[int] = Queue()
            for pk in state["sources"]:
                waiting.put(pk)

            busy = hands if len(state["sources"]) > 1 else hands[:1]
            kills += [
                kill for killed in pool.map(partial(work, waiting=waiting, now=now, dice=dice), busy) for kill in killed
            ]
            if state["rechecks"]:
                hands[0].do(now, "recheck")
            if now - pruned > DAY:
                hands[0].do(now, "prune")
                pruned = now
                new = [code for code, at in wanted.items() if at < now and code not in relied_on]
                until = dt.datetime.fromtimestamp(now + 60 * DAY, dt.UTC).date().isoformat()
                relied_on |= set(hands[0].do(now, "rely on", codes=new, until=until)["found"])
            following = hands[0].do(now, "due")["next"] or end
            now = max(now + TICK, TICK * -(-following // TICK))
    log = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return Account(plan, log, hands[0].do(end, "kept"), relied_on, kills, end)


# What has to hold. Each of these names what is wrong.


def missed_or_doubled(account: Account) -> list[str]:
    """Items that are not one release, and releases that are no item or more than one."""
    there = Counter[str]()
    wrong = []
    for release in account.kept["releases"]:
        codes = {code for one in release["revisions"] for code in re.findall(r"Reference (\w+)\.", one["text"])}
        if len(codes) != 1:
            wrong.append(f"a release is of {sorted(codes) or 'nothing'}: {release['revisions'][0]['title']}")
        there.update(codes)
    wrong += [f"{code} is {number} releases" for code, number in there.items() if number > 1]
    for item in account.plan["items"]:
        publisher = account.publisher_of(item)
        last = publisher["ends_at"] or account.end
        in_time = item["at"] < last and _look_was_possible(publisher, item["at"], last)
        if in_time and item["code"] not in there and not _left_before_the_start(account, item):
            wrong.append(f"{item['code']} of {publisher['shape']} {publisher['number']} is missing")
    return wrong


def _left_before_the_start(account: Account, item: dict[str, Any]) -> bool:
    """Of what was there before the watch began, only what stands on the first page is taken in."""
    publisher = account.publisher_of(item)
    before = sorted((one["at"] for one in account.plan["items"] if one["source"] == item["source"]), reverse=True)
    older = [at for at in before if at < START]
    window = world.ON_A_PAGE.get(publisher["shape"], world.IN_A_FEED)
    return item["at"] in older[window:]


def _look_was_possible(publisher: dict[str, Any], begin: float, end: float) -> bool:
    """Whether the publisher answered for so long between two moments that the watch must have looked."""
    broken = sorted((one["begin"], one["end"]) for one in publisher["outages"])
    at = max(begin, START)
    for first, last in [*broken, (end, end)]:
        if min(first, end) - at > LONGEST_INTERVAL:
            return True
        at = max(at, last)
    return False


def shown(account: Account) -> dict[str, list[str]]:
    """The versions of each item that the watch was served whole, in order, each once in a row."""
    framed = defaultdict(list)
    for row in sorted(account.log, key=lambda row: (row["at"], row["ended"])):
        for code, mark in row["shows"]:
            framed[code].append(mark)
    return {code: [mark for mark, _ in groupby(marks)] for code, marks in framed.items()}


def edits_lost(account: Account) -> list[str]:
    """Items whose revisions are not just the versions that were served; and edits that should have been seen."""
    wrong = []
    served = shown(account)
    kept = {}
    for release in account.kept["releases"]:
        code = re.findall(r"Reference (\w+)\.", release["revisions"][0]["text"])
        stages = [re.findall(r"The stage is (\w+)\.", one["text"]) for one in release["revisions"]]
        marks = [f"{one['title']}|{stage[0]}" for one, stage in zip(release["revisions"], stages, strict=True) if stage]
        kept[code[0] if code else ""] = marks
    for code, marks in served.items():
        if kept.get(code) != marks:
            wrong.append(f"{code} was served as {marks} and kept as {kept.get(code)}")
    for item in account.plan["items"]:
        publisher = account.publisher_of(item)
        ends = [version["at"] for version in item["versions"][1:]] + [_leaves(account, item)]
        for version, until in zip(item["versions"], ends, strict=True):
            seen_by_polls = publisher["kind"] != "govuk" or version["noted"]
            begin = version["at"]
            had_to_be = begin > START and _look_was_possible(publisher, begin, min(until, account.end))
            if seen_by_polls and had_to_be and version["mark"] not in served.get(item["code"], []):
                wrong.append(f"{item['code']} of {publisher['shape']} was never seen as {version['mark']}")
    return wrong


def _leaves(account: Account, item: dict[str, Any]) -> float:
    """When an item is pushed off its publisher's first page."""
    publisher = account.publisher_of(item)
    window = world.ON_A_PAGE.get(publisher["shape"], world.IN_A_FEED)
    after = sorted(
        one["at"] for one in account.plan["items"] if one["source"] == item["source"] and one["at"] > item["at"]
    )
    return after[window - 1] if len(after) >= window else publisher["ends_at"] or account.end


def silent_edits_unsaid(account: Account) -> list[str]:
    """On GOV.UK: edits without a note that are not said to be so, and others that are."""
    wrong = []
    notes = {
        (item["code"], version["mark"]): version["noted"]
        for item in account.plan["items"]
        if account.publisher_of(item)["kind"] == "govuk"
        and len({version["mark"] for version in item["versions"]}) == len(item["versions"])
        for version in item["versions"]
    }
    for release in account.kept["releases"]:
        code = re.findall(r"Reference (\w+)\.", release["revisions"][0]["text"])[0]
        for one in release["revisions"][1:]:
            stage = re.findall(r"The stage is (\w+)\.", one["text"])[0]
            mark = f"{one['title']}|{stage}"
            if (code, mark) in notes and one["silent"] is notes[code, mark]:
                wrong.append(f"{code}, {mark}: said to be {'silent' if one['silent'] else 'announced'}")
    return wrong


def impolite(account: Account) -> list[str]:
    """Requests that came too early, too often, after a goodbye, or without what was told."""
    wrong = [f"{row['target']}: a cookie or a Referer was sent" for row in account.log if row["cookie"]]
    for publisher in account.plan["publishers"]:
        name = f"{publisher['shape']} {publisher['number']}"
        asked = [row for row in account.requests_to(publisher) if row["status"] != 301]
        if publisher["kind"] == "govuk":
            asked = [row for row in asked if "start=0" in row["target"] or "start" not in row["target"]]
        for before, after in pairwise(asked):
            if (publisher["number"], before["at"]) in account.kills:  # it is done again, as if it had not been
                continue
            waited, least = after["at"] - before["at"], max(SHORTEST_INTERVAL, _asked_to_wait(before)) - 10
            if waited < least:
                wrong.append(f"{name} was asked again after {waited:.0f} s instead of {least:.0f}")
            if before["status"] in {200, 304} and any(before["told"]) and after["asked"] != before["told"]:
                wrong.append(f"{name} told {before['told']} and was sent {after['asked']}")
        if publisher["ends_at"] and len([row for row in asked if row["status"] == 410]) > 1:
            wrong.append(f"{name} was asked again after it had said that it was gone for good")
        if publisher["moves_at"]:
            old = [row for row in account.requests_to(publisher) if row["status"] == 301]
            believed = publisher["moves_at"] + MOVE_BELIEVED_AFTER + LONGEST_INTERVAL
            wrong += [
                f"{name} was asked at its old address long after" for row in old if row["at"] > believed + 30 * HOUR
            ]
    robots = Counter((row["host"], row["at"] // DAY) for row in account.log if row["target"] == "/robots.txt")
    wrong += [
        f"{host} was asked for robots.txt {number} times in a day" for (host, _), number in robots.items() if number > 2
    ]
    return wrong


def _asked_to_wait(row: dict[str, Any]) -> float:
    told = row["retry_after"]
    if not told:
        return 15 * 60 - TICK if row["status"] in {429, 503} else 0
    return float(told) if told.isdecimal() else parsedate_to_datetime(told).timestamp() - row["at"] - 1


def two_at_once(account: Account) -> list[str]:
    """Requests to a host that began before the one before them was over, in real time."""
    wrong = []
    hosts = defaultdict(list)
    for row in account.log:
        hosts[row["host"]].append((row["began"], row["ended"], row["target"]))
    for host, spans in hosts.items():
        for before, after in pairwise(sorted(spans)):
            if after[0] < before[1]:
                wrong.append(f"{host} was asked for {after[2]} while it answered {before[2]}")
    return wrong


def ends_unnoticed(account: Account) -> list[str]:
    """Sources whose state or address is not what became of them."""
    wrong = []
    for publisher in account.plan["publishers"]:
        source = account.kept["sources"][f"publisher-{publisher['number']}"]
        over = publisher["ends_at"] and _look_was_possible(publisher, publisher["ends_at"], account.end)
        state = "gone" if over else "active"
        if source["state"] != state:
            wrong.append(f"{source['url']} is {source['state']} and not {state}")
        if publisher["moves_at"] and not source["url"].endswith(f"/moved/{publisher['number']}"):
            wrong.append(f"{source['url']} has moved")
    return wrong + account.kept["faults"]


CHECKS = [missed_or_doubled, edits_lost, silent_edits_unsaid, impolite, two_at_once, ends_unnoticed]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    folder = tmp_path_factory.mktemp("year")
    with instance(folder / "data", **DATABASE) as made:
        yield live(made, folder / "world")


@pytest.mark.parametrize("check", CHECKS)
def test_after_all_that_time(account: Account, check: Any) -> None:
    assert check(account)[:20] == []


def test_enough_has_happened_to_say_so(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    items = [item for item in account.plan["items"] if item["at"] < account.end]
    served = shown(account)
    per_day = [len(account.requests_to(one)) / DAYS for one in account.plan["publishers"]]
    revisions = sum(len(release["revisions"]) - 1 for release in account.kept["releases"])
    statuses = Counter(row["status"] for row in account.log)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{DAYS} days, seed {SEED}: {len(account.plan['publishers'])} sources, {len(items)} items published,"
            f" {len(account.kept['releases'])} releases, {revisions} edits kept,"
            f" {sum(len(marks) - 1 for marks in served.values())} served, {account.kept['polls']} polls,"
            f" {len(account.log)} requests, {len(account.kills)} workers killed;"
            f" requests for a source a day: median {statistics.median(per_day):.1f}, most {max(per_day):.1f};"
            f" answers by status {dict(sorted(statuses.items()))}"
        )
    assert revisions > 20
    assert statuses[304] > 100
    assert sum(len(one["outages"]) for one in account.plan["publishers"]) > 10
    assert account.relied_on


def _without(account: Account, what: str) -> Account:
    """The account with one thing gone wrong."""
    other = copy.deepcopy(account)
    releases, log = other.kept["releases"], other.log
    edited = next(release for release in releases if len(release["revisions"]) > 1)
    match what:
        case "a release lost":
            releases.remove(edited)
        case "a release twice":
            releases.append(edited)
        case "two joined":
            releases[0]["revisions"] += releases.pop()["revisions"]
        case "an edit lost":
            edited["revisions"].pop()
        case "a revision of nothing":
            edited["revisions"].append(edited["revisions"][-1])
        case "a silent edit unsaid":
            for release in releases:
                for one in release["revisions"]:
                    one["silent"] = not one["silent"]
        case "asked too early":
            busy = next(row for row in log if row["retry_after"])
            log.insert(log.index(busy) + 1, {**busy, "at": busy["at"] + 60, "status": 200, "retry_after": ""})
        case "a cookie":
            log[5]["cookie"] = "a=b"
        case "two at once":
            log[5]["ended"] = max(row["ended"] for row in log)
        case "an end not noticed":
            for source in other.kept["sources"].values():
                source["state"] = "active"
    return other


@pytest.mark.parametrize(
    ("what", "check"),
    [
        ("a release lost", missed_or_doubled),
        ("a release twice", missed_or_doubled),
        ("two joined", missed_or_doubled),
        ("an edit lost", edits_lost),
        ("a revision of nothing", edits_lost),
        ("a silent edit unsaid", silent_edits_unsaid),
        ("asked too early", impolite),
        ("a cookie", impolite),
        ("two at once", two_at_once),
        ("an end not noticed", ends_unnoticed),
    ],
)
def test_it_would_be_noticed(account: Account, what: str, check: Any) -> None:
    assert check(_without(account, what))
