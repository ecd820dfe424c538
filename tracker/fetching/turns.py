"""One request at a time to a host and a pause between two, however many threads, processes and machines ask.

Where FETCH_TURNS_URL names a Redis, the turns are kept there, for all machines. Otherwise they are locked files
under DATA_DIR, for all processes of this machine. Either way a holder that is killed gives its turn back: the
system unlocks its file at once, and its key in Redis expires.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import logging
import os
import random
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path

import redis
from django.conf import settings
from redis.exceptions import RedisError

from .errors import FetchPostponed

log = logging.getLogger(__name__)

#: How long a turn is waited for, and how long one may last, unless said otherwise.
PATIENCE_SECONDS = 20.0
LONGEST_SECONDS = 30.0
#: No longer pause is remembered.
LONGEST_PAUSE = dt.timedelta(hours=1)
#: Longer than a turn that is cut in time can last.
MARGIN_SECONDS = 3.0
_LOOK_EVERY_SECONDS = 0.05


def turn(
    host: str,
    port: int,
    pause: dt.timedelta,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    longest_seconds: float = LONGEST_SECONDS,
) -> AbstractContextManager[None]:
    """While inside, nobody else asks `host` at `port`, and `pause` has passed since the last who did.

    Raises FetchPostponed when that has not come about after `patience_seconds`, or can't within them. The turn
    must be over after `longest_seconds`.
    """
    name = host.rstrip(".")
    pause = min(pause, LONGEST_PAUSE)
    if settings.FETCH_TURNS_URL:
        return _turn_by_redis(name, port, pause, patience_seconds, longest_seconds)
    return _turn_by_file(name, port, pause, patience_seconds)


@contextmanager
def _turn_by_file(host: str, port: int, pause: dt.timedelta, patience_seconds: float) -> Iterator[None]:
    """The file's time is when the last turn ended; it is empty before the first."""
    folder = Path(settings.DATA_DIR) / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(f"{host} {port}".encode()).hexdigest()[:32]
    until = time.monotonic() + patience_seconds
    with path.open("ab", buffering=0) as file:
        while not _locked(file.fileno()):
            if time.monotonic() >= until:
                raise _postponed(host)
            _wait_a_little()
        ended = os.fstat(file.fileno())
        wait = min(ended.st_mtime - time.time(), 0.0) + pause.total_seconds() if ended.st_size else 0.0
        _wait(wait, until, host)
        try:
            file.write(b"" if ended.st_size else b".")
            yield
        finally:
            os.utime(file.fileno(), (time.time(), time.time()))


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _turn_by_redis(
    host: str, port: int, pause: dt.timedelta, patience_seconds: float, longest_seconds: float
) -> Iterator[None]:
    """One key is held during the turn; another tells by its remaining life how long ago the last one ended."""
    name = f"pledgewatch:turn:{host}:{port}"
    memory_milliseconds = int(LONGEST_PAUSE.total_seconds() * 1000)
    until = time.monotonic() + patience_seconds
    at_most = longest_seconds + MARGIN_SECONDS
    client = _client(settings.FETCH_TURNS_URL)
    lock = client.lock(name, timeout=at_most, sleep=_LOOK_EVERY_SECONDS, thread_local=False)
    try:
        if not lock.acquire(blocking_timeout=patience_seconds):
            raise _postponed(host)
        try:
            left = client.pttl(f"{name}:ended")
            wait = pause.total_seconds() - (memory_milliseconds - left) / 1000 if left > 0 else 0.0
            if wait > 0:
                lock.extend(wait + at_most, replace_ttl=True)
            _wait(wait, until, host)
            lock.reacquire()
        except BaseException:
            lock.release()
            raise
    except RedisError as error:
        raise FetchPostponed(f"Redis, which keeps the turns of hosts, does not answer: {error}.") from error
    try:
        yield
    finally:
        try:
            client.set(f"{name}:ended", "", px=memory_milliseconds)
            lock.release()
        except RedisError as error:
            log.warning("the turn of %s could not be given back and will expire: %s", host, error)


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5)


def _wait(seconds: float, until: float, host: str) -> None:
    if seconds <= 0:
        return
    if seconds > until - time.monotonic():
        raise _postponed(host)
    time.sleep(seconds)


def _wait_a_little() -> None:
    time.sleep(_LOOK_EVERY_SECONDS * random.uniform(0.2, 1.0))  # noqa: S311


def _postponed(host: str) -> FetchPostponed:
    return FetchPostponed(f"{host} is being asked for other sources; its turn for this one has not come in time.")
