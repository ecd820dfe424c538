"""What staff say of a passage that promises something: it is a new commitment, one on record, or none."""

from __future__ import annotations

from django.db import transaction

from commitments.decisions.common import DecisionRefused, Deed, lock_commitments
from commitments.decisions.on_evidence import accept, correct
from commitments.decisions.placing import suggest
from commitments.decisions.undoing import take_back
from commitments.models import Commitment, Decision, Evidence, PossibleCommitment, Relation

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


@transaction.atomic
def reopen_possible(possible: PossibleCommitment, deed: Deed) -> None:
    """Let it wait again. Where it was said to be one on record, the passage no longer waits there.

    Raises DecisionRefused, and changes nothing, once a commitment was made from it or its passage was decided on.
    """
    if possible.state == PossibleCommitment.State.RECORDED:
        raise DecisionRefused(f"{possible.commitment} was made from it. Merge or unpublish that one instead.")
    if possible.commitment:
        places = Decision.objects.standing().filter(kind=Decision.Kind.PLACED)
        entries = places.filter(
            evidence__commitment=possible.commitment,
            evidence__release=possible.release,
            evidence__quote_key=possible.quote_key,
        )[:1]
        _, obstacles = take_back(entries, deed)
        if not entries or obstacles:
            raise DecisionRefused(f"The passage was decided on since: decide on it at {possible.commitment.reference}.")
    if not possible.reopen():
        raise DecisionRefused("It waits already.")


def _decide(
    possible: PossibleCommitment, state: str, deed: Deed, reason: str = "", commitment: Commitment | None = None
) -> None:
    if not possible.decide(state, deed.by.pk, deed.at, reason, commitment):
        raise DecisionRefused("Somebody has decided on it meanwhile. Nothing was changed.")


def _bring(possible: PossibleCommitment, commitment: Commitment, deed: Deed) -> Evidence:
    lock_commitments(commitment.pk)
    return suggest(possible.as_evidence(), commitment, deed, _ORIGIN)
