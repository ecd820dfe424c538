"""What needs somebody: each need is one queryset, which the staff's front page counts and a list shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from commitments.models import (
    Brake,
    Commitment,
    CorrectionRequest,
    Digest,
    Evidence,
    Goalpost,
    NextEvidence,
    PossibleCommitment,
    Question,
    StatusProposal,
    TablePointer,
    TableReading,
)
from tracker.models import Source


@dataclass(frozen=True)
class Need:
    """Rows of one model that somebody should see to. `rows` takes today; `meaning` says which they are.

    `seen_to_at` names the admin's address where that is not the list of the model; `to_commitment` leads from a row to
    its commitment ("pk" where it is one), and is empty where it has none.
    """

    key: str
    label: str
    meaning: str
    model: type[Model]
    rows: Callable[[dt.date], QuerySet[Any]]
    seen_to_at: str = ""
    to_commitment: str = "commitment"


#: In the order in which staff meet them.
NEEDS = (
    Need(
        "suggestions",
        "Suggestions",
        "Passages that wait for a decision.",
        Evidence,
        lambda on: Evidence.objects.suggested(),
        seen_to_at="commitments_evidence_review",
    ),
    Need(
        "possible",
        "Possible new commitments",
        "Passages that promise something which is not on record.",
        PossibleCommitment,
        lambda on: PossibleCommitment.objects.waiting(),
        to_commitment="",
    ),
    Need(
        "proposals",
        "Proposed statuses",
        "Statuses that wait to be confirmed.",
        StatusProposal,
        lambda on: StatusProposal.objects.waiting(),
    ),
    Need(
        "goalposts",
        "Goalposts",
        "Passages that say a promise otherwise than it is recorded.",
        Goalpost,
        lambda on: Goalpost.objects.waiting(),
        to_commitment="evidence__commitment",
    ),
    Need(
        "corrections",
        "Corrections asked for",
        "What readers say is wrong, not answered yet.",
        CorrectionRequest,
        lambda on: CorrectionRequest.objects.waiting(),
    ),
    Need(
        "figures",
        "Figures from tables",
        "Editions with figures that wait for a decision.",
        TableReading,
        lambda on: TableReading.objects.waiting(),
        to_commitment="",
    ),
    Need(
        "lost",
        "Figures not found again",
        "The last edition has other sheets, headings or units than were pointed at: nothing was taken from it.",
        TablePointer,
        lambda on: TablePointer.objects.lost(),
        to_commitment="",
    ),
    Need(
        "overdue",
        "Overdue, not looked at",
        "Past their deadline, and nobody has looked at them in the last 30 days.",
        Commitment,
        lambda on: Commitment.objects.overdue_and_not_looked_at(on),
        to_commitment="pk",
    ),
    Need(
        "silent",
        "Silent",
        "Not final, and without accepted evidence from the last 90 days.",
        Commitment,
        lambda on: Commitment.objects.silent(on),
        to_commitment="pk",
    ),
    Need(
        "review",
        "Past their review",
        "Not looked at for longer than their own interval.",
        Commitment,
        lambda on: Commitment.objects.past_review(on),
        to_commitment="pk",
    ),
    Need(
        "unanswered",
        "Questions not answered",
        "Asked 20 days ago or more, without an answer.",
        Question,
        lambda on: Question.objects.long_unanswered(on),
    ),
    Need(
        "appeared",
        "Expected, and perhaps here",
        "A figure of the series has come since: say whether it is the one.",
        NextEvidence,
        lambda on: NextEvidence.objects.perhaps_here(),
    ),
    Need(
        "late",
        "Expected, and late",
        "The day by which it was to appear has passed.",
        NextEvidence,
        lambda on: NextEvidence.objects.late(on),
    ),
    Need(
        "failing",
        "Sources failing",
        "Their last look went wrong, or they are no longer at their address.",
        Source,
        lambda on: Source.objects.failing(),
        to_commitment="",
    ),
    Need(
        "stopped",
        "Digests stopped",
        "More would have gone out than usual: none goes until somebody has looked and lets it go on.",
        Brake,
        lambda on: Brake.objects.on(),
        to_commitment="",
    ),
    Need(
        "undelivered",
        "Digests not delivered",
        "Mails of the last 30 days that failed, or of which nobody knows.",
        Digest,
        lambda on: Digest.objects.undelivered(on),
        to_commitment="",
    ),
)
