"""`/metrics`: true numbers for those who have the token."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from commitments.models import Digest
from tests.commitments import make
from tracker.models import Tick

pytestmark = pytest.mark.django_db


def numbers(client: Client, **headers: str) -> dict[str, float]:
    response = client.get("/metrics", headers=headers)
    assert response.status_code == 200
    return {
        ":".join([sample.name.removeprefix("pledgewatch_"), *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def test_they_say_how_the_work_stands(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "open sesame"
    now = timezone.now()
    due = make.source("Due", next_due_at=now, last_success_at=now - dt.timedelta(minutes=5))
    make.source("Failing", consecutive_failures=2, next_due_at=now + dt.timedelta(hours=1))
    make.evidence(make.commitment(), make.release("Trees.", at=due))
    Tick.record("poll_due", now - dt.timedelta(seconds=30))
    found = numbers(client, Authorization="Bearer open sesame")
    assert (found["suggestions_waiting"], found["revisions_unlinked"]) == (1, 1)
    assert (found["sources_watched"], found["sources_due"], found["sources_failing"]) == (2, 1, 1)
    assert 300 <= found["last_successful_poll_age_seconds"] < 400
    assert 30 <= found["schedule_age_seconds:poll_due"] < 130
    assert {f"digests:{state}" for state in Digest.State.values} <= set(found)


@pytest.mark.parametrize("given", ["", "Bearer wrong", "open sesame", "Basic open sesame"])
def test_nobody_else_is_told(client: Client, settings: Any, given: str) -> None:
    settings.METRICS_TOKEN = "open sesame"
    refusal = client.get("/metrics", headers={"Authorization": given})
    assert (refusal.status_code, refusal["WWW-Authenticate"]) == (401, "Bearer")
    assert b"pledgewatch_" not in refusal.content


def test_without_a_token_they_are_there_while_developing_alone(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 403
    settings.DEBUG = True
    assert "sources_due" in numbers(client)
