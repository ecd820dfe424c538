"""One commitment: what was promised, what has happened by whose account, what we judged, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from commitments.departments import Spell, owed
from commitments.models import (
    Commitment,
    Definition,
    Judgeability,
    Merge,
    Milestone,
    NextEvidence,
    Question,
    StatusChange,
)
from commitments.models.commitment import SILENCE, CommitmentQuerySet, is_public
from commitments.showing import Showing
from commitments.timing import Timing, timing
from tracker.diffs import Row, compared

from . import meanings, phrases
from .citing import Citation, cite
from .counted import Counted, counted, points_of
from .judgement import Judgement, judgement
from .passage import RESTATED, Account, accounts, outline
from .standing import Standing, standing
from .wording import Due, Wording, due, wordings_of


@dataclass(frozen=True)
class Moved:
    """The promise was changed since it was made: its words then beside those now, and the clock against the first
    deadline."""

    first: Wording
    rows: list[Row]
    first_timing: Timing | None
    first_timing_sentence: str


@dataclass(frozen=True)
class Step:
    """A milestone. `is_past` where its last day has passed and nobody has said what came of it; `follows_today` for
    the first one that is still to come."""

    milestone: Milestone
    due: Due
    is_past: bool
    follows_today: bool


@dataclass(frozen=True)
class Asked:
    """A question with how long it has been without an answer, None once it has one."""

    question: Question
    words: str
    answer: str
    unanswered_days: int | None


@dataclass(frozen=True)
class Expected:
    """A figure or decision to come. `is_late` where its last day has passed and nobody has said that it is there."""

    thing: NextEvidence
    due: Due
    is_late: bool


@dataclass(frozen=True)
class Freshness:
    """When something was last published and when it last changed here, and the silence between the last of the
    evidence and today. None where there is none."""

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
    figures_withheld: int
    steps: list[Step]
    evidence_count: int
    accounts: list[Account]
    restated: Account | None
    asked: list[Asked]
    expected: list[Expected]
    parts: list[Commitment]
    owed: list[Spell]
    merged_here: list[Merge]
    freshness: Freshness
    time_left: str
    citation: Citation


def whole(commitments: CommitmentQuerySet, on: dt.date) -> CommitmentQuerySet:
    """Commitments as `commitment_page` takes them."""
    related = ("administration", "adopted_by", "department", "policy_area", "parent", "merged_into")
    return commitments.in_force(on).select_related(*related).prefetch_related("other_departments")


def commitment_page(show: Showing, commitment: Commitment, on: dt.date) -> CommitmentPage:
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
        )
        .prefetch_related("replies")
        .order_by("effective_from", "pk")
    )
    outlined = outline(commitment)
    shown_accounts = accounts(show, outlined)
    by_account = {each.key: each for each in shown_accounts}
    points = points_of(commitment)
    shown_points = list(show.points(points))
    judgements = [judgement(show, change, changes) for change in changes]
    in_force = commitment.status_change_on(on)
    wordings = wordings_of(show, definitions)
    wording = wordings[definitions.index(current)]
    stands = standing(commitment, on)  # type: ignore[arg-type]
    return CommitmentPage(
        commitment=commitment,
        standing=stands,
        wording=wording,
        wordings=wordings[::-1],
        moved=_moved(commitment, wordings, wording, on),
        judgement=next((one for one in judgements if in_force and one.change.pk == in_force.pk), None),
        judgements=judgements[::-1],
        cannot_be_rated=_cannot_be_rated(commitment),
        counted=counted(show, shown_points, current),
        figures_withheld=points.count() - len(shown_points) if show else 0,
        steps=_steps(commitment.milestones.select_related("evidence__revision"), on),
        evidence_count=len(outlined),
        restated=by_account.pop(RESTATED, None),
        accounts=list(by_account.values()),
        asked=[
            Asked(question, show.words(question.question), show.words(question.answer), question.unanswered_days(on))
            for question in commitment.questions.all()
        ],
        expected=[_expected(thing, on) for thing in commitment.expected_evidence.select_related("evidence__revision")],
        parts=list(commitment.parts.published()),
        owed=owed(commitment),
        merged_here=list(_merged_here(commitment)),
        freshness=_freshness(shown_accounts, changes, definitions, on),
        time_left=phrases.time_left(current.deadline_latest, stands.status, on),
        citation=cite(commitment, len(definitions) + len(changes), on),
    )


def _merged_here(commitment: Commitment) -> QuerySet[Merge]:
    return Merge.objects.standing().filter(is_public("merged"), into=commitment).select_related("merged").order_by("at")


def _moved(commitment: Commitment, wordings: list[Wording], now: Wording, on: dt.date) -> Moved | None:
    """The promise as first made, corrected where we had it wrong, if its owner has changed it since."""
    correction, current = Definition.Kind.EDITORIAL_CORRECTION, now.definition
    begun = [one for one in wordings if one.definition.effective_from <= current.effective_from]
    own = next((place for place, one in enumerate(begun[1:], start=1) if one.definition.kind != correction), None)
    if own is None:
        return None
    first = begun[own - 1]
    rows = compared(first.statement, now.statement)
    earliest, latest = first.definition.deadline_first_day, first.definition.deadline_latest
    if latest is None or latest == current.deadline_latest:
        return Moved(first, rows, None, "")
    status, since = commitment.status, commitment.status_since  # type: ignore[attr-defined]
    key = timing(earliest, latest, status, since, on)
    return Moved(first, rows, key, phrases.timing(key, earliest, latest, since, on))


def _cannot_be_rated(commitment: Commitment) -> str:
    if commitment.judgeability == Judgeability.VERIFIABLE:
        return ""
    return f"{meanings.JUDGEABILITY[Judgeability(commitment.judgeability)]} {commitment.judgeability_note}".strip()


def _expected(thing: NextEvidence, on: dt.date) -> Expected:
    latest = thing.deadline_latest
    is_open = thing.outcome == NextEvidence.Outcome.EXPECTED
    return Expected(thing, due(thing), is_late=is_open and latest is not None and latest < on)


def _steps(milestones: Iterable[Milestone], on: dt.date) -> list[Step]:
    """In the order of time: by the day on which each was met or missed, or else by its last day; without one, last."""
    dated = sorted(milestones, key=lambda one: one.outcome_on or one.deadline_latest or dt.date.max)
    ahead = [one for one in dated if (one.outcome_on or one.deadline_latest or dt.date.max) >= on]
    return [
        Step(
            milestone,
            due(milestone),
            is_past=milestone.outcome == Milestone.Outcome.PENDING
            and milestone.deadline_latest is not None
            and milestone.deadline_latest < on,
            follows_today=bool(ahead) and milestone.pk == ahead[0].pk,
        )
        for milestone in dated
    ]


def _freshness(
    accounts: Iterable[Account], changes: list[StatusChange], definitions: list[Definition], on: dt.date
) -> Freshness:
    newest = (account.pieces[0].evidence.release for account in accounts)
    last = max((release.published_at for release in newest), default=None)
    last_evidence = timezone.localdate(last) if last else None
    silence = None if last_evidence is None else (on - last_evidence).days
    return Freshness(
        last_evidence=last_evidence,
        last_change=max((entry.recorded_at for entry in [*changes, *definitions]), default=None),
        silence_days=silence,
        is_long_silence=silence is not None and silence >= SILENCE.days,
    )
