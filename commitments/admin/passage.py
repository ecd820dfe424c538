"""A piece of evidence in words: its quote in its surroundings, its figures, how sure the machine is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, IntegerField, Value
from django.db.models.functions import Greatest, Least, Substr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from commitments.models.evidence import EvidenceQuerySet
from commitments.pages import phrases

#: Characters shown on either side of a quote.
AROUND = 240

_CONFIDENCE = ((0.9, "very likely"), (0.7, "likely"), (0.5, "perhaps"), (0.0, "doubtful"))


@dataclass(frozen=True)
class Passage:
    """A quote with what stands before and after it in the revision."""

    before: str
    quote: str
    after: str

    def as_html(self) -> SafeString:
        return format_html('<div class="passage">{}<mark>{}</mark>{}</div>', self.before, self.quote, self.after)


def with_surroundings(evidence: EvidenceQuerySet) -> EvidenceQuerySet:
    """Annotate `text_before` and `text_after`, so that the whole texts stay in the database."""
    text, start = F("revision__text"), F("start")
    first = Greatest(start - Value(AROUND - 1), Value(1), output_field=IntegerField())
    return evidence.annotate(
        text_before=Substr(text, first, Least(start, Value(AROUND), output_field=IntegerField())),
        text_after=Substr(text, F("end") + Value(1), Value(AROUND)),
    )


def passage(evidence: Any) -> Passage:
    """The passage of a piece read through `with_surroundings`, cut at words."""
    before, after = evidence.text_before, evidence.text_after
    if evidence.start > AROUND:
        before = f"… {before.partition(' ')[2]}"
    if len(after) == AROUND:
        after = f"{after.rpartition(' ')[0]} …"
    return Passage(before, evidence.quote, after)


def score_in_words(score: float | None) -> str:
    """ "very likely (0.93)"; empty for evidence that no machine suggested."""
    if score is None:
        return ""
    word = next(word for least, word in _CONFIDENCE if score >= least)
    return f"{word} ({score:.2f})"


def figures_in_words(figures: list[Mapping[str, Any]]) -> SafeString:
    """Each figure as it would be recorded, with its day or period, and whether it was said before."""
    return format_html_join("", '<li class="figure">{}</li>', ((_figure(figure),) for figure in figures))


def reasons_in_words(reasons: list[str]) -> SafeString:
    return format_html_join("", "<li>{}</li>", ((reason,) for reason in reasons))


def _figure(figure: Mapping[str, Any]) -> str:
    high = figure.get("high")
    quantity = phrases.quantity(
        Decimal(str(figure["value"])), figure.get("unit", ""), None if high is None else Decimal(str(high))
    )
    qualifier = "" if figure.get("qualifier", "exact") == "exact" else figure["qualifier"]
    if figure.get("period_start") and figure.get("period_end"):
        when = f"{figure['period_start']} to {figure['period_end']}"
    elif figure.get("period_start"):
        when = f"since {figure['period_start']}"
    else:
        when = figure.get("as_of") or figure.get("period_end") or ""
    said = " ".join(part for part in (qualifier, quantity) if part)
    about = ", ".join(part for part in (figure.get("metric"), when) if part)
    restated = " (said before)" if figure.get("restated") else ""
    return f"{said}: {about}{restated}" if about else f"{said}{restated}"
