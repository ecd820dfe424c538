"""What is counted of a commitment: its figures as a table and a chart, and what they come to against the target."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Q

from commitments.models import (
    Commitment,
    Comparator,
    Definition,
    Evidence,
    Measurement,
    Qualifier,
    Series,
    Target,
)
from commitments.models.measurement import MeasurementQuerySet
from commitments.pace import Pace, Stand, pace
from commitments.showing import Showing
from tracker.models import Voice

from . import phrases
from .chart import Chart, Due, Point, draw
from .passage import passage_address

#: How a figure is drawn, by whose account it is. What parliament, media and opponents say is somebody else's.
SHAPES = {Voice.OFFICIAL: "official", Voice.INDEPENDENT: "independent"}
ENTERED, OTHERS = "entered", "others"
LEANING = {
    Qualifier.MORE_THAN: "up",
    Qualifier.AT_LEAST: "up",
    Qualifier.LESS_THAN: "down",
    Qualifier.UP_TO: "down",
}
_UPWARDS = {Comparator.AT_LEAST: True, Comparator.INCREASE_BY: True}
_UPWARDS |= {Comparator.AT_MOST: False, Comparator.DECREASE_BY: False}


@dataclass(frozen=True)
class Figure:
    """A measurement in words, with the address of the sentence that says so where one is stored.

    `cell` says where in its file a figure of a table stands; then the address is that of the edition.
    """

    measurement: Measurement
    words: str
    period: str
    address: str
    source: str
    account: str
    shape: str
    cell: InTable | None


@dataclass(frozen=True)
class InTable:
    """Where a figure stands in a file. `before` is the number that an earlier edition gave; empty if none did."""

    sheet: str
    row: str
    column: str
    cell: str
    sha256: str
    before: str


@dataclass(frozen=True)
class Besides:
    """What the chart shows besides published figures: the start, the target, the pace carried on."""

    words: str
    when: str
    what: str
    is_computed: bool


@dataclass(frozen=True)
class Counted:
    """A series with its figures in order, and its chart where there are enough of them.

    `arithmetic` are sentences about the pace so far, empty where none can be worked out.
    """

    series: Series
    scope: str
    figures: list[Figure]
    chart: Chart | None
    besides: list[Besides]
    arithmetic: list[str]
    target: Target | None
    latest: Figure


def points_of(commitment: Commitment) -> MeasurementQuerySet:
    """The figures of the commitment's series: those of its own accepted evidence and those that staff entered."""
    return (
        Measurement.objects.shown()
        .filter(series__in=commitment.series.all())
        .filter(Q(evidence__commitment=commitment, evidence__state=Evidence.State.ACCEPTED) | Q(evidence=None))
        .select_related("series", "evidence__release", "evidence__revision", "revision__appearance__source")
        .select_related("revision__snapshot", "table_figure")
        .order_by("series__metric", "series_id", "published_on", "pk")
    )


def counted(show: Showing, points: Iterable[Measurement], definition: Definition) -> list[Counted]:
    """The series of `points_of`, as far as they may be shown, under a definition."""
    return [_series(show, series, list(own), definition) for series, own in groupby(points, lambda point: point.series)]


def level_aimed_at(aim: Target | None) -> Decimal | None:
    """The level that a target asks for, worked out from the baseline where it asks for a change. None if unknown."""
    if aim is None or aim.value is None:
        return None
    if aim.comparator not in (Comparator.INCREASE_BY, Comparator.DECREASE_BY):
        return aim.value
    if aim.baseline_value is None:
        return None
    relative = aim.unit in ("per cent", "%") and aim.series.unit not in ("per cent", "%")
    change = aim.baseline_value * aim.value / 100 if relative else aim.value
    return aim.baseline_value + (change if aim.comparator == Comparator.INCREASE_BY else -change)


def _series(show: Showing, series: Series, points: list[Measurement], definition: Definition) -> Counted:
    if any(point.table_figure_id for point in points):  # a table revises what is long past
        points = sorted(points, key=lambda point: (point.point_date, point.published_on, point.pk))
    figures = [_figure(show, point) for point in points]
    aim = definition.target_or_none
    own_aim = aim if aim is not None and aim.series_id == series.pk else None
    level, start = level_aimed_at(own_aim), _start(series, own_aim)
    due, latest, so_far = _due(definition, level), _latest(start, points), None
    if due and own_aim and latest and series.measure != Series.Measure.FLOW:
        so_far = _pace(own_aim, start, latest, due)
    chart = draw(
        [_point(figure, series) for figure in figures],
        target=level,
        joined=series.measure != Series.Measure.FLOW,
        start=start,
        due=due,
        pace=so_far,
    )
    scope = [series.population, series.place, f"since {phrases.day(series.since)}" if series.since else ""]
    return Counted(
        series=series,
        scope=", ".join(part for part in scope if part),
        figures=figures,
        chart=chart,
        besides=_besides(series, start, level, definition, so_far, chart),
        arithmetic=_arithmetic(so_far, latest) if so_far and latest else [],
        target=own_aim,
        latest=figures[-1],
    )


def _start(series: Series, aim: Target | None) -> Stand | None:
    """Where the count begins: the baseline, or nought on the first day of a total."""
    if aim and aim.baseline_value is not None and aim.baseline_date is not None:
        return Stand(aim.baseline_date, aim.baseline_value)
    if aim and series.measure == Series.Measure.TOTAL and series.since:
        return Stand(series.since, Decimal(0))
    return None


def _due(definition: Definition, level: Decimal | None) -> Due | None:
    first, latest = definition.deadline_first_day, definition.deadline_latest
    return None if level is None or first is None or latest is None else Due(level, first, latest)


def _latest(start: Stand | None, points: list[Measurement]) -> Measurement | None:
    """The latest single figure that counts from the day of the start; ranges have no one value."""
    like = [point for point in points if point.high is None and start and point.period_start in (None, start.on)]
    return max(like, key=lambda point: (point.point_date, point.pk), default=None)


def _pace(aim: Target, start: Stand | None, latest: Measurement, due: Due) -> Pace | None:
    if start is None or _UPWARDS.get(Comparator(aim.comparator), due.level > start.value) != (due.level > start.value):
        return None
    return pace(start, Stand(latest.point_date, latest.value), Stand(due.latest, due.level))


def _point(figure: Figure, series: Series) -> Point:
    point = figure.measurement
    is_flow = series.measure == Series.Measure.FLOW
    counts_from = point.period_start or series.since
    return Point(
        day=point.point_date,
        value=point.value,
        label=phrases.number(point.value) + (f"–{phrases.number(point.high)}" if point.high is not None else ""),
        high=point.high,
        is_exact=point.qualifier == Qualifier.EXACT,
        leaning=LEANING.get(Qualifier(point.qualifier), ""),
        begins=point.period_start if is_flow else None,
        day_is_given=bool(point.as_of or point.period_end),
        shape=figure.shape,
        group=f"{figure.shape} {counts_from}",
        address=figure.address,
        words=", ".join(part for part in (figure.words, figure.period, figure.account) if part),
    )


def _figure(show: Showing, point: Measurement) -> Figure:
    address = ""
    if point.evidence is not None:
        address = passage_address(point.evidence)
    elif point.revision is not None:
        address = point.revision.get_absolute_url()
    voice = Voice(point.revision.appearance.source.voice) if point.revision else None
    return Figure(
        measurement=point,
        words=phrases.measurement(point),
        period=phrases.measured_over(point),
        address=address,
        source=show.title(point.revision.release_id, point.revision.title) if point.revision else "",
        account=voice.label if voice else "entered by staff",
        shape=SHAPES.get(voice, OTHERS) if voice else ENTERED,
        cell=_in_table(show, point),
    )


def _in_table(show: Showing, point: Measurement) -> InTable | None:
    """None for a figure of no table, and where the words of its edition are withheld."""
    figure = point.table_figure
    if figure is None or point.revision is None or show.text_note(point.revision.release_id):
        return None
    is_other = figure.before is not None and figure.before != figure.value
    return InTable(
        sheet=figure.sheet,
        row=figure.row_words,
        column=figure.column_words,
        cell=figure.cell,
        sha256=point.revision.snapshot.sha256,
        before=phrases.number(figure.before) if is_other and figure.before is not None else "",
    )


def _besides(
    series: Series,
    start: Stand | None,
    level: Decimal | None,
    definition: Definition,
    so_far: Pace | None,
    chart: Chart | None,
) -> list[Besides]:
    """A row for all that the chart shows and that is no published figure, so that the table says as much."""
    if chart is None:
        return []
    rows = []
    if start:
        rows.append(Besides(_words(start.value, series), _on(start.on), "the start, from which it is counted", False))
    if level is not None:
        when = phrases.interval(definition.deadline_first_day, definition.deadline_latest)
        rows.append(Besides(_words(level, series), when or "no day", "the target", False))
    if so_far and chart.projected:
        until = min(so_far.reached_on or chart.last_day, chart.last_day)
        value = _rounded(so_far.stands_on(until), series)
        rows.append(Besides(value, _on(until), "the pace so far, carried on", True))
    return rows


def _arithmetic(so_far: Pace, figure: Measurement) -> list[str]:
    start, latest, goal, series = so_far.start, so_far.latest, so_far.goal, figure.series
    target, stood = _words(goal.value, series), phrases.measurement(figure)
    needed = _rounded(so_far.required_on(latest.on), series)
    line = f"In a straight line from {_words(start.value, series)} {_on(start.on)} to {target} {_on(goal.on)}"
    sentences = [f"{line}, it had to stand at {needed} {_on(latest.on)}. It stood at {stood}."]
    pace_so_far = f"At the pace from {phrases.day(start.on)} to {phrases.day(latest.on)}"
    if so_far.is_reached:
        sentences.append("That is at the target or beyond it.")
    elif so_far.reached_on is None:
        sentences.append(f"{pace_so_far} it would not reach {target}.")
    else:
        sentences.append(f"{pace_so_far} it would reach {target} {_on(so_far.reached_on)}.")
    return sentences


def _on(day: dt.date) -> str:
    return f"on {phrases.day(day)}"


def _words(value: Decimal, series: Series) -> str:
    return phrases.quantity(value, series.unit)


def _rounded(value: Decimal, series: Series) -> str:
    """A value that was worked out, to no more places than it can bear."""
    return phrases.quantity(round(value, 0 if abs(value) >= 100 else 1), series.unit)
