"""One version of a published document, with the passages that the record uses."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max, Q

from commitments.models import Evidence, is_public
from tracker.models import Appearance, Attachment, Provenance, Release, Revision, Snapshot, Source

from .passages import Paragraph, Passage, locate, paragraphs

#: Of the other places where a release was seen, so many are shown.
MOST_ADDRESSES = 20


@dataclass(frozen=True)
class Use:
    """An accepted passage, numbered in the order of the text. `number` is 0 where it is not in this version."""

    number: int
    evidence: Evidence


@dataclass(frozen=True)
class ReleasePage:
    release: Release
    revision: Revision
    revisions: list[Revision]
    paragraphs: list[Paragraph]
    used: dict[int, Use]
    not_here: list[Evidence]
    commitments_count: int
    files: list[Attachment]
    further_bytes: list[Snapshot]
    received: list[Provenance]  # how it came, where staff brought it
    elsewhere: list[Appearance]  # each with `last`, the number of the latest revision that came from there

    @property
    def is_published_elsewhere(self) -> bool:
        """Whether it has an address at which others can read it too, as far as we know."""
        return bool(self.release.url or self.revision.appearance.url or self.elsewhere)

    @property
    def is_put_right_by_hand(self) -> bool:
        """Whether the note of this version is ours, and not its publisher's."""
        return self.revision.appearance.source.kind == Source.Kind.DESK

    @property
    def is_latest(self) -> bool:
        return self.revision.number == self.revisions[-1].number


def release_page(release: Release, number: int | None = None) -> ReleasePage:
    """A release at one revision, the latest unless a number is given. Revision.DoesNotExist if there is none."""
    revisions = list(release.revisions.select_related("snapshot", "appearance__source").order_by("number"))
    revision = next((one for one in reversed(revisions) if number in (None, one.number)), None)
    if revision is None:
        raise Revision.DoesNotExist(f"Release {release.pk} has no revision {number}.")
    evidence = list(
        Evidence.objects.accepted()
        .filter(is_public("commitment"), Q(release=release) | Q(release__joined_to=release))
        .select_related("commitment", "revision", "gone_since")
    )
    spans = {piece.pk: _span(piece, revision) for piece in evidence}
    passages = [Passage(key, *span) for key, span in spans.items() if span is not None]
    in_order = sorted(passages, key=lambda passage: (passage.start, passage.end, passage.key))
    by_key = {piece.pk: piece for piece in evidence}
    return ReleasePage(
        release=release,
        revision=revision,
        revisions=revisions,
        paragraphs=paragraphs(revision.text, passages),
        used={passage.key: Use(number, by_key[passage.key]) for number, passage in enumerate(in_order, start=1)},
        not_here=[piece for piece in evidence if spans[piece.pk] is None],
        commitments_count=len({piece.commitment_id for piece in evidence}),
        files=list(revision.files.select_related("snapshot")),
        further_bytes=list(revision.also_from.order_by("pk")),
        received=list(Provenance.objects.filter(appearance__in=release.places)),
        elsewhere=list(
            release.places.exclude(Q(pk=revision.appearance_id) | Q(url="")).annotate(last=Max("revisions__number"))[
                :MOST_ADDRESSES
            ]
        ),
    )


def _span(evidence: Evidence, revision: Revision) -> tuple[int, int] | None:
    """Where the quote stands in a revision: its own offsets in its own revision, else where it is found."""
    if evidence.revision_id == revision.pk and evidence.end <= len(revision.text):
        return evidence.start, evidence.end
    return locate(revision.text, evidence.quote)
