"""Changes of status: judgements with their reasons and what decided them, recorded at once or proposed first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from commitments.decisions.common import DecisionRefused, lock, lock_commitments
from commitments.models import FINAL_STATUSES, Commitment, Evidence, Status, StatusChange, StatusProposal
from commitments.models.history import written


@dataclass(frozen=True)
class Reply:
    """Who was asked for a reply to a verdict before it goes out, by when, and what they said ("" for nothing yet)."""

    asked_of: str = ""
    by: dt.date | None = None
    said: str = ""


@dataclass(frozen=True)
class _Judgement:
    """What an editor judges, on what grounds, and which earlier entry it corrects."""

    to: str
    reason: str
    effective_from: dt.date
    evidence: Evidence | None
    absence: str
    private_note: str
    corrects: StatusChange | None

    @classmethod
    def proposed(cls, proposal: StatusProposal) -> _Judgement:
        return cls(
            proposal.to_status,
            proposal.reason,
            proposal.effective_from,
            proposal.evidence,
            proposal.absence,
            proposal.private_note,
            proposal.corrects,
        )

    @property
    def columns(self) -> dict[str, Any]:
        """As an entry and a proposal keep it."""
        return {
            "to_status": self.to,
            "reason": self.reason.strip(),
            "effective_from": self.effective_from,
            "evidence": self.evidence,
            "absence": self.absence.strip(),
            "private_note": self.private_note.strip(),
            "corrects": self.corrects,
        }


def needs_second_editor(status: str) -> bool:
    """Whether one person proposes this status and another confirms it, by the setting SECOND_EDITOR."""
    return settings.SECOND_EDITOR and status in FINAL_STATUSES


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
    or a documented absence, or where another person has to confirm it; for a day that has not come; for a
    status that it has on that day already; and for a correction of what was corrected before.
    """
    if needs_second_editor(to):
        raise DecisionRefused("A final status needs a second pair of eyes: propose it, and a colleague confirms it.")
    judgement = _Judgement(to, reason, effective_from, evidence, absence, private_note, corrects)
    _check(commitment, judgement)
    return _record(commitment, judgement, by)


@transaction.atomic
def propose_status(
    commitment: Commitment,
    to: str,
    by: User,
    reason: str,
    effective_from: dt.date,
    evidence: Evidence | None = None,
    absence: str = "",
    private_note: str = "",
    corrects: StatusChange | None = None,
    reply: Reply = Reply(),
) -> StatusProposal:
    """Write down a judgement that waits for `confirm_proposal`. The public sees nothing of it.

    Raises DecisionRefused as `change_status` does, while another proposal waits, and for a reply that is asked
    for of nobody, without a day, or by a day that has gone.
    """
    judgement = _Judgement(to, reason, effective_from, evidence, absence, private_note, corrects)
    _check(commitment, judgement)
    if bool(reply.asked_of.strip()) != (reply.by is not None):
        raise DecisionRefused("Say both who was asked for a reply and by which day, or neither.")
    if reply.by is not None and reply.by < timezone.localdate():
        raise DecisionRefused("The day by which a reply is asked for has gone.")
    if commitment.status_proposals.waiting().exists():
        raise DecisionRefused("Another status is proposed for it already: confirm or withdraw that one first.")
    return StatusProposal.objects.create(
        commitment=commitment,
        **judgement.columns,
        reply_asked_of=reply.asked_of.strip(),
        reply_by=reply.by,
        reply=reply.said.strip(),
        proposed_by=by,
    )


@transaction.atomic
def record_reply(proposal: StatusProposal, reply: str) -> StatusProposal:
    """Keep what those said who were asked for a reply.

    Raises DecisionRefused if nobody was asked, for no words, and once the proposal is decided.
    """
    locked = _lock_waiting(proposal)
    if not locked.reply_asked_of:
        raise DecisionRefused("Nobody was asked for a reply to this.")
    if not reply.strip():
        raise DecisionRefused("Write down what they replied.")
    locked.reply = reply.strip()
    locked.save(update_fields=["reply"])
    return locked


@transaction.atomic
def confirm_proposal(proposal: StatusProposal, by: User) -> StatusChange:
    """Make a proposal a change of status, and public.

    Raises DecisionRefused while a reply may still come; for one's own proposal of a final status where the setting
    SECOND_EDITOR asks for another person; and as `change_status` does if what it rests on has changed.
    """
    locked = _lock_waiting(proposal)
    if needs_second_editor(locked.to_status) and locked.proposed_by_id == by.pk:
        raise DecisionRefused("You proposed this yourself. A final status needs a second pair of eyes.")
    if locked.reply_by is not None and locked.awaits_reply_on(timezone.localdate()):
        until = written(locked.reply_by)
        raise DecisionRefused(
            f"{locked.reply_asked_of} was asked for a reply by {until}. Record the reply, or wait until then."
        )
    judgement = _Judgement.proposed(locked)
    _check(locked.commitment, judgement)
    change = _record(
        *(locked.commitment, judgement, locked.proposed_by),
        Reply(locked.reply_asked_of, locked.reply_by, locked.reply),
        confirmed_by=by if by.pk != locked.proposed_by_id else None,
    )
    _decide(locked, StatusProposal.State.CONFIRMED, by, change=change)
    return change


@transaction.atomic
def withdraw_proposal(proposal: StatusProposal, by: User, note: str) -> None:
    """Let a proposal go, for a reason that staff can read later. Raises DecisionRefused without one."""
    if not note.strip():
        raise DecisionRefused("Say why it is withdrawn.")
    _decide(_lock_waiting(proposal), StatusProposal.State.WITHDRAWN, by, note=note.strip())


def look(commitment: Commitment) -> None:
    """Note that somebody has looked at a commitment today, whether or not anything was changed."""
    commitment.reviewed_on = timezone.localdate()
    Commitment.objects.filter(pk=commitment.pk).update(reviewed_on=commitment.reviewed_on)


def _check(commitment: Commitment, judgement: _Judgement) -> None:
    to, evidence, corrects = judgement.to, judgement.evidence, judgement.corrects
    if to not in Status.values:
        raise DecisionRefused(f"“{to}” is no status. Choose one of: {', '.join(Status.values)}.")
    if not judgement.reason.strip():
        raise DecisionRefused("Give the reason: it is shown to the public.")
    if judgement.effective_from > timezone.localdate():
        raise DecisionRefused("A status cannot hold from a day that has not come.")
    lock_commitments(commitment.pk)
    if evidence is not None:
        if evidence.commitment_id != commitment.pk:
            raise DecisionRefused("That evidence is about another commitment.")
        if lock(evidence).state != Evidence.State.ACCEPTED:
            raise DecisionRefused("Accept the evidence first: a status rests on accepted evidence only.")
    if to in FINAL_STATUSES and to != Status.LAPSED and evidence is None and not judgement.absence.strip():
        raise DecisionRefused(
            "A final status needs the accepted evidence that decided it, or a documented absence: "
            "what was looked for, where, and until when."
        )
    if corrects is not None:
        if corrects.commitment_id != commitment.pk:
            raise DecisionRefused("The entry to correct is about another commitment.")
        if corrects.corrections.exists():
            raise DecisionRefused("That entry was corrected before. Correct the entry that corrects it.")
        return
    current = commitment.status_change_on(judgement.effective_from)
    if current is not None and current.to_status == to and current.effective_from <= judgement.effective_from:
        raise DecisionRefused(f"It is “{current.get_to_status_display()}” already.")


def _record(
    commitment: Commitment,
    judgement: _Judgement,
    by: User,
    reply: Reply = Reply(),
    confirmed_by: User | None = None,
) -> StatusChange:
    """Add the entry. To judge a commitment is to have looked at it."""
    current = judgement.corrects or commitment.status_change_on(judgement.effective_from)
    look(commitment)
    return StatusChange.objects.create(
        commitment=commitment,
        from_status=current.to_status if current else "",
        **judgement.columns,
        reply_asked_of=reply.asked_of,
        reply_by=reply.by,
        reply=reply.said,
        recorded_by=by,
        confirmed_by=confirmed_by,
    )


def _lock_waiting(proposal: StatusProposal) -> StatusProposal:
    """The proposal as it is now, ours until the transaction ends. Its commitment comes first, always."""
    lock_commitments(proposal.commitment_id)
    locked = StatusProposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state != StatusProposal.State.WAITING:
        raise DecisionRefused(f"{locked.decided_by} has {locked.state} this already. Nothing was changed.")
    return locked


def _decide(
    proposal: StatusProposal, state: str, by: User, *, change: StatusChange | None = None, note: str = ""
) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = StatusProposal.State(state), by, timezone.now()
    proposal.change, proposal.decision_note = change, note
    proposal.save(update_fields=["state", "decided_by", "decided_at", "change", "decision_note"])
