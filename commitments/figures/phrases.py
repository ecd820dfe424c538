"""Noun phrases beside a number, told apart without a parser: by word lists and the forms of words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .vocabulary import (
    DETERMINERS,
    DURATIONS,
    IRREGULAR_PLURALS,
    LINKS,
    MONTHS,
    NOT_PLURALS,
    NUMBER_WORDS,
    PARTICIPLES,
    STOP,
)


@dataclass(frozen=True)
class Counted:
    """`metric` in the passage's own words, `unit` as in Figure, and the direction of a change ("up", "down" or "").

    `is_short` is on where the noun is left out but what happened is said: “31 have opened”.
    """

    metric: str
    unit: str
    direction: str = ""
    is_short: bool = False


_WORD = re.compile(r"[^\W\d_][\w’'&/-]*|\d[\d,.]*\w*|[(),.;:–—•“”\"!?]|[£€$]")
# Lengths of time measure something else, and so do percentage points.
_NOT_COUNTED = {*DURATIONS, "point"}
_LONGEST_PHRASE = 7
_LONGEST_LOOK_BACK = 16
_BEFORE_COUNTED = frozenset({"the", "its", "their", "our", "these", "those", "all"})
_KEPT_DETERMINERS = frozenset({"additional", "extra", "new", "more", "fewer"})


def words_of(text: str) -> list[str]:
    return [match[0] for match in _WORD.finditer(text)]


def join(words: list[str]) -> str:
    return " ".join(words)


def is_plural(word: str) -> bool:
    lower = word.lower()
    if lower in IRREGULAR_PLURALS:
        return True
    ends = len(lower) > 2 and lower.endswith("s") and not lower.endswith(("ss", "’s", "'s"))
    return ends and lower not in NOT_PLURALS


def is_participle(word: str) -> bool:
    """A past participle, as far as its form shows."""
    lower = word.lower()
    return lower in PARTICIPLES or (len(lower) > 4 and lower.endswith("ed") and not lower.endswith("eed"))


def participle(word: str) -> str:
    """The participle of a verb in -ing or in -ed: “employing” gives “employed”."""
    lower = word.lower()
    if lower in PARTICIPLES:
        return PARTICIPLES[lower]
    if not lower.endswith("ing"):
        return lower
    stem = lower[:-3]
    return stem[:-1] + "ied" if stem.endswith("y") and stem[-2:-1] not in "aeiou" else stem + "ed"


def is_break(word: str) -> bool:
    return not word[0].isalpha()


def modifies(word: str) -> bool:
    """Can it stand in a noun phrase?"""
    lower = word.lower()
    if is_break(word) or lower in STOP or lower in LINKS or lower in MONTHS:
        return False
    return not NUMBER_WORDS.issuperset(lower.split("-"))


def _is_counted_again(words: list[str], at: int) -> bool:
    """Whether a word is a number as in “of the 40 new hospitals”, “38 of its forty recommendations”."""
    is_number = words[at][0].isdigit() or words[at].lower() in NUMBER_WORDS
    return at > 0 and is_number and words[at - 1].lower() in _BEFORE_COUNTED


def phrase_after(words: list[str]) -> tuple[list[str], list[str]]:
    """The noun phrase at the start of some words, up to its head, and the words that follow it."""
    skip = 0
    while skip < min(4, len(words)) and (words[skip].lower() in DETERMINERS or _is_counted_again(words, skip)):
        skip += 1
    run: list[str] = []
    for word in words[skip : skip + _LONGEST_PHRASE]:
        if word.lower() in LINKS and run and not any(map(is_plural, run)):
            run.append(word)  # “social and affordable homes”
            continue
        if not modifies(word):
            break
        if run and is_plural(run[-1]) and (is_participle(word) or word.lower().endswith(("ly", "ing"))):
            break
        run.append(word)
    heads = [index for index, word in enumerate(run) if is_plural(word)]
    if heads:
        run = run[: heads[-1] + 1]
    else:
        run = run[: next((index for index, word in enumerate(run) if word.lower() in LINKS), len(run))]
    kept = [word for word in words[:skip] if word.lower() in _KEPT_DETERMINERS]
    return (kept + run if run else []), words[skip + len(run) :]


def plural_before(words: list[str]) -> list[str]:
    """The noun phrase with a plural nearest before a number: “enforced returns are up” gives “enforced returns”."""
    for index in range(len(words) - 1, max(-1, len(words) - _LONGEST_LOOK_BACK), -1):
        word = words[index]
        if word in {";", ":", "•"}:
            return []
        if is_plural(word) and modifies(word) and word.lower().rstrip("s") not in _NOT_COUNTED:
            first = index
            while first > 0 and index - first < 4 and modifies(words[first - 1]):
                first -= 1
            if first and words[first - 1].lower() == "by":
                continue  # who did it: “homes built by councils”
            return words[first : index + 1]
    return []
