"""Open data over HTTP: who may ask from where and how often, and answering again only what has changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from commitments.limits import spend
from commitments.models import AuditEntry, Commitment
from tracker.models import Recheck, Source

from .fields import row
from .problems import PROBLEM, Problem, bad_parameter

JSON, PROBLEM_JSON = "application/json", "application/problem+json"
METHODS = "GET, HEAD, OPTIONS"

_OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, RateLimit, RateLimit-Policy, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
#: What was answered may be used again after asking whether it still holds.
FRESHNESS = "public, no-cache"

View = Callable[..., HttpResponseBase]


def open_data(view: View) -> View:
    """For every address of open data: read only, from any site, so many times a minute, problems told as such."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            asking = {"Access-Control-Allow-Methods": METHODS, "Access-Control-Max-Age": "86400"}
            allowed = {"Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since"}
            return HttpResponse(status=204, headers={**_OPEN_TO_ALL, **asking, **allowed, "Allow": METHODS})
        allowance = spend(request, "opendata")
        response: HttpResponseBase
        if allowance.is_exceeded:
            response = tell(
                Problem(
                    429,
                    "Too many requests",
                    f"At most {allowance.quota} requests a minute are answered. Try again in {allowance.seconds} "
                    "seconds, or take a whole CSV file at once.",
                )
            )
        elif request.method not in ("GET", "HEAD"):
            response = tell(Problem(405, "Method not allowed", "This can only be read: use GET."))
            response["Allow"] = METHODS
        else:
            try:
                response = view(request, *arguments, **named)
            except Problem as problem:
                response = tell(problem)
        for name, value in {**_OPEN_TO_ALL, **allowance.headers}.items():
            response[name] = value
        return response

    return answered


def tell(problem: Problem) -> HttpResponse:
    told = HttpResponse(written(row(PROBLEM, problem)), content_type=PROBLEM_JSON, status=problem.status)
    told["Cache-Control"] = "no-store"
    return told


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def answer(
    request: HttpRequest, body: str | bytes, content_type: str, changed: dt.datetime | None, **headers: str
) -> HttpResponseBase:
    """A body, or 304 where the client has it already. The ETag follows from the body, so it is always right."""
    content = body.encode() if isinstance(body, str) else body
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type=content_type)
    for name, value in headers.items():
        response[name] = value
    response["ETag"] = etag
    response["Cache-Control"] = FRESHNESS
    seconds = None
    # A date has whole seconds: what changes in the second of the answer would never be told.
    if changed is not None and changed < timezone.now() - dt.timedelta(seconds=2):
        seconds = int(changed.timestamp()) + 1
        response["Last-Modified"] = http_date(seconds)
    return get_conditional_response(request, etag, seconds, response) or response


def last_change(on: dt.date, *, with_the_watch: bool = False) -> dt.datetime:
    """When what the record shows last changed, or a little later, never earlier.

    Decisions and edits are in the audit, whoever makes them; the clock changes timings at midnight and publishes
    what was scheduled. `with_the_watch` also counts what the watch notes without anybody doing anything.
    """
    now = timezone.now()
    moments: list[dt.datetime | None] = [
        timezone.make_aware(dt.datetime.combine(on, dt.time.min)),
        AuditEntry.objects.aggregate(last=Max("at"))["last"],
        Commitment.objects.filter(publish_at__lte=now).aggregate(last=Max("publish_at"))["last"],
    ]
    if with_the_watch:
        moments.append(Source.objects.aggregate(last=Max("last_polled_at"))["last"])
        moments.append(Recheck.objects.aggregate(last=Max("last_at"))["last"])
    return max(moment for moment in moments if moment is not None)


def asked(request: HttpRequest, known: Mapping[str, Any]) -> dict[str, str]:
    """The query parameters. Problem for one that is not known, or is given twice."""
    found: dict[str, str] = {}
    for name, values in request.GET.lists():
        if name not in known:
            names = ", ".join(known) or "none"
            raise bad_parameter(name[:100], f"There is no parameter “{name[:100]}” here. There are: {names}.")
        if len(values) > 1:
            raise bad_parameter(name, "This parameter was given more than once.")
        found[name] = values[0].replace("\0", " ")
    return found
