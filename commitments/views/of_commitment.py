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

from commitments.models import Commitment
from commitments.pages.commitment import whole


def of_commitment(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view the commitment with this slug and today instead of the slug. Drafts are not there.

    What was merged into another answers with the same page of that one, for good.
    """

    @require_safe
    @wraps(view)
    def found(request: HttpRequest, slug: str, **others: Any) -> HttpResponseBase:
        today = timezone.localdate()
        commitment = get_object_or_404(whole(Commitment.objects.public(), today), slug=slug)
        if commitment.merged_into is None:
            return view(request, commitment, today, **others)
        if not commitment.merged_into.is_public or others:
            raise Http404("It was merged into a commitment that is not public yet, or has no page of this kind.")
        name = request.resolver_match.view_name if request.resolver_match else "commitment"
        address = reverse(name, args=[commitment.merged_into.slug])
        asked = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{asked}" if asked else address, permanent=True)

    return found
