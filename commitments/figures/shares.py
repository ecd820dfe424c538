"""Percentages, shares and multiples: of what, and whether it went up or down."""

from __future__ import annotations

import re

from .numbers import Number
from .phrases import Counted, is_participle, join, modifies, phrase_after, plural_before, words_of
from .vocabulary import CHANGE_NOUNS

_UP = re.compile(
    r"\b(?:up(?!\s+to\b)|rise[ns]?|rising|rose|increas\w*|more(?!\s+than)|higher|grew|grow\w*|uplift|climb\w*|jump\w*"
    r"|surg\w*|soar\w*|boost\w*|gain\w*|additional|extra|improv\w*|faster|expand\w*)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:down|fell|falls?|fallen|falling|drop\w*|declin\w*|decreas\w*|reduc\w*|fewer(?!\s+than)|less(?!\s+than)|lower"
    r"|cut\w*|shrink\w*|shrank|slash\w*|plung\w*|slump\w*|halv\w*|loss)\b",
    re.IGNORECASE,
)
CHANGE = re.compile(
    rf"{_UP.pattern}|{_DOWN.pattern}"
    r"|\b(?:went|goes|gone|going|mov\w*|extend\w*|doubl\w*|tripl\w*|trebl\w*|quadrupl\w*|rais(?:e|es|ed|ing)|shift\w*|chang\w*|revis\w*|correct\w*)\b",
    re.IGNORECASE,
)
_UP_AFTER = re.compile(
    r"\s*(?:\w+\s+){0,2}?(?:more|higher|increase|rise|uplift|boost|growth|jump|surge|hike|above|extra|improvement)\b",
    re.IGNORECASE,
)
_DOWN_AFTER = re.compile(
    r"\s*(?:\w+\s+){0,2}?(?:fewer|less|lower|fall|drop|decline|decrease|reduction|cut|below)\b", re.IGNORECASE
)
# “Cutting such crime by half”: what is moved stands between the verb and its measure.
_MOVED_OBJECT = re.compile(
    r"\b(?:cut(?:s|ting)?|reduc(?:e|es|ed|ing)|lower(?:s|ed|ing)?|rais(?:e|es|ed|ing)|increas(?:e|es|ed|ing)|slash(?:es|ed|ing)?"
    r"|boost(?:s|ed|ing)?|improv(?:e|es|ed|ing)|expand(?:s|ed|ing)?)\s+(?P<object>[^,.;:\n]{2,60}?)\s+by\s+(?:[a-z]+\s+){0,3}$",
    re.IGNORECASE,
)
_LEVEL_BEFORE = re.compile(
    r"(?<!\bup\s)\b(?:to|from|at)\s+(?:(?:just|about|around|nearly|almost|over|under|more|less|than|only|a|record)\s+){0,3}$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;.–]")
_REACH_CHARS = 60
_MOVED_REACH_CHARS = 40
# “Four-fifths (79%) of trains”: the same share twice.
_IN_BRACKETS = re.compile(r"^\s*(?:\([^()]{0,40}\)|\))")
_BEFORE_BRACKET = re.compile(r"\S+\s*\($")
_COMPARING = frozenset({"more", "fewer", "less", "higher", "lower"})
_COMPARED = frozenset({"than", "in", "on"})


def share(number: Number, before: str, after: str) -> Counted:
    words, backwards = words_of(_IN_BRACKETS.sub("", after)), words_of(_BEFORE_BRACKET.sub("", before))
    unit = number.kind
    is_level = _LEVEL_BEFORE.search(before) and not CHANGE.match(after.lstrip())
    direction = number.change or ("" if is_level else direction_of(before, after))
    first = words[0].lower() if words else ""
    second = words[1].lower() if len(words) > 1 else ""
    if first in _COMPARING and second and second not in _COMPARED:
        phrase, _ = phrase_after(words[1:])
        if phrase:
            return Counted(join(phrase), unit, "up" if first in {"more", "higher"} else "down")
    if first == "of":
        phrase, _ = phrase_after(words[1:])
        if phrase:
            return Counted(join(phrase), unit)
    noun_at = 0 if first in CHANGE_NOUNS else 1 if second in CHANGE_NOUNS and modifies(words[0]) else None
    if noun_at is not None:
        return Counted(join(_changed(words, noun_at, backwards)), unit, direction)
    if (
        words
        and (modifies(words[0]) or first == "the")
        and not is_participle(words[0])
        and _is_object(number, direction)
    ):
        phrase, _ = phrase_after(words)
        if phrase:
            return Counted(join(phrase), unit, direction)
    moved_object = _MOVED_OBJECT.search(before)
    if moved_object:
        phrase, _ = phrase_after(words_of(moved_object["object"]))
        if phrase:
            return Counted(join(phrase), unit, direction)
    return Counted(join(_subject(backwards)), unit, direction)


def _is_object(number: Number, direction: str) -> bool:
    """“Halve knife crime”, “double the length”, “25% target”; but of “rose 25% nationally” the subject counts."""
    return bool(number.change) or number.kind == "times" or not direction


def _changed(words: list[str], noun_at: int, backwards: list[str]) -> list[str]:
    """“A 50% uplift in UK officers at Europol”; “856 visits – a 55% increase”."""
    change_noun, rest = words[: noun_at + 1], words[noun_at + 1 :]
    if len(rest) > 1 and rest[0].lower() in {"in", "of", "to", "for"}:
        phrase, following = phrase_after(rest[1:])
        if phrase and len(following) > 1 and following[0].lower() in {"at", "in", "of"} and following[1][0].isupper():
            phrase = [*phrase, following[0], following[1]]
        if phrase:
            return [*change_noun, rest[0], *phrase]
    return [*_subject(backwards), *change_noun]


def _subject(backwards: list[str]) -> list[str]:
    """What rose or fell: the noun phrase before the word of change, a plural first: “knife crime is down”."""
    last = len(backwards) - 1
    while last >= 0 and not _is_subject(backwards[last]):
        if backwards[last] in {";", "•"}:
            return []
        last -= 1
    first = last
    while first >= 0 and last - first < 4 and _is_subject(backwards[first]):
        first -= 1
    near = backwards[first + 1 : last + 1]
    if near and near[-1][0].islower() and plural_before(near[-1:]):
        return near
    return plural_before(backwards[: last + 1]) or near


def _is_subject(word: str) -> bool:
    return modifies(word) and not CHANGE.fullmatch(word) and not word.lower().endswith("ly")


def direction_of(before: str, after: str) -> str:
    """Up or down, by the word of change nearest to a number; empty where there is none."""
    if _UP_AFTER.match(after):
        return "up"
    if _DOWN_AFTER.match(after):
        return "down"
    near = _CLAUSE.split(before)[-1][-_REACH_CHARS:]
    up = max((match.end() for match in _UP.finditer(near)), default=-1)
    down = max((match.end() for match in _DOWN.finditer(near)), default=-1)
    return "" if up == down else "up" if up > down else "down"


def moved(before: str) -> str:
    """The direction in which something moved by a number: “rose by 200”. In “fell to 174” the number is a level."""
    near = before[-_MOVED_REACH_CHARS:]
    return direction_of(near, "") if CHANGE.search(near) and not _LEVEL_BEFORE.search(near) else ""
