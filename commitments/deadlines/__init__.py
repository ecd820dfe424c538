"""Words to an interval, in UK political time. Pure: the day the words were said comes in from outside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class ParsedDeadline:
    """What the words of a deadline say.

    The last moment falls between `earliest` and `latest`, both days included and equal for a day; both
    None where the words give no date. `precision` is a key of models.Deadline.Precision. `stated` is off
    where the date was inferred from more than the words. `event` names what it hangs on where that has no
    date yet; `not_before` is the day on which something is to begin.
    """

    text: str
    earliest: dt.date | None
    latest: dt.date | None
    precision: str
    derivation: str
    stated: bool = True
    event: str = ""
    not_before: dt.date | None = None


def parse(words: str, said_on: dt.date) -> ParsedDeadline:
    """Read a deadline as worded. Never raises: words that give no date give none."""
    return ParsedDeadline(words, None, None, "none", "no date in the words")
