"""The figures of a passage that belong to a commitment, and the series of which they are points. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from commitments import figures
from commitments.figures import Figure
from commitments.figures.phrases import is_participle
from commitments.figures.vocabulary import CHANGE_NOUNS
from commitments.linking import terms
from commitments.linking.document import Document
from commitments.linking.meanings import meaning
from commitments.linking.passages import Passage
from commitments.linking.profile import Profile
from commitments.linking.quantities import Quantity
from commitments.restatement import is_restated

FigureRow = dict[str, Any]

#: Said of what is still to come; so is a count under way when it is the number promised.
NOT_YET = ("promised", "expected")
NOT_DONE = (*NOT_YET, "under_way")
MONEY = {"GBP": "£", "EUR": "€", "USD": "$"}
SIGNS = {**MONEY, "per cent": "%"}
#: How else people write those units in a record.
_WRITTEN = {"%": "per cent", "percent": "per cent", "£": "GBP", "pounds": "GBP", "€": "EUR", "euros": "EUR", "$": "USD"}
#: Counts smaller than this are a matter of telling ("the 3 biggest"), unless the series counts them.
LEAST_COUNT = 10
#: Lengths of time that say the same in a smaller unit.
_IN_SMALLER_UNITS = {"decades": ("years", 10), "years": ("months", 12), "weeks": ("days", 7), "hours": ("minutes", 60)}
_LENGTHS_OF_TIME = frozenset({"seconds", "minutes", "hours", "days", "nights", "weeks", "months", "years", "decades"})


def _stems(text: str) -> frozenset[str]:
    return frozenset(terms.stems(text))


#: Nouns under which people are counted without saying anything of who they are.
_PEOPLE = _stems("people persons individuals migrants offenders nationals men women adults cases arrivals")
#: Words before a noun that leave it what it is.
_GENERAL = _stems("additional extra more further new total another overall") | _PEOPLE
#: Names of public money that do not say what it is for.
_FUNDING = _stems("funding fund investment spending money grant budget boost package cash support additional extra new")
_CHANGE = _stems(" ".join(CHANGE_NOUNS))
_PAID = re.compile(
    r"\b(?:spent|paid|invested|allocated|awarded|distributed|disbursed|delivered|received|handed|drawn\s+down)\b",
    re.IGNORECASE,
)
_EQUIVALENTS = re.compile(r"\b(?:full[\s-]time[\s-]equivalents?|[FW]TEs?)\b", re.IGNORECASE)
_HEADS = re.compile(r"\b(?:headcount|heads)\b", re.IGNORECASE)
#: What stands before the number with which a figure is compared.
_COMPARED_BEFORE = re.compile(
    r"(?:\b(?:compared\s+(?:with|to)|versus)\b(?:(?!\sand\s)[^.;,])*"
    r"|\b(?:instead\s+of|rather\s+than|up\s+from|down\s+from|from|against|times(?:\s+the)?|since\s+the"
    r"|(?:more|fewer|less|higher|lower|larger|greater|bigger)\s+than\s+the)"
    r"(?:\s+(?:just|about|around|over|under|nearly|almost|some|only|a|record|peak|of)){0,3})\s*$",
    re.IGNORECASE,
)
_COMPARED_AFTER = re.compile(
    r"^\s+(?:\w+\s+){0,2}?(?:(?:a|one)\s+(?:year|month|quarter)|(?:the|twelve|12)\s+(?:year|months?|quarter))\s+(?:earlier|ago|before)\b",
    re.IGNORECASE,
)
#: What follows on a change since an earlier period.
_SINCE_BEFORE = re.compile(
    r"^[^.;,]{0,30}?\b(?:on|than|compared\s+(?:to|with)|from|over|against)\s[^.;]{0,40}?"
    r"\b(?:last|previous|same|prior|earlier|before|year|month|quarter|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SeriesWords:
    """A series of a commitment: its key, what it counts, in which unit, and whether it is a level, flow or total."""

    key: int | None
    metric: str
    unit: str
    measure: str


@dataclass(frozen=True)
class _Told:
    """A figure in the passage that tells it, and the row made of it."""

    figure: Figure
    passage: Passage
    row: FigureRow


@dataclass(frozen=True)
class _Promise:
    """What figures are held against: the commitment's words, numbers and series, and whether it is only being made."""

    profile: Profile
    series: Sequence[SeriesWords]
    is_being_made: bool

    def names(self, figure: Figure) -> bool:
        """Whether the promise names this number: its target, a sum in its words, or a count of a thing in its words."""
        if self.is_target(figure):
            return True
        value, sign = float(figure.value), SIGNS.get(figure.unit, "")
        if figure.unit in _LENGTHS_OF_TIME or not any(
            (one.value, one.kind) == (value, sign) for one in self.profile.quantities
        ):
            return False
        return bool(sign) or bool(_stems(f"{figure.unit} {figure.metric}") & self.profile.weights.keys())

    def is_target(self, figure: Figure) -> bool:
        """Whether it is the target's number."""
        target = self.profile.target
        return bool(target) and target == Quantity(float(figure.value), SIGNS.get(figure.unit, ""))

    def series_of_target(self, figure: Figure) -> SeriesWords | None:
        """The series of the target, where the figure is the target's number in its unit."""
        return next((one for one in self.series if self.is_target(figure) and _same_unit(figure.unit, one.unit)), None)

    @property
    def measures_money(self) -> bool | None:
        """Whether its target is a sum of money; None where it has no target."""
        if self.profile.target is None:
            return None
        return self.profile.target.kind in MONEY.values()


def tied(
    document: Document, passage_number: int, profile: Profile, series: Sequence[SeriesWords], published: dt.date
) -> list[FigureRow]:
    """Figures of a passage, and of its neighbours that speak of the same thing, which belong to the commitment.

    They measure its series or what its words count, or state the numbers that it promises where it is announced.
    What they are compared with, the promise said again, and the state of things before it are left out.
    Each is a dict of plain values with offsets into the release's text; `restated` is still False.
    """
    promise = _Promise(profile, series, _is_being_made(document, profile))
    told: list[_Told] = []
    for number in _speaking_of_the_same(document, passage_number, profile):
        passage = document.passages[number]
        for found in _figures_of(passage.text, published):
            figure = _in_unit_of(series, found)
            row = _row(figure, passage, promise, is_own=number == passage_number)
            if row is not None:
                told.append(_Told(figure, passage, row))
    if promise.is_being_made and not any(promise.is_target(one.figure) for one in told):
        told += _target_elsewhere(document, passage_number, promise, published)
    kept = _without_others(_without_comparisons(told, promise), promise)
    kept += _parts_elsewhere(document, passage_number, promise, published, kept)
    return sorted((one.row for one in kept), key=lambda row: int(row["start"]))


@lru_cache(maxsize=1024)
def _figures_of(text: str, published: dt.date) -> tuple[Figure, ...]:
    """The figures of a passage; the several commitments on which a release bears ask for the same ones."""
    return tuple(figures.find(text, published))


def _is_being_made(document: Document, profile: Profile) -> bool:
    """On its own day a promise is made; from the next day on its numbers are only said again."""
    return document.published is None or profile.made_on is None or document.published <= profile.made_on


def _speaking_of_the_same(document: Document, number: int, profile: Profile) -> list[int]:
    own = document.passages[number]
    matched = document.stems[number] & profile.weights.keys()
    chosen = [number]
    for other in (number - 1, number + 1):
        if not 0 <= other < len(document.passages) or document.passages[other].paragraph != own.paragraph:
            continue
        if len(document.stems[other] & profile.weights.keys()) >= max(2, len(matched) // 2):
            chosen.append(other)
    return chosen


def _target_elsewhere(document: Document, number: int, promise: _Promise, published: dt.date) -> list[_Told]:
    """The promised number itself, in the sentence nearest to the passage that gives it in the target's unit."""
    weights = promise.profile.weights.keys()
    for other in sorted(range(len(document.passages)), key=lambda each: (abs(each - number), each)):
        if other == number or len(document.stems[other] & weights) < 2:
            continue
        passage = document.passages[other]
        for found in _figures_of(passage.text, published):
            figure = _in_unit_of(promise.series, found)
            if (
                promise.series_of_target(figure)
                and not _is_compared_with(figure, passage)
                and _has_digits(figure, passage)
            ):
                return [
                    _Told(figure, passage, _as_row(figure, passage, promise.series_of_target(figure), is_point=False))
                ]
    return []


def _parts_elsewhere(
    document: Document, number: int, promise: _Promise, published: dt.date, told: Sequence[_Told]
) -> list[_Told]:
    """Counts of a part of a series (“foreign offenders returned” of “people returned”) in other passages.

    The part is one that the commitment's words name. It is offered apart: it is no point of the series.
    """
    weights = promise.profile.weights.keys()
    rows = [one.row for one in told]
    found: list[_Told] = []
    for other, passage in enumerate(document.passages) if promise.series else ():
        if other == number or len(document.stems[other] & weights) < 2:
            continue
        for figure in _figures_of(passage.text, published):
            if not _is_news(figure, passage, promise.profile):
                continue
            if not any(_is_part(figure, one, promise.profile) for one in promise.series):
                continue
            row = _as_row(figure, passage, None, is_point=False)
            if not any(is_restated(row, [other]) or is_restated(other, [row]) for other in rows):
                rows.append(row)
                found.append(_Told(figure, passage, row))
    return found


def _is_news(figure: Figure, passage: Passage, profile: Profile) -> bool:
    """A count that somebody reports, of the time since the promise."""
    return (
        figure.modality == "happened"
        and not figure.change
        and figure.unit not in SIGNS
        and figure.value >= LEAST_COUNT
        and not _is_compared_with(figure, passage)
        and not _is_of_before(figure, profile)
    )


def _is_part(figure: Figure, series: SeriesWords, profile: Profile) -> bool:
    """Same unit, the same done to it, and narrowed by a word of the commitment's that is none of the series'."""
    counted, metric = _stems(figure.metric), _stems(series.metric)
    if not _same_unit(figure.unit, series.unit) or not _meanings(counted) & _meanings(metric):
        return False
    return bool((counted & profile.weights.keys()) - metric - _GENERAL - _alike(counted, metric))


def _meanings(stems: frozenset[str]) -> set[str]:
    return {meaning(stem) for stem in stems - _GENERAL}


def _alike(stems: frozenset[str], others: frozenset[str]) -> set[str]:
    """Those of some stems that mean nearly what one of the others means."""
    meant = _meanings(others)
    return {stem for stem in stems if meaning(stem) in meant}


def _without_comparisons(told: Sequence[_Told], promise: _Promise) -> list[_Told]:
    """A change since an earlier period says how a level compares, unless a change is what was promised."""
    if promise.profile.target and promise.profile.target.kind == "%":
        return list(told)
    levels: frozenset[str] = frozenset().union(*(_stems(one.figure.metric) for one in told if not one.figure.change))
    return [
        one
        for one in told
        if not (
            one.figure.change
            and _SINCE_BEFORE.search(one.passage.text[one.figure.end :])
            and (_stems(one.figure.metric) - _CHANGE - _PEOPLE) & levels
        )
    ]


def _without_others(told: Sequence[_Told], promise: _Promise) -> list[_Told]:
    """Where one of several sums is the one promised, the others belong to other promises or say it in another way."""
    has_target = any(promise.is_target(one.figure) for one in told)
    is_meant = promise.is_target if has_target else promise.names
    units = {one.figure.unit for one in told if one.figure.unit in SIGNS and is_meant(one.figure)}
    return [
        one for one in told if one.figure.unit not in units or is_meant(one.figure) or one.row["series"] is not None
    ]


def _row(figure: Figure, passage: Passage, promise: _Promise, is_own: bool) -> FigureRow | None:
    """The row of a figure that belongs to the commitment; None for any other."""
    if _is_compared_with(figure, passage) or _is_of_before(figure, promise.profile):
        return None
    if promise.names(figure) and _is_only_promised(figure, passage):
        if figure.modality == "under_way" and figure.unit not in MONEY:
            return None  # what has begun is no longer a promise and not yet a measure of it
        if not promise.is_being_made or not _has_digits(figure, passage) or not (is_own or figure.unit not in SIGNS):
            return None
        return _as_row(figure, passage, promise.series_of_target(figure), is_point=False)
    if figure.modality in NOT_YET and figure.unit not in MONEY:
        return None
    point_of = next((one for one in promise.series if _is_point(figure, passage, one, promise.profile)), None)
    if point_of is None and not _is_counted_by(figure, promise, is_own):
        return None
    return _as_row(figure, passage, point_of, is_point=point_of is not None and figure.modality == "happened")


def _is_only_promised(figure: Figure, passage: Passage) -> bool:
    """A sum that nobody says was paid, a number of things still to come, a share in words: the promise itself."""
    if figure.unit in MONEY:
        return figure.modality in NOT_YET or not _PAID.search(passage.text)
    return figure.modality in NOT_DONE or not _has_digits(figure, passage)


def _has_digits(figure: Figure, passage: Passage) -> bool:
    """Whether a share or multiple is a figure, not a verb (“halve”); any other number is one."""
    if figure.unit not in ("per cent", "times"):
        return True
    return any(map(str.isdigit, passage.text[figure.start : figure.end]))


def _is_compared_with(figure: Figure, passage: Passage) -> bool:
    before, after = passage.text[: figure.start], passage.text[figure.end :]
    return bool(_COMPARED_BEFORE.search(before) or _COMPARED_AFTER.search(after))


def _is_of_before(figure: Figure, profile: Profile) -> bool:
    """Whether a figure's period was over when the promise was made."""
    ended = figure.period_end or figure.as_of
    return bool(ended and profile.made_on and ended < profile.made_on)


def _is_counted_by(figure: Figure, promise: _Promise, is_own: bool) -> bool:
    """Whether the commitment's own words count the thing, where it is no point of its series."""
    profile = promise.profile
    written = _stems(figure.metric) - _CHANGE
    said = frozenset(profile.weights) | profile.metric
    shared = (written & said) - _PEOPLE
    if promise.names(figure):
        return is_own or bool(shared)
    if figure.unit in MONEY:
        return promise.measures_money is not False and len(shared - _FUNDING) >= 2
    if figure.unit in _LENGTHS_OF_TIME or not shared:
        return False
    if figure.unit not in SIGNS and figure.value < LEAST_COUNT:
        return False
    if not is_own and not profile.target and figure.as_of is None:
        return False
    if len(shared) >= 2 or _core(figure.metric) & shared:
        return True
    return bool(shared) and written - _GENERAL <= shared | _alike(written, said - _GENERAL)


def _core(metric: str) -> frozenset[str]:
    """The noun that is counted and what was done to it, without what stands before the noun."""
    words = [word for word in metric.split() if word.lower() not in CHANGE_NOUNS]
    return _stems(" ".join(words[-_core_length(words) :]))


def _core_length(words: Sequence[str]) -> int:
    return 2 if len(words) > 1 and is_participle(words[-1]) else 1


def _is_point(figure: Figure, passage: Passage, series: SeriesWords, profile: Profile) -> bool:
    """Same unit, no change, and what is counted means the same: by the series' own words or the commitment's names.

    A part of what the series counts (“foreign offenders returned” of “people returned”) is no point of it.
    """
    metric = _stems(series.metric)
    if figure.change or not _same_basis(figure, series):
        return False
    if not (_same_unit(figure.unit, series.unit) or _is_unit_in(metric, figure, series)):
        return False
    counted = _stems(figure.metric)
    meant, others = metric - _PEOPLE, counted - _GENERAL
    if figure.unit in MONEY and not _PAID.search(passage.text) and not (others & meant) - _FUNDING:
        return False
    words = figure.metric.split()
    told_of = profile.title | profile.statement | metric | _GENERAL
    if figure.unit not in MONEY and _stems(" ".join(words[: -_core_length(words)])) - told_of:
        return False
    names: frozenset[str] = frozenset().union(*profile.keywords)
    if not others:
        return not meant
    return others <= (metric | names) if not (others & meant) else len(others - metric - names) <= 1


def _is_unit_in(metric: frozenset[str], figure: Figure, series: SeriesWords) -> bool:
    """Whether the series' words name what is counted, where its own unit is another word for it or none.

    A number without a unit (“the waiting list stands at 6.24 million”, “31 have opened”) is named by its metric.
    """
    if _written(series.unit) in SIGNS:
        return False
    if not figure.unit:
        return bool(_stems(figure.metric) & (metric - _PEOPLE))
    return bool(_stems(figure.unit) & (metric - _PEOPLE))


def _same_basis(figure: Figure, series: SeriesWords) -> bool:
    """Full-time equivalents are not heads: who states one is no point of a series of the other.

    A series that says neither is taken to count heads; a figure that says neither, what its series counts.
    """
    stated, of_series = _basis(f"{figure.metric} {figure.unit}"), _basis(f"{series.metric} {series.unit}")
    return not stated or stated == (of_series or "heads")


def _basis(words: str) -> str:
    return "equivalents" if _EQUIVALENTS.search(words) else "heads" if _HEADS.search(words) else ""


def _written(unit: str) -> str:
    return _WRITTEN.get(unit.lower(), unit)


def _same_unit(unit: str, wanted: str) -> bool:
    wanted = _written(wanted)
    if not wanted:
        return unit not in SIGNS
    if unit in SIGNS or wanted in SIGNS:
        return unit == wanted
    one, other = _stems(unit), _stems(wanted)
    if unit == "FTE":
        return True
    return unit == wanted or bool(one & other) or unit == "people" or bool(one and one <= _PEOPLE and other <= _PEOPLE)


def _in_unit_of(series: Sequence[SeriesWords], figure: Figure) -> Figure:
    """A length of time in the unit that the series has, where that is the smaller one: two years are 24 months."""
    smaller, times = _IN_SMALLER_UNITS.get(figure.unit, ("", 1))
    if not smaller or not any(one.unit == smaller for one in series):
        return figure
    return replace(
        figure,
        value=figure.value * times,
        high=None if figure.high is None else figure.high * times,
        unit=smaller,
    )


def _as_row(figure: Figure, passage: Passage, series: SeriesWords | None, *, is_point: bool) -> FigureRow:
    """`series` gives the words and the unit; the figure itself belongs to it only as a point."""
    return {
        "metric": series.metric if series else figure.metric,
        "value": _number(figure.value),
        "unit": (series.unit if series else "") or figure.unit,
        "qualifier": figure.qualifier,
        "as_of": _iso(figure.as_of),
        "period_start": _iso(figure.period_start),
        "period_end": _iso(figure.period_end),
        "restated": False,
        "start": passage.start + figure.start,
        "end": passage.start + figure.end,
        "high": None if figure.high is None else _number(figure.high),
        "modality": figure.modality,
        "change": figure.change,
        "revised": figure.revised,
        "revised_from": None if figure.revised_from is None else _number(figure.revised_from),
        "series": series.key if series and is_point else None,
    }


def _number(value: Any) -> int | float:
    number = float(value)
    return int(number) if number.is_integer() else number


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
