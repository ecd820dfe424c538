"""Words of a text as search compares them: stems and numbers, in order. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from commitments.linking import terms

#: "Anti-social" and "antisocial" are one word. The letter that joins them takes as much room as the hyphen did.
PREFIXES = "anti|co|counter|cyber|de|inter|micro|multi|non|over|post|pre|re|semi|sub|super|trans|un"
_PREFIX = re.compile(rf"(?<!\w)({PREFIXES})[-‐‑](?=[^\W\d_])", re.IGNORECASE)
_JOINING = "ʹ"
#: Words between two signs, as databases that know no such rules are given them (`plain`).
_POSSESSIVE = re.compile(r"['’]s\b")
_IN_NUMBER = re.compile(r"(?<=\d),(?=\d)")
_SIGNS = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,]\d+)*")
#: "GPs" are several of "GP", which the stemmer does not know.
_PLURAL_OF_LETTERS = re.compile(r"\b([bcdfghjklmnpqrstvwxz]{2,6})s\b")


class Word(NamedTuple):
    """A word with its stem ("" for one that says nothing), from `start` up to `end` in its text."""

    stem: str
    start: int
    end: int


def written(text: str) -> list[str]:
    """The words of a text as they are written, in order, in small letters."""
    return _WORD.findall(_joined(text.lower()))


def stem(word: str) -> str:
    """The stem of a word of `written`; "" for one that says nothing. Of a number its digits."""
    plain = word.replace(_JOINING, "").replace(",", "")
    return terms.stem(plain[:-1] if _PLURAL_OF_LETTERS.fullmatch(plain) else plain)


def words(text: str) -> Iterator[Word]:
    """The words of a text in order, with their offsets in it."""
    for match in _WORD.finditer(_joined(text)):
        yield Word(stem(match.group().lower()), match.start(), match.end())


def stems(text: str) -> list[str]:
    """Stems in order, "" in the place of words that say nothing."""
    return [stem(word) for word in written(text)]


def plain(text: str) -> str:
    """A text as words in small letters with single spaces between, for a database to make its own words of.

    PostgreSQL has a function that does the same (`text_tables`).
    """
    joined = _joined(text.lower()).replace(_JOINING, "")
    numbers = _IN_NUMBER.sub("", _POSSESSIVE.sub("", joined))
    return _SIGNS.sub(" ", _PLURAL_OF_LETTERS.sub(r"\1", numbers)).strip()


def apart(text: str) -> list[str]:
    """The words that whoever says a text says too, whatever signs stand between them: those that stand by themselves.

    All of its words where none does.
    """
    said = plain(text).split()
    by_themselves = [word for word in text.lower().split() if word.isalpha()]
    doubtful = {word for word in by_themselves if re.fullmatch(PREFIXES, word)}
    after = {two for one, two in pairwise(by_themselves) if one in doubtful}
    return [word for word in dict.fromkeys(by_themselves) if word not in doubtful | after] or said


def _joined(text: str) -> str:
    """The text with the hyphens behind prefixes replaced, each word at its place."""
    return _PREFIX.sub(rf"\1{_JOINING}", text) if "-" in text or "‐" in text or "‑" in text else text
