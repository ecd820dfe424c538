"""Releases with their appearances and revisions, and the archived bytes."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from tracker import near_duplicates
from tracker.models import Appearance, Attachment, ChangeNote, KeptApart, Release, Revision, Snapshot

from .read_only import ReadOnlyAdmin, ReadOnlyInline


class AppearanceInline(ReadOnlyInline):
    model = Appearance
    fields = ("source", "title", "url", "guid", "first_seen_at", "last_seen_at")


class RevisionInline(ReadOnlyInline):
    model = Revision
    fields = ("number", "title", "note", "seen_at", "appearance")
    show_change_link = True


class AttachmentInline(ReadOnlyInline):
    model = Attachment
    fields = ("position", "title", "url", "content_type", "problem", "snapshot")


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ("title", "published_at", "published_is_known", "revision_count", "first_seen_at", "pinned")
    list_filter = ("appearances__source", "pinned", "published_is_known")
    search_fields = ("title", "url", "revisions__text")
    date_hierarchy = "published_at"
    inlines = (RevisionInline, AppearanceInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        releases: QuerySet[Release] = super().get_queryset(request)
        return releases.annotate(revision_count=Count("revisions", distinct=True))

    @admin.display(description="revisions", ordering="revision_count")
    def revision_count(self, release: Release) -> int:
        count: int = release.revision_count  # type: ignore[attr-defined]
        return count


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ("title", "number", "seen_at", "note", "source")
    list_filter = ("appearance__source",)
    list_select_related = ("appearance__source",)
    search_fields = ("title", "text")
    date_hierarchy = "seen_at"
    inlines = (AttachmentInline,)

    @admin.display(description="source")
    def source(self, revision: Revision) -> str:
        return revision.appearance.source.name


@admin.register(Appearance)
class AppearanceAdmin(ReadOnlyAdmin):
    list_display = ("title", "source", "release", "is_copy", "url", "first_seen_at", "last_seen_at")
    list_filter = ("is_copy", "source")
    list_select_related = ("source", "release")
    search_fields = ("title", "url", "guid")
    actions = ("keep_apart",)

    def has_keep_apart_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tracker.change_source")

    @admin.action(description="Keep apart: make selected copies releases of their own", permissions=["keep_apart"])
    def keep_apart(self, request: HttpRequest, chosen: QuerySet[Appearance]) -> None:
        for here in chosen.select_related("source", "release"):
            try:
                near_duplicates.keep_apart(here)
            except ValueError as error:
                self.message_user(request, str(error), messages.WARNING)
            else:
                self.message_user(request, f"{here} is a release of its own now and will not be joined again.")


@admin.register(KeptApart)
class KeptApartAdmin(ReadOnlyAdmin):
    list_display = ("release", "source", "at")
    list_select_related = ("release", "source")
    date_hierarchy = "at"


@admin.register(ChangeNote)
class ChangeNoteAdmin(ReadOnlyAdmin):
    list_display = ("at", "text", "release", "revision", "first_seen_at")
    list_select_related = ("release", "revision")
    search_fields = ("text", "release__title")
    date_hierarchy = "at"


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ("sha256", "url", "size_bytes", "stored_bytes", "content_type", "fetched_at", "discarded_at")
    list_filter = (("discarded_at", admin.EmptyFieldListFilter),)
    search_fields = ("sha256", "url")
    date_hierarchy = "fetched_at"
