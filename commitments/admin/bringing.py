"""Bringing the record from files, and taking it away: one file step by step, each step on the import's own page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from commitments import tasks
from commitments.admin.person import signed_in
from commitments.bringing import ImportRefused, UnreadableFile, handing_back, sheets, steps, undoing
from commitments.bringing.columns import REASON, Column
from commitments.bringing.kinds import KINDS
from commitments.bringing.reading import CSV, JSON_LINES, MAX_BYTES, XLSX
from commitments.models import Import, ImportRow
from tracker.admin.read_only import ReadOnlyAdmin

ROWS_A_PAGE = 50
#: Forms in which the record can be taken away, as people know them.
FORMS = {XLSX: "Excel", CSV: "CSV", JSON_LINES: "JSON Lines"}


class FileForm(forms.Form):
    """A file, and what a row of it is."""

    kind = forms.ChoiceField(
        label="What a row is", choices=[(key, kind.label.capitalize()) for key, kind in KINDS.items()]
    )
    file = forms.FileField(label="File", help_text="CSV, Excel (XLSX), OpenDocument (ODS) or JSON Lines.")

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > MAX_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_BYTES // 1024**2} MiB; bring it in parts.")
        return given


@dataclass(frozen=True)
class FoundColumn:
    """A column of the file: what stands in it, and which field it is said to be."""

    place: int
    name: str
    samples: list[str]
    field: str


@dataclass(frozen=True)
class ShownRow:
    """A row of a preview, its fields by the words for them."""

    row: ImportRow
    changes: list[tuple[str, Any, Any]]
    complaints: list[tuple[str, Any, str]]


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    change_list_template = "admin/commitments/import/change_list.html"
    list_display = ["file_name", "what", "state", "rows_in_all", "by", "at"]
    list_filter = ["state", "kind"]
    list_select_related = ["by"]
    search_fields = ["file_name", "sha256"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Import]:
        return Import.objects.without_content()

    @admin.display(description="rows of", ordering="kind")
    def what(self, which: Import) -> str:
        return KINDS[which.kind].label

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("commitments.add_import")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view

        def step(name: str, does: Callable[[HttpRequest, Import], None]) -> URLPattern:
            return path(f"<int:key>/{name}/", view(require_POST(self._step(does))), name=f"commitments_import_{name}")

        return [
            path("export/<slug:kind>/<slug:form>/", view(self.export), name="commitments_import_export"),
            path("template/<slug:kind>/<slug:form>/", view(self.template), name="commitments_import_template"),
            path("<int:key>/refused/", view(self.refused), name="commitments_import_refused"),
            step("columns", self._say_columns),
            step("decide", self._decide),
            step("back", self._back),
            step("leave", self._leave),
            step("undo", self._undo),
            *super().get_urls(),
        ]

    # Pages.

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        context = {"title": "Bring and take away", "kinds": KINDS.values(), "forms": FORMS, **(extra_context or {})}
        return super().changelist_view(request, context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Choose a file."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind")})
        if form.is_valid():
            given = form.cleaned_data["file"]
            try:
                which = steps.start(form.cleaned_data["kind"], given.name, given.read(), signed_in(request))
            except UnreadableFile as error:
                form.add_error("file", str(error))
            else:
                return HttpResponseRedirect(reverse("admin:commitments_import_change", args=[which.pk]))
        return self._page(request, "bring.html", "Bring a file", form=form, kinds=KINDS.values(), forms=FORMS)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The step at which an import is."""
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        if not object_id.isdecimal():
            raise Http404
        which = get_object_or_404(self.get_queryset(request), pk=int(object_id))
        context: dict[str, Any] = {"which": which, "may": self.has_add_permission(request)}
        if which.state == Import.State.MAPPING:
            context |= {"columns": _columns(which), "fields": KINDS[which.kind].columns}
            return self._page(request, "columns.html", "Which column is which?", **context)
        if which.is_at_work:
            return self._page(request, "progress.html", which.get_state_display().capitalize(), **context)
        shown = request.GET.get("rows", "")
        context |= {
            "counts": [(key, ImportRow.Outcome(key).label, count) for key, count in steps.counts(which).items()],
            **{f"{key}_count": count for key, count in steps.counts(which).items()},
            "shown": shown if shown in ImportRow.Outcome.values else "",
            "page": _rows(which, shown, request.GET.get("page", "1")),
            "obstacles": undoing.obstacles(which) if which.state == Import.State.DONE else [],
        }
        is_decided = which.state != Import.State.CHECKED
        title = which.get_state_display().capitalize() if is_decided else "What it would change"
        return self._page(request, "rows.html", title, **context)

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/commitments/import/{template}", context)

    # Steps. Each goes back to the import's page, which shows what has become of it.

    def _step(self, does: Callable[[HttpRequest, Import], None]) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, key: int) -> HttpResponse:
            if not self.has_add_permission(request):
                raise PermissionDenied
            which = get_object_or_404(self.get_queryset(request), pk=key)
            try:
                does(request, which)
            except ImportRefused as error:
                labels = {column.name: column.label for column in KINDS[which.kind].columns}
                for each in error.complaints:
                    self.message_user(request, f"“{labels.get(each.field, each.field)}” {each.message}", messages.ERROR)
            except undoing.UndoRefused as error:
                self.message_user(request, error.message, messages.ERROR)
            except steps.OutOfTurn as error:
                self.message_user(request, str(error), messages.WARNING)
            return HttpResponseRedirect(reverse("admin:commitments_import_change", args=[key]))

        return view

    def _say_columns(self, request: HttpRequest, which: Import) -> None:
        steps.require(which, Import.State.MAPPING)
        fields = KINDS[which.kind].names()
        said = {name: request.POST.get(f"column-{place}", "") for place, name in enumerate(which.columns)}
        mapping = {name: field if field in fields else "" for name, field in said.items()}
        steps.check_columns(which, mapping)
        steps.say_columns(which, mapping, update="update" in request.POST, by=signed_in(request))
        tasks.ring_for_imports()

    def _decide(self, request: HttpRequest, which: Import) -> None:
        steps.require(which, Import.State.CHECKED)
        steps.decide(which, only_good="only_good" in request.POST)
        tasks.ring_for_imports()

    def _back(self, request: HttpRequest, which: Import) -> None:
        steps.require(which, Import.State.CHECKED)
        steps.say_anew(which)

    def _leave(self, request: HttpRequest, which: Import) -> None:
        steps.require(which, Import.State.MAPPING, Import.State.CHECKED)
        steps.give_up(which)
        self.message_user(request, "Given up. Nothing was brought in.")

    def _undo(self, request: HttpRequest, which: Import) -> None:
        undoing.undo(which, signed_in(request))
        self.message_user(request, "Taken back.", messages.SUCCESS)

    # Files to take away.

    def refused(self, request: HttpRequest, key: int) -> HttpResponse:
        """The refused rows, with the reason beside each."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return _download(handing_back.refused(get_object_or_404(self.get_queryset(request), pk=key)))

    def export(self, request: HttpRequest, kind: str, form: str) -> HttpResponse:
        """All of one kind, to take away and to bring back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        wanted = _kind(kind, form)
        return _download(sheets.write(form, wanted.key, wanted.names(), wanted.exported()))

    def template(self, request: HttpRequest, kind: str, form: str) -> HttpResponse:
        """An empty table with the names of the columns and one row as an example."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        wanted = _kind(kind, form)
        example = {column.name: column.example for column in wanted.columns}
        return _download(sheets.write(form, f"{wanted.key} template", wanted.names(), [example]))


def _kind(kind: str, form: str) -> Any:
    if kind not in KINDS or form not in FORMS:
        raise Http404
    return KINDS[kind]


def _download(file: sheets.File) -> HttpResponse:
    response = HttpResponse(file.body, content_type=file.content_type)
    # Names of files are other people's words.
    name = "".join(letter if letter.isalnum() or letter in " ._-" else "_" for letter in file.name)
    response.headers["Content-Disposition"] = f'attachment; filename="{name.encode("ascii", "replace").decode()}"'
    return response


def _columns(which: Import) -> list[FoundColumn]:
    return [
        FoundColumn(place, name, which.samples.get(name, []), which.mapping.get(name, ""))
        for place, name in enumerate(which.columns)
        if name != REASON
    ]


def _rows(which: Import, outcome: str, page: str) -> tuple[Page, list[ShownRow]]:
    """A page of the rows of one outcome, or of all, those that are refused first."""
    rows = which.rows.order_by("line", "pk")
    if outcome in ImportRow.Outcome.values:
        rows = rows.filter(outcome=outcome)
    found = Paginator(rows, ROWS_A_PAGE).get_page(page)
    columns: dict[str, Column] = {column.name: column for column in KINDS[which.kind].columns}
    names = {field: name for name, field in which.mapping.items() if field}
    labels = {name: column.label for name, column in columns.items()}
    return found, [_shown(row, labels, names) for row in found]


def _shown(row: ImportRow, labels: dict[str, str], names: dict[str, str]) -> ShownRow:
    return ShownRow(
        row,
        [(labels.get(field, field), old, new) for field, old, new in row.changes],
        [
            (handing_back.called(field, names, labels), row.raw.get(names.get(field, "")), message)
            for field, message in row.complaints
        ],
    )
