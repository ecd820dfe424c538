"""Merging a commitment into another, and taking that back, row by row.

What was found out, asked and expected goes along, as do its parts and those who look after it; milestones by choice.
The histories of wording and status stay where they were recorded. Its addresses, and subscriptions to it, lead to the
other for as long as the merge stands (`commitments.addresses`), so nothing of them has to be moved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, models, transaction

from commitments.decisions.common import DecisionRefused, Deed, essence, follow, lock_commitments, rested_on
from commitments.decisions.undoing import restore
from commitments.models import (
    Commitment,
    Decision,
    Evidence,
    Goalpost,
    Merge,
    Milestone,
    MovedRow,
    NextEvidence,
    PossibleCommitment,
    Question,
)
from commitments.models.evidence import EvidenceQuerySet

#: What belongs to a commitment and goes along whole.
_GO_ALONG: tuple[type[models.Model], ...] = (Question, NextEvidence, PossibleCommitment)


@dataclass(frozen=True)
class GoesAlong:
    """What a merge would take. `doubles` are passages on record on both sides: they are not doubled, and what was
    decided of them stays with each. `milestones` are those that can be brought: none of the same title is there."""

    evidence: int
    waiting: int
    doubles: int
    questions: int
    expected: int
    parts: int
    series: list[str]
    milestones: list[Milestone]


def goes_along(merged: Commitment, into: Commitment) -> GoesAlong:
    """What would happen, for the person to see beforehand. A fixed number of queries."""
    single = _single(merged, into)
    there = into.milestones.values("title")
    return GoesAlong(
        evidence=single.exclude(state=Evidence.State.SUGGESTED).count(),
        waiting=single.suggested().count(),
        doubles=merged.evidence.count() - single.count(),
        questions=merged.questions.count(),
        expected=merged.expected_evidence.count(),
        parts=merged.parts.count(),
        series=[str(one) for one in merged.series.exclude(pk__in=into.series.values("pk"))],
        milestones=list(merged.milestones.exclude(title__in=there)),
    )


@transaction.atomic
def merge(merged: Commitment, into: Commitment, deed: Deed, reason: str, milestones: Collection[int] = ()) -> Merge:
    """Let `merged` go into `into`. `milestones` are the keys of those that come along.

    Raises DecisionRefused without a reason, for what is merged already or waits to be judged, and where the public
    would lose an address.
    """
    lock_commitments(merged.pk, into.pk)
    merged, into = Commitment.objects.get(pk=merged.pk), Commitment.objects.get(pk=into.pk)
    _refuse_if_impossible(merged, into, reason)
    done = Merge.objects.create(merged=merged, into=into, reason=reason.strip(), act=deed.act, by=deed.by, at=deed.at)
    moving = _Moving(done)
    for piece in merged.evidence.exclude(pk__in=_single(merged, into).values("pk")).order_by("pk"):
        _settle_double(piece, into, deed)
    pieces = _single(merged, into)
    in_force = into.definition_on(deed.at.date()).pk
    for goalpost in Goalpost.objects.waiting().filter(evidence__in=pieces).order_by("pk"):
        moving.change(goalpost, "definition_id", in_force)
    for piece in pieces.order_by("pk"):
        moving.change(piece, "commitment_id", into.pk)
    for model in _GO_ALONG:
        for row in model._default_manager.filter(commitment=merged).order_by("pk"):
            moving.change(row, "commitment_id", into.pk)
    for request in merged.correction_requests.waiting().order_by("pk"):
        moving.change(request, "commitment_id", into.pk)
    for milestone in goes_along(merged, into).milestones:
        if milestone.pk in milestones:
            moving.change(milestone, "commitment_id", into.pk)
    for part in merged.parts.order_by("pk"):
        moving.change(part, "parent_id", merged.parent_id if part.pk == into.pk else into.pk)
    for series in merged.series.exclude(pk__in=into.series.values("pk")).order_by("pk"):
        moving.add(into, "series", series.pk)
    for person in _who_looks_after(merged):
        if person.pk != into.owner_id and not into.watchers.filter(pk=person.pk).exists():
            moving.add(into, "watchers", person.pk)
    merged.merged_into = into
    merged.save(update_fields=["merged_into"])
    follow(merged, deed.at)
    follow(into, deed.at)
    return done


@transaction.atomic
def undo_merge(done: Merge, deed: Deed) -> list[str]:
    """Put everything back that a merge has changed. Returns a sentence for each thing that was left, and why.

    What somebody has changed since stays as they left it. Raises DecisionRefused if the merge was undone already, or
    is no longer the last one of its commitments.
    """
    lock_commitments(done.merged_id, done.into_id)
    if not Merge.objects.standing().filter(pk=done.pk).update(undone_by=deed.by, undone_at=deed.at):
        raise DecisionRefused("That merge has been undone already.")
    merged, into = Commitment.objects.get(pk=done.merged_id), Commitment.objects.get(pk=done.into_id)
    if into.merged_into_id is not None:
        raise DecisionRefused(f"{into.reference} was itself merged into another since. Undo that first.")
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    left = [f"{row}: changed since, and left as it is." for row in done.moved.order_by("-pk") if not _put_back(row)]
    left += _take_back_decisions(done, deed)
    follow(merged, deed.at)
    follow(into, deed.at)
    return left


def _refuse_if_impossible(merged: Commitment, into: Commitment, reason: str) -> None:
    if not reason.strip():
        raise DecisionRefused("Say why they are one promise: the public is told.")
    if merged.pk == into.pk:
        raise DecisionRefused("A commitment cannot be merged into itself. Choose another one.")
    for one in (merged, into):
        if one.merged_into is not None:
            raise DecisionRefused(f"{one.reference} was merged into {one.merged_into.reference}. Choose that one.")
    if merged.demonstration != into.demonstration:
        raise DecisionRefused("One of them belongs to the demonstration, and what went along would go with that.")
    if merged.is_public and not into.is_public:
        raise DecisionRefused(f"{into.reference} is not public: the address of {merged.reference} would lead nowhere.")
    if merged.status_proposals.waiting().exists():
        raise DecisionRefused(f"A status is proposed for {merged.reference}. Confirm or withdraw it first.")


def _single(merged: Commitment, into: Commitment) -> EvidenceQuerySet:
    """The evidence whose passage is not on record on the other side as well."""
    there = into.evidence.filter(release=models.OuterRef("release"), quote_key=models.OuterRef("quote_key"))
    return merged.evidence.filter(~models.Exists(there))


def _settle_double(piece: Evidence, into: Commitment, deed: Deed) -> None:
    """A passage that is on both sides stays on both. Nobody decides on it twice: where one side was decided on, the
    other is no longer asked about; where neither was, it waits at the commitment that stays."""
    there = into.evidence.get(release=piece.release_id, quote_key=piece.quote_key)
    suggested = Evidence.State.SUGGESTED
    if piece.state == suggested:
        before = piece.as_decided()
        piece.state, piece.teaches = Evidence.State.REJECTED, False
        piece.reject_reason = f"The same passage is with {into.reference}, into which this was merged."
        _decide(piece, deed, before, piece.reject_reason)
    elif there.state == suggested:
        before = there.as_decided()
        there.state, there.relation, there.tier = piece.state, piece.relation, piece.tier
        there.reject_reason, there.teaches = piece.reject_reason, piece.teaches
        _decide(there, deed, before, f"as decided for {piece.commitment.reference}, which was merged")


def _decide(piece: Evidence, deed: Deed, before: dict[str, object], note: str) -> None:
    piece.decided_by, piece.decided_at = deed.by, deed.at
    piece.save()
    deed.enter(piece, piece.state, before, note)


def _take_back_decisions(done: Merge, deed: Deed) -> list[str]:
    entries = list(Decision.objects.standing().filter(act=done.act).select_related("evidence__release").order_by("-pk"))
    held = rested_on([entry.evidence for entry in entries])
    left = []
    for entry in entries:
        piece = Evidence.objects.select_related("commitment", "release").get(pk=entry.evidence_id)
        if essence(piece.as_decided()) != essence(entry.after):
            left.append(f"{piece} has been decided on since, and is left as it is.")
        elif piece.state == Evidence.State.ACCEPTED and piece.pk in held:
            left.append(held[piece.pk])
        else:
            restore(piece, entry.before)
            piece.save()
            deed.enter(piece, Decision.Kind.UNDONE, entry.after, entry.get_kind_display(), undoes=entry)
    return left


def _who_looks_after(commitment: Commitment) -> Iterator[User]:
    if commitment.owner is not None:
        yield commitment.owner
    yield from commitment.watchers.order_by("pk")


class _Moving:
    """Changes rows for a merge and notes each change."""

    def __init__(self, done: Merge) -> None:
        self.done = done

    def change(self, row: models.Model, field: str, after: int | None) -> None:
        before = getattr(row, field)
        type(row)._base_manager.filter(pk=row.pk).update(**{field: after})
        self._note(row, field, before, after)

    def add(self, row: models.Model, field: str, key: int) -> None:
        getattr(row, field).add(key)
        self._note(row, field, None, key)

    def _note(self, row: models.Model, field: str, before: int | None, after: int | None) -> None:
        MovedRow.objects.create(
            merge=self.done, model=row._meta.label_lower, key=row.pk, field=field, before=before, after=after
        )


def _put_back(row: MovedRow) -> bool:
    """Undo one change, unless there was another since: then False."""
    model = apps.get_model(row.model)
    if any(row.field == field.name for field in model._meta.many_to_many):
        to_many = getattr(model._base_manager.get(pk=row.key), row.field)
        row.put_back = to_many.filter(pk=row.after).exists()
        to_many.remove(row.after)
    else:
        as_left = model._base_manager.filter(**{"pk": row.key, row.field: row.after})
        try:
            with transaction.atomic():
                row.put_back = bool(as_left.update(**{row.field: row.before}))
        except IntegrityError:  # something like it has been recorded there meanwhile
            row.put_back = False
    row.save(update_fields=["put_back"])
    return bool(row.put_back)
