"""Sums of money: what the sum is called and what it is for."""

from __future__ import annotations

import re

from .numbers import Number
from .phrases import Counted, is_break, join, modifies, words_of
from .shares import moved
from .vocabulary import CARRYING_VERBS, CHANGE_NOUNS, LINKS, MONEY_NOUNS, STOP

_GIVING = re.compile(
    r"\b(?:fund\w*|invest\w*|spen[dt]\w*|allocat\w*|provid\w*|giv\w*|given|pledg\w*|commit\w*|put(?:ting)?|award\w*|grant\w*"
    r"|receiv\w*|announc\w*|inject\w*|boost\w*|back(?:ed|ing)|add(?:ed|ing)?|deliver\w*|made\s+available|set\s+aside"
    r"|earmark\w*|deploy\w*|share)\b",
    re.IGNORECASE,
)
_COSTING = re.compile(
    r"\b(fined|costs?|costing|charg(?:ed|es?)|priced|paid|pays?|earn(?:s|ed)?|sav(?:es?|ed|ing)|rais(?:ed?|es|ing)"
    r"|contribut(?:ed?|es|ing)|worth|owe[ds]?|lost|loses?|seiz(?:ed|ing)|stole|recovered|borrow(?:ed|s)?)\b",
    re.IGNORECASE,
)
_COST_NOUNS = {
    "fined": "fine",
    **dict.fromkeys(("cost", "costs", "costing", "priced", "charge", "charges", "charged"), "cost"),
}
# Verbs as well as nouns: just before a sum they are verbs.
_VERBS_TOO = frozenset(
    {"cut", "pay", "support", "fund", "cost", "boost", "aid", "charge", "fine", "reward", "grant", "reserve"}
)
_BY = re.compile(r"\bby\s+(?:\S+\s+){0,3}$", re.IGNORECASE)
_FOR_BY = re.compile(r"\b(?P<purpose>for\s+[^,.;]{3,70}?)\s+by\s+(?:\S+\s+){0,3}$", re.IGNORECASE)
_EXTRA_BEFORE = re.compile(r"\b(?:extra|additional|another|further)\s+(?:\S+\s+){0,2}$", re.IGNORECASE)
_EXTRA_AFTER = re.compile(r"\s+(?:more|extra|additional)\b", re.IGNORECASE)
_CHANGE_AFTER = re.compile(r"\s+(?:(?P<up>more|rise|increase)|less|cut)\b", re.IGNORECASE)
_PURPOSE = re.compile(
    r"^[^.,;•\n£€$%\d]{0,60}?\b(?P<preposition>for|into|to|on|towards|in)\s+"
    r"(?!(?:be|also|next|this|last|\d)\b)(?P<words>[^.;:•\n–]{3,90})",
    re.IGNORECASE,
)
_PURPOSE_ENDS = frozenset({"which", "who", "that", "will", "as", "since", "next", "over", "by"})
_COSTING_REACH_CHARS = 70
_LONGEST_PURPOSE = 8


def money(number: Number, before: str, after: str) -> Counted:
    direction = moved(before[-60:]) if _BY.search(before) else ""
    if change := _CHANGE_AFTER.match(after):
        direction = "up" if change["up"] else "down"
    extra = "additional" if _EXTRA_AFTER.match(after) or _EXTRA_BEFORE.search(before) else ""
    head = _noun_after(words_of(after)) or _noun_before(words_of(before)) or _noun_of_verb(before)
    if head.split()[-1].lower() in CHANGE_NOUNS:
        direction = "down" if head.split()[-1].lower() in {"cut", "fall", "drop", "reduction", "decrease"} else "up"
    for_what = _FOR_BY.search(before)
    purpose = for_what["purpose"] if for_what else _purpose(after)
    return Counted(join([part for part in (extra, head, purpose) if part]), number.currency, direction)


def _noun_of_verb(before: str) -> str:
    """What a sum is by the verb before it; where none says otherwise, public money is funding."""
    near = before[-_COSTING_REACH_CHARS:]
    costing = next(reversed(list(_COSTING.finditer(near))), None)
    if costing is None or _GIVING.search(near, costing.end()):
        return "funding"
    return _COST_NOUNS.get(costing[1].lower(), costing[1].lower())


def _noun_after(words: list[str]) -> str:
    """“£1 billion boost”, “£16 million worth of funding”."""
    run: list[str] = []
    for word in words[:6]:
        lower = word.lower()
        if lower in {"of", "worth", "in", "a", "more", "extra", "additional", "new"} and not run:
            continue
        if is_break(word) or lower in STOP:
            return ""
        run.append(word)
        if lower in MONEY_NOUNS:
            return join(run)
    return ""


def _noun_before(backwards: list[str]) -> str:
    """“New funding of £100 million”, “take total funding up to £19.5 billion”, “a fine of £200”."""
    for index in range(len(backwards) - 1, max(-1, len(backwards) - 8), -1):
        word = backwards[index]
        if word in {".", ";", ":", "•", ","}:
            return ""
        is_verb = word.lower() in _VERBS_TOO and index == len(backwards) - 1
        if word.lower() in MONEY_NOUNS and not is_verb:
            first = index
            while (
                first > 0
                and index - first < 3
                and modifies(backwards[first - 1])
                and not _is_verb(backwards[first - 1])
            ):
                first -= 1
            return join(backwards[first : index + 1])
    return ""


def _is_verb(word: str) -> bool:
    return word.lower().endswith("ing") or word.lower() in CARRYING_VERBS


def _purpose(after: str) -> str:
    match = _PURPOSE.match(after)
    if not match:
        return ""
    run: list[str] = []
    for word in words_of(match["words"])[:_LONGEST_PURPOSE]:
        if (is_break(word) and word not in {"(", ")"} and not word[0].isdigit()) or word.lower() in _PURPOSE_ENDS:
            break
        if word not in {"(", ")"}:
            run.append(word)
    while run and run[-1].lower() in STOP | LINKS:
        run.pop()
    return f"{match['preposition'].lower()} {join(run)}" if run else ""
