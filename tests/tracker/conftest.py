"""A scripted outside world: a real server on loopback and a clock that tests move by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from html import escape
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.tracker.ledger import Site
from tracker import sources
from tracker.models import Source

NOW = dt.datetime(2025, 1, 20, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    return NOW


@pytest.fixture
def make_source(db: None, loopback_allowed: None, httpserver: HTTPServer) -> Callable[..., Source]:
    """A feed source at `path` of the server on loopback."""

    def make(path: str = "/feed", **fields: Any) -> Source:
        name = fields.pop("name", f"Source at {path}")
        slug = name.lower().replace(" ", "-").replace("/", "")
        url = fields.pop("url", httpserver.url_for(path))
        return Source.objects.create(slug=slug, name=name, kind="feed", url=url, next_due_at=NOW, **fields)

    return make


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    """A site of documents on pages, empty at first."""
    return Site(httpserver)


@pytest.fixture
def ledger(db: None, loopback_allowed: None, monkeypatch: pytest.MonkeyPatch, site: Site) -> Source:
    """A source that reads the site by stubs and pages."""
    monkeypatch.setitem(sources.KINDS, Source.Kind.GOVUK, "tests.tracker.ledger")
    return Source.objects.create(slug="ledger", name="Ledger", kind=Source.Kind.GOVUK, url=site.url, next_due_at=NOW)


def atom(*entries: dict[str, str]) -> str:
    """An Atom document. Entries take `id`, `url`, `title`, `text`, `published`, `updated`."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title>'
        + "".join(_atom_entry(entry) for entry in entries)
        + "</feed>"
    )


def _atom_entry(entry: dict[str, str]) -> str:
    parts = [
        f"<title>{escape(entry.get('title', 'A title'))}</title>",
        f'<content type="text">{escape(entry.get("text", "A text."))}</content>',
    ]
    if "id" in entry:
        parts.append(f"<id>{escape(entry['id'])}</id>")
    if "url" in entry:
        parts.append(f'<link href="{escape(entry["url"])}"/>')
    parts += [f"<{name}>{entry[name]}</{name}>" for name in ("published", "updated") if name in entry]
    return f"<entry>{''.join(parts)}</entry>"
