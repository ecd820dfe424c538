"""One version of a published document, with the passages that the record uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Max, Q
from django.utils import timezone

from commitments.models import Evidence, is_public
from commitments.redaction import Redacted
from commitments.showing import Note, Showing
from tracker.models import Appearance, Attachment, Licence, Provenance, Recheck, Release, Revision, Snapshot, Source

from . import phrases
from .passages import Paragraph, Passage, locate, paragraphs, quoted

#: Of the other places where a release was seen, so many are shown.
MOST_ADDRESSES = 20


@dataclass(frozen=True)
class Use:
    """An accepted passage, numbered in the order of the text. `number` is 0 where it is not in this version."""

    number: int
    evidence: Evidence


@dataclass(frozen=True)
class Withheld:
    """An accepted passage that is not shown, with the note in its place."""

    evidence: Evidence
    note: Note


@dataclass(frozen=True)
class Version:
    """One of the revisions, with the publisher's note on it."""

    revision: Revision
    note: str


@dataclass(frozen=True)
class File:
    attachment: Attachment
    title: str


@dataclass(frozen=True)
class Received:
    """How it came, where staff brought it, with what they noted."""

    provenance: Provenance
    note: str


@dataclass(frozen=True)
class ReleasePage:
    """`paragraphs` are the whole text if `is_whole`, else the quotes of it alone, or nothing where there is a
    `text_note`. `is_cut` where words of it are withheld."""

    release: Release
    title: str
    joined_title: str
    revision: Revision
    revision_note: str
    versions: list[Version]
    text_note: Note | None
    is_whole: bool
    is_cut: bool
    licence: Licence
    paragraphs: list[Paragraph]
    used: dict[int, Use]
    not_here: list[Evidence]
    withheld: list[Withheld]
    commitments_count: int
    files: list[File]
    further_bytes: list[Snapshot]
    received: list[Received]
    answering: str
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
        return self.revision.number == self.versions[-1].revision.number


def release_page(show: Showing, release: Release, number: int | None = None) -> ReleasePage:
    """A release at one revision, the latest unless a number is given. Revision.DoesNotExist if there is none."""
    revisions = list(release.revisions.select_related("snapshot", "appearance__source").order_by("number"))
    revision = next((one for one in reversed(revisions) if number in (None, one.number)), None)
    if revision is None:
        raise Revision.DoesNotExist(f"Release {release.pk} has no revision {number}.")
    accepted = list(
        Evidence.objects.accepted()
        .filter(is_public("commitment"), Q(release=release) | Q(release__joined_to=release))
        .select_related("commitment", "revision__appearance__source", "gone_since")
    )
    evidence = [piece for piece in accepted if show.note_on(piece) is None]
    text_note = show.text_note(release.pk)
    text = show.of_release(release.pk, revision.text)
    spans = {piece.pk: _span(piece, revision, text) for piece in evidence}
    passages = [Passage(key, *span) for key, span in spans.items() if span is not None]
    in_order = sorted(passages, key=lambda passage: (passage.start, passage.end, passage.key))
    by_key = {piece.pk: piece for piece in evidence}
    is_whole = text_note is None and show.may_be_whole(revision)
    versions = [Version(one, "" if text_note else show.of_release(release.pk, one.note).text) for one in revisions]
    return ReleasePage(
        release=release,
        title=show.title(release.pk, revision.title),
        joined_title=show.title(release.joined_to.pk, release.joined_to.title) if release.joined_to else "",
        revision=revision,
        revision_note=versions[revisions.index(revision)].note,
        versions=versions,
        text_note=text_note,
        is_whole=is_whole,
        is_cut=bool(text.taken),
        answering=answering(release),
        licence=revision.appearance.source.licence,
        paragraphs=paragraphs(text.text, passages) if is_whole else _quotes(show, in_order, by_key),
        used={passage.key: Use(number, by_key[passage.key]) for number, passage in enumerate(in_order, start=1)},
        not_here=[piece for piece in evidence if spans[piece.pk] is None],
        withheld=[Withheld(piece, note) for piece in accepted if (note := show.note_on(piece))],
        commitments_count=len({piece.commitment_id for piece in accepted}),
        files=[
            File(attached, show.of_release(release.pk, attached.title).text)
            for attached in ([] if text_note else revision.files.select_related("snapshot"))
        ],
        further_bytes=list(revision.also_from.order_by("pk")),
        received=[
            Received(came, "" if text_note else show.of_release(release.pk, came.note).text)
            for came in Provenance.objects.filter(appearance__in=release.places)
        ],
        elsewhere=list(
            release.places.exclude(Q(pk=revision.appearance_id) | Q(url="")).annotate(last=Max("revisions__number"))[
                :MOST_ADDRESSES
            ]
        ),
    )


def answering(release: Release) -> str:
    """Whether the publisher's address still answers, as far as we have looked. Empty where a note says that it does
    not have the document any more, or where there is no address.
    """
    if release.vanished_since or not release.url:
        return ""
    look: Recheck | None = getattr(release, "recheck", None)
    if look is None or look.last_at is None:
        return "We have not looked at its address again since."
    on = phrases.day(timezone.localdate(look.last_at))
    if look.failures_in_a_row == 0:
        return f"It still answered on {on}."
    times = "the last time" if look.failures_in_a_row == 1 else f"the last {look.failures_in_a_row} times"
    return f"It did not answer {times} that we looked, most lately on {on}."


def _span(evidence: Evidence, revision: Revision, text: Redacted) -> tuple[int, int] | None:
    """Where the quote stands in what is left of a revision: its own offsets in its own, else where it is found."""
    if evidence.revision_id == revision.pk and evidence.end <= len(revision.text):
        return text.moved(evidence.start, evidence.end)
    return locate(text.text, evidence.quote)


def _quotes(show: Showing, in_order: list[Passage], by_key: Mapping[int, Evidence]) -> list[Paragraph]:
    """Each passage by itself, and once where several pieces of evidence quote the same."""
    keys: dict[str, list[int]] = {}
    for passage in in_order:
        keys.setdefault(show.quote(by_key[passage.key]), []).append(passage.key)
    return [quoted(words, used_by) for words, used_by in keys.items()]
