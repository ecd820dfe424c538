"""Which figures merely say again what an earlier release said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from commitments.models import Commitment, Evidence

FigureRow = dict[str, Any]

#: The key under which a figure keeps an editor's word on whether it is said again.
RULING = "restated_by_editor"


def is_restated(figure: FigureRow, earlier: Iterable[FigureRow]) -> bool:
    """Whether an earlier release gave this figure: the same value of the same thing, qualifiers apart."""
    return any(_same(figure, other) for other in earlier)


def _same(one: FigureRow, other: FigureRow) -> bool:
    if one["value"] != other["value"] or one["unit"] != other["unit"]:
        return False
    if one.get("series") and other.get("series"):
        same_thing = one["series"] == other["series"]
    else:
        same_thing = bool(_words(one["metric"]) & _words(other["metric"]))
    return same_thing and not _periods_differ(one, other)


def _words(metric: str) -> set[str]:
    return {word.rstrip("s") for word in metric.lower().split()}


def _periods_differ(one: FigureRow, other: FigureRow) -> bool:
    """Two stated periods that end before the other begins are two periods; a total that goes on is one."""
    if not (
        one.get("period_start") and one.get("period_end") and other.get("period_start") and other.get("period_end")
    ):
        return False
    return bool(one["period_end"] < other["period_start"] or other["period_end"] < one["period_start"])


def refresh(commitment: Commitment) -> None:
    """Set `restated` on the figures of a commitment's evidence, in order of publication.

    Rejected evidence counts for nothing. The order in which releases arrived does not matter. What an editor
    has said of a figure (`restated_by_editor`) stands.
    """
    evidence = (
        commitment.evidence.exclude(state=Evidence.State.REJECTED)
        .select_related("release")
        .order_by("release__published_at", "release_id", "start", "pk")
    )
    said: list[tuple[int, FigureRow]] = []
    changed = []
    for piece in evidence:
        earlier = [figure for release_id, figure in said if release_id != piece.release_id]
        flags = [figure.get(RULING, is_restated(figure, earlier)) for figure in piece.figures]
        if flags != [figure["restated"] for figure in piece.figures]:
            piece.figures = [{**figure, "restated": flag} for figure, flag in zip(piece.figures, flags, strict=True)]
            changed.append(piece)
        said.extend((piece.release_id, figure) for figure in piece.figures)
    Evidence.objects.bulk_update(changed, ["figures"])
