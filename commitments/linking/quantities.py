"""Plain numbers, sums and years of a text, to compare a passage with a commitment. Pure.

What a figure means, counts and when it holds is the work of commitments.figures; here only what was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from commitments.figures.not_figures import counts_something, masked
from commitments.figures.numbers import numbers, ranges
from commitments.figures.shares import CHANGE

#: Counts up to these are said of too much to identify anything.
LEAST_WORDED = 3
LEAST_IN_DIGITS = 10
#: In a passage that is little but numbers only the first of them are read.
MOST_NUMBERS = 60
#: A number is held against a target where it is at least and at most this many times as large.
COMPARABLE = (0.02, 5.0)
#: Dollars of every country have the same sign.
_MONEY = {"GBP": "£", "EUR": "€"}
_SIGNS = {"per cent": "%", "percentage points": "%", "times": "times"}

_YEARS = re.compile(r"\b(?P<first>(?:19|20)\d\d)(?:\s?(?:[-–/]|to)\s?(?P<second>(?:19|20)?\d\d))?\b")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: `kind` is the currency sign, "%" or "" for a count."""

    value: float
    kind: str


def quantities(text: str) -> set[Quantity]:
    """Numbers that may identify something, both ends of a range; years, dates and small counts are not kept."""
    found = set()
    written = ranges(text, numbers(text)[:MOST_NUMBERS], CHANGE)
    covered = masked(text, [(0, len(text))]) if written else bytearray()
    for number in written:
        if not counts_something(text, number, covered):
            continue
        kind = _SIGNS.get(number.kind, "") or (_MONEY.get(number.currency, "$") if number.kind == "money" else "")
        for value in (number.value, number.high):
            if value is not None and (kind or value > (LEAST_WORDED if number.worded else LEAST_IN_DIGITS)):
                found.add(Quantity(float(value), kind))
    return found


def money(found: Iterable[Quantity]) -> frozenset[Quantity]:
    """The sums of money among quantities."""
    return frozenset(quantity for quantity in found if quantity.kind and quantity.kind in "£€$")


def shares_of(target: Quantity | None, found: Iterable[Quantity]) -> list[float]:
    """How many times as large as a target those numbers are that can be held against it, the target itself left out."""
    if target is None or not target.value:
        return []
    shares = [one.value / target.value for one in found if one.kind == target.kind]
    return [share for share in shares if share != 1 and COMPARABLE[0] <= share <= COMPARABLE[1]]


def years(text: str) -> set[int]:
    """Calendar years named in a text; a financial year counts as both of its years."""
    found: set[int] = set()
    for match in _YEARS.finditer(text):
        first = int(match["first"])
        found.add(first)
        if match["second"]:
            second = match["second"]
            found.add(int(second) if len(second) == 4 else first // 100 * 100 + int(second))
    return found


def financial_years(text: str) -> set[int]:
    """First years of the twelve-month years that a text names ("2026-27", "2025/26", "2024 to 2025")."""
    found = set()
    for match in _YEARS.finditer(text):
        if match["second"]:
            first, second = int(match["first"]), match["second"]
            end = int(second) if len(second) == 4 else first // 100 * 100 + int(second)
            if end == first + 1:
                found.add(first)
    return found
