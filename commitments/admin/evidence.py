"""The review queue: what the machine suggests, best first, and the two decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commitments import decisions
from commitments.admin import passage
from commitments.admin.person import signed_in
from commitments.models import Evidence
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


_PAGE: list[tuple[str | None, list[str]]] = [
    (None, ["bears_on", "promised", "in_its_place", "found_in"]),
    ("What the machine makes of it", ["relation", "how_sure", "figures_found", "why"]),
    ("What kind of evidence", ["tier", "self_declared"]),
    ("Decision", ["state", "decided_by", "decided_at", "reject_reason", "gone_since"]),
]


@admin.register(Evidence)
class EvidenceAdmin(admin.ModelAdmin):
    change_form_template = "admin/commitments/evidence/change_form.html"
    list_display = ["bears_on", "in_its_place", "relation", "how_sure", "figures_found", "why", "found_in", "state"]
    list_filter = [
        StateFilter,
        "relation",
        "tier",
        "self_declared",
        ("commitment__department", admin.RelatedOnlyFieldListFilter),
        ("commitment__policy_area", admin.RelatedOnlyFieldListFilter),
    ]
    list_per_page = 50
    search_fields = ["quote", "commitment__reference", "commitment__title", "release__title"]
    date_hierarchy = "suggested_at"
    actions = ["accept_selected", "reject_selected"]
    fieldsets = [(title, {"fields": tuple(fields)}) for title, fields in _PAGE]

    class Media:
        css = {"all": ["commitments/admin.css"]}

    # Evidence comes from the linker and is decided on, never typed over or erased here.

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Evidence | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Evidence | None = None) -> list[str]:
        return [name for _, fields in _PAGE for name in fields]

    def get_ordering(self, request: HttpRequest) -> Any:
        return [F("score").desc(nulls_last=True), "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        evidence = passage.with_surroundings(Evidence.objects.all())
        return evidence.select_related("commitment", "release", "revision", "decided_by", "gone_since").defer(
            "revision__text", "gone_since__text", "features"
        )

    # What a row shows.

    @admin.display(description="commitment", ordering="commitment__reference")
    def bears_on(self, evidence: Evidence) -> SafeString:
        commitment = evidence.commitment
        address = reverse("admin:commitments_commitment_change", args=[commitment.pk])
        return format_html('<a href="{}">{}</a><br>{}', address, commitment.reference, commitment.title)

    @admin.display(description="what was promised")
    def promised(self, evidence: Evidence) -> str:
        return evidence.commitment.first_definition.statement

    @admin.display(description="quote in its place")
    def in_its_place(self, evidence: Evidence) -> SafeString:
        address = reverse("admin:commitments_evidence_change", args=[evidence.pk])
        return format_html('{}<a href="{}">Look closer</a>', passage.passage(evidence).as_html(), address)

    @admin.display(description="score", ordering=F("score").desc(nulls_last=True))
    def how_sure(self, evidence: Evidence) -> str:
        return passage.score_in_words(evidence.score)

    @admin.display(description="figures", empty_value="none")
    def figures_found(self, evidence: Evidence) -> SafeString | None:
        listed = passage.figures_in_words(evidence.figures)
        return format_html('<ul class="plain">{}</ul>', listed) if listed else None

    @admin.display(description="reasons", empty_value="none")
    def why(self, evidence: Evidence) -> SafeString | None:
        listed = passage.reasons_in_words(evidence.reasons)
        return format_html('<ul class="plain">{}</ul>', listed) if listed else None

    @admin.display(description="release", ordering="release__published_at")
    def found_in(self, evidence: Evidence) -> SafeString:
        return format_html(
            '<a href="{}">{}</a><br>{}, revision {}',
            evidence.revision.get_absolute_url(),
            evidence.release.title,
            phrases.day(timezone.localdate(evidence.release.published_at)),
            evidence.revision.number,
        )

    # One by one.

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view
        return [
            path("<int:key>/accept/", decide(self.accept_one), name="commitments_evidence_accept"),
            path("<int:key>/reject/", decide(self.reject_one), name="commitments_evidence_reject"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["reject_form"] = RejectForm()
        context["may_decide"] = self.has_change_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def accept_one(self, request: HttpRequest, key: int) -> HttpResponse:
        return self._decide_one(
            request, key, lambda evidence: decisions.accept(evidence, signed_in(request)), "accepted"
        )

    def reject_one(self, request: HttpRequest, key: int) -> HttpResponse:
        reason = request.POST.get("reason", "")
        return self._decide_one(
            request, key, lambda evidence: decisions.reject(evidence, signed_in(request), reason), "rejected"
        )

    def _decide_one(self, request: HttpRequest, key: int, decide: Callable[[Evidence], Any], done: str) -> HttpResponse:
        """On to the queue when it is decided; back to the page with the reason when it was refused."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        page = reverse("admin:commitments_evidence_change", args=[key])
        if request.method != "POST":
            return HttpResponseRedirect(page)
        evidence = get_object_or_404(Evidence, pk=key)
        try:
            decide(evidence)
        except decisions.DecisionRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(page)
        self.log_change(request, evidence, done)
        self.message_user(request, f"{done.capitalize()}: {evidence}.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:commitments_evidence_changelist"))

    # Many at once.

    @admin.action(description="Accept the selected", permissions=["change"])
    def accept_selected(self, request: HttpRequest, queryset: QuerySet[Evidence]) -> None:
        self._decide_each(
            request, queryset, lambda evidence: decisions.accept(evidence, signed_in(request)), "accepted"
        )

    @admin.action(description="Reject the selected …", permissions=["change"])
    def reject_selected(self, request: HttpRequest, queryset: QuerySet[Evidence]) -> HttpResponse | None:
        """Asks for one reason for all on a page of its own."""
        form = RejectForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            self._decide_each(
                request, queryset, lambda evidence: decisions.reject(evidence, signed_in(request), reason), "rejected"
            )
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
