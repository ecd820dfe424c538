"""Counts of things, people and lengths of time: the noun counted and what happened to it."""

from __future__ import annotations

import re
from dataclasses import replace

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
from .vocabulary import (
    COLLECTIVES,
    DONE_TO_PERSONS,
    DURATIONS,
    EQUIVALENTS,
    LIGHT_VERBS,
    MEASURES,
    PERSONS,
    STOP,
    SYMBOLS,
)

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
_EACH = frozenset({"a", "an", "per", "each", "every"})
_CLAUSE_WORDS = frozenset({"and", "but", "while", "as", "that", "which", "said", "when"})
_NO_RIGHT_TO_BE = frozenset({"be", "work", "live", "remain", "stay"})
_LONGEST_REST = 14
#: “The waiting list now stands at”, “the prison population has reached”: what has a level, and no plural to count.
_LEVEL = re.compile(
    r"\s(?:(?:has|have|had)\s+)?(?:(?:now|already|since|currently)\s+)?"
    r"(?:stands?|stood|is|are|was|were|reach(?:es|ed)|hit|fell|fallen|dropped|rose|risen|climbed|grew|grown|came|come"
    r"|increased|decreased|totals|totall?ed|remain(?:s|ed)?|exceed(?:s|ed)|numbered)"
    r"(?:\s+(?:now|at|to|by|down|up|from|around|about|nearly|almost|more|than|over|just|under|some|a|record|only|still))"
    r"{0,5}\s*$",
    re.IGNORECASE,
)
_SUBJECT_STARTS = re.compile(r"[,.;:•\n]")
#: How far before a number the verb of its level stands.
_LEVEL_REACH_CHARS = 60
_PLUS = re.compile(r"^-(?:plus|odd)\b")
_LONGEST_SUBJECT = 6
_FULL_TIME = re.compile(r"^[^.;,]{0,40}?\b(?:full[\s-]time[\s-]equivalents?|FTEs?|WTEs?)\b", re.IGNORECASE)
_HEADS = re.compile(r"^[^.;,]{0,40}?\b(?:by\s+)?headcount\b", re.IGNORECASE)
_HEADS_BEFORE = re.compile(r"\bheadcount\s+(?:of|is|was|stands\s+at)\s+(?:\S+\s+){0,2}$", re.IGNORECASE)
# “31 have opened”, “212 of them had been engaged”: what they are was said before.
_SHORT = re.compile(
    r"^\s+(?:of\s+(?:them|these|those|which|whom)\s+)?(?:(?:have|has|had|were|are)\s+"
    r"(?:(?:now|already|since|also|so\s+far)\s+)?(?:been\s+)?(?P<done>[a-z]+)\b"
    r"|(?P<done_in>[a-z]+)(?=\s+(?:in|since|by|during|over|last|this|so\s+far)\b))"
)
_OF_THEM_BEFORE = re.compile(r"\bOf\s+(?P<whole>[^,.;:•]{3,80}),\s+(?:\S+\s+){0,3}$")
_NUMBER_OF = re.compile(r"\bnumbers?\s+of\s+(?P<what>[^,.;:•]{3,110})$", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"(?<=[a-z,]\s)[A-Z][\w’'-]*\s$")


def things(before: str, after: str) -> Counted:
    """What a count counts. Full-time equivalents and heads are told apart by a word of the metric."""
    what = _things(before, _PLUS.sub("", after))
    words = {word.lower() for word in re.split(r"[\s-]", what.metric)}
    if _FULL_TIME.match(after) and not words & EQUIVALENTS:
        return replace(what, metric=f"{what.metric} FTE".strip())
    if (_HEADS.match(after) or _HEADS_BEFORE.search(before)) and "headcount" not in words:
        return replace(what, metric=f"{what.metric} headcount".strip())
    return what


def _things(before: str, after: str) -> Counted:
    words, backwards = words_of(after), words_of(before)
    if words and words[0] in SYMBOLS and after.startswith((words[0], f" {words[0]}")):
        return _measured(SYMBOLS[words[0]], words[1:], backwards)
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
        return Counted(join(phrase), _unit(phrase)) if phrase else _short(before, after)
    if first == "of":
        phrase, rest = phrase_after(words[1:])
        if phrase and is_plural(phrase[-1]):
            return Counted(join(_with(phrase, _done_after(rest))), _unit(phrase))
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
    if backwards and backwards[-1] == ":":
        backwards = backwards[:-1]  # “Arrests: 4,300”
    numbered = _NUMBER_OF.search(before)
    phrase_numbered, rest = phrase_after(words_of(numbered["what"])) if numbered else ([], [])
    if phrase_numbered and is_plural(phrase_numbered[-1]):
        return Counted(join(_with(phrase_numbered, _done_after(rest))), _unit(phrase_numbered), moved(before))
    short = _short(before, after)
    subject = [] if short.is_short else plural_before(backwards)
    if subject:
        return Counted(join(subject), _unit(subject), moved(before))
    level = _subject_of_level(before)
    if level:
        return Counted(join(level), "", moved(before))
    if phrase and first not in _EACH and not short.is_short:
        return Counted(join(phrase[:3]), "")
    return short


def _measured(unit: str, words: list[str], backwards: list[str]) -> Counted:
    """“30GW of offshore wind”, “production hit 14GW”."""
    phrase, _ = phrase_after(words[1:] if words[:1] == ["of"] else words)
    return Counted(join(phrase or plural_before(backwards)), unit)


def _subject_of_level(before: str) -> list[str]:
    level = _LEVEL.search(before, max(0, len(before) - _LEVEL_REACH_CHARS))
    words = words_of(_SUBJECT_STARTS.split(before[: level.start()])[-1]) if level else []
    first = next((at + 1 for at in range(len(words) - 1, -1, -1) if words[at].lower() in _CLAUSE_WORDS), 0)
    subject = words[first:][-_LONGEST_SUBJECT:]
    while subject and (not modifies(subject[0]) or is_break(subject[0])):
        subject = subject[1:]
    return subject


def _short(before: str, after: str) -> Counted:
    """“31 have opened”: the count of what was spoken of before, by what happened to it."""
    short = _SHORT.match(after)
    word = (short["done"] or short["done_in"]) if short else ""
    if not is_participle(word) or word in LIGHT_VERBS or _NAME_BEFORE.search(before):
        return Counted("", "")
    done, of_them = participle(word), _OF_THEM_BEFORE.search(before)
    phrase, _ = phrase_after(words_of(of_them["whole"])) if of_them else ([], [])
    return Counted(join([*phrase, done]), _unit(phrase), is_short=True)


def _with(phrase: list[str], done: str) -> list[str]:
    return [*phrase, done] if done and done not in (word.lower() for word in phrase) else phrase


def _unit(phrase: list[str]) -> str:
    if not phrase:
        return ""
    head = phrase[-1].lower()
    if head in COLLECTIVES:
        return ""
    if head in EQUIVALENTS:
        return "FTE"
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
    subject = [
        word
        for word in backwards[-12:]
        if modifies(word) and not word.lower().endswith("ly") and word.lower().rstrip("s") not in DURATIONS
    ]
    return Counted(join(subject[-4:]), unit)
