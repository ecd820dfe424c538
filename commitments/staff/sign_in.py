"""How often a sign-in may fail, and what is said when it was too often."""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

#: So many times AXES_FAILURE_LIMIT may a name fail from anywhere, and an address with any names.
ALTOGETHER = 10


class Limits(AxesDatabaseHandler):
    """Counts by name and address together, and more patiently by either alone.

    A stranger who fails on a colleague's name does not lock the colleague out at once, nor does a colleague the
    whole office; yet neither a name nor an address can be tried for ever.
    """

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """In the order of AXES_LOCKOUT_PARAMETERS."""
        both, name, address = (
            sum(attempts.values_list("failures_since_start", flat=True))
            for attempts in self.get_user_attempts(request, credentials)
        )
        return int(max(both, name // ALTOGETHER, address // ALTOGETHER))


def refusal(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """The page for whoever has failed too often."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    context = {**admin.site.each_context(request), "minutes": minutes}
    return render(request, "admin/too_many_sign_ins.html", context, status=429)
