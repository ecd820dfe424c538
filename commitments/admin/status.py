"""Changing a status from a commitment's page, and the history of all that were changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from commitments import decisions
from commitments.admin.person import signed_in
from commitments.models import Commitment, Evidence, Status, StatusChange
from tracker.admin.read_only import ReadOnlyAdmin, ReadOnlyInline


class StatusForm(forms.Form):
    """A judgement of one commitment. `decisions.change_status` has the last word on what may be recorded."""

    status = forms.ChoiceField(choices=Status.choices)
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "cols": 80}), help_text="Shown to the public.")
    effective_from = forms.DateField(
        label="Holds from", widget=AdminDateWidget, initial=timezone.localdate, help_text="The day it became so."
    )
    evidence = forms.ModelChoiceField(
        label="Deciding evidence",
        queryset=Evidence.objects.none(),
        required=False,
        help_text="Accepted evidence of this commitment. A final status needs it, or a documented absence.",
    )
    absence = forms.CharField(
        label="Documented absence",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text="Where no evidence can exist: what was looked for, where, and until when.",
    )
    corrects = forms.ModelChoiceField(
        label="Corrects", queryset=StatusChange.objects.none(), required=False, help_text="An earlier entry of ours."
    )
    private_note = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2, "cols": 80}), help_text="For staff only."
    )

    def __init__(self, commitment: Commitment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accepted = commitment.evidence.accepted().newest_first().select_related("commitment", "release")
        self.fields["evidence"].queryset = accepted  # type: ignore[attr-defined]
        changes = commitment.status_changes.select_related("commitment")
        self.fields["corrects"].queryset = changes  # type: ignore[attr-defined]
        self.fields["status"].initial = commitment.status_on(timezone.localdate())


def change_status_view(model_admin: admin.ModelAdmin, request: HttpRequest, key: int) -> HttpResponse:
    """The small form behind “Change status” on a commitment's page."""
    commitment = get_object_or_404(Commitment, pk=key)
    if not model_admin.has_change_permission(request, commitment):
        raise PermissionDenied
    form = StatusForm(commitment, request.POST or None)
    if form.is_valid():
        change = _recorded(form, commitment, request)
        if change is not None:
            label = change.get_to_status_display()
            model_admin.log_change(request, commitment, f"Status: {label}")
            model_admin.message_user(
                request, f"The status is “{label}” from {change.effective_from}.", messages.SUCCESS
            )
            return HttpResponseRedirect(reverse("admin:commitments_commitment_change", args=[key]))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Change the status of {commitment}",
        "opts": model_admin.opts,
        "commitment": commitment,
        "current": Status(commitment.status_on(timezone.localdate())).label,
        "form": form,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/commitments/commitment/status.html", context)


def _recorded(form: StatusForm, commitment: Commitment, request: HttpRequest) -> StatusChange | None:
    """None when the decision was refused; the form then says why."""
    wanted = form.cleaned_data
    try:
        return decisions.change_status(
            commitment,
            wanted["status"],
            signed_in(request),
            wanted["reason"],
            wanted["effective_from"],
            evidence=wanted["evidence"],
            absence=wanted["absence"],
            private_note=wanted["private_note"],
            corrects=wanted["corrects"],
        )
    except decisions.DecisionRefused as error:
        form.add_error(None, str(error))
        return None


class StatusChangeInline(ReadOnlyInline):
    model = StatusChange
    fields = ["effective_from", "to_status", "reason", "evidence", "absence", "recorded_by", "recorded_at"]
    readonly_fields = ["recorded_at"]
    ordering = ["-effective_from", "-pk"]
    verbose_name_plural = "status history"


@admin.register(StatusChange)
class StatusChangeAdmin(ReadOnlyAdmin):
    list_display = ["commitment", "from_status", "to_status", "effective_from", "reason", "recorded_by", "recorded_at"]
    list_filter = ["to_status", "recorded_by"]
    list_select_related = ["commitment", "recorded_by"]
    search_fields = ["commitment__reference", "commitment__title", "reason"]
    date_hierarchy = "effective_from"
