"""Two workers and two beats on PostgreSQL and Redis: each source is polled once a round, and a worker that is killed
in the middle of its polls loses and doubles nothing.

In short by default; `FLEET_SOURCES=500 pytest tests/journeys/test_two_workers_and_two_beats.py -s` is the long form,
which prints its figures.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import statistics
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from . import many_hosts
from .instance import PYTHON, Instance, eventually, free_port, instance

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(1800)]

SOURCES = int(os.environ.get("FLEET_SOURCES", "40"))
SOURCES_PER_HOST = 4
HOSTS = -(-SOURCES // SOURCES_PER_HOST)
FIRST_ITEMS = 5
ROUNDS_IN_PEACE = 3 if SOURCES > 100 else 1
KILLS = 3 if SOURCES > 100 else 1
PAUSE_SECONDS = 0.05
LEASE_SECONDS = 10
TICK_SECONDS = 10 if SOURCES > 100 else 1
#: Long enough to be killed in, short enough for the time-outs that go with the lease.
SLOW_SECONDS = 1.0
CONCURRENCY = 2
#: More than there are hands, each on a host of its own, so that all hands are in the middle of one.
SLOW = list(range(12))
#: One hand may be busy with something else that the schedule asks for; each worker then has one in the middle.
BUSY_HANDS = 2 * CONCURRENCY - 1

ADD = f"""
from tracker.models import Source
from tests.journeys.many_hosts import address
Source.objects.bulk_create(
    Source(slug=f"s{{n}}", name=f"Source {{n}}", kind="feed", url=f"http://{{address(n % {HOSTS})}}:PORT/feed/{{n}}")
    for n in range({SOURCES})
)
"""


@dataclass
class Request:
    """One request as the world saw it. `ended` is None while it is open."""

    host: str
    path: str
    began: float
    ended: float | None = None
    was_cut: bool = False


class World:
    """The publishers, by their control file and their log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        folder.mkdir()
        self.items = FIRST_ITEMS
        self.set()
        command = [PYTHON, many_hosts.__file__, str(folder), str(self.port), str(HOSTS)]
        self.process = subprocess.Popen(command, start_new_session=True)
        eventually("the publishers", (folder / "ready").exists, within=20, every=0.05)

    def set(self, slow: list[int] | None = None) -> None:
        told = self.folder / "control.json"
        aside = told.with_suffix(".part")
        aside.write_text(json.dumps({"items": self.items, "slow": slow or [], "seconds": SLOW_SECONDS}))
        aside.replace(told)

    def requests(self, since: float = 0.0) -> list[Request]:
        seen: dict[int, Request] = {}
        for line in (self.folder / "log.jsonl").read_text().splitlines():
            row = json.loads(line)
            if row["event"] == "began":
                seen[row["request"]] = Request(row["host"], row["path"], row["at"])
            else:
                seen[row["request"]].ended = row["at"]
                seen[row["request"]].was_cut = row["event"] == "cut"
        return [request for request in seen.values() if request.began >= since]

    def open(self) -> list[Request]:
        return [request for request in self.requests() if request.ended is None]


class Record:
    """What the database says, asked without the product."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()  # type: ignore[arg-type]

    def number(self, query: str) -> int:
        return int(self.rows(query)[0][0])

    def make_all_due(self) -> float:
        self.connection.execute("UPDATE tracker_source SET next_due_at = now()")
        return time.time()

    def waiting(self) -> int:
        return self.number("SELECT count(*) FROM tracker_source WHERE next_due_at <= now() OR leased_until IS NOT NULL")


@pytest.fixture
def broker() -> Iterator[str]:
    url = "redis://127.0.0.1:6379/10"
    client = redis.Redis.from_url(url, socket_connect_timeout=1)
    try:
        client.flushdb()
    except redis.RedisError:
        pytest.skip("no Redis on 127.0.0.1:6379")
    yield url
    client.flushdb()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "world")
    yield made
    os.killpg(made.process.pid, signal.SIGTERM)
    made.process.wait()


@pytest.fixture
def fleet(tmp_path: Path, world: World, postgres_url: str, broker: str) -> Iterator[Instance]:
    environment = {
        "DATABASE_URL": postgres_url,
        "CELERY_BROKER_URL": broker,
        "SECRET_KEY": "a secret of this test and of nothing else at all",
        "FETCH_HOST_PAUSE_SECONDS": str(PAUSE_SECONDS),
        "POLL_LEASE_SECONDS": str(LEASE_SECONDS),
        "TICK_SECONDS": str(TICK_SECONDS),
        "LOG_LEVEL": "WARNING",
    }
    with instance(tmp_path / "data", **environment) as made:
        made.manage("migrate", "-v0")
        made.manage("shell", "-v0", "-c", ADD.replace("PORT", str(world.port)))
        for _ in range(2):
            made.start("celery", "--quiet", "-A", "config", "beat", "--loglevel", "warning")
        yield made


def start_worker(fleet: Instance, name: str) -> subprocess.Popen[bytes]:
    options = ["--hostname", f"{name}@%h", "--concurrency", str(CONCURRENCY), "--loglevel", "warning"]
    return fleet.start("celery", "--quiet", "-A", "config", "worker", *options)


def test_each_source_once_a_round_and_nothing_lost_or_doubled_by_a_kill(
    fleet: Instance, world: World, postgres_url: str
) -> None:
    record = Record(postgres_url)
    start_worker(fleet, "steady")
    other = start_worker(fleet, "other")
    figures: dict[str, list[float]] = defaultdict(list)

    began = 0.0
    for number in range(1 + ROUNDS_IN_PEACE):
        if number:
            world.items += 1
            world.set()
            began = record.make_all_due()
        eventually("a round", lambda: not record.waiting(), within=60 + SOURCES, every=0.1)
        time.sleep(2 * TICK_SECONDS if number == ROUNDS_IN_PEACE else 0)  # whoever comes too late would come now
        asked = Counter(request.path for request in world.requests(began))
        assert asked == {f"/feed/{number}": 1 for number in range(SOURCES)}
        assert polls(record) == {("new", 1 + number): SOURCES}
        spans = world.requests(began)
        figures["seconds a round"].append(max(r.ended or 0.0 for r in spans) - min(r.began for r in spans))

    for number in range(KILLS):
        world.items += 1
        world.set(slow=SLOW)
        began = record.make_all_due()
        eventually("all hands to be busy", lambda: len(world.open()) >= BUSY_HANDS, within=60, every=0.02)
        os.killpg(other.pid, signal.SIGKILL)
        other.wait()
        eventually("the round after the kill", lambda: not record.waiting(), within=60 + SOURCES, every=0.1)
        requests = world.requests(began)
        cut = [request for request in requests if request.was_cut]
        assert 1 <= len(cut) <= CONCURRENCY, "nothing was killed in the middle"
        for request in cut:
            again = [later for later in requests if later.path == request.path and later is not request]
            assert len(again) == 1
            figures["seconds until taken over"].append(again[0].began - request.began)
        asked = Counter(request.path for request in requests if not request.was_cut)
        assert asked == {f"/feed/{number}": 1 for number in range(SOURCES)}
        assert polls(record) == {("new", 2 + ROUNDS_IN_PEACE + number): SOURCES}
        other = start_worker(fleet, f"other{number}")

    # Taken over when the claim has run out, and by the next tick.
    assert min(figures["seconds until taken over"]) >= LEASE_SECONDS * 0.9
    assert max(figures["seconds until taken over"]) <= LEASE_SECONDS + TICK_SECONDS + 5 + SOURCES / 20
    assert_nothing_lost_or_doubled(record, world)
    figures["shortest pause"] = [min(pauses(world))]
    print_figures(figures, world)


def polls(record: Record) -> Counter[tuple[str, int]]:
    """How many sources have how many polls of each outcome."""
    return Counter(
        (outcome, number)
        for _, outcome, number in record.rows("SELECT source_id, outcome, count(*) FROM tracker_poll GROUP BY 1, 2")
    )


def assert_nothing_lost_or_doubled(record: Record, world: World) -> None:
    assert record.number("SELECT count(*) FROM tracker_release") == SOURCES * world.items
    assert record.number("SELECT count(*) FROM tracker_revision") == SOURCES * world.items
    appearances = record.rows("SELECT guid, count(*) FROM tracker_appearance GROUP BY guid")
    wanted = {f"tag:example.org,2025:{n}/{item}" for n in range(SOURCES) for item in range(world.items)}
    assert dict(appearances) == dict.fromkeys(wanted, 1)
    assert record.number("SELECT count(*) FROM tracker_source WHERE consecutive_failures > 0") == 0


def pauses(world: World) -> list[float]:
    """Seconds between the end of a request and the next one to the same host. A negative one is two at once."""
    found = []
    by_host: dict[str, list[Request]] = defaultdict(list)
    for request in world.requests():
        by_host[request.host].append(request)
    for requests in by_host.values():
        requests.sort(key=lambda request: request.began)
        for earlier, later in itertools.pairwise(requests):
            assert earlier.ended is not None
            found.append(later.began - earlier.ended)
    assert min(found) >= PAUSE_SECONDS * 0.9, "a host was asked twice at once, or without a pause"
    return found


def print_figures(figures: dict[str, list[float]], world: World) -> None:
    print(f"\n{SOURCES} sources on {HOSTS} hosts, {len(world.requests())} requests")  # noqa: T201
    for name, values in figures.items():
        print(f"{name}: median {statistics.median(values):.2f}, most {max(values):.2f} of {len(values)}")  # noqa: T201
