"""Which figures merely say again what an earlier release said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from commitments.models import Commitment, Evidence

FigureRow = dict[str, Any]

#: Which way a figure has been rounded, by its qualifier.
_ROUNDINGS = {
    "more than": (ROUND_FLOOR,),
    "at least": (ROUND_FLOOR,),
    "almost": (ROUND_CEILING,),
    "nearly": (ROUND_CEILING,),
    "less than": (ROUND_CEILING,),
    "around": (ROUND_HALF_UP,),
}
_ANYBODY = frozenset({"people", "person", "individual"})
#: One release counts from the election and another from the day after.
SAME_DAY_OR_SO = dt.timedelta(days=7)

#: The key under which a figure keeps an editor's word on whether it is said again.
RULING = "restated_by_editor"


def is_restated(figure: FigureRow, earlier: Iterable[FigureRow]) -> bool:
    """Whether an earlier release gave this figure: the same value of the same thing, exactly or rounded since.

    22 is said again as “more than 20”, 13,487 as “almost 13,500”; but 13,487 after “almost 13,500” is news.
    """
    return any(_same(figure, other) for other in earlier)


def _same(one: FigureRow, other: FigureRow) -> bool:
    if one["unit"] != other["unit"] or not (one["value"] == other["value"] or _is_rounded(one, other)):
        return False
    if bool(one.get("change")) != bool(other.get("change")):
        return False
    if one.get("series") and other.get("series"):
        same_thing = one["series"] == other["series"]
    else:
        same_thing = _count_the_same(_words(one["metric"]), _words(other["metric"]))
    return same_thing and not _periods_differ(one, other)


def _is_rounded(figure: FigureRow, exact: FigureRow) -> bool:
    """Whether a figure that says it is rounded is what the exact one rounds to, to as many digits as it has."""
    if exact["qualifier"] != "exact" or exact.get("high") is not None or figure.get("high") is not None:
        return False
    rounding = _ROUNDINGS.get(figure["qualifier"], ())
    value = Decimal(str(figure["value"])).normalize()
    step = Decimal(1).scaleb(int(value.as_tuple().exponent))
    return any(
        (Decimal(str(exact["value"])) / step).to_integral_value(direction) * step == value for direction in rounding
    )


def _count_the_same(one: set[str], other: set[str]) -> bool:
    """Whether two metrics share a word; words under which any people are counted say nothing of who they are."""
    if one - _ANYBODY and other - _ANYBODY:
        return bool((one & other) - _ANYBODY)
    return bool(one & other)


def _words(metric: str) -> set[str]:
    return {word.rstrip("s") for word in metric.lower().split()}


def _periods_differ(one: FigureRow, other: FigureRow) -> bool:
    """Whether two stated periods are two: neither begins nor ends with the other. A total that goes on is one."""
    if not (
        one.get("period_start") and one.get("period_end") and other.get("period_start") and other.get("period_end")
    ):
        return False
    return all(
        abs(dt.date.fromisoformat(one[end]) - dt.date.fromisoformat(other[end])) > SAME_DAY_OR_SO
        for end in ("period_start", "period_end")
    )


def refresh(commitment: Commitment) -> None:
    """Set `restated` on the figures of a commitment's evidence, in order of publication.

    Only releases of an earlier day were before: two of one day say the same thing together. Rejected evidence
    counts for nothing. The order in which releases arrived does not matter. What an editor
    has said of a figure (`restated_by_editor`) stands.
    """
    evidence = (
        commitment.evidence.exclude(state=Evidence.State.REJECTED)
        .select_related("release")
        .order_by("release__published_at", "release_id", "start", "pk")
    )
    said: list[tuple[dt.date, FigureRow]] = []
    changed = []
    for piece in evidence:
        day = timezone.localdate(piece.release.published_at)
        earlier = [figure for on, figure in said if on < day]
        flags = [figure.get(RULING, is_restated(figure, earlier)) for figure in piece.figures]
        if flags != [figure["restated"] for figure in piece.figures]:
            piece.figures = [{**figure, "restated": flag} for figure, flag in zip(piece.figures, flags, strict=True)]
            changed.append(piece)
        said.extend((day, figure) for figure in piece.figures)
    Evidence.objects.bulk_update(changed, ["figures"])
