"""Sources, their polls and the schedule's ticks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from tracker.health import health
from tracker.models import Poll, Source, Tick
from tracker.polling import PollDeclined, poll

from .opml import OpmlLists
from .read_only import ReadOnlyAdmin, ReadOnlyInline

POLLS_SHOWN = 20


class PollInline(ReadOnlyInline):
    model = Poll
    fields = ("started_at", "outcome", "detail", "http_status", "entries", "new_releases", "new_revisions")
    verbose_name_plural = f"last {POLLS_SHOWN} polls"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Poll]:
        recent = super().get_queryset(request)
        source = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        shown = recent.filter(source_id=source).order_by("-started_at", "-pk").values("pk")[:POLLS_SHOWN]
        return recent.filter(pk__in=list(shown.values_list("pk", flat=True)))


@admin.register(Source)
class SourceAdmin(OpmlLists):
    list_display = ("name", "condition", "last_polled_at", "next_due_at")
    list_filter = ("state", "kind", "voice")
    search_fields = ("name", "slug", "url", "publisher")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = (
        *("condition", "last_polled_at", "last_success_at", "last_new_at", "consecutive_failures"),
        *("not_before", "moved_to", "etag", "last_modified", "leased_until"),
    )
    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "url", "publisher", "voice", "options")}),
        ("Watching", {"fields": ("state", "condition", "fixed_interval_minutes", "next_due_at")}),
        (
            "How it went",
            {"fields": ("last_polled_at", "last_success_at", "last_new_at", "consecutive_failures", "not_before")},
        ),
        (
            "What it told us",
            {"fields": ("moved_to", "etag", "last_modified", "leased_until"), "classes": ("collapse",)},
        ),
    )
    inlines = (PollInline,)
    actions = ("poll_now", "pause", "watch_again")

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        """What another address told us says nothing of this one."""
        if change and "url" in form.changed_data:
            obj.etag = obj.last_modified = obj.moved_to = ""
            obj.moved_since = None
            obj.next_due_at = timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(description="condition")
    def condition(self, source: Source) -> str:
        if source._state.adding:
            return "Not saved yet."
        state = health(source, timezone.now())
        return f"{state.state}: {state.sentence}"

    @admin.action(description="Poll now", permissions=["change"])
    def poll_now(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        for source in queryset:
            try:
                outcome = poll(source, now=timezone.now(), force=True)
            except PollDeclined as declined:
                self.message_user(request, str(declined), messages.WARNING)
            else:
                level = messages.WARNING if outcome.outcome in Poll.FAILURES else messages.SUCCESS
                found = f"{outcome.new_releases} new releases, {outcome.new_revisions} new revisions"
                detail = outcome.detail or f"{outcome.get_outcome_display()}, {found}."
                self.message_user(request, f"{source}: {detail}", level)

    @admin.action(description="Pause", permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        paused = queryset.filter(state=Source.State.ACTIVE).update(state=Source.State.PAUSED)
        self.message_user(request, f"{paused} sources paused.")

    @admin.action(description="Watch again", permissions=["change"])
    def watch_again(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        watched = queryset.exclude(state=Source.State.ACTIVE).update(
            state=Source.State.ACTIVE, consecutive_failures=0, next_due_at=timezone.now()
        )
        self.message_user(request, f"{watched} sources are watched again.")


@admin.register(Poll)
class PollAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "source", "outcome", "detail", "http_status", "entries", "new_releases", "took")
    list_filter = ("outcome", "source")
    list_select_related = ("source",)
    search_fields = ("source__name", "detail")
    date_hierarchy = "started_at"

    @admin.display(description="took")
    def took(self, outcome: Poll) -> str:
        took: dt.timedelta = outcome.finished_at - outcome.started_at
        return f"{took.total_seconds():.1f} s"


@admin.register(Tick)
class TickAdmin(ReadOnlyAdmin):
    list_display = ("name", "last_at")
