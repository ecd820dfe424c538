"""One decision on many suggestions, in steps of bounded time.

A step goes from commitment to commitment, each in a transaction of its own, so that nobody else is kept waiting; all
steps are one act, and are undone as one. Broken off, it can be gone on with or undone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from commitments.decisions.common import DecisionRefused, Deed, lock_commitments, rested_on
from commitments.decisions.on_evidence import accept_together, reject_together, require_reason
from commitments.decisions.undoing import standing_entries, take_back
from commitments.models import Decision, Evidence
from commitments.models.evidence import EvidenceQuerySet

#: Says, between two commitments, whether it is time to leave the rest to the next step.
TimeIsUp = Callable[[], bool]


@dataclass(frozen=True)
class Step:
    """How many pieces a step has changed, a sentence for each that it could not, and the last commitment that it
    came to, past which the next step goes on; None when there is no more."""

    changed: int
    refused: list[str]
    past: int | None


def accept_many(waiting: EvidenceQuerySet, deed: Deed, past: int, time_is_up: TimeIsUp) -> Step:
    """Accept all that waits, as it stands."""

    def accept(commitment: int) -> tuple[int, list[str]]:
        pieces = _lock_waiting(waiting, commitment)
        if pieces:
            accept_together(pieces, deed)
        return len(pieces), []

    return _step(_commitments(waiting, past), accept, time_is_up)


def reject_many(waiting: EvidenceQuerySet, deed: Deed, reason: str, past: int, time_is_up: TimeIsUp) -> Step:
    """Reject all that waits, for one reason. Raises DecisionRefused without one."""
    require_reason(reason)

    def reject(commitment: int) -> tuple[int, list[str]]:
        waits = _lock_waiting(waiting, commitment)
        held = rested_on(waits)
        pieces = [piece for piece in waits if piece.pk not in held]
        if pieces:
            reject_together(pieces, deed, reason)
        return len(pieces), [f"{piece}: {held[piece.pk]}" for piece in waits if piece.pk in held]

    return _step(_commitments(waiting, past), reject, time_is_up)


def undo_many(act: uuid.UUID, deed: Deed, past: int, time_is_up: TimeIsUp) -> Step:
    """Take back an act on many; what somebody has decided on since is left as it is, and said."""
    entries = standing_entries(act, deed)
    if not can_be_undone_in_part(act):
        raise DecisionRefused("That was one passage put elsewhere: undo it whole.")
    keys = entries.filter(evidence__commitment__gt=past).order_by("evidence__commitment")

    def undo(commitment: int) -> tuple[int, list[str]]:
        pieces, obstacles = take_back(list(entries.filter(evidence__commitment=commitment).order_by("pk")), deed)
        return len(pieces), obstacles

    return _step(list(keys.values_list("evidence__commitment", flat=True).distinct()), undo, time_is_up)


def can_be_undone_in_part(act: uuid.UUID) -> bool:
    """Whether its pieces have nothing to do with each other: not where it put a passage elsewhere."""
    return not Decision.objects.filter(act=act, kind=Decision.Kind.PLACED).exists()


def _commitments(waiting: EvidenceQuerySet, past: int) -> list[int]:
    keys = waiting.filter(commitment__gt=past).order_by("commitment")
    return list(keys.values_list("commitment", flat=True).distinct())


def _lock_waiting(waiting: EvidenceQuerySet, commitment: int) -> list[Evidence]:
    lock_commitments(commitment)
    own = waiting.filter(commitment=commitment).select_for_update(of=("self",))
    return list(own.select_related("commitment", "release").order_by("pk"))


def _step(commitments: list[int], do: Callable[[int], tuple[int, list[str]]], time_is_up: TimeIsUp) -> Step:
    changed, refused = 0, []
    for place, key in enumerate(commitments, start=1):
        with transaction.atomic():
            count, sentences = do(key)
        changed += count
        refused += sentences
        if place < len(commitments) and time_is_up():
            return Step(changed, refused, key)
    return Step(changed, refused, None)
