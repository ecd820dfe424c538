"""Releases with their appearances and revisions, and the archived bytes."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from tracker import joining
from tracker.models import Appearance, Attachment, ChangeNote, KeptApart, Provenance, Release, Revision, Snapshot

from .deposits import DepositPages
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


class ProvenanceInline(ReadOnlyInline):
    model = Provenance
    fields = ("way", "received_by", "received_on", "note", "recorded_at")


@admin.register(Release)
class ReleaseAdmin(DepositPages, ReadOnlyAdmin):
    list_display = ("title", "published_at", "revision_count", "joined_to", "first_seen_at", "pinned")
    list_filter = (("joined_to", admin.EmptyFieldListFilter), "appearances__source", "pinned", "published_is_known")
    list_select_related = ("joined_to",)
    search_fields = ("title", "url", "revisions__text")
    date_hierarchy = "published_at"
    inlines = (RevisionInline, AppearanceInline)
    actions = ("join", "take_apart")

    def has_join_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tracker.change_source")

    @admin.action(description="Join: selected releases are one and the same", permissions=["join"])
    def join(self, request: HttpRequest, chosen: QuerySet[Release]) -> None:
        if len(chosen) < 2:
            self.message_user(request, "Select the releases that are one: two or more.", messages.WARNING)
            return
        kept = joining.to_keep(chosen)
        others = [one for one in chosen if one != kept]
        try:
            with transaction.atomic():
                for one in others:
                    joining.join(one, to=kept)
                    self.log_change(request, one, f"Joined to “{kept.title}” ({kept.pk}).")
        except joining.JoinRefused as error:
            self.message_user(request, f"Nothing was joined. {error}", messages.WARNING)
        else:
            self.message_user(
                request,
                f"{kept} is one release with {len(others)} more now. “Take apart” undoes it, on each that was joined.",
            )

    @admin.action(description="Take apart: undo the join of selected releases", permissions=["join"])
    def take_apart(self, request: HttpRequest, chosen: QuerySet[Release]) -> None:
        for one in chosen:
            try:
                joining.take_apart(one)
            except joining.JoinRefused as error:
                self.message_user(request, str(error), messages.WARNING)
            else:
                self.log_change(request, one, "Taken apart again.")
                self.message_user(request, f"{one} is a release of its own again and will not be joined by itself.")

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
    inlines = (ProvenanceInline,)
    actions = ("keep_apart",)

    def has_keep_apart_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tracker.change_source")

    @admin.action(description="Keep apart: make selected copies releases of their own", permissions=["keep_apart"])
    def keep_apart(self, request: HttpRequest, chosen: QuerySet[Appearance]) -> None:
        for here in chosen.select_related("source", "release"):
            try:
                joining.keep_apart(here)
            except joining.JoinRefused as error:
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
