"""Words of a text as terms: stems, pairs of neighbours, names. Pure, and the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

MAX_TERM_CHARACTERS = 60
LONGEST_NAME_CHARACTERS = 120

#: Words that say nothing about the subject, in any text.
STOP_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        a about above after again against ago all almost alone along already also although always am among an
        and another any anyone anything are around as at away back be became because become been before behind
        being below between both but by came can cannot come could did do does doing done down due during each
        either else ever every few for from further gave get gets getting give given gives go goes going gone
        got had has have having he her here hers him his how however i if in including indeed instead into is it
        its itself just keep kept last least less let like made make makes making many may me might more most
        much must my near nearly neither never next no nobody none nor not nothing now of off often on once one
        only onto or other others our ours out over own per perhaps put quite rather really said same say says
        see seen several shall she should since so some something soon still such take taken takes taking than
        that the their theirs them themselves then there these they thing things this those though three through
        thus to today together too took toward towards two under until up upon us very via was way we well went
        were what when where whether which while who whom whose why will with within without would yes yet you
        your yours first second new so-called mr mrs ms dr sir dame lord lady rt hon mp
        """,
    )
)

#: Written together or apart: "anti-social" and "antisocial" are one word.
_PREFIXES = frozenset(
    re.findall(r"\w+", "anti co counter cyber de inter micro multi non over post pre re semi sub super trans un")
)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d[\d,.]*\d|\d", re.UNICODE)
_JOINED = re.compile(r"(?<=\w)[-‐‑](?=\w)")
_stemmer = snowballstemmer.stemmer("english")


class Word(NamedTuple):
    """A word as written, with its stem ("" for one that says nothing) and its offset."""

    text: str
    stem: str
    start: int


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a word in any case; possessives and accents of style are dropped."""
    plain = word.lower().replace("’", "'")
    plain = plain.removesuffix("'s").rstrip("'")
    if plain in STOP_WORDS:
        return ""
    if plain.startswith("cooperat"):
        return "cooperat"  # not the surname
    return str(_stemmer.stemWord(plain))[:MAX_TERM_CHARACTERS]


def words(text: str) -> Iterator[Word]:
    """The words of a text in order. Numbers are left out: they are compared as quantities."""
    held: tuple[str, int, int] | None = None
    for match in _WORD.finditer(text):
        written = match.group()
        if written[0].isdigit():
            held = None
            continue
        if held is not None:
            prefix, start, end = held
            held = None
            if match.start() == end + 1 and _JOINED.match(text, end):
                written = prefix + written
                yield Word(written, stem(written), start)
                continue
            yield Word(prefix, stem(prefix), start)
        if written.lower() in _PREFIXES:
            held = (written, match.start(), match.end())
            continue
        yield Word(written, stem(written), match.start())
    if held is not None:
        yield Word(held[0], stem(held[0]), held[1])


def stems(text: str) -> list[str]:
    """Stems in order, without words that say nothing."""
    return [word.stem for word in words(text) if word.stem]


def pairs(ordered: Iterable[str]) -> set[str]:
    """Neighbouring stems as phrases of two: "knife crime" and "crime halved" are not the same."""
    found: set[str] = set()
    previous = ""
    for term in ordered:
        if previous:
            found.add(f"{previous} {term}"[:MAX_TERM_CHARACTERS])
        previous = term
    return found


#: A name of several words in capitals, with small words between.
NAME = re.compile(
    r"(?<![\w’'])[A-Z][\w’'-]*(?:,?(?:[ \u00a0]+(?:of|and|for|the|to|on|in|against))*[ \u00a0]+[A-Z][\w’'-]*)+"
)
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{1,7}s?\b")
_DEFINED = re.compile(r"\(([A-Z][A-Z0-9]{1,7})s?\)")


def acronyms(text: str) -> set[str]:
    """Words in capitals, plural ending dropped, where the text is not all in capitals."""
    if text.isupper():
        return set()
    return {match.group().rstrip("s") for match in _ACRONYM.finditer(text)}


def defined_acronyms(text: str) -> dict[str, list[str]]:
    """Acronyms that a text explains, "Emergency Services Network (ESN)", with the stems of what they stand for."""
    meanings: dict[str, list[str]] = {}
    for match in _DEFINED.finditer(text):
        acronym = match.group(1)
        before = text[max(match.start() - LONGEST_NAME_CHARACTERS, 0) : match.start()]
        spoken = [part for part in re.split(r"[\s-]+", before) if part][-len(acronym) - 3 :]
        for take in range(len(spoken), 1, -1):
            tail = spoken[-take:]
            initials = "".join(part[0].upper() for part in tail)
            weighty = "".join(part[0].upper() for part in tail if stem(part))
            if acronym in (initials, weighty):
                meanings[acronym] = stems(" ".join(tail))
                break
    return meanings
