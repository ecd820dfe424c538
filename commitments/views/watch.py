"""Pages of the watch: stored releases and the sources they come from."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments import showing
from commitments.pages.changes import SIDE_BY_SIDE, changes_page
from commitments.pages.release import release_page
from commitments.pages.sources import sources_page
from tracker.models import Release, Revision


@require_safe
def show_release(request: HttpRequest, release_id: int, number: int | None = None) -> HttpResponse:
    """A release at its latest revision, or at the one with this number.

    What is joined to another release leads on to that one, but its own revisions stay to be read.
    """
    release = get_object_or_404(Release.objects.select_related("joined_to", "recheck"), pk=release_id)
    show = showing.now()
    if note := show.release_note(release.pk):
        return _withheld(request, note)
    if release.joined_to and number is None:
        return redirect(release.joined_to)
    try:
        page = release_page(show, release, number)
    except Revision.DoesNotExist as absent:
        raise Http404(str(absent)) from absent
    return render(request, "commitments/release.html", {"page": page})


@require_safe
def show_changes(request: HttpRequest, release_id: int, number: int) -> HttpResponse:
    """What one revision changed in the one before; both beside each other with `?view=side-by-side`."""
    release = get_object_or_404(Release, pk=release_id)
    show = showing.now()
    if note := show.release_note(release.pk):
        return _withheld(request, note)
    try:
        page = changes_page(show, release, number, beside=request.GET.get("view") == SIDE_BY_SIDE)
    except Revision.DoesNotExist as absent:
        raise Http404(str(absent)) from absent
    return render(request, "commitments/changes.html", {"page": page, "side_by_side": SIDE_BY_SIDE})


@require_safe
def show_sources(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/sources.html", {"page": sources_page(timezone.now())})


def _withheld(request: HttpRequest, note: showing.Note) -> HttpResponse:
    """The note in the release's place, with the status that makes others drop the copies that they have."""
    return render(request, "commitments/withheld.html", {"note": note}, status=451)
