"""Taking a decision back. Nothing is forgotten: that it was taken back is an entry of its own."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from commitments.decisions.common import DecisionRefused, Deed, follow, lock_commitments, refuse_if_rested_on
from commitments.linking import rejudging
from commitments.models import Decision, Evidence


def last_act(by: User) -> uuid.UUID | None:
    """The act that `undo` takes back when a person says no more: their last that stands."""
    return Decision.objects.standing().filter(by=by).order_by("-pk").values_list("act", flat=True).first()


@transaction.atomic
def undo(act: uuid.UUID, deed: Deed) -> list[Evidence]:
    """Put everything that one act has changed back to what it was. Returns the evidence, first decided first.

    Raises DecisionRefused, and changes nothing, if the act was another person's, was undone before, if somebody has
    decided on its evidence since, or if a judgement rests on it.
    """
    entries = list(Decision.objects.standing().filter(act=act).order_by("pk"))
    if not entries:
        raise DecisionRefused("There is nothing to undo: it has been undone already.")
    if any(entry.by_id != deed.by.pk for entry in entries):
        raise DecisionRefused("That was somebody else's decision. Decide on the evidence itself.")
    pieces = Evidence.objects.filter(pk__in={entry.evidence_id for entry in entries})
    commitments = set(pieces.values_list("commitment_id", flat=True))
    lock_commitments(*commitments)
    locked = {piece.pk: piece for piece in pieces.select_for_update(of=("self",)).select_related("commitment")}
    first: dict[int, Decision] = {}
    last: dict[int, Decision] = {}
    for entry in entries:
        first.setdefault(entry.evidence_id, entry)
        last[entry.evidence_id] = entry
    for key, piece in locked.items():
        _undo_one(piece, first[key], last[key], deed)
    for entry in entries:
        deed.enter(locked[entry.evidence_id], Decision.Kind.UNDONE, entry.after, entry.get_kind_display(), undoes=entry)
    _bring_in_line(locked, first, last, deed)
    return [locked[key] for key in first]


def _undo_one(piece: Evidence, first: Decision, last: Decision, deed: Deed) -> None:
    if _essence(piece.as_decided()) != _essence(last.after):
        raise DecisionRefused(f"{piece} has been decided on since. Nothing was undone.")
    if piece.state == Evidence.State.ACCEPTED:
        refuse_if_rested_on(piece)
    if first.before:
        _restore(piece, first.before)
    else:  # made by this act: nobody has said that it does not belong
        piece.state, piece.reject_reason, piece.teaches = Evidence.State.REJECTED, "Bringing it here was undone.", False
        piece.decided_by_id, piece.decided_at = deed.by.pk, deed.at
    piece.save()


def _restore(piece: Evidence, before: Mapping[str, Any]) -> None:
    piece.state, piece.relation, piece.tier = before["state"], before["relation"], before["tier"]
    piece.figures, piece.reject_reason, piece.teaches = before["figures"], before["reject_reason"], before["teaches"]
    piece.decided_by_id = before["decided_by"]
    piece.decided_at = before["decided_at"] and dt.datetime.fromisoformat(before["decided_at"])


def _bring_in_line(
    pieces: Mapping[int, Evidence], first: Mapping[int, Decision], last: Mapping[int, Decision], deed: Deed
) -> None:
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


def _essence(decided: Mapping[str, Any]) -> dict[str, Any]:
    """Without what follows from other evidence: which figures are said again."""
    figures = [{key: value for key, value in figure.items() if key != "restated"} for figure in decided["figures"]]
    return {**decided, "figures": figures}
