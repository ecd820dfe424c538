"""The words of headings: without the signs that lead to notes, and compared as a reader compares them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from .figures import Mark, marks_and_rest
from .workbook import Sheet, Value, shown

_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,⁻ ]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)*")
#: "Total1", "Refusals1,2": numbers of notes only where the file has notes of these numbers.
_TRAILING = re.compile(r"(?<=[^\W\d_]{3})(?P<numbers>\d{1,2}(?:,\d{1,2})*)$")
#: A note under a table says that it is one; in a sheet of notes a number before words is enough.
_NOTE_LINE = re.compile(r"^\[?(?:(?:foot)?note\s*(\d{1,2})\b|(\d{1,2})[\].)])", re.IGNORECASE)
_NUMBERED_LINE = re.compile(r"^(\d{1,2})(?:\s+\D|$)")
_TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "−": "-"})


@dataclass(frozen=True)
class Heading:
    """The words of one heading, and what its signs say of the figures under it."""

    words: str
    marks: frozenset[Mark] = frozenset()


def heading(value: Value, notes: frozenset[str]) -> Heading | None:
    """The heading that a cell holds; None for an empty one. `notes` are the numbers of the notes that there are."""
    text = shown(value)
    if not text:
        return None
    marks, text = marks_and_rest(text)
    text = _SUPERSCRIPT.sub("", text).strip()
    trailing = _TRAILING.search(text)
    if trailing and set(trailing["numbers"].split(",")) <= notes:
        text = text[: trailing.start()].strip()
    return Heading(text.rstrip(":").strip(), marks) if text.rstrip(":").strip() else None


def notes_in(sheets: Iterable[Sheet]) -> frozenset[str]:
    """The numbers of the notes that a file explains: "Note 1", "[note 1]", "1.", and a number beside its words."""
    found: set[str] = set()
    for sheet in sheets:
        is_notes = "note" in sheet.name.casefold()
        for row in sheet.rows:
            filled = [value for value in row if value is not None]
            if not filled or isinstance(filled[0], float) or (len(filled) > 1 and not is_notes):
                continue
            text = shown(filled[0])
            line = _NOTE_LINE.match(text) or (_NUMBERED_LINE.match(text) if is_notes else None)
            if line:
                found.add(str(int(next(filter(None, line.groups())))))
    return frozenset(found)


def same_words(text: str) -> str:
    """Equal for two headings in which a reader sees the same words."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).casefold().split())
