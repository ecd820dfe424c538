"""What readers say is wrong, in the order in which it came, and what was replied to verdicts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.views.decorators.http import require_POST

from commitments import corrections, decisions
from commitments.admin.mine import WhoseFilter
from commitments.admin.needs import NeedsFilter
from commitments.admin.person import signed_in
from commitments.admin.to_decide import ToDecideAdmin
from commitments.models import Commitment, CorrectionRequest, Definition, Reply, StatusChange


class DecideForm(forms.Form):
    """`corrections.decide` has the last word on what may be recorded."""

    upheld = forms.TypedChoiceField(
        label="Is it so?",
        choices=[("yes", "Yes: we were wrong, and have put it right"), ("no", "No: it stays as it is")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label="Answer to the sender",
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        help_text="Why it is so, or why not. It is sent if there is an address, and kept in any case.",
    )
    changed = forms.CharField(
        label="What was put right",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="Needed for a yes. Shown to the public, on the page of corrections.",
    )
    status_change = forms.ModelChoiceField(
        label="The status that corrects it",
        queryset=StatusChange.objects.none(),
        required=False,
        help_text="Record it first, from the commitment's page, under “Correct this entry”.",
    )
    definition = forms.ModelChoiceField(
        label="The definition that corrects it",
        queryset=Definition.objects.none(),
        required=False,
        help_text="Record it first, of the kind “our own correction”.",
    )

    def __init__(self, request: CorrectionRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        commitment = request.commitment
        if commitment is None:
            del self.fields["status_change"], self.fields["definition"]
            return
        changes = commitment.status_changes.filter(corrects__isnull=False).select_related("commitment")
        wordings = commitment.definitions.filter(kind=Definition.Kind.EDITORIAL_CORRECTION).select_related("commitment")
        self.fields["status_change"].queryset = changes.order_by("-pk")  # type: ignore[attr-defined]
        self.fields["definition"].queryset = wordings.order_by("-pk")  # type: ignore[attr-defined]


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(ToDecideAdmin):
    change_form_template = "admin/commitments/correctionrequest/change_form.html"
    list_display = ["received_at", "thing", "said", "state", "sent"]
    list_filter = [NeedsFilter, WhoseFilter, "state"]
    search_fields = ["wrong", "commitment__reference", "commitment__title", "release__title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CorrectionRequest]:
        return CorrectionRequest.objects.select_related(
            "commitment", "release", "decided_by", "status_change__commitment", "definition__commitment"
        )

    @admin.display(description="about")
    def thing(self, request: CorrectionRequest) -> str:
        return str(request.about)

    @admin.display(description="what is wrong")
    def said(self, request: CorrectionRequest) -> str:
        return Truncator(request.wrong).words(25)

    @admin.display(description="answer")
    def sent(self, request: CorrectionRequest) -> str:
        if request.answer_error:
            return f"not sent: {request.answer_error}"
        if request.answered_at:
            return "sent"
        return "waits" if request.email and request.state != CorrectionRequest.State.WAITING else ""

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(require_POST(self.decide))
        return [path("<int:key>/decide/", decide, name="commitments_correctionrequest_decide"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Corrections asked for", **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        asked: CorrectionRequest = kwargs["obj"]
        may_decide = self.has_change_permission(request, asked)
        context |= {
            "title": "A correction asked for",
            "subtitle": None,
            "about": asked.about,
            "is_commitment": isinstance(asked.about, Commitment),
            "is_waiting": asked.state == CorrectionRequest.State.WAITING,
            "may_decide": may_decide,
            "sent": self.sent(asked),
            "form": DecideForm(asked),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def decide(self, request: HttpRequest, key: int) -> HttpResponse:
        asked = get_object_or_404(CorrectionRequest.objects.select_related("commitment"), pk=key)
        if not self.has_change_permission(request, asked):
            raise PermissionDenied
        own_page = reverse("admin:commitments_correctionrequest_change", args=[key])
        form = DecideForm(asked, request.POST)
        if not form.is_valid():
            for name, problems in form.errors.items():
                self.message_user(request, f"{form[name].label}: {' '.join(map(str, problems))}", messages.ERROR)
            return HttpResponseRedirect(own_page)
        try:
            corrections.decide(asked, decisions.Deed(signed_in(request)), **form.cleaned_data)
        except decisions.DecisionRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(own_page)
        self.message_user(request, "Decided." + (" The answer goes out within a minute." if asked.email else ""))
        return HttpResponseRedirect(f"{reverse('admin:commitments_correctionrequest_changelist')}?needs=corrections")


@admin.register(Reply)
class ReplyAdmin(admin.ModelAdmin):
    list_display = ["who", "received_on", "status_change", "recorded_by"]
    list_select_related = ["status_change__commitment", "recorded_by"]
    search_fields = ["who", "words", "status_change__commitment__title"]
    raw_id_fields = ["status_change"]
    fields = ("status_change", "who", "received_on", "words")

    def has_delete_permission(self, request: HttpRequest, obj: Reply | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Reply, form: Any, change: bool) -> None:
        if not change:
            obj.recorded_by = signed_in(request)
        super().save_model(request, obj, form, change)
