"""Changing a status from a commitment's page, at once or by a proposal, and the history of all that were changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from commitments import decisions
from commitments.admin.mine import WhoseFilter
from commitments.admin.needs import NeedsFilter
from commitments.admin.person import signed_in
from commitments.admin.to_decide import ToDecideAdmin
from commitments.models import Commitment, Evidence, Status, StatusChange, StatusProposal
from commitments.pages import meanings, phrases
from tracker.admin.read_only import ReadOnlyAdmin


class StatusForm(forms.Form):
    """A judgement of one commitment. `decisions` have the last word on what may be recorded."""

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
        label="Corrects",
        queryset=StatusChange.objects.none(),
        required=False,
        help_text="An earlier entry of ours that was wrong. It stays in the history, marked, and counts for nothing.",
    )
    private_note = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text="For staff only; no page, mail or export shows it.",
    )
    reply_asked_of = forms.CharField(
        label="Asked for a reply",
        max_length=200,
        required=False,
        help_text="Who is told of this before it goes out: “Home Office press office”. It then waits as a proposal.",
    )
    reply_by = forms.DateField(
        label="Reply by", widget=AdminDateWidget, required=False, help_text="Until this day, or the reply, it waits."
    )

    def __init__(self, commitment: Commitment, *args: Any, corrects: str = "", **kwargs: Any) -> None:
        """`corrects` is the key of the entry that the person came to correct; it holds from the same day."""
        super().__init__(*args, **kwargs)
        accepted = commitment.evidence.accepted().newest_first().select_related("commitment", "release")
        self.fields["evidence"].queryset = accepted  # type: ignore[attr-defined]
        changes = commitment.status_changes.filter(corrections=None).select_related("commitment")
        self.fields["corrects"].queryset = changes  # type: ignore[attr-defined]
        self.fields["status"].initial = commitment.status_on(timezone.localdate())
        wrong = changes.filter(pk=int(corrects)).first() if corrects.isdecimal() and len(corrects) < 16 else None
        if wrong is not None:
            self.fields["corrects"].initial, self.fields["effective_from"].initial = wrong.pk, wrong.effective_from


def change_status_view(model_admin: admin.ModelAdmin, request: HttpRequest, key: int) -> HttpResponse:
    """The form behind “Change status” on a commitment's page: recorded at once, or proposed."""
    commitment = get_object_or_404(Commitment, pk=key)
    if not model_admin.has_change_permission(request, commitment):
        raise PermissionDenied
    form = StatusForm(commitment, request.POST or None, corrects=request.GET.get("corrects", ""))
    if form.is_valid():
        done = (
            _proposed(form, commitment, request) if "propose" in request.POST else _recorded(form, commitment, request)
        )
        if done:
            model_admin.log_change(request, commitment, done)
            model_admin.message_user(request, done, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:commitments_commitment_change", args=[key]))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Change the status of {commitment}",
        "opts": model_admin.opts,
        "commitment": commitment,
        "current": Status(commitment.status_on(timezone.localdate())).label,
        "waiting": commitment.status_proposals.waiting().first(),
        "second_editor": settings.SECOND_EDITOR,
        "statuses": [(key.label, meaning) for key, meaning in meanings.STATUS.items()],
        "form": form,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/commitments/commitment/status.html", context)


def _recorded(form: StatusForm, commitment: Commitment, request: HttpRequest) -> str:
    """What was done, in words; empty when it was refused: the form then says why."""
    if form.cleaned_data["reply_asked_of"] or form.cleaned_data["reply_by"]:
        form.add_error(None, "A reply is asked for, so propose this: it waits for the reply and then goes out.")
        return ""
    try:
        change = decisions.change_status(commitment, **_judged(form, request))
    except decisions.DecisionRefused as error:
        form.add_error(None, str(error))
        return ""
    return f"The status is “{change.get_to_status_display()}” from {phrases.day(change.effective_from)}."


def _proposed(form: StatusForm, commitment: Commitment, request: HttpRequest) -> str:
    """As `_recorded`."""
    reply = decisions.Reply(form.cleaned_data["reply_asked_of"], form.cleaned_data["reply_by"])
    try:
        proposal = decisions.propose_status(commitment, **_judged(form, request), reply=reply)
    except decisions.DecisionRefused as error:
        form.add_error(None, str(error))
        return ""
    return f"“{proposal.get_to_status_display()}” is proposed. Nobody outside sees it before it is confirmed."


def _judged(form: StatusForm, request: HttpRequest) -> dict[str, Any]:
    wanted = form.cleaned_data
    names = ("reason", "effective_from", "evidence", "absence", "private_note", "corrects")
    return {"to": wanted["status"], "by": signed_in(request), **{name: wanted[name] for name in names}}


@admin.register(StatusChange)
class StatusChangeAdmin(ReadOnlyAdmin):
    list_display = ["commitment", "from_status", "to_status", "effective_from", "reason", "recorded_by", "recorded_at"]
    list_filter = ["to_status", "recorded_by"]
    list_select_related = ["commitment", "recorded_by"]
    search_fields = ["commitment__reference", "commitment__title", "reason"]
    date_hierarchy = "effective_from"


@admin.register(StatusProposal)
class StatusProposalAdmin(ToDecideAdmin):
    """What waits to be confirmed. It is made on a commitment's page, and read and decided here."""

    change_form_template = "admin/commitments/statusproposal/change_form.html"
    list_display = ["named", "to_status", "waits_for", "proposed_by", "proposed_at", "state"]
    list_filter = [NeedsFilter, WhoseFilter, "state", "to_status", "proposed_by"]
    list_select_related = ["commitment", "proposed_by"]
    search_fields = ["commitment__reference", "commitment__title", "reason"]

    @admin.display(description="commitment", ordering="commitment__reference")
    def named(self, proposal: StatusProposal) -> str:
        return str(proposal.commitment)

    @admin.display(description="waits for")
    def waits_for(self, proposal: StatusProposal) -> str:
        return waits_for(proposal)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(require_POST(self.decide))
        return [path("<int:key>/decide/", decide, name="commitments_statusproposal_decide"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        proposal: StatusProposal = kwargs["obj"]
        context["waits_for"] = waits_for(proposal)
        context["is_waiting"] = proposal.state == StatusProposal.State.WAITING
        context["may_decide"] = self.has_change_permission(request, proposal)
        context["may_still_reply"] = proposal.awaits_reply_on(timezone.localdate())
        context["current"] = Status(proposal.commitment.status_on(timezone.localdate())).label
        return super().render_change_form(request, context, *args, **kwargs)

    def decide(self, request: HttpRequest, key: int) -> HttpResponse:
        """Confirm it, withdraw it, or keep the reply: by the name of the button that was pressed."""
        proposal = get_object_or_404(StatusProposal, pk=key)
        if not self.has_change_permission(request, proposal):
            raise PermissionDenied
        to = reverse("admin:commitments_statusproposal_change", args=[key])
        try:
            if "confirm" in request.POST:
                change = decisions.confirm_proposal(proposal, signed_in(request))
                done = f"The status is “{change.get_to_status_display()}” from {phrases.day(change.effective_from)}."
                to = reverse("admin:commitments_commitment_change", args=[proposal.commitment_id])
            elif "withdraw" in request.POST:
                decisions.withdraw_proposal(proposal, signed_in(request), request.POST.get("note", ""))
                done = "The proposal is withdrawn. It stays here to be read."
            else:
                decisions.record_reply(proposal, request.POST.get("reply", ""))
                done = "The reply is kept. It will be shown with the verdict."
        except decisions.DecisionRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(to)
        self.log_change(request, proposal, done)
        self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(to)


def waits_for(proposal: StatusProposal) -> str:
    """What has to happen before a proposal can go out, in words; empty once it is decided."""
    if proposal.state != StatusProposal.State.WAITING:
        return ""
    waits = []
    if proposal.awaits_reply_on(timezone.localdate()):
        waits.append(f"the reply of {proposal.reply_asked_of}, until {phrases.day(proposal.reply_by)}")  # type: ignore[arg-type]
    if decisions.needs_second_editor(proposal.to_status):
        waits.append("a second pair of eyes")
    return " and ".join(waits) or "an editor's confirmation"
