"""Plain numbers, sums and years of a text, to compare a passage with a commitment. Pure.

What a figure means, counts and when it holds is the work of commitments.figures; here only what was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SCALES = {"thousand": 1e3, "k": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "trillion": 1e12}
_SPELT = {
    name: float(value)
    for value, name in enumerate(
        re.findall(
            r"\w+",
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty",
        )
    )
} | {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0}
_COUNTED = {name: value for name, value in _SPELT.items() if value > 3}

_NUMBER = re.compile(
    r"(?P<currency>[£€$])?\s?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[ \u00a0-]?(?P<scale>thousand|million|billion|trillion|mn|bn|m|k)\b)?"
    r"(?:[ \u00a0-]?(?P<per_cent>%|per ?cent\b|percent\b))?",
    re.IGNORECASE,
)
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(_COUNTED)})\b", re.IGNORECASE)
_YEARS = re.compile(r"\b(?P<first>(?:19|20)\d\d)(?:\s?(?:[-–/]|to)\s?(?P<second>(?:19|20)?\d\d))?\b")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: `kind` is the currency sign, "%" or "" for a count."""

    value: float
    kind: str


def quantities(text: str) -> set[Quantity]:
    """Numbers that may identify something; years, days of a month and numbers of ten or less in digits are not kept."""
    found = set()
    years = [match.span() for match in _YEARS.finditer(text)]
    for match in _NUMBER.finditer(text):
        if any(start <= match.start("digits") < end for start, end in years) and not match["currency"]:
            continue
        digits = match["digits"].replace(",", "")
        value = float(digits) * _SCALES.get((match["scale"] or "").lower(), 1.0)
        kind = match["currency"] or ("%" if match["per_cent"] else "")
        if kind or value > 10:
            found.add(Quantity(value, kind))
    for match in _WORD_NUMBER.finditer(text):
        found.add(Quantity(_SPELT[match.group().lower()], ""))
    return found


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
