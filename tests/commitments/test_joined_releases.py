"""What staff join in the watch is one release in the record too."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from commitments import decisions, linking
from commitments.bringing import import_rows
from commitments.models import Evidence
from tests.commitments import make
from tracker import joining
from tracker.models import Release, Revision
from tracker.signals import revision_retold

pytestmark = pytest.mark.django_db

FERRIES = {
    "reference": "T-1",
    "title": "Electric ferries on every island route",
    "statement": "Replace diesel ferries with electric ones on all twelve island routes.",
    "made_on": "2030-02-01",
    "department": "Department for Harbours",
}
NEWS = (
    "The first electric ferry has entered service between the islands of Arran and Bute.\n\n"
    "It replaces a diesel vessel that had sailed the route for thirty years. "
    "The electric ferries will follow on the other eleven island routes."
)


def published(text: str, voice: str) -> Release:
    return make.release(text, published=dt.date(2030, 5, 1), at=make.source(voice, voice=voice))


@pytest.fixture
def two() -> tuple[Release, Release]:
    """A ministry's release and a copy that was not found out, both linked."""
    import_rows([FERRIES])
    kept, copy = published(NEWS, "official"), published(f"{NEWS}\n\nOur desk is glad.", "media")
    linking.link_pending()
    assert {piece.release for piece in Evidence.objects.all()} == {kept, copy}
    return kept, copy


def test_what_nobody_has_decided_of_the_copy_waits_no_longer(two: tuple[Release, Release]) -> None:
    kept, copy = two
    joining.join(copy, to=kept)
    assert {piece.release for piece in Evidence.objects.all()} == {kept}
    make.revise(copy, f"{NEWS}\n\nAll twelve island routes have electric ferries now, our desk says.")
    assert linking.link_pending().linked == 0


def test_what_was_accepted_from_the_copy_is_shown_with_the_release_and_stays_provable(
    two: tuple[Release, Release], client: Client
) -> None:
    kept, copy = two
    piece = copy.evidence.get()
    decisions.accept(piece, make.deed())
    joining.join(copy, to=kept)
    page = client.get(f"/releases/{copy.pk}/", follow=True).content.decode()
    assert f'id="e{piece.pk}"' in page
    piece.refresh_from_db()
    assert piece.revision.text[piece.start : piece.end] == piece.quote
    where = f"{piece.revision.get_absolute_url()}#e{piece.pk}"
    assert where in client.get(piece.commitment.get_absolute_url()).content.decode()
    assert f'id="e{piece.pk}"' in client.get(where).content.decode()


def test_a_passage_that_was_accepted_from_both_would_count_twice(two: tuple[Release, Release]) -> None:
    kept, copy = two
    for release in two:
        decisions.accept(release.evidence.get(), make.deed())
    with pytest.raises(joining.JoinRefused, match="is accepted for T-1 from both"):
        joining.join(copy, to=kept)
    copy.refresh_from_db()
    assert copy.joined_to is None
    decisions.reject(copy.evidence.get(), make.deed(), reason="said in the same release")
    joining.join(copy, to=kept)


def test_what_is_taken_apart_is_compared_with_the_record_again(two: tuple[Release, Release]) -> None:
    kept, copy = two
    joining.join(copy, to=kept)
    joining.take_apart(copy)
    assert linking.link_pending().linked == 1
    assert {piece.release for piece in Evidence.objects.all()} == {kept, copy}


def test_what_its_publisher_turns_out_to_say_itself_is_judged_by_that_voice(two: tuple[Release, Release]) -> None:
    _, copy = two
    revision = copy.latest_revision
    before = copy.evidence.get()
    assert not before.self_declared
    revision.appearance.source = make.source("official", voice="official")
    revision.appearance.save()
    revision_retold.send(sender=Revision, revision=revision)
    linking.link_pending()
    assert copy.evidence.get().self_declared
