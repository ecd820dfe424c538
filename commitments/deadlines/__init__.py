"""Words to an interval, in UK political time. Pure: the day the words were said comes in from outside."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from . import calendar
from .calendar import Period
from .grammar import Clause, clauses


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


# Deadlines are phrases. Of anything longer only the beginning is read.
MAX_READ_CHARS = 1000
MAX_QUOTED_CHARS = 120

# One character for one, so that offsets stay those of the words as typed.
_EVEN = {ord(c): " " for c in "\t\n\r\x0b\x0c\u00a0\u2009\u202f"}
_EVEN |= {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014"} | {ord("\u2019"): "'"}
_EVEN |= {ord(c): c.lower() for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}

_EVENT = re.compile(
    r"\b(?:after|following|once|when|upon|subject\s+to|pending|as\s+soon\s+as|until|at|on|by|before|with|alongside|in)\s+"
    r"(?P<event>(?:the\s+|a\s+|an\s+|its\s+|this\s+)?[^,.;:()]{0,60}?\b(?:royal\s+assent|commencement|consultation|spending\s+review"
    r"|budget|king's\s+speech|queen's\s+speech|autumn\s+statement|spring\s+statement|legislation|bill|act|session|next\s+parliament"
    r"|next\s+government|ratification|inquiry|review|election|treaty|regulations|white\s+paper|trial|pilot)\b[^,.;:()]{0,60})"
)
_HANGS_ON = re.compile(r"\b(?:after|following|once|when|upon|subject\s+to|pending)\s+(?P<event>[^,.;:()]{3,120})")
_SESSION = re.compile(
    r"\b(?P<which>this|current|next|first|second|third|fourth|final|last)\s+(?:parliamentary\s+)?session\b"
)
_SOON_AS_CAN = re.compile(
    r"\bas\s+soon\s+as\s+(?:possible|practicable|practical|it\s+can)\b"
    r"|\b(?:as\s+soon\s+as|when|once|subject\s+to|if)\s+(?:the\s+)?parliamentary\s+time\b"
)
_NEXT_PARLIAMENT = re.compile(r"\b(?:the\s+)?next\s+parliament\b")
_NEXT_PARLIAMENT_WITHOUT_DATE = "the next Parliament"


def parse(words: str, said_on: dt.date) -> ParsedDeadline:
    """Read a deadline as worded. Never raises: words that give no date give none.

    “By” a month, season or year leaves open whether its start or its end is meant, so the interval is the
    whole of it; “by the end of” one is its last day. Of several dates the last one is the deadline, and of
    two that lie within each other the narrower.
    """
    if not calendar.FIRST_YEAR <= said_on.year < calendar.LAST_YEAR:
        return ParsedDeadline(words, None, None, "none", "said in a year outside those that are read")
    read = words[:MAX_READ_CHARS]
    even = read.translate(_EVEN)
    found, hanging = clauses(even, said_on)
    event = _as_typed(read, *hanging[0].event_at) if hanging else ""
    if not found:
        return _without_date(words, read, even, event)
    deadline = _deadline(found)
    begins = min((clause.period.first for clause in found if clause.begins), default=None)
    if deadline is None:
        return ParsedDeadline(
            words, None, None, "none", _derived(read, found[0], "begins"), found[0].stated, event, begins
        )
    clause, period = deadline
    if begins is not None and begins > period.last:
        begins = None
    return ParsedDeadline(
        words,
        period.first,
        period.last,
        period.precision,
        _derived(read, clause, "is read as", period),
        clause.stated,
        event,
        begins,
    )


def _deadline(found: list[Clause]) -> tuple[Clause, Period] | None:
    """The clause that holds the deadline, and its interval."""
    ends = [clause for clause in found if clause.ends]
    only_ends = [clause for clause in ends if not clause.begins]
    latest_start = max((clause.period.first for clause in ends if clause.begins), default=None)
    if latest_start is not None:
        only_ends = [clause for clause in only_ends if clause.period.last >= latest_start]
    candidates = only_ends or ends
    if not candidates:
        return None
    narrow = [
        clause
        for clause in candidates
        if not any(other.period in clause.period and clause.period not in other.period for other in candidates)
    ]
    chosen = max(narrow, key=lambda clause: (clause.period.last, clause.period.first))
    return chosen, chosen.period


def _derived(read: str, clause: Clause, verb: str, period: Period | None = None) -> str:
    quoted = _as_typed(read, clause.start, clause.end)[:MAX_QUOTED_CHARS]
    meaning = f"“{quoted}” {verb} {calendar.in_words(period or clause.period)}"
    return f"{meaning}: {clause.because}" if clause.because else meaning


def _as_typed(read: str, start: int, end: int) -> str:
    return " ".join(read[start:end].split())


def _without_date(words: str, read: str, even: str, event: str) -> ParsedDeadline:
    if not event and (session := _SESSION.search(even)):
        own = session["which"] in {"this", "current"}
        event = f"the end of the {'' if own else session['which'] + ' '}parliamentary session"
    if not event and _NEXT_PARLIAMENT.search(even):
        event = _NEXT_PARLIAMENT_WITHOUT_DATE
    if not event and not _SOON_AS_CAN.search(even):
        match = _HANGS_ON.search(even) or _EVENT.search(even)
        event = _as_typed(read, *match.span("event")) if match else ""
    if event:
        return ParsedDeadline(words, None, None, "event", f"hangs on an event without a date: {event}", event=event)
    return ParsedDeadline(words, None, None, "none", "no date in the words" if words.strip() else "no words")
