"""Sources, their polls and the schedule's ticks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from tracker import trial
from tracker.health import Health, health, health_of
from tracker.models import Poll, Republish, Source, SourceAlert, Tick
from tracker.polling import PollDeclined, poll
from tracker.trial import Trial, TrialFailed

from .moments import name_both_boxes
from .opml import OpmlLists
from .read_only import ReadOnlyAdmin, ReadOnlyInline

POLLS_SHOWN = 20
ENTRIES_SHOWN = 50
CHARACTERS_SHOWN = 3000
WHERE_TO_LOOK = ("kind", "url", "options")


class WhereForm(forms.ModelForm):
    """Where to look, as far as it can be told to be right without looking."""

    url = forms.CharField(label="Address", max_length=2000, widget=AdminURLFieldWidget)

    class Meta:
        model = Source
        fields = WHERE_TO_LOOK

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["options"] = {} if cleaned.get("options") is None else cleaned["options"]
        if not self.errors:
            try:
                trial.check(self.pictured())
            except TrialFailed as error:
                raise forms.ValidationError(str(error)) from error
        return cleaned

    def pictured(self) -> Source:
        """A source as the form describes it, not to be saved."""
        return Source(**{name: self.cleaned_data[name] for name in WHERE_TO_LOOK})


class SourceForm(WhereForm):
    """A source, which is looked at before it is saved with another place to look."""

    look_first = forms.BooleanField(
        required=False,
        initial=True,
        label="Look at it first",
        help_text="It is only saved if it can be read. The address of a web page that names a feed becomes the feed's.",
    )
    shown: Trial | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "republish" in self.fields:
            usual = ("", "as usual for its voice and address")
            self.fields["republish"] = forms.ChoiceField(
                choices=[usual, *Republish.choices],
                required=False,
                initial="",
                label="May be republished",
                help_text=self.fields["republish"].help_text,
            )
            if self.instance._state.adding:
                self.initial["republish"] = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and cleaned.get("look_first") and not set(WHERE_TO_LOOK).isdisjoint(self.changed_data):
            source = self.pictured()
            try:
                self.shown = trial.look(source)
            except TrialFailed as error:
                raise forms.ValidationError(str(error)) from error
            cleaned["url"] = source.url
        if not self.errors and not cleaned.get("republish"):
            cleaned["republish"] = Republish.usual(cleaned["voice"], cleaned["url"])
        return cleaned


class DeskSourceForm(forms.ModelForm):
    """One that stands for what was added by hand: only its names, and what may be shown of it."""

    shown: Trial | None = None

    class Meta:
        model = Source
        fields = ("name", "slug", "publisher", "republish")


class SourceList(ChangeList):
    """The list of sources, with how each of those on the page is."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        states = health_of(self.result_list, timezone.now())
        for source in self.result_list:
            source.state_now = states[source.pk]


class NeedsFilter(admin.SimpleListFilter):
    """Sources that somebody should see to."""

    title = "needs somebody"
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("failing", "Failing or gone")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> QuerySet[Source]:
        return queryset.filter(pk__in=Source.objects.failing().values("pk")) if self.value() == "failing" else queryset


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
    form = SourceForm
    change_form_template = "admin/tracker/source/change_form.html"
    list_display = ("name", "condition", "last_polled_at", "next_due_at")
    list_filter = (NeedsFilter, "state", "kind", "voice", "republish")
    search_fields = ("name", "slug", "url", "publisher")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = (
        *("condition", "last_polled_at", "last_success_at", "last_new_at", "consecutive_failures"),
        *("not_before", "moved_to", "etag", "last_modified", "leased_until"),
    )
    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "url", "publisher", "voice", "republish", "options", "look_first")}),
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
        if form.shown:
            for said in (form.shown.found, form.shown.problem):
                if said:
                    self.message_user(request, said, messages.WARNING)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None and obj.kind == Source.Kind.DESK:
            kwargs["form"] = DeskSourceForm
        form = super().get_form(request, obj, change, **kwargs)
        if "next_due_at" in form.base_fields:
            name_both_boxes(form.base_fields["next_due_at"], "Next due")
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and obj.kind == Source.Kind.DESK:
            return [(None, {"fields": ("name", "slug", "publisher", "republish", "condition")})]
        return super().get_fieldsets(request, obj)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SourceList

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("try/", view(self.try_it), name="tracker_source_try"),
            path("<int:pk>/poll/", view(self.poll_one), name="tracker_source_poll"),
            *super().get_urls(),
        ]

    def try_it(self, request: HttpRequest) -> HttpResponse:
        """Shows what would be taken from a source as the form, which need not be saved, describes it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        form = WhereForm(request.POST)
        shown, problems = None, []
        if form.is_valid():
            source = form.pictured()
            try:
                shown = trial.look(source)
            except TrialFailed as error:
                problems = [str(error)]
        else:
            problems = [str(error) for errors in form.errors.values() for error in errors]
        entries = shown.entries if shown else []
        return TemplateResponse(
            request,
            "admin/tracker/source/try_it.html",
            {
                **self.admin_site.each_context(request),
                "title": "What would be taken",
                "opts": self.model._meta,
                "url": form.cleaned_data.get("url", ""),
                "shown": shown,
                "problems": problems,
                "entries": entries[:ENTRIES_SHOWN],
                "left_out": len(entries[ENTRIES_SHOWN:]),
                "first": entries[0] if entries else None,
                "text": entries[0].text[:CHARACTERS_SHOWN] if entries else "",
                "is_cut": bool(entries) and len(entries[0].text) > CHARACTERS_SHOWN,
            },
        )

    def poll_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Polls one source now, and goes back to its page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        self.poll_now(request, Source.objects.filter(pk=pk))
        return HttpResponseRedirect(reverse("admin:tracker_source_change", args=[pk]))

    @admin.display(description="condition")
    def condition(self, source: Source) -> str:
        if source._state.adding:
            return "Not saved yet."
        state: Health = getattr(source, "state_now", None) or health(source, timezone.now())
        detail = "" if state.detail in state.sentence else f" {state.detail}"
        return f"{state.state}: {state.sentence}{detail}"

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
    list_filter = ("outcome", "blocked", "source")
    list_select_related = ("source",)
    search_fields = ("source__name", "detail")
    date_hierarchy = "started_at"

    @admin.display(description="took")
    def took(self, outcome: Poll) -> str:
        took: dt.timedelta = outcome.finished_at - outcome.started_at
        return f"{took.total_seconds():.1f} s"


@admin.register(SourceAlert)
class SourceAlertAdmin(ReadOnlyAdmin):
    list_display = ("source", "told", "told_at", "reason")
    list_filter = ("told",)
    list_select_related = ("source",)
    search_fields = ("source__name", "reason")


@admin.register(Tick)
class TickAdmin(ReadOnlyAdmin):
    list_display = ("name", "last_at")
