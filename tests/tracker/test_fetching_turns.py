"""One request at a time to a host and a pause between two, for threads, processes and machines."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.conftest import ROOT
from tests.tracker.spy import Spy, reply
from tracker.fetching import FetchPostponed, fetch
from tracker.fetching.turns import turn

PAUSE = dt.timedelta(seconds=0.1)
REDIS = "redis://127.0.0.1:6379/13"

#: Asks the address in argv[1] argv[2] times.
ASK = """
import sys
import django; django.setup()
from tracker.fetching import fetch
for _ in range(int(sys.argv[2])):
    fetch(sys.argv[1])
"""
#: Takes the turn of the host in argv[1] and keeps it, saying so.
HOLD = """
import datetime, sys, time
import django; django.setup()
from tracker.fetching.turns import turn
with turn(sys.argv[1], 80, datetime.timedelta(0), longest_seconds=1.0):
    print("holding", flush=True)
    time.sleep(60)
"""


def redis_or_skip() -> str:
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=1).ping()
    except redis.RedisError:
        pytest.skip("Redis is not running on this machine")
    return REDIS


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.redis)])
def kept_in(request: pytest.FixtureRequest, settings: Any) -> str:
    """Where turns are kept, for this process and, by `environment`, for others."""
    settings.FETCH_TURNS_URL = redis_or_skip() if request.param == "redis" else ""
    return str(request.param)


@pytest.fixture
def environment(kept_in: str, settings: Any, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(tmp_path),
        "FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
        "FETCH_HOST_PAUSE_SECONDS": str(PAUSE.total_seconds()),
        "FETCH_TURNS_URL": settings.FETCH_TURNS_URL,
    }


@pytest.fixture
def spy() -> Iterator[Spy]:
    with Spy() as spy:
        spy.answers["/"] = reply("ok")
        spy.delay = 0.05
        yield spy


@pytest.fixture
def host() -> str:
    """A name that no other test uses."""
    return f"{uuid.uuid4().hex}.example"


def gaps(spy: Spy) -> list[float]:
    spans = sorted((asked.began, asked.ended) for asked in spy.log)
    return [later[0] - earlier[1] for earlier, later in itertools.pairwise(spans)]


def in_threads(number: int, work: Any) -> None:
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("loopback_allowed", "kept_in")
def test_threads_that_ask_the_same_host(spy: Spy, settings: Any) -> None:
    settings.FETCH_HOST_PAUSE = PAUSE
    in_threads(4, lambda: fetch(spy.url()))
    assert len(spy.log) == 4
    assert min(gaps(spy)) >= PAUSE.total_seconds() * 0.95


def test_processes_that_ask_the_same_host(spy: Spy, environment: dict[str, str]) -> None:
    askers = [
        subprocess.Popen([sys.executable, "-c", ASK, spy.url(), "3"], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    logs = [asker.communicate(timeout=60)[1] for asker in askers]
    assert [asker.returncode for asker in askers] == [0] * 2, logs
    assert len(spy.log) == 6
    assert min(gaps(spy)) >= PAUSE.total_seconds() * 0.95


@pytest.mark.usefixtures("loopback_allowed", "kept_in")
def test_hosts_do_not_wait_for_one_another(settings: Any) -> None:
    settings.FETCH_HOST_PAUSE = dt.timedelta(seconds=30)
    with Spy("127.0.0.2") as first, Spy("127.0.0.3") as second, Spy("127.0.0.2") as other_port:
        began = time.monotonic()
        for spy in (first, second, other_port):
            fetch(spy.url())
        assert time.monotonic() - began < 5


@pytest.mark.usefixtures("kept_in")
def test_who_waits_too_long_is_told_so_and_has_not_asked(host: str) -> None:
    began = time.monotonic()
    with (
        turn(host, 80, PAUSE),
        pytest.raises(FetchPostponed, match="its turn for this one has not come"),
        turn(host, 80, PAUSE, patience_seconds=0.3),
    ):
        raise AssertionError("two at once")
    assert 0.2 <= time.monotonic() - began < 2


@pytest.mark.usefixtures("kept_in")
def test_a_pause_that_is_longer_than_patience_is_not_waited_for(host: str) -> None:
    with turn(host, 80, PAUSE):
        pass
    began = time.monotonic()
    with (
        pytest.raises(FetchPostponed),
        turn(host, 80, dt.timedelta(minutes=5), patience_seconds=10),
    ):
        raise AssertionError("too early")
    assert time.monotonic() - began < 1
    with turn(host, 80, PAUSE):  # nothing is held by who went away
        pass


@pytest.mark.usefixtures("kept_in")
def test_each_asker_keeps_its_own_pause_since_the_last_request_whoever_made_it(host: str) -> None:
    with turn(host, 80, dt.timedelta(seconds=30)):
        pass
    ended = time.monotonic()
    with turn(host, 80, PAUSE):
        assert 0.05 < time.monotonic() - ended < 2


@pytest.mark.usefixtures("kept_in")
def test_a_turn_that_ends_in_an_error_is_given_back(host: str) -> None:
    with pytest.raises(ZeroDivisionError), turn(host, 80, PAUSE):
        raise ZeroDivisionError
    with turn(host, 80, PAUSE, patience_seconds=1):
        pass


@pytest.mark.usefixtures("kept_in")
def test_the_same_name_with_a_dot_at_its_end_is_the_same_host(host: str) -> None:
    with (
        turn(host, 80, PAUSE),
        pytest.raises(FetchPostponed),
        turn(f"{host}.", 80, PAUSE, patience_seconds=0.1),
    ):
        raise AssertionError("two at once")


def test_a_holder_that_is_killed_gives_its_turn_back(host: str, environment: dict[str, str], kept_in: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, host], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    assert holder.stdout.readline() == "holding\n"
    with pytest.raises(FetchPostponed), turn(host, 80, PAUSE, patience_seconds=0.2):
        raise AssertionError("two at once")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    began = time.monotonic()
    with turn(host, 80, PAUSE):
        pass
    assert time.monotonic() - began < (1 if kept_in == "files" else 5)


def test_without_its_redis_nobody_is_asked(settings: Any, loopback_allowed: None) -> None:
    settings.FETCH_TURNS_URL = "redis://127.0.0.1:1/0"
    with Spy() as spy:
        with pytest.raises(FetchPostponed, match="Redis"):
            fetch(spy.url())
        assert spy.log == []


def test_a_clock_that_was_put_back_makes_nobody_wait_longer_than_the_pause(
    host: str, settings: Any, tmp_path: Path
) -> None:
    settings.FETCH_TURNS_URL = ""
    with turn(host, 80, PAUSE):
        pass
    for file in (tmp_path / "turns").iterdir():
        os.utime(file, (time.time() + 3600, time.time() + 3600))
    began = time.monotonic()
    with turn(host, 80, PAUSE, patience_seconds=10):
        waited = time.monotonic() - began
    assert PAUSE.total_seconds() * 0.5 < waited < 5
