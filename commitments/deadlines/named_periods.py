"""Names of periods in a deadline's words: days, months, seasons, years of all kinds, terms of Parliament."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import calendar
from .calendar import Period


@dataclass(frozen=True)
class Named:
    """A period named from `start` to `end` of the words.

    `because` explains a reading that the calendar alone does not; `stated` is off for a guess. `whole` is the
    period of which `period` is what is still to come, where it is under way. `is_term` is on for a term of office,
    which is meant to its last day.
    """

    start: int
    end: int
    period: Period
    because: str = ""
    stated: bool = True
    whole: Period | None = None
    is_term: bool = False


@dataclass(frozen=True)
class UnderWay:
    """What is still to come of a whole period."""

    rest: Period
    whole: Period
    because: str = ""
    is_term: bool = False


Meaning = tuple[Period, str, bool] | UnderWay | Period | None
Reader = Callable[[re.Match[str], dt.date], Meaning]

_MONTH = (
    r"january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_SEASON = r"spring|summer|autumn|winter"
_WEEKDAY = "|".join(calendar.WEEKDAYS)
_YEAR = r"(?:19|20|21)\d\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_NUMBERED = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "last": 4, "final": 4}
_YEARS_KIND = r"financial|fiscal|tax|academic|school"
_WHICH = r"this|next|the next|the coming|the current|the present|the following|the new|the"
_FOLLOWING = frozenset({"next", "the next", "the coming", "the following", "the new"})


def _month_number(name: str) -> int:
    return next(number for month, number in calendar.MONTHS.items() if month.startswith(name[:3]))


def _day(year: int, month: int, day: int) -> Period | None:
    try:
        return calendar.one_day(dt.date(year, month, day))
    except ValueError:  # 31 June: a slip of the pen, and no date
        return None


def _day_number(text: str) -> int:
    return int(text.rstrip("stndrh"))


def _day_of_month(match: re.Match[str], said_on: dt.date) -> Meaning:
    day, month = _day_number(match["day"]), _month_number(match["month"])
    if match["year"]:
        return _day(int(match["year"]), month, day)
    return next((p for year in _years_from(said_on) if (p := _day(year, month, day)) and p.last >= said_on), None)


def _years_from(said_on: dt.date) -> range:
    """Enough years to meet a 29 February again."""
    return range(said_on.year - 1, said_on.year + 9)


def _next_to_end(said_on: dt.date, named: Callable[[int], Period]) -> Period:
    """The first period of that name which is not over."""
    return next(period for year in _years_from(said_on) if (period := named(year)).last >= said_on)


def _next_to_begin(said_on: dt.date, named: Callable[[int], Period]) -> Period:
    return next(period for year in _years_from(said_on) if (period := named(year)).first > said_on)


def _from_two(first: Period | None, last: Period | None) -> Period | None:
    if first is None or last is None or last.last < first.first:
        return None
    return Period(first.first, last.last, first.precision if first == last else "period")


def _days_to_day(match: re.Match[str], said_on: dt.date) -> Meaning:
    year = int(match["year"])
    last_month = _month_number(match["month2"])
    first_month = _month_number(match["month1"]) if match["month1"] else last_month
    first_year = year if first_month <= last_month else year - 1
    return _from_two(
        _day(first_year, first_month, _day_number(match["day1"])), _day(year, last_month, _day_number(match["day2"]))
    )


def _months_to_month(match: re.Match[str], said_on: dt.date) -> Meaning:
    first, last, year = _month_number(match["month1"]), _month_number(match["month2"]), int(match["year"])
    return _from_two(calendar.month(year if first <= last else year - 1, first), calendar.month(year, last))


def _seasons_to_season(match: re.Match[str], said_on: dt.date) -> Meaning:
    year = int(match["year"])
    return _from_two(calendar.season(year, match["season1"]), calendar.season(year, match["season2"]))


_BEFORE_A_MONTH = re.compile(r"(?:^|\b(?:in|by|from|of|until|till|before|since|early|mid|late|end|during))[\s-]+$|^$")


def _is_a_month(match: re.Match[str]) -> bool:
    """“May” and “march” are verbs too, unless a year, “next” or a word such as “by” goes with them."""
    if match["month"] not in {"may", "march", "mar"} or match["year"] or match["which"]:
        return True
    return bool(_BEFORE_A_MONTH.search(match.string[max(0, match.start() - 10) : match.start()]))


def _month(match: re.Match[str], said_on: dt.date) -> Meaning:
    if not _is_a_month(match):
        return None
    number = _month_number(match["month"])
    if match["year"]:
        return calendar.month(int(match["year"]), number)
    if match["which"] == "next":
        return _next_to_begin(said_on, lambda year: calendar.month(year, number))
    return _next_to_end(said_on, lambda year: calendar.month(year, number))


def _season(match: re.Match[str], said_on: dt.date) -> Meaning:
    name = match["season"]
    if match["year"]:
        return calendar.season(int(match["year"]), name)
    choose = _next_to_begin if match["which"] == "next" else _next_to_end
    return choose(said_on, lambda year: calendar.season(year, name))


def _year_of_kind(kind: str, begins: int) -> Period:
    return calendar.school_year(begins) if kind in {"academic", "school"} else calendar.financial_year(begins)


def _double_year(match: re.Match[str], said_on: dt.date) -> tuple[Period, str, bool] | Period | None:
    first, ends = int(match["year"]), match["year2"]
    last = int(ends) if len(ends) == 4 else first - first % 100 + int(ends)
    if last == first + 1:
        if match["kind"] == "winter":
            return calendar.season(first, "winter")
        period = _year_of_kind(match["kind"] or "financial", first)
        kind = "school" if match["kind"] in {"academic", "school"} else "financial"
        return period, f"the {kind} year {first}-{last % 100:02}", True
    return calendar.years(first, last) if last > first else None


def _quarter_or_half(match: re.Match[str], said_on: dt.date) -> Meaning:
    whole = _some_year(match["whole"], said_on)
    if whole is None:
        return None
    number = _number_of_part(match)
    if match["h"] or match["part"] == "half":
        return calendar.half_of(whole, min(number, 2)) if number in {1, 2, 4} else None
    return calendar.quarter_of(whole, number) if number <= 4 else None


def _number_of_part(match: re.Match[str]) -> int:
    return int(match["q"] or match["h"] or _NUMBERED[match["ordinal"]])


def _part_without_year(match: re.Match[str], said_on: dt.date) -> Meaning:
    number = _number_of_part(match)
    if number > 4 or (number > 2 and (match["h"] or match["part"] == "half")):
        return None
    part = calendar.half_of if match["h"] or match["part"] == "half" else calendar.quarter_of
    period = _next_to_end(said_on, lambda year: part(calendar.year(year), number))
    return period, "taken as a part of the calendar year", False


def _this_quarter(match: re.Match[str], said_on: dt.date) -> Meaning:
    following = match["which"] in _FOLLOWING
    first = said_on.month - (said_on.month - 1) % 3
    whole = calendar.months_from(said_on.year, first + 3 * following, 3, "quarter")
    return whole if following else UnderWay(_rest(said_on, whole), whole)


_DOUBLE_YEAR = re.compile(
    rf"\b(?:(?P<kind>{_YEARS_KIND}|winter)\s+(?:years?\s+)?(?:of\s+)?|fy\s?)?(?P<year>{_YEAR})"
    rf"(?:\s+to\s+|\s?[-/]\s?)(?P<year2>{_YEAR}|\d\d)\b(?![-/]\d)"
)


#: "FY25/26" and "25/26", where the first cannot be a month: a day and a month are written so too.
_SHORT_DOUBLE_YEAR = re.compile(
    r"\b(?:fy\s?(?P<year>\d\d)\s?[-/]\s?|(?P<bare>1[3-9]|[2-9]\d)/)(?P<year2>\d\d)\b(?![-/.\d])"
)


def _short_double_year(match: re.Match[str], said_on: dt.date) -> Meaning:
    first = int(match["year"] or match["bare"])
    if int(match["year2"]) != first + 1:
        return None
    period = calendar.financial_year(2000 + first)
    return period, f"the financial year {2000 + first}-{first + 1:02}", True


def _some_year(words: str, said_on: dt.date) -> Period | None:
    """The year in “the first quarter of …”."""
    if double := _DOUBLE_YEAR.fullmatch(words):
        meaning = _double_year(double, said_on)
        return meaning[0] if isinstance(meaning, tuple) else meaning
    if words.isdigit():
        return calendar.year(int(words))
    following = words.startswith("next")
    for kind, current in (("financial", calendar.financial_year_of), ("fiscal", calendar.financial_year_of)):
        if kind in words:
            return calendar.financial_year(current(said_on) + following)
    return calendar.year(said_on.year + following)


def _kind_of_year(match: re.Match[str], said_on: dt.date) -> Meaning:
    school = match["kind"] in {"academic", "school"}
    current = calendar.school_year_of(said_on) if school else calendar.financial_year_of(said_on)
    following = match["which"] in _FOLLOWING
    period = _year_of_kind(match["kind"], current + following)
    return period, f"the {match['kind']} year runs from {calendar.in_words(period)}", True


def _calendar_year(match: re.Match[str], said_on: dt.date) -> Meaning:
    if match["which"] in {"next", "the following"}:
        return calendar.year(said_on.year + 1)
    first = said_on + calendar.ONE_DAY if match["later"] else said_on
    whole = calendar.year(said_on.year)
    return UnderWay(_rest(first, whole), whole)


def _this_time_next(match: re.Match[str], said_on: dt.date) -> Meaning:
    end = calendar.later(said_on, 1, match["unit"])
    return calendar.one_day(end) if end else None


def _rest(first: dt.date, whole: Period) -> Period:
    """What is left of a period that has begun."""
    return Period(min(first, whole.last), whole.last, whole.precision)


def _month_or_week(match: re.Match[str], said_on: dt.date) -> Meaning:
    following = match["which"] in {"next", "the following"}
    if match["unit"] == "week":
        whole = calendar.week_of(said_on + dt.timedelta(days=7 * following))
    else:
        whole = calendar.months_from(said_on.year, said_on.month + following, 1, "month")
    if following:
        return whole
    return UnderWay(_rest(said_on + calendar.ONE_DAY if match["later"] else said_on, whole), whole)


def _week_of_day(match: re.Match[str], said_on: dt.date) -> Meaning:
    day = _day_of_month(match, said_on)
    return calendar.week_of(day.first) if isinstance(day, Period) else None


def _new_year(match: re.Match[str], said_on: dt.date) -> Meaning:
    period = calendar.third_of(calendar.year(int(match["year"] or said_on.year + 1)), 1)
    return period, "taken as its first four months", False


def _decade(match: re.Match[str], said_on: dt.date) -> Meaning:
    if match["decade"]:
        first = int(match["decade"])
        return calendar.years(first, first + 9)
    first = said_on.year - said_on.year % 10 + (10 if match["which"] == "next" else 0)
    whole = calendar.years(first, first + 9)
    return UnderWay(_rest(max(said_on, whole.first), whole), whole, f"the decade runs from {first} to {first + 9}")


def _parliament(match: re.Match[str], said_on: dt.date) -> Meaning:
    parliament = calendar.parliament_on(said_on)
    if parliament is None:
        return None
    end = calendar.day_in_words(parliament.end)
    how = f"was dissolved on {end}" if parliament.dissolved else f"ends on {end} at the latest"
    because = f"the Parliament elected on {calendar.day_in_words(parliament.elected)} {how}"
    rest = Period(min(said_on, parliament.end), parliament.end, "period")
    return UnderWay(rest, Period(parliament.elected, parliament.end, "period"), because, is_term=True)


def _session(match: re.Match[str], said_on: dt.date) -> Meaning:
    """A session of Parliament ends on a day that nobody knows before it comes."""
    return None


def _election(match: re.Match[str], said_on: dt.date) -> Meaning:
    polling = calendar.election_after(said_on)
    if polling is None:
        return None
    return polling, f"a general election is held by {calendar.in_words(polling)} at the latest", True


_FIXED_FEASTS = {
    "christmas": (12, 25),
    "christmas day": (12, 25),
    "christmas eve": (12, 24),
    "new year's day": (1, 1),
    "new year's eve": (12, 31),
}


_BODIES = {"welsh parliament": "senedd", "holyrood": "scottish parliament", "stormont": "northern ireland assembly"}


def _elected_body(match: re.Match[str], said_on: dt.date) -> Meaning:
    """The next election to a body, or the term of it that runs until the day before."""
    body = re.sub(r"\s+", " ", match["body"])
    elections = calendar.ELECTIONS[_BODIES.get(body, body)]
    following = next((day for day in elections[1:] if day > said_on), None)
    if following is None or said_on < elections[0]:
        return None
    if match["election"]:
        return calendar.one_day(following), f"the election is held on {calendar.day_in_words(following)}", True
    elected = max(day for day in elections if day <= said_on)
    end = following - calendar.ONE_DAY
    because = f"the next election is held on {calendar.day_in_words(following)}"
    return UnderWay(Period(said_on, end, "period"), Period(elected, end, "period"), because, is_term=True)


def _festival(match: re.Match[str], said_on: dt.date) -> Meaning:
    def named(year: int) -> Period:
        fixed = _FIXED_FEASTS.get(re.sub(r"\s+", " ", match["festival"]))
        return calendar.one_day(dt.date(year, *fixed) if fixed else calendar.easter(year))

    return named(int(match["year"])) if match["year"] else _next_to_end(said_on, named)


def _recess(match: re.Match[str], said_on: dt.date) -> Meaning:
    """When the Commons usually rises. Each year's day is only announced some months before."""
    name = match["recess"]

    def rises(year: int) -> Period:
        sunday = calendar.easter(year)
        first, last = {
            "february": (dt.date(year, 2, 8), dt.date(year, 2, 20)),
            "easter": (sunday - dt.timedelta(days=19), sunday - dt.timedelta(days=3)),
            "whitsun": (dt.date(year, 5, 20), dt.date(year, 5, 26)),
            "summer": (dt.date(year, 7, 15), dt.date(year, 7, 31)),
            "conference": (dt.date(year, 9, 12), dt.date(year, 9, 21)),
            "autumn": (dt.date(year, 11, 4), dt.date(year, 11, 10)),
            "christmas": (dt.date(year, 12, 15), dt.date(year, 12, 23)),
        }[name]
        return Period(first, last, "period")

    period = rises(int(match["year"])) if match["year"] else _next_to_end(said_on, rises)
    return period, "the days between which the Commons usually rises for it", False


def _weekday(match: re.Match[str], said_on: dt.date) -> Meaning:
    ahead = (calendar.WEEKDAYS[match["weekday"]] - said_on.weekday()) % 7
    if ahead == 0 and match["which"] == "next":
        ahead = 7
    return calendar.one_day(said_on + dt.timedelta(days=ahead))


def _near_day(match: re.Match[str], said_on: dt.date) -> Meaning:
    if match[0] in {"today", "tonight"}:
        return calendar.one_day(said_on)
    return calendar.one_day(said_on + dt.timedelta(days=2 if match[0].endswith("after tomorrow") else 1))


def _weekend(match: re.Match[str], said_on: dt.date) -> Meaning:
    sunday = calendar.week_of(said_on).last + dt.timedelta(days=7 * (match["which"] == "next"))
    return _rest(max(said_on, sunday - calendar.ONE_DAY), Period(sunday - calendar.ONE_DAY, sunday, "period"))


# Earlier readers take their words before later ones see them, so the more specific come first.
_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (
        re.compile(rf"\b(?P<y>{_YEAR})-(?P<m>\d\d?)-(?P<d>\d\d?)\b"),
        lambda match, said_on: _day(int(match["y"]), int(match["m"]), int(match["d"])),
    ),
    (
        re.compile(rf"\b(?P<d>\d\d?)[/.](?P<m>\d\d?)[/.](?P<y>{_YEAR}|\d\d)\b"),
        lambda match, said_on: _day(int(match["y"]) % 2000 + 2000, int(match["m"]), int(match["d"])),
    ),
    (
        re.compile(
            rf"(?:\bweek\s+(?:commencing|beginning|starting|of)|\bw/c)\s+(?:(?:{_WEEKDAY}),?\s+)?"
            rf"(?P<day>{_DAY})\s+(?P<month>{_MONTH})\b(?:,?\s+(?P<year>{_YEAR})\b)?"
        ),
        _week_of_day,
    ),
    (
        re.compile(
            rf"\b(?P<day1>{_DAY})(?:\s+(?P<month1>{_MONTH}))?\s?(?:-|\bto\b|\band\b)\s?"
            rf"(?P<day2>{_DAY})\s+(?P<month2>{_MONTH})\s+(?P<year>{_YEAR})\b"
        ),
        _days_to_day,
    ),
    (
        re.compile(
            rf"\b(?:(?:{_WEEKDAY}),?\s+)?(?:the\s+)?(?P<day>{_DAY})\s+(?:of\s+)?(?P<month>{_MONTH})\b"
            rf"(?:,?\s+(?P<year>{_YEAR})\b)?"
        ),
        _day_of_month,
    ),
    (re.compile(rf"\b(?P<month>{_MONTH})\s+(?P<day>{_DAY})\b(?:,?\s+(?P<year>{_YEAR})\b)?"), _day_of_month),
    (
        re.compile(
            rf"\b(?:(?:q|quarter\s)(?P<q>[1-4])|h(?P<h>[12])|(?P<ordinal>{'|'.join(_NUMBERED)})\s+(?P<part>quarter|half))"
            rf"(?:\s+of)?\s+(?:the\s+)?(?P<whole>{_YEAR}(?:(?:\s+to\s+|[-/])(?:{_YEAR}|\d\d)\b)?"
            rf"|(?:this|next)\s+(?:financial\s+|fiscal\s+|calendar\s+)?year|(?:financial\s+|fiscal\s+)?year)\b"
        ),
        _quarter_or_half,
    ),
    (
        re.compile(
            rf"\b(?:q(?P<q>[1-4])|h(?P<h>[12])|(?:the\s+)(?P<ordinal>{'|'.join(_NUMBERED)})\s+(?P<part>quarter))\b"
            r"(?!\s*(?:of|to|/|-|\d))"
        ),
        _part_without_year,
    ),
    (re.compile(r"\b(?P<which>this|the\s+current|the\s+next|next|(?<=end\sof\s)the)\s+quarter\b"), _this_quarter),
    (
        re.compile(
            rf"\b(?P<season1>{_SEASON})\s?(?:\bto\b|\band\b|\bor\b|-|/)\s?(?P<season2>{_SEASON})\s+(?P<year>{_YEAR})\b"
        ),
        _seasons_to_season,
    ),
    (
        re.compile(
            rf"\b(?P<month1>{_MONTH})\s?(?:\bto\b|\band\b|\bor\b|-|/)\s?(?P<month2>{_MONTH})\s+(?P<year>{_YEAR})\b"
        ),
        _months_to_month,
    ),
    (_DOUBLE_YEAR, _double_year),
    (_SHORT_DOUBLE_YEAR, _short_double_year),
    (
        re.compile(
            r"\bparliament\s+(?:rises|breaks\s+up|goes\s+into\s+recess)\s+(?:for|at)\s+(?:the\s+)?"
            r"(?P<recess>summer|easter|christmas)\b(?P<year>)"
        ),
        _recess,
    ),
    (
        re.compile(
            rf"\b(?P<recess>february|easter|whitsun|summer|conference|autumn|christmas)\s+"
            rf"(?:parliamentary\s+)?recess(?:\s+(?:in\s+|of\s+)?(?P<year>{_YEAR})\b)?"
        ),
        _recess,
    ),
    (
        re.compile(
            r"\b(?P<festival>christmas(?:\s+(?:day|eve))?|new\s+year's\s+(?:day|eve)|easter(?:\s+sunday)?)\b"
            rf"(?:\s+(?P<year>{_YEAR})\b)?"
        ),
        _festival,
    ),
    (
        re.compile(
            rf"\b(?:(?P<which>this|next|the|coming)\s+)?(?P<season>{_SEASON})\b"
            rf"(?:(?:\s+(?:budget|statement))?\s+(?:of\s+)?(?P<year>{_YEAR})\b)?"
        ),
        _season,
    ),
    (
        re.compile(
            rf"\b(?:(?P<which>this|next|coming)\s+)?(?P<month>{_MONTH})\b(?:,?\s+(?:of\s+)?(?P<year>{_YEAR})\b)?"
        ),
        _month,
    ),
    (re.compile(rf"\b(?P<which>{_WHICH})\s+(?P<kind>{_YEARS_KIND})\s+year\b"), _kind_of_year),
    (re.compile(rf"\b(?:the\s+)?new\s+year\b(?:\s+(?P<year>{_YEAR})\b)?"), _new_year),
    (re.compile(r"\bthis\s+time\s+next\s+(?P<unit>week|month|year)\b"), _this_time_next),
    (re.compile(r"\b(?P<decade>(?:19|20|21)\d0)['’]?s\b|\b(?P<which>this|next|the)\s+decade\b"), _decade),
    (
        re.compile(
            r"\b(?P<later>later\s+)?(?P<which>this|next|the\s+following|(?:the\s+)?current|the)\s+(?:calendar\s+)?year\b"
            r"(?!\s+(?:to|ending|after))"
        ),
        _calendar_year,
    ),
    (
        re.compile(
            r"\b(?P<later>later\s+)?(?P<which>this|next|the\s+following|(?<=end\sof\s)the|(?<=within\s)the)\s+"
            r"(?P<unit>month|week)\b"
        ),
        _month_or_week,
    ),
    (re.compile(r"\b(?P<which>this|next|the)\s+(?:coming\s+)?weekend\b"), _weekend),
    (
        re.compile(r"\b(?:year[\s-]end|year's\s+end|year's\s+close)\b"),
        lambda m, on: calendar.one_day(dt.date(on.year, 12, 31)),
    ),
    (
        re.compile(
            r"\b(?:this|current|next|first|second|third|fourth|final|last)\s+(?:parliamentary\s+)?session\b"
            r"(?:\s+of\s+(?:this|the)\s+(?:current\s+|new\s+)?parliament\b)?"
        ),
        _session,
    ),
    (
        re.compile(
            r"\b(?:(?:this|the|the\s+current|the\s+present|current)\s+(?:lifetime\s+of\s+the\s+)?parliament(?:ary\s+term)?"
            r"|this\s+term\s+of\s+(?:office|government))\b(?!'s\s+(?!end))(?!ary)"
        ),
        _parliament,
    ),
    (
        re.compile(
            r"\b(?:(?:the\s+)?next(?=[\w\s]{1,40}?\s+election)|this|(?:the\s+)?current|the)\s+"
            r"(?P<body>senedd|welsh\s+parliament|scottish\s+parliament|holyrood|northern\s+ireland\s+assembly|stormont"
            r"|london\s+mayoral)(?:(?P<election>\s+elections?)|\s+term|(?<=this\ssenedd))\b"
        ),
        _elected_body,
    ),
    (re.compile(r"\b(?:the\s+)?next\s+(?:uk\s+)?(?:general\s+)?election\b"), _election),
    (re.compile(rf"\b(?P<which>this|next|on|by|from|until|before)?\s*\b(?P<weekday>{_WEEKDAY})\b"), _weekday),
    (
        re.compile(
            r"\btoday\b|\btonight\b|\btomorrow\b|\bthe\s+(?:(?:following|next)\s+day|day\s+after)\b(?:\s+tomorrow\b)?"
        ),
        _near_day,
    ),
    (
        re.compile(rf"\b(?P<year>{_YEAR})\b(?![,.]\d|%|\s*(?:per\s?cent|million|billion))(?<![£$€]\d\d\d\d)"),
        lambda match, said_on: calendar.year(int(match["year"])),
    ),
)


def named_periods(words: str, said_on: dt.date) -> list[Named]:
    """The periods that lower-case words name, in their order, none overlapping another."""
    taken: list[tuple[int, int]] = []
    found: list[Named] = []
    for pattern, reader in _READERS:
        for match in pattern.finditer(words):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())  # also where it has no meaning: of “31 June 2025” the rest is no date
            found.extend(_named(match, reader(match, said_on)))
    return sorted(found, key=lambda named: named.start)


def _named(match: re.Match[str], meaning: Meaning) -> Iterator[Named]:
    if isinstance(meaning, tuple):
        period, because, stated = meaning
        yield Named(match.start(), match.end(), period, because, stated)
    elif isinstance(meaning, UnderWay):
        yield Named(match.start(), match.end(), meaning.rest, meaning.because, True, meaning.whole, meaning.is_term)
    elif meaning is not None:
        yield Named(match.start(), match.end(), meaning)
