"""Published figures: one a row, of a series that a commitment counts."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone

from commitments import exports
from commitments.bringing.checking import Reading, Row, plain
from commitments.bringing.columns import Column
from commitments.bringing.complaints import Complaint
from commitments.bringing.kinds.of_commitment import REFERENCE, REFERENCE_LONGEST, OfCommitment
from commitments.bringing.planning import UNCHANGED, Planned, Terms
from commitments.models import ImportRow, Measurement, Qualifier, Series

_DATES = ("as_of", "period_start", "period_end", "published_on")
#: What makes two rows the same figure of a series.
_FIGURE = ("value", "high", "qualifier", *_DATES)
_QUALIFIERS = {key: label or "exact" for key, label in Qualifier.choices}


class Measurements(OfCommitment):
    key = "measurements"
    label = "measurements"
    columns = (
        REFERENCE,
        Column("metric", "What is counted", ("measure", "indicator", "series", "what"), "trees planted"),
        Column("unit", "Unit", ("units",), "trees"),
        Column("value", "Value", ("figure", "number", "count", "low"), "640"),
        Column("high", "Up to (of a range)", ("high", "upper")),
        Column("qualifier", "Qualifier", ("about", "exactness"), "exact"),
        Column("as_of", "As of", ("date", "on", "day"), "2025-03-31"),
        Column("period_start", "Period from", ("from", "start")),
        Column("period_end", "Period to", ("to", "end", "until")),
        Column("published_on", "Published on", ("published", "publication date"), "2025-04-24"),
        Column("where_from", "Where it is from", ("source", "where", "file", "reference of the figure"), "Table 2a"),
    )
    required = ("reference", "metric", "value", "published_on")

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._series: dict[str, list[Series]] = {}
        self._recorded: set[tuple[object, ...]] = set()

    def check(self, line: int, raw: Mapping[str, object]) -> Row | list[Complaint]:
        reading = Reading(line, raw)
        values: dict[str, Any] = {
            "reference": reading.text("reference", REFERENCE_LONGEST),
            "metric": reading.text("metric", 200),
            "unit": reading.text("unit", 60),
            "value": reading.number("value"),
            "high": reading.number("high"),
            "qualifier": reading.choice("qualifier", _QUALIFIERS, Qualifier.EXACT),
            **{name: reading.date(name) for name in _DATES},
            "where_from": reading.text("where_from"),
        }
        reading.require(values, *self.required)
        if None not in (values["value"], values["high"]) and values["high"] < values["value"]:
            reading.complain("high", "is less than the value; give the lower number as value")
        if values["period_start"] and values["period_end"] and values["period_start"] > values["period_end"]:
            reading.complain("period_start", f"{values['period_start']} is after the period's end")
        reading.has_come("published_on", values["published_on"], self.terms.today)
        return reading.complaints or Row(line, values, frozenset(raw))

    def same(self, row: Row) -> Hashable:
        return row["reference"], row["metric"].casefold(), row["unit"], *(plain(row[name]) for name in _FIGURE)

    def look_up(self, rows: Sequence[Row]) -> None:
        super().look_up(rows)
        self._series = {reference: [] for reference in self.commitments}
        through = Series.commitments.through.objects.filter(commitment__in=self.commitments.values())
        for link in through.select_related("series", "commitment").order_by("series_id"):
            self._series[link.commitment.reference].append(link.series)
        points = Measurement.objects.filter(
            series__in={series.pk for some in self._series.values() for series in some}, withdrawn_at=None
        )
        self._recorded = {(point.series_id, *(plain(getattr(point, name)) for name in _FIGURE)) for point in points}

    def plan(self, row: Row) -> Planned:
        if unknown := self.unknown(row):
            return unknown
        found = self._found(row)
        if len(found) > 1:
            return self.refusal(row, "unit", "is needed: several series of the commitment count this")
        if found and (found[0].pk, *(plain(row[name]) for name in _FIGURE)) in self._recorded:
            return Planned(row.line, row["reference"], UNCHANGED)
        return self.new(row, {name: plain(row[name]) for name in self.names() if name != "reference"})

    def _found(self, row: Row) -> list[Series]:
        alike = [one for one in self._series[row["reference"]] if one.metric.casefold() == row["metric"].casefold()]
        return [one for one in alike if one.unit == row["unit"]] if row["unit"] else alike

    def write(self, planned: Sequence[Planned]) -> None:
        points = []
        for one in planned:
            row = one.row
            assert row is not None  # noqa: S101
            found = self._found(row)
            if not found:
                commitment = self.commitment(row)
                made = Series.objects.create(metric=row["metric"], unit=row["unit"], place=commitment.extent)
                commitment.series.add(made)
                self._series[row["reference"]].append(made)
                found = [made]
            figure = {name: row[name] for name in _FIGURE}
            points.append(Measurement(series=found[0], where_from=row["where_from"] or self.terms.origin, **figure))
        for one, point in zip(planned, Measurement.objects.bulk_create(points), strict=True):
            one.note(point)

    def in_the_way(self, rows: Sequence[ImportRow]) -> list[str]:
        revised = self.made(Measurement, rows).exclude(superseded_by=None).select_related("series")
        return [f"{point} was revised." for point in revised]

    def take_back(self, rows: Sequence[ImportRow]) -> None:
        self.made(Measurement, rows).update(withdrawn_at=timezone.now(), supersedes=None)

    @classmethod
    def exported(cls) -> Iterator[dict[str, Any]]:
        """Every figure that was not withdrawn, once for each commitment that counts it."""
        points = (
            Measurement.objects.filter(withdrawn_at=None, series__commitments__isnull=False)
            .values(
                *_FIGURE,
                "series__commitments__reference",
                "series__metric",
                "series__unit",
                "where_from",
                "revision__release__url",
            )
            .order_by("series__commitments__reference", "series", "published_on", "pk")
        )
        for point in points.iterator(chunk_size=500):
            yield {
                "reference": point["series__commitments__reference"],
                "metric": point["series__metric"],
                "unit": point["series__unit"],
                "value": exports.number(point["value"]),
                "high": exports.number(point["high"]),
                "qualifier": point["qualifier"],
                **{name: exports.day(point[name]) for name in _DATES},
                "where_from": point["where_from"] or point["revision__release__url"] or "",
            }
