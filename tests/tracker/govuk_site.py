"""GOV.UK's two interfaces on loopback, as their documentation and source say that they behave.

The Search API refuses what it does not know, leaves out what is withdrawn and orders by popularity unless asked
otherwise. A minor edit changes a document and nothing else.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from typing import Any
from urllib.parse import unquote

from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

FIELDS = {"title", "link", "description", "public_timestamp", "content_id", "organisations", "first_published_at"}
FILTERS = {"organisations", "content_store_document_type", "content_purpose_supergroup", "people", "roles"}
MOST = 1500
#: What the index leaves out: pages about bodies and people, and what stands in for a document.
NOT_IN_THE_INDEX = {"gone", "redirect"}


def time_of(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


class GovukSite:
    """`asked` are the addresses that were asked for, with their queries.

    `lagging` are hits for what is no longer as the index has it. `status` answers for paths of the Content API.
    """

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.items: dict[str, dict[str, Any]] = {}
        self.organisations: dict[str, list[str]] = {}
        self.without_content_id: set[str] = set()
        self.vanished: set[str] = set()
        self.status: dict[str, int] = {}
        self.lagging: list[dict[str, Any]] = []
        self.asked: list[str] = []
        server.expect_request("/api/search.json").respond_with_handler(self._search)
        server.expect_request(re.compile(r"/api/content/.*")).respond_with_handler(self._content)
        server.expect_request(re.compile(r"/(?!api/).*")).respond_with_handler(self._file)

    def url(self, path: str) -> str:
        return self.server.url_for(path)

    def put(self, item: dict[str, Any], *organisations: str) -> dict[str, Any]:
        """Publish `item` as it is, tagged with `organisations`."""
        item = self.items[item["base_path"]] = copy.deepcopy(item)
        self.organisations[item["base_path"]] = list(organisations)
        return item

    def publish(self, path: str, at: dt.datetime, body: str, *organisations: str, **fields: Any) -> dict[str, Any]:
        """Publish a press release. `fields` are those of the item; `details` is merged."""
        details = fields.pop("details", {})
        item = {
            "base_path": path,
            "content_id": f"{len(self.items) + 1:08d}-7631-11e4-a3cb-005056011aef",
            "locale": "en",
            "title": path.rpartition("/")[2].replace("-", " ").capitalize(),
            "description": "What this is about.",
            "schema_name": "news_article",
            "document_type": "press_release",
            "first_published_at": time_of(at),
            "public_updated_at": time_of(at),
            "updated_at": time_of(at),
            "withdrawn_notice": {},
            "details": {
                "body": f'<div class="govspeak">{body}</div>',
                "change_history": [{"public_timestamp": time_of(at), "note": "First published."}],
                **details,
            },
            "links": {},
            **fields,
        }
        return self.put(item, *organisations)

    def edit(self, path: str, body: str, at: dt.datetime, note: str = "") -> None:
        """A major edit with a note; a minor one without."""
        item = self.items[path]
        item["details"]["body"] = f'<div class="govspeak">{body}</div>'
        item["updated_at"] = time_of(at)
        if note:
            item["public_updated_at"] = time_of(at)
            item["details"]["change_history"].insert(0, {"public_timestamp": time_of(at), "note": note})

    def withdraw(self, path: str, at: dt.datetime, explanation: str) -> None:
        self.items[path]["withdrawn_notice"] = {
            "explanation": f'<div class="govspeak"><p>{explanation}</p></div>',
            "withdrawn_at": time_of(at),
        }

    def move(self, path: str, to: str) -> None:
        """Give a document another address; the old one then redirects."""
        item = self.items.pop(path)
        self.organisations[to] = self.organisations.pop(path)
        self.items[to] = {**item, "base_path": to}
        self.redirect(path, to)

    def redirect(self, path: str, to: str) -> None:
        self.items[path] = {
            "base_path": path,
            "schema_name": "redirect",
            "document_type": "redirect",
            "redirects": [{"path": path, "type": "exact", "destination": to}],
        }

    def take_down(self, path: str, explanation: str = "", instead: str = "") -> None:
        self.items[path] = {
            "base_path": path,
            "content_id": self.items[path]["content_id"],
            "schema_name": "gone",
            "document_type": "gone",
            "details": {"explanation": explanation, "alternative_path": instead},
        }

    def _file(self, request: Request) -> Answer:
        """robots.txt, pages and files that are attached: there are none."""
        return Answer("", status=404)

    def _search(self, request: Request) -> Answer:
        self.asked.append(request.full_path)
        said = {name.removesuffix("[]"): request.args.getlist(name) for name in request.args}
        known = {"q", "order", "count", "start", "fields", "filter_public_timestamp", *(f"filter_{f}" for f in FILTERS)}
        fields = set(",".join(said.get("fields", [])).split(","))
        if set(said) - known or not fields <= FIELDS or int(said.get("count", ["10"])[0]) > MOST:
            return _json({"error": f"Unexpected parameters: {', '.join(sorted(set(said) - known))}"}, 422)
        hits = [item for item in self.items.values() if self._is_found(item, said)]
        if said.get("order") == ["-public_timestamp"]:
            hits.sort(key=lambda item: dt.datetime.fromisoformat(item["public_updated_at"]), reverse=True)
        else:
            hits.sort(key=lambda item: str(item["title"]))
        start, count = int(said.get("start", ["0"])[0]), int(said.get("count", ["10"])[0])
        found = [*self.lagging, *(self._hit(item) for item in hits)][start : start + count]
        found = [{k: v for k, v in hit.items() if k in fields} for hit in found]
        return _json(
            {
                "results": found,
                "total": len(hits) + len(self.lagging),
                "start": start,
                "aggregates": {},
                "suggested_queries": [],
            }
        )

    def _is_found(self, item: dict[str, Any], said: dict[str, list[str]]) -> bool:
        if item["document_type"] in NOT_IN_THE_INDEX or (item.get("withdrawn_notice") or {}).get("explanation"):
            return False
        path = item["base_path"]
        organisations, types = said.get("filter_organisations"), said.get("filter_content_store_document_type")
        words = said.get("q", [""])[0].lower()
        day = item["public_updated_at"][:10]
        bounds = dict(part.split(":") for part in said.get("filter_public_timestamp", [""])[0].split(",") if part)
        return (
            (not organisations or bool(set(organisations) & set(self.organisations[path])))
            and (not types or item["document_type"] in types)
            and words in json.dumps(item).lower()
            and bounds.get("from", "") <= day <= bounds.get("to", "9999")
        )

    def _hit(self, item: dict[str, Any]) -> dict[str, Any]:
        hit = {
            "title": item["title"],
            "link": item["base_path"],
            "description": item.get("description"),
            "public_timestamp": item["public_updated_at"],
            "content_id": item["content_id"],
        }
        return {k: v for k, v in hit.items() if k != "content_id" or item["base_path"] not in self.without_content_id}

    def _content(self, request: Request) -> Answer:
        self.asked.append(request.path)
        path = unquote(request.path).removeprefix("/api/content")
        if status := self.status.get(path):
            return Answer("", status=status)
        item = self.items.get(path)
        if item is None or path in self.vanished:
            parent = next((known for known in self.items if path.startswith(f"{known}/")), None)
            if parent and path not in self.vanished:
                return Answer("", status=303, headers={"Location": f"/api/content{parent}"})
            return Answer("", status=404)
        answer = _json(item, 410 if item["document_type"] == "gone" else 200)
        answer.headers["Cache-Control"] = "max-age=300, public"
        return answer


def _json(value: object, status: int = 200) -> Answer:
    return Answer(json.dumps(value), status=status, content_type="application/json; charset=utf-8")
