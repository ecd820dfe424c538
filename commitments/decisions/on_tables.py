"""What staff say of figures that an edition of a table gave."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from commitments.decisions.common import DecisionRefused, Deed
from commitments.models import TableFigure, TablePointer, TableReading
from commitments.statistics import vintages


@transaction.atomic
def accept_figures(reading: TableReading, keys: Collection[int], deed: Deed) -> int:
    """Make points of figures of one edition. Returns how many; those that are accepted already are left."""
    return _decide(reading, keys, deed, TableFigure.State.ACCEPTED, "")


@transaction.atomic
def reject_figures(reading: TableReading, keys: Collection[int], deed: Deed, reason: str) -> int:
    """Say that figures of one edition are not to be points; those that are points are withdrawn."""
    if not reason.strip():
        raise DecisionRefused("Say why: choose a reason, or give one in your own words.")
    return _decide(reading, keys, deed, TableFigure.State.REJECTED, reason.strip())


def _decide(reading: TableReading, keys: Collection[int], deed: Deed, state: str, reason: str) -> int:
    pointer = (
        TablePointer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("series")
        .get(pk=reading.pointer_id)
    )
    if not keys:
        raise DecisionRefused("Choose at least one figure.")
    chosen = TableFigure.objects.filter(reading=reading, pk__in=keys)
    if chosen.filter(state=TableFigure.State.OVERTAKEN).exists():
        raise DecisionRefused("A later edition has changed some of these figures since. Nothing was changed.")
    decided = chosen.exclude(state=state).update(state=state, reason=reason, decided_by=deed.by, decided_at=deed.at)
    vintages.settle(pointer.series, deed.at)
    return decided
