"""Something wrong here? The form for readers, and the page of what was put right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from commitments import corrections, showing
from commitments.clients import address_of
from commitments.models import Commitment
from commitments.pages.corrections import corrections_page
from tracker.models import Release

from .kept import kept_for_a_moment

MOST_CHARACTERS = 5000


class CorrectionForm(forms.Form):
    """`website` is hidden from people: whoever fills it in is a robot."""

    wrong = forms.CharField(
        label="What is wrong?",
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Say what is wrong, so that we can look."},
    )
    source = forms.CharField(
        label="How can we tell? (optional)",
        help_text="An address on the web, or where it is published.",
        max_length=2000,
        required=False,
    )
    email = forms.EmailField(
        label="Mail address, if you would like an answer (optional)",
        max_length=254,
        required=False,
        error_messages={"invalid": "That is no mail address. It should look like name@example.org, or be left empty."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(required=False, max_length=2000)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct_commitment(request: HttpRequest, slug: str) -> HttpResponse:
    commitment = get_object_or_404(Commitment.objects.published(), slug=slug)
    return _form_page(request, commitment, commitment.title)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct_release(request: HttpRequest, release_id: int) -> HttpResponse:
    show = showing.now()
    release = get_object_or_404(show.releases(), pk=release_id)
    return _form_page(request, release, show.title(release.pk, release.title))


@require_safe
@kept_for_a_moment
def show_corrections(request: HttpRequest) -> HttpResponse:
    page = corrections_page(showing.now(), request.GET.get("page", ""))
    return render(request, "commitments/corrections/list.html", {"page": page})


def _form_page(request: HttpRequest, about: Commitment | Release, title: str) -> HttpResponse:
    form, status = CorrectionForm(request.POST or None, label_suffix=""), 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return _taken_in(request, about, form.cleaned_data)
            except corrections.TooManyRequests:
                form.add_error(None, "A lot has come from your network in the last hour. Please try again in an hour.")
                status = 429
        else:
            status = 400
    context = {
        "form": form,
        "about": about,
        "title": title,
        "is_sent": "sent" in request.GET,
        "address_kept_days": settings.CORRECTION_ADDRESS_KEPT_DAYS,
    }
    return render(request, "commitments/corrections/form.html", context, status=status)


def _taken_in(request: HttpRequest, about: Commitment | Release, said: dict[str, Any]) -> HttpResponse:
    if not said["website"]:
        corrections.receive(about, said["wrong"], said["source"], said["email"], address_of(request))
    return HttpResponseRedirect(f"{request.path}?sent")
