"""Decisions on one piece of evidence: accept, reject, correct."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from commitments import restatement
from commitments.decisions.common import DecisionRefused, Deed, follow, lock, refuse_if_rested_on
from commitments.linking import rejudging
from commitments.models import Decision, Evidence, Measurement, Relation, Tier

#: A release that is used as evidence is looked at again for this long.
RECHECK_FOR = dt.timedelta(days=365)


@transaction.atomic
def accept(evidence: Evidence, deed: Deed, seen: str | None = None) -> list[Measurement]:
    """Make a suggestion part of the record. Returns the measurements that its figures became.

    Raises DecisionRefused if somebody has accepted it already, Stale if it is not what the person saw.
    """
    locked = lock(evidence, seen)
    if locked.state == Evidence.State.ACCEPTED:
        raise DecisionRefused(f"{locked.decided_by} has accepted this already.")
    before = locked.as_decided()
    was_rejected = locked.state == Evidence.State.REJECTED
    locked.state = Evidence.State.ACCEPTED
    locked.reject_reason, locked.teaches = "", True
    _decide(locked, deed, before)
    locked.release.pinned = True
    locked.release.recheck_until = (deed.at + RECHECK_FOR).date()
    locked.release.save(update_fields=["pinned", "recheck_until"])
    follow(locked.commitment, deed.at)
    if was_rejected:
        rejudging.refresh(locked.commitment, came=[locked.pk])
    evidence.refresh_from_db()
    return list(locked.measurements.filter(withdrawn_at=None))


@transaction.atomic
def reject(evidence: Evidence, deed: Deed, reason: str, seen: str | None = None) -> None:
    """Say that a suggestion does not belong. What it had added to the record is withdrawn, not deleted.

    Raises DecisionRefused without a reason, or if a status or a milestone rests on it.
    """
    if not reason.strip():
        raise DecisionRefused("Say why it does not belong: the reason is kept and teaches the linker.")
    locked = lock(evidence, seen)
    if locked.state == Evidence.State.REJECTED:
        raise DecisionRefused(f"{locked.decided_by} has rejected this already.")
    refuse_if_rested_on(locked)
    before = locked.as_decided()
    locked.state = Evidence.State.REJECTED
    locked.reject_reason, locked.teaches = reason.strip(), True
    _decide(locked, deed, before)
    follow(locked.commitment, deed.at)
    rejudging.refresh(locked.commitment, went=[locked.pk])
    evidence.refresh_from_db()


@transaction.atomic
def correct(
    evidence: Evidence,
    deed: Deed,
    *,
    relation: str,
    tier: str,
    restated: Mapping[int, bool],
    dropped: Collection[int],
    seen: str | None = None,
) -> list[str]:
    """Put right what the machine made of a passage, before or after it is accepted. Returns what changed, in words.

    `restated` says, and `dropped` names, figures by their `start`. An editor's word on a figure outlasts whatever
    other releases say later. Raises DecisionRefused for a relation or tier that there is not, and for a figure
    that the evidence does not have (any more).
    """
    if relation not in Relation.values:
        raise DecisionRefused(f"“{relation}” is no relation. Choose one of: {', '.join(Relation.values)}.")
    if tier not in Tier.values:
        raise DecisionRefused(f"“{tier}” is no tier. Choose one of: {', '.join(Tier.values)}.")
    locked = lock(evidence, seen)
    if not {*restated, *dropped} <= {figure["start"] for figure in locked.figures}:
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
        said_again = restated.get(figure["start"], figure["restated"])
        if figure["start"] in dropped:
            changed.append(f"left out {figure['value']:,} ({figure['metric']})")
        elif said_again != figure["restated"]:
            changed.append(f"{figure['value']:,} is {'said again' if said_again else 'new'}")
            figures.append({**figure, "restated": said_again, restatement.RULING: said_again})
        else:
            figures.append(figure)
    locked.figures = figures
    if changed:
        locked.save(update_fields=["relation", "tier", "figures"])
        deed.enter(locked, Decision.Kind.CORRECTED, before, "; ".join(changed))
        follow(locked.commitment, deed.at)
        evidence.refresh_from_db()
    return changed


def _decide(evidence: Evidence, deed: Deed, before: dict[str, Any]) -> None:
    evidence.decided_by_id = deed.by.pk
    evidence.decided_at = deed.at
    evidence.save(update_fields=["state", "reject_reason", "teaches", "decided_by", "decided_at"])
    deed.enter(evidence, evidence.state, before, evidence.reject_reason)
