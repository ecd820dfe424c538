"""What a commitment means: recorded once, then only by a further definition."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from commitments import deadlines
from commitments.admin import goalpost as goalpost_admin
from commitments.admin.deadline import DeadlineWords, ReadingForm, reading
from commitments.admin.person import signed_in
from commitments.models import Commitment, Comparator, Definition, Goalpost, Series, Target, TargetComponent
from tracker.admin.read_only import ReadOnlyInline

_HOW_READ = ("deadline_precision", "deadline_derivation", "deadline_is_stated", "deadline_event", "not_before")
_TARGET = ("series", "comparator", "value", "unit", "baseline_value", "baseline_date")


def _series_field() -> forms.ModelChoiceField:
    widget = AutocompleteSelect(Target._meta.get_field("series"), admin.site)
    return forms.ModelChoiceField(Series.objects.all(), required=False, widget=widget, label="Target: what is counted")


class DefinitionForm(ReadingForm):
    """A definition with its target. Dates left empty are read from the words of the deadline."""

    effective_from = forms.DateField(
        label="Holds from",
        required=False,
        widget=admin.widgets.AdminDateWidget,
        help_text="Left empty: the day it was announced.",
    )
    series = _series_field()
    comparator = forms.ChoiceField(label="Target: comparator", choices=Comparator.choices, required=False)
    value = forms.DecimalField(label="Target: number", max_digits=24, decimal_places=6, required=False)
    unit = forms.CharField(
        label="Target: unit", max_length=60, required=False, help_text="As worded; “per cent” for a relative change."
    )
    baseline_value = forms.DecimalField(label="Baseline: number", max_digits=24, decimal_places=6, required=False)
    baseline_date = forms.DateField(label="Baseline: day", required=False, widget=admin.widgets.AdminDateWidget)
    components = forms.CharField(
        label="Target: parts",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text="One a line, as “officers: 3000”.",
    )

    class Meta:
        model = Definition
        fields = [
            "statement",
            "quote",
            "quote_url",
            "quote_title",
            "announced_on",
            "deadline_text",
            "deadline_earliest",
            "deadline_latest",
            "note",
        ]
        widgets = {"deadline_text": DeadlineWords}
        help_texts = {
            "deadline_text": "As they worded it: “by the end of 2028”, “in spring 2026”.",
            "deadline_earliest": "Leave both dates empty: they are read from the words, or kept if the words stay.",
        }

    def clean_components(self) -> list[tuple[str, Any]]:
        parts = []
        for line in self.cleaned_data["components"].splitlines():
            name, _, number = line.rpartition(":")
            if line.strip():
                try:
                    value = forms.DecimalField(max_digits=24, decimal_places=6).clean(number.strip().replace(",", ""))
                except forms.ValidationError as error:
                    raise forms.ValidationError(f"“{line}” is no name and number, as “officers: 3000”.") from error
                parts.append((name.strip(), value))
        return parts

    def __init__(self, *args: Any, parent: Commitment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parent = parent

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        given = [name for name in ("value", "baseline_value", "baseline_date", "components") if values.get(name)]
        if given and not values.get("series"):
            self.add_error("series", "Say what is counted, since a number is given.")
        said_on = values.get("announced_on") or self.day_unless_announced()
        self.instance.effective_from = values["effective_from"] = values.get("effective_from") or said_on
        self.read_deadline(values, said_on)
        if self.is_only_read:
            self.show_reading(values.get("deadline_text") or "", said_on)
        return values

    def day_unless_announced(self) -> dt.date:
        made_on = self.parent.made_on if self.parent else None
        return made_on or timezone.localdate()

    def read_deadline(self, values: dict[str, Any], said_on: dt.date) -> None:
        parsed = deadlines.parse(values.get("deadline_text") or "", said_on)
        given = (values.get("deadline_earliest"), values.get("deadline_latest"))
        self.instance.not_before = parsed.not_before
        if given in ((None, None), (parsed.earliest, parsed.latest)):
            values["deadline_earliest"], values["deadline_latest"] = parsed.earliest, parsed.latest
            self.instance.deadline_precision = parsed.precision
            self.instance.deadline_derivation = parsed.derivation if values.get("deadline_text") else ""
            self.instance.deadline_is_stated = parsed.stated
            self.instance.deadline_event = parsed.event
        else:
            one_day = given[0] in (None, given[1])
            precision = Definition.Precision.DAY if one_day else Definition.Precision.PERIOD
            self.instance.deadline_precision = precision
            self.instance.deadline_derivation = "An editor gave the dates."
            self.instance.deadline_is_stated = False

    def save_target(self, definition: Definition) -> None:
        """Add the target that was filled in to a definition that has just been saved."""
        values = self.cleaned_data
        if not values["series"]:
            return
        fields = {name: values[name] for name in _TARGET}
        target = Target.objects.create(definition=definition, **fields)
        for name, value in values["components"]:
            TargetComponent.objects.create(target=target, name=name, value=value)
        definition.commitment.series.add(target.series)


class AddedDefinitionForm(DefinitionForm):
    """The same for a commitment that exists: which one, and what kind of change it is."""

    class Meta(DefinitionForm.Meta):
        fields = [
            "commitment",
            "kind",
            *DefinitionForm.Meta.fields,
            "source_revision",
            "explanation_given",
        ]

    def clean_kind(self) -> str:
        kind: str = self.cleaned_data["kind"]
        if kind == Definition.Kind.ORIGINAL:
            raise forms.ValidationError("The original is recorded already. Say what kind of change this is.")
        return kind

    def day_unless_announced(self) -> dt.date:
        return timezone.localdate()

    def read_deadline(self, values: dict[str, Any], said_on: dt.date) -> None:
        """Words that stay mean what they meant: "within a year" does not start anew with each definition."""
        commitment = values.get("commitment")
        current = commitment.definition_on(timezone.localdate()) if commitment else None
        dates_given = values.get("deadline_earliest") or values.get("deadline_latest")
        if current is None or dates_given or current.deadline_text != values.get("deadline_text", ""):
            super().read_deadline(values, said_on)
            return
        values["deadline_earliest"], values["deadline_latest"] = current.deadline_earliest, current.deadline_latest
        for name in _HOW_READ:
            setattr(self.instance, name, getattr(current, name))


class TargetInline(ReadOnlyInline):
    model = Target
    fields = [*_TARGET, "parts"]
    readonly_fields = ["parts"]

    @admin.display(description="parts", empty_value="none")
    def parts(self, target: Target) -> str:
        return ", ".join(str(component) for component in target.components.all())


_SECTIONS = [
    (None, {"fields": ["commitment", "kind", "statement"]}),
    ("In their words", {"fields": ["quote", "quote_url", "quote_title", "source_revision"]}),
    ("When", {"fields": ["announced_on", "effective_from", "explanation_given"]}),
    ("Deadline", {"fields": ["deadline_text", "deadline_earliest", "deadline_latest"]}),
    ("Target", {"fields": ["series", "comparator", "value", "unit", "baseline_value", "baseline_date", "components"]}),
    ("Note, shown to the public", {"fields": ["note"]}),
]


@admin.register(Definition)
class DefinitionAdmin(admin.ModelAdmin):
    class Media:
        js = ("commitments/select_names.js",)

    form = AddedDefinitionForm
    list_display = [
        "commitment",
        "kind",
        "effective_from",
        "statement",
        "deadline_text",
        "deadline_latest",
        "recorded_by",
    ]
    list_filter = ["kind", "deadline_precision", "explanation_given"]
    list_select_related = ["commitment", "recorded_by"]
    search_fields = ["commitment__reference", "commitment__title", "statement", "quote", "deadline_text"]
    autocomplete_fields = ["commitment"]
    raw_id_fields = ["source_revision"]
    date_hierarchy = "effective_from"

    def has_change_permission(self, request: HttpRequest, obj: Definition | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Definition | None = None) -> bool:
        return False

    def get_inlines(self, request: HttpRequest, obj: Definition | None) -> list[type[admin.options.InlineModelAdmin]]:
        return [TargetInline] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Definition | None = None) -> Any:
        if obj is None:
            return _SECTIONS
        return [(None, {"fields": [field.name for field in Definition._meta.fields if field.name != "id"]})]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The current definition of `?commitment=ID`, to be changed where it has changed."""
        given: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        current = _current(str(given.get("commitment", "")))
        goalpost = _goalpost(str(given.pop("goalpost", "")))
        if current is None:
            return given
        return {**_prefilled(current), **(goalpost_admin.prefilled(goalpost) if goalpost else {}), **given}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The present reading of the deadline is said beside its words."""
        form = super().get_form(request, obj, change, **kwargs)
        current = None if obj else _current(request.GET.get("commitment", ""))
        if current is not None:
            words = form.base_fields["deadline_text"]
            words.help_text = format_html("{} {}", words.help_text, reading(current))
        return form

    def save_model(self, request: HttpRequest, obj: Definition, form: Any, change: bool) -> None:
        obj.recorded_by_id = request.user.pk
        super().save_model(request, obj, form, change)
        form.save_target(obj)
        self.message_user(request, reading(obj), messages.INFO)
        goalpost = _goalpost(request.GET.get("goalpost", ""))
        if goalpost is not None and goalpost.evidence.commitment_id == obj.commitment_id:
            goalpost.decide(Goalpost.State.RECORDED, signed_in(request).pk, obj.recorded_at, became=obj)

    def response_add(self, request: HttpRequest, obj: Definition, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the commitment's page, which is where one comes from."""
        response = super().response_add(request, obj, post_url_continue)
        if "_save" not in request.POST:
            return response
        return HttpResponseRedirect(reverse("admin:commitments_commitment_change", args=[obj.commitment_id]))


def _current(commitment: str) -> Definition | None:
    """The definition in force of the commitment with this key."""
    if not commitment.isdigit():
        return None
    return Definition.objects.filter(commitment=int(commitment)).latest_in_force_first(timezone.localdate()).first()


def _goalpost(key: str) -> Goalpost | None:
    """The goalpost with this key that nobody has decided on."""
    if not key.isdecimal() or len(key) > 15:
        return None
    return Goalpost.objects.waiting().select_related("evidence__release", "definition").filter(pk=int(key)).first()


def _prefilled(current: Definition) -> dict[str, Any]:
    kept = ("statement", "quote", "quote_url", "quote_title", "deadline_text")
    initial: dict[str, Any] = {name: getattr(current, name) for name in kept}
    initial["kind"] = Definition.Kind.CLARIFICATION.value
    target = current.target_or_none
    if target is not None:
        initial |= {name: getattr(target, name) for name in _TARGET}
        initial["series"] = target.series_id
        initial["components"] = "\n".join(
            f"{part.name}: {part.value.normalize():f}" for part in target.components.all()
        )
    return initial
