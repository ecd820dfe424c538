"""Passages that say a promise otherwise than it is recorded, both side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from commitments.admin.mine import WhoseGoalpostFilter
from commitments.admin.needs import NeedsFilter
from commitments.admin.person import signed_in
from commitments.admin.to_decide import ToDecideAdmin
from commitments.models import Comparator, Definition, Goalpost
from commitments.pages import phrases


@admin.register(Goalpost)
class GoalpostAdmin(ToDecideAdmin):
    """Found by the machine; an editor says of each whether it is a new definition."""

    change_form_template = "admin/commitments/goalpost/change_form.html"
    list_display = ["named", "aspect", "as_recorded", "said", "published", "state"]
    list_filter = [NeedsFilter, WhoseGoalpostFilter, "state", "aspect"]
    search_fields = ["said", "evidence__commitment__reference", "evidence__commitment__title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Goalpost]:
        return Goalpost.objects.select_related(
            "evidence__commitment", "evidence__release", "definition__target__series", "decided_by"
        )

    @admin.display(description="commitment", ordering="evidence__commitment__reference")
    def named(self, goalpost: Goalpost) -> str:
        return str(goalpost.evidence.commitment)

    @admin.display(description="as recorded")
    def as_recorded(self, goalpost: Goalpost) -> str:
        return recorded(goalpost)

    @admin.display(description="published", ordering="evidence__release__published_at")
    def published(self, goalpost: Goalpost) -> str:
        return phrases.day(timezone.localdate(goalpost.evidence.release.published_at))

    def get_urls(self) -> list[URLPattern]:
        dismiss = self.admin_site.admin_view(require_POST(self.dismiss))
        return [path("<int:key>/dismiss/", dismiss, name="commitments_goalpost_dismiss"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        goalpost: Goalpost = kwargs["obj"]
        context["as_recorded"] = recorded(goalpost)
        context["as_said"] = said(goalpost)
        context["is_waiting"] = goalpost.state == Goalpost.State.WAITING
        context["may_record"] = request.user.has_perm("commitments.add_definition")
        context["may_dismiss"] = self.has_change_permission(request, goalpost)
        return super().render_change_form(request, context, *args, **kwargs)

    def dismiss(self, request: HttpRequest, key: int) -> HttpResponse:
        """It is no moved goalpost: a forecast, a part, or what is recorded in other words."""
        goalpost = get_object_or_404(Goalpost, pk=key)
        if not self.has_change_permission(request, goalpost):
            raise PermissionDenied
        if goalpost.decide(Goalpost.State.DISMISSED, signed_in(request).pk, timezone.now()):
            self.log_change(request, goalpost, "No moved goalpost.")
            self.message_user(request, "Noted: the goalpost has not moved. The passage stays as it is.")
        else:
            self.message_user(request, "Somebody has decided on it meanwhile. Nothing was changed.", messages.ERROR)
        return HttpResponseRedirect(reverse("admin:commitments_goalpost_change", args=[key]))


def recorded(goalpost: Goalpost) -> str:
    """What the definition says of the aspect in which the passage differs."""
    definition, target = goalpost.definition, goalpost.definition.target_or_none
    if goalpost.aspect == Goalpost.Aspect.DATE:
        interval = phrases.interval(definition.deadline_earliest, definition.deadline_latest)
        return f"“{definition.deadline_text}”, {interval}" if definition.deadline_text else interval
    if target is None:
        return "no number"
    if goalpost.aspect == Goalpost.Aspect.BASELINE:
        value = target.baseline_value
        return "no baseline" if value is None else phrases.quantity(value, target.series.unit)
    return phrases.target(target)


def said(goalpost: Goalpost) -> str:
    """What the passage says of it, as it would be recorded."""
    if goalpost.aspect == Goalpost.Aspect.DATE:
        return f"“{goalpost.said}”, {phrases.interval(goalpost.earliest, goalpost.latest)}"
    return "" if goalpost.value is None else phrases.quantity(goalpost.value, goalpost.unit)


def prefilled(goalpost: Goalpost) -> dict[str, Any]:
    """How the passage changes the definition, for the form of a new one. An editor has the last word on all of it."""
    evidence = goalpost.evidence
    initial: dict[str, Any] = {
        "kind": _kind(goalpost).value,
        "quote": evidence.quote,
        "quote_url": evidence.release.url,
        "quote_title": evidence.release.title[:300],
        "source_revision": evidence.revision_id,
        "announced_on": timezone.localdate(evidence.release.published_at),
    }
    match Goalpost.Aspect(goalpost.aspect):
        case Goalpost.Aspect.DATE:
            initial["deadline_text"] = goalpost.said
        case Goalpost.Aspect.BASELINE:
            initial["baseline_value"] = goalpost.value
        case Goalpost.Aspect.NUMBER:
            initial["value"] = goalpost.value
        case Goalpost.Aspect.UNIT:
            initial["unit"] = goalpost.unit
    return initial


def _kind(goalpost: Goalpost) -> Definition.Kind:
    target = goalpost.definition.target_or_none
    if goalpost.aspect == Goalpost.Aspect.DATE:
        return Definition.Kind.DATE_CHANGE
    if goalpost.aspect != Goalpost.Aspect.NUMBER or target is None or target.value is None or goalpost.value is None:
        return Definition.Kind.RESTATED_MEASURE
    asks_for_more = (goalpost.value > target.value) != (target.comparator == Comparator.AT_MOST)
    return Definition.Kind.WIDENING if asks_for_more else Definition.Kind.NARROWING
