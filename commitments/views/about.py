"""Who keeps this record, and what they say of themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from commitments.models import OwnWords
from commitments.pages.about import about_page

from .kept import kept_for_a_moment


@require_safe
@kept_for_a_moment
def show_about(request: HttpRequest) -> HttpResponse:
    """Staff see besides which pages nobody has written yet."""
    is_staff = request.user.is_authenticated and request.user.is_staff
    return render(request, "commitments/about.html", {"page": about_page(), "shows_missing": is_staff})


@require_safe
@kept_for_a_moment
def show_own_words(request: HttpRequest, subject: str) -> HttpResponse:
    return render(request, "commitments/own_words.html", {"words": get_object_or_404(OwnWords, subject=subject)})
