"""What a passage says of a commitment to which a person has assigned it: relation, tier and figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from commitments import restatement
from commitments.linking.document import document
from commitments.linking.index import DatabaseIndex
from commitments.linking.linker import known
from commitments.linking.suggestions import judge
from commitments.linking.tied_figures import FigureRow, tied
from commitments.linking.versions import in_use
from commitments.models import Commitment, Evidence, Relation, Tier


@dataclass(frozen=True)
class Placed:
    """How a passage bears on a commitment. Context without figures where nothing else can be told."""

    relation: str = Relation.CONTEXT.value
    tier: str = Tier.ANNOUNCED.value
    figures: list[FigureRow] = field(default_factory=list)
    self_declared: bool = True


def place(piece: Evidence, commitment: Commitment) -> Placed:
    """Read the passage of a piece of evidence anew, as being about this commitment."""
    revision = piece.revision
    profile = DatabaseIndex().profiles([commitment.pk]).get(commitment.pk)
    published = timezone.localdate(piece.release.published_at)
    release = document(
        revision.title,
        revision.text,
        published if piece.release.published_is_known else None,
        revision.appearance.source.voice,
    )
    places = [(passage.start, passage.end) for passage in release.passages]
    if profile is None or (piece.start, piece.end) not in places:
        return Placed(self_declared=piece.self_declared)
    number = places.index((piece.start, piece.end))
    before = known([commitment.pk], revision)[commitment.pk]
    rows = [
        {**row, "restated": restatement.is_restated(row, before.figures)}
        for row in tied(release, number, profile, before.series, published)
    ]
    judged = judge(release, number, profile, before.said, rows, in_use().relations)
    return Placed(judged.relation, judged.tier, rows, judged.self_declared)
