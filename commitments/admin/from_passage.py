"""A commitment made from a passage that promises something: its form filled in, and the passage its first evidence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from commitments import decisions
from commitments.admin import reviewing
from commitments.admin.person import signed_in
from commitments.admin.possible import after
from commitments.models import Administration, Commitment, Evidence, PossibleCommitment, Relation
from commitments.queue import Queue
from tracker.models import Release, Revision


class Origin(ABC):
    """The passage that a commitment is made from."""

    release: Release
    revision: Revision
    quote: str

    def commitment(self) -> dict[str, Any]:
        """What the form of the commitment is filled in with: when it was said, under whom, who is likely to owe it."""
        said_on = timezone.localdate(self.release.published_at)
        in_office = Administration.objects.filter(took_office__lte=said_on).filter(
            Q(left_office=None) | Q(left_office__gt=said_on)
        )
        return {"made_on": said_on, "administration": in_office.values_list("pk", flat=True).first()}

    def definition(self) -> dict[str, Any]:
        """And the form of what was promised: in their words, with where they said them."""
        return {
            "statement": self.quote,
            "quote": self.quote,
            "quote_url": self.release.url,
            "quote_title": self.release.title[:300],
            "announced_on": timezone.localdate(self.release.published_at),
        }

    def attach(self, request: HttpRequest, made: Commitment) -> None:
        """Make the passage evidence of the new commitment, and decide what waited.

        If that must not be (a colleague was first), the commitment is kept and the person told.
        """
        try:
            with transaction.atomic():
                self.decide(made, decisions.Deed(signed_in(request)))
        except decisions.DecisionRefused as error:
            messages.warning(request, f"{made.reference} is recorded, but without the passage: {error}")
        else:
            messages.success(request, f"The passage is evidence of {made.reference}, and no longer waits.")

    @abstractmethod
    def decide(self, made: Commitment, deed: decisions.Deed) -> None:
        """Accept the passage for the new commitment. Raises DecisionRefused where that must not be."""

    @abstractmethod
    def onward(self) -> str:
        """The address to go on to."""


class FromSuggestion(Origin):
    """A suggestion of the queue, the mark of it that the person saw, and where in the queue they were."""

    def __init__(self, evidence: Evidence, seen: str, queue: Queue) -> None:
        self.evidence, self.seen, self.queue = evidence, seen, queue
        self.release, self.revision, self.quote = evidence.release, evidence.revision, evidence.quote

    def commitment(self) -> dict[str, Any]:
        return {**super().commitment(), "department": self.evidence.commitment.department_id}

    def decide(self, made: Commitment, deed: decisions.Deed) -> None:
        (piece,) = decisions.assign(self.evidence, deed, [made], keep=False, seen=self.seen)
        again = {figure["start"]: figure["restated"] for figure in piece.figures}
        decisions.correct(piece, deed, relation=Relation.ANNOUNCES, tier=piece.tier, restated=again)
        decisions.accept(piece, deed)

    def onward(self) -> str:
        return reviewing.page_of(self.queue.past(self.evidence))


class FromPossible(Origin):
    """A passage that waited among the possible new commitments."""

    def __init__(self, possible: PossibleCommitment) -> None:
        self.possible = possible
        self.release, self.revision, self.quote = possible.release, possible.revision, possible.quote

    def definition(self) -> dict[str, Any]:
        return {**super().definition(), "deadline_text": self.possible.deadline_text}

    def decide(self, made: Commitment, deed: decisions.Deed) -> None:
        decisions.record_possible(self.possible, made, deed)

    def onward(self) -> str:
        return after(self.possible)


def origin_of(request: HttpRequest) -> Origin | None:
    """Of an address with `?from=EVIDENCE&seen=MARK&queue=ADDRESS` or `?possible=KEY`; None without, or for who may
    not decide.
    """
    given = request.GET
    if (key := _key(given.get("from", ""))) and request.user.has_perm("commitments.change_evidence"):
        evidence = Evidence.objects.select_related("commitment", "release", "revision").filter(pk=key).first()
        queue = Queue.asked(QueryDict(given.get("queue", "")).dict())
        return FromSuggestion(evidence, given.get("seen", ""), queue) if evidence else None
    if (key := _key(given.get("possible", ""))) and request.user.has_perm("commitments.change_possiblecommitment"):
        possible = PossibleCommitment.objects.select_related("release", "revision").filter(pk=key).first()
        return FromPossible(possible) if possible else None
    return None


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
