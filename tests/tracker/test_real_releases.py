"""Real releases, served as a feed: what is stored is what was published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tracker.models import Release, Source
from tracker.polling import poll


@pytest.mark.shared
def test_titles_dates_and_texts_come_through_unchanged(
    make_source: Callable[..., Source], httpserver: HTTPServer, gold: dict[str, list[dict[str, Any]]], now: dt.datetime
) -> None:
    published = gold["releases"]
    entries = [
        {
            "id": f"tag:example.org,2025:{release['id']}",
            "url": f"https://example.org/{release['id']}",
            "title": release["title"],
            "text": release["text"],
            "published": f"{release['published']}T09:00:00Z",
        }
        for release in published
    ]
    httpserver.expect_request("/feed").respond_with_data(atom(*entries), content_type="application/atom+xml")
    source = make_source()
    later = now + dt.timedelta(days=30)
    assert poll(source, now=later).new_releases == len(published)
    for release in published:
        kept = Release.objects.get(url__endswith=release["id"])
        assert (kept.title, kept.latest_revision.text) == (release["title"], release["text"])
        assert kept.published_at.date().isoformat() == release["published"]
    assert poll(source, now=later + dt.timedelta(hours=1)).outcome == "unchanged"
