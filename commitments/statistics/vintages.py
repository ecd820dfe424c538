"""Accepted figures of tables become points of their series; a later number takes the place of an earlier one."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from django.db.models import QuerySet

from commitments.models import Measurement, Series, TableFigure
from tracker.models import Release

from .periods import DAY

#: A release that a point was taken from is looked at again for so long, as other evidence is.
RECHECK_FOR = dt.timedelta(days=365)


def settle(series: Series, now: dt.datetime) -> None:
    """Make the measurements of a series that come from tables follow its accepted figures.

    Each accepted figure is a point. Of one period each supersedes the one before it, in the order of the editions.
    What is no longer accepted is withdrawn, never deleted. Runs within the transaction of what was decided.
    """
    Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    accepted = list(
        TableFigure.objects.filter(reading__pointer__series=series, state=TableFigure.State.ACCEPTED)
        .select_related("reading__revision", "reading__pointer")
        .order_by("period_start", "period_end", "reading__revision__seen_at", "reading_id")
    )
    wanted = {figure.pk for figure in accepted}
    standing = Measurement.objects.filter(series=series, table_figure__isnull=False, withdrawn_at=None)
    standing.exclude(table_figure__in=wanted).update(withdrawn_at=now, supersedes=None)
    there = set(standing.values_list("table_figure", flat=True))
    new = [figure for figure in accepted if figure.pk not in there]
    Measurement.objects.bulk_create(_point(series, figure) for figure in new)
    _chain(accepted, standing)
    _rely_on({figure.reading.revision.release_id for figure in new}, now)


def _point(series: Series, figure: TableFigure) -> Measurement:
    is_a_day = figure.reading.pointer.grain == DAY
    return Measurement(
        series=series,
        value=figure.value,
        as_of=figure.period_end if is_a_day else None,
        period_start=None if is_a_day else figure.period_start,
        period_end=None if is_a_day else figure.period_end,
        published_on=figure.reading.published_on,
        revision=figure.reading.revision,
        table_figure=figure,
        mark=figure.mark,
    )


def _chain(accepted: list[TableFigure], standing: QuerySet[Measurement]) -> None:
    points = {point.table_figure_id: point for point in standing.all()}
    supersedes: dict[int, int | None] = {}
    for _, figures in groupby(accepted, lambda figure: (figure.period_start, figure.period_end)):
        before: int | None = None
        for figure in figures:
            point = points[figure.pk]
            supersedes[point.pk] = before
            before = point.pk
    changed = [point for point in points.values() if point.supersedes_id != supersedes[point.pk]]
    Measurement.objects.filter(pk__in=[point.pk for point in changed]).update(supersedes=None)  # one may follow another
    for point in changed:
        point.supersedes_id = supersedes[point.pk]
    Measurement.objects.bulk_update(changed, ["supersedes"])


def _rely_on(releases: set[int], now: dt.datetime) -> None:
    Release.objects.filter(pk__in=releases).update(pinned=True, recheck_until=(now + RECHECK_FOR).date())
