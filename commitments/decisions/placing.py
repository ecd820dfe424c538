"""A passage that is about another commitment, or about several."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from commitments import restatement
from commitments.decisions.common import DecisionRefused, Deed, lock, lock_commitments
from commitments.decisions.on_evidence import reject
from commitments.linking.placing import place
from commitments.models import Commitment, Decision, Evidence
from commitments.models.evidence import quote_key
from tracker.models import Revision

#: A passage that would belong to more than this belongs to none in particular.
MOST_PLACES = 10
MOST_QUOTED_CHARACTERS = 2_000


@transaction.atomic
def assign(
    evidence: Evidence, deed: Deed, to: Collection[Commitment], *, keep: bool, seen: str | None = None
) -> list[Evidence]:
    """Suggest a passage for other commitments, and reject it here unless `keep`. Returns what waits there.

    What it says of each is read anew, and each waits for a decision: nobody has seen its figures yet.
    Raises DecisionRefused if there is nowhere to go, or too far and wide; if it is on record there, or if a judgement
    rests on it here; and Stale if it is not what the person saw, by its mark.
    """
    others = sorted({commitment.pk: commitment for commitment in to}.values(), key=lambda one: one.pk)
    if not others:
        raise DecisionRefused("Choose the commitment that the passage is about.")
    if len(others) > MOST_PLACES:
        raise DecisionRefused(f"Bring it to {MOST_PLACES} commitments at most at once.")
    if evidence.commitment_id in {one.pk for one in others}:
        raise DecisionRefused(f"It is at {evidence.commitment.reference} already. Choose another commitment.")
    for one in others:
        if one.merged_into_id:
            raise DecisionRefused(f"{one.reference} was merged into another commitment. Choose that one.")
    lock_commitments(evidence.commitment_id, *(one.pk for one in others))
    locked = lock(evidence, seen)
    placed = [suggest(locked, one, deed, evidence.commitment.reference) for one in others]
    if not keep and locked.state != Evidence.State.REJECTED:
        reject(locked, deed, f"It is about {', '.join(one.reference for one in others)}.")
    evidence.refresh_from_db()
    return placed


@transaction.atomic
def quote(revision: Revision, start: int, end: int, commitment: Commitment, deed: Deed) -> Evidence:
    """Suggest a stretch of a revision, chosen by a person, for a commitment. It waits there for a decision.

    Raises DecisionRefused if it is too long or no stretch of the text, or on record there already.
    """
    words = revision.text[start:end]
    start += len(words) - len(words.lstrip())
    words = words.strip()
    if not words:
        raise DecisionRefused("Choose the words to quote.")
    if len(words) > MOST_QUOTED_CHARACTERS:
        raise DecisionRefused(f"Quote {MOST_QUOTED_CHARACTERS:,} characters at most: the sentence that says it.")
    if commitment.merged_into_id:
        raise DecisionRefused(f"{commitment.reference} was merged into another commitment. Choose that one.")
    lock_commitments(commitment.pk)
    piece = Evidence(
        release=revision.release,
        revision=revision,
        quote=words,
        quote_key=quote_key(words),
        start=start,
        end=start + len(words),
    )
    return suggest(piece, commitment, deed, "the whole text")


def suggest(evidence: Evidence, commitment: Commitment, deed: Deed, origin: str) -> Evidence:
    """Suggest a passage, given as a piece of evidence whether stored or not, for a commitment that is locked."""
    there = Evidence.objects.filter(
        commitment=commitment, release=evidence.release_id, quote_key=evidence.quote_key
    ).first()
    if there and there.state == Evidence.State.ACCEPTED:
        raise DecisionRefused(f"It is on record for {commitment.reference} already.")
    if there and there.state == Evidence.State.SUGGESTED:
        return there
    before = there.as_decided() if there else {}
    read = place(evidence, commitment)
    piece = there or Evidence(
        commitment=commitment,
        release=evidence.release,
        revision=evidence.revision,
        quote=evidence.quote,
        start=evidence.start,
        end=evidence.end,
        gone_since=evidence.gone_since,
        suggested_at=deed.at,
    )
    piece.state, piece.reject_reason, piece.teaches = Evidence.State.SUGGESTED, "", True
    piece.decided_by = piece.decided_at = None
    piece.relation = piece.suggested_relation = read.relation
    piece.tier, piece.figures, piece.self_declared = read.tier, read.figures, read.self_declared
    piece.reasons = [f"Brought here from {origin} by {deed.by}."]
    piece.save()
    restatement.refresh(commitment)
    piece.refresh_from_db()
    deed.enter(piece, Decision.Kind.PLACED, before, f"from {origin}")
    return piece
