"""What was promised, and how it stands."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from commitments.models import (
    Commitment,
    Comparator,
    Deadline,
    Definition,
    Judgeability,
    Measurement,
    Milestone,
    Series,
    Status,
    StatusChange,
    Target,
)
from commitments.pages.commitment import author
from commitments.pages.register import MAX_QUERY_LENGTH, ORDERS, Known, choices, filtered, search
from commitments.pages.standing import Standing, standing
from commitments.timing import Timing

from ..addresses import public, whole
from ..fields import (
    ADDRESS,
    DAY,
    FLAG,
    INSTANT,
    NUMBER,
    TEXT,
    WHOLE_NUMBER,
    Field,
    list_of,
    maybe,
    one_of,
    row,
    rows,
    thing,
)
from ..paging import keys
from ..problems import bad_parameter
from ..resource import Filter, Order, Resource
from .evidence import public_evidence
from .measurements import FIELDS as MEASUREMENT_FIELDS
from .measurements import SERIES, public_measurements

#: No row has this key.
NO_ROW = 0


@dataclass(frozen=True)
class Told:
    """A commitment with what holds on a day, and how many accepted passages it has."""

    commitment: Commitment
    definition: Definition
    standing: Standing
    since: dt.date | None
    evidence_count: int

    @property
    def target(self) -> Target | None:
        return self.definition.target_or_none


DEADLINE = (
    Field("deadline_text", TEXT, "The deadline as worded.", lambda thing: thing.deadline_text),
    Field(
        "deadline_earliest", maybe(DAY), "First day on which its last moment may fall.", lambda t: t.deadline_earliest
    ),
    Field(
        "deadline_latest",
        maybe(DAY),
        "The last such day: from the day after it is overdue.",
        lambda t: t.deadline_latest,
    ),
    Field("deadline_precision", one_of(Deadline.Precision), "How exact the words are.", lambda t: t.deadline_precision),
    Field("deadline_is_stated", FLAG, "Off where an editor inferred it.", lambda thing: thing.deadline_is_stated),
    Field("deadline_event", TEXT, "The event it hangs on, where that has no date yet.", lambda t: t.deadline_event),
    Field("not_before", maybe(DAY), "When it is to begin.", lambda thing: thing.not_before),
)

TARGET = (
    Field("series_id", WHOLE_NUMBER, "The series it is counted in.", lambda target: target.series_id),
    Field("metric", TEXT, "What is counted.", lambda target: target.series.metric),
    Field("comparator", one_of(Comparator), "Whether at least, at most, or by how much.", lambda t: t.comparator),
    Field("value", maybe(NUMBER), "The number aimed at; nothing where none was given.", lambda target: target.value),
    Field("unit", TEXT, "In what, as worded: “per cent” for a relative change.", lambda target: target.unit),
    Field("baseline_value", maybe(NUMBER), "Where it started from.", lambda target: target.baseline_value),
    Field("baseline_date", maybe(DAY), "When that was.", lambda target: target.baseline_date),
    Field(
        "components",
        list_of(
            thing(
                [
                    Field("name", TEXT, "What the part is.", lambda part: part.name),
                    Field("value", NUMBER, "How many of it.", lambda part: part.value),
                ]
            )
        ),
        "The parts of the number.",
        lambda target: [{"name": part.name, "value": part.value} for part in target.components.all()],
    ),
)

DEFINITION = (
    Field("id", WHOLE_NUMBER, "Its number.", lambda one: one.pk),
    Field("kind", one_of(Definition.Kind), "What it did to the one before.", lambda one: one.kind),
    Field("effective_from", DAY, "The day from which it holds.", lambda one: one.effective_from),
    Field("recorded_at", INSTANT, "When we recorded it.", lambda one: one.recorded_at),
    Field("announced_on", maybe(DAY), "The day it was announced.", lambda one: one.announced_on),
    Field("statement", TEXT, "What was promised, in our words.", lambda one: one.statement),
    Field("quote", TEXT, "What was promised, in theirs.", lambda one: one.quote),
    Field("quote_url", TEXT, "Where they said it.", lambda one: one.quote_url),
    Field("quote_title", TEXT, "What that is called.", lambda one: one.quote_title),
    *DEADLINE,
    Field("explanation_given", maybe(FLAG), "Whether they said why it changed.", lambda one: one.explanation_given),
    Field("note", TEXT, "The editor's note.", lambda one: one.note),
    Field(
        "target",
        maybe(thing(TARGET)),
        "The number that it aims at.",
        lambda one: row(TARGET, one.target_or_none) if one.target_or_none else None,
    ),
)

STATUS_CHANGE = (
    Field("id", WHOLE_NUMBER, "Its number.", lambda change: change.pk),
    Field("status", one_of(Status), "The status from then on.", lambda change: change.to_status),
    Field("status_before", maybe(one_of(Status)), "The status before.", lambda change: change.from_status or None),
    Field(
        "effective_from",
        maybe(DAY),
        "The day from which it holds; nothing where an import did not say.",
        lambda change: change.effective_from if change.effective_is_known else None,
    ),
    Field("recorded_at", INSTANT, "When it was recorded.", lambda change: change.recorded_at),
    Field("recorded_by", TEXT, "Who judged, by the name that they go by in public.", lambda c: author(c.recorded_by)),
    Field("reason", TEXT, "Why.", lambda change: change.reason),
    Field("absence", TEXT, "What was looked for and not found, where nothing was.", lambda change: change.absence),
    Field("evidence_id", maybe(WHOLE_NUMBER), "The piece of evidence that decided it.", lambda c: c.evidence_id),
    Field("reply_asked_of", TEXT, "Who was asked for a reply beforehand.", lambda change: change.reply_asked_of),
    Field("reply", TEXT, "Their reply.", lambda change: change.reply),
    Field("imported_from", TEXT, "Where it was imported from.", lambda change: change.imported_from),
    Field("corrects", maybe(WHOLE_NUMBER), "The entry of ours that it puts right.", lambda c: c.corrects_id),
    Field(
        "is_corrected",
        FLAG,
        "On where a later entry says that it was wrong: then it counts for nothing.",
        lambda change: bool(change.corrections.all()),
    ),
)

MILESTONE = (
    Field("id", WHOLE_NUMBER, "Its number.", lambda step: step.pk),
    Field("title", TEXT, "What is to be done.", lambda step: step.title),
    *DEADLINE,
    Field("outcome", one_of(Milestone.Outcome), "What became of it.", lambda step: step.outcome),
    Field("outcome_on", maybe(DAY), "When.", lambda step: step.outcome_on),
)

COUNTED = (
    *SERIES,
    Field(
        "measurements",
        list_of(thing(MEASUREMENT_FIELDS[:-1])),
        "Its figures, in the order of publication.",
        lambda series: rows(MEASUREMENT_FIELDS[:-1], series.told),
    ),
)


def _named(name: str, column: str, meaning: str) -> tuple[Field, Field]:
    def of(told: Told, part: str) -> str | None:
        named = getattr(told.commitment, column)
        return getattr(named, part) if named else None

    return (
        Field(name, maybe(TEXT), f"{meaning}, by name.", lambda told: of(told, "name")),
        Field(f"{name}_slug", maybe(TEXT), f"{meaning}, by slug.", lambda told: of(told, "slug")),
    )


def _of_definition(field: Field) -> Field:
    """The same field, of the definition in force."""
    return Field(field.name, field.schema, field.meaning, lambda told: field.of(told.definition))


def _of_target(name: str, schema: Any, meaning: str, column: str) -> Field:
    def of(told: Told) -> Any:
        value: Any = told.target
        for part in column.split("."):
            value = getattr(value, part, None)
        return value

    return Field(name, maybe(schema), meaning, of)


FIELDS = (
    Field("reference", TEXT, "What it is called, for good.", lambda told: told.commitment.reference),
    Field("slug", TEXT, "What it is called in addresses.", lambda told: told.commitment.slug),
    Field("title", TEXT, "Its title.", lambda told: told.commitment.title),
    Field("url", ADDRESS, "Its page.", lambda told: whole(told.commitment.get_absolute_url())),
    Field(
        "kind",
        one_of(Commitment.Kind),
        "Whether to do something or to bring something about.",
        lambda t: t.commitment.kind,
    ),
    Field("statement", TEXT, "What is promised now, in our words.", lambda told: told.definition.statement),
    Field("quote", TEXT, "What is promised now, in theirs.", lambda told: told.definition.quote),
    Field("quote_url", TEXT, "Where they said it.", lambda told: told.definition.quote_url),
    Field("quote_title", TEXT, "What that is called.", lambda told: told.definition.quote_title),
    Field("made_on", maybe(DAY), "The day it was made.", lambda told: told.commitment.made_on),
    Field("made_by", TEXT, "Who made it, in which office.", lambda told: told.commitment.made_by),
    Field("extent", TEXT, "The whole or the part of the country it is for.", lambda told: told.commitment.extent),
    *_named("administration", "administration", "The government that made it"),
    *_named("department", "department", "The body that owes it"),
    *_named("area", "policy_area", "What it is about"),
    Field("status", one_of(Status), "How an editor judges it.", lambda told: told.standing.status.value),
    Field("is_judged", FLAG, "Off while no editor has judged it.", lambda told: told.standing.judged),
    Field("status_since", maybe(DAY), "The day from which the status holds.", lambda told: told.since),
    Field(
        "timing",
        one_of(Timing),
        "What the clock says today; never an opinion.",
        lambda told: told.standing.timing.value,
    ),
    *(_of_definition(field) for field in DEADLINE),
    Field(
        "judgeability",
        one_of(Judgeability),
        "Whether it can be rated at all, and if not, for want of what.",
        lambda t: t.commitment.judgeability,
    ),
    _of_target("target_metric", TEXT, "What is counted.", "series.metric"),
    _of_target("target_comparator", one_of(Comparator), "Whether at least, at most, or by how much.", "comparator"),
    _of_target("target_value", NUMBER, "The number aimed at.", "value"),
    _of_target("target_unit", TEXT, "In what.", "unit"),
    _of_target("baseline_value", NUMBER, "Where it started from.", "baseline_value"),
    _of_target("baseline_date", DAY, "When that was.", "baseline_date"),
    Field(
        "evidence_count", WHOLE_NUMBER, "How many passages an editor has accepted.", lambda told: told.evidence_count
    ),
    Field(
        "other_departments",
        list_of(TEXT),
        "Others that owe it too, by slug.",
        lambda told: [department.slug for department in told.commitment.other_departments.all()],
        whole=True,
    ),
    Field(
        "evidence_url",
        ADDRESS,
        "Where this API lists its evidence.",
        lambda told: f"{public('api-list', 'evidence')}?commitment={told.commitment.slug}",
        whole=True,
    ),
    Field(
        "definitions",
        list_of(thing(DEFINITION)),
        "Every wording, in the order in which they held.",
        lambda told: rows(DEFINITION, told.commitment.definitions.all()),
        whole=True,
    ),
    Field(
        "status_history",
        list_of(thing(STATUS_CHANGE)),
        "Every judgement, in the order in which they held. Nothing is taken away; what was wrong is marked.",
        lambda told: rows(STATUS_CHANGE, told.commitment.status_changes.all()),
        whole=True,
    ),
    Field(
        "milestones",
        list_of(thing(MILESTONE)),
        "Its dated steps.",
        lambda told: rows(MILESTONE, told.commitment.milestones.all()),
        whole=True,
    ),
    Field(
        "series",
        list_of(thing(COUNTED)),
        "What is counted about it, with its figures.",
        lambda told: rows(COUNTED, _series(told.commitment)),
        whole=True,
    ),
)


def _series(commitment: Commitment) -> list[Series]:
    """The commitment's series, each with `told`, the figures of its own evidence and those entered by hand."""
    own = Q(evidence=None) | Q(evidence__commitment=commitment)
    points: dict[int, list[Measurement]] = {}
    for point in public_measurements().filter(own, series__in=commitment.series.all()).order_by("published_on", "pk"):
        points.setdefault(point.series_id, []).append(point)
    found = list(commitment.series.all())
    for series in found:
        series.told = points.get(series.pk, [])  # type: ignore[attr-defined]
    return found


class Commitments(Resource):
    name, one = "commitments", "commitment"
    meaning = (
        "Promises made in public, each with its words, its deadline, how an editor judges it and what the clock says."
    )
    key_meaning = "Its slug or its reference."
    fields = FIELDS
    orders = {name: Order(order.label, keys(order.by)) for name, order in ORDERS.items()}

    def filters(self) -> list[Filter]:
        return [
            Filter("q", {**TEXT, "maxLength": MAX_QUERY_LENGTH}, "Words that must occur in it."),
            Filter("status", one_of(Status), "With this status."),
            Filter("timing", one_of(Timing), "With this timing."),
            Filter("department", TEXT, "Owed by this department first of all, by slug."),
            Filter("area", TEXT, "Of this policy area, by slug."),
            Filter("administration", TEXT, "Made by this administration, by slug."),
        ]

    def things(self, on: dt.date) -> QuerySet[Any]:
        return Commitment.objects.published().select_related("administration", "department", "policy_area")

    def select(self, asked: Any, on: dt.date) -> QuerySet[Any]:
        """As the public list filters, except that nothing is left out which does not exist."""
        known = choices()
        chosen = {name: _key(name, known[name], asked[name]) for name in known if name in asked}
        return filtered(_search(self.things(on), asked.get("q", "")), chosen, on)

    def complete(self, found: list[Any], on: dt.date) -> list[Any]:
        wanted = [commitment.definition_id for commitment in found]
        definitions = Definition.objects.select_related("target__series").in_bulk(wanted)
        counted = public_evidence().filter(commitment__in=found).order_by().values_list("commitment")
        evidence = Counter(dict(counted.annotate(Count("pk"))))
        return [
            Told(
                commitment,
                definitions[commitment.definition_id],
                standing(commitment, on),
                commitment.status_since,
                evidence[commitment.pk],
            )
            for commitment in found
        ]

    def find(self, key: str, on: dt.date) -> Any | None:
        changes = StatusChange.objects.select_related("recorded_by").prefetch_related("corrections")
        definitions = Definition.objects.select_related("target__series").prefetch_related("target__components")
        found = (
            self.things(on)
            .in_force(on)  # type: ignore[attr-defined]
            .filter(Q(slug=key) | Q(reference=key))
            .prefetch_related(
                "other_departments",
                "milestones",
                "series",
                Prefetch("definitions", definitions.order_by("effective_from", "pk")),
                Prefetch("status_changes", changes.order_by("effective_from", "pk")),
            )
        )
        # One's slug may be another's reference: the slug, which is the address, comes first.
        best = sorted(found, key=lambda commitment: commitment.slug != key)
        return self.complete(best[:1], on)[0] if best else None


def _search(commitments: Any, words: str) -> Any:
    if len(words) > MAX_QUERY_LENGTH:
        raise bad_parameter("q", f"At most {MAX_QUERY_LENGTH} characters can be searched for.")
    return search(commitments, words)


def _key(name: str, known: Known, value: str) -> str | int:
    """The key of a value. Nothing is owed by a department that does not exist; a status that does not is a mistake."""
    if value in known.keys:
        return known.keys[value]
    if name in ("status", "timing"):
        raise bad_parameter(name, f"There is no {name} “{value}”. It can be one of {', '.join(known.keys)}.")
    return NO_ROW
