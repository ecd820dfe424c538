"""Words of a text as search compares them: stems and numbers, in order. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from commitments.linking import terms

#: "Anti-social" and "antisocial" are one word; so are "13,000" and "13000".
_WORD = re.compile(
    r"(?:(?:anti|co|counter|cyber|de|inter|micro|multi|non|over|post|pre|re|semi|sub|super|trans|un)[-‐‑])?"
    r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,]\d+)*",
    re.IGNORECASE,
)
#: "GPs" are several of "GP", which the stemmer does not know.
_PLURAL_OF_LETTERS = re.compile(r"[bcdfghjklmnpqrstvwxz]{2,6}s")
_NOT_IN_A_WORD = re.compile(r"[-‐‑,]")


class Word(NamedTuple):
    """A word with its stem ("" for one that says nothing), from `start` up to `end` in its text."""

    stem: str
    start: int
    end: int


def written(text: str) -> list[str]:
    """The words of a text as they are written, in order, in small letters."""
    return _WORD.findall(text.lower())


def stem(word: str) -> str:
    """The stem of a word of `written`; "" for one that says nothing. Of a number its digits."""
    plain = _NOT_IN_A_WORD.sub("", word)
    return terms.stem(plain[:-1] if _PLURAL_OF_LETTERS.fullmatch(plain) else plain)


def words(text: str) -> Iterator[Word]:
    """The words of a text in order, with their offsets in it."""
    for match in _WORD.finditer(text):
        yield Word(stem(match.group().lower()), match.start(), match.end())


def stems(text: str) -> list[str]:
    """Stems in order, "" in the place of words that say nothing."""
    return [stem(word) for word in written(text)]
