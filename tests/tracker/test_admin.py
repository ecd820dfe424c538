"""What staff see and do in the admin's part on the watch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tracker.models import Appearance, Poll, Release, Revision, Snapshot, Source, Tick
from tracker.polling import poll


@pytest.fixture
def watched(make_source: Callable[..., Source], httpserver: HTTPServer, now: dt.datetime) -> Source:
    httpserver.expect_request("/feed").respond_with_data(
        atom({"id": "t:1", "url": "https://example.org/1", "title": "Returns <script>rise", "text": "9,400 people."})
    )
    source = make_source()
    poll(source, now=now)
    Tick.record("poll_due", now)
    return source


@pytest.mark.parametrize("model", [Source, Poll, Release, Appearance, Revision, Snapshot, Tick])
def test_every_model_has_a_list_and_a_page(watched: Source, admin_client: Client, model: Any) -> None:
    row = model.objects.get()
    name = model._meta.model_name
    page = admin_client.get(reverse(f"admin:tracker_{name}_changelist"), {"q": "returns"})
    assert page.status_code == 200
    assert admin_client.get(reverse(f"admin:tracker_{name}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("model", [Poll, Release, Appearance, Revision, Snapshot, Tick])
def test_what_was_seen_cannot_be_changed(watched: Source, admin_client: Client, model: Any) -> None:
    row = model.objects.get()
    name = model._meta.model_name
    assert admin_client.post(reverse(f"admin:tracker_{name}_change", args=[row.pk]), {}).status_code == 403
    assert admin_client.post(reverse(f"admin:tracker_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert admin_client.get(reverse(f"admin:tracker_{name}_add")).status_code == 403


def act(client: Client, action: str, source: Source) -> str:
    page = client.post(
        reverse("admin:tracker_source_changelist"),
        {"action": action, admin.helpers.ACTION_CHECKBOX_NAME: [source.pk]},
        follow=True,
    )
    return page.content.decode()


def test_poll_now_polls_at_once_and_says_what_came(watched: Source, admin_client: Client) -> None:
    shown = act(admin_client, "poll_now", watched)
    assert Poll.objects.count() == 2
    assert "nothing new" in shown


def test_a_paused_source_can_be_watched_again(watched: Source, admin_client: Client) -> None:
    act(admin_client, "pause", watched)
    watched.refresh_from_db()
    assert watched.state == Source.State.PAUSED
    act(admin_client, "watch_again", watched)
    watched.refresh_from_db()
    assert watched.state == Source.State.ACTIVE


def test_a_source_given_another_address_is_asked_anew_and_at_once(watched: Source, admin_client: Client) -> None:
    Source.objects.filter(pk=watched.pk).update(etag='"1"', last_modified="then", moved_to="https://else.example/")
    page = admin_client.get(reverse("admin:tracker_source_change", args=[watched.pk]))
    filled = page.context["adminform"].form.initial
    names = ("name", "slug", "kind", "publisher", "voice", "state")
    sent = {name: filled[name] for name in names} | {
        "url": "https://new.example/feed",
        "options": "{}",
        "fixed_interval_minutes": "",
        "next_due_at_0": "2030-01-01",
        "next_due_at_1": "00:00",
        "polls-TOTAL_FORMS": "0",
        "polls-INITIAL_FORMS": "0",
    }
    admin_client.post(reverse("admin:tracker_source_change", args=[watched.pk]), sent)
    watched.refresh_from_db()
    assert watched.url == "https://new.example/feed"
    assert (watched.etag, watched.last_modified, watched.moved_to) == ("", "", "")
    assert watched.next_due_at.year < 2030
