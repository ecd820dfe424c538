"""What is kept from the public: by whom, since when, why; and showing it again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from commitments import decisions
from commitments.admin.person import signed_in
from commitments.models import Evidence, Withholding


class WithholdingForm(forms.ModelForm):
    class Meta:
        model = Withholding
        fields = ("release", "what", "words", "note", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                decisions.check_withholding(**cleaned)
            except decisions.DecisionRefused as error:
                raise forms.ValidationError(str(error)) from error
        return cleaned


class LiftForm(forms.Form):
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        label="Why it may be shown again",
        help_text="For staff only.",
    )


@admin.register(Withholding)
class WithholdingAdmin(admin.ModelAdmin):
    """Added and lifted, each an entry of its own; nothing is changed or removed."""

    form = WithholdingForm
    change_form_template = "admin/commitments/withholding/change_form.html"
    list_display = ["at", "withheld", "title", "note", "by", "lifted"]
    list_display_links = ["at"]
    list_filter = ["what"]
    list_select_related = ["release", "by", "lifts", "lifted_by"]
    search_fields = ["release__title", "words", "note", "reason"]
    raw_id_fields = ["release"]
    fields = ("release", "what", "words", "note", "reason")

    def has_change_permission(self, request: HttpRequest, obj: Withholding | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Withholding | None = None) -> bool:
        return False

    @admin.display(description="what")
    def withheld(self, withholding: Withholding) -> str:
        return withholding.get_what_display()

    @admin.display(description="release", ordering="release__title")
    def title(self, withholding: Withholding) -> str:
        return withholding.release.title

    @admin.display(description="now")
    def lifted(self, withholding: Withholding) -> str:
        if withholding.lifts_id:
            return "shows it again"
        return "lifted" if hasattr(withholding, "lifted_by") else "withheld"

    def get_fields(self, request: HttpRequest, obj: Withholding | None = None) -> Any:
        return [*self.fields, "sha256", "by", "at", "lifts"] if obj else self.fields

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?evidence=KEY` fills in the passage of a piece of evidence."""
        key = request.GET.get("evidence", "")
        piece = Evidence.objects.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 16 else None
        if piece is None:
            return dict(super().get_changeform_initial_data(request))
        return {"release": piece.release_id, "what": Withholding.What.PASSAGE, "words": piece.quote}

    def save_model(self, request: HttpRequest, obj: Withholding, form: Any, change: bool) -> None:
        made = decisions.withhold(
            obj.release, obj.what, obj.note, obj.reason, decisions.Deed(signed_in(request)), obj.words
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        withholding: Withholding | None = kwargs["obj"]
        context["may_lift"] = withholding is not None and withholding.stands and self.has_add_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        lift = self.admin_site.admin_view(self.lift)
        return [path("<int:key>/lift/", lift, name="commitments_withholding_lift"), *super().get_urls()]

    def lift(self, request: HttpRequest, key: int) -> HttpResponse:
        """Asks why on a page of its own, then shows it again."""
        withholding = get_object_or_404(Withholding.objects.select_related("release"), pk=key)
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = LiftForm(request.POST or None)
        if form.is_valid():
            try:
                decisions.lift(withholding, form.cleaned_data["reason"], decisions.Deed(signed_in(request)))
            except decisions.DecisionRefused as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, "The public sees it again.")
            return HttpResponseRedirect(reverse("admin:commitments_withholding_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Show it to the public again",
            "opts": self.opts,
            "original": withholding,
            "form": form,
        }
        return TemplateResponse(request, "admin/commitments/withholding/lift.html", context)
