"""One commitment: what was promised, what has happened by whose account, what we judged, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.contrib.auth.models import AbstractUser
from django.db.models import Q
from django.utils import timezone

from commitments.models import (
    Commitment,
    Comparator,
    Deadline,
    Definition,
    Evidence,
    Judgeability,
    Measurement,
    Milestone,
    NextEvidence,
    Qualifier,
    Question,
    Relation,
    Series,
    StatusChange,
    Target,
)
from commitments.models.commitment import SILENCE, CommitmentQuerySet
from commitments.timing import Timing, timing

from . import meanings, phrases
from .chart import Chart, Point, draw
from .home import last_checked
from .standing import Standing, standing


@dataclass(frozen=True)
class Due:
    """A deadline as shown. `interval` is empty when no day is known."""

    as_worded: str
    interval: str
    reading: str
    is_stated: bool
    event: str
    not_before: dt.date | None


@dataclass(frozen=True)
class Wording:
    """One version of what is promised."""

    definition: Definition
    due: Due
    meaning: str
    target: str
    baseline: str
    components: list[str]
    author: str


@dataclass(frozen=True)
class Moved:
    """The promise was changed since it was made. `first_timing` is the clock against the first deadline."""

    first: Wording
    first_timing: Timing | None
    first_timing_sentence: str


@dataclass(frozen=True)
class Judgement:
    """One entry of the status history. `corrected_by` are the entries that say it was wrong."""

    change: StatusChange
    author: str
    second: str
    meaning: str
    corrected_by: list[StatusChange]


@dataclass(frozen=True)
class Figure:
    """A measurement in words, with the address of the sentence that says so where one is stored.

    `cell` is set where it comes from a table: then `address` is that of the edition.
    """

    measurement: Measurement
    words: str
    period: str
    address: str
    source: str
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
class Counted:
    """A series with its figures in order, and its chart where there are enough of them."""

    series: Series
    scope: str
    figures: list[Figure]
    chart: Chart | None
    target: Target | None
    latest: Figure


@dataclass(frozen=True)
class Piece:
    """A passage in the timeline."""

    evidence: Evidence
    address: str
    publisher: str
    voice: str
    meaning: str


@dataclass(frozen=True)
class Step:
    milestone: Milestone
    due: Due
    is_past: bool


@dataclass(frozen=True)
class Asked:
    """A question with how long it has been without an answer, None once it has one."""

    question: Question
    unanswered_days: int | None


@dataclass(frozen=True)
class Expected:
    """A figure or decision to come. `is_late` where its last day has passed and nobody has said that it is there."""

    thing: NextEvidence
    due: Due
    is_late: bool


@dataclass(frozen=True)
class Freshness:
    """Three different dates, and the silence between the last of the evidence and today. None where there is none."""

    last_checked: dt.datetime | None
    last_evidence: dt.date | None
    last_change: dt.datetime | None
    silence_days: int | None
    is_long_silence: bool


@dataclass(frozen=True)
class CommitmentPage:
    commitment: Commitment
    standing: Standing
    wording: Wording
    wordings: list[Wording]
    moved: Moved | None
    judgement: Judgement | None
    judgements: list[Judgement]
    cannot_be_rated: str
    counted: list[Counted]
    steps: list[Step]
    evidence: list[Piece]
    restated: list[Piece]
    asked: list[Asked]
    expected: list[Expected]
    parts: list[Commitment]
    freshness: Freshness


def whole(commitments: CommitmentQuerySet, on: dt.date) -> CommitmentQuerySet:
    """Commitments as `commitment_page` takes them."""
    related = ("administration", "adopted_by", "department", "policy_area", "parent", "merged_into")
    return commitments.in_force(on).select_related(*related).prefetch_related("other_departments")


def commitment_page(commitment: Commitment, on: dt.date) -> CommitmentPage:
    """Everything that the page of a commitment shows. `commitment` is read through `whole`."""
    definitions = list(
        commitment.definitions.select_related("target__series", "source_revision", "recorded_by")
        .prefetch_related("target__components")
        .order_by("effective_from", "pk")
    )
    current = next(one for one in definitions if one.pk == commitment.definition_id)  # type: ignore[attr-defined]
    changes = list(
        commitment.status_changes.select_related(
            "evidence__release", "evidence__revision", "recorded_by", "confirmed_by", "corrects"
        ).order_by("effective_from", "pk")
    )
    evidence = list(
        commitment.evidence.accepted()
        .select_related("release", "revision__appearance__source", "gone_since")
        .order_by("-release__published_at", "start")
    )
    pieces = [_piece(piece) for piece in evidence]
    judgements = [_judgement(change, changes) for change in changes]
    in_force = commitment.status_change_on(on)
    wordings = [_wording(definition) for definition in definitions]
    return CommitmentPage(
        commitment=commitment,
        standing=standing(commitment, on),  # type: ignore[arg-type]
        wording=wordings[definitions.index(current)],
        wordings=wordings[::-1],
        moved=_moved(commitment, wordings, current, on),
        judgement=next((one for one in judgements if in_force and one.change.pk == in_force.pk), None),
        judgements=judgements[::-1],
        cannot_be_rated=_cannot_be_rated(commitment),
        counted=_counted(commitment, current.target_or_none),
        steps=[_step(milestone, on) for milestone in commitment.milestones.select_related("evidence__revision")],
        evidence=[piece for piece in pieces if not is_restated(piece.evidence)],
        restated=[piece for piece in pieces if is_restated(piece.evidence)],
        asked=[Asked(question, question.unanswered_days(on)) for question in commitment.questions.all()],
        expected=[_expected(thing, on) for thing in commitment.expected_evidence.select_related("evidence__revision")],
        parts=list(commitment.parts.published()),
        freshness=_freshness(evidence, changes, definitions, on),
    )


def is_restated(evidence: Evidence) -> bool:
    """Whether a passage only says again what was known: by its relation, or because all its figures are old."""
    if evidence.relation == Relation.RESTATES:
        return True
    return bool(evidence.figures) and all(figure.get("restated") for figure in evidence.figures)


def passage_address(evidence: Evidence) -> str:
    """Where the passage stands, marked, in the revision that it was taken from."""
    return f"{evidence.revision.get_absolute_url()}#e{evidence.pk}"


def author(user: AbstractUser | None) -> str:
    """The name that a person goes by in public. Names of accounts are nobody's business."""
    return (user.get_full_name() if user else "") or "an editor"


def due(deadline: Deadline) -> Due:
    return Due(
        as_worded=deadline.deadline_text,
        interval=phrases.interval(deadline.deadline_earliest, deadline.deadline_latest),
        reading=deadline.deadline_derivation,
        is_stated=deadline.deadline_is_stated,
        event=deadline.deadline_event,
        not_before=deadline.not_before,
    )


def _wording(definition: Definition) -> Wording:
    aim = definition.target_or_none
    return Wording(
        definition=definition,
        due=due(definition),
        meaning=meanings.DEFINITION[Definition.Kind(definition.kind)],
        target=phrases.target(aim) if aim else "",
        baseline=_baseline(aim) if aim else "",
        components=[f"{part.name}: {phrases.number(part.value)}" for part in aim.components.all()] if aim else [],
        author=author(definition.recorded_by),
    )


def _baseline(aim: Target) -> str:
    value = "" if aim.baseline_value is None else phrases.quantity(aim.baseline_value, aim.series.unit)
    when = "" if aim.baseline_date is None else f"on {phrases.day(aim.baseline_date)}"
    return f"{value} {when}".strip()


def _moved(commitment: Commitment, wordings: list[Wording], current: Definition, on: dt.date) -> Moved | None:
    """The promise as first made, corrected where we had it wrong, if its owner has changed it since."""
    correction = Definition.Kind.EDITORIAL_CORRECTION
    begun = [one for one in wordings if one.definition.effective_from <= current.effective_from]
    own = next((place for place, one in enumerate(begun[1:], start=1) if one.definition.kind != correction), None)
    if own is None:
        return None
    first = begun[own - 1]
    earliest, latest = first.definition.deadline_first_day, first.definition.deadline_latest
    if latest is None or latest == current.deadline_latest:
        return Moved(first, None, "")
    status, since = commitment.status, commitment.status_since  # type: ignore[attr-defined]
    key = timing(earliest, latest, status, since, on)
    return Moved(first, key, phrases.timing(key, earliest, latest, since, on))


def _judgement(change: StatusChange, changes: list[StatusChange]) -> Judgement:
    return Judgement(
        change=change,
        author=author(change.recorded_by),
        second=author(change.confirmed_by),
        meaning=meanings.STATUS[change.to_status],  # type: ignore[index]
        corrected_by=[other for other in changes if other.corrects_id == change.pk],
    )


def _cannot_be_rated(commitment: Commitment) -> str:
    if commitment.judgeability == Judgeability.VERIFIABLE:
        return ""
    return f"{meanings.JUDGEABILITY[Judgeability(commitment.judgeability)]} {commitment.judgeability_note}".strip()


def _counted(commitment: Commitment, aim: Target | None) -> list[Counted]:
    """The figures of the commitment's series: those of its own accepted evidence and those that staff entered."""
    standing_points = (
        Measurement.objects.shown()
        .filter(series__in=commitment.series.all())
        .filter(Q(evidence__commitment=commitment, evidence__state=Evidence.State.ACCEPTED) | Q(evidence=None))
        .select_related("series", "evidence__release", "evidence__revision", "revision__snapshot", "table_figure")
        .order_by("series__metric", "series_id", "published_on", "pk")
    )
    return [
        _series(series, list(points), aim) for series, points in groupby(standing_points, lambda point: point.series)
    ]


def _series(series: Series, points: list[Measurement], aim: Target | None) -> Counted:
    if any(point.table_figure_id for point in points):  # a table revises what is long past
        points = sorted(points, key=lambda point: (point.point_date, point.published_on, point.pk))
    figures = [_figure(point) for point in points]
    own_aim = aim if aim is not None and aim.series_id == series.pk else None
    scope = [series.population, series.place, f"since {phrases.day(series.since)}" if series.since else ""]
    return Counted(
        series=series,
        scope=", ".join(part for part in scope if part),
        figures=figures,
        chart=draw(
            [
                Point(
                    day=point.point_date,
                    value=point.value,
                    label=phrases.number(point.value),
                    high=point.high,
                    is_exact=point.qualifier == Qualifier.EXACT,
                )
                for point in points
            ],
            target=level_aimed_at(own_aim),
            joined=series.measure != Series.Measure.FLOW,
        ),
        target=own_aim,
        latest=figures[-1],
    )


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


def _figure(point: Measurement) -> Figure:
    address = ""
    if point.evidence is not None:
        address = passage_address(point.evidence)
    elif point.revision is not None:
        address = point.revision.get_absolute_url()
    return Figure(
        measurement=point,
        words=phrases.measurement(point),
        period=phrases.measured_over(point),
        address=address,
        source=point.revision.title if point.revision else "",
        cell=_in_table(point),
    )


def _in_table(point: Measurement) -> InTable | None:
    figure = point.table_figure
    if figure is None or point.revision is None:
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


def _piece(evidence: Evidence) -> Piece:
    source = evidence.revision.appearance.source
    return Piece(
        evidence=evidence,
        address=passage_address(evidence),
        publisher=source.publisher or source.name,
        voice=source.get_voice_display(),
        meaning=meanings.RELATION[Relation(evidence.relation)],
    )


def _expected(thing: NextEvidence, on: dt.date) -> Expected:
    latest = thing.deadline_latest
    is_open = thing.outcome == NextEvidence.Outcome.EXPECTED
    return Expected(thing, due(thing), is_late=is_open and latest is not None and latest < on)


def _step(milestone: Milestone, on: dt.date) -> Step:
    latest = milestone.deadline_latest
    pending = milestone.outcome == Milestone.Outcome.PENDING
    return Step(milestone, due(milestone), is_past=pending and latest is not None and latest < on)


def _freshness(
    evidence: Iterable[Evidence], changes: list[StatusChange], definitions: list[Definition], on: dt.date
) -> Freshness:
    dates = [timezone.localdate(piece.release.published_at) for piece in evidence]
    last_evidence = max(dates, default=None)
    silence = None if last_evidence is None else (on - last_evidence).days
    return Freshness(
        last_checked=last_checked(),
        last_evidence=last_evidence,
        last_change=max((entry.recorded_at for entry in [*changes, *definitions]), default=None),
        silence_days=silence,
        is_long_silence=silence is not None and silence >= SILENCE.days,
    )
