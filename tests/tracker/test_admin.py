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
from tracker.models import (
    Appearance,
    Backfill,
    ChangeNote,
    PendingEntry,
    Poll,
    Recheck,
    Release,
    Revision,
    Snapshot,
    Source,
    SourceAlert,
    Tick,
)
from tracker.polling import poll


@pytest.fixture
def watched(make_source: Callable[..., Source], httpserver: HTTPServer, now: dt.datetime) -> Source:
    httpserver.expect_request("/feed").respond_with_data(
        atom({"id": "t:1", "url": "https://example.org/1", "title": "Returns <script>rise", "text": "9,400 people."})
    )
    source = make_source()
    poll(source, now=now)
    Tick.record("poll_due", now)
    release, snapshot = Release.objects.get(), Snapshot.objects.get()
    Recheck.objects.create(release=release, next_at=now, detail="Unchanged returns.")
    ChangeNote.objects.create(release=release, at=now, text="Returns corrected.", text_key="x", first_seen_at=now)
    Backfill.objects.create(source=source, since=now.date(), started_at=now)
    SourceAlert.objects.create(source=source, reason="Returns nothing.")
    PendingEntry.objects.create(
        source=source,
        key="t:2",
        stub_hash="x",
        entry={"title": "Waiting"},
        has_own_address=True,
        snapshot=snapshot,
        found_at=now,
        next_try_at=now.replace(year=2999),
        problem="Returns HTTP 500.",
    )
    return source


RECORDS = [
    *(Appearance, Backfill, ChangeNote, PendingEntry, Poll, Recheck),
    *(Release, Revision, Snapshot, SourceAlert, Tick),
]


@pytest.mark.parametrize("model", [Source, *RECORDS])
def test_every_model_has_a_list_and_a_page(watched: Source, admin_client: Client, model: Any) -> None:
    row = model.objects.get()
    name = model._meta.model_name
    page = admin_client.get(reverse(f"admin:tracker_{name}_changelist"), {"q": "returns"})
    assert page.status_code == 200
    assert admin_client.get(reverse(f"admin:tracker_{name}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("model", RECORDS)
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


def described(**changes: str) -> dict[str, str]:
    """What the form of a new source sends."""
    filled = {"name": "News", "slug": "news", "kind": "feed", "voice": "official", "state": "active"}
    empty = dict.fromkeys(("options", "publisher", "fixed_interval_minutes"), "")
    due = {"next_due_at_0": "2030-01-01", "next_due_at_1": "00:00"}
    polls = {"polls-TOTAL_FORMS": "0", "polls-INITIAL_FORMS": "0"}
    return filled | empty | due | polls | {"look_first": "on"} | changes


def add(client: Client, **changes: str) -> str:
    page = client.post(reverse("admin:tracker_source_add"), described(**changes), follow=True)
    return " ".join(page.content.decode().split())


@pytest.fixture
def page_of_a_feed(loopback_allowed: None, httpserver: HTTPServer) -> str:
    """The address of a web page that names a feed."""
    text = "Almost 13,500 people <script>alert(1)</script> were returned."
    httpserver.expect_request("/feed").respond_with_data(
        atom({"id": "t:1", "url": "https://example.org/1", "title": "Returns rise", "text": text})
    )
    httpserver.expect_request("/news").respond_with_data(
        '<html><title>News</title><link rel="alternate" type="application/atom+xml" href="/feed"></html>'
    )
    return httpserver.url_for("/news")


def test_trying_a_source_shows_what_would_be_taken_and_saves_nothing(admin_client: Client, page_of_a_feed: str) -> None:
    page = admin_client.post(reverse("admin:tracker_source_try"), described(url=page_of_a_feed)).content.decode()
    assert "Returns rise" in page
    assert "It names one feed" in page
    assert "Almost 13,500 people" in page
    assert "<script>alert" not in page
    assert not Source.objects.exists()
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "http://127.0.0.1:1/feed"}, "refused the connection"),
        ({"url": "ftp://example.org/"}, "does not begin with http:// or https://"),
        ({"options": '{"no-such": 1}'}, "no option “no-such”"),
        ({"options": "[1]"}, "Options are a JSON object"),
        ({"kind": "radio"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_watched_is_said_when_it_is_tried_and_when_it_is_added(
    admin_client: Client, page_of_a_feed: str, changes: dict[str, str], said: str
) -> None:
    sent = {"url": page_of_a_feed, **changes}
    assert said in admin_client.post(reverse("admin:tracker_source_try"), described(**sent)).content.decode()
    assert said in add(admin_client, **sent)
    assert not Source.objects.exists()


def test_a_source_added_by_the_address_of_a_page_is_its_feed(admin_client: Client, page_of_a_feed: str) -> None:
    assert "is taken" in add(admin_client, url=page_of_a_feed)
    source = Source.objects.get()
    assert source.url.endswith("/feed")
    assert source.options == {}


def test_it_can_be_added_without_a_look(admin_client: Client, page_of_a_feed: str, httpserver: HTTPServer) -> None:
    add(admin_client, url=page_of_a_feed, look_first="")
    assert Source.objects.get().url == page_of_a_feed
    assert httpserver.log == []


def test_a_source_is_polled_from_its_page(watched: Source, admin_client: Client) -> None:
    form = admin_client.get(reverse("admin:tracker_source_change", args=[watched.pk])).content.decode()
    assert reverse("admin:tracker_source_try") in form
    there = reverse("admin:tracker_source_poll", args=[watched.pk])
    assert there in form
    page = admin_client.post(there, follow=True).content.decode()
    assert watched.polls.count() == 2
    assert "nothing new" in page
    assert admin_client.get(there).status_code == 405


def test_who_may_not_change_sources_can_neither_try_nor_poll(
    watched: Source, client: Client, django_user_model: Any
) -> None:
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))
    assert client.post(reverse("admin:tracker_source_try"), described()).status_code == 403
    assert client.post(reverse("admin:tracker_source_poll", args=[watched.pk])).status_code == 403


def test_the_list_takes_as_many_queries_for_a_hundred_as_for_one(
    watched: Source, admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    Source.objects.bulk_create(
        Source(slug=f"s{n}", name=f"S{n}", kind="feed", url="https://example.org/") for n in range(99)
    )
    with django_assert_max_num_queries(8):
        assert "Not looked at yet." in admin_client.get(reverse("admin:tracker_source_changelist")).content.decode()
