"""Staff say that two releases are one, and that they are not after all. Nothing is lost either way."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import NOW, atom
from tracker import ingest
from tracker.joining import JoinRefused, join
from tracker.models import Release, Source
from tracker.polling import poll
from tracker.signals import releases_joined

WORDS = (
    "Three reservoirs were opened today by the minister, who said that the water of two of them will reach the towns "
    "before the summer. The third is filled in the coming years. Engineers from the region have built them since the "
    "drought, with money that the county had saved for a road which nobody wanted any more when it came to it. "
)


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("staff"))
    return client


@pytest.fixture
def says(make_source: Callable[..., Source], httpserver: HTTPServer) -> Callable[..., Release]:
    """Let a site say something at its one address, and poll it. What it says is returned as the release it is."""
    moments = iter(NOW + dt.timedelta(days=day) for day in range(100))

    def said(site: str, title: str, text: str, **fields: Any) -> Release:
        httpserver.clear()
        entry = {"id": f"{site}:1", "url": f"https://{site}.example/1", "title": title, "text": text}
        body = atom({**entry, "published": "2025-01-20T09:00:00Z"})
        httpserver.expect_request(f"/{site}").respond_with_data(body, content_type="application/atom+xml")
        source = Source.objects.filter(slug=f"source-at-{site}").first() or make_source(f"/{site}", **fields)
        poll(source, now=next(moments))
        return Release.objects.get(appearances__source=source)

    return said


def choose(staff: Client, action: str, *releases: Release) -> str:
    chosen = {"action": action, "_selected_action": [release.pk for release in releases]}
    return staff.post("/admin/tracker/release/", chosen, follow=True).content.decode()


@pytest.fixture
def two(says: Any) -> tuple[Release, Release]:
    """A ministry's release and a press office's quite different account of it."""
    short = "The water is here, writes our desk. Three reservoirs have been opened and there will be a feast."
    copy = says("desk", "Water at last", short, voice="media", republish="full")
    return says("ministry", "Three reservoirs opened", WORDS), copy


def test_the_two_are_shown_as_one_with_both_addresses(two: tuple[Release, Release], staff: Client) -> None:
    kept, copy = two
    assert "is one release with 1 more now" in choose(staff, "join", copy, kept)
    answer = staff.get(f"/releases/{copy.pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/releases/{kept.pk}/")
    page = staff.get(f"/releases/{kept.pk}/").content.decode()
    assert "Three reservoirs opened" in page
    assert "https://desk.example/1" in page
    assert "https://ministry.example/1" in page
    assert f'href="/releases/{copy.pk}/revisions/1/">its text<' in page
    assert LogEntry.objects.get().object_id == str(copy.pk)


def test_what_was_said_in_each_place_stays_to_be_read(two: tuple[Release, Release], staff: Client) -> None:
    kept, copy = two
    choose(staff, "join", kept, copy)
    page = staff.get(f"/releases/{copy.pk}/revisions/1/").content.decode()
    assert "writes our desk" in page
    assert f'href="/releases/{kept.pk}/"' in page


def test_edits_in_both_places_go_on_being_kept(two: tuple[Release, Release], staff: Client, says: Any) -> None:
    kept, copy = two
    choose(staff, "join", kept, copy)
    says("desk", "Water at last", "Our desk has changed its mind, and writes that there will be no feast at all.")
    says("ministry", "Three reservoirs opened", WORDS + "The fourth will follow.")
    assert [one.number for one in kept.revisions.all()] == [1, 2]
    assert [one.number for one in copy.revisions.all()] == [1, 2]
    assert Release.objects.count() == 2
    assert Release.objects.standing().get() == kept


def test_it_is_undone_and_stays_so(two: tuple[Release, Release], staff: Client) -> None:
    kept, copy = two
    choose(staff, "join", kept, copy)
    assert "is a release of its own again" in choose(staff, "take_apart", copy)
    assert staff.get(f"/releases/{copy.pk}/").status_code == 200
    assert "https://desk.example/1" not in staff.get(f"/releases/{kept.pk}/").content.decode()
    assert "is not joined" in choose(staff, "take_apart", copy)
    for source in Source.objects.all():
        poll(source, now=NOW + dt.timedelta(days=200))
    assert Release.objects.standing().count() == 2


def test_joins_do_not_lead_on_to_joins(two: tuple[Release, Release], says: Any) -> None:
    kept, copy = two
    third = says("echo", "Water", "An echo of what the desk wrote about the water.", voice="media")
    assert join(third, to=copy) == copy
    assert join(copy, to=kept) == kept
    third.refresh_from_db()
    assert third.joined_to == kept
    fourth = says("reply", "A reply", "Somebody answers what was written about the water by others.", voice="media")
    assert join(fourth, to=copy) == kept
    with pytest.raises(ValueError, match="cannot be joined to itself"):
        join(kept, to=copy)
    with pytest.raises(ValueError, match="Take it apart first"):
        join(copy, to=fourth)


def test_who_relies_on_a_release_can_refuse(two: tuple[Release, Release], staff: Client) -> None:
    def refuse(kept: Release, joined: Release, **kwargs: Any) -> None:
        raise JoinRefused(f"“{joined.title}” is pinned to a wall.")

    releases_joined.connect(refuse)
    try:
        assert "“Water at last” is pinned to a wall." in choose(staff, "join", *two)
    finally:
        releases_joined.disconnect(refuse)
    assert Release.objects.standing().count() == 2


def test_one_release_is_not_joined_to_nothing(two: tuple[Release, Release], staff: Client) -> None:
    assert "two or more" in choose(staff, "join", two[0])


def at_once(*deeds: Callable[[], Any]) -> None:
    """Do several things in threads, each begun before another could be over."""
    together = threading.Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> None:
        try:
            together.wait(10)
            deed()
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


@pytest.mark.many_writers
@pytest.mark.django_db(transaction=True)
def test_near_copies_that_come_at_the_same_moment_are_one_release(
    make_source: Callable[..., Source], httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, leads = [], {"one": "", "two": "As seen elsewhere.\n\n", "three": "We repeat:\n\n"}
    for place, (site, lead) in enumerate(leads.items()):
        entry = {"id": f"{site}:1", "url": f"https://{site}.example/1", "title": "Reservoirs", "text": f"{lead}{WORDS}"}
        body = atom({**entry, "published": "2025-01-20T09:00:00Z"})
        httpserver.expect_request(f"/{site}").respond_with_data(body, content_type="application/atom+xml")
        sources.append(make_source(f"/{site}", voice="media" if place else "official"))
    meeting = threading.Barrier(len(sources))
    find = ingest._known_appearance

    def find_together(*arguments: Any) -> Any:
        found = find(*arguments)
        with suppress(threading.BrokenBarrierError):  # whoever is let in by the lock waits in vain for the others
            meeting.wait(1.5)
        return found

    monkeypatch.setattr(ingest, "_known_appearance", find_together)
    at_once(*(lambda source=source: poll(source, now=NOW) for source in sources))  # type: ignore[misc]
    release = Release.objects.get()
    assert release.appearances.count() == 3
    assert release.voice == "official"


@pytest.mark.many_writers
@pytest.mark.django_db(transaction=True)
def test_two_joins_at_once_make_no_circle(two: tuple[Release, Release]) -> None:
    one, other = two
    refused = []

    def attempt(release: Release, to: Release) -> None:
        try:
            with transaction.atomic():
                join(release, to=to)
        except ValueError as error:
            refused.append(str(error))

    at_once(lambda: attempt(one, other), lambda: attempt(other, one))
    assert len(refused) == 1
    assert Release.objects.standing().count() == 1
