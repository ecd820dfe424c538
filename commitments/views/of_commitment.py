"""Finding the commitment that an address names, alike for every page of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments.models import Commitment, FormerSlug
from commitments.pages.commitment import whole


def of_commitment(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view the commitment with this slug and today instead of the slug. Drafts are not there.

    What was renamed, or merged into another, answers with the same page of what it is now, for good; versions of what
    was merged stay to be read.
    """

    @require_safe
    @wraps(view)
    def found(request: HttpRequest, slug: str, **others: Any) -> HttpResponseBase:
        today = timezone.localdate()
        commitment = whole(Commitment.objects.public(), today).filter(slug=slug).first()
        if commitment is None:
            commitment = get_object_or_404(Commitment.objects.public(), pk=FormerSlug.leads_to("commitment", slug))
        now = commitment if others else commitment.end_of_merges()
        if not now.is_public:
            raise Http404("It was merged into a commitment that is not public yet.")
        if now.slug == slug:
            return view(request, commitment, today, **others)
        name = request.resolver_match.view_name if request.resolver_match else "commitment"
        address = reverse(name, kwargs={"slug": now.slug, **others})
        asked = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{asked}" if asked else address, permanent=True)

    return found
