"""Figures as they were published."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from commitments.models import Commitment, Evidence, Measurement, Qualifier, Series, is_public
from commitments.showing import Showing

from ..addresses import whole
from ..fields import ADDRESS, DAY, FLAG, INSTANT, NUMBER, TEXT, WHOLE_NUMBER, Field, list_of, maybe, one_of, row, thing
from ..paging import Key
from ..problems import bad_parameter
from ..resource import Filter, Moment, Order, Resource, days, flag

SERIES = (
    Field("id", WHOLE_NUMBER, "Its number.", lambda series: series.pk),
    Field("metric", TEXT, "What is counted.", lambda series: series.metric),
    Field("unit", TEXT, "In what.", lambda series: series.unit),
    Field("population", TEXT, "Among whom.", lambda series: series.population),
    Field("place", TEXT, "Where.", lambda series: series.place),
    Field(
        "measure", one_of(Series.Measure), "A level, a flow in a period, or a total since a date.", lambda s: s.measure
    ),
    Field("since", maybe(DAY), "The day a total counts from.", lambda series: series.since),
)


def public_measurements(show: Showing) -> QuerySet[Measurement]:
    """Every vintage that may be shown and was not withdrawn: of accepted evidence of a published commitment, or entered
    by hand for a series of one."""
    published = Commitment.objects.published()
    from_evidence = Q(evidence__state=Evidence.State.ACCEPTED) & is_public("evidence__commitment")
    by_hand = Q(evidence=None) & Exists(published.filter(series=OuterRef("series")))
    return (
        show.points(Measurement.objects.filter(withdrawn_at=None))
        .filter(from_evidence & Q(evidence__commitment__merged_into=None) | by_hand)
        .select_related("series", "evidence__commitment", "revision__release", "superseded_by")
    )


def _superseded_by(point: Measurement) -> int | None:
    later: Measurement | None = getattr(point, "superseded_by", None)
    return later.pk if later is not None and later.withdrawn_at is None else None


def _in_table(point: Measurement) -> dict[str, Any] | None:
    figure, revision = point.table_figure, point.revision
    return None if figure is None or revision is None else row(IN_TABLE, (figure, revision.snapshot))


IN_TABLE = (
    Field("file_sha256", TEXT, "The hash of the file as we received it.", lambda found: found[1].sha256),
    Field("sheet", TEXT, "The sheet.", lambda found: found[0].sheet),
    Field("row", TEXT, "The words of the headings on the left.", lambda found: found[0].row_words),
    Field("column", TEXT, "The words of the headings above.", lambda found: found[0].column_words),
    Field("cell", TEXT, "The cell, in this edition.", lambda found: found[0].cell),
    Field("mark", TEXT, "How the publisher marked it, such as provisional.", lambda found: found[0].mark),
)


def _page(point: Measurement) -> str | None:
    if point.revision is None:
        return None
    mark = f"#e{point.evidence_id}" if point.evidence_id else ""
    return whole(f"{point.revision.get_absolute_url()}{mark}")


FIELDS = (
    Field("id", WHOLE_NUMBER, "Its number.", lambda point: point.pk),
    Field("series_id", WHOLE_NUMBER, "The series it belongs to. Compare figures of one only.", lambda p: p.series_id),
    Field("metric", TEXT, "What is counted.", lambda point: point.series.metric),
    Field("unit", TEXT, "In what.", lambda point: point.series.unit),
    Field("qualifier", one_of(Qualifier), "How the figure was hedged.", lambda point: point.qualifier),
    Field("value", NUMBER, "The figure, or the lower end of a range.", lambda point: point.value),
    Field("high", maybe(NUMBER), "The upper end of a range.", lambda point: point.high),
    Field("as_of", maybe(DAY), "The day that it describes.", lambda point: point.as_of),
    Field("period_start", maybe(DAY), "First day of the time that it covers.", lambda point: point.period_start),
    Field("period_end", maybe(DAY), "Last day of the time that it covers.", lambda point: point.period_end),
    Field("published_on", DAY, "The day it was published.", lambda point: point.published_on),
    Field(
        "commitment",
        maybe(TEXT),
        "Reference of the commitment whose evidence gave it; nothing where it was entered by hand for the series.",
        lambda point: point.evidence.commitment.reference if point.evidence else None,
    ),
    Field("evidence_id", maybe(WHOLE_NUMBER), "The piece of evidence that gave it.", lambda point: point.evidence_id),
    Field(
        "release_id",
        maybe(WHOLE_NUMBER),
        "The release that gave it.",
        lambda point: point.revision.release_id if point.revision else None,
    ),
    Field(
        "revision",
        maybe(WHOLE_NUMBER),
        "The number of that release's revision.",
        lambda point: point.revision.number if point.revision else None,
    ),
    Field("source_url", maybe(ADDRESS), "Where its sentence can be read here, marked.", _page),
    Field("recorded_at", INSTANT, "When we recorded it.", lambda point: point.recorded_at),
    Field("current", FLAG, "Off where a revised figure has taken its place.", lambda p: _superseded_by(p) is None),
    Field("supersedes", maybe(WHOLE_NUMBER), "The figure that this one revises.", lambda point: point.supersedes_id),
    Field("superseded_by", maybe(WHOLE_NUMBER), "The figure that revises this one.", _superseded_by),
    Field(
        "series",
        thing(SERIES),
        "The series in full.",
        lambda point: row(SERIES, point.series),
        whole=True,
    ),
    Field("table", maybe(thing(IN_TABLE)), "Where it stands, if it came from a table.", _in_table, whole=True),
)


def _of_commitment(points: QuerySet[Measurement], text: str) -> QuerySet[Measurement]:
    about = Commitment.objects.published().filter(Q(reference=text) | Q(slug=text)).values("pk")
    return points.filter(Q(evidence__commitment__in=about) | Q(evidence=None, series__commitments__in=about)).distinct()


def _of_series(points: QuerySet[Measurement], text: str) -> QuerySet[Measurement]:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise bad_parameter("series", f"“{text}” is no number of a series.")
    return points.filter(series=int(text))


class Measurements(Resource):
    name, one = "measurements", "measurement"
    meaning = (
        "Figures as published, each with what it counts, the time it covers and where it was said. A revised statistic "
        "is a further figure that names the one it supersedes."
    )
    key_meaning, key_schema = "Its number.", WHOLE_NUMBER
    fields = FIELDS
    orders = {"published": Order("latest published first", (Key("published_on", True), Key("pk", True)))}

    def filters(self) -> list[Filter]:
        return [
            Filter("commitment", TEXT, "Of one commitment, by reference or slug.", _of_commitment),
            Filter(
                "series",
                {**WHOLE_NUMBER, "minimum": 0, "maximum": 999_999_999},
                "Of one series, by its number.",
                _of_series,
            ),
            flag(
                "current",
                "Only those that no revised figure has replaced (true), or only the others.",
                lambda points, wanted: (
                    points.filter(superseded_by=None) if wanted else points.exclude(superseded_by=None)
                ),
            ),
            *days("published_on", "published"),
        ]

    def things(self, moment: Moment) -> QuerySet[Any]:
        return public_measurements(moment.show)

    def find(self, key: str, moment: Moment) -> Any | None:
        point = self.things(moment).select_related("table_figure", "revision__snapshot").filter(pk=key).first()
        if point and point.table_figure and point.revision and moment.show.text_note(point.revision.release_id):
            point.table_figure = None  # its headings are words of a text that is withheld
        return point


COMMITMENT_MEASUREMENTS = list_of(thing([field for field in FIELDS if not field.whole]))
