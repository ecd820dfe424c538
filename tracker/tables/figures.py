"""One cell: the number in it, the signs beside it, or that there is none."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .workbook import Value


class Mark(StrEnum):
    """What a publisher's sign says of a figure."""

    PROVISIONAL = "provisional"
    REVISED = "revised"
    ESTIMATED = "estimated"


MARKS = {"p": Mark.PROVISIONAL, "r": Mark.REVISED, "e": Mark.ESTIMATED}
_WORDS = {"provisional": Mark.PROVISIONAL, "revised": Mark.REVISED, "estimate": Mark.ESTIMATED}
_WORDS["estimated"] = Mark.ESTIMATED

#: Signs in place of a figure. None of them is nought.
_MISSING = {
    *("-", "–", "—", "−", "--", ".", "..", "...", "…", ":", "*", "**", "~", "#"),
    *("n/a", "na", "n.a.", "not available", "not applicable"),
    *(f"[{sign}]" for sign in "xzcwu:"),
    "[low]",
}
_NUMBER = re.compile(
    r"""(?P<sign>[-−–]?) [£$€]? \s*
        (?P<digits> \d{1,3}(?:,\d{3})+ | \d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+ | \d+ )
        (?P<rest>\.\d+)? \s* %? """,
    re.VERBOSE,
)
#: "[r]", "(p)", "[note 3]", "[notes 3 and 4]".
BRACKETED = re.compile(r"\s*(?:\[([^\[\]]{1,40})\]|\((p|r|e|provisional|revised|estimated?)\))", re.IGNORECASE)
_LETTER = re.compile(r"(?<=\d)\s?([pre])$", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What a cell says: a number, or the sign that stands in its place, and what is said of it."""

    value: Decimal | None
    missing: str = ""
    marks: frozenset[Mark] = frozenset()


def marks_and_rest(text: str) -> tuple[frozenset[Mark], str]:
    """The marks in brackets, and the text without anything in square brackets."""
    marks = set()
    for found in BRACKETED.finditer(text):
        for word in re.split(r"[\s,;]+", (found[1] or found[2]).casefold()):
            if mark := MARKS.get(word) or _WORDS.get(word):
                marks.add(mark)
    return frozenset(marks), BRACKETED.sub("", text).strip()


def read_cell(value: Value) -> Reading | None:
    """What a cell holds where a figure is expected. None for other words, and for an empty cell."""
    if value is None:
        return None
    if not isinstance(value, str):
        return Reading(Decimal(repr(value))) if math.isfinite(value) else None
    text = " ".join(value.split())
    if text.casefold() in _MISSING:
        return Reading(None, missing=text)
    marks, rest = marks_and_rest(text)
    instead = rest.casefold() or next(iter(re.findall(r"\[[^\[\]]+\]", text.casefold())), "")
    if instead in _MISSING:
        return Reading(None, missing=text, marks=marks)
    if letter := _LETTER.search(rest):
        marks, rest = marks | {MARKS[letter[1].lower()]}, rest[: letter.start()]
    number = _NUMBER.fullmatch(rest)
    if number is None:
        return None
    digits = re.sub(r"\D", "", number["digits"])
    return Reading(Decimal(f"{'-' if number['sign'] else ''}{digits}{number['rest'] or ''}"), marks=marks)
