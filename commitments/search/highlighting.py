"""Marks in a text what was looked for, and cuts a long text to where it stands. Makes no HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .index import Alternative
from .words import words

#: Letters of an extract, and of what stands before the first mark in it.
EXTRACT = 280
BEFORE = 90


@dataclass(frozen=True)
class Run:
    """A run of a text, and whether it is what was looked for."""

    text: str
    found: bool


Groups = Sequence[Sequence[Alternative]]


def runs(text: str, groups: Groups) -> list[Run]:
    """A whole text as runs, which joined are the text."""
    return _runs(text, 0, len(text), _spans(text, groups))


def extract(text: str, groups: Groups) -> list[Run]:
    """The stretch of a text that says most of what was looked for, as runs; its beginning if nothing was."""
    spans = _spans(text, groups)
    if len(text) <= EXTRACT:
        return _runs(text, 0, len(text), spans)
    begin = 0
    if spans:
        most = max(range(len(spans)), key=lambda at: (_within(spans, at), -at))
        begin = max(spans[most][0] - BEFORE, 0)
    begin = min(begin, len(text) - EXTRACT)
    start, end = _at_a_word(text, begin), _at_a_word(text, begin + EXTRACT)
    found = _runs(text, start, end, [span for span in spans if span[0] >= start and span[1] <= end])
    return [
        *([Run("… ", found=False)] if start else []),
        *found,
        *([Run(" …", found=False)] if end < len(text) else []),
    ]


def has_marks(found: Sequence[Run]) -> bool:
    return any(run.found for run in found)


def _within(spans: Sequence[tuple[int, int, str]], at: int) -> tuple[int, int]:
    """How many different words, and how many words, an extract from this one on would mark."""
    inside = [span[2] for span in spans[at:] if span[1] <= spans[at][0] + EXTRACT - BEFORE]
    return len(set(inside)), len(inside)


def _at_a_word(text: str, place: int) -> int:
    """The beginning of the word at a place, or the end of the text."""
    if place <= 0 or place >= len(text):
        return max(min(place, len(text)), 0)
    found = max(text.rfind(" ", 0, place), text.rfind("\n", 0, place)) + 1
    return found or place


def _spans(text: str, groups: Groups) -> list[tuple[int, int, str]]:
    """Where words stand that were looked for, alone or as the phrase that they were looked for in."""
    there = list(words(text))
    single = {one for group in groups for each in group if not each.together for one in each.stems if one}
    phrases = [each.stems for group in groups for each in group if each.together]
    marked = {at for at, word in enumerate(there) if word.stem in single}
    for phrase in phrases:
        for at in range(len(there) - len(phrase) + 1):
            if all(not one or there[at + place].stem == one for place, one in enumerate(phrase)):
                marked |= set(range(at, at + len(phrase)))
    return [(there[at].start, there[at].end, there[at].stem) for at in sorted(marked)]


def _runs(text: str, start: int, end: int, spans: Sequence[tuple[int, int, str]]) -> list[Run]:
    found: list[Run] = []
    at = start
    for begin, finish, _ in spans:
        if begin > at:
            found.append(Run(text[at:begin], found=False))
        found.append(Run(text[begin:finish], found=True))
        at = finish
    if at < end:
        found.append(Run(text[at:end].rstrip() if end < len(text) else text[at:end], found=False))
    return found
