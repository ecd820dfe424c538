"""What an earlier release changes in suggestions of later ones that nobody has decided yet: when it comes in late,
and when its evidence is rejected, or no longer is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from commitments import restatement
from commitments.linking.document import document
from commitments.linking.index import DatabaseIndex
from commitments.linking.suggestions import judge, said_of_figures
from commitments.linking.tied_figures import FigureRow
from commitments.linking.versions import in_use
from commitments.models import Commitment, Evidence


@dataclass(frozen=True)
class _Before:
    """What releases of earlier days have given a commitment."""

    said: bool
    figures: Sequence[FigureRow]

    def flagged(self, rows: Sequence[FigureRow]) -> list[FigureRow]:
        return [
            {**row, "restated": row.get(restatement.RULING, restatement.is_restated(row, self.figures))} for row in rows
        ]


def refresh(commitment: Commitment, came: Collection[int] = (), went: Collection[int] = ()) -> None:
    """Correct relation, tier and reasons of a commitment's undecided evidence, given the pieces (primary keys) that
    came to what is on record, or went from it because they were rejected.

    Only where the release of such a piece was published on an earlier day, and where the relation and tier are
    still the ones that followed from what was known then: what an editor has put right stays.
    """
    pieces = list(
        commitment.evidence.filter(~Q(state=Evidence.State.REJECTED) | Q(pk__in=went))
        .select_related("release", "revision__appearance__source")
        .defer("revision__text")
        .order_by("release__published_at", "release_id", "start", "pk")
    )
    changed = [
        piece
        for piece in pieces
        if piece.state == Evidence.State.SUGGESTED and piece.pk not in came and _corrected(piece, pieces, came, went)
    ]
    Evidence.objects.bulk_update(changed, ["relation", "suggested_relation", "tier", "reasons"])


def _corrected(piece: Evidence, pieces: Sequence[Evidence], came: Collection[int], went: Collection[int]) -> bool:
    """Correct one piece in memory. Returns whether that changed it."""
    earlier = [other for other in pieces if _day(other) < _day(piece)]
    now = _before([other for other in earlier if other.pk not in went])
    then = _before([other for other in earlier if other.pk not in came])
    rows_now, rows_then = now.flagged(piece.figures), then.flagged(piece.figures)
    if now.said == then.said and rows_now == rows_then:
        return False
    profile = DatabaseIndex().profiles([piece.commitment_id]).get(piece.commitment_id)
    if profile is None:
        return False
    revision = piece.revision
    published = _day(piece) if piece.release.published_is_known else None
    release = document(revision.title, revision.text, published, revision.appearance.source.voice)
    places = [(passage.start, passage.end) for passage in release.passages]
    if (piece.start, piece.end) not in places:
        return False
    number = places.index((piece.start, piece.end))
    before = (piece.relation, piece.tier, piece.reasons)
    relations = in_use().relations
    thought = judge(release, number, profile, then.said, rows_then, relations)
    if (thought.relation, thought.tier) == (piece.relation, piece.tier):
        judged = judge(release, number, profile, now.said, rows_now, relations)
        piece.relation, piece.tier = judged.relation, judged.tier
        piece.suggested_relation = judged.relation
    said = dict(zip(said_of_figures(rows_then, then.figures), said_of_figures(rows_now, now.figures), strict=True))
    piece.reasons = [said.get(reason, reason) for reason in piece.reasons]
    return before != (piece.relation, piece.tier, piece.reasons)


def _before(pieces: Sequence[Evidence]) -> _Before:
    return _Before(bool(pieces), [figure for piece in pieces for figure in piece.figures])


def _day(piece: Evidence) -> dt.date:
    return timezone.localdate(piece.release.published_at)
