"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urljoin

from tracker.reading.dates import from_iso
from tracker.reading.encoding import decoded
from tracker.reading.html_text import plain_text, reader_text
from tracker.reading.sanitise import title_line, web_address, without_control_characters

from .entry import Entry, NotUnderstood


def looks_like_json(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def parse(body: bytes, base: str) -> list[Entry]:
    """The items of a JSON Feed whose relative addresses start from `base`. Raises NotUnderstood."""
    try:
        document = json.loads(decoded(body, "application/json; charset=utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(f"The answer is not a feed: it looks like JSON, but {error}.") from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(document.get("version", "")):
        raise NotUnderstood("The answer is not a feed: it is JSON, but no JSON Feed.")
    return [_entry(item, base) for item in items if isinstance(item, dict)]


def _entry(item: dict[str, Any], base: str) -> Entry:
    markup, plain = _text(item, "content_html"), _text(item, "content_text")
    link = _text(item, "url") or _text(item, "external_url")
    return Entry(
        guid=without_control_characters(_text(item, "id")),
        url=web_address(urljoin(base, link)) if link else "",
        title=title_line(_text(item, "title"), is_markup=False),
        text=reader_text(markup) if markup else plain_text(plain or _text(item, "summary")),
        published_at=from_iso(item.get("date_published")),
        updated_at=from_iso(item.get("date_modified")),
    )


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
