"""Commitments: the list by which staff work, and one commitment with its history."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from commitments import decisions, showing, timing
from commitments.admin import deadline as deadline_words
from commitments.admin import merging
from commitments.admin.deadline import reading
from commitments.admin.definition import DefinitionForm
from commitments.admin.expectation import MilestoneInline, NextEvidenceInline, QuestionInline
from commitments.admin.from_passage import origin_of
from commitments.admin.mine import WhoseCommitmentFilter
from commitments.admin.needs import NeedsFilter
from commitments.admin.person import signed_in
from commitments.admin.quoting import quote_view
from commitments.admin.status import change_status_view, waits_for
from commitments.digests.about import told
from commitments.models import Commitment, Definition, Evidence, Goalpost, Importance, Status
from commitments.pages import phrases
from commitments.pages.commitment import commitment_page, whole
from commitments.pages.standing import standing
from tracker.admin.moments import name_both_boxes


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
    class Media:
        js = ("commitments/select_names.js",)

    change_form_template = "admin/commitments/commitment/change_form.html"
    list_display = ["named", "stands", "deadline", "suggestions_waiting", "last_evidence", "kept_by"]
    list_filter = [
        NeedsFilter,
        WhoseCommitmentFilter,
        "importance",
        WaitingFilter,
        TimingFilter,
        StatusFilter,
        "publication",
        "judgeability",
        ("department", admin.RelatedOnlyFieldListFilter),
        ("policy_area", admin.RelatedOnlyFieldListFilter),
        ("administration", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["department", "owner"]
    list_per_page = 25
    search_fields = ["reference", "title", "keywords", "definitions__statement"]
    date_hierarchy = "made_on"
    autocomplete_fields = [
        "administration",
        "adopted_by",
        "department",
        "policy_area",
        "parent",
    ]
    raw_id_fields = ["series"]
    fieldsets = [
        (None, {"fields": ["reference", "title", "kind", "made_on", "made_by", "extent"]}),
        ("Who may see it", {"fields": ["publication", "publish_at"]}),
        ("Who and what", {"fields": ["administration", "department", "other_departments", "policy_area", "keywords"]}),
        ("Can it be rated", {"fields": ["judgeability", "judgeability_note", "series"]}),
        ("Who looks after it", {"fields": ["owner", "watchers", "importance"]}),
        ("Review", {"fields": ["review_interval_days", "reviewed_on"]}),
        (
            "Its place in the record",
            {"classes": ["collapse"], "fields": ["slug", "adopted_by", "parent"]},
        ),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Commitment | None = None) -> bool:
        """Its address never dies: merge it into another, or make it a draft."""
        return False

    def get_view_on_site_url(self, obj: Commitment | None = None) -> str | None:
        """None while there is nothing on the site to view."""
        return super().get_view_on_site_url(obj) if obj is not None and obj.is_public else None

    def get_inlines(self, request: HttpRequest, obj: Commitment | None) -> list[type[admin.options.InlineModelAdmin]]:
        if obj is None:
            return [OriginalDefinitionInline, MilestoneInline]
        return [MilestoneInline, NextEvidenceInline, QuestionInline]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "slug" in form.base_fields:
            form.base_fields["slug"].required = False
            form.base_fields["slug"].help_text = "The end of its public address. Left empty, it is made from the title."
        if "series" in form.base_fields and obj is not None:
            named = ", ".join(f"{series} is {series.pk}" for series in obj.series.all())
            form.base_fields["series"].help_text = format_html("By their numbers, with commas. {}", named)
        if "publish_at" in form.base_fields:
            name_both_boxes(form.base_fields["publish_at"], "Public from")
        return form

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes to tick can be read aloud; the admin's own list of several choices cannot."""
        if db_field.name in ("other_departments", "watchers"):
            kwargs["widget"] = forms.CheckboxSelectMultiple
        if db_field.name == "watchers":
            kwargs["queryset"] = _staff()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            kwargs["queryset"] = _staff()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if not isinstance(formset, _OriginalFormSet):
            super().save_formset(request, form, formset, change)
            return
        origin = origin_of(request)
        for definition in formset.save(commit=False):
            definition.recorded_by_id = request.user.pk
            if origin:
                definition.source_revision = origin.revision
            definition.save()
            self.message_user(request, reading(definition))
        for original in formset.forms:
            cast(DefinitionForm, original).save_target(original.instance)

    # A new one, perhaps from a passage that waits.

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        origin = origin_of(request)
        given: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        return {**origin.commitment(), **given} if origin else given

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        wanted: dict[str, Any] = dict(super().get_formset_kwargs(request, obj, inline, prefix))
        # Only as the form is shown: what comes back unchanged would else pass for not filled in.
        if isinstance(inline, OriginalDefinitionInline) and request.method == "GET":
            origin = origin_of(request)
            if origin:
                wanted["initial"] = [origin.definition()]
        return wanted

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        origin = None if change else origin_of(request)
        if origin:
            origin.attach(request, form.instance)

    def response_add(self, request: HttpRequest, obj: Commitment, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the queue, past the passage, if it was made from one."""
        response = super().response_add(request, obj, post_url_continue)
        origin = origin_of(request)
        if origin and "_save" in request.POST:
            return HttpResponseRedirect(origin.onward())
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
        unseen = "" if commitment.is_public else f", {commitment.get_publication_display()}"
        whose = f"{commitment.department or 'no department'}{unseen}"
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

    @admin.display(description="owner", ordering="-importance")
    def kept_by(self, commitment: Commitment) -> SafeString:
        importance = commitment.get_importance_display() if commitment.importance != Importance.NORMAL else ""
        said = f"{importance} importance" if importance else ""
        return format_html('{}<br><span class="quiet">{}</span>', commitment.owner or "nobody", said)

    # The page of one.

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Any, name: str) -> URLPattern:
            found: URLPattern = path(route, self.admin_site.admin_view(view), name=f"commitments_commitment_{name}")
            return found

        return [
            at("<int:key>/status/", self.change_status, "status"),
            at("<int:key>/merge/", partial(merging.merge, self), "merge"),
            at("<int:key>/unmerge/", require_POST(partial(merging.undo, self)), "unmerge"),
            at("<int:key>/quote/", self.quote, "quote"),
            at("<int:key>/looked/", require_POST(self.look), "looked"),
            at("<int:key>/watch/", require_POST(self.watch), "watch"),
            at("<int:key>/preview/", require_safe(self.preview), "preview"),
            at("deadline/", require_safe(self.read_deadline), "deadline"),
            *super().get_urls(),
        ]

    def change_status(self, request: HttpRequest, key: int) -> HttpResponse:
        return change_status_view(self, request, key)

    def quote(self, request: HttpRequest, key: int) -> HttpResponse:
        return quote_view(self, request, key)

    def read_deadline(self, request: HttpRequest) -> HttpResponse:
        return deadline_words.show(self, request)

    def look(self, request: HttpRequest, key: int) -> HttpResponse:
        """Somebody has looked at it today and found nothing to change."""
        commitment = get_object_or_404(Commitment, pk=key)
        if not self.has_change_permission(request, commitment):
            raise PermissionDenied
        decisions.look(commitment)
        self.log_change(request, commitment, "Looked at.")
        again = phrases.day(commitment.review_due_on)
        self.message_user(request, f"Noted that you have looked at it. It comes up again by {again}.")
        return HttpResponseRedirect(reverse("admin:commitments_commitment_change", args=[key]))

    def watch(self, request: HttpRequest, key: int) -> HttpResponse:
        """Watch it from now on, or no longer: for whoever may see it."""
        commitment = get_object_or_404(Commitment, pk=key)
        if not self.has_view_permission(request, commitment):
            raise PermissionDenied
        person = signed_in(request)
        if commitment.watchers.filter(pk=person.pk).exists():
            commitment.watchers.remove(person)
            said = "You no longer watch it."
        else:
            commitment.watchers.add(person)
            said = "You watch it: what needs somebody there is among yours."
        self.message_user(request, said)
        return HttpResponseRedirect(reverse("admin:commitments_commitment_change", args=[key]))

    def preview(self, request: HttpRequest, key: int) -> HttpResponse:
        """The public page as it would be, whoever may see it yet."""
        today = timezone.localdate()
        commitment = get_object_or_404(whole(Commitment.objects.all(), today), pk=key)
        if not self.has_view_permission(request, commitment):
            raise PermissionDenied
        context = {"page": commitment_page(showing.now(), commitment, today), "is_preview": True}
        return render(request, "commitments/commitment.html", context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        commitment = kwargs.get("obj")
        if commitment is not None:
            now = timezone.now()
            today = timezone.localdate(now)
            (shown,) = whole(Commitment.objects.filter(pk=commitment.pk), today)
            proposal = commitment.status_proposals.waiting().select_related("proposed_by").first()
            context |= {
                "page": commitment_page(showing.for_staff(), shown, today),
                "waiting": commitment.waiting,
                "proposal": proposal,
                "proposal_waits_for": waits_for(proposal) if proposal else "",
                "goalposts": Goalpost.objects.waiting().filter(evidence__commitment=commitment),
                "merge": commitment.merges.standing().select_related("into", "by").first(),
                "watchers": list(commitment.watchers.all()),
                "told": told(commitment, now),
                "today": today,
                "may_change": self.has_change_permission(request, commitment),
                "may_quote": request.user.has_perm("commitments.change_evidence"),
            }
        return super().render_change_form(request, context, *args, **kwargs)


def _staff() -> QuerySet[User]:
    """Who can look after a commitment, and who does so though they have left."""
    here = Q(is_active=True, is_staff=True)
    at_work = Q(owned_commitments__isnull=False) | Q(watched_commitments__isnull=False)
    return User.objects.filter(here | at_work).order_by("username").distinct()
