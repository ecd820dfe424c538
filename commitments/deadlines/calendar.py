"""The calendar of UK politics: parliaments, elections, governments, seasons, financial and school years."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

# Years in which words are read at all. Outside them every sum of dates is refused before it is tried.
FIRST_YEAR, LAST_YEAR = 1900, 2200

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}  # the month in which each begins
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included. `precision` is a key of models.Deadline.Precision."""

    first: dt.date
    last: dt.date
    precision: str

    def __contains__(self, other: Period) -> bool:
        return self.first <= other.first and other.last <= self.last


@dataclass(frozen=True)
class Parliament:
    """A Parliament of the United Kingdom: polling day, first meeting, dissolution (None while it sits).

    `expires` is the last day on which it can be dissolved: five years after it first met.
    """

    elected: dt.date
    first_met: dt.date
    dissolved: dt.date | None

    @property
    def expires(self) -> dt.date:
        return self.first_met.replace(year=self.first_met.year + 5)

    @property
    def end(self) -> dt.date:
        return self.dissolved or self.expires


PARLIAMENTS = (
    Parliament(dt.date(1992, 4, 9), dt.date(1992, 4, 27), dt.date(1997, 4, 8)),
    Parliament(dt.date(1997, 5, 1), dt.date(1997, 5, 7), dt.date(2001, 5, 14)),
    Parliament(dt.date(2001, 6, 7), dt.date(2001, 6, 13), dt.date(2005, 4, 11)),
    Parliament(dt.date(2005, 5, 5), dt.date(2005, 5, 11), dt.date(2010, 4, 12)),
    Parliament(dt.date(2010, 5, 6), dt.date(2010, 5, 18), dt.date(2015, 3, 30)),
    Parliament(dt.date(2015, 5, 7), dt.date(2015, 5, 18), dt.date(2017, 5, 3)),
    Parliament(dt.date(2017, 6, 8), dt.date(2017, 6, 13), dt.date(2019, 11, 6)),
    Parliament(dt.date(2019, 12, 12), dt.date(2019, 12, 17), dt.date(2024, 5, 30)),
    Parliament(dt.date(2024, 7, 4), dt.date(2024, 7, 9), None),
)

# Elections to other bodies, on days fixed by law: those that were and the next that are known.
ELECTIONS = {
    "senedd": (dt.date(2016, 5, 5), dt.date(2021, 5, 6), dt.date(2026, 5, 7), dt.date(2030, 5, 2)),
    "scottish parliament": (dt.date(2016, 5, 5), dt.date(2021, 5, 6), dt.date(2026, 5, 7), dt.date(2031, 5, 1)),
    "northern ireland assembly": (dt.date(2017, 3, 2), dt.date(2022, 5, 5), dt.date(2027, 5, 6)),
    "london mayoral": (dt.date(2016, 5, 5), dt.date(2021, 5, 6), dt.date(2024, 5, 2), dt.date(2028, 5, 4)),
}

# Days on which a government took office: a new prime minister, or a new term after an election.
GOVERNMENTS = (
    dt.date(1992, 4, 10),
    dt.date(1997, 5, 2),
    dt.date(2001, 6, 8),
    dt.date(2005, 5, 6),
    dt.date(2007, 6, 27),
    dt.date(2010, 5, 11),
    dt.date(2015, 5, 8),
    dt.date(2016, 7, 13),
    dt.date(2017, 6, 9),
    dt.date(2019, 7, 24),
    dt.date(2019, 12, 13),
    dt.date(2022, 9, 6),
    dt.date(2022, 10, 25),
    dt.date(2024, 7, 5),
)

# From the dissolution of a Parliament to polling day are 25 working days; with the bank holidays of all
# parts of the country this is the longest that has to be allowed for.
DISSOLUTION_TO_POLLING = dt.timedelta(days=37)


def parliament_on(day: dt.date) -> Parliament | None:
    """The Parliament in being; during a campaign the one to be elected. None before and after those known."""
    if day < PARLIAMENTS[0].elected:
        return None
    return next((parliament for parliament in PARLIAMENTS if day < parliament.end), None)


def election_before(day: dt.date) -> dt.date | None:
    """The latest general election on or before a day."""
    return max((parliament.elected for parliament in PARLIAMENTS if parliament.elected <= day), default=None)


def election_after(day: dt.date) -> Period | None:
    """The next general election after a day; the last possible one where it has not been called."""
    following = min((parliament.elected for parliament in PARLIAMENTS if parliament.elected > day), default=None)
    if following is not None:
        return one_day(following)
    sitting = parliament_on(day)
    return one_day(sitting.expires + DISSOLUTION_TO_POLLING) if sitting else None


def government_before(day: dt.date) -> dt.date | None:
    """The day on which the government in office on a day took office."""
    return max((began for began in GOVERNMENTS if began <= day), default=None)


def government_meant(day: dt.date) -> dt.date | None:
    """The taking of office that words said on a day speak of: in a campaign, the one to come."""
    campaign = any(
        earlier.dissolved is not None and earlier.dissolved <= day <= later.elected
        for earlier, later in pairwise(PARLIAMENTS)
    )
    if campaign:
        return min((began for began in GOVERNMENTS if began > day), default=None)
    return government_before(day)


# Periods -------------------------------------------------------------------------------------------


def one_day(day: dt.date) -> Period:
    return Period(day, day, "day")


def month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def months_from(year: int, month: int, count: int, precision: str) -> Period:
    """`count` whole months; `month` may run past 12 into the next years."""
    first_index, last_index = year * 12 + month - 1, year * 12 + month + count - 2
    return Period(
        dt.date(first_index // 12, first_index % 12 + 1, 1),
        month_end(last_index // 12, last_index % 12 + 1),
        precision,
    )


def month(year: int, number: int) -> Period:
    return months_from(year, number, 1, "month")


def season(year: int, name: str) -> Period:
    """Whole months: spring is March to May; winter begins in December of its year."""
    return months_from(year, SEASONS[name], 3, "season")


def year(number: int) -> Period:
    return months_from(number, 1, 12, "year")


def years(first: int, last: int) -> Period:
    return Period(dt.date(first, 1, 1), dt.date(last, 12, 31), "period")


def financial_year(begins: int) -> Period:
    """1 April to 31 March."""
    return months_from(begins, 4, 12, "year")


def school_year(begins: int) -> Period:
    """September to August."""
    return months_from(begins, 9, 12, "year")


def financial_year_of(day: dt.date) -> int:
    return day.year if day.month >= 4 else day.year - 1


def school_year_of(day: dt.date) -> int:
    return day.year if day.month >= 9 else day.year - 1


def week_of(day: dt.date) -> Period:
    monday = day - dt.timedelta(days=day.weekday())
    return Period(monday, monday + dt.timedelta(days=6), "period")


def quarter_of(period: Period, number: int) -> Period:
    """Quarter 1 to 4 of a year of any kind."""
    return months_from(period.first.year, period.first.month + 3 * (number - 1), 3, "quarter")


def half_of(period: Period, number: int) -> Period:
    """Half 1 or 2: of days in a month, of whole months in anything longer."""
    length = _whole_months(period)
    if length < 2 or length % 2:
        middle = period.first + (period.last - period.first) // 2
        first, last = (period.first, middle) if number == 1 else (middle + ONE_DAY, period.last)
        return Period(first, last, "period")
    return months_from(period.first.year, period.first.month + length // 2 * (number - 1), length // 2, "period")


def third_of(period: Period, number: int) -> Period:
    """Early, middle or late (1 to 3). Of a decade, whole years; of a year, four months; of a season, one;
    of a month, ten days or so."""
    length = _whole_months(period)
    if length == 120:
        begins, ends = ((0, 3), (4, 6), (7, 9))[number - 1]
        return years(period.first.year + begins, period.first.year + ends)
    if length >= 3 and length % 3 == 0:
        return months_from(period.first.year, period.first.month + length // 3 * (number - 1), length // 3, "period")
    days = (period.last - period.first).days + 1
    first = period.first + dt.timedelta(days=days // 3 * (number - 1))
    last = period.last if number == 3 else period.first + dt.timedelta(days=days // 3 * number - 1)
    return Period(first, max(first, last), "period")


def _whole_months(period: Period) -> int:
    """How many whole calendar months a period is; 0 when it begins or ends within one."""
    if period.first.day != 1 or period.last != month_end(period.last.year, period.last.month):
        return 0
    return (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1


def later(day: dt.date, count: int, unit: str) -> dt.date | None:
    """`count` days, working days, weeks, months, years or decades after a day; None past LAST_YEAR.

    A month after the 31st is the last day of a shorter month. Working days are Monday to Friday.
    """
    match unit:
        case "working day":
            whole_weeks, rest = divmod(count, 5)
            if whole_weeks > 52 * LAST_YEAR:
                return None
            days = whole_weeks * 7
            while rest:
                days += 1
                rest -= (day.weekday() + days) % 7 < 5
        case "day" | "week":
            days = count * (7 if unit == "week" else 1)
        case _:
            months = count * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit]
            index = day.year * 12 + day.month - 1 + months
            if index // 12 > LAST_YEAR:
                return None
            end = month_end(index // 12, index % 12 + 1)
            return min(end, end.replace(day=min(day.day, end.day)))
    if days > (LAST_YEAR - day.year) * 365:
        return None
    return day + dt.timedelta(days=days)


def easter(of_year: int) -> dt.date:
    """Easter Sunday in the Gregorian calendar."""
    golden = of_year % 19
    century = of_year // 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_year % 100 // 4) - epact - of_year % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month_number, day_index = divmod(epact + weekday - 7 * correction + 114, 31)
    return dt.date(of_year, month_number, day_index + 1)


# In words ------------------------------------------------------------------------------------------


def day_in_words(day: dt.date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def _days_in_words(period: Period) -> str:
    first, last = period.first, period.last
    if first.year != last.year:
        return f"{day_in_words(first)} to {day_in_words(last)}"
    beginning = str(first.day) if first.month == last.month else f"{first.day} {calendar.month_name[first.month]}"
    return f"{beginning} to {day_in_words(last)}"


def in_words(period: Period) -> str:
    """A period as a reader would say it: “2 April 2025”, “January to April 2025”."""
    if period.first == period.last:
        return day_in_words(period.first)
    length = _whole_months(period)
    if not length:
        return _days_in_words(period)
    first, last = calendar.month_name[period.first.month], calendar.month_name[period.last.month]
    if length == 1:
        return f"{first} {period.first.year}"
    if period.first.year == period.last.year:
        return f"{first} to {last} {period.last.year}"
    return f"{first} {period.first.year} to {last} {period.last.year}"
