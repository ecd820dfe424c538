"""The broker without a server: every message to one reader, whole, whoever dies."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from pathlib import Path
from queue import Empty
from typing import Any

import kombu
import pytest

import config  # noqa: F401  registers the transport

PRODUCERS, EACH, CONSUMERS = 4, 200, 3


def broker(folder: str) -> kombu.Connection:
    return kombu.Connection("embedded://", transport_options={"folder": folder})


def produce(folder: str, producer: int) -> None:
    with broker(folder) as connection, connection.SimpleQueue("work") as queue:
        for number in range(EACH):
            queue.put({"id": f"{producer}-{number}", "padding": "x" * 20_000})


def consume(folder: str, results: Any, until: Any) -> None:
    with broker(folder) as connection, connection.SimpleQueue("work") as queue:
        while True:
            try:
                message = queue.get(block=True, timeout=0.5)
            except Empty:
                if until.is_set():
                    return
                continue
            results.put(message.payload["id"])
            message.ack()


def test_many_writers_and_readers_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results, until = context.Queue(), context.Event()
    readers = [context.Process(target=consume, args=(str(tmp_path), results, until)) for _ in range(CONSUMERS)]
    writers = [context.Process(target=produce, args=(str(tmp_path), number)) for number in range(PRODUCERS)]
    for process in readers + writers:
        process.start()
    for process in writers:
        process.join(60)
    until.set()
    seen = [results.get(timeout=60) for _ in range(PRODUCERS * EACH)]
    for process in readers:
        process.join(30)
    assert sorted(seen) == sorted(f"{p}-{n}" for p in range(PRODUCERS) for n in range(EACH))
    assert results.empty()
    assert not list(tmp_path.rglob("*.part")) + list(tmp_path.rglob("*.taken")) + list(tmp_path.rglob("*.message"))


def test_messages_wait_for_a_reader_through_a_restart_in_the_order_they_came(tmp_path: Path) -> None:
    for number in range(5):
        with broker(str(tmp_path)) as connection, connection.SimpleQueue("work") as queue:
            queue.put({"n": number})
    with broker(str(tmp_path)) as connection, connection.SimpleQueue("work") as queue:
        got = []
        for _ in range(5):
            message = queue.get(block=False)
            got.append(message.payload["n"])
            message.ack()
    assert got == list(range(5))


def test_a_reader_that_is_killed_takes_only_its_own_message_along(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    produce(str(tmp_path), 1)
    results, until = context.Queue(), context.Event()
    reader = context.Process(target=consume, args=(str(tmp_path), results, until))
    reader.start()
    for _ in range(20):
        results.get(timeout=30)
    assert reader.pid
    os.kill(reader.pid, signal.SIGKILL)
    reader.join()
    time.sleep(0.2)
    left = [json.loads(path.read_text()) for path in tmp_path.rglob("*.message")]
    assert len(left) >= 1
    with broker(str(tmp_path)) as connection, connection.SimpleQueue("work") as queue:
        for _ in left:
            queue.get(block=False).ack()
        with pytest.raises(Empty):
            queue.get(block=False)
