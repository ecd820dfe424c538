"""Whole files: CSV of commitments, evidence and measurements, the list of commitments as it was filtered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments import showing
from commitments.views.kept import kept_for_a_moment

from . import csv_files, licence
from .addresses import public
from .answering import asked, open_data, written
from .fields import Field
from .problems import bad_parameter, not_found
from .resource import Moment, Resource
from .resources import RESOURCES

#: What can be had whole as CSV.
FILES = ("commitments", "evidence", "measurements")
#: So many rows are read at once, however many there are.
ROWS_AT_ONCE = 500


@open_data
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """All of one kind as CSV."""
    if name not in FILES:
        raise not_found(f"There is no file {name}.csv. There are: {', '.join(f'{each}.csv' for each in FILES)}.")
    asked(request, {})
    moment = Moment(timezone.localdate(), showing.now())
    resource = RESOURCES[name]
    things = resource.select({}, moment)
    return _as_csv(resource, _in_order(resource, things, resource.default_order), moment)


@open_data
def download_list(request: HttpRequest) -> HttpResponseBase:
    """The list of commitments as its page filters and sorts it, all pages of it, as CSV or JSON."""
    resource = RESOURCES["commitments"]
    known = ["sort", "page", "format", *(each.name for each in resource.filters())]
    wanted = {name: value for name, value in asked(request, dict.fromkeys(known)).items() if value}
    moment = Moment(timezone.localdate(), showing.now())
    things = _in_order(resource, resource.select(wanted, moment), resource.order(wanted))
    if wanted["format"] == "csv":
        return _as_csv(resource, things, moment)
    if wanted["format"] == "json":
        return _as_json(resource, things, moment)
    raise bad_parameter("format", f"There is no format “{wanted['format']}”. There are csv and json.")


def _in_order(resource: Resource, things: QuerySet[Any], order: str) -> QuerySet[Any]:
    return things.order_by(*(key.order for key in resource.orders[order].by))


def _rows(resource: Resource, things: QuerySet[Any], moment: Moment) -> Iterator[dict[str, Any]]:
    waiting = things.iterator(chunk_size=ROWS_AT_ONCE)
    while chunk := list(islice(waiting, ROWS_AT_ONCE)):
        yield from (resource.row(each) for each in resource.complete(chunk, moment))


def _as_csv(resource: Resource, things: QuerySet[Any], moment: Moment) -> StreamingHttpResponse:
    lines = csv_files.lines(resource.listed, _rows(resource, things, moment))
    return _file(f"{resource.name}.csv", "text/csv; charset=utf-8; header=present", lines)


def _as_json(resource: Resource, things: QuerySet[Any], moment: Moment) -> StreamingHttpResponse:
    def pieces() -> Iterator[str]:
        yield f'{{"licence":{written(licence.ours())},"items":['
        for number, row in enumerate(_rows(resource, things, moment)):
            yield f"{',' if number else ''}{written(row)}"
        yield "]}\n"

    return _file(f"{resource.name}.json", "application/json", pieces())


def _file(name: str, content_type: str, pieces: Iterable[str]) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        pieces,
        content_type=content_type,
        headers={
            "Content-Disposition": f'inline; filename="{name}"',
            "Cache-Control": "public, no-cache",
            "Link": f'<{public("data")}>; rel="describedby"',
        },
    )


@dataclass(frozen=True)
class FileInWords:
    name: str
    meaning: str
    address: str
    columns: tuple[Field, ...]


@dataclass(frozen=True)
class Dictionary:
    """What the page of files shows. `structured` is the same for search engines (schema.org)."""

    files: list[FileInWords]
    licence: dict[str, str]
    structured: dict[str, Any]


def dictionary() -> Dictionary:
    files = [
        FileInWords(name, RESOURCES[name].meaning, public("data-csv", name), RESOURCES[name].listed) for name in FILES
    ]
    ours = licence.ours()
    structured = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{settings.SITE_NAME}: what was promised, and what became of it",
        "description": " ".join(file.meaning for file in files),
        "url": public("data"),
        "license": ours["url"],
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": settings.SITE_NAME, "url": public("home")},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": f"{file.name}.csv",
                "encodingFormat": "text/csv",
                "contentUrl": file.address,
            }
            for file in files
        ],
    }
    return Dictionary(files, ours, structured)


@require_safe
@kept_for_a_moment
def show_dictionary(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/data.html", {"page": dictionary()})
