"""The review queue: what the machine suggests, best first, and the two decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from commitments import decisions
from commitments.admin import passage
from commitments.admin.person import signed_in
from commitments.models import Definition, Evidence, Relation, Tier
from commitments.pages import phrases


class RejectForm(forms.Form):
    """Why a suggestion does not belong."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.TextInput(attrs={"size": 80}),
        help_text="Kept with the decision; it teaches the linker. “Same number, another programme.”",
    )


class StateFilter(admin.SimpleListFilter):
    """Suggestions unless something else is asked for, so that the list opens as the queue."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*Evidence.State.choices, ("all", "all")]

    def choices(self, changelist: ChangeList) -> Any:
        for key, label in self.lookup_choices:
            yield {
                "selected": (self.value() or Evidence.State.SUGGESTED) == key,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Evidence]) -> QuerySet[Evidence]:
        wanted = self.value() or Evidence.State.SUGGESTED.value
        return queryset if wanted == "all" else queryset.filter(state=wanted)


class CorrectionForm(forms.Form):
    """What the machine made of a passage, to be put right: relation, tier, and each figure by its place."""

    relation = forms.ChoiceField(choices=Relation.choices)
    tier = forms.ChoiceField(choices=Tier.choices, label="What kind of evidence")

    def __init__(self, evidence: Evidence, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["relation"].initial = evidence.relation
        self.fields["tier"].initial = evidence.tier
        self.starts = [figure["start"] for figure in evidence.figures]
        for figure in evidence.figures:
            said = passage.figure_in_words({**figure, "restated": False})
            self.fields[f"figure_{figure['start']}"] = forms.ChoiceField(
                label=f"Figure: {said}",
                choices=[("new", "a new figure"), ("again", "said before"), ("drop", "leave out: it does not belong")],
                initial="again" if figure["restated"] else "new",
            )

    def wanted(self) -> dict[str, Any]:
        """The arguments of `decisions.correct`."""
        said = {start: self.cleaned_data[f"figure_{start}"] for start in self.starts}
        return {
            "relation": self.cleaned_data["relation"],
            "tier": self.cleaned_data["tier"],
            "restated": {start: what == "again" for start, what in said.items() if what != "drop"},
            "dropped": [start for start, what in said.items() if what == "drop"],
        }


@admin.register(Evidence)
class EvidenceAdmin(admin.ModelAdmin):
    change_form_template = "admin/commitments/evidence/change_form.html"
    change_list_template = "admin/commitments/evidence/change_list.html"
    list_display_links = None
    list_filter = [
        StateFilter,
        "relation",
        "tier",
        "self_declared",
        ("commitment__department", admin.RelatedOnlyFieldListFilter),
        ("commitment__policy_area", admin.RelatedOnlyFieldListFilter),
    ]
    list_per_page = 25
    search_fields = ["quote", "commitment__reference", "commitment__title", "release__title"]
    actions = ["accept_selected", "reject_selected"]
    fields = ("state",)
    readonly_fields = ("state",)

    # Evidence comes from the linker and is decided on, never typed over or erased here.

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Evidence | None = None) -> bool:
        return False

    def get_ordering(self, request: HttpRequest) -> Any:
        return [F("score").desc(nulls_last=True), "pk"]

    def get_list_display(self, request: HttpRequest) -> Any:
        return ["card", "decision"] if self.has_change_permission(request) else ["card"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        in_force = Definition.objects.latest_in_force_first(timezone.localdate()).select_related("target__series")
        return (
            passage.with_surroundings(Evidence.objects.all())
            .select_related("commitment", "release", "revision__appearance__source", "decided_by", "gone_since")
            .prefetch_related(Prefetch("commitment__definitions", in_force))
            .defer("revision__text", "gone_since__text", "features")
        )

    # What a row shows.

    @admin.display(description="suggestion", ordering="release__published_at")
    def card(self, evidence: Evidence) -> SafeString:
        return render_to_string("admin/commitments/evidence/_card.html", {**_card(evidence), "leads_on": True})

    @admin.display(description="decision", ordering=F("score").desc(nulls_last=True))
    def decision(self, evidence: Evidence) -> SafeString:
        """Buttons of the forms that the page of the list has for each row (forms cannot stand within its own)."""
        return render_to_string("admin/commitments/evidence/_buttons.html", {"evidence": evidence})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": "Suggestions and evidence", **(extra_context or {})})

    # One by one.

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view
        return [
            path("<int:key>/accept/", decide(self.accept_one), name="commitments_evidence_accept"),
            path("<int:key>/reject/", decide(self.reject_one), name="commitments_evidence_reject"),
            path("<int:key>/correct/", decide(self.correct_one), name="commitments_evidence_correct"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        evidence = kwargs["obj"]
        context |= {
            **_card(evidence),
            "title": "Evidence",
            "subtitle": None,
            "passage": passage.passage(evidence).as_html(),
            "reject_form": RejectForm(),
            "correction_form": CorrectionForm(evidence),
            "may_decide": self.has_change_permission(request),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def accept_one(self, request: HttpRequest, key: int) -> HttpResponse:
        """With what was put right beside the button, if it came from the page of one suggestion."""

        deed = decisions.Deed(signed_in(request))

        def accept(evidence: Evidence) -> None:
            with transaction.atomic():
                if "relation" in request.POST:
                    self._correct(request, evidence, deed)
                decisions.accept(evidence, deed)

        return self._decide_one(request, key, accept, "accepted")

    def reject_one(self, request: HttpRequest, key: int) -> HttpResponse:
        reason = request.POST.get("reason", "")
        deed = decisions.Deed(signed_in(request))
        return self._decide_one(request, key, lambda evidence: decisions.reject(evidence, deed, reason), "rejected")

    def correct_one(self, request: HttpRequest, key: int) -> HttpResponse:
        deed = decisions.Deed(signed_in(request))
        return self._decide_one(request, key, lambda evidence: self._correct(request, evidence, deed), "corrected")

    def _correct(self, request: HttpRequest, evidence: Evidence, deed: decisions.Deed) -> None:
        form = CorrectionForm(evidence, request.POST)
        if not form.is_valid():
            raise decisions.DecisionRefused("What was sent does not fit this suggestion. Look at it again.")
        for change in decisions.correct(evidence, deed, **form.wanted()):
            self.log_change(request, evidence, change)

    def _decide_one(self, request: HttpRequest, key: int, decide: Callable[[Evidence], Any], done: str) -> HttpResponse:
        """On to the queue as it was filtered when it is decided; back to the page with the reason when refused."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        filters: dict[str, Any] = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        page = add_preserved_filters(filters, reverse("admin:commitments_evidence_change", args=[key]))
        if request.method != "POST":
            return HttpResponseRedirect(page)
        evidence = get_object_or_404(Evidence, pk=key)
        try:
            decide(evidence)
        except decisions.DecisionRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(page)
        self.message_user(request, f"{done.capitalize()}: {evidence}.", messages.SUCCESS)
        if done == "corrected":
            return HttpResponseRedirect(page)
        self.log_change(request, evidence, done)
        return HttpResponseRedirect(add_preserved_filters(filters, reverse("admin:commitments_evidence_changelist")))

    # Many at once.

    @admin.action(description="Accept the selected", permissions=["change"])
    def accept_selected(self, request: HttpRequest, queryset: QuerySet[Evidence]) -> None:
        deed = decisions.Deed(signed_in(request))
        self._decide_each(request, queryset, lambda evidence: decisions.accept(evidence, deed), "accepted")

    @admin.action(description="Reject the selected …", permissions=["change"])
    def reject_selected(self, request: HttpRequest, queryset: QuerySet[Evidence]) -> HttpResponse | None:
        """Asks for one reason for all on a page of its own."""
        form = RejectForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            deed = decisions.Deed(signed_in(request))
            self._decide_each(request, queryset, lambda evidence: decisions.reject(evidence, deed, reason), "rejected")
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Why do these not belong?",
            "opts": self.opts,
            "form": form,
            "evidence": [(piece, passage.passage(piece).as_html()) for piece in queryset],
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/commitments/evidence/reject.html", context)

    def _decide_each(
        self, request: HttpRequest, queryset: QuerySet[Evidence], decide: Callable[[Evidence], Any], done: str
    ) -> None:
        """Each for itself: what is refused is said, and holds up nothing else."""
        count = 0
        for evidence in queryset:
            try:
                decide(evidence)
            except decisions.DecisionRefused as error:
                self.message_user(request, f"{evidence}: {error}", messages.ERROR)
                continue
            self.log_change(request, evidence, done)
            count += 1
        if count:
            pieces = "1 piece" if count == 1 else f"{count} pieces"
            self.message_user(request, f"{pieces} of evidence {done}.", messages.SUCCESS)


def _card(evidence: Evidence) -> dict[str, Any]:
    """What the list and the page of one show alike. Needs a piece of the admin's own queryset."""
    definition = evidence.commitment.definitions.all()[0]
    target = definition.target_or_none
    return {
        "evidence": evidence,
        "definition": definition,
        "target": phrases.target(target) if target and target.value is not None else "",
        "passage": passage.passage(evidence).shortened().as_html(),
        "figures": [passage.figure_in_words(figure) for figure in evidence.figures],
        "published": phrases.day(timezone.localdate(evidence.release.published_at)),
        "publisher": evidence.revision.appearance.source.publisher or evidence.revision.appearance.source.name,
    }
