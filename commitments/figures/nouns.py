"""What a number counts: the noun beside it with its modifiers, and what happened to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .numbers import Number
from .vocabulary import (
    CHANGE_NOUN,
    DETERMINERS,
    DONE_TO_PERSONS,
    IRREGULAR_PLURALS,
    LIGHT_VERBS,
    LINKS,
    MONEY_NOUNS,
    MONTHS,
    NOT_PLURALS,
    PERSONS,
    STOP,
)


@dataclass(frozen=True)
class Counted:
    """`metric` in the passage's own words, `unit` as in Figure, and the direction of a change ("up", "down" or "")."""

    metric: str
    unit: str
    direction: str = ""


_WORD = re.compile(r"[^\W\d_][\w’'&/-]*|\d[\d,.]*\w*|[(),.;:–—•“”\"!?]|[£€$]")

_DURATIONS = {
    "second": "seconds",
    "minute": "minutes",
    "hour": "hours",
    "day": "days",
    "night": "nights",
    "week": "weeks",
    "month": "months",
    "year": "years",
    "decade": "decades",
}
_IRREGULAR_DONE = {
    "building": "built",
    "built": "built",
    "build": "built",
    "cut": "cut",
    "sold": "sold",
    "bought": "bought",
    "sent": "sent",
    "lost": "lost",
    "spent": "spent",
    "held": "held",
    "put": "deployed",
    "born": "born",
    "hired": "hired",
    "hire": "hired",
    "recruit": "recruited",
    "train": "trained",
    "plant": "planted",
    "create": "created",
    "open": "opened",
    "remove": "removed",
    "return": "returned",
    "ban": "banned",
    "deliver": "delivered",
    "close": "closed",
    "fund": "funded",
}
_NOMINAL = re.compile(
    r"\b(removal|return|recruitment|deployment|redeployment|construction|closure|arrest|appointment|release|creation|opening|training"
    r"|hiring|delivery|seizure|banning|loss|sale|purchase|planting|building|deportation|number|total|backlog|rate|rollout)s?"
    r"\s+of\s+(?:\S+\s+){0,3}$",
    re.IGNORECASE,
)
_GIVING = re.compile(
    r"\b(?:fund\w*|invest\w*|spen[dt]\w*|allocat\w*|provid\w*|giv\w*|given|pledg\w*|commit\w*|put(?:ting)?|award\w*|grant\w*|receiv\w*"
    r"|announc\w*|inject\w*|boost\w*|back(?:ed|ing)|add(?:ed|ing)?|deliver\w*|made\s+available|set\s+aside|earmark\w*|deploy\w*|share)\b",
    re.IGNORECASE,
)
_COSTING = re.compile(
    r"\b(fined|costs?|costing|charg(?:ed|es?)|priced|paid|pays?|earn(?:s|ed)?|sav(?:es?|ed|ing)|rais(?:ed?|es|ing)|contribut(?:ed?|es|ing)|worth|owe[ds]?|lost|loses?|seiz(?:ed|ing)|stole|recovered|borrow(?:ed|s)?)\b",
    re.IGNORECASE,
)
_COST_NOUN = {
    **dict.fromkeys(("fined",), "fine"),
    **dict.fromkeys(("cost", "costs", "costing", "priced", "charge", "charges", "charged"), "cost"),
}
_UP = re.compile(
    r"\b(?:up|rise[ns]?|rising|rose|increas\w*|more|higher|grew|grow\w*|uplift|climb\w*|jump\w*|surg\w*|soar\w*|boost\w*|gain\w*"
    r"|additional|extra|improv\w*|faster|above|expand\w*)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:down|fell|falls?|fallen|falling|drop\w*|declin\w*|decreas\w*|reduc\w*|fewer|less|lower|cut\w*|shrink\w*|shrank|slash\w*"
    r"|plung\w*|slump\w*|below|halv\w*|loss)\b",
    re.IGNORECASE,
)
CHANGE = re.compile(
    r"\b(?:ris(?:e|es|en|ing)|rose|increas\w*|grew|grow(?:s|n|th)?|climb\w*|jump\w*|surg\w*|soar\w*|fell|falls?|fallen|falling|drop\w*"
    r"|declin\w*|decreas\w*|reduc\w*|cut(?:s|ting)?|up|down|went|goes|gone|going|mov\w*|extend\w*|doubl\w*|tripl\w*|trebl\w*"
    r"|quadrupl\w*|halv\w*|rais(?:e|es|ed|ing)|lower(?:ed|ing)?|shift\w*|chang\w*|improv\w*|expand\w*|uplift\w*|shrank|shrunk|slashed"
    r"|boost\w*)\b",
    re.IGNORECASE,
)
_WINDOW_CHARS = 160
_LONGEST_PHRASE = 7
_LONGEST_METRIC_CHARS = 120


def counted(text: str, number: Number, sentence: tuple[int, int]) -> Counted:
    """What a number counts, from the words beside it in its sentence."""
    before = text[max(sentence[0], number.start - _WINDOW_CHARS) : number.start]
    after = text[number.end : min(sentence[1], number.end + _WINDOW_CHARS)]
    match number.kind:
        case "money":
            result = _money(number, before, after)
        case "per cent" | "percentage points" | "times":
            result = _share(number, before, after)
        case _:
            result = _things(before, after)
    return Counted(result.metric[:_LONGEST_METRIC_CHARS].strip(), result.unit, number.change or result.direction)


# Words ---------------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return [match[0] for match in _WORD.finditer(text)]


def is_plural(word: str) -> bool:
    lower = word.lower()
    if lower in IRREGULAR_PLURALS:
        return True
    return (
        len(lower) > 2 and lower.endswith("s") and not lower.endswith(("ss", "’s", "'s")) and lower not in NOT_PLURALS
    )


def _is_done(word: str) -> bool:
    """A past participle, as far as its form shows."""
    lower = word.lower()
    return lower in _IRREGULAR_DONE or (len(lower) > 4 and lower.endswith("ed") and not lower.endswith("eed"))


def _is_break(word: str) -> bool:
    return not (word[0].isalpha())


def _phrase(words: list[str]) -> tuple[list[str], list[str]]:
    """The noun phrase at the start of some words, up to its head, and the words that follow it."""
    skip = 0
    while skip < len(words) and words[skip].lower() in DETERMINERS and skip < 4:
        skip += 1
    run: list[str] = []
    for word in words[skip : skip + _LONGEST_PHRASE]:
        lower = word.lower()
        if _is_break(word) or lower in STOP or lower in LINKS or lower in MONTHS:
            break
        if run and is_plural(run[-1]) and (_is_done(word) or lower.endswith(("ly", "ing"))):
            break
        run.append(word)
    heads = [index for index, word in enumerate(run) if is_plural(word)]
    if heads:
        run = run[: heads[-1] + 1]
    kept = [word for word in words[:skip] if word.lower() in {"additional", "extra", "new", "more", "fewer"}]
    return kept + run, words[skip + len(run) :]


def _last_plural(words: list[str]) -> list[str]:
    """The noun phrase nearest before a number, found backwards: “enforced returns are up” gives “enforced returns”."""
    for index in range(len(words) - 1, max(-1, len(words) - 16), -1):
        if words[index] in {";", ":", "•"}:
            return []
        if is_plural(words[index]) and words[index].lower() not in STOP:
            first = index
            while first > 0 and index - first < 4 and _modifies(words[first - 1]):
                first -= 1
            return words[first : index + 1]
    return []


def _modifies(word: str) -> bool:
    lower = word.lower()
    return not _is_break(word) and lower not in STOP and lower not in LINKS and lower not in MONTHS


def _join(words: list[str]) -> str:
    return " ".join(words)


# Things and people ---------------------------------------------------------------------------------


def _things(before: str, after: str) -> Counted:
    words = _words(after)
    if words and words[0].lower().rstrip("s") in _DURATIONS:
        return _duration(words, before)
    if (
        words[:2]
        and words[0].lower() in {"of"}
        and len(words) > 1
        and words[1].lower() in {"which", "whom", "them", "those", "these"}
    ):
        phrase = _last_plural(_words(before))
        return Counted(_join(phrase), _unit(phrase))
    phrase, rest = _phrase(words)
    backwards = _words(before)
    direction = "up" if words and words[0].lower() == "more" and "than" in after[:60] else ""
    if phrase and is_plural(phrase[-1]):
        done = _done_after(rest) or _done_before(backwards, before)
        return Counted(_join(_with(phrase, done)), _unit(phrase), direction)
    if words and words[0].lower() in DONE_TO_PERSONS:
        return Counted(f"people {words[0].lower()}", "people")
    subject = _last_plural(backwards)
    if subject:
        return Counted(_join(subject), _unit(subject), _moved(before))
    return Counted(_join(phrase[:3]), "")


def _with(phrase: list[str], done: str) -> list[str]:
    return [*phrase, done] if done and done not in (word.lower() for word in phrase) else phrase


def _unit(phrase: list[str]) -> str:
    if not phrase:
        return ""
    head = phrase[-1].lower()
    return "people" if head in PERSONS else head.replace("’", "'")


def _done_after(rest: list[str]) -> str:
    """What happened to the thing counted: “have been removed”, “returned since”, “banned under”."""
    for index, word in enumerate(rest[:14]):
        lower = word.lower()
        if word in {".", ";", ":", "•"} or (word in {",", "–"} and index > 8):
            return ""
        if _is_done(word) and lower not in LIGHT_VERBS:
            return _IRREGULAR_DONE.get(lower, lower)
    return ""


def _done_before(backwards: list[str], before: str) -> str:
    """“Returned 9,400 people”, “redeploying 1,000 staff”, “the removal of 2,580 criminals”."""
    nominal = _NOMINAL.search(before)
    if nominal:
        return nominal[1].lower()
    for word in reversed(backwards[-5:]):
        lower = word.lower()
        if _is_break(word):
            return ""
        if _is_done(word):
            return "" if lower in LIGHT_VERBS else _IRREGULAR_DONE.get(lower, lower)
        if lower.endswith("ing") and len(lower) > 5:
            return _IRREGULAR_DONE.get(lower, lower[:-3] + "ed")
        if lower in STOP - {"over", "about", "around", "up", "to", "than", "a", "an", "the", "just", "at"}:
            return ""
    return ""


def _duration(words: list[str], before: str) -> Counted:
    unit = _DURATIONS[words[0].lower().rstrip("s")]
    rest = words[1:4]
    if rest and rest[0].lower() in {"in", "of"} and len(rest) > 1:
        return Counted(_join(rest[1:2]), unit)
    subject = [word for word in _words(before)[-12:] if _modifies(word) and not word.lower().endswith("ly")]
    return Counted(_join(subject[-4:]), unit)


# Money ---------------------------------------------------------------------------------------------


def _money(number: Number, before: str, after: str) -> Counted:
    words, backwards = _words(after), _words(before)
    direction = _moved(before[-60:]) if re.search(r"\bby\s+(?:\S+\s+){0,3}$", before) else ""
    extra = (
        "additional"
        if re.match(r"\s+(?:more|extra|additional)\b", after)
        or re.search(r"\b(?:extra|additional|another|further)\s+(?:\S+\s+){0,2}$", before)
        else ""
    )
    if re.match(r"\s+(?:more|less|rise|increase|cut)\b", after):
        direction = "down" if re.match(r"\s+(?:less|cut)\b", after) else "up"
    head = _money_noun_after(words) or _money_noun_before(before, backwards)
    if not head:
        costing = next(reversed(list(_COSTING.finditer(before[-70:]))), None)
        if costing and not _GIVING.search(before[-70:], costing.end()):
            verb = costing[1].lower()
            head = _COST_NOUN.get(verb, verb)
        else:
            head = "funding"
    if head.split()[-1] in CHANGE_NOUN:
        direction = "down" if _DOWN.search(head) else "up"
    purpose = _purpose(after)
    return Counted(" ".join(part for part in (extra, head, purpose) if part), number.currency, direction)


def _money_noun_after(words: list[str]) -> str:
    run: list[str] = []
    for word in words[:6]:
        lower = word.lower()
        if lower in {"of", "worth", "in", "a", "more", "extra", "additional", "new"} and not run:
            continue
        if _is_break(word) or lower in STOP:
            return ""
        run.append(word)
        if lower in MONEY_NOUNS:
            return _join(run).lower() if len(run) == 1 else _join(run)
    return ""


def _money_noun_before(before: str, backwards: list[str]) -> str:
    """“New funding of £100 million”, “take total funding up to £19.5 billion”, “a fine of £200”."""
    for index in range(len(backwards) - 1, max(-1, len(backwards) - 8), -1):
        word = backwards[index]
        if word in {".", ";", ":", "•", ","}:
            return ""
        if word.lower() in MONEY_NOUNS and not (
            word.lower() in {"cut", "pay", "support", "fund", "cost", "boost"} and index == len(backwards) - 1
        ):
            first = index
            while (
                first > 0
                and index - first < 3
                and _modifies(backwards[first - 1])
                and not _is_verb_like(backwards[first - 1])
            ):
                first -= 1
            return _join(backwards[first : index + 1])
    return ""


def _is_verb_like(word: str) -> bool:
    return word.lower().endswith("ing") or word.lower() in {
        "take",
        "bring",
        "give",
        "put",
        "get",
        "make",
        "see",
        "increase",
        "cut",
    }


_PURPOSE = re.compile(
    r"^(?:[^.;•\n]{0,60}?)\b(?:for|into|to|on|towards|in)\s+(?!(?:be|also|be\s|next|this|last|20\d\d|\d)\b)(?P<words>[^.;:•\n–]{3,90})",
    re.IGNORECASE,
)


def _purpose(after: str) -> str:
    match = _PURPOSE.match(after)
    if not match:
        return ""
    run: list[str] = []
    for word in _words(match["words"])[:8]:
        if word in {",", ".", "–", "“", "”"} or word.lower() in {
            "which",
            "who",
            "that",
            "will",
            "as",
            "since",
            "next",
            "over",
        }:
            break
        run.append(word)
    while run and run[-1].lower() in STOP | LINKS:
        run.pop()
    return f"for {_join(run)}" if run else ""


# Shares, changes and multiples ---------------------------------------------------------------------


def _share(number: Number, before: str, after: str) -> Counted:
    unit = number.kind
    words, backwards = _words(after), _words(before)
    direction = number.change or _direction(before, after)
    if number.change and words and words[0].lower() not in {"in", "to", "from", "by", "since"}:
        phrase, _ = _phrase_of_any(words)
        if phrase:
            return Counted(_join(phrase), unit, direction)
    first = words[0].lower() if words else ""
    if (
        first in {"more", "fewer", "less", "higher", "lower"}
        and len(words) > 1
        and words[1].lower() not in {"than", "in", "on"}
    ):
        phrase, rest = _phrase(words[1:])
        if phrase:
            return Counted(
                _join(_with(phrase, _done_after(rest))), unit, "down" if first in {"fewer", "less", "lower"} else "up"
            )
    if first in {"of", "in"} or (first in {"the"}):
        phrase, rest = _phrase_of_any(words[1:])
        if phrase and first == "of":
            return Counted(_join(_with(phrase, _done_after(rest))), unit, "")
    if first in CHANGE_NOUN or (len(words) > 1 and words[1].lower() in CHANGE_NOUN and _modifies(words[0])):
        at = 0 if first in CHANGE_NOUN else 1
        change_noun = words[: at + 1]
        if len(words) > at + 1 and words[at + 1].lower() in {"in", "of", "to", "for"}:
            phrase = _after_preposition(words[at + 2 :])
            if phrase:
                return Counted(_join([*change_noun, words[at + 1], *phrase]), unit, direction)
        subject = _last_plural(backwards) or _subject(backwards)
        return Counted(_join([*subject, *change_noun]), unit, direction)
    if words and _modifies(words[0]) and not direction:
        phrase, rest = _phrase(words)
        if phrase:
            return Counted(_join(phrase), unit, direction)
    subject = _last_plural(backwards) or _subject(backwards)
    return Counted(_join(subject), unit, direction)


def _after_preposition(words: list[str]) -> list[str]:
    """“UK officers at Europol”: a noun phrase with the place that goes with it."""
    phrase, rest = _phrase_of_any(words)
    if phrase and len(rest) > 1 and rest[0].lower() in {"at", "in", "of"} and rest[1][0].isupper():
        phrase = [*phrase, rest[0], rest[1]]
    return phrase


def _phrase_of_any(words: list[str]) -> tuple[list[str], list[str]]:
    phrase, rest = _phrase(words)
    return phrase[:_LONGEST_PHRASE], rest


def _subject(backwards: list[str]) -> list[str]:
    """The nearest words before a change that can be its subject: “fraud fell”, “knife crime is down”."""
    index = len(backwards) - 1
    while index >= 0 and (
        not _modifies(backwards[index]) or CHANGE.fullmatch(backwards[index]) or backwards[index].lower().endswith("ly")
    ):
        if backwards[index] in {";", "•"}:
            return []
        index -= 1
    last = index
    while index >= 0 and last - index < 4 and _modifies(backwards[index]):
        index -= 1
    return backwards[index + 1 : last + 1]


def _direction(before: str, after: str) -> str:
    """Up or down, by the nearest word of change beside the number."""
    near = after[:25]
    if re.match(
        r"\s*(?:more|higher|increase|rise|uplift|boost|growth|jump|surge|hike|above|extra)\b|\s+\w+\s+(?:increase|rise|uplift|boost|growth|jump|surge)\b",
        near,
        re.IGNORECASE,
    ):
        return "up"
    if re.match(
        r"\s*(?:fewer|less|lower|fall|drop|decline|decrease|reduction|cut|below)\b|\s+\w+\s+(?:fall|drop|decline|decrease|reduction|cut)\b",
        near,
        re.IGNORECASE,
    ):
        return "down"
    words = re.split(r"[,;.–]", before)[-1][-60:]
    ups = [
        match.end()
        for match in _UP.finditer(words)
        if match[0].lower() != "up" or not words[match.end() :].startswith(" to ")
    ]
    downs = [match.end() for match in _DOWN.finditer(words)]
    if not ups and not downs:
        return ""
    return "up" if max(ups, default=-1) > max(downs, default=-1) else "down"


def _moved(before: str) -> str:
    return _direction(before, "") if CHANGE.search(before[-40:]) else ""
