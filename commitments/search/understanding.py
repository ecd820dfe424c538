"""From what somebody typed to what is looked for: words, phrases in quotes, other names, and what was meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from .index import Alternative, Index, beginning, near
from .synonyms import LONGEST_NAME, Name, Names
from .words import stem, written

MOST_LETTERS = 200
MOST_WORDS = 12
#: What stands for a word counts less than the word itself.
OTHER_NAME = 0.7
BEGINNING = 0.8
MISSPELT = 0.6
#: So many words may stand for one.
MOST_INSTEAD = 8

_PIECE = re.compile(r"[\"“”„]([^\"“”„]*)[\"“”„]|([^\"“”„]+)")


@dataclass(frozen=True)
class Instead:
    """A word that nobody wrote, and those that were looked for in its place."""

    typed: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Understood:
    """What is looked for: one alternative of each group. `says_nothing` where all of what was typed is small words."""

    groups: tuple[tuple[Alternative, ...], ...]
    instead: tuple[Instead, ...] = ()
    says_nothing: bool = False


def cleaned(query: str) -> str:
    """What was typed, as one line of bounded length."""
    return " ".join(query.replace("\0", " ").split())[:MOST_LETTERS]


def understand(query: str, index: Index | None, names: Iterable[Names]) -> Understood:
    """What a query asks: every word or phrase of it, in some form. Slips are those by the words of an index, if any."""
    known = tuple(names)
    groups: list[tuple[Alternative, ...]] = []
    instead: list[Instead] = []
    for phrase, loose in _PIECE.findall(query):
        if phrase:
            groups += _phrase(phrase, known)
        else:
            for group, meant in _loose(loose, index, known):
                groups.append(group)
                instead += [meant] if meant else []
    return Understood(tuple(groups[:MOST_WORDS]), tuple(instead), says_nothing=bool(query) and not groups)


def _phrase(text: str, names: Sequence[Names]) -> Iterator[tuple[Alternative, ...]]:
    words = written(text)
    while words and not stem(words[0]):
        words.pop(0)
    while words and not stem(words[-1]):
        words.pop()
    if words:
        yield (
            Alternative(tuple(words), together=True),
            *_other_names(tuple(filter(None, map(stem, words))), names),
        )


def _loose(
    text: str, index: Index | None, names: Sequence[Names]
) -> Iterator[tuple[tuple[Alternative, ...], Instead | None]]:
    """A group for each word, or for several that are one name."""
    words = [word for word in written(text) if stem(word)][:MOST_WORDS]
    at = 0
    while at < len(words):
        for length in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            said = tuple(words[at : at + length])
            others = tuple(_other_names(tuple(map(stem, said)), names))
            if others:
                yield (Alternative(said), *others), None
                at += length
                break
        else:
            yield _word(words[at], index)
            at += 1


def _other_names(name: Name, names: Sequence[Names]) -> Iterator[Alternative]:
    others = dict.fromkeys(other for known in names for other in known.others(name))
    return (Alternative(other, together=True, worth=OTHER_NAME) for other in islice(others, MOST_INSTEAD))


def _word(word: str, index: Index | None) -> tuple[tuple[Alternative, ...], Instead | None]:
    """A word as it is; if nobody wrote it, those that begin with it, else those that it may be a slip for."""
    if index is None or index.count(stem(word)):
        return (Alternative((word,)),), None
    for others, worth in (
        (beginning(word, index.vocabulary) if len(word) > 2 and word.isalpha() else (), BEGINNING),
        (near(word, index.vocabulary), MISSPELT),
    ):
        by_stem: dict[str, str] = {}
        for other in others:
            by_stem.setdefault(stem(other), other)
        meant = sorted((one for one in by_stem if one and index.count(one)), key=lambda one: (-index.count(one), one))
        if meant := meant[:MOST_INSTEAD]:
            return (
                tuple(Alternative((by_stem[one],), worth=worth) for one in meant),
                Instead(word, tuple(by_stem[one] for one in meant)),
            )
    return (Alternative((word,)),), None
