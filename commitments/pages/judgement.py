"""What editors have judged, as pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser

from commitments.models import Reply, StatusChange
from commitments.showing import Showing

from . import meanings


@dataclass(frozen=True)
class Answered:
    """What somebody replied to a verdict."""

    reply: Reply
    words: str


@dataclass(frozen=True)
class Judgement:
    """One entry of the status history. `corrected_by` are the entries that say it was wrong.

    `decided_on` is the title of the release that decided it.
    """

    change: StatusChange
    reason: str
    absence: str
    reply: str
    decided_on: str
    author: str
    second: str
    meaning: str
    corrected_by: list[StatusChange]
    replies: list[Answered]


def judgement(show: Showing, change: StatusChange, changes: Iterable[StatusChange]) -> Judgement:
    """An entry among all of its commitment."""
    decider = change.evidence
    return Judgement(
        change=change,
        reason=show.words(change.reason),
        absence=show.words(change.absence),
        reply=show.words(change.reply),
        decided_on=show.title(decider.release_id, decider.release.title) if decider else "",
        author=author(change.recorded_by),
        second=author(change.confirmed_by),
        meaning=meanings.STATUS[change.to_status],  # type: ignore[index]
        corrected_by=[other for other in changes if other.corrects_id == change.pk],
        replies=[Answered(reply, show.words(reply.words)) for reply in change.replies.all()],
    )


def author(user: AbstractUser | None) -> str:
    """The name that a person goes by in public. Names of accounts are nobody's business."""
    return (user.get_full_name() if user else "") or "an editor"
