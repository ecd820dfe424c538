"""Numbers in a passage, tied to what they count. Pure: the day of publication comes in from outside."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal

from commitments.deadlines.calendar import FIRST_YEAR, LAST_YEAR

from . import revisions
from .modality import Verb, modality, verbs
from .not_figures import counts_something, masked
from .nouns import counted
from .numbers import Number, numbers, ranges
from .periods import TimeWords, time_of, time_words
from .qualifiers import qualifier
from .shares import CHANGE


@dataclass(frozen=True)
class Figure:
    """One number as a passage gives it.

    `unit` is "GBP", "per cent", "people", or the plural noun counted; `metric` says what is counted in
    the passage's own words ("returns flights"). `qualifier` is a key of models.Qualifier; `high` is the
    upper end of a range. `change` is on for an increase or decrease ("up 25 %"), off for a level, and
    `direction` says which: "up", "down" or "". A share ("a third") is in per cent, a multiple ("doubled")
    in "times". `modality` is "happened", "under_way", "promised" or "expected". `revised` is on where the
    passage says that the figure takes the place of one published before: `revised_from`, where it gives that.
    `start` and `end` are offsets into the text that was searched.
    """

    metric: str
    value: Decimal
    unit: str
    qualifier: str
    start: int
    end: int
    high: Decimal | None = None
    as_of: dt.date | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    change: bool = False
    modality: str = "happened"
    direction: str = ""
    revised: bool = False
    revised_from: Decimal | None = None


_SENTENCE_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[A-Z0-9“\"‘'(£€$•–-])|\n\s*|(?=•)|;\s")
# How far a figure's own words reach, so that text without a full stop costs no more.
_REACH_CHARS = 300
_BARE_NUMBER_COUNTS_FROM = 100
# Prose and its tables hold no more than so many numbers; of what does, only the first are read, to bound the work.
_MOST_NUMBERS_IN_A_SHORT_TEXT = 200
_CHARS_TO_A_NUMBER = 40


def find(text: str, published: dt.date) -> list[Figure]:
    """Every figure of a text, in order. Dates, times, telephone and section numbers are not figures.

    In a text that is little but numbers only the first of them are read.
    """
    most = max(_MOST_NUMBERS_IN_A_SHORT_TEXT, len(text) // _CHARS_TO_A_NUMBER)
    written = ranges(text, numbers(text)[:most], CHANGE)
    if not written:
        return []
    sentence_ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    covered = masked(text, _stretches(text, sentence_ends, written))
    found = [number for number in written if counts_something(text, number, covered)]
    if not found:
        return []
    stretches = _stretches(text, sentence_ends, found)
    is_readable = FIRST_YEAR < published.year < LAST_YEAR
    times = time_words(text, published, stretches) if is_readable else []
    governing = verbs(text, stretches)
    figures: list[Figure] = []
    sentences: list[tuple[int, int]] = []
    for index, number in enumerate(found):
        sentence = _sentence(text, sentence_ends, number)
        following = found[index + 1].start if index + 1 < len(found) else len(text)
        figure = _figure(
            text, number, governing, sentence, time_of(times, number.start, number.end, sentence, following)
        )
        if figure is not None:
            figures.append(figure)
            sentences.append(sentence)
    return [_with_revision(text, figures, sentences, at) for at in range(len(figures))]


def _with_revision(text: str, figures: list[Figure], sentences: list[tuple[int, int]], at: int) -> Figure:
    """The figure, marked where its sentence says that it is a revised one."""
    figure, (start, end) = figures[at], sentences[at]
    if not revisions.mentions_revision(text, start, end):
        return figure
    if not revisions.is_new(text[start : figure.start], text[figure.end : end]):
        return figure
    old = [
        other.value
        for other in figures[max(0, at - 2) : at + 3]
        if start <= other.start < end
        and other.unit in (figure.unit, "")
        and revisions.is_old(text[start : other.start])
    ]
    return replace(figure, revised=True, revised_from=old[0] if old else None)


def _sentence(text: str, ends: list[int], number: Number) -> tuple[int, int]:
    """The sentence of a number, as far as its words reach."""
    at = bisect_right(ends, number.start)
    return (
        max(ends[at - 1] if at else 0, number.start - _REACH_CHARS),
        min(ends[at] if at < len(ends) else len(text), number.end + _REACH_CHARS),
    )


def _stretches(text: str, ends: list[int], found: list[Number]) -> list[tuple[int, int]]:
    """The sentences of some numbers, in order; those that overlap are one. Nothing else of a text need be read."""
    merged: list[tuple[int, int]] = []
    for number in found:
        start, end = _sentence(text, ends, number)
        if merged and start <= merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return merged


def _figure(
    text: str, number: Number, governing: list[Verb], sentence: tuple[int, int], time: TimeWords | None
) -> Figure | None:
    what = counted(text, number, sentence)
    is_bare = number.kind == "count" and not what.unit
    if is_bare and not what.is_short and number.value < _BARE_NUMBER_COUNTS_FROM:
        return None
    before, after = text[sentence[0] : number.start], text[number.end : sentence[1]]
    how = modality(text, governing, sentence, number.start, number.end)
    ahead = how in {"promised", "expected"}
    return Figure(
        metric=what.metric,
        value=number.value,
        unit=number.currency or what.unit,
        qualifier=qualifier(before, after, number.high is not None),
        start=number.start,
        end=number.end,
        high=number.high,
        as_of=None if time is None or ahead else time.last,
        period_start=None if time is None or time.is_day else time.first,
        period_end=None if time is None or time.is_day else time.last,
        change=bool(what.direction),
        modality=how,
        direction=what.direction,
    )
