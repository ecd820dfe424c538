"""A status that came with an import is taken back by an entry that corrects it."""

from __future__ import annotations

from commitments.bringing.planning import Terms
from commitments.models import Status, StatusChange


def take_back_status(change: StatusChange, terms: Terms) -> StatusChange:
    """Add the entry by which a commitment is again what it was on the day from which `change` holds.

    It rests on what the status before rested on.
    """
    day = change.effective_from
    others = change.commitment.status_changes.filter(effective_from__lte=day).exclude(pk=change.pk)
    before = others.latest_in_force_first(day).first()
    return StatusChange.objects.create(
        commitment_id=change.commitment_id,
        from_status=change.to_status,
        to_status=before.to_status if before else Status.NOT_STARTED,
        reason=terms.why,
        effective_from=day,
        effective_is_known=before.effective_is_known if before else False,
        evidence=before.evidence if before else None,
        absence=before.absence if before else "",
        imported_from=terms.origin,
        corrects=change,
        recorded_by=terms.by,
    )
