"""Changes of status: judgements with their reasons and what decided them."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from commitments.decisions.common import DecisionRefused, lock, lock_commitments
from commitments.models import FINAL_STATUSES, Commitment, Evidence, Status, StatusChange


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
    lock_commitments(commitment.pk)
    if evidence is not None:
        if evidence.commitment_id != commitment.pk:
            raise DecisionRefused("That evidence is about another commitment.")
        if lock(evidence).state != Evidence.State.ACCEPTED:
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
