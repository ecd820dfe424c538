"""Taking a decision back. Nothing is forgotten: that it was taken back is an entry of its own."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from commitments.decisions.common import DecisionRefused, Deed, essence, follow, lock_commitments, rested_on
from commitments.linking import rejudging
from commitments.models import Decision, Evidence, Merge
from commitments.models.decision import DecisionQuerySet


def last_act(by: User) -> uuid.UUID | None:
    """The act that `undo` takes back when a person says no more: their last that stands."""
    merges = Merge.objects.values("act")  # undone as a whole, where they were made
    own = Decision.objects.standing().filter(by=by).exclude(act__in=merges)
    return own.order_by("-pk").values_list("act", flat=True).first()


@transaction.atomic
def undo(act: uuid.UUID, deed: Deed) -> list[Evidence]:
    """Put everything that one act has changed back to what it was. Returns the evidence, first decided first.

    Raises DecisionRefused, and changes nothing, if the act was another person's, was undone before, if somebody has
    decided on its evidence since, or if a judgement rests on it.
    """
    entries = standing_entries(act, deed).order_by("pk")
    if not entries:
        raise DecisionRefused("There is nothing to undo: it has been undone already.")
    pieces, obstacles = take_back(entries, deed)
    if obstacles:
        raise DecisionRefused(f"{obstacles[0]} Nothing was undone.")
    return pieces


def standing_entries(act: uuid.UUID, deed: Deed) -> DecisionQuerySet:
    """What stands of an act. Raises DecisionRefused if it was another person's."""
    entries = Decision.objects.standing().filter(act=act)
    if entries.exclude(by=deed.by).exists():
        raise DecisionRefused("That was somebody else's decision. Decide on the evidence itself.")
    return entries


def take_back(entries: Iterable[Decision], deed: Deed) -> tuple[list[Evidence], list[str]]:
    """Undo these entries, in their order; the evidence, and a sentence for each piece for which that cannot be."""
    first: dict[int, Decision] = {}
    last: dict[int, Decision] = {}
    for entry in entries:
        first.setdefault(entry.evidence_id, entry)
        last[entry.evidence_id] = entry
    pieces = Evidence.objects.filter(pk__in=first)
    lock_commitments(*set(pieces.values_list("commitment_id", flat=True)))
    locked = list(pieces.select_for_update(of=("self",)).select_related("commitment", "release").order_by("pk"))
    taken: dict[int, Evidence] = {}
    obstacles = []
    held = rested_on(locked)
    for piece in locked:
        if essence(piece.as_decided()) != essence(last[piece.pk].after):
            obstacles.append(f"{piece} has been decided on since.")
            continue
        if piece.state == Evidence.State.ACCEPTED and piece.pk in held:
            obstacles.append(held[piece.pk])
            continue
        if first[piece.pk].before:
            restore(piece, first[piece.pk].before)
        else:  # made by this act: nobody has said that it does not belong
            piece.state, piece.reject_reason = Evidence.State.REJECTED, "Bringing it here was undone."
            piece.teaches, piece.decided_by_id, piece.decided_at = False, deed.by.pk, deed.at
        piece.save()
        taken[piece.pk] = piece
    for entry in entries:
        if entry.evidence_id in taken:
            deed.enter(
                taken[entry.evidence_id], Decision.Kind.UNDONE, entry.after, entry.get_kind_display(), undoes=entry
            )
    _bring_in_line(taken, last, deed)
    return [taken[key] for key in first if key in taken], obstacles


def restore(piece: Evidence, before: Mapping[str, Any]) -> None:
    """Put a piece, in memory, back to what it was before an entry of the trail."""
    piece.state, piece.relation, piece.tier = before["state"], before["relation"], before["tier"]
    piece.figures, piece.reject_reason, piece.teaches = before["figures"], before["reject_reason"], before["teaches"]
    piece.decided_by_id = before["decided_by"]
    piece.decided_at = before["decided_at"] and dt.datetime.fromisoformat(before["decided_at"])


def _bring_in_line(pieces: Mapping[int, Evidence], last: Mapping[int, Decision], deed: Deed) -> None:
    rejected = Evidence.State.REJECTED
    came: dict[int, list[int]] = {}
    went: dict[int, list[int]] = {}
    for key, piece in pieces.items():
        was_rejected = last[key].after["state"] == rejected
        if was_rejected != (piece.state == rejected):
            (came if was_rejected else went).setdefault(piece.commitment_id, []).append(key)
    for commitment in {piece.commitment_id: piece.commitment for piece in pieces.values()}.values():
        follow(commitment, deed.at)
        if commitment.pk in came or commitment.pk in went:
            rejudging.refresh(commitment, came=came.get(commitment.pk, ()), went=went.get(commitment.pk, ()))
    for piece in pieces.values():
        piece.refresh_from_db()
