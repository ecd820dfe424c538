"""What the words around a period make of it: its end, its start, a part of it, the day before it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from . import calendar
from .calendar import Period
from .named_periods import Named, named_periods
from .spans import Span, spans


@dataclass(frozen=True)
class Clause:
    """One dated clause: `text` of the words, what it means, and whether something begins then."""

    start: int
    end: int
    period: Period
    begins: bool
    ends: bool
    because: str
    stated: bool


# Read backwards from a period: a part of it, then a word that says whether it begins or ends then.
_PART = re.compile(
    r"(?:\b(?P<part>early|mid|middle|half-?way|mid-?way|late|later|end|turn|start|beginning(?=\s+(?:of|in))|close|"
    r"first\s+half|second\s+half|first\s+quarter|last\s+quarter|final\s+quarter|first\s+part|latter\s+part)"
    r"(?:\s+(?:of|to|in|through|part\s+of))?(?:\s+(?:the|this|next)(?=\s*$))?[\s-]*)$"
)
_LEAD = re.compile(
    r"\b(?P<lead>not\s+(?:before|until)|no\s+(?:earlier|sooner)\s+than|(?:no|not)\s+later\s+than|with\s+effect\s+from"
    r"|(?:starting|beginning|commencing|effective)(?:\s+(?:from|in|on))?|from|since|as\s+of|after|following"
    r"|before|ahead\s+of|prior\s+to|(?:in\s+time|ready)\s+for|by|until|till|to|towards?|between|at|in|on|during|within|throughout|over|for|and|or)"
    r"(?:\s+(?:around|about|roughly|midnight|the|its|their|our|very|lifetime\s+of|course\s+of))*\s*$"
)
_BEGINS = re.compile(
    r"with\s+effect|from|since|starting|beginning|commencing|effective|as\s+of|after|following|not\s+(?:before|until)|no\s+(?:earlier|sooner)"
)
_ONLY_BEGINS = re.compile(r"after|following|not\s+(?:before|until)|no\s+(?:earlier|sooner)")
_BEFORE = re.compile(r"before|ahead|prior")
_IN_TIME_FOR = re.compile(r"in\s+time|ready")
_AT_THE_EARLIEST = re.compile(r",?\s+(?:at\s+the\s+(?:very\s+)?earliest|or\s+later)\b")
#: After a year or decade: "before the decade is out", "by the decade's end".
_ITS_END = re.compile(r"(?:'s)?\s+(?:is\s+(?:out|over)|end|close)\b|'s\s+(?:end|close)\b")
_MIDDLE = ("mid", "middle", "halfway", "half-way", "midway", "mid-way")
_THIRDS = {"early": 1, **dict.fromkeys(_MIDDLE, 2), "late": 3, "first part": 1, "latter part": 3}
_HALVES = {"first half": 1, "second half": 2}
_QUARTERS = {"first quarter": 1, "last quarter": 4, "final quarter": 4}
_LOOK_BACK_CHARS = 60


def clauses(words: str, said_on: dt.date) -> tuple[list[Clause], list[Span]]:
    """The dated clauses of lower-case words, in order, and the lengths of time that hang on an event."""
    found = spans(words, said_on)
    hanging = [span for span in found if span.period is None]
    named = [
        one
        for one in named_periods(words, said_on)
        if not any(one.start < span.end and span.start < one.end for span in found)
    ]
    dated: list[Named] = [
        Named(span.start, span.end, span.period, span.because, span.stated) for span in found if span.period
    ]
    in_order = [_clause(words, one, said_on) for one in sorted(named + dated, key=lambda one: one.start)]
    return _joined(words, in_order), hanging


def _joined(words: str, in_order: list[Clause]) -> list[Clause]:
    """“Between A and B” is one interval, from the start of A to the end of B."""
    joined: list[Clause] = []
    for clause in in_order:
        before = joined[-1] if joined else None
        if (
            before
            and words.startswith("between", before.start)
            and words.startswith("and", clause.start)
            and not words[before.end : clause.start].strip()
            and before.period.first <= clause.period.last
        ):
            period = Period(before.period.first, clause.period.last, "period")
            joined[-1] = Clause(before.start, clause.end, period, False, True, "", before.stated and clause.stated)
        else:
            joined.append(clause)
    return joined


def _clause(words: str, named: Named, said_on: dt.date) -> Clause:
    start, end, period = named.start, named.end, named.period
    own = words[named.start : named.end]
    before = words[max(0, start - _LOOK_BACK_CHARS) : start]
    part = _PART.search(before)
    name = re.sub(r"\s+", " ", part["part"]) if part else ""
    if part:
        start -= len(before) - part.start()
        before = before[: part.start()]
    lead_match = _LEAD.search(before)
    lead = lead_match["lead"] if lead_match else ""
    if lead_match:
        start -= len(before) - lead_match.start()
    if not name and period.precision in {"year", "period"} and (its_end := _ITS_END.match(words, end)):
        name, end = "end", its_end.end()
    period = _part(named, name, lead)
    begins, ends = bool(_BEGINS.match(lead)), not _ONLY_BEGINS.match(lead)
    if earliest := _AT_THE_EARLIEST.match(words, end):
        begins, ends, end = True, False, earliest.end()
    if _BEFORE.match(lead) and not name and named.stated and not own.startswith("the next"):
        period = calendar.one_day(_yet_to_begin(named, own, said_on) - calendar.ONE_DAY)
    elif _IN_TIME_FOR.match(lead) and not name and period.precision == "year":
        period = calendar.one_day(period.first)
    elif lead in {"after", "following"}:
        period = calendar.one_day(period.last + calendar.ONE_DAY)
    if named.is_term and not name and not begins:
        period = calendar.one_day(named.period.last)
    because = named.because if period.last == named.period.last and name not in _THIRDS else ""
    return Clause(start, end, period, begins, ends, because, named.stated)


def _yet_to_begin(named: Named, own: str, said_on: dt.date) -> dt.date:
    """The first day of a period; of a season or month without a year that has begun already, the next one's."""
    first = named.period.first
    begun = first <= said_on and named.period.precision in {"season", "month"}
    return first.replace(year=first.year + 1) if begun and not any(letter.isdigit() for letter in own) else first


def _part(named: Named, name: str, lead: str) -> Period:
    """A part of a period. Of one that is under way the part is that of the whole, as far as it is still to come."""
    whole = named.whole or named.period
    part = _part_of(whole, name, lead) if name else named.period
    if part.first < named.period.first <= part.last:
        return Period(named.period.first, part.last, part.precision)
    return part


def _part_of(period: Period, name: str, lead: str) -> Period:
    if name in _THIRDS:
        return calendar.third_of(period, _THIRDS[name])
    if name == "later":
        return period
    if name in _HALVES:
        return calendar.half_of(period, _HALVES[name])
    if name in _QUARTERS:
        return calendar.quarter_of(period, _QUARTERS[name])
    if name in {"end", "close", "turn"}:
        return calendar.third_of(period, 3) if lead.startswith("toward") else calendar.one_day(period.last)
    if name in {"start", "beginning"}:
        if _BEFORE.match(lead):
            return calendar.one_day(period.first - calendar.ONE_DAY)
        return calendar.third_of(period, 1) if lead in {"at", "in"} else calendar.one_day(period.first)
    return period
