"""A piece of evidence in words: its quote in its surroundings, its figures, how sure the machine is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import F, IntegerField, QuerySet, Value
from django.db.models.functions import Greatest, Least, Substr
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commitments.pages import phrases

Rows = TypeVar("Rows", bound=QuerySet[Any])

#: Characters shown on either side of a quote.
AROUND = 240
#: Words shown on either side of a quote where many are read at once.
WORDS_AROUND = 25


@dataclass(frozen=True)
class Passage:
    """A quote with what stands before and after it in the revision."""

    before: str
    quote: str
    after: str

    def as_html(self) -> SafeString:
        return format_html('<div class="passage">{}<mark>{}</mark>{}</div>', self.before, self.quote, self.after)

    def shortened(self, words: int = WORDS_AROUND) -> Passage:
        """The same with at most so many words on either side, as one run of text."""
        before, after = self.before.split(), self.after.split()
        return Passage(
            before=_spaced(["…", *before[-words:]] if len(before) > words else before, self.before[-1:].isspace(), -1),
            quote=self.quote,
            after=_spaced([*after[:words], "…"] if len(after) > words else after, self.after[:1].isspace(), 0),
        )


def _spaced(words: list[str], has_space: bool, side: int) -> str:
    text = " ".join(words)
    if not has_space:
        return text
    return f"{text} " if side else f" {text}"


def with_surroundings(quoting: Rows) -> Rows:
    """Annotate `text_before` and `text_after` on rows that quote a revision: whole texts stay in the database."""
    text, start = F("revision__text"), F("start")
    first = Greatest(start - Value(AROUND - 1), Value(1), output_field=IntegerField())
    return quoting.annotate(
        text_before=Substr(text, first, Least(start, Value(AROUND), output_field=IntegerField())),
        text_after=Substr(text, F("end") + Value(1), Value(AROUND)),
    )


def passage(quoting: Any) -> Passage:
    """The passage of a row read through `with_surroundings`, cut at words."""
    before, after = quoting.text_before, quoting.text_after
    if quoting.start > AROUND:
        before = f"… {before.partition(' ')[2]}"
    if len(after) == AROUND:
        after = f"{after.rpartition(' ')[0]} …"
    return Passage(before, quoting.quote, after)


def figure_in_words(figure: Mapping[str, Any]) -> str:
    """ "almost 13,500 people returned, 5 July to 16 December 2024", and whether it is promised or said before."""
    unit, metric = figure.get("unit", ""), figure.get("metric") or ""
    high = figure.get("high")
    quantity = phrases.quantity(Decimal(str(figure["value"])), unit, None if high is None else Decimal(str(high)))
    if metric and unit and metric.lower().startswith(unit.lower()):
        quantity += metric[len(unit) :]
    elif metric and not quantity.endswith(unit):
        quantity += f" {metric}"
    elif metric:
        quantity += f" ({metric})"
    qualifier = figure.get("qualifier", "exact")
    notes = [
        "" if figure.get("modality", "happened") == "happened" else figure["modality"].replace("_", " "),
        "said before" if figure.get("restated") else "",
    ]
    said = quantity if qualifier == "exact" else f"{qualifier} {quantity}"
    when = _when(figure)
    about = f"{said}, {when}" if when else said
    noted = "; ".join(note for note in notes if note)
    return f"{about} ({noted})" if noted else about


def _when(figure: Mapping[str, Any]) -> str:
    first, last, as_of = (
        dt.date.fromisoformat(figure[name]) if figure.get(name) else None
        for name in ("period_start", "period_end", "as_of")
    )
    if first and last:
        return phrases.span(first, last, "to")
    if first:
        return f"since {phrases.day(first)}"
    if as_of:
        return f"on {phrases.day(as_of)}"
    return f"to {phrases.day(last)}" if last else ""
