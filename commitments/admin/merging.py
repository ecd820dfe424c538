"""Merging a commitment into another from its page, with what goes along shown beforehand; and all merges so far."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from commitments import decisions
from commitments.admin.person import signed_in
from commitments.models import Commitment, Merge, MovedRow
from tracker.admin.read_only import ReadOnlyAdmin


class IntoForm(forms.Form):
    into = forms.CharField(
        label="Reference of the one that stays",
        max_length=60,
        help_text="This one's address will lead there, and what was found out goes along.",
    )

    def clean_into(self) -> Commitment:
        found = Commitment.objects.filter(reference__iexact=self.cleaned_data["into"].strip()).first()
        if found is None:
            raise forms.ValidationError("There is no commitment of that reference. It stands before each title.")
        return found


class MergeForm(forms.Form):
    reason = forms.CharField(
        label="Why they are one promise",
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="Shown to the public.",
    )
    milestones = forms.MultipleChoiceField(
        label="Milestones that come along", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, along: decisions.GoesAlong, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), one.title) for one in along.milestones]
        self.fields["milestones"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["milestones"]


def merge(model_admin: admin.ModelAdmin, request: HttpRequest, key: int) -> HttpResponse:
    """First which one stays, then what goes along and why; `?into=REFERENCE` is the second step."""
    commitment = get_object_or_404(Commitment, pk=key)
    if not model_admin.has_change_permission(request, commitment):
        raise PermissionDenied
    chosen = IntoForm(request.GET or None)
    into: Commitment | None = chosen.cleaned_data["into"] if chosen.is_valid() else None
    along = decisions.goes_along(commitment, into) if into else None
    form = MergeForm(along, request.POST or None) if along else None
    if form is not None and into is not None and form.is_valid():
        try:
            decisions.merge(
                commitment,
                into,
                decisions.Deed(signed_in(request)),
                form.cleaned_data["reason"],
                [int(each) for each in form.cleaned_data.get("milestones", [])],
            )
        except decisions.DecisionRefused as error:
            form.add_error(None, str(error))
        else:
            model_admin.log_change(request, commitment, f"Merged into {into.reference}.")
            model_admin.message_user(request, f"{commitment.reference} is merged into {into.reference}.")
            return HttpResponseRedirect(reverse("admin:commitments_commitment_change", args=[into.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Merge {commitment} into another",
        "opts": model_admin.opts,
        "commitment": commitment,
        "chosen": chosen,
        "into": into,
        "along": along,
        "form": form,
    }
    return TemplateResponse(request, "admin/commitments/commitment/merge.html", context)


def undo(model_admin: admin.ModelAdmin, request: HttpRequest, key: int) -> HttpResponse:
    """Take the merge of a commitment back, and say what could not be."""
    commitment = get_object_or_404(Commitment, pk=key)
    if not model_admin.has_change_permission(request, commitment):
        raise PermissionDenied
    try:
        done = commitment.merges.standing().first()
        if done is None:
            raise decisions.DecisionRefused("It is merged into nothing: the merge has been undone already.")
        left = decisions.undo_merge(done, decisions.Deed(signed_in(request)))
    except decisions.DecisionRefused as error:
        model_admin.message_user(request, str(error), messages.ERROR)
    else:
        model_admin.log_change(request, commitment, "The merge was undone.")
        model_admin.message_user(request, f"{commitment.reference} stands for itself again.", messages.SUCCESS)
        for sentence in left:
            model_admin.message_user(request, sentence, messages.WARNING)
    return HttpResponseRedirect(reverse("admin:commitments_commitment_change", args=[key]))


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "reason", "by", "at", "undone_by", "undone_at"]
    list_filter = [("undone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["merged", "into", "by", "undone_by"]
    search_fields = ["merged__reference", "merged__title", "into__reference", "into__title", "reason"]
    date_hierarchy = "at"
    readonly_fields = ["what_it_changed"]

    @admin.display(description="what it changed, row by row")
    def what_it_changed(self, merge: Merge) -> SafeString:
        rows = ((_moved(row),) for row in merge.moved.all())
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", rows))


def _moved(row: MovedRow) -> str:
    """One change in words: “evidence 12, commitment: from 3 to 4; put back”."""
    what = f"{row.model.partition('.')[2]} {row.key}, {row.field.removesuffix('_id')}"
    change = f"{row.after} added" if row.before is None else f"from {row.before} to {row.after}"
    became = {None: "", True: "; put back", False: "; changed since, and left"}[row.put_back]
    return f"{what}: {change}{became}"
