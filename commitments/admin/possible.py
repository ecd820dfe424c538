"""Passages that promise something which is not on record: the best first, each decided on its own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from commitments import decisions
from commitments.admin import reasons
from commitments.admin.needs import NeedsFilter
from commitments.admin.passage import passage, with_surroundings
from commitments.admin.person import signed_in
from commitments.admin.to_decide import ToDecideAdmin
from commitments.linking import discovery
from commitments.models import Commitment, PossibleCommitment
from commitments.pages import phrases

#: Words shown on either side of a quote in the list.
WORDS_AROUND = 8
#: Why most are dismissed, each chosen by its number.
USUAL_REASONS = (
    "Nobody could check it.",
    "Too small to keep.",
    "Not theirs to do.",
    "A forecast, and no promise.",
    "Said before of something that is done.",
)


@admin.register(PossibleCommitment)
class PossibleCommitmentAdmin(ToDecideAdmin):
    """Found by the machine; staff say of each whether it is a new commitment, one on record, or none."""

    change_form_template = "admin/commitments/possiblecommitment/change_form.html"
    list_display = ["quoted", "deadline", "published", "state"]
    list_filter = [NeedsFilter, "state"]
    list_per_page = 25
    search_fields = ["quote", "release__title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PossibleCommitment]:
        rows = PossibleCommitment.objects.select_related("release", "revision", "decided_by", "commitment")
        return with_surroundings(rows).defer("revision__text").best_first()

    @admin.display(description="passage")
    def quoted(self, possible: PossibleCommitment) -> Any:
        return passage(possible).shortened(WORDS_AROUND).as_html()

    @admin.display(description="by when", ordering="deadline_latest")
    def deadline(self, possible: PossibleCommitment) -> str:
        interval = phrases.interval(possible.deadline_earliest, possible.deadline_latest)
        return f"“{possible.deadline_text}”{f': {interval}' if interval else ''}"

    @admin.display(description="published", ordering="release__published_at")
    def published(self, possible: PossibleCommitment) -> str:
        return phrases.day(timezone.localdate(possible.release.published_at))

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            wrapped = self.admin_site.admin_view(require_POST(view))
            return path(f"<int:key>/{route}/", wrapped, name=f"commitments_possiblecommitment_{name}")

        return [
            at("dismiss", self.dismiss, "dismiss"),
            at("recognise", self.recognise, "recognise"),
            at("reopen", self.reopen, "reopen"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        possible: PossibleCommitment = kwargs["obj"]
        may_decide = self.has_change_permission(request, possible)
        context |= {
            "title": "Possible new commitment",
            "subtitle": None,
            "passage": passage(possible).as_html(),
            "is_waiting": possible.state == PossibleCommitment.State.WAITING,
            "may_reopen": may_decide and possible.state != PossibleCommitment.State.RECORDED,
            "waiting": PossibleCommitment.objects.waiting().count(),
            "skip": after(possible),
            "may_decide": may_decide,
            "may_record": may_decide and request.user.has_perm("commitments.add_commitment"),
            "usual_reasons": USUAL_REASONS,
        }
        if context["is_waiting"]:
            context["alike"] = discovery.alike(possible)
        return super().render_change_form(request, context, *args, **kwargs)

    def dismiss(self, request: HttpRequest, key: int) -> HttpResponse:
        """It is none: for one of the usual reasons by its number, or in the person's own words."""
        reason = reasons.given(request, USUAL_REASONS)
        return self._decide(
            request,
            key,
            lambda possible: decisions.dismiss_possible(possible, decisions.Deed(signed_in(request)), reason),
            "Dismissed. It will not come back in the same words.",
        )

    def recognise(self, request: HttpRequest, key: int) -> HttpResponse:
        """It is one on record: the passage waits there as a suggestion."""
        reference = request.POST.get("commitment", "").strip()

        def decide(possible: PossibleCommitment) -> None:
            commitment = Commitment.objects.filter(reference=reference).first()
            if commitment is None:
                raise decisions.DecisionRefused(f"No commitment has the reference “{reference}”.")
            decisions.recognise_possible(possible, commitment, decisions.Deed(signed_in(request)))

        return self._decide(
            request, key, decide, f"The passage now waits as a suggestion for {reference}: decide on it there."
        )

    def reopen(self, request: HttpRequest, key: int) -> HttpResponse:
        """Take a decision back, and stay with the passage, which waits again."""
        address = reverse("admin:commitments_possiblecommitment_change", args=[key])
        return self._decide(
            request,
            key,
            lambda possible: decisions.reopen_possible(possible, decisions.Deed(signed_in(request))),
            "It waits again.",
            then=address,
        )

    def _decide(
        self, request: HttpRequest, key: int, what: Callable[[PossibleCommitment], None], said: str, then: str = ""
    ) -> HttpResponse:
        rows = PossibleCommitment.objects.select_related("release", "revision", "commitment")
        possible = get_object_or_404(rows, pk=key)
        if not self.has_change_permission(request, possible):
            raise PermissionDenied
        try:
            what(possible)
        except decisions.DecisionRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:commitments_possiblecommitment_change", args=[key]))
        self.message_user(request, said)
        return HttpResponseRedirect(then or after(possible))


def after(possible: PossibleCommitment) -> str:
    """The address of the next one that waits, or of the list where this was the last."""
    waiting = PossibleCommitment.objects.waiting().best_first()
    key = waiting.worse_than(possible).values_list("pk", flat=True).first()
    if key is None:
        return f"{reverse('admin:commitments_possiblecommitment_changelist')}?needs=possible"
    return reverse("admin:commitments_possiblecommitment_change", args=[key])
