"""Taking the words of a withheld passage out of a text. Pure.

Texts are compared word by word, whatever their case, spaces and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: So many words in a row that also stand in a withheld passage give it away, in the release that it is from.
RUN = 6

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Cut:
    """Words that are to be taken out, and what is put in their place.

    With `least` words in a row of them a text gives them away; None means all of them.
    """

    words: str
    put: str
    least: int | None = None


@dataclass(frozen=True)
class Redacted:
    """A text after its cuts. `taken` are the stretches of the text before that are gone, with what stands there."""

    text: str
    taken: tuple[tuple[int, int, str], ...] = ()

    def moved(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a stretch of the text before stands now; None if any of it is gone."""
        shift = 0
        for first, last, put in self.taken:
            if first < end and last > start:
                return None
            if last <= start:
                shift += len(put) - (last - first)
        return start + shift, end + shift


def words_of(text: str) -> list[str]:
    return [match.group().casefold() for match in _WORD.finditer(text)]


def redact(text: str, cuts: Sequence[Cut]) -> Redacted:
    """The text with all that gives withheld words away replaced."""
    taken: list[tuple[int, int, str]] = []
    for cut in cuts:
        taken += [(start, end, cut.put) for start, end in _stretches(text, cut)]
    parts, at = [], 0
    kept: list[tuple[int, int, str]] = []
    for start, end, put in sorted(taken):
        if kept and start < kept[-1][1]:
            first, last, said = kept.pop()
            start, end, put = first, max(last, end), said if put in said else f"{said} {put}"
        kept.append((start, end, put))
    for start, end, put in kept:
        parts += [text[at:start], put]
        at = end
    return Redacted("".join([*parts, text[at:]]), tuple(kept))


def gives_away(text: str, cut: Cut) -> bool:
    """Whether a text says anything of what is withheld; a short one does with all of its words."""
    least = None if cut.least is None else max(1, min(cut.least, len(words_of(text))))
    return bool(_stretches(text, Cut(cut.words, cut.put, least)))


def _stretches(text: str, cut: Cut) -> list[tuple[int, int]]:
    """From first to last character of each stretch to take out, in order, without overlaps."""
    wanted = words_of(cut.words)
    length = len(wanted) if cut.least is None else min(cut.least, len(wanted))
    if not length:
        return []
    runs = {tuple(wanted[at : at + length]) for at in range(len(wanted) - length + 1)}
    found = list(_WORD.finditer(text))
    said = [match.group().casefold() for match in found]
    gone: list[list[int]] = []
    for at in range(len(said) - length + 1):
        if tuple(said[at : at + length]) not in runs:
            continue
        # A few words between two stretches are the same passage in other words.
        if gone and at - gone[-1][1] < (RUN if cut.least else 1):
            gone[-1][1] = at + length
        else:
            gone.append([at, at + length])
    return [_to_the_spaces(text, found[first].start(), found[last - 1].end()) for first, last in gone]


def _to_the_spaces(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch with the signs that cling to its first and last word: quotation marks, a full stop, a currency."""
    while start and not text[start - 1].isspace() and not text[start - 1].isalnum():
        start -= 1
    while end < len(text) and not text[end].isspace() and not text[end].isalnum():
        end += 1
    return start, end
