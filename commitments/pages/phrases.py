"""Days, intervals, numbers and measurements in plain words. Pure: today comes in from outside."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from commitments.models import Comparator, Definition, Measurement, Target
from commitments.timing import FINAL, Timing

_MILLION = Decimal(1_000_000)
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
_PER_CENT = {"per cent", "%", "percent"}


def day(value: dt.date) -> str:
    """ "9 July 2029"."""
    return f"{value.day} {value:%B %Y}"


def days(count: int) -> str:
    """ "1 day", "1,200 days"."""
    return f"{count:,} day" if count == 1 else f"{count:,} days"


def span(first: dt.date, last: dt.date, joined_by: str) -> str:
    """Two days without saying their month or year twice: "4 and 5 January 2025"."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} {joined_by} {day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} {joined_by} {day(last)}"
    return f"{day(first)} {joined_by} {day(last)}"


def interval(earliest: dt.date | None, latest: dt.date | None) -> str:
    """The days on which the last moment of a deadline falls: "by 9 July 2029", "between 1 January and 30 April 2025".

    Empty when no day is known.
    """
    if latest is None:
        return ""
    if earliest is None or earliest == latest:
        return f"by {day(latest)}"
    return f"between {span(earliest, latest, 'and')}"


def number(value: Decimal) -> str:
    """ "16,400", "0.5", "1.5 million": no noughts that say nothing."""
    for scale, word in ((1000 * _MILLION, "billion"), (_MILLION, "million")):
        scaled = value / scale
        if abs(scaled) >= 1 and scaled == round(scaled, 2):
            return f"{_plain(scaled)} {word}"
    return _plain(value)


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: Decimal, unit: str, high: Decimal | None = None) -> str:
    """A number with its unit: "16,400 people", "£1.5 million", "25%", "10 to 12 weeks"."""
    symbol = _SYMBOLS.get(unit, "")
    figure = f"{symbol}{number(value)}"
    if high is not None and high != value:
        figure = f"{figure} to {symbol}{number(high)}"
    if symbol or not unit:
        return figure
    return f"{figure}%" if unit in _PER_CENT else f"{figure} {unit}"


def measurement(point: Measurement) -> str:
    """ "almost 13,500 people", "between 10 and 12 weeks"."""
    figure = quantity(point.value, point.series.unit, point.high)
    if point.qualifier == "between":
        return f"between {figure.replace(' to ', ' and ', 1)}"
    return f"{point.get_qualifier_display()} {figure}".strip()


def measured_over(point: Measurement) -> str:
    """What stretch of time a figure is about; empty when it does not say."""
    if point.period_start and point.period_end:
        return span(point.period_start, point.period_end, "to")
    if point.period_start:
        return f"since {day(point.period_start)}"
    if point.as_of or point.period_end:
        return f"on {day(point.as_of)}" if point.as_of else f"to {day(point.period_end)}"  # type: ignore[arg-type]
    return ""


def target(aim: Target) -> str:
    """ "people returned: at least 16,400 people", and that no number was given where none was."""
    if aim.value is None:
        return f"{aim.series.metric}: no number was given"
    by = {Comparator.INCREASE_BY: "an increase of", Comparator.DECREASE_BY: "a decrease of"}
    return f"{aim.series.metric}: {by.get(Comparator(aim.comparator), aim.comparator)} {quantity(aim.value, aim.unit)}"


def deadline_reading(definition: Definition) -> str:
    """How the interval was come by: "stated", or "inferred by an editor", and the derivation."""
    return definition.deadline_derivation or (
        "taken from the words" if definition.deadline_is_stated else "inferred by an editor"
    )


def timing(
    key: Timing, earliest: dt.date | None, latest: dt.date | None, status_since: dt.date | None, on: dt.date
) -> str:
    """The arithmetic behind a timing, as one sentence."""
    if key is Timing.CLOSED:
        return "A final status has been recorded, so the clock has stopped."
    if latest is None:
        return "No day is known by which it can be checked."
    if key in (Timing.ON_TIME, Timing.LATE) and status_since is not None:
        return f"Achieved on {day(status_since)}, {_apart(status_since, latest)} {day(latest)}, its last day."
    if key is Timing.OVERDUE:
        return f"Its last day, {day(latest)}, was {days((on - latest).days)} ago and no final status has been recorded."
    if on == latest:
        return "Today is its last day."
    left = f"its last day is {day(latest)}, in {days((latest - on).days)}"
    if key is Timing.DUE and earliest is not None:
        return f"The time in which it is due began on {day(earliest)}; {left}."
    return f"{left[0].upper()}{left[1:]}."


def time_left(latest: dt.date | None, status: str, on: dt.date) -> str:
    """ "31 days", "none: over by 3 days". Empty where no day is known or the clock has stopped."""
    if latest is None or status in FINAL:
        return ""
    return days((latest - on).days) if latest >= on else f"none: over by {days((on - latest).days)}"


def _apart(when: dt.date, last: dt.date) -> str:
    if when == last:
        return "that is on"
    return f"{days(abs((when - last).days))} {'before' if when < last else 'after'}"
