"""JSON from interfaces that promise a shape and may send any other: what is asked for, or nothing."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from lxml import etree, html

from tracker.fetching import Response
from tracker.reading.dates import from_iso
from tracker.reading.encoding import decoded
from tracker.reading.sanitise import title_line, without_control_characters

from .entry import NotUnderstood

Object = dict[str, Any]

_LOOKED_AT_BYTES = 20_000
#: Further away, zones and calendars have no meaning.
_YEARS = range(1000, 9000)
_COUNTLESS = 10**15


def object_of(response: Response, what: str) -> Object:
    """The JSON object in the body of `response`. Raises NotUnderstood with a sentence that begins with `what`."""
    try:
        value = json.loads(decoded(response.body, "application/json; charset=utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(f"{what} is not JSON: {_what_it_is(response, error)}.") from error
    if not isinstance(value, dict):
        raise NotUnderstood(f"{what} is JSON, but no object: it is {_name(value)}.")
    return value


def text(value: Object, name: str) -> str:
    """A string, without white space around it; empty if there is none."""
    found = value.get(name)
    return without_control_characters(found).strip() if isinstance(found, str) else ""


def number(value: Object, name: str) -> int | None:
    """A whole number, None if there is none that counts anything."""
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) < _COUNTLESS else None


def child(value: Object, name: str) -> Object:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def objects(value: Object, name: str) -> list[Object]:
    """The objects in a list; what else is in it is left out."""
    found = value.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def texts(value: Object, name: str) -> list[str]:
    found = value.get(name)
    items = found if isinstance(found, list) else []
    return [without_control_characters(item).strip() for item in items if isinstance(item, str) and item.strip()]


def moment(value: Object, name: str) -> dt.datetime | None:
    """An instant, None if it is missing or none that a calendar could show."""
    try:
        read = from_iso(value.get(name))
        return read.astimezone(dt.UTC) if read and read.year in _YEARS else None
    except OverflowError:
        return None


def _what_it_is(response: Response, error: Exception) -> str:
    if not response.body.strip():
        return "it is empty"
    beginning = decoded(response.body[:_LOOKED_AT_BYTES], response.content_type)
    if not re.search(r"<(!doctype )?html", beginning, re.IGNORECASE):
        return str(error).rstrip(".")
    try:
        page = html.document_fromstring(f"<div></div>{beginning}".encode(), parser=html.HTMLParser(encoding="utf-8"))
        title = title_line(page.findtext(".//title") or "", is_markup=False)
    except etree.ParserError:
        title = ""
    return f"it is a web page titled “{title}”" if title else "it is a web page"


def _name(value: object) -> str:
    if value is None:
        return "null"
    return {list: "a list", str: "a string", bool: "a truth value"}.get(type(value), "a number")
