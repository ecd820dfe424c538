"""What changed between two versions of a text, paragraph by paragraph and word by word. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new"]

#: A paragraph is the same one, reworded, if it keeps this share of the words of both together.
SAME_PARAGRAPH = 0.4
#: Of a replaced stretch, a paragraph is looked for among so many of the other version.
LOOKED_AT = 30
#: A longer paragraph that changed is shown as gone and new: finding its words would take for ever.
MOST_WORDS = 3_000


@dataclass(frozen=True)
class Piece:
    """Words that stand in both versions (`same`), in the earlier alone (`gone`) or in the later alone (`new`)."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Row:
    """A paragraph of the earlier version beside that of the later; no pieces where the other has none."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def unchanged(self) -> bool:
        return self.before == self.after

    @property
    def inline(self) -> list[Piece]:
        """Both in one: what is gone stands before what is new in its place."""
        merged: list[Piece] = []
        earlier, later = list(self.before), list(self.after)
        while earlier or later:
            if earlier and earlier[0].kind == "gone":
                merged.append(earlier.pop(0))
            elif later and later[0].kind == "new":
                merged.append(later.pop(0))
            else:  # the same words stand first in both
                merged.append(later.pop(0))
                earlier.pop(0)
        return merged


def compared(before: str, after: str) -> list[Row]:
    """All paragraphs of two versions in order, those that match side by side."""
    one, other = _paragraphs(before), _paragraphs(after)
    rows: list[Row] = []
    for tag, first, first_end, second, second_end in SequenceMatcher(None, one, other).get_opcodes():
        if tag == "equal":
            rows += [_unchanged(text) for text in one[first:first_end]]
        else:
            rows += _replaced(one[first:first_end], other[second:second_end])
    return rows


def _paragraphs(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def _unchanged(text: str) -> Row:
    piece = (Piece("same", text),)
    return Row(piece, piece)


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    """Paragraphs in place of others, each beside the next that it may be a rewording of; what is gone comes first."""
    at = 0
    words = [set(text.split()) for text in before]
    added: list[Row] = []
    for text in after:
        mine = set(text.split())
        ahead = range(at, min(at + LOOKED_AT, len(before)))
        match = next((place for place in ahead if _are_alike(words[place], mine)), None)
        if match is None:
            added.append(Row((), (Piece("new", text),)))
            continue
        yield from _gone(before[at:match])
        yield from added
        yield _reworded(before[match], text)
        at, added = match + 1, []
    yield from _gone(before[at:])
    yield from added


def _gone(texts: Sequence[str]) -> Iterator[Row]:
    return (Row((Piece("gone", text),), ()) for text in texts)


def _are_alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= SAME_PARAGRAPH * len(one | other)


def _reworded(before: str, after: str) -> Row:
    one, other = before.split(), after.split()
    if max(len(one), len(other)) > MOST_WORDS:
        return Row((Piece("gone", before),), (Piece("new", after),))
    earlier: list[Piece] = []
    later: list[Piece] = []
    for tag, first, first_end, second, second_end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            same = Piece("same", " ".join(other[second:second_end]))
            earlier.append(same)
            later.append(same)
            continue
        if first_end > first:
            earlier.append(Piece("gone", " ".join(one[first:first_end])))
        if second_end > second:
            later.append(Piece("new", " ".join(other[second:second_end])))
    return Row(tuple(earlier), tuple(later))
