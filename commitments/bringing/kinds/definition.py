"""What commitments have meant in the course of time: one version a row."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from commitments import exports
from commitments.bringing import wording
from commitments.bringing.checking import Reading, Row, plain
from commitments.bringing.columns import Column
from commitments.bringing.complaints import Complaint
from commitments.bringing.kinds.of_commitment import REFERENCE, REFERENCE_LONGEST, OfCommitment
from commitments.bringing.planning import UNCHANGED, Planned, Terms
from commitments.models import Commitment, Definition, ImportRow, Series, Target

_YES_OR_NO = {True: "yes", False: "no", None: ""}
_COPIED = (
    *("statement", "quote", "quote_url", "quote_title", "source_revision", "announced_on", "not_before"),
    *("deadline_text", "deadline_earliest", "deadline_latest", "deadline_precision", "deadline_derivation"),
    *("deadline_is_stated", "deadline_event"),
)


class Definitions(OfCommitment):
    key = "definitions"
    label = "definitions"
    columns = (
        REFERENCE,
        Column("kind", "Kind of change", ("type", "change"), "date_change"),
        Column("statement", "What was promised, in our words", ("description", "wording", "what"), "Plant by 2029."),
        *wording.WORDS,
        Column("quote_title", "Title of where they said it", ("source title", "document")),
        Column("announced_on", "Announced on", ("announced", "date", "date announced"), "2025-05-01"),
        Column("effective_from", "Holds from", ("from", "since", "effective"), "2025-05-01"),
        Column("explanation_given", "Did they say why: yes or no", ("explained", "explanation"), "no"),
        *wording.DEADLINE,
        *wording.TARGET,
        Column("note", "Note, shown to the public", ("notes", "comment")),
    )
    required = ("reference", "kind", "statement")

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._recorded: dict[int, list[dict[str, Any]]] = {}

    def check(self, line: int, raw: Mapping[str, object]) -> Row | list[Complaint]:
        reading = Reading(line, raw)
        values: dict[str, Any] = {
            "reference": reading.text("reference", REFERENCE_LONGEST),
            "kind": reading.choice("kind", dict(Definition.Kind.choices)),
            **wording.read(reading),
            "announced_on": reading.date("announced_on"),
            "effective_from": reading.date("effective_from"),
            "explanation_given": _YES_OR_NO[reading.yes_or_no("explanation_given")],
            "note": reading.text("note", 10_000),
        }
        reading.require(values, *self.required)
        values["effective_from"] = values["effective_from"] or values["announced_on"]
        if values["effective_from"] is None:
            reading.complain("effective_from", "is empty, and so is announced_on; say from when it holds")
        if reading.complaints:
            return reading.complaints
        wording.derive_deadline(values, values["announced_on"] or values["effective_from"])
        return Row(line, {name: values[name] for name in self.names()}, frozenset(raw) & frozenset(self.names()))

    def same(self, row: Row) -> Hashable:
        return tuple(plain(row[name]) for name in self.names())

    def look_up(self, rows: Sequence[Row]) -> None:
        super().look_up(rows)
        self._recorded = {one.pk: [] for one in self.commitments.values()}
        for definition in _definitions().filter(commitment__in=self._recorded):
            self._recorded[definition.commitment_id].append(_row(definition))

    def plan(self, row: Row) -> Planned:
        if unknown := self.unknown(row):
            return unknown
        recorded = self._recorded[self.commitment(row).pk]
        compared = [name for name in self.names() if name != "note" or row["note"]]
        if any(all(plain(row[name]) == plain(known[name]) for name in compared) for known in recorded):
            return Planned(row.line, row["reference"], UNCHANGED)
        if row["kind"] == Definition.Kind.ORIGINAL and any(known["kind"] == row["kind"] for known in recorded):
            message = "the first promise is recorded already; say what kind of change this is"
            return self.refusal(row, "kind", message)
        return self.new(row, {name: plain(row[name]) for name in self.names() if name != "reference"})

    def write(self, planned: Sequence[Planned]) -> None:
        for one in planned:
            row = one.row
            assert row is not None  # noqa: S101
            commitment = self.commitment(row)
            definition = Definition.objects.create(
                commitment=commitment,
                kind=row["kind"],
                announced_on=row["announced_on"],
                effective_from=row["effective_from"],
                explanation_given={"yes": True, "no": False}.get(row["explanation_given"]),
                note=row["note"] or self.terms.note,
                recorded_by=self.terms.by,
                **wording.definition_columns(row.values, row["announced_on"] or row["effective_from"]),
            )
            if row["target_metric"]:
                series = _series(commitment, row)
                Target.objects.create(definition=definition, series=series, **wording.target_columns(row.values))
            one.note(definition)

    def in_the_way(self, rows: Sequence[ImportRow]) -> list[str]:
        made = {definition.pk: definition.commitment_id for definition in self.made(Definition, rows)}
        later = Definition.objects.filter(commitment__in=made.values(), pk__gt=min(made, default=0))
        return [f"{each} was recorded." for each in later.exclude(pk__in=made).select_related("commitment")]

    def take_back(self, rows: Sequence[ImportRow]) -> None:
        """From the same day on it means what it meant without this import, as a correction of our own."""
        made = self.made(Definition, rows)
        keys = list(made.values_list("pk", flat=True))
        for definition in made.select_related("commitment").order_by("effective_from", "pk"):
            others = definition.commitment.definitions.exclude(pk__in=keys).select_related("target")
            before = others.latest_in_force_first(definition.effective_from)[0]
            again = Definition.objects.create(
                commitment=definition.commitment,
                kind=Definition.Kind.EDITORIAL_CORRECTION,
                effective_from=definition.effective_from,
                note=self.terms.note,
                recorded_by=self.terms.by,
                **{name: getattr(before, name) for name in _COPIED},
            )
            if target := before.target_or_none:
                target.pk, target.definition, target._state.adding = None, again, True
                target.save()

    @classmethod
    def exported(cls) -> Iterator[dict[str, Any]]:
        order = _definitions().order_by("commitment__reference", "effective_from", "pk")
        return map(_row, order.iterator(chunk_size=500))


def _definitions() -> Any:
    return Definition.objects.select_related("commitment", "target__series")


def _row(definition: Definition) -> dict[str, Any]:
    return {
        "reference": definition.commitment.reference,
        "kind": definition.kind,
        **{name: getattr(definition, name) for name in ("statement", "quote", "quote_url", "quote_title")},
        "announced_on": exports.day(definition.announced_on),
        "effective_from": exports.day(definition.effective_from),
        "explanation_given": _YES_OR_NO[definition.explanation_given],
        **exports.deadline_and_target(definition, definition.target_or_none),
        "note": definition.note,
    }


def _series(commitment: Commitment, row: Row) -> Series:
    """The commitment's series of what is counted, made where it has none."""
    unit = "" if row["target_unit"] == "per cent" else row["target_unit"]
    of_metric = commitment.series.filter(metric=row["target_metric"])
    found = of_metric.filter(unit=unit).first() or (of_metric.first() if not unit else None)
    if found is None:
        found = Series.objects.create(metric=row["target_metric"], unit=unit, place=commitment.extent)
        commitment.series.add(found)
    return found
