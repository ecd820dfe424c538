"""What changed: the page, the feeds, and a correction that reaches both."""

from __future__ import annotations

import datetime as dt
from typing import Any

import feedparser
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from commitments import decisions
from commitments.changes import Kind, latest
from commitments.models import Commitment
from commitments.pages.what_changed import ON_A_PAGE
from commitments.showing import now

from . import make, open_record
from .open_record import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> Record:
    return open_record.write()


def feed(client: Client, address: str = "/feeds/changes.atom") -> Any:
    response = client.get(address)
    assert response.status_code == 200, address
    read = feedparser.parse(response.content)
    assert (read.bozo, read.version) == (False, "atom10")
    return read


def test_a_correction_made_in_the_admin_is_in_the_feeds_and_on_the_page(client: Client) -> None:
    staff = Client()
    staff.force_login(make.user("ada"))
    owner = make.commitment("Plant trees")
    day = dt.date(2025, 3, 1)
    wrong = decisions.change_status(owner, "achieved", make.user("ben"), "He said so.", day, absence="Looked.")
    before = {entry.id: entry for entry in feed(client).entries}

    address = f"{reverse('admin:commitments_commitment_status', args=[owner.pk])}?corrects={wrong.pk}"
    values = {"status": "in_progress", "reason": "He meant another wood.", "effective_from": "2025-03-01"}
    assert staff.post(address, {**values, "corrects": wrong.pk, "record": "1"}).status_code == 302

    for entries in (feed(client).entries, feed(client, f"/commitments/{owner.slug}/changes.atom").entries):
        first, second = entries[0], entries[1]
        assert first.title == "Plant trees – Correction: In progress"
        assert "We had wrongly said: Achieved. He meant another wood." in first.summary
        assert first.category == "correction"
        assert second.id in before
        assert second.updated > before[second.id].updated, "readers are told that it is not what it was"
        assert second.summary.startswith("We said later that this was wrong.")
    page = client.get("/changes/").content.decode()
    assert page.index("Correction: In progress") < page.index("Status: Achieved")
    assert "Corrected since" in page


def test_a_feed_takes_back_whole_and_tells_each_thing_once(client: Client, record: Record) -> None:
    read = feed(client)
    told = latest(now(), 50)
    kinds = [Kind.ADDED, Kind.CORRECTION, Kind.STATUS, Kind.WORDING, Kind.EVIDENCE, Kind.ADDED]
    assert [change.kind for change in told] == kinds
    assert len({entry.id for entry in read.entries}) == len(read.entries) == len(told)
    for entry, change in zip(read.entries, told, strict=True):
        assert entry.id == f"tag:127.0.0.1,2026:{change.key}"
        assert escape(change.account) in entry.summary
        assert entry.link.startswith("http://127.0.0.1:8000/commitments/")
    assert read.feed.id == "tag:127.0.0.1,2026:changes/all"
    assert read.feed.updated == max(entry.updated for entry in read.entries)


def test_what_others_wrote_is_text_in_a_feed_and_never_markup(client: Client) -> None:
    made = make.commitment("A <b>bold</b> promise", statement="Less than 5 < 6 & more.\x0c")
    (entry,) = feed(client, f"/commitments/{made.slug}/changes.atom").entries
    assert entry.title == "A <b>bold</b> promise – Added to the record"
    assert entry.summary == "Less than 5 &lt; 6 &amp; more."


@pytest.mark.parametrize("address", ["department/forests", "area/nature", "administration/2024"])
def test_there_is_a_feed_of_each_department_area_and_administration(
    client: Client, record: Record, address: str
) -> None:
    titles = [entry.title for entry in feed(client, f"/feeds/{address}/changes.atom").entries]
    assert len(titles) == 5
    assert all(title.startswith("Plant trees") for title in titles)
    assert client.get(f"/feeds/{address}-else/changes.atom").status_code == 404


def test_the_feed_of_a_merged_commitment_leads_on_and_a_draft_has_none(client: Client, record: Record) -> None:
    Commitment.objects.filter(pk=record.bridge.pk).update(merged_into=record.trees)
    leading = client.get("/commitments/mend-the-bridge/changes.atom")
    assert leading.status_code == 301
    assert leading["Location"].endswith("/commitments/plant-trees/changes.atom")
    assert client.get(f"/commitments/{record.draft.slug}/changes.atom").status_code == 404


def test_a_feed_that_has_not_changed_is_not_sent_again(client: Client, record: Record) -> None:
    first = client.get("/feeds/changes.atom")
    again = client.get("/feeds/changes.atom", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_empty_feed_and_page_are_whole(client: Client) -> None:
    assert feed(client).entries == []
    assert "Nothing has been recorded yet" in client.get("/changes/").content.decode()


def test_a_walk_through_the_pages_meets_each_change_once(client: Client) -> None:
    for number in range(ON_A_PAGE + 5):
        make.commitment(f"Promise number {number:03}")
    first = client.get("/changes/")
    older = first.content.decode().partition('href="?before=')[2].partition('"')[0]
    second = client.get(f"/changes/?before={older}")
    found = [
        change.commitment.title
        for response in (first, second)
        for shown in response.context["page"].days
        for change in shown.changes
    ]
    assert len(found) == len(set(found)) == ON_A_PAGE + 5
    assert "Newest changes" in second.content.decode()


def test_a_place_that_was_never_given_out_leads_to_the_newest(client: Client, record: Record) -> None:
    page = client.get("/changes/?before=made-up").content.decode()
    assert "so these are the newest" in page
    assert "Correction: Off track" in page


def test_what_was_imported_and_what_is_not_public_is_no_change(client: Client, record: Record) -> None:
    page = client.get("/changes/").content.decode()
    assert "lighthouse" not in page.lower()
    assert "whisper" not in page.lower()
