"""The figures of a passage that belong to a commitment, and the series of which they are points. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commitments import figures
from commitments.figures import Figure
from commitments.linking import terms
from commitments.linking.features import Document
from commitments.linking.passages import Passage
from commitments.linking.profile import Profile

FigureRow = dict[str, Any]

#: A number of things that is only promised or expected is the promise again; a sum of money is news by being promised.
NOT_YET = ("promised", "expected")
MONEY = ("GBP", "EUR", "USD")
#: Counts smaller than this are a matter of telling ("the 3 biggest"), unless the series counts them.
LEAST_COUNT = 10

#: Nouns under which people are counted without saying anything of who they are.
_PEOPLE = frozenset(
    terms.stems("people persons individuals migrants offenders nationals men women adults cases arrivals")
)


@dataclass(frozen=True)
class SeriesWords:
    """A series of a commitment: its key, what it counts, in which unit, and whether it is a level, flow or total."""

    key: int | None
    metric: str
    unit: str
    measure: str


def tied(
    document: Document, passage_number: int, profile: Profile, series: Sequence[SeriesWords], published: dt.date
) -> list[FigureRow]:
    """Figures of a passage, and of its neighbours that speak of the same thing, which belong to the commitment.

    Each is a dict of plain values with offsets into the release's text; `restated` is still False.
    """
    rows: list[FigureRow] = []
    for number in _speaking_of_the_same(document, passage_number, profile):
        passage = document.passages[number]
        for figure in figures.find(passage.text, published):
            row = _row(figure, passage, profile, series, own_passage=number == passage_number)
            if row is not None:
                rows.append(row)
    return sorted(_without_others(rows, profile), key=lambda row: int(row["start"]))


def _without_others(rows: Sequence[FigureRow], profile: Profile) -> list[FigureRow]:
    """Where one of several sums is the one promised, the others belong to other promises."""
    promised = _promised(profile)
    units = {row["unit"] for row in rows if row["value"] in promised}
    return [row for row in rows if row["unit"] not in units or row["value"] in promised or row["series"] is not None]


def _promised(profile: Profile) -> set[float]:
    """The numbers that identify the promise: its target, and sums in its words."""
    target = {profile.target.value} if profile.target else set()
    return target | {quantity.value for quantity in profile.quantities if quantity.kind}


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


def _row(
    figure: Figure, passage: Passage, profile: Profile, series: Sequence[SeriesWords], own_passage: bool
) -> FigureRow | None:
    if figure.modality in NOT_YET and figure.unit not in MONEY:
        return None
    counted = frozenset(terms.stems(figure.metric))
    point_of = next((one for one in series if _is_point(figure, counted, one, profile)), None)
    shared = counted & (profile.weights.keys() | profile.metric)
    promised_sum = float(figure.value) in _promised(profile)
    written = passage.text[figure.start : figure.end]
    if not any(map(str.isdigit, written)) and set(terms.stems(written)) & profile.weights.keys():
        return None  # "halving" where the promise is to halve: the promise again
    if point_of is None and not (shared - _PEOPLE) and not (promised_sum and own_passage):
        return None
    if point_of is None and figure.unit not in (*MONEY, "per cent") and figure.value < LEAST_COUNT:
        return None
    return {
        "metric": point_of.metric if point_of else figure.metric,
        "value": _number(figure.value),
        "unit": figure.unit,
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
        "series": point_of.key if point_of and figure.modality == "happened" else None,
    }


def _is_point(figure: Figure, counted: frozenset[str], series: SeriesWords, profile: Profile) -> bool:
    """Same unit, no change, and what is counted means the same: by the series' own words or the commitment's names."""
    if figure.change or not _same_unit(figure.unit, series.unit):
        return False
    metric = frozenset(terms.stems(series.metric))
    meant = metric - _PEOPLE
    others = counted - _PEOPLE
    names = frozenset().union(*profile.keywords) if profile.keywords else frozenset()
    if not others:
        return not meant
    return others <= (metric | names) if not (others & meant) else len(others - metric - names) <= 1


def _same_unit(unit: str, wanted: str) -> bool:
    if not wanted:
        return unit not in ("GBP", "per cent")
    one, other = set(terms.stems(unit)), set(terms.stems(wanted))
    return unit == wanted or bool(one & other) or bool(one and other and one <= _PEOPLE and other <= _PEOPLE)


def _number(value: Any) -> int | float:
    number = float(value)
    return int(number) if number.is_integer() else number


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
