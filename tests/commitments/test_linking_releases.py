"""What happens to the record when a release comes in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from commitments import linking
from commitments.imports import import_rows
from commitments.models import Evidence
from tracker.models import Appearance, Release, Revision, Snapshot, Source

pytestmark = pytest.mark.django_db

HARBOURS = {
    "reference": "T-1",
    "title": "Electric ferries on every island route",
    "statement": "Replace diesel ferries with electric ones on all twelve island routes.",
    "made_on": "2030-02-01",
    "department": "Department for Harbours",
}
ORCHARDS = {
    "reference": "T-2",
    "title": "Plant 40,000 orchard trees",
    "statement": "Plant 40,000 apple and pear trees in public orchards.",
    "made_on": "2030-02-01",
    "target_metric": "orchard trees planted",
    "target_value": "40000",
    "target_unit": "trees",
}
LIBRARIES = {
    "reference": "T-3",
    "title": "£40 million for village libraries",
    "statement": "Reopen village libraries with £40 million of grants.",
    "made_on": "2030-02-01",
}


@pytest.fixture
def record() -> None:
    import_rows([HARBOURS, ORCHARDS, LIBRARIES])


@pytest.fixture
def publish() -> Callable[..., Revision]:
    """Put a release, or a further revision of one, into the watch as ingesting would."""
    source = Source.objects.create(slug="press", name="Press office", kind="feed", url="https://press.example/feed")

    def publish(
        text: str, title: str = "News", published: str = "2030-05-01", release: Release | None = None, voice: str = ""
    ) -> Revision:
        own = source
        if voice:
            own, _ = Source.objects.get_or_create(
                slug=voice, defaults={"name": voice, "kind": "feed", "url": f"https://{voice}.example/", "voice": voice}
            )
        number = Revision.objects.count() + 1
        moment = timezone.make_aware(dt.datetime.fromisoformat(f"{published}T09:30:00"))
        if release is None:
            release = Release.objects.create(title=title, published_at=moment, url=f"https://press.example/{number}")
            Appearance.objects.create(
                release=release,
                source=own,
                key=str(number),
                content_key=str(number),
                title=title,
                first_seen_at=moment,
                last_seen_at=moment,
            )
        appearance = release.appearances.get()
        snapshot = Snapshot.objects.create(
            sha256=f"{number:064}", path=str(number), size_bytes=1, url="https://press.example/", fetched_at=moment
        )
        return Revision.objects.create(
            release=release,
            appearance=appearance,
            number=release.revisions.count() + 1,
            title=title,
            text=text,
            text_hash=str(number),
            seen_at=moment,
            snapshot=snapshot,
        )

    return publish


def linked_to(evidence: list[Evidence]) -> set[str]:
    return {piece.commitment.reference for piece in evidence}


FERRY_NEWS = (
    "The first electric ferry has entered service between the islands of Arran and Bute.\n\n"
    "It replaces a diesel vessel that had sailed the route for thirty years. "
    "Electric ferries will follow on the other island routes."
)


def test_a_release_about_one_promise_is_suggested_for_that_one(record: None, publish: Any) -> None:
    found = linking.link(publish(FERRY_NEWS))
    assert linked_to(found) == {"T-1"}
    (piece,) = found
    assert piece.revision.text[piece.start : piece.end] == piece.quote
    assert 0 <= piece.score <= 1
    assert piece.reasons


def test_a_number_alone_is_no_link(record: None, publish: Any) -> None:
    assert linking.link(publish("The stadium holds 40,000 people and cost £40 million to repair.")) == []


def test_delivering_twice_stores_once(record: None, publish: Any) -> None:
    revision = publish(FERRY_NEWS)
    linking.link(revision)
    assert linking.link(revision) == []
    assert Evidence.objects.count() == 1


def test_what_is_pending_is_linked_once(record: None, publish: Any) -> None:
    publish(FERRY_NEWS)
    publish("Rain is expected on Tuesday.")
    outcome = linking.link_pending()
    assert (outcome.linked, outcome.suggestions, outcome.failed) == (2, 1, 0)
    assert linking.link_pending().linked == 0


def test_a_commitment_recorded_later_finds_the_releases_before_it(publish: Any) -> None:
    publish(FERRY_NEWS)
    linking.link_pending()
    assert not Evidence.objects.exists()
    import_rows([HARBOURS])
    outcome = linking.link_pending()
    assert outcome.suggestions == 1
