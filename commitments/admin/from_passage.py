"""A commitment made from a passage that promises something: its form filled in, and the passage its first evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from commitments import decisions
from commitments.admin.person import signed_in
from commitments.models import Administration, Commitment, Evidence, Relation
from commitments.queue import Queue


@dataclass(frozen=True)
class Origin:
    """The passage, the mark of it that the person saw, and where in the queue they were."""

    evidence: Evidence
    seen: str
    queue: Queue

    @classmethod
    def of(cls, request: HttpRequest) -> Origin | None:
        """Of an address with `?from=EVIDENCE&seen=MARK&queue=ADDRESS`; None without, or for who may not decide."""
        key = request.GET.get("from", "")
        if not (key.isascii() and key.isdecimal() and len(key) < 16):
            return None
        if not request.user.has_perm("commitments.change_evidence"):
            return None
        evidence = Evidence.objects.select_related("commitment", "release", "revision").filter(pk=key).first()
        if evidence is None:
            return None
        queue = Queue.asked(QueryDict(request.GET.get("queue", "")).dict())
        return cls(evidence, request.GET.get("seen", ""), queue)

    def commitment(self) -> dict[str, Any]:
        """What the form of the commitment is filled in with: when it was said, under whom, who is likely to owe it."""
        said_on = timezone.localdate(self.evidence.release.published_at)
        in_office = Administration.objects.filter(took_office__lte=said_on).filter(
            Q(left_office=None) | Q(left_office__gt=said_on)
        )
        return {
            "made_on": said_on,
            "administration": in_office.values_list("pk", flat=True).first(),
            "department": self.evidence.commitment.department_id,
        }

    def definition(self) -> dict[str, Any]:
        """And the form of what was promised: in their words, with where they said them."""
        release = self.evidence.release
        return {
            "statement": self.evidence.quote,
            "quote": self.evidence.quote,
            "quote_url": release.url,
            "quote_title": release.title[:300],
            "announced_on": timezone.localdate(release.published_at),
        }

    def attach(self, request: HttpRequest, made: Commitment) -> None:
        """Make the passage evidence of the new commitment, and decide the suggestion that it came from.

        If that must not be (a colleague was first), the commitment is kept and the person told.
        """
        deed = decisions.Deed(signed_in(request))
        try:
            with transaction.atomic():
                (piece,) = decisions.assign(self.evidence, deed, [made], keep=False, seen=self.seen)
                again = {figure["start"]: figure["restated"] for figure in piece.figures}
                decisions.correct(piece, deed, relation=Relation.ANNOUNCES, tier=piece.tier, restated=again)
                decisions.accept(piece, deed)
        except decisions.DecisionRefused as error:
            messages.warning(request, f"{made.reference} is recorded, but without the passage: {error}")
        else:
            messages.success(request, f"The passage is evidence of {made.reference}, and no longer waits.")
