"""Decisions on evidence: accept, reject, correct."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from commitments import restatement
from commitments.decisions.common import DecisionRefused, Deed, follow, lock, refuse_if_rested_on
from commitments.linking import goalposts, rejudging
from commitments.models import Decision, Evidence, Measurement, Relation, Tier
from tracker.models import Release

#: A release that is used as evidence is looked at again for this long.
RECHECK_FOR = dt.timedelta(days=365)

#: The key under which a figure keeps the number that the machine read, where an editor has put it right.
AS_READ = "value_as_read"


@transaction.atomic
def accept(evidence: Evidence, deed: Deed) -> list[Measurement]:
    """Make a suggestion part of the record. Returns the measurements that its figures became.

    Raises DecisionRefused if somebody has accepted it already.
    """
    locked = lock(evidence)
    if locked.state == Evidence.State.ACCEPTED:
        raise DecisionRefused(f"{locked.decided_by} has accepted this already.")
    accept_together([locked], deed)
    evidence.refresh_from_db()
    return list(locked.measurements.filter(withdrawn_at=None))


@transaction.atomic
def reject(evidence: Evidence, deed: Deed, reason: str) -> None:
    """Say that a suggestion does not belong. What it had added to the record is withdrawn, not deleted.

    Raises DecisionRefused without a reason, or if a status or a milestone rests on it.
    """
    require_reason(reason)
    locked = lock(evidence)
    if locked.state == Evidence.State.REJECTED:
        raise DecisionRefused(f"{locked.decided_by} has rejected this already.")
    refuse_if_rested_on(locked)
    reject_together([locked], deed, reason)
    evidence.refresh_from_db()


def require_reason(reason: str) -> None:
    """Raises DecisionRefused without one."""
    if not reason.strip():
        raise DecisionRefused("Say why it does not belong: the reason is kept and teaches the linker.")


def accept_together(pieces: Sequence[Evidence], deed: Deed) -> None:
    """Accept pieces of one commitment, locked by the caller, none of them accepted yet."""
    came = [piece.pk for piece in pieces if piece.state == Evidence.State.REJECTED]
    for piece in pieces:
        before = piece.as_decided()
        piece.state = Evidence.State.ACCEPTED
        piece.reject_reason, piece.teaches = "", True
        _decide(piece, deed, before)
    Release.objects.filter(pk__in={piece.release_id for piece in pieces}).update(
        pinned=True, recheck_until=(deed.at + RECHECK_FOR).date()
    )
    commitment = pieces[0].commitment
    follow(commitment, deed.at)
    goalposts.look(pieces)
    if came:
        rejudging.refresh(commitment, came=came)


def reject_together(pieces: Sequence[Evidence], deed: Deed, reason: str) -> None:
    """Reject pieces of one commitment, locked by the caller, none of them rejected yet and nothing resting on them."""
    for piece in pieces:
        before = piece.as_decided()
        piece.state = Evidence.State.REJECTED
        piece.reject_reason, piece.teaches = reason.strip(), True
        _decide(piece, deed, before)
    commitment = pieces[0].commitment
    follow(commitment, deed.at)
    rejudging.refresh(commitment, went=[piece.pk for piece in pieces])


@transaction.atomic
def correct(
    evidence: Evidence,
    deed: Deed,
    *,
    relation: str,
    tier: str,
    restated: Mapping[int, bool],
    dropped: Collection[int] = (),
    values: Mapping[int, Decimal] | None = None,
) -> list[str]:
    """Put right what the machine made of a passage, before or after it is accepted. Returns what changed, in words.

    `restated` says, `dropped` names, and `values` puts right, figures by their `start`. An editor's word on a figure
    outlasts whatever other releases say later. Raises DecisionRefused for a relation or tier that there is not, and
    for a figure that the evidence does not have (any more).
    """
    if relation not in Relation.values:
        raise DecisionRefused(f"“{relation}” is no relation. Choose one of: {', '.join(Relation.values)}.")
    if tier not in Tier.values:
        raise DecisionRefused(f"“{tier}” is no tier. Choose one of: {', '.join(Tier.values)}.")
    right = values or {}
    locked = lock(evidence)
    if not {*restated, *dropped, *right} <= {figure["start"] for figure in locked.figures}:
        raise DecisionRefused("Somebody has changed its figures meanwhile. Look at them again.")
    before = locked.as_decided()
    changed = []
    if locked.relation != relation:
        locked.relation = relation
        changed.append(f"relation: {locked.get_relation_display()}")
    if locked.tier != tier:
        locked.tier = tier
        changed.append(f"tier: {locked.get_tier_display()}")
    figures = []
    for figure in locked.figures:
        start = figure["start"]
        if start in dropped:
            changed.append(f"left out {figure['value']:,} ({figure['metric']})")
            continue
        put_right, said = _put_right(figure, right.get(start), restated.get(start, figure["restated"]))
        figures.append(put_right)
        changed += said
    locked.figures = figures
    if changed:
        locked.save(update_fields=["relation", "tier", "figures"])
        deed.enter(locked, Decision.Kind.CORRECTED, before, "; ".join(changed))
        follow(locked.commitment, deed.at)
        goalposts.look([locked])
        evidence.refresh_from_db()
    return changed


def _put_right(figure: dict[str, Any], value: Decimal | None, said_again: bool) -> tuple[dict[str, Any], list[str]]:
    """A figure as an editor wants it, and what that changed, in words."""
    now, changed = dict(figure), []
    if value is not None and value != Decimal(str(figure["value"])):
        now |= {
            "value": int(value) if value == int(value) else float(value),
            AS_READ: figure.get(AS_READ, figure["value"]),
        }
        changed.append(f"{figure['value']:,} is {now['value']:,} ({figure['metric']})")
    if said_again != figure["restated"]:
        now |= {"restated": said_again, restatement.RULING: said_again}
        changed.append(f"{now['value']:,} is {'said again' if said_again else 'new'}")
    return now, changed


def _decide(evidence: Evidence, deed: Deed, before: dict[str, Any]) -> None:
    evidence.decided_by_id = deed.by.pk
    evidence.decided_at = deed.at
    evidence.save(update_fields=["state", "reject_reason", "teaches", "decided_by", "decided_at"])
    deed.enter(evidence, evidence.state, before, evidence.reject_reason)
