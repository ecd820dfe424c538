"""Serves the demonstration's documents on loopback, with conditional answers."""

from __future__ import annotations

import datetime as dt
import logging
import socketserver
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from commitments.demo.documents import Document, documents
from commitments.demo.releases import DemonstrationRelease

HOST = "127.0.0.1"
STOP_WITHIN_SECONDS = 0.2
IDLE_CONNECTION_SECONDS = 10

logger = logging.getLogger(__name__)


class DemonstrationServer(ThreadingHTTPServer):
    """A server of fixed documents. `port` 0 takes any free port. Raises OSError where the port is taken."""

    daemon_threads = True

    def __init__(self, releases: Sequence[DemonstrationRelease], port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.documents = documents(releases, self.base_url)
        self.started_at = dt.datetime.now(dt.UTC).replace(microsecond=0)

    def server_bind(self) -> None:
        """As the base class does, but without looking up the name of this machine, which may take long."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    @property
    def feed_url(self) -> str:
        return f"{self.base_url}/feed.atom"


@contextmanager
def serving(server: DemonstrationServer) -> Iterator[DemonstrationServer]:
    """Let a server answer, in a thread, for as long as the block lasts; then close it."""
    with server:
        thread = Thread(target=server.serve_forever, args=(STOP_WITHIN_SECONDS,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: DemonstrationServer
    protocol_version = "HTTP/1.1"
    server_version = "PledgewatchDemonstration"
    sys_version = ""
    timeout = IDLE_CONNECTION_SECONDS

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        document = self.server.documents.get(urlsplit(self.path).path)
        if document is None:
            self.send_error(HTTPStatus.NOT_FOUND, "Nothing is published at this address")
            return
        if self._has(document):
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self._send_validators(document)
            self.end_headers()
            return
        self.send_response(HTTPStatus.OK)
        self._send_validators(document)
        self.send_header("Content-Type", document.content_type)
        self.send_header("Content-Length", str(len(document.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(document.body)

    def _send_validators(self, document: Document) -> None:
        self.send_header("ETag", document.etag)
        self.send_header("Last-Modified", format_datetime(self.server.started_at, usegmt=True))
        self.send_header("Cache-Control", "no-cache")

    def _has(self, document: Document) -> bool:
        """Whether the client has this very document. With an ETag the date is not asked (RFC 9110, 13.2.2)."""
        etags = self.headers.get("If-None-Match")
        if etags is not None:
            known = {etag.strip().removeprefix("W/") for etag in etags.split(",")}
            return document.etag in known or "*" in known
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return since.tzinfo is not None and since >= self.server.started_at

    def log_message(self, format: str, *args: object) -> None:
        logger.debug(format, *args)
