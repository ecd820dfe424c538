"""The passage that reports what came of a promise, where the passage that names the promise does not. Pure.

“The aim was seven weeks by the end of the year. The mean wait in December was 21.9 weeks.” The first sentence has the
words of the promise, the second the news. Which of the next passages reports is told by what the two say, with
coefficients fitted to labelled pairs (`Model.reporting`).
"""

from __future__ import annotations

import math
import re

from commitments.linking import cues, quantities
from commitments.linking.document import Document
from commitments.linking.model import Model
from commitments.linking.profile import Profile

#: How many passages after the one that names the promise are looked at.
REACH = 3
#: From this chance on the later passage is quoted. Few do report, so that the chances are modest.
LEAST_CHANCE = 0.25
#: A passage of so few words is a heading, however it is set.
WORDS_OF_A_HEADING = 5

#: Cues that tell the two apart, by their names in `cues.CUES`.
CUES = (
    "another date",
    "became law",
    "doubts",
    "falls short",
    "goes on",
    "had happened",
    "has happened",
    "is begun",
    "is done",
    "is dropped",
    "is late",
    "is reached",
    "is to come",
    "may fall short",
    "negated",
    "promises",
    "was promised before",
)
OUTCOMES = frozenset({"became law", "doubts", "falls short", "is dropped", "is late", "is reached"})

_RECALLS = re.compile(
    r"\b(?:promis\w+|pledg\w+|undert(?:ook|aking|ake)|commit(?:ted|ment)\w*|manifesto|announced|target\w*|aims?|goals?"
    r"|plans?|ambition|strategy|programme|(?:was|were|is|are) to|to be|would|said (?:that|we|it|they|there)|set out"
    r"|speaks of|told|asked|expects?|list of)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?\s*$|^(?:asked by|to ask)\b|^[^.:]{3,60}\([^)]{2,40}\)[^.:]{0,12}:"
    r"|\bwhat (?:progress|assessment|steps|plans)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"^(?:they|it|these|those|this|that|she|he|each|we|I|there)\b", re.IGNORECASE)
_SOURCE = re.compile(
    r"\b(?:shows?|showed|gives?|gave|puts?|st(?:ood|ands?)|found|sa(?:ys|id)|told us|reported|confirmed|data|figures"
    r"|statistics|accounts|count|(?:by|at) the end of|so far|since|as of)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


def passage(release: Document, number: int, profile: Profile, model: Model) -> int:
    """The passage to quote: `number` itself, which names the promise, or a later one that reports what came of it."""
    if not model.reporting:
        return number
    chances = {other: model.reports(features(release, number, other, profile)) for other in following(release, number)}
    best = max(chances, key=lambda other: (chances[other], -other), default=number)
    return best if chances.get(best, 0.0) >= LEAST_CHANCE else number


def following(release: Document, number: int) -> range:
    """The passages that may report what came of the promise that a passage names."""
    return range(number + 1, min(number + 1 + REACH, len(release.passages)))


def features(release: Document, number: int, other: int, profile: Profile) -> dict[str, float]:
    """Named numbers for a passage that names a promise and a later one that may report on it; those that are 0 are
    left out."""
    names, reports = release.passages[number], release.passages[other]
    named, reported = cues.found(names.text), cues.found(reports.text)
    numbers, others = release.stated(number).quantities, release.stated(other).quantities
    years, other_years = release.stated(number).years, release.stated(other).years
    own, stems = (release.stems[each] & profile.weights.keys() for each in (number, other))
    recalls = bool(_RECALLS.search(names.text))
    new_number, new_there = bool(numbers - profile.quantities), bool(others - profile.quantities)
    has_outcome, outcome_there = bool(named.keys() & OUTCOMES), bool(reported.keys() & OUTCOMES)
    found = {
        "how far": other - number,
        "two further": other == number + 2,
        "three further": other == number + REACH,
        "another paragraph": names.paragraph != reports.paragraph,
        "same speaker": names.speaker == reports.speaker,
        "names: asks": bool(_ASKS.search(names.text)),
        "names: a heading": len(names.text.split()) <= WORDS_OF_A_HEADING,
        "names: an item": names.kind in ("item", "row"),
        "names: recalls": recalls,
        "names: promised number": bool(numbers & profile.quantities),
        "names: promised number only": bool(numbers & profile.quantities) and not new_number,
        "names: another number": new_number,
        "names: outcome": has_outcome,
        "names: promised year": bool(years & profile.years)
        or bool(profile.deadline_latest and profile.deadline_latest.year in years),
        "names: coverage": len(release.stems[number] & profile.title) / max(len(profile.title), 1),
        "reports: an item": reports.kind != "text",
        "reports: asks": reports.text.rstrip().endswith("?"),
        "reports: goes on": bool(_GOES_ON.search(reports.text)),
        "reports: names a source": bool(_SOURCE.search(reports.text)),
        "reports: promised number": bool(others & profile.quantities),
        "reports: another number": new_there,
        "reports: digits": bool(_DIGIT.search(reports.text)),
        "reports: comparable": bool(quantities.shares_of(profile.target, others)),
        "reports: outcome": outcome_there,
        "reports: later year": bool(years and other_years) and max(other_years) > max(years),
        "reports: shares a word": bool(stems),
        "reports: words shared": len(stems) / max(len(own), 1),
        "reports: words": math.log1p(len(reports.text.split())) / 4,
        "recalls, then another number": recalls and new_there and not new_number,
        "no report, then one": not (new_number or has_outcome) and (new_there or outcome_there),
        **{f"names: {cue}": 1.0 for cue in CUES if cue in named},
        **{f"reports: {cue}": 1.0 for cue in CUES if cue in reported},
    }
    return {name: float(value) for name, value in found.items() if value}
