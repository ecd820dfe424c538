"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urljoin

import ijson
from ijson.common import ObjectBuilder

from tracker.reading.bounds import too_much
from tracker.reading.dates import from_iso
from tracker.reading.encoding import decoded
from tracker.reading.html_text import plain_text, reader_text
from tracker.reading.sanitise import title_line, web_address, without_control_characters

from .entry import Entry, NotUnderstood
from .extracts import is_extract
from .opening import MOST_ITEMS

#: An item has a few dozen values; what has so many is made to fill the memory.
MOST_VALUES_OF_AN_ITEM = 10_000


def looks_like_json(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def parse(body: bytes, base: str) -> list[Entry]:
    """The items of a JSON Feed, at most MOST_ITEMS and one, whose relative addresses start from `base`.

    Raises NotUnderstood.
    """
    try:
        version, items = _read(decoded(body, "application/json; charset=utf-8").encode("utf-8", "replace"))
    except ijson.JSONError as error:
        said = " ".join(str(error).split("\n")[0].split())
        raise NotUnderstood(f"The answer is not a feed: it looks like JSON, but {said}.") from error
    if items is None or "jsonfeed.org" not in version:
        raise NotUnderstood("The answer is not a feed: it is JSON, but no JSON Feed.")
    return [_entry(item, base) for item in items]


def _read(body: bytes) -> tuple[str, list[dict[str, Any]] | None]:
    """The version and the items of a feed, None where it has no list of them. Nothing else of it is built."""
    version = ""
    items: list[dict[str, Any]] | None = None
    key, depth, values = "", 0, 0
    item: ObjectBuilder | None = None
    for event, value in ijson.basic_parse(io.BytesIO(body), use_float=True):
        depth -= event in {"end_map", "end_array"}
        if item is not None:
            item.event(event, value)
            values += 1
            if values > MOST_VALUES_OF_AN_ITEM:
                raise NotUnderstood(f"The feed has an item of more than {MOST_VALUES_OF_AN_ITEM} values.")
            if depth == 2 and items is not None:
                items.append(item.value)
                item = None
        elif depth == 0 and event == "start_array":
            return "", None
        elif depth == 1 and event == "map_key":
            key = value
        elif depth == 1 and key == "version" and event == "string":
            version = value
        elif depth == 1 and key == "items" and event == "start_array":
            items = []
        elif depth == 2 and key == "items" and event == "start_map" and items is not None and len(items) <= MOST_ITEMS:
            item, values = ObjectBuilder(), 0
            item.event(event, value)
        depth += event in {"start_map", "start_array"}
    return version, items


def _entry(item: dict[str, Any], base: str) -> Entry:
    markup, plain = _text(item, "content_html"), _text(item, "content_text")
    if why := too_much(markup.encode("utf-8", "replace")):
        raise NotUnderstood(f"The feed has an item that is not read. {why}")
    link = _text(item, "url") or _text(item, "external_url")
    text = reader_text(markup) if markup else plain_text(plain or _text(item, "summary"))
    return Entry(
        guid=without_control_characters(_text(item, "id")),
        url=web_address(urljoin(base, link)) if link else "",
        title=title_line(_text(item, "title"), is_markup=False),
        text=text,
        complete=not is_extract(text, is_content=bool(markup or plain)),
        published_at=from_iso(item.get("date_published")),
        updated_at=from_iso(item.get("date_modified")),
    )


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
