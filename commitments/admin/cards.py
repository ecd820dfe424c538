"""One suggestion as staff see it, and the form by which they put its details right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from commitments.admin import passage
from commitments.models import Evidence, Measurement, Relation, Series, Status, Tier
from commitments.pages import phrases
from commitments.pages.standing import Standing, standing

#: Series whose last figure is shown beside a suggestion, and other commitments of its release.
MOST_SERIES = 4
MOST_OTHERS = 6
#: Words on either side of the quote that is being decided on.
MOST_WORDS_AROUND = 45

_RULINGS = [("new", "new"), ("again", "said before"), ("drop", "leave out")]


class CorrectionForm(forms.Form):
    """What the machine made of a passage, to be put right: relation, tier, and each figure by its place."""

    relation = forms.ChoiceField(choices=Relation.choices, label="How it bears on it")
    tier = forms.ChoiceField(choices=Tier.choices, label="How far it has got")

    def __init__(self, evidence: Evidence, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["relation"].initial = evidence.relation
        self.fields["tier"].initial = evidence.tier
        self.figures = evidence.figures
        for figure in evidence.figures:
            start, said = figure["start"], passage.figure_in_words({**figure, "restated": False})
            self.fields[f"figure_{start}"] = forms.ChoiceField(
                label=f"{said}: new or not", choices=_RULINGS, initial="again" if figure["restated"] else "new"
            )
            if figure.get("high") is None:
                self.fields[f"value_{start}"] = forms.DecimalField(
                    label=f"{said}: the number",
                    max_digits=24,
                    decimal_places=6,
                    required=False,
                    initial=Decimal(str(figure["value"])),
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 9}),
                )

    def wanted(self) -> dict[str, Any]:
        """The arguments of `decisions.correct`. A form that says nothing of a figure leaves it as it is."""
        said = {figure["start"]: self.cleaned_data[f"figure_{figure['start']}"] for figure in self.figures}
        numbers = {start: self.cleaned_data.get(f"value_{start}") for start, what in said.items() if what != "drop"}
        return {
            "relation": self.cleaned_data["relation"],
            "tier": self.cleaned_data["tier"],
            "restated": {start: what == "again" for start, what in said.items() if what != "drop"},
            "dropped": [start for start, what in said.items() if what == "drop"],
            "values": {start: number for start, number in numbers.items() if number is not None},
        }


@dataclass(frozen=True)
class FigureLine:
    """A figure as it would be recorded: in words, where it would count, and the fields that put it right."""

    words: str
    counts: str
    ruling: forms.BoundField
    value: forms.BoundField | None


@dataclass
class _InForce:
    """What `Commitment.objects.in_force` annotates, for one whose definition has been read already."""

    status: str
    status_change_id: int | None
    status_since: dt.date | None
    due_from: dt.date | None
    due_by: dt.date | None


@dataclass(frozen=True)
class OnRecord:
    """What is known of a commitment without this suggestion. `waiting` counts its other suggestions."""

    standing: Standing
    deadline: str
    figures: list[str]
    accepted: int
    last_accepted: str
    waiting: int


def card(evidence: Evidence) -> dict[str, Any]:
    """What the list and the page of one show alike. Needs a piece of the admin's own queryset."""
    definition = evidence.commitment.definitions.all()[0]
    target = definition.target_or_none
    return {
        "evidence": evidence,
        "definition": definition,
        "target": phrases.target(target) if target and target.value is not None else "",
        "passage": passage.passage(evidence).shortened().as_html(),
        "figures": [passage.figure_in_words(figure) for figure in evidence.figures],
        "published": phrases.day(timezone.localdate(evidence.release.published_at)),
        "publisher": evidence.revision.appearance.source.publisher or evidence.revision.appearance.source.name,
    }


def whole_card(evidence: Evidence, form: CorrectionForm) -> dict[str, Any]:
    """The same with all that is needed to decide. Eight queries, whatever is on record."""
    in_series = {figure.get("series") for figure in evidence.figures}
    names = {series.pk: str(series) for series in Series.objects.filter(pk__in=in_series - {None})}
    return card(evidence) | {
        "passage": passage.passage(evidence).shortened(MOST_WORDS_AROUND).as_html(),
        "form": form,
        "figure_lines": [_line(figure, names, form) for figure in evidence.figures],
        "record": on_record(evidence, timezone.localdate()),
        "others": list(
            Evidence.objects.filter(release=evidence.release_id)
            .exclude(commitment=evidence.commitment_id)
            .exclude(state=Evidence.State.REJECTED)
            .select_related("commitment")
            .only("state", "commitment__reference", "commitment__title")
            .order_by("state", "commitment__reference")[:MOST_OTHERS]
        ),
        "trail": evidence.decisions.select_related("by")[:20],
    }


def on_record(evidence: Evidence, today: dt.date) -> OnRecord:
    """In brief, for a piece of the admin's own queryset."""
    definition = evidence.commitment.definitions.all()[0]
    change = evidence.commitment.status_change_on(today)
    now = _InForce(
        status=change.to_status if change else Status.NOT_STARTED,
        status_change_id=change.pk if change else None,
        status_since=change.effective_from if change and change.effective_is_known else None,
        due_from=definition.deadline_first_day,
        due_by=definition.deadline_latest,
    )
    interval = phrases.interval(definition.deadline_earliest, definition.deadline_latest)
    worded = f"“{definition.deadline_text}”" if definition.deadline_text else ""
    others = Evidence.objects.filter(commitment=evidence.commitment_id).exclude(pk=evidence.pk)
    counts = others.aggregate(
        accepted=Count("pk", filter=Q(state=Evidence.State.ACCEPTED)),
        waiting=Count("pk", filter=Q(state=Evidence.State.SUGGESTED)),
    )
    last = others.accepted().newest_first().select_related("release").first()
    return OnRecord(
        standing=standing(now, today),
        deadline=", ".join(filter(None, [worded, interval])),
        figures=_last_figures(evidence.commitment_id),
        last_accepted=f"“{last.release.title}”, {phrases.day(timezone.localdate(last.release.published_at))}"
        if last
        else "",
        **counts,
    )


def _last_figures(commitment: int) -> list[str]:
    """The last point of each series of a commitment."""
    newest_first = [F("published_on").desc(), F("pk").desc()]
    latest = (
        Measurement.objects.shown()
        .filter(series__commitments=commitment)
        .annotate(place=Window(RowNumber(), partition_by=F("series"), order_by=newest_first))
        .filter(place=1)
        .select_related("series")
        .order_by("series__metric", "pk")[:MOST_SERIES]
    )
    return [
        f"{point.series.metric}: {phrases.measurement(point)}, "
        f"{phrases.measured_over(point) or f'published {phrases.day(point.published_on)}'}"
        for point in latest
    ]


def _line(figure: Mapping[str, Any], names: Mapping[int, str], form: CorrectionForm) -> FigureLine:
    series, happened = figure.get("series"), figure.get("modality", "happened") == "happened"
    if series is None:
        counts = "Not what this commitment counts: kept with the passage, no point."
    elif not happened:
        counts = "Has not happened: kept with the passage, no point."
    else:
        counts = f"If new, a point of “{names.get(series, 'a series')}”."
    start, fields = figure["start"], form.fields
    return FigureLine(
        words=passage.figure_in_words({**figure, "restated": False}),
        counts=counts,
        ruling=form[f"figure_{start}"],
        value=form[f"value_{start}"] if f"value_{start}" in fields else None,
    )
