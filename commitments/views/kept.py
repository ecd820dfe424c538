"""Public pages are kept for a moment, so that many readers at once are one reader to the database.

Each process keeps its own, for `PAGES_KEPT_SECONDS` from when a page was begun: nothing has to be told to anybody
when the record changes, and no page is older than that. What is withheld goes at once: a page is kept under what was
withheld when it was begun (`showing.stamp`), which is all that the database is asked. Only whole answers to those who
bring nothing that could tell them apart are kept, and given to such alone.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from commitments import showing

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponseBase]
#: Host with scheme, address with its parameters, and what was withheld.
_Key = tuple[str, str, str]

MOST_KEPT = 300
LARGEST_BYTES = 500_000


@dataclass
class _Kept:
    """Answers with the moment, by a clock that never goes back, at which each was begun; oldest first."""

    answers: OrderedDict[_Key, tuple[float, bytes, dict[str, str]]] = field(default_factory=OrderedDict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: _Key) -> HttpResponse | None:
        found = self.answers.get(key)
        if found is None or time.monotonic() - found[0] >= settings.PAGES_KEPT.total_seconds():
            return None
        return HttpResponse(found[1], headers=found[2])

    def put(self, key: _Key, begun: float, response: HttpResponse) -> None:
        if len(response.content) > LARGEST_BYTES:
            return
        with self._turn:
            self.answers.pop(key, None)
            self.answers[key] = (begun, response.content, dict(response.headers))
            while len(self.answers) > MOST_KEPT:
                self.answers.popitem(last=False)


_kept = _Kept()


def kept_for_a_moment(view: View[Given]) -> View[Given]:
    """A view whose pages are the same for everybody who is not signed in."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponseBase:
        if request.method != "GET" or request.COOKIES or "Authorization" in request.headers or not settings.PAGES_KEPT:
            return view(request, *args, **kwargs)
        key = (f"{request.scheme}://{request.get_host()}", request.get_full_path(), showing.stamp())
        begun = time.monotonic()
        if found := _kept.get(key):
            return found
        response = view(request, *args, **kwargs)
        is_alike = not response.cookies and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        if response.status_code == HTTPStatus.OK and is_alike and isinstance(response, HttpResponse):
            _kept.put(key, begun, response)
        return response

    return answer


def forget() -> None:
    """Begin anew, as for measuring."""
    _kept.answers.clear()
