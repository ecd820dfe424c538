"""One document is one release, whatever its feeds do to it. Through whole polls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models.signals import post_save
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tracker.models import Appearance, Release, Revision, Source
from tracker.polling import poll

MakeSource = Callable[..., Source]
BODY = "\n\n".join(f"Paragraph {n} says what the department has done about returns since the summer." for n in range(9))


def serve(httpserver: HTTPServer, path: str, *entries: dict[str, str]) -> None:
    httpserver.expect_oneshot_request(path).respond_with_data(atom(*entries), content_type="application/atom+xml")


def test_an_organisation_feed_whose_ids_change_with_each_update(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime
) -> None:
    page = "https://www.gov.uk/government/news/returns"
    source = make_source()
    for hours, stamp in enumerate(["2025-01-10T09:30:00+00:00", "2025-01-11T10:00:00+00:00"]):
        entry = {
            "id": f"{page}#{stamp}",
            "url": page,
            "title": "News story: Returns rise",
            "text": BODY,
            "updated": stamp,
        }
        serve(httpserver, "/feed", entry)
        poll(source, now=now + dt.timedelta(hours=hours))
    release = Release.objects.get()
    assert release.title == "Returns rise"
    assert release.published_at.day == 10
    assert (Appearance.objects.count(), Revision.objects.count()) == (1, 1)


def test_a_feed_that_gives_all_its_items_new_ids(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime
) -> None:
    source = make_source()
    for round_ in range(4):
        entries = [
            {"id": f"urn:{round_}:{n}", "url": f"https://example.org/{n}", "title": f"Item {n}", "text": BODY + str(n)}
            for n in range(5)
        ]
        serve(httpserver, "/feed", *entries)
        poll(source, now=now + dt.timedelta(hours=round_))
    counts = Release.objects.count(), Appearance.objects.count(), Revision.objects.count()
    assert counts == (5, 5, 5)


def test_a_feed_that_numbers_its_items_from_the_top(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime
) -> None:
    subjects = ["Prisons", "Trains", "Schools", "Hospitals", "Borders"]
    items = [
        {
            "url": f"https://example.org/{subject}",
            "title": f"{subject}: what was done",
            "text": " ".join(f"On {subject} the department has done thing {subject} {n}." for n in range(9)),
            "published": f"2025-01-1{day}T09:30:00+00:00",
        }
        for day, subject in enumerate(subjects)
    ]
    source = make_source()
    for oldest in (2, 1, 0):
        carried = [{**item, "id": f"urn:item:{number}"} for number, item in enumerate(reversed(items[: 5 - oldest]))]
        serve(httpserver, "/feed", *carried)
        poll(source, now=now + dt.timedelta(hours=2 - oldest))
    assert [release.title for release in Release.objects.order_by("published_at")] == [item["title"] for item in items]
    assert (Appearance.objects.count(), Revision.objects.count()) == (5, 5)
    assert {(seen.release.title, seen.guid) for seen in Appearance.objects.all()} == {
        (item["title"], f"urn:item:{number}") for number, item in enumerate(reversed(items))
    }


def test_two_sources_carry_the_same_document(make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime) -> None:
    copy, original = make_source("/copy", voice="media"), make_source("/original", voice="official")
    serve(httpserver, "/copy", {"id": "c:1", "url": "https://copy.example/1", "title": "Press: Returns", "text": BODY})
    serve(httpserver, "/original", {"id": "o:1", "url": "https://www.gov.uk/returns", "title": "Returns", "text": BODY})
    assert poll(copy, now=now).outcome == "new"
    outcome = poll(original, now=now)
    assert (outcome.outcome, outcome.new_releases) == ("unchanged", 0)
    release = Release.objects.get()
    assert release.url == "https://www.gov.uk/returns"
    assert set(release.appearances.values_list("url", "source__voice")) == {
        ("https://copy.example/1", "media"),
        ("https://www.gov.uk/returns", "official"),
    }
    assert release.revisions.count() == 1


def test_a_summary_elsewhere_adds_no_revision_and_a_fuller_text_does(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime
) -> None:
    page = {"url": "https://www.gov.uk/returns", "title": "Returns"}
    sources = [make_source("/middle"), make_source("/short"), make_source("/long")]
    texts = [BODY, BODY[:80] + " […]", BODY + "\n\nNotes to editors."]
    for source, text in zip(sources, texts, strict=True):
        serve(httpserver, f"/{source.url.rsplit('/', 1)[1]}", {**page, "id": source.slug, "text": text})
        poll(source, now=now)
    assert list(Release.objects.get().revisions.order_by("number").values_list("text", flat=True)) == [BODY, texts[2]]


def test_monthly_editions_stay_apart(make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime) -> None:
    months = ["October", "November", "December"]
    entries = [
        {"id": f"m:{month}", "url": f"https://example.org/{month}", "title": f"Returns in {month} 2024", "text": BODY}
        for month in months
    ]
    serve(httpserver, "/feed", *entries)
    poll(make_source(), now=now)
    assert Release.objects.count() == 3


def test_items_that_share_one_address_and_one_id_stay_apart(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime
) -> None:
    entries = [
        {"id": "same", "url": "https://example.org/all", "title": f"Item {n}", "text": f"About {n}."} for n in range(3)
    ]
    source = make_source()
    for hours in range(2):
        serve(httpserver, "/feed", *entries)
        poll(source, now=now + dt.timedelta(hours=hours))
    counts = Release.objects.count(), Revision.objects.count()
    assert counts == (3, 3)


def test_an_item_without_id_and_address(make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime) -> None:
    source = make_source()
    outcomes: list[Any] = []
    for hours in range(2):
        serve(httpserver, "/feed", {"title": "Bare", "text": "Nothing but words."})
        outcomes.append(poll(source, now=now + dt.timedelta(hours=hours)).outcome)
    assert outcomes == ["new", "unchanged"]


def test_what_staff_pin_while_a_release_is_read_again_stays_pinned(
    make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime
) -> None:
    """The release is read, then pinned by somebody else, then written."""
    item = {"id": "t:1", "url": "https://example.org/1", "title": "News", "text": "One."}
    httpserver.expect_oneshot_request("/feed").respond_with_data(atom(item))
    source = make_source()
    poll(source, now=now)
    httpserver.expect_oneshot_request("/feed").respond_with_data(atom({**item, "text": "Another."}))

    def pinned_meanwhile(*args: object, **kwargs: object) -> None:
        Release.objects.update(pinned=True)

    post_save.connect(pinned_meanwhile, sender=Revision, weak=False, dispatch_uid="pinned_meanwhile")
    try:
        poll(source, now=now + dt.timedelta(hours=1))
    finally:
        post_save.disconnect(sender=Revision, dispatch_uid="pinned_meanwhile")
    release = Release.objects.get()
    assert release.revisions.count() == 2
    assert release.pinned
