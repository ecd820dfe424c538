"""What staff say of a passage that promises something: it is a new commitment, one on record, or none."""

from __future__ import annotations

from django.db import transaction

from commitments.decisions.common import DecisionRefused, Deed, lock_commitments
from commitments.decisions.on_evidence import accept, correct
from commitments.decisions.placing import suggest
from commitments.models import Commitment, Evidence, PossibleCommitment, Relation

_ORIGIN = "the possible new commitments"


@transaction.atomic
def record_possible(possible: PossibleCommitment, made: Commitment, deed: Deed) -> Evidence:
    """Say that a commitment was made from it, and make the passage its first evidence: it announces it."""
    _decide(possible, PossibleCommitment.State.RECORDED, deed, commitment=made)
    piece = _bring(possible, made, deed)
    again = {figure["start"]: figure["restated"] for figure in piece.figures}
    correct(piece, deed, relation=Relation.ANNOUNCES, tier=piece.tier, restated=again)
    accept(piece, deed)
    return piece


@transaction.atomic
def recognise_possible(possible: PossibleCommitment, commitment: Commitment, deed: Deed) -> Evidence:
    """Say that it is one on record, for which the passage then waits as a suggestion."""
    if commitment.merged_into_id:
        raise DecisionRefused(f"{commitment.reference} was merged into another commitment. Choose that one.")
    _decide(possible, PossibleCommitment.State.KNOWN, deed, commitment=commitment)
    return _bring(possible, commitment, deed)


def dismiss_possible(possible: PossibleCommitment, deed: Deed, reason: str) -> None:
    """Say that it is none. It never comes back in the same words."""
    if not reason.strip():
        raise DecisionRefused("Say why it is no new commitment: choose a reason, or give one in your own words.")
    _decide(possible, PossibleCommitment.State.DISMISSED, deed, reason=reason.strip())


def _decide(
    possible: PossibleCommitment, state: str, deed: Deed, reason: str = "", commitment: Commitment | None = None
) -> None:
    if not possible.decide(state, deed.by.pk, deed.at, reason, commitment):
        raise DecisionRefused("Somebody has decided on it meanwhile. Nothing was changed.")


def _bring(possible: PossibleCommitment, commitment: Commitment, deed: Deed) -> Evidence:
    lock_commitments(commitment.pk)
    return suggest(possible.as_evidence(), commitment, deed, _ORIGIN)
