"""What a request writes is signed with the door it came in by and the person who is signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from .acting import acting

_READING = ("GET", "HEAD", "OPTIONS")


def sign_what_requests_write(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Who is signed in is not asked for public pages that are only read: that would cost them two queries."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_admin = request.path.startswith(reverse("admin:index"))
        person = request.user.pk if is_admin or request.method not in _READING else None
        with acting("admin" if is_admin else "public page", person):
            return get_response(request)

    return middleware
