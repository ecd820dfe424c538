"""Take the demonstration away and leave one's own record as it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from commitments import points, restatement
from commitments.append_only import erasing
from commitments.demo.record import SOURCE_SLUG, is_ours
from commitments.linking import indexing
from commitments.models import (
    Administration,
    Commitment,
    CorrectionRequest,
    Decision,
    Definition,
    Department,
    Evidence,
    Measurement,
    Milestone,
    NextEvidence,
    PolicyArea,
    Series,
    StatusChange,
    StatusProposal,
    Withholding,
)
from tracker.models import Appearance, Source
from tracker.removal import Removed, remove_source


@dataclass(frozen=True)
class Emptied:
    """How many of each were removed.

    `suggestions` are those that demonstration releases gave for one's own commitments and that nobody accepted;
    `watch` is None where there was no demonstration source.
    """

    commitments: int
    evidence: int
    measurements: int
    suggestions: int
    watch: Removed | None


def empty(now: dt.datetime) -> Emptied:
    """Remove the demonstration, all of it or nothing.

    Releases on which one's own record rests stay, and with them their source, ended. Raises
    django.db.models.ProtectedError where one's own record refers to demonstration evidence.
    """
    with erasing(), indexing.updated_at_the_end():
        _let_go_of_own()
        commitments = Commitment.objects.filter(demonstration=True)
        evidence = Evidence.objects.filter(commitment__demonstration=True)
        series = set(Series.objects.filter(commitments__demonstration=True).values_list("pk", flat=True))
        shared = Series.objects.filter(commitments__demonstration=False).values("pk")
        measurements = Measurement.objects.filter(
            Q(evidence__commitment__demonstration=True) | Q(series__in=series) & ~Q(series__in=shared)
        )
        administrations = set(commitments.values_list("administration", flat=True))
        departments = set(commitments.values_list("department", flat=True))
        areas = set(commitments.values_list("policy_area", flat=True))
        counts = commitments.count(), evidence.count(), measurements.count()

        measurements.update(supersedes=None)
        measurements.delete()
        Milestone.objects.filter(commitment__demonstration=True).delete()
        NextEvidence.objects.filter(commitment__demonstration=True).delete()
        StatusProposal.objects.filter(commitment__demonstration=True).delete()
        CorrectionRequest.objects.filter(commitment__demonstration=True).delete()
        _delete_corrections_first(StatusChange.objects.filter(commitment__demonstration=True))
        _delete_latest_first(Decision.objects.filter(evidence__commitment__demonstration=True))
        evidence.delete()
        commitments.update(parent=None, merged_into=None)
        commitments.delete()
        Series.objects.filter(pk__in=series, commitments=None, targets=None, measurements=None).delete()
        Administration.objects.filter(pk__in=administrations, commitments=None, adopted_commitments=None).delete()
        Department.objects.filter(pk__in=departments, commitments=None, shared_commitments=None).delete()
        PolicyArea.objects.filter(pk__in=areas, commitments=None).delete()
        suggestions, watch = _empty_the_watch(now)
    return Emptied(*counts, suggestions, watch)


def _let_go_of_own() -> None:
    """One's own commitments that were part of a demonstration commitment, or merged into one, stand alone again."""
    for own in Commitment.objects.filter(
        Q(parent__demonstration=True) | Q(merged_into__demonstration=True), demonstration=False
    ).select_related("parent", "merged_into"):
        if own.parent is not None and own.parent.demonstration:
            own.parent = None
        if own.merged_into is not None and own.merged_into.demonstration:
            own.merged_into = None
        own.save(update_fields=["parent", "merged_into"])


def _delete_corrections_first(changes: QuerySet[StatusChange]) -> None:
    """An entry cannot go while a correction names it."""
    while changes.filter(corrections=None).delete()[0]:
        pass


def _delete_latest_first(decisions: QuerySet[Decision]) -> None:
    """An entry cannot go while another says that it was undone."""
    decisions.exclude(undoes=None).delete()
    decisions.delete()


def _empty_the_watch(now: dt.datetime) -> tuple[int, Removed | None]:
    """Remove the source, its releases, and what they suggested for one's own commitments and nobody accepted."""
    source = Source.objects.filter(slug=SOURCE_SLUG).first()
    if source is None or not is_ours(source):
        return 0, None
    suggestions = _not_accepted_from(source)
    count, affected = suggestions.count(), set(suggestions.values_list("commitment", flat=True))
    _delete_latest_first(Decision.objects.filter(evidence__in=suggestions))
    suggestions.delete()
    for commitment in Commitment.objects.filter(pk__in=affected):
        restatement.refresh(commitment)
        points.refresh(commitment, now)
    kept = _releases_relied_upon(source)
    withheld = Withholding.objects.filter(release__appearances__source=source).exclude(release__in=kept)
    going = withheld.exclude(release__in=Appearance.objects.exclude(source=source).values("release"))
    going.exclude(lifts=None).delete()
    going.delete()
    return count, remove_source(source, kept)


def _not_accepted_from(source: Source) -> QuerySet[Evidence]:
    """Evidence that only this source's releases gave, that nobody accepted and on which nothing rests."""
    elsewhere = Appearance.objects.exclude(source=source).values("release")
    return (
        Evidence.objects.filter(release__appearances__source=source)
        .exclude(release__in=elsewhere)
        .exclude(state=Evidence.State.ACCEPTED)
        .filter(status_changes=None, milestones=None, measurements=None, nextevidence=None)
    )


def _releases_relied_upon(source: Source) -> set[int]:
    """Keys of the source's releases that one's own evidence, definitions or measurements name."""
    return {
        key
        for keys in (
            Evidence.objects.filter(release__appearances__source=source).values_list("release", flat=True),
            Definition.objects.filter(source_revision__appearance__source=source).values_list(
                "source_revision__release", flat=True
            ),
            Measurement.objects.filter(revision__appearance__source=source).values_list("revision__release", flat=True),
        )
        for key in keys
        if key is not None
    }
