"""A session ends when it has not been used for a while, and after some hours in any case."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse

#: The last use is noted no more often than this, so that reading writes little.
NOTED_EVERY_SECONDS = 60
_SINCE, _SEEN = "signed_in_at", "seen_at"


def note_sign_in(request: HttpRequest, **kwargs: Any) -> None:
    """The hours count from here, under a key that nobody knows from before; Django keeps it for the same user."""
    request.session.cycle_key()
    request.session[_SINCE] = request.session[_SEEN] = int(time.time())


def end_old_sessions(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            now = int(time.time())
            since, seen = (request.session.setdefault(name, now) for name in (_SINCE, _SEEN))
            if why := why_it_ends(now - since, now - seen):
                logout(request)
                messages.info(request, why)
            elif now - seen >= NOTED_EVERY_SECONDS:
                request.session[_SEEN] = now
        return get_response(request)

    return middleware


def why_it_ends(seconds_signed_in: int, seconds_idle: int) -> str:
    """A sentence, or nothing while it goes on."""
    if seconds_idle > settings.SIGNED_IN_IDLE.total_seconds():
        return f"You were signed out, since nothing was done for {_lasting(settings.SIGNED_IN_IDLE)}."
    if seconds_signed_in > settings.SIGNED_IN_AT_MOST.total_seconds():
        return f"You were signed out after {_lasting(settings.SIGNED_IN_AT_MOST)}. Sign in again to go on."
    return ""


def _lasting(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    number, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
