"""Evidence: where it is decided on (the queue), where it is looked up (the list), and the page of one piece."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString

from commitments import showing
from commitments.admin import cards, passage, reviewing, reviewing_many
from commitments.admin.mine import WhoseFilter
from commitments.models import Definition, Evidence


class StateFilter(admin.SimpleListFilter):
    """What has been decided on, and what waits."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Evidence.State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Evidence]) -> QuerySet[Evidence]:
        return queryset.filter(state=self.value()) if self.value() in Evidence.State.values else queryset


@admin.register(Evidence)
class EvidenceAdmin(admin.ModelAdmin):
    """The list finds; what waits is decided on in the queue, and what was decided is decided anew on its own page."""

    change_form_template = "admin/commitments/evidence/change_form.html"
    change_list_template = "admin/commitments/evidence/change_list.html"
    list_display = ["card"]
    list_display_links = None
    list_filter = [
        StateFilter,
        WhoseFilter,
        "relation",
        "tier",
        "self_declared",
        ("commitment__department", admin.RelatedOnlyFieldListFilter),
        ("commitment__policy_area", admin.RelatedOnlyFieldListFilter),
    ]
    list_per_page = 25
    search_fields = ["quote", "commitment__reference", "commitment__title", "release__title"]
    ordering = ["-pk"]
    actions = None
    fields = ("state",)
    readonly_fields = ("state",)

    # Evidence comes from the linker and is decided on, never typed over or erased here.

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Evidence | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        in_force = Definition.objects.latest_in_force_first(timezone.localdate()).select_related("target__series")
        return (
            passage.with_surroundings(Evidence.objects.all())
            .select_related("commitment", "release", "revision__appearance__source", "decided_by", "gone_since")
            .prefetch_related(Prefetch("commitment__definitions", in_force))
            .defer("revision__text", "gone_since__text", "features")
        )

    def get_urls(self) -> list[URLPattern]:
        def view(of: Any, **more: Any) -> Any:
            return self.admin_site.admin_view(partial(of, self, **more))

        return [
            path("review/", view(reviewing.page), name="commitments_evidence_review"),
            path("review/undo/", view(reviewing.undo), name="commitments_evidence_undo"),
            path("review/commitments/", view(reviewing.find), name="commitments_evidence_find"),
            path("review/many/", view(reviewing_many.decide), name="commitments_evidence_many"),
            path("review/many/<uuid:act>/undo/", view(reviewing_many.undo), name="commitments_evidence_many_undo"),
            *(
                path(
                    f"review/<int:key>/{what}/",
                    view(reviewing.decide, what=what),
                    name=f"commitments_evidence_{what}",
                )
                for what in reviewing.DOINGS
            ),
            *super().get_urls(),
        ]

    # The list.

    def get_list_display(self, request: HttpRequest) -> Any:
        return ["card"] if self.has_change_permission(request) else ["card_to_read"]

    @admin.display(description="evidence", ordering="release__published_at")
    def card(self, evidence: Evidence) -> SafeString:
        return render_to_string("admin/commitments/evidence/_row.html", cards.card(evidence) | {"may_decide": True})

    @admin.display(description="evidence", ordering="release__published_at")
    def card_to_read(self, evidence: Evidence) -> SafeString:
        return render_to_string("admin/commitments/evidence/_row.html", cards.card(evidence))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": "Evidence", **(extra_context or {})})

    # The page of one.

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        evidence = kwargs["obj"]
        context |= reviewing.deciding(evidence) | {
            "title": "Evidence",
            "subtitle": None,
            "may_decide": self.has_change_permission(request),
            "withheld": showing.now().note_on(evidence),
            "is_nav_sidebar_enabled": False,
        }
        return super().render_change_form(request, context, *args, **kwargs)
