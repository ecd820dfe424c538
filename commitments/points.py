"""Accepted figures become points of a commitment's series; what no longer stands is withdrawn."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from commitments.models import Commitment, Evidence, Measurement


def refresh(commitment: Commitment, now: dt.datetime) -> None:
    """Make the measurements of a commitment follow its accepted evidence.

    A figure is a point when it belongs to a series of the commitment, is not said again, and has happened.
    Several releases of one day that give it make one point. A point whose evidence or figure no longer stands is
    withdrawn, never deleted.
    """
    series = set(commitment.series.values_list("pk", flat=True))
    standing = {
        (point.evidence_id, point.series_id, point.start): point
        for point in Measurement.objects.filter(evidence__commitment=commitment, withdrawn_at=None)
    }
    wanted: dict[tuple[int, int, int], tuple[Evidence, dict[str, Any]]] = {}
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
    gone = [point.pk for key, point in standing.items() if key not in wanted]
    Measurement.objects.filter(pk__in=gone).update(withdrawn_at=now)
    Measurement.objects.bulk_create(
        _point(evidence, figure) for key, (evidence, figure) in wanted.items() if key not in standing
    )


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
