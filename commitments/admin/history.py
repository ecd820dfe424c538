"""The history of one object, as the database wrote it."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from commitments.audit.words import told
from commitments.models import AuditEntry

ENTRIES_ON_A_PAGE = 50


class AuditedHistory:
    """Goes before a ModelAdmin: its page of history shows the audit, with that of the rows that are part of it."""

    def history_view(
        self: Any, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = self.get_object(request, unquote(object_id))
        if found is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        if not self.has_view_or_change_permission(request, found):
            raise PermissionDenied
        label, key = self.opts.label_lower, str(found.pk)
        entries = AuditEntry.objects.filter(Q(model=label, key=key) | Q(part_of=f"{label}/{key}"))
        page = Paginator(entries.select_related("person"), ENTRIES_ON_A_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {self.opts.verbose_name} {found}",
            "subtitle": None,
            "opts": self.opts,
            "object": found,
            "page": page,
            "told": told(list(page.object_list), f"{label}/{key}"),
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/history.html", context)
