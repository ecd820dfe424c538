"""Lengths of time in a deadline's words: “within ten years”, “over the next 12 months”."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from fractions import Fraction

from text_to_num import text2num

from . import calendar
from .calendar import Period
from .named_periods import Named, named_periods


@dataclass(frozen=True)
class Span:
    """A length of time read from `start` to `end` of the words.

    Without a period it hangs on an event without a date, whose words lie at `event_at`.
    """

    start: int
    end: int
    period: Period | None
    because: str
    stated: bool = True
    event_at: tuple[int, int] = (0, 0)


_SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen"
)
_COUNT = (
    rf"\d{{1,3}},\d{{3}}|\d{{1,4}}|half\s+an?|half|an?|a\s+couple\s+of|{_SMALL}"
    rf"|(?:twenty|thirty|forty|fifty|sixty|ninety)(?:[\s-](?:{_SMALL}))?|(?:a|one)\s+hundred"
)
_UNIT = r"hour|working\s+day|calendar\s+day|day|week|fortnight|quarter(?!\s+of\b)|calendar\s+month|month|year|decade"

_SPAN = re.compile(
    rf"(?:\b(?P<lead>within|inside|in\s+(?:less|fewer|under)\s+than|in\s+under|in|over|during|throughout|across|for)\s+)?"
    rf"\b(?:(?:the|a\s+period\s+of|its|our|their|his|her|just|around|about)\s+)?"
    rf"(?:(?P<which>next|coming|following|first|initial)\s+)?"
    rf"(?:(?P<least>{_COUNT})(?:\s+(?:to|or)\s+|\s?-\s?)(?={_COUNT}))?"
    rf"(?:(?P<count>{_COUNT})(?P<half>\s+and\s+a\s+half)?[\s-]+)?"
    rf"(?P<unit>{_UNIT})(?P<plural>s'?|'s)?(?P<half2>\s+and\s+a\s+half)?\b(?P<time>\s+time\b)?"
    rf"(?:\s+(?:or\s+less|at\s+most|or\s+sooner))?"
    rf"(?:\s+(?P<hang>of|from|after|following)\s+(?P<event>[^,.;:()]{{2,80}}))?"
)
_OFFICE = re.compile(
    r"^(?:the\s+)?(?:(?:government|labour|we|it|party)\s+)?(?:taking\s+(?:up\s+)?office|(?:coming|came)\s+(?:in)?to\s+(?:office|power|government)"
    r"|entering\s+(?:office|government)|assuming\s+office|(?:a\s+|the\s+|this\s+)?(?:new\s+|next\s+|labour\s+|conservative\s+|coalition\s+)*"
    r"(?:government|administration|premiership)|office|power)\b"
)
_ELECTED = re.compile(
    r"^(?:(?:being|getting)\s+elected|(?:the\s+)?(?:last\s+|recent\s+)?(?:general\s+)?election|winning\b.*)\b"
)
_PARLIAMENT = re.compile(r"^(?:this|the)\s+(?:new\s+|current\s+)?parliament\b(?!ary)")
_NOW = re.compile(r"^(?:now|today|this\s+(?:date|announcement|publication))\b")
_VAGUE = re.compile(
    r"\b(?:coming|next\s+few|next\s+couple\s+of|following|next\s+several"
    r"|(?:within|in|over)\s+(?:a\s+matter\s+of|a\s+few|several)|within)\s+(?P<unit>days|weeks|months)\b"
)
# How far words without a number reach at most, as we read them.
_VAGUE_REACH_MONTHS = {"weeks": 2, "months": 6}
_VAGUE_REACH_DAYS = 14


def spans(words: str, said_on: dt.date) -> list[Span]:
    """The lengths of time in lower-case words that end on a day or hang on an event."""
    found = [span for match in _SPAN.finditer(words) if (span := _span(match, said_on))]
    return found + [_vague(match, said_on) for match in _VAGUE.finditer(words)]


def _vague(match: re.Match[str], said_on: dt.date) -> Span:
    unit = match["unit"]
    if unit == "days":
        last = said_on + dt.timedelta(days=_VAGUE_REACH_DAYS)
    else:
        last = calendar.months_from(said_on.year, said_on.month + _VAGUE_REACH_MONTHS[unit], 1, "month").last
    period = Period(said_on, last, "period")
    return Span(match.start(), match.end(), period, "the words give no date; an estimate", stated=False)


def _span(match: re.Match[str], said_on: dt.date) -> Span | None:
    length = _length(match)
    if length is None:
        return None
    count, unit = length
    if match["unit"] == "quarter" and not match["count"]:
        return None  # a quarter of the calendar
    leads = bool(match["lead"]) and match["lead"] not in {"for"}
    follows = match["which"] in {"next", "coming", "following"} and (leads or match["lead"] == "for" or match["count"])
    first = match["which"] in {"first", "initial"}
    if match["hang"] and (leads or first or match["count"] or match["hang"] in {"after", "following"}):
        return _hanging(match, count, unit, said_on)
    if first and (match["count"] or leads):
        return _of_government(
            match.start(),
            match.end("plural") if match["plural"] else match.end("unit"),
            count,
            unit,
            said_on,
            stated=False,
        )
    if not ((match["count"] and (leads or match["time"])) or follows):
        return None
    end = calendar.later(said_on, count, unit)
    if end is None:
        return None
    because = f"{_in_words(count, unit)} from {calendar.day_in_words(said_on)}"
    stated = "couple" not in (match["count"] or "")
    least = _length(match, "least") if match["least"] else None
    begin = calendar.later(said_on, *least) if least else None
    period = Period(begin, end, "period") if begin and begin < end else calendar.one_day(end)
    return Span(match.start(), match.end(), period, because, stated=stated)


def _length(match: re.Match[str], which: str = "count") -> tuple[int, str] | None:
    """How many of which unit, in whole units; halves become months or days, hours days.

    `which` of the two numbers in "two to three years" is meant: "least" is the first.
    """
    unit = re.sub(r"\s+", " ", match["unit"]).removeprefix("calendar ")
    if not match["count"] and match["plural"] == "s":
        return None
    words = (match[which] or "1").replace(",", "")
    halves = which == "count" and bool(match["half"] or match["half2"])
    if words.isdigit():
        count = Fraction(words)
    elif words.startswith("half"):
        count = Fraction(1, 2)
    elif "couple" in words:
        count = Fraction(2)
    else:
        count = Fraction(
            1
            if words in {"a", "an"}
            else text2num(re.sub(r"^a\s+hundred", "one hundred", words).replace("-", " "), "en")
        )
    count += Fraction(1, 2) if halves else 0
    if unit == "hour":
        return math.ceil(count / 24), "day"
    if unit in {"fortnight", "quarter"}:
        unit, count = ("week", count * 2) if unit == "fortnight" else ("month", count * 3)
    finer = {"decade": ("year", 10), "year": ("month", 12), "month": ("day", 30), "week": ("day", 7)}
    while count.denominator != 1:
        if unit not in finer:
            return None
        unit, factor = finer[unit]
        count = Fraction(round(count * factor)) if unit == "day" else count * factor
    return int(count), unit


def _hanging(match: re.Match[str], count: int, unit: str, said_on: dt.date) -> Span | None:
    start, event = match.start(), match["event"].strip()
    if hit := _OFFICE.match(event):
        return _of_government(start, match.start("event") + hit.end(), count, unit, said_on)
    if hit := _ELECTED.match(event):
        elected = calendar.election_before(said_on)
        if elected is None:
            return None
        return _counted_from(start, match.start("event") + hit.end(), count, unit, elected, "the election")
    if hit := _NOW.match(event):
        return _counted_from(start, match.start("event") + hit.end(), count, unit, said_on, "the day it was said")
    if hit := _PARLIAMENT.match(event):
        sitting = calendar.parliament_on(said_on)
        if sitting is None:
            return None
        return _counted_from(
            start, match.start("event") + hit.end(), count, unit, sitting.first_met, "its first meeting"
        )
    dated = named_periods(event, said_on)
    if dated:
        end = match.start("event") + dated[0].end
        return _of_period(match, end, count, unit, dated[0], event[dated[0].start : dated[0].end])
    if match["hang"] == "of" and match["lead"] not in {"within", "inside"}:
        return None
    return Span(start, match.end(), None, "", event_at=match.span("event"))


def _of_period(match: re.Match[str], end: int, count: int, unit: str, named: Named, event: str) -> Span | None:
    """A length of time at the beginning of a period, or one that is counted from a day in it."""
    whole = named.whole or named.period
    if match["which"] in {"first", "initial"} and match["hang"] == "of":
        past = calendar.later(whole.first, count, unit)
        part = Period(whole.first, past - calendar.ONE_DAY, "period") if past else None
        return Span(match.start(), end, part, "") if part and part in whole else None
    if match["hang"] == "from" or whole.first == whole.last:
        first = calendar.later(whole.first, count, unit)
        last = _counted_from(match.start(), end, count, unit, whole.last, event)
        if first is None or last is None or last.period is None or whole.first == whole.last:
            return last
        return Span(match.start(), end, Period(first - calendar.ONE_DAY, last.period.last, "period"), last.because)
    return _counted_from(match.start(), end, count, unit, whole.last, event)


def _of_government(start: int, end: int, count: int, unit: str, said_on: dt.date, stated: bool = True) -> Span | None:
    took_office = calendar.government_meant(said_on)
    if took_office is None:
        return None
    span = _counted_from(start, end, count, unit, took_office, "taking office")
    return span and Span(span.start, span.end, span.period, span.because, stated)


def _counted_from(start: int, end: int, count: int, unit: str, base: dt.date, event: str) -> Span | None:
    """The first day may count or not, so the last falls on one of two days."""
    last = calendar.later(base, count, unit)
    if last is None:
        return None
    period = Period(last - calendar.ONE_DAY, last, "day")
    because = f"{_in_words(count, unit)} from {event} on {calendar.day_in_words(base)}"
    return Span(start, end, period, because)


def _in_words(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
