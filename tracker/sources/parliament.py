"""Parliament's written questions and statements, from its questions and statements interface.

A list shortens long texts; the whole is asked for one by one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from tracker.fetching import FetchFailed, Response
from tracker.models import Source
from tracker.reading.sanitise import title_line

from . import Ask
from . import json_values as read
from .entry import Entry, NotUnderstood, Vanished
from .parliament_lists import QUESTIONS, Parameters, asked, bodies, check_options
from .parliament_records import entry_of, record_in

ACCEPT = "application/json"
#: How long before the last look something may be dated that was not there then: days are all that is told.
LOOK_BACK = dt.timedelta(days=3)
#: At most, after a long silence.
LOOK_BACK_AT_MOST = dt.timedelta(days=30)

_GUID = re.compile(r"^written-(questions|statements)/(\d{4}-\d\d-\d\d/.+|\d+)$", re.DOTALL)
_DETAIL = re.compile(r"/written-(questions|statements)/detail/(\d{4}-\d\d-\d\d/[^/?#]+)/?([?#].*)?$")


def address(source: Source) -> str:
    service, parameters = asked(source.url, source.options)
    return service.list(parameters)


def also(source: Source, now: dt.datetime) -> list[str]:
    """Lists of what was answered or corrected since the last look. See tracker.sources.Kind.

    The list of questions goes by the day of tabling, so that answers come up anywhere in it.
    """
    service, parameters = asked(source.url, source.options)
    if service.what != QUESTIONS or source.last_success_at is None:
        return []
    since = max(source.last_success_at - LOOK_BACK, now - LOOK_BACK_AT_MOST).date().isoformat()
    return [
        service.list({**parameters, name: [since]})
        for name in ("answeredWhenFrom", "correctedWhenFrom")
        if name not in parameters
    ]


def parse(source: Source, response: Response) -> list[Entry]:
    """The questions or statements of a list that the source is about. See tracker.sources.Kind."""
    service, parameters = asked(source.url, source.options)
    answer = read.object_of(response, "The answer of Parliament's interface")
    found = _results(answer)
    records = [record for item in found if (record := record_in(item))]
    if answer["results"] and not records:
        raise NotUnderstood("The results of Parliament's interface have neither numbers nor texts.")
    return [entry_of(service, record) for record in records if _is_wanted(record, source.options, parameters)]


def complete(source: Source, entry: Entry, ask: Ask) -> Entry:
    """A question or statement by itself, with the whole of its texts. See tracker.sources.Kind."""
    service = asked(source.url, source.options)[0]
    found = _GUID.search(entry.guid) or _DETAIL.search(entry.url)
    if found is None:
        raise NotUnderstood(f"“{entry.url or entry.guid}” is no written question or statement of Parliament.")
    service, where = replace(service, what=found[1]), quote(unquote(found[2]), safe="/")
    response = ask(service.record(where), ACCEPT)
    if response.status in {404, 410}:
        raise Vanished("Parliament's interface no longer has it.")
    if response.status != 200:
        raise FetchFailed(f"Parliament's interface answered HTTP {response.status}.")
    answer = read.object_of(response, "The answer of Parliament's interface")
    items = [answer, *(read.objects(answer, "results"))]
    record = next((record for item in items if (record := record_in(item))), None)
    if record is None:
        raise NotUnderstood("The answer is JSON, but no written question or statement of Parliament.")
    whole = entry_of(service, record)
    return replace(
        whole,
        guid=entry.guid or whole.guid,
        url=whole.url or entry.url,
        complete=True,
        published_at=whole.published_at or entry.published_at,
    )


def next_page(source: Source, response: Response, number: int) -> str | None:
    """By how many were skipped in the address asked for. See tracker.sources.Kind."""
    answer = read.object_of(response, "The answer of Parliament's interface")
    found, total = answer.get("results"), read.number(answer, "totalResults")
    if not isinstance(found, list) or not found:
        return None
    query = parse_qsl(urlsplit(response.url).query)
    skipped = next((int(value) for name, value in query if name == "skip" and value.isdecimal()), 0)
    end = skipped + len(found)
    if total is not None and end >= total:
        return None
    query = [(name, value) for name, value in query if name != "skip"]
    return f"{response.url.partition('?')[0]}?{urlencode([*query, ('skip', str(end))])}"


def _results(answer: read.Object) -> list[read.Object]:
    if not isinstance(answer.get("results"), list):
        said = read.text(answer, "title") or read.text(answer, "detail")
        raise NotUnderstood(
            "The answer is JSON, but not that of Parliament's interface: it has no list of results"
            f"{f', but says “{title_line(said, is_markup=False)}”' if said else ''}."
        )
    return read.objects(answer, "results")


def _is_wanted(record: read.Object, options: Mapping[str, Any], parameters: Parameters) -> bool:
    """The interface does not always choose as it was asked to, so what it says of itself is compared again."""
    wanted = bodies(options) or parameters.get("answeringBodies", [])
    told = {str(read.number(record, "answeringBodyId")), read.text(record, "answeringBodyName").casefold()}
    if wanted and told != {"None", ""} and not told & {body.casefold() for body in wanted}:
        return False
    house = read.text(record, "house").casefold()
    houses = {house.casefold() for house in parameters.get("house", [])} - {"bicameral"}
    return not houses or not house or house in houses


__all__ = ["ACCEPT", "address", "also", "check_options", "complete", "next_page", "parse"]
