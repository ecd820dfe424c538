"""Pages of the record: the front page, the list, one commitment."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments import showing
from commitments.models import Commitment
from commitments.opendata import files
from commitments.pages.commitment import commitment_page, whole
from commitments.pages.home import home
from commitments.pages.methodology import methodology
from commitments.pages.register import register
from commitments.pages.structured import structured


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/home.html", {"home": home(showing.now(), timezone.localdate())})


@require_safe
def list_commitments(request: HttpRequest) -> HttpResponseBase:
    """As a page, or with `?format=csv` or `json` the whole list as data."""
    if request.GET.get("format"):
        return files.download_list(request)
    return render(request, "commitments/register.html", {"register": register(request.GET, timezone.localdate())})


@require_safe
def show_commitment(request: HttpRequest, slug: str) -> HttpResponse:
    """One that was merged into another answers with that one's address for good; drafts are not there."""
    today = timezone.localdate()
    commitment = get_object_or_404(whole(Commitment.objects.public(), today), slug=slug)
    if commitment.merged_into is not None:
        if not commitment.merged_into.is_public:
            raise Http404("It was merged into a commitment that is not public yet.")
        return redirect(commitment.merged_into, permanent=True)
    page = commitment_page(showing.now(), commitment, today)
    return render(request, "commitments/commitment.html", {"page": page, "structured_data": structured(page)})


@require_safe
def show_methodology(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/methodology.html", {"methodology": methodology()})
