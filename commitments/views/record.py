"""Pages of the record: the front page, the list, one commitment."""

from __future__ import annotations

import datetime as dt
import re

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
from commitments.pages.evidence import evidence_page, standing_of
from commitments.pages.home import home
from commitments.pages.methodology import methodology
from commitments.pages.passages_found import search_page
from commitments.pages.register import register
from commitments.pages.structured import structured
from commitments.pages.version import version_page

from .kept import kept_for_a_moment
from .of_commitment import of_commitment

_KEY = re.compile(r"[0-9]{1,18}")


@require_safe
@kept_for_a_moment
def show_home(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/home.html", {"home": home(showing.now(), timezone.localdate())})


@require_safe
@kept_for_a_moment
def list_commitments(request: HttpRequest) -> HttpResponseBase:
    """As a page, or with `?format=csv` or `json` the whole list as data."""
    if request.GET.get("format"):
        return files.download_list(request)
    found = register(showing.now(), request.GET, timezone.localdate())
    if found.moved_to:
        return HttpResponsePermanentRedirect(found.moved_to)
    return render(request, "commitments/register.html", {"register": found})


@require_safe
@kept_for_a_moment
def search(request: HttpRequest) -> HttpResponse:
    found = search_page(showing.now(), request.GET, timezone.localdate())
    return render(request, "commitments/search.html", {"search": found})


@require_safe
@kept_for_a_moment
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
@kept_for_a_moment
def show_comparison(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/compare.html", {"page": compare_page(timezone.localdate())})


@kept_for_a_moment
@of_commitment
def show_commitment(request: HttpRequest, commitment: Commitment, today: dt.date) -> HttpResponse:
    page = commitment_page(showing.now(), commitment, today)
    return render(request, "commitments/commitment.html", {"page": page, "structured_data": structured(page)})


@kept_for_a_moment
@of_commitment
def show_evidence(request: HttpRequest, commitment: Commitment, today: dt.date) -> HttpResponseBase:
    """All of it, a page at a time; with `?piece=` the way to where that one stands."""
    piece = request.GET.get("piece", "")
    if piece:
        return redirect(standing_of(commitment, int(piece) if _KEY.fullmatch(piece) else 0))
    page = evidence_page(showing.now(), commitment, request.GET)
    return render(request, "commitments/evidence.html", {"page": page})


@kept_for_a_moment
@of_commitment
def show_version(request: HttpRequest, commitment: Commitment, today: dt.date, number: int) -> HttpResponse:
    """What the record said after so many entries; for citing."""
    page = version_page(showing.now(), commitment, number)
    if page is None:
        raise Http404("There is no version of that number.")
    return render(request, "commitments/version.html", {"page": page})


@require_safe
@kept_for_a_moment
def show_methodology(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/methodology.html", {"methodology": methodology()})
