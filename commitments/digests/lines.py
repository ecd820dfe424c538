"""What a digest can say of one commitment, each kind of news a value of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """A commitment as a digest names it. `url` is the address of its page; `owner` may be empty."""

    commitment_id: int
    title: str
    url: str
    owner: str


@dataclass(frozen=True)
class DueLine:
    """One whose deadline has passed or is near. `days` to or since `due_by`, never negative; `status` for people."""

    of: Named
    status: str
    due_by: dt.date
    deadline_text: str
    days: int


@dataclass(frozen=True)
class SilentLine:
    """One of which nothing has been heard for long. `since` is the day of the latest accepted evidence, or that of
    the promise, where there is none; None where neither is known."""

    of: Named
    status: str
    since: dt.date | None
    was_heard: bool


@dataclass(frozen=True)
class ChangeLine:
    """One whose status was changed. `status` and `status_before` are for people; the latter may be empty.

    `is_correction` where it takes back an earlier entry of ours: `status_before` is what we had wrongly said.
    """

    of: Named
    status: str
    status_before: str
    holds_from: dt.date
    reason: str
    recorded_at: dt.datetime
    is_correction: bool


@dataclass(frozen=True)
class WordingLine:
    """One that is worded otherwise now: by its owner, or, where it `is_correction`, by us, who had it wrong.

    `how` is the kind of change ("date changed"). `statement_before` and `deadline_before` are empty where they are
    as they were.
    """

    of: Named
    how: str
    statement: str
    statement_before: str
    deadline: str
    deadline_before: str
    holds_from: dt.date
    note: str
    recorded_at: dt.datetime
    is_correction: bool


@dataclass(frozen=True)
class Passage:
    """A piece of evidence, in the words that may be shown. `says_again` if it only repeats what was known."""

    of: Named
    url: str
    words: str
    relation: str
    publisher: str
    published_on: dt.date
    title: str
    recorded_at: dt.datetime
    says_again: bool


@dataclass(frozen=True)
class EvidenceLine:
    """What was accepted of one commitment: the newest passages first, and how many of them say again what was known."""

    of: Named
    passages: tuple[Passage, ...]
    says_again: int
