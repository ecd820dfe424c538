"""Marking the passages of a text that are used as evidence. Pure: works on offsets, and makes no HTML."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """A stretch of a text, from `start` up to `end`, that the evidence with this key quotes."""

    key: int
    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """A run of text within one paragraph that the same passages cover.

    `begins` are the keys of passages whose first piece this is, `ends` of those whose last piece it is.
    """

    text: str
    covered: bool
    begins: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


Paragraph = list[Piece]


def locate(text: str, quote: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, however the spaces between its words run. None if it does not."""
    words = quote.split()
    if not words:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), text)
    return found.span() if found else None


def paragraphs(text: str, passages: Iterable[Passage]) -> list[Paragraph]:
    """A text as paragraphs of pieces, cut where passages begin and end.

    Each passage begins in exactly one piece and ends in exactly one, also where passages overlap or run
    on over paragraphs; the pieces' texts joined are the paragraphs as they stand.
    """
    marked = sorted(passages, key=lambda passage: (passage.start, -passage.end, passage.key))
    blocks = [match.span() for match in re.finditer(r"\S(?:.*?\S)??(?=\s*\n\s*\n|\s*\Z)", text, re.DOTALL)]
    inside = [(passage, touched[0][0], touched[-1][1]) for passage in marked if (touched := _touched(passage, blocks))]
    return [_cut(text, block, inside) for block in blocks]


def quoted(words: str, keys: Iterable[int]) -> Paragraph:
    """A paragraph that is one passage, quoted by the evidence with these keys."""
    return [Piece(words, covered=True, begins=tuple(keys), ends=tuple(keys))]


def _touched(passage: Passage, blocks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of blocks that a passage covers."""
    return [
        (max(passage.start, first), min(passage.end, last))
        for first, last in blocks
        if passage.start < last and passage.end > first
    ]


def _cut(text: str, block: tuple[int, int], inside: list[tuple[Passage, int, int]]) -> Paragraph:
    first, last = block
    here = [(passage, start, end) for passage, start, end in inside if start < last and end > first]
    edges = {first, last}
    for _, start, end in here:
        edges |= {edge for edge in (start, end) if first < edge < last}
    cuts = sorted(edges)
    return [
        Piece(
            text=text[start:end],
            covered=any(opened <= start and end <= closed for _, opened, closed in here),
            begins=tuple(passage.key for passage, opened, _ in here if opened == start),
            ends=tuple(passage.key for passage, _, closed in here if closed == end),
        )
        for start, end in itertools.pairwise(cuts)
    ]
