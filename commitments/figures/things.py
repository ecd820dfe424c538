"""Counts of things, people and lengths of time: the noun counted and what happened to it."""

from __future__ import annotations

import re

from .phrases import (
    Counted,
    is_break,
    is_participle,
    is_plural,
    join,
    modifies,
    participle,
    phrase_after,
    plural_before,
    words_of,
)
from .shares import moved
from .vocabulary import DONE_TO_PERSONS, DURATIONS, LIGHT_VERBS, MEASURES, PERSONS, STOP

_NOMINAL = re.compile(
    r"\b(removal|return|recruitment|deployment|redeployment|construction|closure|arrest|appointment|release|creation"
    r"|opening|training|hiring|delivery|seizure|banning|loss|sale|purchase|planting|building|deportation|rollout)s?"
    r"\s+of\s+(?:\S+\s+){0,3}$",
    re.IGNORECASE,
)
_MORE_OF_THEM = re.compile(r"\b(additional|extra|more|further|another|new)\s+(?!than\b)(?:\S+\s+)?$", re.IGNORECASE)
_OR_MORE = frozenset({"more", "fewer", "less", "over", "above", "so"})
_OF_THEM = frozenset({"which", "whom", "them", "those", "these"})
# Between a verb and its number: “returned more than 9,400 people”.
_BEFORE_NUMBERS = frozenset({"over", "about", "around", "up", "to", "than", "a", "an", "the", "just", "at"})
_AUXILIARIES = frozenset(
    {"been", "being", "be", "were", "was", "are", "is", "get", "got", "already", "now", "also", "newly"}
)
_GOES_ON = STOP - {"the", "a", "an", "their", "its", "his", "her", "our", "your"}
_NO_RIGHT_TO_BE = frozenset({"be", "work", "live", "remain", "stay"})
_LONGEST_REST = 14


def things(before: str, after: str) -> Counted:
    words, backwards = words_of(after), words_of(before)
    if len(words) > 2 and words[0].lower() == "to" and words[1][0].isdigit():
        words = words[2:]  # “from 3 to 12 months”: the unit is said once
    if words[:1] == ["or"] and words[1:2] and words[1].lower() in _OR_MORE:
        words = words[2:]
    if words[:1] and words[0].lower() in {"were", "are"} and words[1:2] and is_plural(words[1]):
        words = words[1:]  # “of which 12,000 were appeals”
    first = words[0].lower() if words else ""
    if first.rstrip("s") in DURATIONS:
        return _duration(words, backwards)
    if first in MEASURES and len(words) > 2 and words[1].lower() == "of":
        phrase, rest = phrase_after(words[2:])
        return Counted(join(_with(phrase, _done_after(rest) or _done_before(backwards, before))), first)
    if first == "of" and len(words) > 1 and words[1].lower() in _OF_THEM:
        phrase = plural_before(backwards)
        return Counted(join(phrase), _unit(phrase))
    phrase, rest = phrase_after(words)
    direction = "up" if first == "more" and "than" in (word.lower() for word in rest[:4]) else ""
    if phrase and is_plural(phrase[-1]):
        added = _MORE_OF_THEM.search(before)
        if added and added[1].lower() not in (word.lower() for word in phrase):
            phrase = [added[1].lower(), *phrase]
        done = _done_after(rest) or _done_before(backwards, before)
        return Counted(join(_with(phrase, done)), _unit(phrase), direction)
    if first in DONE_TO_PERSONS:
        return Counted(f"people {first}", "people")
    subject = plural_before(backwards)
    if subject:
        return Counted(join(subject), _unit(subject), moved(before))
    return Counted(join(phrase[:3]), "")


def _with(phrase: list[str], done: str) -> list[str]:
    return [*phrase, done] if done and done not in (word.lower() for word in phrase) else phrase


def _unit(phrase: list[str]) -> str:
    if not phrase:
        return ""
    head = phrase[-1].lower()
    return "people" if head in PERSONS else head.replace("’", "'")


def _done_after(rest: list[str]) -> str:
    """What happened to the thing counted: “have been removed”, “with no right to be here returned since”."""
    for index, word in enumerate(rest[:_LONGEST_REST]):
        lower = word.lower()
        following = rest[index + 1].lower() if index + 1 < len(rest) else "."
        if is_break(word) or lower in {"and", "or", "but", "while", "that"}:
            return ""
        if lower == "to" and following not in _NO_RIGHT_TO_BE:
            return ""
        if not is_participle(word) or lower in LIGHT_VERBS:
            continue
        after_auxiliary = index == 0 or rest[index - 1].lower() in _AUXILIARIES
        if after_auxiliary or following in _GOES_ON or not following[0].isalpha():
            return participle(word)
    return ""


def _done_before(backwards: list[str], before: str) -> str:
    """“Returned 9,400 people”, “redeploying 1,000 staff”, “the removal of 2,580 criminals”."""
    nominal = _NOMINAL.search(before)
    if nominal:
        return nominal[1].lower()
    for word in reversed(backwards[-5:]):
        lower = word.lower()
        if is_break(word) or lower in STOP - _BEFORE_NUMBERS:
            return ""
        if is_participle(word) or (lower.endswith("ing") and len(lower) > 5):
            done = participle(word)
            return "" if done in LIGHT_VERBS else done
    return ""


def _duration(words: list[str], backwards: list[str]) -> Counted:
    unit = DURATIONS[words[0].lower().rstrip("s")]
    if len(words) > 2 and words[1].lower() in {"in", "of"}:
        phrase, _ = phrase_after(words[2:])
        if phrase:
            return Counted(join(phrase), unit)
    subject = [word for word in backwards[-12:] if modifies(word) and not word.lower().endswith("ly")]
    return Counted(join(subject[-4:]), unit)
