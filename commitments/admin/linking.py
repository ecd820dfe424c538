"""What has been compared with the record, the words by which commitments are found, and the linker's versions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from commitments.admin.person import signed_in
from commitments.linking import versions
from commitments.linking.model import shipped
from commitments.models import LinkedRevision, LinkerSwitch, LinkerVersion
from tracker.admin.read_only import ReadOnlyAdmin


@admin.register(LinkedRevision)
class LinkedRevisionAdmin(ReadOnlyAdmin):
    list_display = ["revision", "linked_at", "suggestions", "attempts", "retry_at", "error", "model_version"]
    list_filter = ["model_version", ("linked_at", admin.EmptyFieldListFilter), "attempts"]
    list_select_related = ["revision"]
    search_fields = ["revision__title", "error"]
    date_hierarchy = "linked_at"


class SwitchForm(forms.Form):
    """Why a version is to be used."""

    reason = forms.CharField(
        max_length=300, widget=forms.TextInput(attrs={"size": 80}), help_text="Kept with the switch."
    )


@admin.register(LinkerVersion)
class LinkerVersionAdmin(ReadOnlyAdmin):
    """Versions with their figures; whoever may add a switch can go to any that was not refused."""

    change_list_template = "admin/commitments/linkerversion/change_list.html"
    change_form_template = "admin/commitments/linkerversion/change_form.html"
    list_display = ["name", "state", "made_at", "learnt_from", "figures"]
    search_fields = ["name", "refused"]
    fields = ["name", "base", "state", "refused", "made_at", "made_by", "command", "learnt_from", "data_sha256"]

    def get_queryset(self, request: HttpRequest) -> Any:
        used = Value(versions.in_use().version)
        return super().get_queryset(request).defer("values").annotate(in_use=used)

    @admin.display(description="state")
    def state(self, version: Any) -> str:
        if version.name == version.in_use:
            return "in use"
        if version.refused:
            return "refused"
        return "of another base" if version.base != shipped().version else "may be used"

    @admin.display(description="learnt from")
    def learnt_from(self, version: LinkerVersion) -> str:
        return ", ".join(f"{count} {name}" for name, count in version.decisions.items() if count)

    @admin.display(description="figures, before → of this version")
    def figures(self, version: LinkerVersion) -> str:
        return "; ".join(
            f"{name} {version.before.get(name, 0):.3f} → {value:.3f}" for name, value in version.after.items()
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        context = {
            "in_use": versions.in_use().version,
            "base": shipped().version,
            "switch": LinkerSwitch.objects.select_related("by").first(),
            "may_switch": _may_switch(request),
            "title": "Versions of the linker",
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        version = kwargs["obj"]
        context |= {
            "figures": [(name, version.before.get(name), value) for name, value in version.after.items()],
            "may_switch": _may_switch(request) and self.state(version) == "may be used",
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        use = self.admin_site.admin_view(self.use)
        return [path("use/<str:name>/", use, name="commitments_linkerversion_use"), *super().get_urls()]

    def use(self, request: HttpRequest, name: str) -> HttpResponse:
        """Asks why on a page of its own, then switches."""
        if not _may_switch(request):
            raise PermissionDenied
        form = SwitchForm(request.POST or None)
        back = HttpResponseRedirect(reverse("admin:commitments_linkerversion_changelist"))
        try:
            version = versions.by_name(name)
            if form.is_valid():
                versions.use(version, signed_in(request), form.cleaned_data["reason"])
                message = (
                    f"Version {versions.in_use().version} is in use. Undecided suggestions keep their scores until "
                )
                self.message_user(request, f"{message}“train_linker --relink” is run.", messages.SUCCESS)
                return back
        except versions.SwitchRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return back
        context = {
            **self.admin_site.each_context(request),
            "title": f"Use version {version or shipped().version} of the linker",
            "opts": self.opts,
            "form": form,
            "in_use": versions.in_use().version,
        }
        return TemplateResponse(request, "admin/commitments/linkerversion/use.html", context)


def _may_switch(request: HttpRequest) -> bool:
    return request.user.has_perm("commitments.add_linkerswitch")


@admin.register(LinkerSwitch)
class LinkerSwitchAdmin(ReadOnlyAdmin):
    list_display = ["at", "to", "by", "reason"]
    list_select_related = ["version", "by"]
    list_display_links = ["at"]
    search_fields = ["reason", "version__name"]

    @admin.display(description="version", ordering="version")
    def to(self, switch: LinkerSwitch) -> str:
        return str(switch.version or "the base version")
