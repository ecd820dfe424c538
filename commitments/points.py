"""Accepted figures become points of a commitment's series; what no longer stands is withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from commitments.models import Commitment, Evidence, Measurement
from commitments.models.measurement import Qualifier

#: A point by its evidence, its series and the offset of its figure.
Key = tuple[int | None, int, int | None]
#: Numbers are kept to six decimal places.
LEAST_STEP = Decimal("0.000001")


def refresh(commitment: Commitment, now: dt.datetime) -> None:
    """Make the measurements of a commitment follow its accepted evidence.

    A figure is a point when it belongs to a series of the commitment, is not said again, and has happened.
    Several releases of one day that give it make one point. A point whose evidence or figure no longer stands is
    withdrawn, never deleted, and so is one whose number an editor has put right, for a new one. A revised statistic
    is a point of its own, which supersedes the one before. One that was merged has no points: they are the other's.
    """
    merged = commitment.merged_into_id is not None
    series = set() if merged else set(commitment.series.values_list("pk", flat=True))
    standing = {
        (point.evidence_id, point.series_id, point.start): point
        for point in Measurement.objects.filter(evidence__commitment=commitment, withdrawn_at=None)
    }
    wanted: dict[Key, tuple[Evidence, dict[str, Any]]] = {}
    given: set[tuple[object, ...]] = set()
    for evidence in (
        commitment.evidence.accepted()
        .select_related("release", "revision")
        .order_by("release__published_at", "release_id", "start", "pk")
    ):
        for figure in evidence.figures:
            if figure.get("series") not in series or figure["restated"] or figure.get("modality") != "happened":
                continue
            published_on = timezone.localdate(evidence.release.published_at)
            same_that_day = (published_on, figure["series"], figure["value"], figure["period_end"])
            if same_that_day not in given:
                given.add(same_that_day)
                wanted[evidence.pk, figure["series"], figure["start"]] = (evidence, figure)
    gone = {key: point.pk for key, point in standing.items() if key not in wanted or not _says(point, wanted[key][1])}
    Measurement.objects.filter(pk__in=gone.values()).update(withdrawn_at=now, supersedes=None)
    Measurement.objects.bulk_create(
        _point(evidence, figure) for key, (evidence, figure) in wanted.items() if key not in standing or key in gone
    )
    _supersede(series, {key: figure for key, (_, figure) in wanted.items()})


def _says(point: Measurement, figure: Mapping[str, Any]) -> bool:
    """Whether a point gives the figure's number: an editor may have put that right since."""
    return abs(point.value - Decimal(str(figure["value"]))) < LEAST_STEP


def _supersede(series: set[int], figures: Mapping[Key, Mapping[str, Any]]) -> None:
    """Let each revised point supersede the latest one before it that it revises.

    `figures` are those of one commitment, in order of publication, by the key of the point that each has become.
    What supersedes what is worked out anew from all of them, so that the order of decisions does not matter.
    """
    points = list(Measurement.objects.filter(series__in=series, withdrawn_at=None).order_by("published_on", "pk"))
    own = {key: point for point in points if (key := (point.evidence_id, point.series_id, point.start)) in figures}
    ours = {point.pk for point in own.values()}
    revised = {point.supersedes_id for point in points if point.supersedes_id and point.pk not in ours}
    supersedes: dict[int, int] = {}
    for key, figure in figures.items():
        point = own[key]
        for older in reversed(points):
            if older.table_figure_id:  # its own table says when it is revised
                continue
            if older.published_on < point.published_on and older.pk not in revised and _revises(point, figure, older):
                supersedes[point.pk] = older.pk
                revised.add(older.pk)
                break
    changed = [point for point in own.values() if point.supersedes_id != supersedes.get(point.pk)]
    Measurement.objects.filter(pk__in=[point.pk for point in changed]).update(supersedes=None)  # one may follow another
    for point in changed:
        if point.pk in supersedes:
            Measurement.objects.filter(pk=point.pk).update(supersedes=supersedes[point.pk])


def _revises(point: Measurement, figure: Mapping[str, Any], older: Measurement) -> bool:
    """Whether a point takes the place of an older one: its passage says so, or gives an ended period another number."""
    if older.series_id != point.series_id or older.value == point.value:
        return False
    if figure.get("revised_from") is not None:
        return older.value == Decimal(str(figure["revised_from"]))
    same_period = point.period_end is not None and _period(point) == _period(older)
    if figure.get("revised"):
        return same_period or (point.as_of is not None and point.as_of == older.as_of)
    has_ended = older.period_end is not None and older.period_end < older.published_on
    return same_period and has_ended and point.qualifier == older.qualifier == Qualifier.EXACT


def _period(point: Measurement) -> tuple[dt.date | None, dt.date | None]:
    return point.period_start, point.period_end


def _point(evidence: Evidence, figure: dict[str, Any]) -> Measurement:
    high = figure.get("high")
    return Measurement(
        series_id=figure["series"],
        value=Decimal(str(figure["value"])),
        high=None if high is None else Decimal(str(high)),
        qualifier=figure["qualifier"],
        as_of=figure["as_of"],
        period_start=figure["period_start"],
        period_end=figure["period_end"],
        published_on=timezone.localdate(evidence.release.published_at),
        evidence=evidence,
        revision=evidence.revision,
        start=figure["start"],
        end=figure["end"],
    )
