"""Where a passage says the promise again, and says it otherwise: another number, unit, baseline or date. Pure.

What has been reached so far is no promise, so a figure counts only where the passage says that it is still to come, and
a date only where something is to be done by it. Rather miss one than call progress a moved goalpost.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from commitments import deadlines, figures
from commitments.figures import Figure
from commitments.figures.phrases import is_participle
from commitments.linking import terms
from commitments.models import Relation

#: A passage that bears on the promise in one of these ways may say it otherwise.
SAYING_IT_AGAIN = (Relation.ANNOUNCES, Relation.RESTATES, Relation.SLIPS)

#: Smaller numbers are said of too much.
LEAST_NUMBER = 10
#: A promise is restated with a number of its own size, not with a part of it.
MOST_TIMES = 3

_STILL_TO_COME = re.compile(
    r"\b(?:will|shall|won't|shan't|is to|are to|to be|would|expects?|expected|intends?|plans?|planned|aims?|postponed"
    r"|delayed|deferred|until|extended)\b",
    re.IGNORECASE,
)
_ALREADY_PAST = re.compile(
    r"\b(?:did|didn't|was|were|had|should have|wrote|told|last year)\b|^\W*last\b", re.IGNORECASE
)
_YEAR = re.compile(r"\b20\d\d\b")
_LENGTH_OF_TIME = re.compile(r"\b(?:years?|months?|weeks?|decade|parliament|term|session)\b", re.IGNORECASE)
#: Before a date without its year, so far back is asked whether it is one to come.
REACH_CHARS = 80
_BASELINE = re.compile(r"\bbaselines?\b(?:\s+(?:of|is|was|will\s+be|at|figure))*\s*$", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:from|than|instead\s+of|rather\s+than|up\s+from|down\s+from|against|compared\s+(?:to|with)|of\s+the)\s*"
    r"(?:the|about|around|some)?\s*$",
    re.IGNORECASE,
)
#: What stands before a number that no longer holds.
_GIVEN_UP = re.compile(
    r"\b(?:instead\s+of|rather\s+than|and\s+not|up\s+from|down\s+from)\s*(?:the)?\s*$", re.IGNORECASE
)
_QUOTED = re.compile(r"“([^”]+)”")
_PEOPLE = frozenset(terms.stems("people persons individuals staff places cases"))
_GENERAL = frozenset(terms.stems("additional extra more further new total another overall"))
_SIGNS = {"%": "per cent", "percent": "per cent", "£": "GBP", "€": "EUR", "$": "USD"}


@dataclass(frozen=True)
class Recorded:
    """What is recorded of a promise. `milestones` are the last days of its steps; `words` all that is quoted of it."""

    words: str
    value: Decimal | None = None
    unit: str = ""
    metric: str = ""
    is_change: bool = False
    baseline: Decimal | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None
    milestones: tuple[dt.date, ...] = ()


@dataclass(frozen=True)
class Said:
    """One thing that a passage says otherwise. `aspect` is a key of models.Goalpost.Aspect; `words` are its own."""

    aspect: str
    words: str
    value: Decimal | None = None
    unit: str = ""
    earliest: dt.date | None = None
    latest: dt.date | None = None


def said_otherwise(passage: str, relation: str, published: dt.date, recorded: Recorded) -> list[Said]:
    """What a passage says otherwise than it is recorded, each aspect once."""
    if relation not in SAYING_IT_AGAIN:
        return []
    found = figures.find(passage, published)
    by_aspect: dict[str, Said] = {}
    for said in (*_numbers(passage, found, recorded), *_dates(passage, relation, published, found, recorded)):
        by_aspect.setdefault(said.aspect, said)
    return list(by_aspect.values())


def _numbers(passage: str, found: list[Figure], recorded: Recorded) -> Iterator[Said]:
    """Another baseline, the number in another unit, or another number in place of the one recorded."""
    for figure in found:
        is_baseline = recorded.baseline is not None and _BASELINE.search(passage[: figure.start])
        if is_baseline and figure.value != recorded.baseline and _same_unit(figure.unit, recorded.unit):
            yield _said("baseline", figure, passage)
    if recorded.value is None or recorded.value < LEAST_NUMBER:
        return
    promised = [
        figure
        for figure in found
        if figure.modality == "promised"
        and not _is_compared(passage, figure)
        and _is_to_come(passage, passage[figure.start : figure.end])
    ]
    states_it = any(
        figure.value == recorded.value and not _GIVEN_UP.search(passage[: figure.start]) for figure in found
    )
    for figure in promised:
        if figure.value == recorded.value and _is_other_noun(figure, recorded):
            yield _said("unit", figure, passage)
        elif not states_it and _is_other_number(figure, recorded):
            yield _said("number", figure, passage)


def _is_other_number(figure: Figure, recorded: Recorded) -> bool:
    value, wanted = figure.value, recorded.value
    return (
        wanted is not None
        and figure.value != wanted
        and figure.high is None
        and figure.change == recorded.is_change
        and wanted / MOST_TIMES <= value <= wanted * MOST_TIMES
        and _same_unit(figure.unit, recorded.unit)
        and _same_thing(figure, recorded)
        and not _is_in(value, recorded.words)
    )


def _is_other_noun(figure: Figure, recorded: Recorded) -> bool:
    """Whether the promised number is given of something else: "personnel" for "officers"."""
    unit, wanted = _stems(figure.unit), _stems(f"{recorded.unit} {recorded.metric} {recorded.words}")
    signs = set(_SIGNS.values())
    if not unit or figure.unit in signs or _SIGNS.get(recorded.unit, recorded.unit) in signs or unit <= _PEOPLE:
        return False
    return figure.value >= 100 and not _stems(recorded.unit) <= _PEOPLE and not unit & wanted


def _dates(passage: str, relation: str, published: dt.date, found: list[Figure], recorded: Recorded) -> Iterator[Said]:
    """A day to come by which it is to be done, wholly before or after the days that are recorded.

    Where a delay is reported it has to be later; where the promise is said again, its own number has to be there.
    """
    if recorded.latest is None or not _STILL_TO_COME.search(passage):
        return
    first = recorded.earliest or recorded.latest
    parsed = deadlines.parse(passage, published)
    earliest, latest = parsed.earliest, parsed.latest
    if earliest is None or latest is None or not parsed.stated or latest <= published:
        return
    is_later, is_earlier = earliest > recorded.latest, latest < first
    if latest in recorded.milestones or not (is_later or is_earlier):
        return
    quoted = _QUOTED.search(parsed.derivation)
    words = quoted[1] if quoted else ""
    if not words or _LENGTH_OF_TIME.search(words):
        return  # it counts from a day that the passage need not mean
    if relation == Relation.SLIPS:
        is_meant = is_later and (bool(_YEAR.search(words)) or _is_to_come(passage, words))
    else:
        whole = any(one.value == recorded.value and one.modality == "promised" for one in found)
        is_meant = whole and bool(_YEAR.search(words))
    if is_meant:
        yield Said("date", words, earliest=earliest, latest=latest)


def _is_to_come(passage: str, words: str) -> bool:
    """Whether words, a number or a month without its year, tell of what is to come, by what stands around them."""
    at = passage.find(words)
    before = passage[max(0, at - REACH_CHARS) : max(0, at)] + words
    after = passage[at + len(words) :][:12]
    is_past = _ALREADY_PAST.search(before) or _ALREADY_PAST.search(after)
    return at >= 0 and bool(_STILL_TO_COME.search(before)) and not is_past


def _said(aspect: str, figure: Figure, passage: str) -> Said:
    end = figure.end
    words = passage[figure.start : end]
    noun = figure.unit if figure.unit not in _SIGNS.values() else ""
    return Said(aspect, f"{words} {noun}".strip() if noun and noun not in words else words, figure.value, figure.unit)


def _is_compared(passage: str, figure: Figure) -> bool:
    return bool(_COMPARED.search(passage[: figure.start]))


def _is_in(value: Decimal, words: str) -> bool:
    """Whether a promise names this number too, beside its target."""
    return any(number.value == value for number in figures.find(words, dt.date(2000, 1, 1)))


def _same_unit(unit: str, wanted: str) -> bool:
    wanted = _SIGNS.get(wanted, wanted)
    signs = set(_SIGNS.values())
    if unit in signs or wanted in signs:
        return unit == wanted
    one, other = _stems(unit), _stems(wanted)
    return not one or not other or bool(one & other) or one <= _PEOPLE or other <= _PEOPLE


def _same_thing(figure: Figure, recorded: Recorded) -> bool:
    """Whether a figure counts what was promised, and nothing that the promise does not name ("prison officers")."""
    words = figure.metric.split()
    counted_words = words[:-1] if words and is_participle(words[-1]) else words
    counted = _stems(f"{figure.unit} {' '.join(counted_words)}") - _GENERAL
    wanted = _stems(f"{recorded.unit} {recorded.metric}")
    foreign = counted - wanted - _stems(recorded.words) - _PEOPLE
    return bool((counted - _PEOPLE) & wanted) and not foreign


def _stems(text: str) -> frozenset[str]:
    return frozenset(terms.stems(text))
