"""All that has changed, the latest first, to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from commitments.audit import words
from commitments.audit.audited import AUDITED
from commitments.models import AuditEntry
from tracker.admin.read_only import ReadOnlyAdmin


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        labels = [audited.label.lower() for audited in AUDITED if not audited.model._meta.auto_created]
        return sorted(((label, words.kind(label)) for label in labels), key=lambda kind: kind[1].lower())

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return queryset.filter(model=self.value()) if self.value() else queryset


class AuditList(ChangeList):
    """Those on the page are put into words together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        for told in words.told(self.result_list):
            told.entry.told = told  # type: ignore[attr-defined]


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin):
    list_display = ["when", "who", "what"]
    list_display_links = None
    list_filter = [("person", admin.RelatedOnlyFieldListFilter), "deed", KindFilter]
    list_select_related = ["person"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["name", "door", "key"]
    date_hierarchy = "at"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AuditList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": "All that has changed", **(extra_context or {})})

    @admin.display(description="when", ordering="at")
    def when(self, entry: AuditEntry) -> str:
        return date_format(timezone.localtime(entry.at), "j F Y, H:i:s")

    @admin.display(description="who", ordering="person")
    def who(self, entry: AuditEntry) -> str:
        return words.who(entry)

    @admin.display(description="what")
    def what(self, entry: Any) -> SafeString:
        return render_to_string("admin/_audit_entry.html", {"told": entry.told})
