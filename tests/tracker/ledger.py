"""A kind of source as simple as can be, with stubs and pages, and the site that it reads.

The site is a real server on loopback. A page lists documents, newest first; each document has its own address.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

from tracker.fetching import FetchFailed, Response
from tracker.models import Source
from tracker.sources import Ask, Attached, ChangeNote, Entry, NotUnderstood, Vanished

ACCEPT = "application/json"


def address(source: Source) -> str:
    return source.url


def parse(source: Source, response: Response) -> list[Entry]:
    items = json.loads(response.body)["items"]
    return [
        Entry(
            guid=item["id"],
            url=item["url"],
            title=item["title"],
            text=item["text"],
            published_at=_moment(item["published"]),
            updated_at=_moment(item["updated"]),
            complete=item["complete"],
        )
        for item in items
    ]


def complete(source: Source, entry: Entry, ask: Ask) -> Entry:
    response = ask(entry.url, ACCEPT)
    if response.status in {404, 410}:
        raise Vanished(f"The document is gone (HTTP {response.status}).")
    if response.status != 200:
        raise FetchFailed(f"The answer was HTTP {response.status}.")
    try:
        said = json.loads(response.body)
    except ValueError as error:
        raise NotUnderstood("The document is not JSON.") from error
    return replace(
        entry,
        title=said["title"],
        text=said["text"],
        published_at=_moment(said["published"]),
        complete=True,
        notes=tuple(ChangeNote(dt.datetime.fromisoformat(at), text) for at, text in said["notes"]),
        withdrawn_at=_moment(said["withdrawn"]),
        withdrawal=said["withdrawal"],
        attachments=tuple(Attached(*file) for file in said["files"]),
    )


def next_page(source: Source, response: Response, number: int) -> str | None:
    following: str | None = json.loads(response.body)["next"]
    return following


def check_options(options: Mapping[str, Any]) -> None:
    return None


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


@dataclass
class Document:
    name: str
    text: str
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    title: str = ""
    notes: list[tuple[dt.datetime, str]] = field(default_factory=list)
    withdrawn: dt.datetime | None = None
    withdrawal: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    files: list[tuple[str, str, str]] = field(default_factory=list)


class Site:
    """Documents, newest first, on pages of `on_a_page`. Set its fields to change it; `asked` is its log."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self.documents: list[Document] = []
        self.on_a_page = 10
        self.stubs = True
        self.dates_on_pages = True
        self.page_status: dict[int, int] = {}
        self.endless = False
        self.asked: list[str] = []
        server.expect_request("/robots.txt").respond_with_data("", status=404)
        server.expect_request("/ledger").respond_with_handler(self._page)
        server.expect_request("/documents").respond_with_handler(self._document)

    @property
    def url(self) -> str:
        return self._server.url_for("/ledger")

    def publish(self, *documents: Document) -> None:
        """Put `documents`, the last one newest, on top."""
        self.documents = [*reversed(documents), *self.documents]

    def document(self, name: str) -> Document:
        return next(document for document in self.documents if document.name == name)

    def url_of(self, name: str) -> str:
        return f"{self._server.url_for('/documents')}?name={name}"

    def asked_for(self, what: str) -> int:
        return sum(one.startswith(what) for one in self.asked)

    def _page(self, request: Request) -> Answer:
        number = int(request.args.get("page", 1))
        self.asked.append(f"page {number}")
        if status := self.page_status.get(number):
            return Answer(status=status)
        shown = self.documents[(number - 1) * self.on_a_page : number * self.on_a_page]
        more = len(self.documents) > number * self.on_a_page or self.endless
        if self.endless and not shown:
            shown = self.documents[-self.on_a_page :]
        body = {
            "items": [self._item(document) for document in shown],
            "next": f"{self.url}?page={number + 1}" if more else None,
        }
        return Answer(json.dumps(body), content_type="application/json")

    def _item(self, document: Document) -> dict[str, Any]:
        return {
            "id": f"id:{document.name}",
            "url": self.url_of(document.name),
            "title": document.title or document.name,
            "text": document.text[:20] if self.stubs else document.text,
            "published": _iso(document.published) if self.dates_on_pages else None,
            "updated": _iso(document.updated) if self.dates_on_pages else None,
            "complete": not self.stubs,
        }

    def _document(self, request: Request) -> Answer:
        document = self.document(request.args["name"])
        self.asked.append(f"document {document.name}")
        if document.status != 200:
            return Answer(status=document.status, headers=document.headers)
        body = {
            "title": document.title or document.name,
            "text": document.text,
            "published": _iso(document.published),
            "notes": [(_iso(at), text) for at, text in document.notes],
            "withdrawn": _iso(document.withdrawn),
            "withdrawal": document.withdrawal,
            "files": document.files,
        }
        return Answer(json.dumps(body), content_type="application/json")


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
