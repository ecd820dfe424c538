"""Public pages are kept for a moment, so that many readers at once are one reader to the database.

Each process keeps its own, for `PAGES_KEPT_SECONDS` from when a page was begun: nothing has to be told to anybody
when the record changes, and no page is older than that. What is withheld goes at once: a page is kept under what was
withheld when it was begun (`showing.stamp`), which is all that the database is asked. Only whole answers to those who
bring nothing that could tell them apart are kept, and given to such alone.

A view says of its page that it is the same for everybody (`kept_for_a_moment`). The middleware `keep_pages` stands
before all others, so that a page that is kept costs none of them; what they add to an answer is kept with it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, NamedTuple, ParamSpec
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from commitments import showing

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponseBase]
#: Host with scheme, path, and parameters.
_Address = tuple[str, str, str]

#: All that a process keeps takes no more than this, and a page of it no more than that.
MOST_BYTES = 16_000_000
LARGEST_BYTES = 500_000
#: Longer ones are nobody's twice.
LONGEST_QUERY = 500

#: The header that names one request, as its lines of the log do: what is kept was made for another.
_OF_ONE_REQUEST = settings.DJANGO_GUID["GUID_HEADER_NAME"]

#: Where a view leaves, in `META`, when its page was begun.
_BEGUN = "pledgewatch.begun"


class _Begun(NamedTuple):
    """When a page was begun, by a clock that never goes back, and under what was withheld then."""

    at: float
    stamp: str


@dataclass
class _Kept:
    """Answers that are not too old, oldest first. One of these serves all threads of a process."""

    answers: OrderedDict[_Address, tuple[_Begun, bytes, dict[str, str]]] = field(default_factory=OrderedDict)
    size: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def get(self, address: _Address) -> HttpResponse | None:
        found = self.answers.get(address)
        if found is None or _is_old(found[0]) or found[0].stamp != _stamp():
            return None
        return HttpResponse(found[1], headers=found[2])

    def put(self, address: _Address, begun: _Begun, response: HttpResponse) -> None:
        with self._turn:
            self._drop(address)
            headers = {name: value for name, value in response.headers.items() if name != _OF_ONE_REQUEST}
            self.answers[address] = (begun, response.content, headers)
            self.size += len(response.content)
            while self.answers and (self.size > MOST_BYTES or _is_old(next(iter(self.answers.values()))[0])):
                self._drop(next(iter(self.answers)))

    def forget(self) -> None:
        with self._turn:
            self.answers.clear()
            self.size = 0

    def _drop(self, address: _Address) -> None:
        if found := self.answers.pop(address, None):
            self.size -= len(found[1])


_kept = _Kept()
forget = _kept.forget


def kept_for_a_moment(view: View[Given]) -> View[Given]:
    """A view whose pages are the same for everybody who is not signed in."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponseBase:
        if _brings_nothing(request):
            request.META[_BEGUN] = _Begun(time.monotonic(), showing.stamp())
        return view(request, *args, **kwargs)

    return answer


def keep_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The middleware that keeps what such views answer, and gives it to who comes next."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not _brings_nothing(request):
            return get_response(request)
        address = _address(request)
        if found := _kept.get(address):
            return found
        response = get_response(request)
        begun: _Begun | None = request.META.get(_BEGUN)
        if begun and _is_alike(request, response) and len(response.content) <= LARGEST_BYTES:
            _kept.put(address, begun, response)
        return response

    return answer


def _stamp() -> str:
    """`showing.stamp`, by a connection that is not first asked whether it still is one: this question tells."""
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return showing.stamp()
    except OperationalError:
        connection.close()
        return showing.stamp()


def _brings_nothing(request: HttpRequest) -> bool:
    """Whether a request asks for no more than what stands at an address, and says nothing of who asks."""
    meta = request.META
    return (
        request.method == "GET"
        and not meta.get("HTTP_COOKIE")
        and "HTTP_AUTHORIZATION" not in meta
        and len(meta.get("QUERY_STRING", "")) <= LONGEST_QUERY
        and bool(settings.PAGES_KEPT)
    )


def _is_alike(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether an answer would be the same for others."""
    is_whole = response.status_code == HTTPStatus.OK and not response.streaming
    return is_whole and not response.cookies and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")


def _is_old(begun: _Begun) -> bool:
    return time.monotonic() - begun.at >= settings.PAGES_KEPT.total_seconds()


def _address(request: HttpRequest) -> _Address:
    """With parameters in one order, whatever the order in which they were asked."""
    asked = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    return f"{request.scheme}://{request.get_host()}", request.path, urlencode(sorted(asked, key=lambda one: one[0]))
