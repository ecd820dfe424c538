"""How each commitment stood at any moment, as the record was then. Pure.

Two times are told apart: the day on which something holds, and the moment at which it was written down. So what was
overdue before a window began is what we would have said then, and something that is recorded late is new when it is
recorded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from commitments import timing
from commitments.digests.lines import Named
from commitments.models.commitment import SILENCE


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a history: `value` holds from `holds_from`, as written at `recorded_at` under the key `pk`.

    One that was corrected counts for nothing from `corrected_at` on.
    """

    holds_from: dt.date
    pk: int
    recorded_at: dt.datetime
    corrected_at: dt.datetime | None = None


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Deadline(Entry):
    due_from: dt.date | None = None
    due_by: dt.date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Judgement(Entry):
    status: str = ""
    day_is_known: bool = True


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that is needed to say how one public commitment stood. `heard_on` is the day of its latest evidence."""

    of: Named
    on_record_since: dt.datetime
    made_on: dt.date | None
    heard_on: dt.date | None
    deadlines: tuple[Deadline, ...]
    judgements: tuple[Judgement, ...]

    def standing(self, on: dt.date, as_of: dt.datetime) -> Standing | None:
        """How it stood on a day, by what was written down until a moment; None if it was not on record by then."""
        if self.on_record_since > as_of:
            return None
        deadline = _in_force(self.deadlines, on, as_of)
        judgement = _in_force(self.judgements, on, as_of)
        if deadline is None:
            return None
        status = judgement.status if judgement else "not_started"
        since = judgement.holds_from if judgement and judgement.day_is_known else None
        clock = timing.timing(deadline.due_from, deadline.due_by, status, since, on)
        return Standing(clock, status, deadline, self.was_silent(on) and status not in timing.FINAL)

    def was_silent(self, on: dt.date) -> bool:
        """Whether, but for its status, nothing had been heard of it for too long, by all that is known today."""
        since = on - SILENCE
        promised_before = self.made_on is None or self.made_on <= since
        return promised_before and (self.heard_on is None or self.heard_on <= since)


@dataclass(frozen=True, slots=True)
class Standing:
    timing: timing.Timing
    status: str
    deadline: Deadline
    is_silent: bool

    @property
    def groups(self) -> tuple[str, ...]:
        """Which of the lists of a digest it belongs in: "overdue" or "due_soon", and "silent"."""
        clock = (self.timing.value,) if self.timing in (timing.Timing.OVERDUE, timing.Timing.DUE_SOON) else ()
        return (*clock, "silent") if self.is_silent else clock


def _in_force(entries: Iterable[E], on: dt.date, as_of: dt.datetime) -> E | None:
    """As of `HistoryQuerySet.latest_in_force_first`, of what was written down and not yet corrected."""
    known = [
        entry
        for entry in entries
        if entry.recorded_at <= as_of and (entry.corrected_at is None or entry.corrected_at > as_of)
    ]
    begun = [entry for entry in known if entry.holds_from <= on]
    if begun:
        return max(begun, key=lambda entry: (entry.holds_from, entry.pk))
    return min(known, key=lambda entry: (entry.holds_from, -entry.pk), default=None)
