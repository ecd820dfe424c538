"""Keeping something from the public, and showing it again."""

from __future__ import annotations

import hashlib

from django.db import transaction

from commitments.decisions.common import DecisionRefused, Deed
from commitments.models import Withholding
from commitments.redaction import RUN, Cut, gives_away, redact, words_of
from tracker.models import Release


@transaction.atomic
def withhold(release: Release, what: str, note: str, reason: str, deed: Deed, words: str = "") -> Withholding:
    """Keep a passage, the text or the whole of a release from every public door, from now on.

    `words` are those of the passage, as some revision of the release has them. `note` is public, `reason` is not.
    """
    note, reason, words = note.strip(), reason.strip(), words.strip()
    list(Release.objects.select_for_update(no_key=True).filter(pk=release.pk).values_list("pk"))
    check(release, what, note, reason, words)
    return Withholding.objects.create(
        release=release,
        what=what,
        words=words,
        sha256=_hash(words) if words else release.latest_revision.text_hash,
        note=note,
        reason=reason,
        by=deed.by,
        at=deed.at,
    )


def check(release: Release, what: str, note: str, reason: str, words: str) -> None:
    """Raises DecisionRefused where it cannot be withheld so."""
    if not note or not reason:
        raise DecisionRefused("Give a note for the public, and a reason for staff.")
    if what == Withholding.What.PASSAGE:
        _check_passage(release, words, note)
    elif words:
        raise DecisionRefused("Name words only for a passage.")
    if Withholding.objects.standing().filter(release=release, what=what, words=words).exists():
        raise DecisionRefused("It is withheld already.")


@transaction.atomic
def lift(withholding: Withholding, reason: str, deed: Deed) -> Withholding:
    """Show it again. What was withheld, and until when, stays on record."""
    if not reason.strip():
        raise DecisionRefused("Say why it may be shown again.")
    list(Withholding.objects.select_for_update().filter(pk=withholding.pk))
    if not withholding.stands:
        raise DecisionRefused("It is not withheld any more.")
    return Withholding.objects.create(
        release=withholding.release,
        what=withholding.what,
        words=withholding.words,
        sha256=withholding.sha256,
        note=withholding.note,
        reason=reason.strip(),
        by=deed.by,
        at=deed.at,
        lifts=withholding,
    )


def _check_passage(release: Release, words: str, note: str) -> None:
    if not words_of(words):
        raise DecisionRefused("Give the words that are to be withheld, as they stand in the release.")
    whole = Cut(words, "")
    texts = release.revisions.values_list("title", "text")
    if not any(redact(part, [whole]).taken for text in texts for part in text):
        raise DecisionRefused("These words stand in no version of the release. Copy them from its text.")
    if gives_away(note, Cut(words, "", RUN)):
        raise DecisionRefused("The public note repeats what is to be withheld.")


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
