"""How often the linker in use is right, for the page on how we work: from what its model's file says of it.

The file's `metrics["quality"]` has the form that `commitments.linking.published_quality` describes. What a file lacks
is left out here, and shown as not measured.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commitments.linking.model import Model

NOT_MEASURED = "not measured"
#: By whether the model was fitted to a set.
USES: dict[bool | None, str] = {True: "each left out of learning in turn", False: "never learnt from"}


@dataclass(frozen=True)
class SetQuality:
    """One set of test documents: what it is, how it was measured, and each figure in words."""

    documents: str
    about: str
    measured: str
    precision: str
    recall: str
    f1: str
    relation: str
    quote: str
    lookalikes: str
    irrelevant: str


@dataclass(frozen=True)
class Band:
    """A line of the reliability table: of pairs with such a score, how many belonged."""

    scores: str
    pairs: int
    belonged: str
    is_suggested: str


@dataclass(frozen=True)
class Correction:
    """The version in use where staff's decisions have corrected the shipped one, and F1 with what it was held to."""

    version: str
    made_on: dt.date | None
    on_documents: str
    on_decisions: str


@dataclass(frozen=True)
class LinkerQuality:
    """What the page shows. `precision` and `recall` are out of 100, over the documents that tell most.

    `is_unseen` says that nothing was learnt from these.
    """

    version: str
    made_on: dt.date | None
    correction: Correction | None
    threshold: str
    measured_on: dt.date | None
    documents: int | None
    is_unseen: bool
    precision: int | None
    recall: int | None
    f1: str
    sets: list[SetQuality]
    bands: list[Band]


def linker_quality(model: Model, in_use: Model) -> LinkerQuality:
    """What the file of the shipped model says of it, and what is known of the version in use where that is another."""
    quality = model.metrics.get("quality") or {}
    together = quality.get("together") or {}
    measured_on = quality.get("measured on")
    return LinkerQuality(
        version=model.version,
        made_on=_made_on(model),
        correction=_correction(in_use) if in_use.version != model.version else None,
        threshold=_percent(model.threshold),
        measured_on=dt.date.fromisoformat(measured_on) if measured_on else None,
        documents=together.get("documents"),
        is_unseen=together.get("fitted to") is False,
        precision=_of_hundred(together.get("precision")),
        recall=_of_hundred(together.get("recall")),
        f1=_f1(together),
        sets=[_set(one) for one in quality.get("sets") or ()],
        bands=[_band(one, model.threshold) for one in quality.get("reliability") or ()],
    )


def _made_on(model: Model) -> dt.date | None:
    made_at = model.made.get("at")
    return dt.datetime.fromisoformat(made_at).date() if made_at else None


def _correction(model: Model) -> Correction:
    def f1(name: str) -> str:
        value = model.metrics.get(f"{name}, F1")
        return NOT_MEASURED if value is None else f"{value:.2f}"

    return Correction(model.version, _made_on(model), f1("labelled documents"), f1("held-back decisions"))


def _set(one: Mapping[str, Any]) -> SetQuality:
    return SetQuality(
        documents=_counted(one.get("documents"), "document") or NOT_MEASURED,
        about="; ".join(filter(None, [_length(one), _bearing_on_nothing(one), _record(one)])),
        measured=USES.get(one.get("fitted to"), NOT_MEASURED),
        precision=_percent(one.get("precision")),
        recall=_percent(one.get("recall")),
        f1=_f1(one),
        relation=_percent(one.get("relation right")),
        quote=_percent(one.get("quote right")),
        lookalikes=_hits(one.get("hard negatives passed"), one.get("hard negatives")),
        irrelevant=_hits(one.get("bear on nothing, hit"), one.get("bear on nothing")),
    )


def _length(one: Mapping[str, Any]) -> str:
    """The median number of words, to the nearest ten, as it is one of few."""
    words = one.get("median words")
    return f"about {max(10, round(words, -1))} words each" if words else ""


def _bearing_on_nothing(one: Mapping[str, Any]) -> str:
    count = one.get("bear on nothing")
    return f"{count} {'bears' if count == 1 else 'bear'} on nothing" if count else ""


def _record(one: Mapping[str, Any]) -> str:
    commitments, departments = _counted(one.get("commitments"), "commitment"), one.get("departments")
    return f"{commitments} of {_counted(departments, 'department')}" if commitments and departments else commitments


def _band(one: Mapping[str, Any], threshold: float) -> Band:
    begins, ends = one["from"], one["from"] + 0.1
    return Band(
        scores=f"{100 * begins:.0f} to {100 * ends:.0f}%",
        pairs=one["pairs"],
        belonged=_percent(one["share that belongs"]),
        is_suggested=_suggested(begins, ends, threshold),
    )


def _suggested(begins: float, ends: float, threshold: float) -> str:
    if begins >= threshold:
        return "yes"
    return f"from {_percent(threshold)}" if round(ends, 6) > threshold else "no"


def _percent(share: float | None) -> str:
    return NOT_MEASURED if share is None else f"{100 * share:.0f}%"


def _of_hundred(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _f1(rates: Mapping[str, Any]) -> str:
    if rates.get("F1") is None:
        return NOT_MEASURED
    if rates.get("F1 from") is None or rates.get("F1 to") is None:
        return f"{rates['F1']:.2f}"
    return f"{rates['F1']:.2f} ({rates['F1 from']:.2f} to {rates['F1 to']:.2f})"


def _hits(passed: int | None, among: int | None) -> str:
    return NOT_MEASURED if passed is None else f"{passed} of {among}" if among else "none to fall for"


def _counted(count: int | None, noun: str) -> str:
    return "" if count is None else f"{count} {noun}{'' if count == 1 else 's'}"
