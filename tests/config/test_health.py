"""`/healthz` and `/readyz` say whether work is being done, not whether processes exist."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from commitments.audit import triggers
from tracker.models import Tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker_in(own_data_folder: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    from config.celery import app

    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(own_data_folder / "queue")}
    monkeypatch.setattr(app.conf, "broker_url", "embedded://")


def test_alive(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_not_ready_until_the_schedule_has_run(client: Client, broker_in: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "is a worker running?" in answer.json()["checks"]["schedule"]
    Tick.record("poll_due", timezone.now())
    assert client.get("/readyz").status_code == 200


def test_a_schedule_that_has_fallen_silent_is_not_ready(client: Client, broker_in: None) -> None:
    Tick.record("poll_due", timezone.now() - dt.timedelta(minutes=4))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "silent for 24" in answer.json()["checks"]["schedule"]


def test_a_migrate_that_broke_off_and_left_the_audit_off_is_not_ready(client: Client, broker_in: None) -> None:
    Tick.record("poll_due", timezone.now())
    triggers.remove("default")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "off" in answer.json()["checks"]["audit"]


def test_a_broker_that_is_away_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.celery import app

    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    Tick.record("poll_due", timezone.now())
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"] == "no answer"
