"""Steps, questions and what is expected next."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils import timezone

from commitments import deadlines
from commitments.admin.deadline import DeadlineWords, ReadingForm
from commitments.admin.mine import WhoseFilter
from commitments.admin.needs import NeedsFilter
from commitments.models import Deadline, Milestone, NextEvidence, Question
from commitments.pages import phrases


class DatedForm(ReadingForm):
    """Something with a deadline in words; the dates are read from them unless given."""

    class Meta:
        widgets = {"deadline_text": DeadlineWords}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        commitment = values.get("commitment")
        said_on = commitment.made_on if commitment and commitment.made_on else timezone.localdate()
        if self.is_only_read:
            self.show_reading(values.get("deadline_text") or "", said_on)
        if values.get("deadline_latest") is None and values.get("deadline_text"):
            parsed = deadlines.parse(values["deadline_text"], said_on)
            values["deadline_earliest"], values["deadline_latest"] = parsed.earliest, parsed.latest
            self.instance.deadline_precision = parsed.precision
            self.instance.deadline_derivation = parsed.derivation
            self.instance.deadline_is_stated = parsed.stated
            self.instance.deadline_event = parsed.event
            self.instance.not_before = parsed.not_before
        elif {"deadline_earliest", "deadline_latest"} & set(self.changed_data) and values.get("deadline_latest"):
            one_day = values.get("deadline_earliest") in (None, values["deadline_latest"])
            self.instance.deadline_precision = Deadline.Precision.DAY if one_day else Deadline.Precision.PERIOD
            self.instance.deadline_derivation = "An editor gave the dates."
        return values


_DAYS = ("deadline_earliest", "deadline_latest")


class MilestoneInline(admin.StackedInline):
    model = Milestone
    form = DatedForm
    fields = ["title", "deadline_text", _DAYS, ("outcome", "outcome_on"), "position"]
    extra = 0
    show_change_link = True


class NextEvidenceInline(admin.StackedInline):
    model = NextEvidence
    form = DatedForm
    fields = ["what", "series", "where_url", "deadline_text", _DAYS, "outcome"]
    autocomplete_fields = ["series"]
    extra = 0
    show_change_link = True


class QuestionInline(admin.StackedInline):
    model = Question
    extra = 0


class _DatedAdmin(admin.ModelAdmin):
    form = DatedForm
    list_select_related = ["commitment"]
    autocomplete_fields = ["commitment", "evidence"]
    date_hierarchy = "deadline_latest"
    readonly_fields = ["deadline_precision", "deadline_derivation", "deadline_is_stated", "deadline_event"]


@admin.register(Milestone)
class MilestoneAdmin(_DatedAdmin):
    list_display = ["title", "commitment", "deadline_text", "deadline_latest", "outcome", "outcome_on"]
    list_filter = ["outcome", ("commitment__department", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["title", "commitment__reference", "commitment__title"]


@admin.register(NextEvidence)
class NextEvidenceAdmin(_DatedAdmin):
    list_display = ["what", "commitment", "series", "deadline_text", "deadline_latest", "outcome"]
    list_filter = [NeedsFilter, WhoseFilter, "outcome"]
    list_select_related = ["commitment", "series"]
    search_fields = ["what", "commitment__reference", "commitment__title"]
    autocomplete_fields = ["commitment", "series", "evidence"]


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin):
    list_display = ["commitment", "asked_of", "asked_on", "question", "answered"]
    list_filter = [NeedsFilter, WhoseFilter, "asked_of", ("answered_on", admin.EmptyFieldListFilter)]
    list_select_related = ["commitment"]
    search_fields = ["question", "answer", "asked_of", "commitment__reference", "commitment__title"]
    autocomplete_fields = ["commitment"]
    date_hierarchy = "asked_on"

    @admin.display(description="answered", ordering="answered_on")
    def answered(self, question: Question) -> str:
        days = question.unanswered_days(timezone.localdate())
        if days is None:
            return phrases.day(question.answered_on)  # type: ignore[arg-type]
        return f"not for {phrases.days(days)}" if days > 0 else "not yet"
