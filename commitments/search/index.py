"""An inverted index with the place of every word, held in memory. Pure: the same texts give the same answers anywhere.

It differs from the linker's (`linking/postings.py`) in what it is asked: every text that has all of the words, phrases
to the word, spelling by its own vocabulary; that one keeps weights of hashed terms and finds what is most alike.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .words import stem, written

#: Words of a text that are indexed. A place takes two bytes.
MOST_WORDS = 60_000
#: Words that are as if between two fields, so that no phrase runs over from one into the next.
_BETWEEN_FIELDS = 20
#: Changed texts are kept apart until there are so many; then the whole is made anew.
MOST_APART = 1_000

# Okapi BM25, of which these are the usual values.
_SATURATION = 1.2
_LENGTH_COUNTS = 0.75

Floats = npt.NDArray[np.float32]


class Field(IntEnum):
    TITLE = 0
    NAME = 1
    TEXT = 2


#: What a word is worth by where it stands.
_WORTH = np.array([3.0, 2.0, 1.0], np.float32)


class Text(NamedTuple):
    """One thing that can be found: its key, whose it is, the day that it is from as a number, its words by field."""

    key: int
    owner: int
    day: int
    fields: Sequence[tuple[Field, str]]


class _Numbers(dict[str, int]):
    """The number of each word as it is written, by its stem; 0 for one that says nothing. Grows when asked."""

    def __init__(self, terms: dict[str, int]) -> None:
        super().__init__()
        self._terms = terms

    def __missing__(self, word: str) -> int:
        number = self[word] = self._terms.setdefault(stem(word), len(self._terms))
        return number


class Vocabulary:
    """The words of one index: numbers of terms by their stems, and by the words as written. Grows with its index."""

    def __init__(self) -> None:
        self.terms: dict[str, int] = {"": 0}
        self.numbers = _Numbers(self.terms)
        self._sorted: list[str] = []

    @property
    def written(self) -> Collection[str]:
        return self.numbers.keys()

    def in_order(self) -> Sequence[str]:
        """The written words in the order of the alphabet."""
        if len(self._sorted) != len(self.numbers):
            self._sorted = sorted(self.numbers)
        return self._sorted


class Part:
    """The entries of some texts, an entry for each word that says something, ordered by term. Never changed."""

    def __init__(self, texts: Iterable[Text], vocabulary: Vocabulary) -> None:
        keys, owners, days, lengths = array("q"), array("q"), array("i"), array("i")
        terms, fields, places = array("i"), array("B"), array("H")
        for key, owner, day, parts in texts:
            before, at = len(terms), 0
            for number, text in parts:
                found = written(text)[: max(MOST_WORDS - at, 0)]
                terms.extend(map(vocabulary.numbers.__getitem__, found))
                fields.frombytes(bytes((number,)) * len(found))
                places.extend(range(at, at + len(found)))
                at += len(found) + _BETWEEN_FIELDS
            keys.append(key)
            owners.append(owner)
            days.append(day)
            lengths.append(len(terms) - before)
        self.keys = np.array(keys, np.int64)
        self.owners = np.array(owners, np.int64)
        self.days = np.array(days, np.int32)
        every = np.array(terms, np.int32)
        order = np.argsort(every, kind="stable")
        order = order[np.searchsorted(every[order], 1) :]  # without words that say nothing
        every = every[order]
        self.texts = np.repeat(np.arange(len(keys), dtype=np.int32), lengths)[order]
        self.lengths = np.bincount(self.texts, minlength=len(keys)).astype(np.float32)
        self.fields = np.array(fields, np.uint8)[order]
        self.places = np.array(places, np.uint16)[order]
        self._starts = np.searchsorted(every, np.arange(len(vocabulary.terms) + 1, dtype=np.int32))

    def entries(self, term: int) -> slice:
        if term + 1 >= len(self._starts):
            return slice(0, 0)
        return slice(int(self._starts[term]), int(self._starts[term + 1]))


class Alternative(NamedTuple):
    """Words, as written, that stand for what was asked: all of them, or `together` in this order. `worth` at most 1."""

    words: tuple[str, ...]
    together: bool = False
    worth: float = 1.0

    @property
    def stems(self) -> tuple[str, ...]:
        return tuple(map(stem, self.words))


class Found(NamedTuple):
    """What was found, as parallel arrays in no order."""

    keys: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int64]
    scores: Floats
    days: npt.NDArray[np.int32]

    def where(self, which: npt.NDArray[np.bool_]) -> Found:
        return Found(self.keys[which], self.owners[which], self.scores[which], self.days[which])

    def best_first(self) -> npt.NDArray[np.int64]:
        """Keys by score, of equals the newer first, then by key."""
        return self.keys[np.lexsort((self.keys, -self.days, -self.scores))]


@dataclass(frozen=True)
class Index:
    """Texts that can be searched. Never changed: `changed` makes another one, which shares most with this one."""

    vocabulary: Vocabulary
    parts: tuple[Part, ...]
    alive: npt.NDArray[np.bool_]
    apart: Mapping[int, Text]

    @classmethod
    def of(cls, texts: Iterable[Text]) -> Index:
        vocabulary = Vocabulary()
        part = Part(texts, vocabulary)
        return cls(vocabulary, (part,), np.ones(len(part.keys), np.bool_), {})

    def changed(self, keys: Collection[int], texts: Iterable[Text]) -> Index | None:
        """With the texts of some keys replaced by these, if any. None when it is time to make the whole anew."""
        apart = {key: text for key, text in self.apart.items() if key not in keys}
        apart |= {text.key: text for text in texts}
        if len(apart) > MOST_APART:
            return None
        first = self.parts[0]
        alive = self.alive[: len(first.keys)] & ~np.isin(first.keys, np.fromiter(keys, np.int64, len(keys)))
        second = Part(apart.values(), self.vocabulary)
        return Index(self.vocabulary, (first, second), np.append(alive, np.ones(len(apart), np.bool_)), apart)

    def __len__(self) -> int:
        return self._size

    @cached_property
    def _size(self) -> int:
        return int(self.alive.sum())

    def count(self, term_stem: str) -> int:
        """How many texts have a word."""
        return int(np.count_nonzero(self._said(term_stem))) if term_stem in self.vocabulary.terms else 0

    def find(self, groups: Sequence[Sequence[Alternative]]) -> Found:
        """The texts that have some alternative of every group."""
        total = np.where(self.alive, np.float32(0), np.float32(-1))
        for group in groups:
            best = np.zeros(len(self.alive), np.float32)
            for alternative in group:
                np.maximum(best, alternative.worth * self._scores(alternative), out=best, casting="same_kind")
            total = np.where((best > 0) & (total >= 0), total + best, np.float32(-1))
        at = np.flatnonzero(total > 0) if groups else np.zeros(0, np.int64)
        return Found(self._keys[at], self._owners[at], np.round(total[at], 3).astype(np.float32), self._days[at])

    def _scores(self, alternative: Alternative) -> Floats:
        """What each text is worth for one alternative; nought where it does not have it."""
        total = np.zeros(len(self.alive), np.float32)
        there = np.ones(len(self.alive), np.bool_)
        for one in sorted(set(alternative.stems) - {""}):  # in order: sums must come out the same
            said = self._said(one)
            there &= said > 0
            frequency = int(np.count_nonzero(said))
            rarity = np.log(1 + (len(self) - frequency + 0.5) / (frequency + 0.5))
            total += np.float32(rarity) * said * np.float32(_SATURATION + 1) / (said + self._evened)
        if alternative.together and len(alternative.stems) > 1:
            there &= self._together(alternative.stems)
        return np.where(there, total, np.float32(0))

    def _said(self, term_stem: str) -> Floats:
        """How often each text has a word, by what it is worth where it stands."""
        term = self.vocabulary.terms.get(term_stem)
        found = []
        for part in self.parts:
            entries = part.entries(term) if term is not None else slice(0, 0)
            weights = _WORTH[part.fields[entries]]
            found.append(np.bincount(part.texts[entries], weights, minlength=len(part.keys)).astype(np.float32))
        return np.where(self.alive, np.concatenate(found), np.float32(0))

    def _together(self, stems: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Where words follow each other; one that says nothing ("") may be any."""
        found = []
        for part in self.parts:
            at: npt.NDArray[np.int64] | None = None
            for distance, one in enumerate(stems):
                if not one:
                    continue
                term = self.vocabulary.terms.get(one)
                entries = part.entries(term) if term is not None else slice(0, 0)
                here = part.texts[entries].astype(np.int64) * 2**17 + part.places[entries] - distance
                at = here if at is None else np.intersect1d(at, here, assume_unique=True)
            has = np.zeros(len(part.keys), np.bool_)
            if at is not None:
                has[at >> 17] = True
            found.append(has)
        return np.concatenate(found)

    @cached_property
    def _keys(self) -> npt.NDArray[np.int64]:
        return np.concatenate([part.keys for part in self.parts])

    @cached_property
    def _owners(self) -> npt.NDArray[np.int64]:
        return np.concatenate([part.owners for part in self.parts])

    @cached_property
    def _days(self) -> npt.NDArray[np.int32]:
        return np.concatenate([part.days for part in self.parts])

    @cached_property
    def _evened(self) -> Floats:
        """What evens out that long texts say everything."""
        lengths = np.concatenate([part.lengths for part in self.parts])
        usual = float(lengths[self.alive].mean()) if self.alive.any() else 1.0
        return (_SATURATION * (1 - _LENGTH_COUNTS + _LENGTH_COUNTS * lengths / max(usual, 1.0))).astype(np.float32)


def near(word: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Words as written that one may have meant by a word that nobody wrote: those at the smallest distance.

    A word of four letters may be one letter wrong, of eight letters two; letters that changed places are one.
    """
    if len(word) < 4 or not word.isalpha():
        return
    once = {one for one in _edits(word) if one in vocabulary.written}
    if once or len(word) < 8:
        yield from sorted(once)
        return
    closest = defaultdict(list)
    for other in beginning(word[0], vocabulary):
        if abs(len(other) - len(word)) <= 2 and (distance := _distance(word, other, 2)) <= 2:
            closest[distance].append(other)
    if closest:
        yield from closest[min(closest)]


def beginning(word: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Words as written that begin with these letters."""
    ordered = vocabulary.in_order()
    for place in range(bisect_left(ordered, word), len(ordered)):
        if not ordered[place].startswith(word):
            return
        yield ordered[place]


def _edits(word: str) -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in letters)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in letters)


def _distance(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped with their neighbour; more than `most` is not told."""
    two_above: list[int] = []
    above = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        row = [place]
        for across, there in enumerate(other, start=1):
            cost = min(above[across] + 1, row[-1] + 1, above[across - 1] + (letter != there))
            if place > 1 and across > 1 and letter == other[across - 2] and one[place - 2] == there:
                cost = min(cost, two_above[across - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        two_above, above = above, row
    return above[-1]
