"""Commitments: the list by which staff work, and one commitment with its history."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commitments import timing
from commitments.admin.definition import DefinitionForm, DefinitionInline, reading
from commitments.admin.expectation import MilestoneInline, NextEvidenceInline, QuestionInline
from commitments.admin.from_passage import Origin
from commitments.admin.reviewing import page_of
from commitments.admin.status import StatusChangeInline, change_status_view
from commitments.models import Commitment, Definition, Evidence, Publication, Status
from commitments.pages import phrases
from commitments.pages.standing import standing


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> QuerySet[Commitment]:
        return queryset.filter(Q(status=self.value())) if self.value() in Status.values else queryset


class TimingFilter(admin.SimpleListFilter):
    title = "timing"
    parameter_name = "timing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(timing.Timing.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> QuerySet[Commitment]:
        wanted = self.value()
        if wanted not in timing.Timing.values:
            return queryset
        return queryset.filter(timing.condition(timing.Timing(wanted), timezone.localdate()))


class WaitingFilter(admin.SimpleListFilter):
    title = "suggestions"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "waiting")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> QuerySet[Commitment]:
        return queryset.filter(Q(waiting__gt=0)) if self.value() == "yes" else queryset


class _OriginalFormSet(BaseInlineFormSet):
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "parent": self.instance}


class OriginalDefinitionInline(admin.StackedInline):
    """What was first promised: recorded together with the commitment, and never without."""

    model = Definition
    form = DefinitionForm
    formset = _OriginalFormSet
    min_num = max_num = 1
    extra = 0
    validate_min = True
    can_delete = False
    verbose_name_plural = "what was promised"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, validate_min=True, **kwargs)


@admin.register(Commitment)
class CommitmentAdmin(admin.ModelAdmin):
    change_form_template = "admin/commitments/commitment/change_form.html"
    list_display = ["named", "stands", "deadline", "suggestions_waiting", "last_evidence"]
    list_filter = [
        WaitingFilter,
        TimingFilter,
        StatusFilter,
        "publication",
        "judgeability",
        ("department", admin.RelatedOnlyFieldListFilter),
        ("policy_area", admin.RelatedOnlyFieldListFilter),
        ("administration", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["department"]
    list_per_page = 25
    search_fields = ["reference", "title", "keywords", "definitions__statement"]
    date_hierarchy = "made_on"
    autocomplete_fields = [
        "administration",
        "adopted_by",
        "department",
        "other_departments",
        "policy_area",
        "series",
        "parent",
        "merged_into",
    ]
    fieldsets = [
        (None, {"fields": ["reference", "title", "kind", "made_on", "made_by", "extent", "publication"]}),
        ("Who and what", {"fields": ["administration", "department", "other_departments", "policy_area", "keywords"]}),
        ("Can it be rated", {"fields": ["judgeability", "judgeability_note", "series"]}),
        ("Review", {"fields": ["review_interval_days", "reviewed_on"]}),
        (
            "Its place in the record",
            {"classes": ["collapse"], "fields": ["slug", "adopted_by", "parent", "merged_into"]},
        ),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Commitment | None = None) -> bool:
        """Its address never dies: merge it into another, or make it a draft."""
        return False

    def get_inlines(self, request: HttpRequest, obj: Commitment | None) -> list[type[admin.options.InlineModelAdmin]]:
        if obj is None:
            return [OriginalDefinitionInline, MilestoneInline]
        return [DefinitionInline, StatusChangeInline, MilestoneInline, NextEvidenceInline, QuestionInline]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "slug" in form.base_fields:
            form.base_fields["slug"].required = False
            form.base_fields["slug"].help_text = "The end of its public address. Left empty, it is made from the title."
        return form

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if not isinstance(formset, _OriginalFormSet):
            super().save_formset(request, form, formset, change)
            return
        origin = Origin.of(request)
        for definition in formset.save(commit=False):
            definition.recorded_by_id = request.user.pk
            if origin:
                definition.source_revision = origin.evidence.revision
            definition.save()
            self.message_user(request, reading(definition))
        for original in formset.forms:
            cast(DefinitionForm, original).save_target(original.instance)

    # A new one, perhaps from a passage in the queue.

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        origin = Origin.of(request)
        given: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        return {**origin.commitment(), **given} if origin else given

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        wanted: dict[str, Any] = dict(super().get_formset_kwargs(request, obj, inline, prefix))
        # Only as the form is shown: what comes back unchanged would else pass for not filled in.
        if isinstance(inline, OriginalDefinitionInline) and request.method == "GET":
            origin = Origin.of(request)
            if origin:
                wanted["initial"] = [origin.definition()]
        return wanted

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        origin = None if change else Origin.of(request)
        if origin:
            origin.attach(request, form.instance)

    def response_add(self, request: HttpRequest, obj: Commitment, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the queue, past the passage, if it was made from one."""
        response = super().response_add(request, obj, post_url_continue)
        origin = Origin.of(request)
        if origin and "_save" in request.POST:
            return HttpResponseRedirect(page_of(origin.queue.past(origin.evidence)))
        return response

    # The list.

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        evidence = Evidence.objects.filter(commitment=OuterRef("pk")).order_by().values("commitment")
        accepted = evidence.filter(state=Evidence.State.ACCEPTED)
        waiting = evidence.filter(state=Evidence.State.SUGGESTED).annotate(count=Count("pk")).values("count")
        today = timezone.localdate()
        in_force = Definition.objects.filter(commitment=OuterRef("pk")).latest_in_force_first(today)
        return Commitment.objects.in_force(today).annotate(
            deadline_words=Subquery(in_force.values("deadline_text")[:1]),
            waiting=Coalesce(Subquery(waiting), 0),
            evidence_on=Subquery(accepted.order_by("-release__published_at").values("release__published_at")[:1]),
        )

    @admin.display(description="commitment", ordering="reference")
    def named(self, commitment: Commitment) -> SafeString:
        draft = ", draft" if commitment.publication == Publication.DRAFT else ""
        whose = f"{commitment.department or 'no department'}{draft}"
        return format_html(
            '{} <strong>{}</strong><br><span class="quiet">{}</span>', commitment.reference, commitment.title, whose
        )

    @admin.display(description="standing", ordering="status")
    def stands(self, commitment: Any) -> SafeString:
        timing_now = standing(commitment, timezone.localdate()).timing.label
        return format_html("{}<br>{}", Status(commitment.status).label, timing_now)

    @admin.display(description="deadline", ordering="due_by", empty_value="no deadline")
    def deadline(self, commitment: Any) -> str | None:
        interval = phrases.interval(commitment.due_from, commitment.due_by)
        if commitment.deadline_words and interval:
            return f"“{commitment.deadline_words}”: {interval}"
        return commitment.deadline_words or interval or None

    @admin.display(description="suggestions", ordering="waiting")
    def suggestions_waiting(self, commitment: Any) -> SafeString | str:
        if not commitment.waiting:
            return "none waiting"
        queue = reverse("admin:commitments_evidence_review")
        return format_html('<a href="{}?commitment={}">{} waiting</a>', queue, commitment.pk, commitment.waiting)

    @admin.display(description="last evidence", ordering="evidence_on", empty_value="no evidence yet")
    def last_evidence(self, commitment: Any) -> str | None:
        return phrases.day(commitment.evidence_on.date()) if commitment.evidence_on else None

    # The page of one.

    def get_urls(self) -> list[URLPattern]:
        change_status = self.admin_site.admin_view(self.change_status)
        return [path("<int:key>/status/", change_status, name="commitments_commitment_status"), *super().get_urls()]

    def change_status(self, request: HttpRequest, key: int) -> HttpResponse:
        return change_status_view(self, request, key)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        commitment = kwargs.get("obj")
        if commitment is not None:
            today = timezone.localdate()
            now = standing(commitment, today)
            context["status_label"] = now.status.label
            context["timing_label"] = now.timing.label
            context["timing_sentence"] = now.timing_sentence
            context["deadline_reading"] = reading(commitment.definition_on(today))
            context["waiting"] = commitment.waiting
        return super().render_change_form(request, context, *args, **kwargs)
