"""Pages of the record: the front page, the list, one commitment."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments.models import Commitment, FormerSlug
from commitments.pages.commitment import commitment_page, whole
from commitments.pages.home import home
from commitments.pages.methodology import methodology
from commitments.pages.register import register


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/home.html", {"home": home(timezone.localdate())})


@require_safe
def list_commitments(request: HttpRequest) -> HttpResponse:
    found = register(request.GET, timezone.localdate())
    if found.moved_to:
        return HttpResponsePermanentRedirect(found.moved_to)
    return render(request, "commitments/register.html", {"register": found})


@require_safe
def show_commitment(request: HttpRequest, slug: str) -> HttpResponse:
    """One that was renamed or merged into another leads to where it is now, for good; drafts are not there."""
    today = timezone.localdate()
    commitment = whole(Commitment.objects.public(), today).filter(slug=slug).first()
    if commitment is None:
        commitment = get_object_or_404(Commitment.objects.public(), pk=FormerSlug.leads_to("commitment", slug))
    now = commitment.end_of_merges()
    if not now.is_public:
        raise Http404("It was merged into a commitment that is not public yet.")
    if now.slug != slug:
        return redirect(now, permanent=True)
    return render(request, "commitments/commitment.html", {"page": commitment_page(commitment, today)})


@require_safe
def show_before_merge(request: HttpRequest, slug: str) -> HttpResponse:
    """The history of a commitment that was merged into another, as it was recorded until then."""
    today = timezone.localdate()
    commitment = get_object_or_404(whole(Commitment.objects.public(), today), slug=slug)
    merge = commitment.merges.standing().select_related("into").first()
    if merge is None or not commitment.end_of_merges().is_public:
        return redirect(commitment)
    return render(request, "commitments/commitment.html", {"page": commitment_page(commitment, today), "merge": merge})


@require_safe
def show_methodology(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/methodology.html", {"methodology": methodology()})
