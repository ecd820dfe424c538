"""What belongs to one commitment: its wordings, judgements, steps and figures."""

from __future__ import annotations

from dataclasses import dataclass

from commitments.models import Comparator, Deadline, Definition, Milestone, Status, StatusChange
from commitments.pages.judgement import author
from commitments.showing import Showing

from ..fields import DAY, FLAG, INSTANT, NUMBER, TEXT, WHOLE_NUMBER, Field, list_of, maybe, one_of, row, rows, thing
from .measurements import FIELDS as MEASUREMENT_FIELDS
from .measurements import SERIES


@dataclass(frozen=True)
class Judged:
    change: StatusChange
    show: Showing
    evidence_id: int | None


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


def _of_first(field: Field) -> Field:
    """The same field, of a definition that comes with its words."""
    return Field(field.name, field.schema, field.meaning, lambda one: field.of(one[0]))


DEFINITION = (
    Field("id", WHOLE_NUMBER, "Its number.", lambda one: one[0].pk),
    Field("kind", one_of(Definition.Kind), "What it did to the one before.", lambda one: one[0].kind),
    Field("effective_from", DAY, "The day from which it holds.", lambda one: one[0].effective_from),
    Field("recorded_at", INSTANT, "When we recorded it.", lambda one: one[0].recorded_at),
    Field("announced_on", maybe(DAY), "The day it was announced.", lambda one: one[0].announced_on),
    Field("statement", TEXT, "What was promised, in our words.", lambda one: one[1].statement),
    Field("quote", TEXT, "What was promised, in theirs.", lambda one: one[1].quote),
    Field("quote_url", TEXT, "Where they said it.", lambda one: one[1].quote_url),
    Field("quote_title", TEXT, "What that is called.", lambda one: one[1].quote_title),
    *(_of_first(field) for field in DEADLINE),
    Field("explanation_given", maybe(FLAG), "Whether they said why it changed.", lambda one: one[0].explanation_given),
    Field("note", TEXT, "The editor's note.", lambda one: one[1].note),
    Field(
        "target",
        maybe(thing(TARGET)),
        "The number that it aims at.",
        lambda one: row(TARGET, one[0].target_or_none) if one[0].target_or_none else None,
    ),
)

STATUS_CHANGE = (
    Field("id", WHOLE_NUMBER, "Its number.", lambda judged: judged.change.pk),
    Field("status", one_of(Status), "The status from then on.", lambda judged: judged.change.to_status),
    Field(
        "status_before", maybe(one_of(Status)), "The status before.", lambda judged: judged.change.from_status or None
    ),
    Field(
        "effective_from",
        maybe(DAY),
        "The day from which it holds; nothing where an import did not say.",
        lambda judged: judged.change.effective_from if judged.change.effective_is_known else None,
    ),
    Field("recorded_at", INSTANT, "When it was recorded.", lambda judged: judged.change.recorded_at),
    Field(
        "recorded_by",
        TEXT,
        "Who judged, by the name that they go by in public.",
        lambda judged: author(judged.change.recorded_by),
    ),
    Field("reason", TEXT, "Why.", lambda judged: judged.show.words(judged.change.reason)),
    Field(
        "absence",
        TEXT,
        "What was looked for and not found, where nothing was.",
        lambda judged: judged.show.words(judged.change.absence),
    ),
    Field(
        "evidence_id",
        maybe(WHOLE_NUMBER),
        "The piece of evidence that decided it, where it may be shown.",
        lambda judged: judged.evidence_id,
    ),
    Field("reply_asked_of", TEXT, "Who was asked for a reply beforehand.", lambda judged: judged.change.reply_asked_of),
    Field("reply", TEXT, "Their reply.", lambda judged: judged.show.words(judged.change.reply)),
    Field("imported_from", TEXT, "Where it was imported from.", lambda judged: judged.change.imported_from),
    Field(
        "corrects",
        maybe(WHOLE_NUMBER),
        "The entry of ours that it puts right.",
        lambda judged: judged.change.corrects_id,
    ),
    Field(
        "is_corrected",
        FLAG,
        "On where a later entry says that it was wrong: then it counts for nothing.",
        lambda judged: bool(judged.change.corrections.all()),
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
