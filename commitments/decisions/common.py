"""What every decision shares: the row as it is now, an entry in the trail, and what follows for the others."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from commitments import points, restatement
from commitments.models import Commitment, Decision, Evidence, Milestone, StatusChange


class DecisionRefused(ValueError):
    """What was asked for must not be done; the message says why, for the person who asked."""


class Stale(DecisionRefused):
    """Somebody, or something, has changed the evidence since the person looked at it."""


@dataclass(frozen=True)
class Deed:
    """Who does something, when, and as part of which act. One act is undone as one."""

    by: User
    at: dt.datetime = field(default_factory=timezone.now)
    act: uuid.UUID = field(default_factory=uuid.uuid4)

    def enter(self, evidence: Evidence, kind: str, before: dict[str, Any], note: str = "", **more: Any) -> Decision:
        """Add an entry to the trail for what was done to a piece of evidence."""
        return Decision.objects.create(
            act=self.act,
            evidence=evidence,
            kind=kind,
            by=self.by,
            at=self.at,
            note=note,
            before=before,
            after=evidence.as_decided(),
            **more,
        )


def lock(evidence: Evidence, seen: str | None = None) -> Evidence:
    """The row as it is now, ours until the transaction ends with all that follows for its commitment.

    The commitment comes first, always: what one decision changes for the others is worked out from all of them.
    `seen` is the `mark` that the person's page showed. Raises Stale if the evidence is another by now.
    """
    lock_commitments(evidence.commitment_id)
    locked = (
        Evidence.objects.select_for_update(of=("self",)).select_related("commitment", "release", "decided_by")
    ).get(pk=evidence.pk)
    if seen is not None and locked.mark != seen:
        raise Stale(_what_happened(locked))
    return locked


def lock_commitments(*keys: int) -> None:
    """Two decisions about one commitment come one after the other (SQLite has one writer at a time anyway)."""
    list(Commitment.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def follow(commitment: Commitment, now: dt.datetime) -> None:
    """What one decision changes for the others: which figures are said again, and so which are points."""
    restatement.refresh(commitment)
    points.refresh(commitment, now)


def refuse_if_rested_on(evidence: Evidence) -> None:
    """Raises DecisionRefused where a judgement would lose the evidence that decided it."""
    for sentence in rested_on([evidence]).values():
        raise DecisionRefused(sentence)


def rested_on(pieces: Collection[Evidence]) -> dict[int, str]:
    """By its key, for each piece on which a judgement rests, a sentence that says which. Two queries."""
    keys = [piece.pk for piece in pieces]
    milestones = Milestone.objects.filter(evidence__in=keys).values_list("evidence_id", flat=True)
    found = {
        key: "A milestone's outcome rests on this evidence. Change the milestone first." for key in milestones if key
    }
    for change in StatusChange.objects.filter(evidence__in=keys):
        status = change.get_to_status_display()
        found[change.evidence_id or 0] = (
            f"The status “{status}” rests on this evidence. Record a corrected status first."
        )
    return found


def essence(decided: Mapping[str, Any]) -> dict[str, Any]:
    """What a person decided, without what follows from other evidence: which figures are said again."""
    figures = [{key: value for key, value in figure.items() if key != "restated"} for figure in decided["figures"]]
    return {**decided, "figures": figures}


def _what_happened(evidence: Evidence) -> str:
    last = evidence.decisions.select_related("by").first()
    if last is None or essence(last.after) != essence(evidence.as_decided()):
        return "It has changed since it was opened here: look at it again. Nothing was changed."
    at = timezone.localtime(last.at)
    when = f"at {at:%H:%M}" if at.date() == timezone.localdate() else f"on {at.day} {at:%B %Y} at {at:%H:%M}"
    reason = f" ({last.note.rstrip('.')})" if last.note else ""
    return f"{last.by} {_DID[last.kind]} this {when}{reason}, while it was open here. Nothing was changed."


_DID: dict[str, str] = {
    Decision.Kind.ACCEPTED: "accepted",
    Decision.Kind.REJECTED: "rejected",
    Decision.Kind.CORRECTED: "corrected",
    Decision.Kind.PLACED: "brought here",
    Decision.Kind.UNDONE: "took back a decision on",
}
