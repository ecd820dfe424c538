"""The public page of sources: how each is, however many there are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tracker.models import Poll, Source

pytestmark = pytest.mark.django_db


def watch(count: int) -> None:
    now = timezone.now()
    sources = Source.objects.bulk_create(
        Source(
            slug=f"source-{n}",
            name=f"Source {n:04}",
            kind="feed",
            url=f"https://example.org/{n}",
            last_polled_at=now,
            last_new_at=now - dt.timedelta(days=1),
            latest_published_at=now - dt.timedelta(days=n % 30),
            usual_silence=dt.timedelta(days=2),
        )
        for n in range(count)
    )
    Poll.objects.bulk_create(
        Poll(source=source, started_at=now - dt.timedelta(hours=n), finished_at=now, outcome="unchanged")
        for source in sources
        for n in range(3)
    )


def test_a_thousand_sources_take_as_many_queries_as_one(client: Client, django_assert_max_num_queries: Any) -> None:
    watch(1000)
    with django_assert_max_num_queries(5):
        page = client.get("/sources/").content.decode()
    assert page.count("Source 0") == 1000
    assert "though it seldom left more than 2 days between" in page
    assert "Last checked on" in page


def test_what_failed_is_said_without_what_only_staff_may_know(client: Client) -> None:
    watch(1)
    Source.objects.update(consecutive_failures=3)
    Poll.objects.create(
        source=Source.objects.get(),
        started_at=timezone.now(),
        finished_at=timezone.now(),
        outcome="failed",
        detail="10.0.0.7 is an inner address.",
    )
    page = client.get("/sources/").content.decode()
    assert "Failing since the first look (3 times in a row). No answer came that could be used." in page
    assert "10.0.0.7" not in page
