"""However many workers and messages there are, a source is polled once when it is due."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.conftest import ROOT
from tests.tracker.conftest import atom
from tracker import tasks
from tracker.models import Poll, Source, Tick

POLL = """
import django; django.setup()
from tracker.models import Source
from tracker.tasks import poll_source
poll_source(Source.objects.get().pk)
"""

#: As the `manage` fixture has it: whatever database the suite runs on, these processes have their own.
OWN_DATABASE = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}}


def test_processes_that_are_told_to_poll_the_same_source(manage: Any, httpserver: HTTPServer, tmp_path: Path) -> None:
    asked: list[float] = []

    def answer(request: Request) -> Response:
        asked.append(time.monotonic())
        time.sleep(0.5)
        return Response(atom({"id": "t:1", "title": "One"}))

    httpserver.expect_request("/feed").respond_with_handler(answer)
    environment = {"FETCH_ALLOW_NETWORKS": "127.0.0.0/8", "DJANGO_SETTINGS_MODULE": "config.settings"}
    assert manage("migrate", "-v0").returncode == 0
    added = manage(
        "add_source", "feed", httpserver.url_for("/feed"), "--name", "News", "--no-check", "--interval", "30"
    )
    assert added.returncode == 0, added.stderr
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", POLL],
            cwd=ROOT,
            env={**OWN_DATABASE, **environment, "DATA_DIR": str(tmp_path / "data")},
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    logs = [worker.communicate(timeout=60)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 4, logs
    assert len(asked) == 1


class TestTasks:
    @pytest.fixture
    def rung(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        rung: list[int] = []
        monkeypatch.setattr(tasks.poll_source, "delay", rung.append)
        return rung

    def test_the_tick_is_recorded_and_rings_for_what_is_due(
        self, make_source: Callable[..., Source], rung: list[int]
    ) -> None:
        due = make_source()
        later = make_source("/later")
        Source.objects.filter(pk=later.pk).update(next_due_at=timezone.now() + dt.timedelta(hours=1))
        make_source("/paused", state=Source.State.PAUSED)
        tasks.poll_due()
        assert rung == [due.pk]
        assert Tick.objects.get(name="poll_due").last_at <= timezone.now()

    def test_a_broker_that_is_down_loses_nothing(
        self, make_source: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = make_source()

        def refuse(pk: int) -> None:
            raise OperationalError("nobody there")

        with monkeypatch.context() as down:
            down.setattr(tasks.poll_source, "delay", refuse)
            tasks.poll_due()
        rung: list[int] = []
        monkeypatch.setattr(tasks.poll_source, "delay", rung.append)
        tasks.poll_due()
        assert rung == [source.pk]

    def test_a_message_delivered_twice_polls_once(
        self, make_source: Callable[..., Source], httpserver: HTTPServer
    ) -> None:
        httpserver.expect_request("/feed").respond_with_data(atom({"id": "t:1"}))
        source = make_source()
        tasks.poll_source(source.pk)
        tasks.poll_source(source.pk)
        assert Poll.objects.count() == 1

    def test_a_message_for_a_source_that_was_deleted(self, db: None) -> None:
        tasks.poll_source(12345)
        assert not Poll.objects.exists()
