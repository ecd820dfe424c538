"""The API: a list and one thing of each kind, its description for programs and for people."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments import addresses, showing
from commitments.views.kept import kept_for_a_moment

from . import licence, openapi, paging
from .addresses import public
from .answering import JSON, answer, asked, last_change, open_data, written
from .fields import WHOLE_NUMBER, row
from .parameters import limit, parameters
from .problems import not_found
from .resource import Moment, Resource
from .resources import RESOURCES

#: No key of a row has more digits.
LONGEST_NUMBER = 18
#: What is found by its slug, and so under those that it had before.
_ADDRESSED = {
    "commitments": "commitment",
    "departments": "department",
    "areas": "area",
    "administrations": "administration",
}


@open_data
def show_root(request: HttpRequest) -> HttpResponseBase:
    asked(request, {})
    return answer(request, written(openapi.root()), JSON, None)


@open_data
def list_things(request: HttpRequest, name: str) -> HttpResponseBase:
    resource = _resource(name)
    wanted = asked(request, parameters(resource))
    moment = Moment(timezone.localdate(), showing.now())
    listing = f"{name}:{resource.order(wanted)}"
    after = paging.read_cursor(listing, wanted["cursor"]) if "cursor" in wanted else []
    found, following = resource.page(wanted, moment, after, limit(wanted))
    address, headers = None, {}
    if following:
        cursor = paging.write_cursor(listing, following)
        address = f"{public('api-list', name)}?{urlencode({**wanted, 'cursor': cursor})}"
        headers["Link"] = f'<{address}>; rel="next"'
    body = {"items": [resource.row(each) for each in found], "next": address, "licence": licence.ours()}
    changed = last_change(moment.on, with_the_watch=resource.shows_the_watch)
    return answer(request, written(body), JSON, changed, **headers)


@open_data
def show_thing(request: HttpRequest, name: str, key: str) -> HttpResponseBase:
    resource = _resource(name)
    asked(request, {})
    moment = Moment(timezone.localdate(), showing.now())
    is_possible = "\0" not in key and (resource.key_schema is not WHOLE_NUMBER or _is_number(key))
    found = resource.find(key, moment) if is_possible and resource.key_meaning else None
    if found is None:
        now = addresses.current_slug(_ADDRESSED[name], key) if is_possible and name in _ADDRESSED else None
        if now not in (None, key) and resource.find(now, moment):
            return HttpResponsePermanentRedirect(public("api-thing", name, now))
        raise not_found(f"There is no {resource.one} “{key}”, or it is not public.")
    changed = last_change(moment.on, with_the_watch=resource.shows_the_watch)
    return answer(request, written(row(resource.fields, found)), JSON, changed)


@open_data
def show_openapi(request: HttpRequest) -> HttpResponseBase:
    asked(request, {})
    return answer(request, written(openapi.document()), "application/openapi+json", None)


@require_safe
@kept_for_a_moment
def show_docs(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/api_docs.html", {"docs": openapi.for_people()})


def _resource(name: str) -> Resource:
    if name not in RESOURCES:
        raise not_found(f"“{name}” is not listed here. There are: {', '.join(RESOURCES)}.")
    return RESOURCES[name]


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) <= LONGEST_NUMBER
