"""The time that a figure speaks of, resolved against the day of publication."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from text_to_num import text2num

from commitments.deadlines import calendar
from commitments.deadlines.calendar import Period


@dataclass(frozen=True)
class TimeWords:
    """Words from `start` to `end` that say when. `first` and `last` bound a period; equal days are an as-of date."""

    start: int
    end: int
    first: dt.date
    last: dt.date
    is_day: bool = False


_MONTH = (
    r"January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
_YEAR = r"(?:19|20)\d\d"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_COUNT = (
    r"\d{1,3}|a|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen|twenty(?:[\s-]four)?"
    r"|thirty|few|couple\s+of"
)
_UNIT = r"days?|weeks?|months?|quarters?|years?|decades?"
_SEASON = r"spring|summer|autumn|winter"
_OF_DAY = rf"(?:the\s+)?(?P<day>{_DAY})\s+(?:of\s+)?(?P<month>{_MONTH})\b(?:,?\s+(?P<year>{_YEAR})\b)?"
_OF_MONTH = rf"(?P<month>{_MONTH})\b(?:,?\s+(?:of\s+)?(?P<year>{_YEAR}|this\s+year|last\s+year)\b)?"
_EVENT = (
    r"(?P<election>(?:the\s+)?(?:last\s+|\d{4}\s+|July\s+)?(?:general\s+)?election\b|(?:being|we\s+were|it\s+was)\s+elected\b)"
    r"|(?P<office>(?:(?:the|this|a)\s+)?(?:new\s+|current\s+|Labour\s+|Conservative\s+|coalition\s+)*"
    r"(?:government|administration|Labour|prime\s+minister|we|it|they)\s+(?:took|came|entered|has\s+been\s+in|have\s+been\s+in|was\s+formed)"
    r"(?:\s+(?:in)?to)?(?:\s+(?:office|power|government|over))?\b|(?:taking|entering|coming\s+(?:in)?to)\s+(?:office|power|government)\b"
    r"|the\s+change\s+of\s+government\b)"
)


def _number(word: str) -> int | None:
    word = re.sub(r"[\s-]+", " ", word.lower())
    if word.isdigit():
        return int(word)
    if word == "few":
        return None
    return {"a": 1, "one": 1, "couple of": 2}.get(word) or int(text2num(word, "en"))


def _month_number(name: str) -> int:
    return next(number for month, number in calendar.MONTHS.items() if month.startswith(name.lower()[:3]))


def _day(match: re.Match[str], published: dt.date, suffix: str = "") -> dt.date | None:
    """A day; without its year the latest such day by the day of publication."""
    number, month = int(match["day" + suffix].rstrip("stndrh")), _month_number(match["month" + suffix])
    years = [int(match["year" + suffix])] if match["year" + suffix] else range(published.year, published.year - 9, -1)
    for year in years:
        if 1 <= number <= calendar.month_end(year, month).day:
            day = dt.date(year, month, number)
            if match["year" + suffix] or day <= published:
                return day
    return None


def _year_of_month(words: str | None, month: int, published: dt.date) -> int:
    if words is None:
        return published.year if month <= published.month else published.year - 1
    if words[0].isdigit():
        return int(words)
    return published.year - words.lower().startswith("last")


def _of_month(match: re.Match[str], published: dt.date) -> Period:
    month = _month_number(match["month"])
    return calendar.month(_year_of_month(match["year"], month, published), month)


Bounds = tuple[dt.date, dt.date] | None
Reader = Callable[[re.Match[str], dt.date], Bounds]


def _bounds(period: Period, published: dt.date) -> Bounds:
    """A period, cut off at the day of publication where that falls into it."""
    if period.first <= published < period.last:
        return period.first, published
    return period.first, period.last


def _since(first: dt.date | None, published: dt.date) -> Bounds:
    return (first, published) if first and first <= published else None


def _since_event(match: re.Match[str], published: dt.date) -> Bounds:
    if match["election"]:
        return _since(calendar.election_before(published), published)
    return _since(calendar.government_before(published), published)


def _ending(match: re.Match[str], published: dt.date) -> Bounds:
    """“In the year ending March 2024”, “in the 12 months to 30 June”."""
    month = _month_number(match["month"])
    year = _year_of_month(match["year"], month, published)
    last = calendar.month_end(year, month)
    if match["year"] is None and last > published:
        last = calendar.month_end(year - 1, month)  # a statistic is of a year that has ended
    if match["day"]:
        last = min(last, last.replace(day=max(1, min(last.day, int(match["day"].rstrip("stndrh"))))))
    count = _number(match["count"]) if match["count"] else 1
    if count is None:
        return None
    months = count * {"y": 12, "q": 3, "m": 1}[match["unit"][0].lower()]
    first_of_next = last + calendar.ONE_DAY
    first = _months_before(first_of_next, months)
    return (first, last) if first else None


def _months_before(day: dt.date, months: int) -> dt.date | None:
    index = day.year * 12 + day.month - 1 - months
    if index // 12 < calendar.FIRST_YEAR:
        return None
    end = calendar.month_end(index // 12, index % 12 + 1)
    return end.replace(day=min(day.day, end.day))


def _last_units(match: re.Match[str], published: dt.date) -> Bounds:
    """“In the last six months”: that long up to the day of publication."""
    count = _number(match["count"]) if match["count"] else 1
    if count is None:
        return None
    unit = match["unit"].lower()
    if unit.startswith(("d", "w")) and not unit.startswith("dec"):
        days = count * (7 if unit.startswith("w") else 1)
        return published - dt.timedelta(days=days), published
    months = count * (
        120 if unit.startswith("dec") else 12 if unit.startswith("y") else 3 if unit.startswith("q") else 1
    )
    return _since(_months_before(published, months), published)


def _one_back(match: re.Match[str], published: dt.date) -> Bounds:
    """“Last month”, “last week”, “last year”, “last quarter”: the calendar one before."""
    unit = match["unit"].lower()
    if unit == "week":
        week = calendar.week_of(published - dt.timedelta(days=7))
        return week.first, week.last
    if unit == "month":
        period = calendar.months_from(published.year, published.month - 1, 1, "month")
    elif unit == "quarter":
        period = calendar.months_from(published.year, (published.month - 1) // 3 * 3 - 2, 3, "quarter")
    elif unit == "year":
        period = calendar.year(published.year - 1)
    elif unit in calendar.SEASONS:
        period = next(
            season for back in range(3) if (season := calendar.season(published.year - back, unit)).last < published
        )
    else:
        period = calendar.financial_year(calendar.financial_year_of(published) - 1)
    return period.first, period.last


def _this(match: re.Match[str], published: dt.date) -> Bounds:
    unit = match["unit"].lower()
    if unit == "week":
        period = calendar.week_of(published)
    elif unit == "month":
        period = calendar.month(published.year, published.month)
    elif unit == "year":
        period = calendar.year(published.year)
    elif unit in calendar.SEASONS:
        period = calendar.season(published.year, unit)
    else:
        period = calendar.financial_year(calendar.financial_year_of(published))
    return _bounds(period, published)


def _next(match: re.Match[str], published: dt.date) -> Bounds:
    unit = match["unit"].lower()
    if unit == "month":
        period = calendar.months_from(published.year, published.month + 1, 1, "month")
    elif unit == "year":
        period = calendar.year(published.year + 1)
    else:
        period = calendar.financial_year(calendar.financial_year_of(published) + 1)
    return period.first, period.last


def _months_span(match: re.Match[str], published: dt.date) -> Bounds:
    first_month, last_month = _month_number(match["month1"]), _month_number(match["month"])
    last = calendar.month(_year_of_month(match["year"], last_month, published), last_month)
    year = last.first.year if first_month <= last_month else last.first.year - 1
    if match["year1"]:
        year = int(match["year1"])
    first = calendar.month(year, first_month)
    return (first.first, last.last) if first.first <= last.last else None


def _days_span(match: re.Match[str], published: dt.date) -> Bounds:
    last = _day(match, published)
    if last is None:
        return None
    month = _month_number(match["month1"]) if match["month1"] else last.month
    year = int(match["year1"]) if match["year1"] else last.year if month <= last.month else last.year - 1
    number = int(match["day1"].rstrip("stndrh"))
    if not 1 <= number <= calendar.month_end(year, month).day:
        return None
    first = dt.date(year, month, number)
    return (first, last) if first <= last else None


def _years_span(match: re.Match[str], published: dt.date) -> Bounds:
    first, last = int(match["year1"]), int(match["year"])
    return _bounds(calendar.years(first, last), published) if first < last else None


def _double_year(match: re.Match[str], published: dt.date) -> Bounds:
    first, ends = int(match["year1"]), match["year"]
    last = int(ends) if len(ends) == 4 else first - first % 100 + int(ends)
    if last != first + 1:
        return _bounds(calendar.years(first, last), published) if last > first else None
    school = (match["kind"] or "").lower() in {"academic", "school"}
    return _bounds(calendar.school_year(first) if school else calendar.financial_year(first), published)


def _part_of_year(match: re.Match[str], published: dt.date) -> Bounds:
    words = match["year"]
    number = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4, "last": 4}[match["ordinal"].lower()]
    year = (
        int(words)
        if words and words[0].isdigit()
        else published.year - bool(words and words.lower().startswith("last"))
    )
    if match["part"].lower() == "half":
        period = calendar.half_of(calendar.year(year), min(number, 2))
    else:
        period = calendar.quarter_of(calendar.year(year), number)
    return _bounds(period, published)


def _quarter(match: re.Match[str], published: dt.date) -> Bounds:
    return _bounds(calendar.quarter_of(calendar.year(int(match["year"])), int(match["quarter"])), published)


def _end_of(match: re.Match[str], published: dt.date) -> Bounds:
    if match["month"]:
        last = _of_month(match, published).last
    elif match["last"]:
        last = dt.date(published.year - 1, 12, 31)
    else:
        last = dt.date(int(match["only"]), 12, 31)
    return last, last


def _on_day(match: re.Match[str], published: dt.date) -> Bounds:
    day = _day(match, published)
    return (day, day) if day else None


def _month_named(match: re.Match[str], published: dt.date) -> Bounds:
    return _bounds(_of_month(match, published), published)


def _season_named(match: re.Match[str], published: dt.date) -> Bounds:
    return _bounds(calendar.season(int(match["year"]), match["season"].lower()), published)


def _near_day(match: re.Match[str], published: dt.date) -> Bounds:
    day = published - dt.timedelta(days=match[0].lower() == "yesterday")
    return day, day


def _since_month(match: re.Match[str], published: dt.date) -> Bounds:
    return _since(_of_month(match, published).first, published)


# What a figure is compared with is not the time it speaks of; such words are read first and set aside.
_COMPARED = re.compile(
    r"\b(?:(?:compared|relative)\s+(?:with|to)|(?:up|down)\s+(?:on|from)|on|than|against|from|versus)\s+(?:in\s+)?(?:the\s+)?"
    r"(?:same\s+(?:period|month|time|quarter|week|day|\d+\s+months|twelve\s+months)[^,.;–()]{0,30}"
    rf"|(?:previous|preceding|prior|last)\s+(?:year|month|quarter|week|12\s+months)|(?:a|one)\s+(?:year|month)\s+(?:earlier|ago|before)"
    rf"|(?:end\s+of\s+)?(?:(?:{_MONTH})\s+)?{_YEAR}(?=[\s,.;)–]|$)(?!\s+(?:to|and|until)\b))"
    r"|\b(?:the\s+)?same\s+(?:period|month|time|quarter)\s+(?:of\s+)?(?:last\s+year|the\s+(?:previous|year)\s+\w+|in\s+\d{4}|a\s+year\s+\w+)"
    r"|\b(?:a\s+year|twelve\s+months|12\s+months)\s+(?:earlier|before|ago|prior)\b"
    r"|\b(?:highest|lowest|most|fewest|biggest|largest|best|worst|smallest|first\s+time|fastest)\b[^.;,\n]{0,50}?\bsince\s+"
    rf"(?:records\s+began(?:\s+in\s+{_YEAR})?|(?:{_MONTH})?\s?{_YEAR}|\w+)"
    r"|\bsince\s+(?:records|comparable)\s+[\w ]{0,20}?(?:began|started)(?:\s+in\s+\d{4})?",
    re.IGNORECASE,
)
# What every reader looks for one of; most sentences have none.
_MAY_SAY_WHEN = re.compile(
    rf"{_YEAR}|\b(?:{_MONTH}|{_SEASON}|since|today|yesterday|day|week|month|quarter|year|decade|{_UNIT})\b",
    re.IGNORECASE,
)
# Earlier readers take their words before later ones see them.
_READERS: tuple[tuple[re.Pattern[str], bool, Reader], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), is_day, reader)
    for pattern, is_day, reader in (
        (rf"\bsince\s+(?:{_EVENT})(?:\s+(?:in|on)\s+(?:July\s+|May\s+)?{_YEAR})?", False, _since_event),
        (rf"\bsince\s+{_OF_DAY}", False, lambda m, on: _since(_day(m, on), on)),
        (rf"\bsince\s+(?:the\s+(?:start|beginning|end)\s+of\s+)?(?:last\s+)?{_OF_MONTH}", False, _since_month),
        (
            rf"\bsince\s+(?:the\s+(?:start|beginning)\s+of\s+)?(?P<only>{_YEAR})\b(?!\s?[-/–])",
            False,
            lambda m, on: _since(dt.date(int(m["only"]), 1, 1), on),
        ),
        (
            rf"\b(?:in|for|over|during|of|across)?\s*(?:the\s+)?(?:(?P<count>{_COUNT})[\s-]+)?(?P<unit>year|months?|quarters?|years)"
            rf"\s+(?:ending|to|ended|up\s+to|until)\s+(?:the\s+end\s+of\s+)?(?:(?P<day>{_DAY})\s+)?{_OF_MONTH}",
            False,
            _ending,
        ),
        (
            rf"\b(?:in|over|during|for|within)\s+(?:the\s+|just\s+the\s+)?(?:last|past|previous)\s+(?:(?P<count>{_COUNT})\s+)?(?P<unit>{_UNIT})\b"
            r"(?!\s+of\b)",
            False,
            _last_units,
        ),
        (
            rf"\b(?:between|from)\s+(?P<day1>{_DAY})(?:\s+(?P<month1>{_MONTH})(?:,?\s+(?P<year1>{_YEAR}))?)?\s?(?:and|to|until|-|–)\s?"
            rf"{_OF_DAY}",
            False,
            _days_span,
        ),
        (
            rf"\b(?:(?:between|from|in)\s+)?(?P<month1>{_MONTH})(?:\s+(?P<year1>{_YEAR}))?\s?(?:\band\b|\bto\b|\bthrough\b|-|–)\s?{_OF_MONTH}",
            False,
            _months_span,
        ),
        (rf"\b(?:between|from)\s+(?P<year1>{_YEAR})\s+(?:and|to)\s+(?P<year>{_YEAR})\b", False, _years_span),
        (
            rf"\b(?:(?P<kind>financial|academic|school|tax|fiscal)\s+year\s+)?(?P<year1>{_YEAR})(?:\s?[-/–]\s?|\s+to\s+)(?P<year>{_YEAR}|\d\d)\b"
            r"(?!-\d)",
            False,
            _double_year,
        ),
        (
            r"\b(?:the\s+)?(?P<ordinal>first|second|third|fourth|final|last)\s+(?P<part>half|quarter)\s+of\s+"
            rf"(?P<year>{_YEAR}|this\s+year|last\s+year|the\s+year)\b",
            False,
            _part_of_year,
        ),
        (rf"\bQ(?P<quarter>[1-4])\s+(?:of\s+)?(?P<year>{_YEAR})\b", False, _quarter),
        (
            rf"\b(?:at|by|as\s+(?:of|at))\s+(?:the\s+)?end\s+of\s+(?:{_OF_MONTH}|(?P<last>last\s+year)|(?P<only>{_YEAR})\b)",
            True,
            _end_of,
        ),
        (rf"\b(?:on|at|as\s+(?:of|at)|by)\s+(?:\w+day,?\s+)?{_OF_DAY}", True, _on_day),
        (
            r"\b(?P<unit>(?<=last\s)(?:month|week|year|quarter|spring|summer|autumn|winter|(?:financial|fiscal|tax)\s+year))\b",
            False,
            _one_back,
        ),
        (
            r"\b(?:(?:so\s+far|earlier|later)\s+)?this\s+(?P<unit>month|week|year|spring|summer|autumn|winter|(?:financial|fiscal|tax)\s+year)\b",
            False,
            _this,
        ),
        (r"\bnext\s+(?P<unit>month|year|(?:financial|fiscal|tax)\s+year)\b", False, _next),
        (rf"\b(?:in|during|for|throughout|by|of|to|as\s+of)\s+{_OF_MONTH}", False, _month_named),
        (rf"\b(?P<season>{_SEASON})\s+(?:of\s+)?(?P<year>{_YEAR})\b", False, _season_named),
        (
            rf"\b(?:in|during|for|throughout|across)\s+(?:the\s+year\s+|calendar\s+year\s+)?(?P<only>{_YEAR})\b(?!\s?[-/–]\d)(?!\s+(?:Act|census)\b)",
            False,
            lambda m, on: _bounds(calendar.year(int(m["only"])), on),
        ),
        (r"\b(?:yesterday|today)\b(?!['’]s)", True, _near_day),
    )
)


def time_words(text: str, published: dt.date, stretches: Iterable[tuple[int, int]]) -> list[TimeWords]:
    """All words that say when in some stretches of a text, in order, none overlapping another."""
    taken = bytearray(len(text))
    found: list[TimeWords] = []
    for start, end in stretches:
        if not _MAY_SAY_WHEN.search(text, start, end):
            continue
        for match in _COMPARED.finditer(text, start, end):
            taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
        for pattern, is_day, reader in _READERS:
            for match in pattern.finditer(text, start, end):
                if any(taken[match.start() : match.end()]):
                    continue
                bounds = reader(match, published)
                if bounds is not None:
                    taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
                    found.append(TimeWords(match.start(), match.end(), *bounds, is_day))
    return sorted(found, key=lambda words: words.start)


def time_of(
    found: list[TimeWords], start: int, end: int, sentence: tuple[int, int], next_figure: int
) -> TimeWords | None:
    """The time a figure from `start` to `end` speaks of: said after it before the next figure, else before it."""
    index = bisect_left(found, end, key=lambda words: words.start)
    if index < len(found) and found[index].start < min(sentence[1], next_figure):
        return found[index]
    before = found[index - 1] if index else None
    if before is not None and before.start >= sentence[0] and before.end <= start:
        return before
    following = found[index] if index < len(found) else None
    return following if following is not None and following.start < sentence[1] else None
