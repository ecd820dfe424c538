"""Passages that promise something checkable, whatever is on record. Pure.

Rather miss one than bring many that are none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from heapq import nlargest

from commitments import deadlines, figures
from commitments.deadlines import ParsedDeadline
from commitments.figures import Figure
from commitments.linking import places
from commitments.linking.document import GOVERNMENT, Document
from commitments.linking.passages import Passage

#: From this score on, of 1, a passage waits for staff.
LEAST = 0.6
#: Of one release at most so many wait, the best; and no more of its passages are read closely.
MOST_OF_A_RELEASE = 3
MOST_READ = 60
#: In words.
LONGEST_SUBJECT = 6
#: The kinds of passages that are read at all.
READ = frozenset({"text", "item", "note"})
#: What is to be done later than this is no promise that anyone could be held to.
FARTHEST = dt.timedelta(days=366 * 31)
#: Of the words of the shorter of two passages, the share in the other from which they say the same.
SAME = 0.6


@dataclass(frozen=True)
class Promise:
    """A passage that promises: its number in the document, and what was read in it, in its own words.

    `deadline` is how its words of time read. `number` is "" where it gives none, and `actor` where that is not plain.
    """

    passage: int
    score: float
    actor: str
    action: str
    number: str
    deadline: ParsedDeadline
    reasons: list[str]


_VERB = r"(?:(?:also|now|soon|then|further|each|all|initially|first)\s+){0,2}(?:be\s+)?(?:\w+ly\s+)?[a-z]{3,}"
#: Ways to promise, the plainest first: how far each goes by itself, in words, and the words themselves.
_WAYS: tuple[tuple[float, str, re.Pattern[str]], ...] = (
    (
        0.7,
        "names a pledge",
        re.compile(
            r"\b(?:pledg(?:e|es|ed)|promis(?:e|es|ed)|commit(?:s|ted|ments?)?|undertaken|vow(?:s|ed)?|guarantees?|mission"
            r"|targets?|goals?|ambition)\b(?:\s+(?!is\b|was\b)\S+){0,5}?\s+(?P<action>(?:to|of)\s+(?:\w+ly\s+)?[a-z]{3,})",
            re.IGNORECASE,
        ),
    ),
    (
        0.7,
        "says what is planned",
        re.compile(r"\b(?:plans?|intends?|aims?)\s+(?P<action>to\s+[a-z]{2,})", re.IGNORECASE),
    ),
    (0.6, "says what will be done", re.compile(rf"\b(?:will|shall)\s+(?P<action>{_VERB})|['’]ll\s+(?P<short>{_VERB})")),
    (
        0.6,
        "says what is to be done",
        re.compile(
            r"\b(?:(?:is|are)\s+(?P<action>to\s+(?:be\s+)?[a-z]{2,})|(?P<short>to\s+be\s+[a-z]{2,}(?:ed|en|id|t|wn)\b))"
        ),
    ),
    (
        0.5,
        "says what is expected",
        re.compile(r"\b(?:expected|due|set|on\s+(?:track|course))\s+(?P<action>to\s+[a-z]{2,})", re.IGNORECASE),
    ),
)
_ANY_WAY = re.compile("|".join(re.sub(r"\?P<\w+>", "?:", way.pattern) for _, _, way in _WAYS), re.IGNORECASE)
#: What follows such words and promises nothing that its speaker does.
_NO_DEED = re.compile(
    r"(?:will|shall|['’]ll|is|are|to)\s+(?:(?:also|then|now)\s+)?(?:not\b|never\b|no\b|need\b|have\s+to\b|be\s+able\b|see\b|find\b|know\b"
    r"|have\s+(?:\w+ed|seen|been)\b|want\b|remain\b|be\s+(?:a|an|the|no|up|used\s+to)\b|depend\b|cost\b)",
    re.IGNORECASE,
)
_WHO_NEEDS = re.compile(r"\b(?:need|required|have)\s+(?:one\b|to\b|an?\b)", re.IGNORECASE)
_FIRST_PERSON = re.compile(
    r"\b(?:we|I)\b(?:['’]ll|\s+(?:\w+\s+)?(?:will|shall|plan|intend|aim|pledge|promise|commit|are))"
)
_NO_NAME = re.compile(r"(?:it|this|that|these|those|they|he|she|there)\b", re.IGNORECASE)
#: What was done, or told of others.
_DONE_LEAD = re.compile(r"\b(?:has|have)\b(?:\s+\w+){0,3}\s*:\s*$", re.IGNORECASE)
_DONE = re.compile(
    r"^(?:(?:has|have|had)\b|proposed\b|published\b|set\s+up\b|introduced\b|removed\b|returned\b|signed\b|launched\b)",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:agreed|heard|asked|proposed|obliges|requires|provides\s+that|warned|would)\b", re.IGNORECASE
)
#: What an office does anyway.
_ROUTINE = re.compile(
    r"\b(?:working\s+days|webinars?|transcripts?|next\s+(?:edition|release)|official\s+statistics|data\s+for|visits?|repl(?:y|ies)|host(?:s|ed)?|meetings?"
    r"|consultation\s+(?:closes|runs)|representations|punishable|imprisonment|prison\s+for|years\s+in\s+prison|stand\s+ready)\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(r"\b(?:hopes?|hoped|(?-i:may)|might|could|if|depends?|forecast)\b", re.IGNORECASE)
#: Where words begin that tell of something else, mostly of what was before.
_ASIDE = re.compile(
    r",\s+(?:as|which|who|after|following)\b|\b(?:last|(?:published|announced|introduced|set\s+out|made)\s+(?:in|on))\b",
    re.IGNORECASE,
)
_LEADING_TIME = re.compile(r"(?:^|[,;:]\s+|\band\s+)(?P<time>[^,;:]{1,70})[,:]?\s*\S*\s*$")
#: "From April 2025, …": what a sentence opens with.
_OPENING_TIME = re.compile(
    r"(?P<time>(?:from|by|in|on|over|within|before|during|throughout|until|next|this|later)\b[^,;:.]{2,60}),",
    re.IGNORECASE,
)
#: Times that stand without a preposition: "cameras for 1,200 officers next year".
_BARE_TIME = re.compile(
    r"(?:later\s+)?\b(?:this|next)\s+(?:financial\s+)?(?:year|month|week|spring|summer|autumn|winter|parliament)\b"
    r"|\b(?:throughout|during)\s+20\d\d\b|\b(?:coming|next\s+few)\s+(?:weeks|months)\b",
    re.IGNORECASE,
)
#: "For next year" is no year from today.
_NEXT_YEAR = re.compile(r"\b(?:for|in|during|throughout)\s+next\s+year\b", re.IGNORECASE)
_QUOTED = re.compile(r"“([^”]+)”")


def promises(release: Document, said_on: dt.date, home: frozenset[str]) -> list[Promise]:
    """What a release promises, best first. `home` are the countries whose government is watched; none where unknown."""
    if _is_elsewhere(release, home):
        return []
    read = (
        promise
        for number in _worth_reading(release, home)
        if (promise := _read(release.passages[number], number, said_on)) and promise.score >= LEAST
    )
    return nlargest(len(release.passages), read, key=lambda promise: (promise.score, -promise.passage))


def apart(release: Document, found: Collection[Promise]) -> list[Promise]:
    """Those that do not say much the same as a better one of the release."""
    kept: list[Promise] = []
    for promise in found:
        words = release.stems[promise.passage]
        others = (release.stems[one.passage] for one in kept)
        if all(len(words & other) < SAME * min(len(words), len(other)) for other in others):
            kept.append(promise)
    return kept


def _worth_reading(release: Document, home: frozenset[str]) -> Iterator[int]:
    """The first passages in an official voice that hold words of a promise."""
    left = MOST_READ
    for number, passage in enumerate(release.passages):
        if passage.kind not in READ or not _ANY_WAY.search(passage.text):
            continue
        if left and _is_official(release.voice, passage, home):
            left -= 1
            yield number


def _is_official(voice: str, passage: Passage, home: frozenset[str]) -> bool:
    """Whether the government speaks: its own words in its own release, or one of its ministers, wherever quoted."""
    ours = ("", "minister", "official") if voice == "official" else ("minister",)
    return passage.capacity in ours and not any(
        places.is_elsewhere(home, country) for country in places.countries(passage.speaker)
    )


def _is_elsewhere(release: Document, home: frozenset[str]) -> bool:
    """Whether a release is another country's: that is named, and ours hardly."""
    if not home:
        return False
    ours = sum(count for country, count in release.countries.items() if not places.is_elsewhere(home, country))
    theirs = max((n for country, n in release.countries.items() if places.is_elsewhere(home, country)), default=0)
    return theirs > 3 * ours


def _read(passage: Passage, number: int, said_on: dt.date) -> Promise | None:
    text = passage.text
    if _DONE.match(text) or _DONE_LEAD.search(passage.lead):
        return None
    for weight, words, way in _WAYS:
        for said in way.finditer(text):
            if _NO_DEED.match(text, said.start()):
                continue
            deadline = _deadline(text, said, said_on)
            if deadline is not None:
                return _judged(passage, number, said_on, said, (weight, words), deadline)
    return None


def _deadline(text: str, said: re.Match[str], said_on: dt.date) -> ParsedDeadline | None:
    """By when, from the words after the promise or those that lead up to it. Only what lies ahead counts."""
    before = _LEADING_TIME.search(text[: said.start()])
    opening = _OPENING_TIME.match(text, 0, said.start())
    after = _ASIDE.split(text[said.end() :], maxsplit=1)[0]
    bare = _BARE_TIME.search(after) or _BARE_TIME.search(text[: said.start()])
    for words in (after, *(found["time"] for found in (before, opening) if found), bare[0] if bare else ""):
        read = deadlines.parse(_NEXT_YEAR.sub("next year", words).strip(), said_on)
        if said_on < (read.latest or read.not_before or said_on) <= said_on + FARTHEST:
            return _as_worded(read, said_on)
    return None


def _as_worded(read: ParsedDeadline, said_on: dt.date) -> ParsedDeadline:
    """The same of the words alone that say it, where they say it without the others."""
    said = _QUOTED.match(read.derivation)
    alone = deadlines.parse(said[1], said_on) if said else read
    same = (alone.earliest, alone.latest, alone.not_before) == (read.earliest, read.latest, read.not_before)
    return alone if same else read


def _subject(before: str) -> str:
    """Who acts, where a few words before the promise are all of its clause: "The department plans to"."""
    words = re.split(r"[,;:.]\s", before)[-1].split()
    return " ".join(words) if len(words) <= LONGEST_SUBJECT else ""


def _is_promised(figure: Figure) -> bool:
    is_year = not figure.unit and deadlines.calendar.FIRST_YEAR <= figure.value <= deadlines.calendar.LAST_YEAR
    return figure.modality in ("promised", "expected") and not figure.change and not is_year


def _in_words(text: str, figure: Figure) -> str:
    return " ".join(f"{text[figure.start : figure.end]} {figure.metric}".split())


def _judged(
    passage: Passage,
    number: int,
    said_on: dt.date,
    said: re.Match[str],
    way: tuple[float, str],
    deadline: ParsedDeadline,
) -> Promise:
    text = passage.text
    score, words = way
    parts = said.groupdict()
    action = " ".join((parts.get("action") or parts.get("short") or "").split())
    reasons = [f"It {words}: “{' '.join(said.group().split())}”."]
    actor = passage.actor or _subject(text[: said.start()])
    if _NO_NAME.fullmatch(actor):
        actor = ""
    if passage.capacity == "minister":
        score += 0.1
        reasons.append(f"Said by {passage.speaker}.")
    if _FIRST_PERSON.search(text) or GOVERNMENT.search(actor):
        score += 0.1
        reasons.append("Said of themselves." if not GOVERNMENT.search(actor) else f"Who is to do it: {actor}.")
    stated = next((_in_words(text, one) for one in figures.find(text, said_on) if _is_promised(one)), "")
    if stated:
        score += 0.1
        reasons.append(f"Gives a number: {stated}.")
    for amount, cue in ((0.35, _ROUTINE), (0.2, _WHO_NEEDS), (0.2, _REPORTED), (0.15, _UNSURE)):
        if cue.search(text):
            score -= amount
    if _NO_NAME.match(text):
        score -= 0.05
    if passage.kind == "note":
        score -= 0.05
    return Promise(number, round(min(max(score, 0.0), 1.0), 2), actor, action, stated, deadline, reasons)
