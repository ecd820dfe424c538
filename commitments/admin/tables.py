"""Figures in tables: pointed at by their headings, and what each edition gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from commitments import decisions
from commitments.admin import picking, reasons
from commitments.admin.needs import NeedsFilter
from commitments.admin.person import signed_in
from commitments.admin.to_decide import ToDecideAdmin
from commitments.models import TableFigure, TablePointer, TableReading
from commitments.pages import phrases
from commitments.statistics import pointing, reading
from commitments.statistics.editions import CannotBeRead, editions
from commitments.statistics.pointing import NotFound
from tracker.models import Source

#: Editions shown on the page of a pointer.
MOST_EDITIONS = 20
USUAL_REASONS = ("Not comparable with those before.", "The publisher has withdrawn it.", "Not what is counted here.")


@admin.register(TablePointer)
class TablePointerAdmin(ToDecideAdmin):
    """A figure that staff have pointed at. It is made, and pointed at anew, by the picker alone."""

    change_form_template = "admin/commitments/tablepointer/change_form.html"
    list_display = ["series", "source", "sheet", "headings", "mode", "followed"]
    list_filter = [NeedsFilter, ("stopped_at", admin.EmptyFieldListFilter), "mode", "source"]
    list_select_related = ["series", "source"]
    search_fields = ["series__metric", "sheet", "source__name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:commitments_tablepointer_pick"))

    @admin.display(description="headings")
    def headings(self, pointer: TablePointer) -> str:
        return f"{pointing.shown(pointer.row_path)} / {pointing.shown(pointer.column_path)}"

    @admin.display(description="followed", boolean=True)
    def followed(self, pointer: TablePointer) -> bool:
        return pointer.stopped_at is None

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"commitments_tablepointer_{name}")

        return [
            at("pick/", self.pick, "pick"),
            at("<int:key>/stop/", require_POST(self.stop), "stop"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        pointer: TablePointer = kwargs["obj"]
        readings = pointer.readings.select_related("revision").defer("revision__text")
        latest = editions(pointer.source).last()
        context |= {
            "title": "Figure in a table",
            "subtitle": None,
            "row": pointing.shown(pointer.row_path),
            "column": pointing.shown(pointer.column_path),
            "readings": with_counts(readings)[:MOST_EDITIONS],
            "latest": latest,
            "may_change": self.has_change_permission(request, pointer),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def stop(self, request: HttpRequest, key: int) -> HttpResponse:
        """Follow it no longer. What it gave stays."""
        pointer = get_object_or_404(TablePointer, pk=key)
        if not self.has_change_permission(request, pointer):
            raise PermissionDenied
        if TablePointer.objects.followed().filter(pk=key).update(stopped_at=timezone.now()):
            self.message_user(request, "It is no longer followed. What it gave stays.")
        return HttpResponseRedirect(reverse("admin:commitments_tablepointer_change", args=[key]))

    def pick(self, request: HttpRequest) -> HttpResponse:
        """Source, sheet, figure, words: one address, each step a further part of its query."""
        anew = request.GET.get("pointer", "")
        known = TablePointer.objects.select_related("source", "series", "first_edition")
        pointer = get_object_or_404(known, pk=int(anew)) if anew.isdecimal() else None
        if not (self.has_change_permission(request, pointer) if pointer else self.has_add_permission(request)):
            raise PermissionDenied
        query = {name: request.GET[name] for name in ("pointer", "edition", "sheet") if request.GET.get(name)}
        context: dict[str, Any] = {"pointer": pointer, "query": query}
        try:
            self._step(request, pointer, query, context)
        except (picking.Lost, CannotBeRead, NotFound) as error:
            context["problem"] = str(error)
        if "made" in context:
            return HttpResponseRedirect(reverse("admin:commitments_tablepointer_change", args=[context["made"]]))
        return TemplateResponse(
            request,
            "admin/commitments/tablepointer/pick.html",
            {**self.admin_site.each_context(request), "title": "Point at a figure", "opts": self.opts, **context},
        )

    def _step(
        self, request: HttpRequest, pointer: TablePointer | None, query: dict[str, str], context: dict[str, Any]
    ) -> None:
        """Fill `context` as far as the address leads. Raises picking.Lost, CannotBeRead and NotFound."""
        if "edition" not in query:
            context["sources"] = picking.sources()
            return
        edition = picking.edition_of(query["edition"])
        source = edition.revision.appearance.source
        if pointer and pointer.source_id != source.pk:
            raise picking.Lost("This edition is not one of the source that is followed.")
        context["edition"] = edition
        if "sheet" not in query:
            context["sheets"] = picking.sheet_lines(edition, query)
            return
        sheet = context["sheet"] = picking.sheet_of(edition, query["sheet"])
        context["sheet_address"] = f"?{urlencode(query)}"
        if not request.GET.get("cell"):
            context["tables"] = picking.tables_shown(edition, sheet, query, request.GET.get("part", ""))
            return
        table, cell, spot = picking.cell_of(edition, sheet, request.GET["cell"])
        form = picking.PointerForm(edition, table, cell, spot, pointer, request.POST or None)
        context |= {
            "form": form,
            "table": table,
            "cell": cell,
            "said": picking.said(cell),
            "row": pointing.shown(spot.row_path),
            "column": pointing.shown(spot.column_path),
            "spot": spot,
        }
        if request.method == "POST" and form.is_valid() and "follow" in request.POST:
            context["made"] = self._follow(request, pointer, source, form)
            return
        what = form.meant if form.is_bound else pointing.Meant("", "", pointing.scales(table, spot))
        takes = form["takes"].value()
        context["previewed"] = picking.preview(source, spot, what, newest_only=takes == TablePointer.Takes.NEWEST)

    def _follow(
        self, request: HttpRequest, pointer: TablePointer | None, source: Source, form: picking.PointerForm
    ) -> int:
        """Keep the pointer, or point the one that there is anew, and read what is to be read. Returns its key."""
        with transaction.atomic():
            if pointer is None:
                first = editions(source).first() if form.cleaned_data["begins"] == "first" else form.edition.revision
                pointer = TablePointer.objects.create(
                    source=source,
                    series=form.cleaned_data["series"],
                    first_edition=first or form.edition.revision,
                    made_by=signed_in(request),
                    **form.fields_of_a_pointer(),
                )
                self.log_addition(request, pointer, "Pointed at.")
            else:
                for name, value in form.fields_of_a_pointer().items():
                    setattr(pointer, name, value)
                pointer.stopped_at = None
                pointer.save()
                reading.forget_problems(pointer)
                self.log_change(request, pointer, "Pointed at anew.")
        read = reading.read_for(pointer)
        figures = "1 figure" if read.figures == 1 else f"{read.figures:,} figures"
        waits = "recorded" if pointer.mode == TablePointer.Mode.AT_ONCE else "put before staff"
        self.message_user(request, f"It is followed from now on: {figures} {waits}.")
        return pointer.pk


@admin.register(TableReading)
class TableReadingAdmin(ToDecideAdmin):
    """One edition, with the figures that it gave; staff decide on them together or one by one."""

    change_form_template = "admin/commitments/tablereading/change_form.html"
    list_display = ["series", "edition", "published_on", "given", "waits", "problem"]
    list_filter = [NeedsFilter, ("problem", admin.EmptyFieldListFilter), "pointer__source"]
    search_fields = ["pointer__series__metric", "revision__title"]
    date_hierarchy = "published_on"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TableReading]:
        related = TableReading.objects.select_related("pointer__series", "pointer__source", "revision__snapshot")
        return with_counts(related.defer("revision__text"))

    @admin.display(description="series", ordering="pointer__series__metric")
    def series(self, row: TableReading) -> str:
        return str(row.pointer.series)

    @admin.display(description="edition", ordering="revision__title")
    def edition(self, row: TableReading) -> str:
        return row.revision.title

    @admin.display(description="new or changed")
    def given(self, row: Any) -> int:
        return int(row.given)

    @admin.display(description="waiting")
    def waits(self, row: Any) -> int:
        return int(row.waits)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(require_POST(self.decide))
        return [path("<int:key>/decide/", decide, name="commitments_tablereading_decide"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row: TableReading = kwargs["obj"]
        figures = list(row.figures.select_related("decided_by"))
        context |= {
            "title": "Edition of a table",
            "subtitle": None,
            "figures": [(figure, period(figure)) for figure in figures],
            "may_decide": self.has_change_permission(request, row) and bool(figures),
            "may_point": request.user.has_perm("commitments.change_tablepointer"),
            "usual_reasons": USUAL_REASONS,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def decide(self, request: HttpRequest, key: int) -> HttpResponse:
        row = get_object_or_404(TableReading, pk=key)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        keys = [int(each) for each in request.POST.getlist("figure") if each.isdecimal()]
        deed = decisions.Deed(signed_in(request))
        try:
            if "accept" in request.POST:
                done = f"Accepted {decisions.accept_figures(row, keys, deed)}."
            else:
                why = reasons.given(request, USUAL_REASONS)
                done = f"Rejected {decisions.reject_figures(row, keys, deed, why)}."
        except decisions.DecisionRefused as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, done)
        return HttpResponseRedirect(reverse("admin:commitments_tablereading_change", args=[key]))


def with_counts(rows: QuerySet[TableReading]) -> QuerySet[TableReading]:
    """With how many figures each gave, and how many of them wait."""
    waiting = Q(figures__state=TableFigure.State.SUGGESTED)
    counted = rows.annotate(given=Count("figures"), waits=Count("figures", filter=waiting))
    return counted.order_by("-revision__seen_at", "-pk")


def period(figure: TableFigure) -> str:
    if figure.period_start == figure.period_end:
        return phrases.day(figure.period_end)
    return phrases.span(figure.period_start, figure.period_end, "to")
