"""Digests to many by three workers, while the mail server is slow, refuses, and drops lines, one worker is killed and
Redis restarted: each who is to be mailed gets one mail, and nobody else any.

In short by default; `DIGEST_SUBSCRIBERS=10000 pytest tests/journeys/test_digests_under_faults.py -s` is the long form,
which prints its figures. What was sent is counted by the mail server's own log.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from . import mail_server
from .instance import PYTHON, Instance, eventually, free_port, instance

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(1800)]

SUBSCRIBERS = int(os.environ.get("DIGEST_SUBSCRIBERS", "300"))
TICK_SECONDS = 5 if SUBSCRIBERS > 1000 else 1
CLAIM_SECONDS = 10
#: Of a hundred, so many are treated so.
TREATED = {"gone": 2, "later": 3, "slow": 1, "lost": 2, "cut": 2}
#: Who gets nothing, by why.
LEFT_OUT = {
    "pending": "state='pending', confirmed_at=None",
    "unsubscribed": "state='unsubscribed'",
    "paused": "paused_at=now",
    "suppressed": "suppressed_at=now, suppressed_because='It came back.'",
}
ADD = """
import datetime as dt
from django.utils import timezone
from commitments.models import Subscriber, Subscription
from tests.commitments import make
make.commitment("Plant trees", due=dt.date(2025, 6, 1))
now = timezone.now()
names = TREATED * (SUBSCRIBERS // 100)
names += ["plain"] * (SUBSCRIBERS - len(names))
def person(name, **fields):
    return Subscriber(email=f"{name}@example.org", **{"state": "confirmed", "confirmed_at": now, **fields})
rows = [person(f"{name}{number}") for number, name in enumerate(names)]
LEFT_OUT
rows = Subscriber.objects.bulk_create(rows, batch_size=500)
Subscription.objects.bulk_create((Subscription(subscriber=row, scope="all") for row in rows), batch_size=500)
"""


class MailServer:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.log = folder / "log.jsonl"
        self.port = free_port()
        self.process = subprocess.Popen([PYTHON, mail_server.__file__, str(folder), str(self.port)])
        eventually("the mail server", (folder / "ready").exists, within=20, every=0.05)

    def taken(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


class Broker:
    """A Redis of the test's own, which keeps nothing when it is restarted."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--save", "", "--dir", str(self.folder), "--loglevel", "warning"]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[MailServer]:
    made = MailServer(tmp_path / "mails")
    yield made
    made.process.terminate()
    made.process.wait()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path / "redis")
    yield made
    made.stop()


@pytest.fixture
def fleet(tmp_path: Path, mails: MailServer, broker: Broker, postgres_url: str) -> Iterator[Instance]:
    environment = {
        "DATABASE_URL": postgres_url,
        "CELERY_BROKER_URL": f"redis://127.0.0.1:{broker.port}/0",
        "SECRET_KEY": "a secret of this test and of nothing else at all",
        "EMAIL_URL": f"smtp://127.0.0.1:{mails.port}",
        "MAIL_FROM": "Pledges <digests@pledges.example>",
        "MAILS_PER_DOMAIN_A_MINUTE": "0",
        "MAIL_CLAIM_SECONDS": str(CLAIM_SECONDS),
        "DIGEST_HOUR": "0",
        "TICK_SECONDS": str(TICK_SECONDS),
        "LOG_LEVEL": "WARNING",
    }
    with instance(tmp_path / "data", **environment) as made:
        made.manage("migrate", "-v0")
        left_out = "".join(f"rows.append(person('{name}', **dict({fields})))\n" for name, fields in LEFT_OUT.items())
        treated = [name for name, count in TREATED.items() for _ in range(count)]
        add = ADD.replace("TREATED", repr(treated)).replace("SUBSCRIBERS", str(SUBSCRIBERS))
        made.manage("shell", "-v0", "-c", add.replace("LEFT_OUT\n", left_out))
        yield made


def test_each_gets_one_mail_whatever_breaks(
    fleet: Instance, mails: MailServer, broker: Broker, postgres_url: str
) -> None:
    record = psycopg.connect(postgres_url, autocommit=True)

    def states() -> Counter[str]:
        return Counter(dict(record.execute("SELECT state, count(*) FROM commitments_digest GROUP BY 1").fetchall()))

    began = time.monotonic()
    fleet.start("celery", "--quiet", "-A", "config", "beat", "--loglevel", "warning")
    workers = [worker(fleet, name) for name in ("one", "two", "three")]
    eventually("a third of the mails", lambda: len(mails.taken()) > SUBSCRIBERS / 3, within=600, every=0.05)
    os.killpg(workers[0].pid, signal.SIGKILL)
    workers[0].wait()
    broker.stop()
    time.sleep(1)
    broker.start()

    def all_done() -> bool:
        record.execute("UPDATE commitments_digest SET retry_at = now() WHERE state = 'pending' AND attempts > 0")
        found = states()
        return found.total() == SUBSCRIBERS and not found["pending"] and not found["sending"]

    eventually("all to be done", all_done, within=900, every=0.5)
    seconds = time.monotonic() - began

    wanted = Counter(dict(record.execute("SELECT email, 1 FROM commitments_subscriber").fetchall()))
    for name in LEFT_OUT:
        del wanted[f"{name}@example.org"]
    taken = mails.taken()
    got = Counter(mail["to"] for mail in taken)
    gone = {address for address in wanted if address.startswith("gone")}
    assert set(got) == set(wanted) - gone
    # The line was cut after the mail was taken: nobody can know, and it comes once more, under the same name.
    twice = {address for address, count in got.items() if count > 1}
    lost = {address for address in wanted if address.startswith("lost")}
    assert lost <= twice
    assert max(got.values()) <= 2
    # Of the worker that was killed, the one mail that was on its way at most.
    assert len(twice - lost) <= 1
    names = defaultdict(set)
    for mail in taken:
        names[mail["to"]].add(mail["message_id"])
    assert all(len(found) == 1 for found in names.values())
    assert states() == {"sent": SUBSCRIBERS - len(gone), "failed": len(gone)}
    suppressed = record.execute("SELECT email FROM commitments_subscriber WHERE suppressed_at IS NOT NULL").fetchall()
    assert {email for (email,) in suppressed} - {"suppressed@example.org"} == gone
    print(f"\n{len(taken)} mails to {SUBSCRIBERS} in {seconds:.0f} s, {len(twice)} twice, {len(lost)} lines cut")  # noqa: T201


def worker(fleet: Instance, name: str) -> subprocess.Popen[bytes]:
    options = ["--hostname", f"{name}@%h", "--concurrency", "1", "--loglevel", "warning"]
    return fleet.start("celery", "--quiet", "-A", "config", "worker", *options)
