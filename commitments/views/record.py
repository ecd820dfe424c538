"""Pages of the record: the front page, the list, one commitment."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments import showing
from commitments.models import Commitment
from commitments.opendata import files
from commitments.pages.commitment import commitment_page, whole
from commitments.pages.compare import compare_page
from commitments.pages.home import home
from commitments.pages.methodology import methodology
from commitments.pages.register import register
from commitments.pages.structured import structured
from commitments.pages.version import version_page

from .of_commitment import of_commitment


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/home.html", {"home": home(showing.now(), timezone.localdate())})


@require_safe
def list_commitments(request: HttpRequest) -> HttpResponseBase:
    """As a page, or with `?format=csv` or `json` the whole list as data."""
    if request.GET.get("format"):
        return files.download_list(request)
    found = register(request.GET, timezone.localdate())
    if found.moved_to:
        return HttpResponsePermanentRedirect(found.moved_to)
    return render(request, "commitments/register.html", {"register": found})


@require_safe
def show_before_merge(request: HttpRequest, slug: str) -> HttpResponse:
    """The history of a commitment that was merged into another, as it was recorded until then."""
    today = timezone.localdate()
    commitment = get_object_or_404(whole(Commitment.objects.public(), today), slug=slug)
    merge = commitment.merges.standing().select_related("into").first()
    if merge is None or not commitment.end_of_merges().is_public:
        return redirect(commitment)
    page = commitment_page(showing.now(), commitment, today)
    return render(request, "commitments/commitment.html", {"page": page, "merge": merge})


@require_safe
def show_comparison(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/compare.html", {"page": compare_page(timezone.localdate())})


@of_commitment
def show_commitment(request: HttpRequest, commitment: Commitment, today: dt.date) -> HttpResponse:
    page = commitment_page(showing.now(), commitment, today)
    return render(request, "commitments/commitment.html", {"page": page, "structured_data": structured(page)})


@of_commitment
def show_version(request: HttpRequest, commitment: Commitment, today: dt.date, number: int) -> HttpResponse:
    """What the record said after so many entries; for citing."""
    page = version_page(showing.now(), commitment, number)
    if page is None:
        raise Http404("There is no version of that number.")
    return render(request, "commitments/version.html", {"page": page})


@require_safe
def show_methodology(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/methodology.html", {"methodology": methodology()})
