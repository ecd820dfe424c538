"""Whether a passage says that a figure takes the place of one published before."""

from __future__ import annotations

import re

_REVISED = re.compile(r"\b(?:revis(?:ed|es|ing|ion|ions)|correct(?:ed|s|ing|ion)|restated)\b|\(r\)", re.IGNORECASE)
_MARK_AFTER = re.compile(r"^\s?(?:\w+\s){0,2}\(\s?(?:r|revised|corrected)\s?\)", re.IGNORECASE)
_REPLACES_AFTER = re.compile(
    r"^[^.;:\d]{0,30}?,?\s(?:revised|corrected)\s+(?:(?:up|down)(?:wards)?\s+)?from\b", re.IGNORECASE
)
#: What stands between a word of revision and the figure that holds now; the one “from” which it was revised is old.
_NOW = re.compile(
    r"\b(?:to|at|is|are|now|a|revised|corrected|of)\s+"
    r"(?:(?:just|about|around|nearly|almost|over|under|more|than|a|revised|corrected|total|of|now)\s+){0,3}$",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"\b(?:from|instead\s+of|not|rather\s+than|previously|originally|first\s+(?:given|published|reported)\s+as)\s+"
    r"(?:(?:the|just|about|around|nearly|almost|over|under|more|than|an?|estimate|estimated|of)\s+){0,4}$",
    re.IGNORECASE,
)


def mentions_revision(text: str, start: int, end: int) -> bool:
    """Whether a sentence speaks of a revision at all."""
    return _REVISED.search(text, start, end) is not None


def is_new(before: str, after: str) -> bool:
    """Whether the words of its sentence make a figure the one that holds now.

    “Revised from 9,400 to 9,600”, “a revised 9,600”, “9,600 (r)”, “9,600, corrected from 9,400”.
    """
    if _OLD.search(before):
        return False
    if _MARK_AFTER.match(after) or _REPLACES_AFTER.match(after):
        return True
    return _REVISED.search(before) is not None and _NOW.search(before) is not None


def is_old(before: str) -> bool:
    """Whether the words before a figure make it the one that held before."""
    return _OLD.search(before) is not None
