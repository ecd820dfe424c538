"""The page of changes, the map of the site for search engines, and what robots are asked to leave alone."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commitments import showing
from commitments.opendata import paging
from commitments.opendata.problems import Problem
from commitments.pages.what_changed import what_changed
from commitments.views.kept import kept_for_a_moment

_LISTING = "page-of-changes"


@require_safe
@kept_for_a_moment
def show_what_changed(request: HttpRequest) -> HttpResponse:
    """`?before=` goes on where another page ended."""
    before = request.GET.get("before", "")
    is_unknown = False
    after = []
    try:
        after = paging.read_cursor(_LISTING, before) if before else []
    except Problem:
        is_unknown = True
    page = what_changed(showing.now(), after)
    older = paging.write_cursor(_LISTING, page.older) if page.older else ""
    return render(
        request, "commitments/what_changed.html", {"page": page, "older": older, "place_is_unknown": is_unknown}
    )


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """A path of the admin that nobody could guess is not told here; its pages say themselves that they are no finds."""
    admin = "Disallow: /admin/\n" if settings.ADMIN_PATH == "admin" else ""
    return HttpResponse(
        f"User-agent: *\n{admin}Disallow: /api/\nAllow: /\n\nSitemap: {settings.BASE_URL}/sitemap.xml\n",
        content_type="text/plain; charset=utf-8",
    )
