"""The only doors through which staff's decisions reach the record: accept, reject, correct, change a status.

Each runs in one transaction and refuses, with a sentence for the person, what must not be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from commitments import points, restatement
from commitments.linking import rejudging
from commitments.models import FINAL_STATUSES, Commitment, Evidence, Measurement, Relation, Status, StatusChange, Tier

#: A release that is used as evidence is looked at again for this long.
RECHECK_FOR = dt.timedelta(days=365)


class DecisionRefused(ValueError):
    """What was asked for must not be done; the message says why, for the person who asked."""


@transaction.atomic
def accept(evidence: Evidence, by: User, now: dt.datetime | None = None) -> list[Measurement]:
    """Make a suggestion part of the record. Returns the measurements that its figures became.

    Raises DecisionRefused if somebody has accepted it already.
    """
    now = now or timezone.now()
    locked = _lock(evidence)
    if locked.state == Evidence.State.ACCEPTED:
        raise DecisionRefused(f"{locked.decided_by} has accepted this already.")
    was_rejected = locked.state == Evidence.State.REJECTED
    locked.state = Evidence.State.ACCEPTED
    locked.reject_reason = ""
    _decide(locked, by, now)
    locked.release.pinned = True
    locked.release.recheck_until = (now + RECHECK_FOR).date()
    locked.release.save(update_fields=["pinned", "recheck_until"])
    _follow(locked, now)
    if was_rejected:
        rejudging.refresh(locked.commitment, came=[locked.pk])
    evidence.refresh_from_db()
    return list(locked.measurements.filter(withdrawn_at=None))


@transaction.atomic
def reject(evidence: Evidence, by: User, reason: str, now: dt.datetime | None = None) -> None:
    """Say that a suggestion does not belong. What it had added to the record is withdrawn, not deleted.

    Raises DecisionRefused without a reason, or if a status or a milestone rests on it.
    """
    now = now or timezone.now()
    if not reason.strip():
        raise DecisionRefused("Say why it does not belong: the reason is kept and teaches the linker.")
    locked = _lock(evidence)
    if locked.state == Evidence.State.REJECTED:
        raise DecisionRefused(f"{locked.decided_by} has rejected this already.")
    resting = locked.status_changes.first()
    if resting is not None:
        raise DecisionRefused(
            f"The status “{resting.get_to_status_display()}” rests on this evidence. Record a corrected status first."
        )
    if locked.milestones.exists():
        raise DecisionRefused("A milestone's outcome rests on this evidence. Change the milestone first.")
    locked.state = Evidence.State.REJECTED
    locked.reject_reason = reason.strip()
    _decide(locked, by, now)
    _follow(locked, now)
    rejudging.refresh(locked.commitment, went=[locked.pk])
    evidence.refresh_from_db()


@transaction.atomic
def correct(
    evidence: Evidence,
    *,
    relation: str,
    tier: str,
    restated: Mapping[int, bool],
    dropped: Collection[int],
    now: dt.datetime | None = None,
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
    locked = _lock(evidence)
    if not {*restated, *dropped} <= {figure["start"] for figure in locked.figures}:
        raise DecisionRefused("Somebody has changed its figures meanwhile. Look at them again.")
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
        _follow(locked, now or timezone.now())
        evidence.refresh_from_db()
    return changed


@transaction.atomic
def change_status(
    commitment: Commitment,
    to: str,
    by: User,
    reason: str,
    effective_from: dt.date,
    evidence: Evidence | None = None,
    absence: str = "",
    private_note: str = "",
    corrects: StatusChange | None = None,
) -> StatusChange:
    """Record an editor's judgement. `effective_from` is the day from which it holds.

    Raises DecisionRefused without a reason; for a final status without accepted evidence of this commitment
    or a documented absence; for a day that has not come; and for a status that it has on that day already.
    """
    if to not in Status.values:
        raise DecisionRefused(f"“{to}” is no status. Choose one of: {', '.join(Status.values)}.")
    if not reason.strip():
        raise DecisionRefused("Give the reason: it is shown to the public.")
    if effective_from > timezone.localdate():
        raise DecisionRefused("A status cannot hold from a day that has not come.")
    _lock_commitment(commitment.pk)
    if evidence is not None:
        if evidence.commitment_id != commitment.pk:
            raise DecisionRefused("That evidence is about another commitment.")
        if _lock(evidence).state != Evidence.State.ACCEPTED:
            raise DecisionRefused("Accept the evidence first: a status rests on accepted evidence only.")
    if to in FINAL_STATUSES and to != Status.LAPSED and evidence is None and not absence.strip():
        raise DecisionRefused(
            "A final status needs the accepted evidence that decided it, or a documented absence: "
            "what was looked for, where, and until when."
        )
    if corrects is not None and corrects.commitment_id != commitment.pk:
        raise DecisionRefused("The entry to correct is about another commitment.")
    current = commitment.status_change_on(effective_from)
    if (
        current is not None
        and current.to_status == to
        and corrects is None
        and current.effective_from <= effective_from
    ):
        raise DecisionRefused(f"It is “{current.get_to_status_display()}” already.")
    return StatusChange.objects.create(
        commitment=commitment,
        from_status=current.to_status if current else "",
        to_status=to,
        reason=reason.strip(),
        private_note=private_note.strip(),
        evidence=evidence,
        absence=absence.strip(),
        corrects=corrects,
        effective_from=effective_from,
        recorded_by=by,
    )


def _lock(evidence: Evidence) -> Evidence:
    """The row as it is now, ours until the transaction ends with all that follows for its commitment.

    The commitment comes first, always: what one decision changes for the others is worked out from all of them.
    """
    _lock_commitment(evidence.commitment_id)
    return Evidence.objects.select_for_update().get(pk=evidence.pk)


def _lock_commitment(key: int) -> None:
    """Two decisions about one commitment come one after the other (SQLite has one writer at a time anyway)."""
    Commitment.objects.select_for_update(no_key=True).get(pk=key)


def _decide(evidence: Evidence, by: User, now: dt.datetime) -> None:
    evidence.decided_by_id = by.pk
    evidence.decided_at = now
    evidence.save(update_fields=["state", "reject_reason", "decided_by", "decided_at"])


def _follow(evidence: Evidence, now: dt.datetime) -> None:
    """What one decision changes for the others: which figures are said again, and so which are points."""
    restatement.refresh(evidence.commitment)
    points.refresh(evidence.commitment, now)
