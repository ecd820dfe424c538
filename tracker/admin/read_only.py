"""What the watch has seen is looked at and never edited."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class _ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_ReadOnly, admin.ModelAdmin):
    """Lists and pages to read."""


class ReadOnlyInline(_ReadOnly, admin.TabularInline):
    """Rows to read on their parent's page."""

    template = "admin/tracker/read_only_inline.html"
    extra = 0
