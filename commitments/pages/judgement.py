"""What editors have judged, as pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser

from commitments.models import StatusChange

from . import meanings


@dataclass(frozen=True)
class Judgement:
    """One entry of the status history. `corrected_by` are the entries that say it was wrong."""

    change: StatusChange
    author: str
    second: str
    meaning: str
    corrected_by: list[StatusChange]


def judgement(change: StatusChange, changes: Iterable[StatusChange]) -> Judgement:
    """An entry among all of its commitment."""
    return Judgement(
        change=change,
        author=author(change.recorded_by),
        second=author(change.confirmed_by),
        meaning=meanings.STATUS[change.to_status],  # type: ignore[index]
        corrected_by=[other for other in changes if other.corrects_id == change.pk],
    )


def author(user: AbstractUser | None) -> str:
    """The name that a person goes by in public. Names of accounts are nobody's business."""
    return (user.get_full_name() if user else "") or "an editor"
