"""Where two texts say the same, word for word, and what each says instead in between. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Words that stand once in each text, in the same order, tie the two together.
RUN = 6
#: Between these, so many words in a row are no chance.
SHORT_RUN = 3
#: Two stretches with more pairs of words than this are not compared word by word.
MOST_PAIRS = 90_000


@dataclass(frozen=True)
class Stretch:
    """From a word to the one before another, counted from 0, in one text and in the other."""

    start: int
    end: int
    other_start: int
    other_end: int


def shared(one: Sequence[str], other: Sequence[str]) -> list[Stretch]:
    """What both texts say, in order: stretches of equal words of one length."""
    found: list[Stretch] = []
    for start, other_start in _in_order(_anchors(one, other)):
        before = found[-1] if found else Stretch(0, 0, 0, 0)
        if start < before.end or other_start < before.other_end:
            continue
        end, other_end = start + RUN, other_start + RUN
        while start > before.end and other_start > before.other_end and one[start - 1] == other[other_start - 1]:
            start, other_start = start - 1, other_start - 1
        while end < len(one) and other_end < len(other) and one[end] == other[other_end]:
            end, other_end = end + 1, other_end + 1
        found.append(Stretch(start, end, other_start, other_end))
    return sorted([*found, *_between(found, one, other)], key=lambda stretch: stretch.start)


def different(stretches: Sequence[Stretch], length: int, other_length: int) -> Iterator[Stretch]:
    """What lies before, between and after what both say, where there is anything."""
    end = other_end = 0
    for stretch in [*stretches, Stretch(length, length, other_length, other_length)]:
        if stretch.start > end or stretch.other_start > other_end:
            yield Stretch(end, stretch.start, other_end, stretch.other_start)
        end, other_end = stretch.end, stretch.other_end


def _between(found: Sequence[Stretch], one: Sequence[str], other: Sequence[str]) -> Iterator[Stretch]:
    """Shorter runs in what is different so far."""
    for gap in different(found, len(one), len(other)):
        if (gap.end - gap.start) * (gap.other_end - gap.other_start) > MOST_PAIRS:
            continue
        matcher = SequenceMatcher(
            None, one[gap.start : gap.end], other[gap.other_start : gap.other_end], autojunk=False
        )
        for match in matcher.get_matching_blocks():
            start, other_start = gap.start + match.a, gap.other_start + match.b
            touches = (start == gap.start and other_start == gap.other_start) or (
                start + match.size == gap.end and other_start + match.size == gap.other_end
            )
            if match.size >= SHORT_RUN or (match.size and touches):
                yield Stretch(start, start + match.size, other_start, other_start + match.size)


def _anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Where each run of words that stands once in both begins, in the order of the first."""
    places = {run: at for run, at in _runs(other).items() if at is not None}
    return [(at, places[run]) for run, at in _runs(one).items() if at is not None and run in places]


def _runs(words: Sequence[str]) -> dict[tuple[str, ...], int | None]:
    """Where each run of words begins; None if it stands more than once."""
    found: dict[tuple[str, ...], int | None] = {}
    for start in range(len(words) - RUN + 1):
        run = tuple(words[start : start + RUN])
        found[run] = None if run in found else start
    return found


def _in_order(anchors: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most anchors that are in the same order in both texts."""
    ends: list[int] = []  # the least place in the other text at which a chain of each length ends
    last: list[int] = []  # the anchor with which it does
    before: list[int] = []
    for number, (_, other) in enumerate(anchors):
        length = bisect_left(ends, other)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(other)
            last.append(number)
        else:
            ends[length], last[length] = other, number
    chain = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(anchors[number])
        number = before[number]
    return chain[::-1]
