"""A commitment as the record had it after a number of entries: an address that can be cited, for it never changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from django.utils import timezone

from commitments.models import Commitment, Definition, StatusChange
from commitments.showing import Showing

from .judgement import Judgement, judgement
from .wording import Wording, wordings_of

Entry = TypeVar("Entry", Definition, StatusChange)


@dataclass(frozen=True)
class VersionPage:
    """`at` is when the last entry of this version was recorded. No judgement while there was none."""

    commitment: Commitment
    number: int
    latest: int
    at: dt.datetime
    wording: Wording
    judgement: Judgement | None


def version_page(show: Showing, commitment: Commitment, number: int) -> VersionPage | None:
    """What held on the day of the entry of that number, by all that was recorded up to it. None if there is none."""
    definitions = commitment.definitions.select_related("target__series", "source_revision", "recorded_by")
    changes = commitment.status_changes.select_related(
        "evidence__release", "evidence__revision", "recorded_by", "confirmed_by", "corrects"
    )
    entries: list[Definition | StatusChange] = [
        *definitions.prefetch_related("target__components"),
        *changes,
    ]
    entries.sort(key=lambda entry: (entry.recorded_at, isinstance(entry, StatusChange), entry.pk))
    if not 1 <= number <= len(entries):
        return None
    known, at = entries[:number], entries[number - 1].recorded_at
    day = timezone.localdate(at)
    words = [entry for entry in known if isinstance(entry, Definition)]
    judged = [entry for entry in known if isinstance(entry, StatusChange)]
    if not words:
        return None
    corrected = {entry.corrects_id for entry in judged}
    change = _in_force([entry for entry in judged if entry.pk not in corrected], day)
    return VersionPage(
        commitment=commitment,
        number=number,
        latest=len(entries),
        at=at,
        wording=wordings_of(show, [_in_force(words, day) or words[0]])[0],
        judgement=judgement(show, change, judged) if change else None,
    )


def _in_force(entries: list[Entry], day: dt.date) -> Entry | None:
    """The rule of HistoryQuerySet.latest_in_force_first, over entries at hand."""
    begun = [entry for entry in entries if entry.effective_from <= day]
    if begun:
        return max(begun, key=lambda entry: (entry.effective_from, entry.pk))
    return min(entries, key=lambda entry: (entry.effective_from, -entry.pk), default=None)
