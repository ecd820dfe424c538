"""Lists of sources in and out: a page that shows what a file would add before it does, and a download."""

from __future__ import annotations

import base64
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from tracker.models import Source, Voice
from tracker.opml import MAX_BYTES, NotOpml, Planned, Verdict, add, plan, read_opml, write_opml


class OpmlForm(forms.Form):
    """A file to look into, or one that was looked into and comes back to be added."""

    file = forms.FileField(label="OPML file", required=False, help_text="As feed readers export it.")
    voice = forms.ChoiceField(
        choices=Voice.choices, initial=Voice.OFFICIAL, help_text="Whose account the sources are that name none."
    )
    folders = forms.BooleanField(
        required=False, initial=True, label="Folders are publishers", help_text="Leave out if they are topics."
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        given = cleaned.get("file")
        if given and given.size > MAX_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_BYTES // 1024**2} MiB.")
        try:
            body = given.read() if given else base64.b64decode(cleaned.get("content", ""), validate=True)
        except ValueError as error:
            raise forms.ValidationError("Choose the file again.") from error
        if not body:
            raise forms.ValidationError("Choose a file that is not empty.")
        try:
            cleaned["outlines"] = read_opml(body)
        except NotOpml as error:
            raise forms.ValidationError(str(error)) from error
        cleaned["content"] = base64.b64encode(body).decode()
        return cleaned


class OpmlLists(admin.ModelAdmin):
    """Adds import and export to the list of sources."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("import-opml/", view(self.import_opml), name="tracker_source_import_opml"),
            path("export-opml/", view(self.export_opml), name="tracker_source_export_opml"),
            *super().get_urls(),
        ]

    def import_opml(self, request: HttpRequest) -> HttpResponse:
        """Shows what the file would add; adds it when told to."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = OpmlForm(request.POST or None, request.FILES or None)
        planned: list[Planned] = []
        if form.is_valid():
            told = form.cleaned_data
            planned = plan(told["outlines"], timezone.now(), voice=told["voice"], folders=told["folders"])
            if "add" in request.POST:
                return self._added(request, planned)
        return TemplateResponse(
            request,
            "admin/tracker/source/import_opml.html",
            {
                **self.admin_site.each_context(request),
                "title": "Import sources",
                "opts": self.model._meta,
                "form": form,
                "planned": planned,
                "new_count": sum(each.verdict == Verdict.NEW for each in planned),
                "content": form.cleaned_data["content"] if planned else "",
            },
        )

    def _added(self, request: HttpRequest, planned: list[Planned]) -> HttpResponse:
        added = add(planned)
        for source in added:
            self.log_addition(request, source, "Imported from an OPML file.")
        count = "1 source was" if len(added) == 1 else f"{len(added)} sources were"
        self.message_user(request, f"{count} added.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:tracker_source_changelist"))

    def export_opml(self, request: HttpRequest) -> HttpResponse:
        """The sources that are watched, as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        body = write_opml(Source.objects.listed(), str(self.admin_site.site_header), timezone.now())
        return HttpResponse(
            body,
            content_type="text/x-opml; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="sources.opml"'},
        )
