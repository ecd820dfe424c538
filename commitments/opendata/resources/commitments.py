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
    Definition,
    Judgeability,
    Measurement,
    Series,
    Status,
    StatusChange,
    Target,
)
from commitments.pages.register import MAX_QUERY_LENGTH, ORDERS, Known, choices, filtered, search
from commitments.pages.standing import Standing, standing
from commitments.showing import Showing, Worded
from commitments.timing import Timing

from ..addresses import public, whole
from ..fields import (
    ADDRESS,
    DAY,
    FLAG,
    NUMBER,
    TEXT,
    WHOLE_NUMBER,
    Field,
    list_of,
    maybe,
    one_of,
    rows,
    thing,
)
from ..paging import keys
from ..problems import bad_parameter
from ..resource import Filter, Moment, Order, Resource
from .commitment_parts import COUNTED, DEADLINE, DEFINITION, MILESTONE, STATUS_CHANGE, Judged
from .evidence import public_evidence
from .measurements import public_measurements

#: No row has this key.
NO_ROW = 0


@dataclass(frozen=True)
class Told:
    """A commitment with what holds on a day, and how many accepted passages it has."""

    commitment: Commitment
    show: Showing
    definition: Definition
    words: Worded
    standing: Standing
    since: dt.date | None
    evidence_count: int

    @property
    def target(self) -> Target | None:
        return self.definition.target_or_none

    @property
    def definitions(self) -> list[tuple[Definition, Worded]]:
        return [(one, self.show.definition(one)) for one in self.commitment.definitions.all()]

    @property
    def judgements(self) -> list[Judged]:
        shown = set(public_evidence(self.show).filter(commitment=self.commitment).values_list("pk", flat=True))
        return [
            Judged(change, self.show, change.evidence_id if change.evidence_id in shown else None)
            for change in self.commitment.status_changes.all()
        ]


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
    Field("statement", TEXT, "What is promised now, in our words.", lambda told: told.words.statement),
    Field("quote", TEXT, "What is promised now, in theirs.", lambda told: told.words.quote),
    Field("quote_url", TEXT, "Where they said it.", lambda told: told.words.quote_url),
    Field("quote_title", TEXT, "What that is called.", lambda told: told.words.quote_title),
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
        lambda told: rows(DEFINITION, told.definitions),
        whole=True,
    ),
    Field(
        "status_history",
        list_of(thing(STATUS_CHANGE)),
        "Every judgement, in the order in which they held. Nothing is taken away; what was wrong is marked.",
        lambda told: rows(STATUS_CHANGE, told.judgements),
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
        lambda told: rows(COUNTED, _series(told)),
        whole=True,
    ),
)


def _series(told: Told) -> list[Series]:
    """The commitment's series, each with `told`, the figures of its own evidence and those entered by hand."""
    commitment = told.commitment
    own = Q(evidence=None) | Q(evidence__commitment=commitment)
    points: dict[int, list[Measurement]] = {}
    for point in (
        public_measurements(told.show).filter(own, series__in=commitment.series.all()).order_by("published_on", "pk")
    ):
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

    def things(self, moment: Moment) -> QuerySet[Any]:
        return Commitment.objects.published().select_related("administration", "department", "policy_area")

    def select(self, asked: Any, moment: Moment) -> QuerySet[Any]:
        """As the public list filters, except that nothing is left out which does not exist."""
        known = choices()
        chosen = {name: _key(name, known[name], asked[name]) for name in known if name in asked}
        return filtered(_search(self.things(moment), asked.get("q", "")), chosen, moment.on)

    def complete(self, found: list[Any], moment: Moment) -> list[Any]:
        wanted = [commitment.definition_id for commitment in found]
        definitions = Definition.objects.select_related("target__series", "source_revision").in_bulk(wanted)
        counted = public_evidence(moment.show).filter(commitment__in=found).order_by().values_list("commitment")
        evidence = Counter(dict(counted.annotate(Count("pk"))))
        told = []
        for commitment in found:
            definition = definitions[commitment.definition_id]
            told.append(
                Told(
                    commitment,
                    moment.show,
                    definition,
                    moment.show.definition(definition),
                    standing(commitment, moment.on),
                    commitment.status_since,
                    evidence[commitment.pk],
                )
            )
        return told

    def find(self, key: str, moment: Moment) -> Any | None:
        changes = StatusChange.objects.select_related("recorded_by").prefetch_related("corrections")
        definitions = Definition.objects.select_related("target__series", "source_revision").prefetch_related(
            "target__components"
        )
        found = (
            self.things(moment)
            .in_force(moment.on)  # type: ignore[attr-defined]
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
        return self.complete(best[:1], moment)[0] if best else None


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
