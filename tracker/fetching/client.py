"""The only module that opens connections to the outside."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin

import requests
import urllib3
from AntiSSRF import AntiSSRFError
from django.conf import settings
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

from . import guard
from .errors import FetchFailed
from .politeness import turns

MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 5
#: For one whole fetch with its redirects, waiting for the host's turn apart.
DEADLINE_SECONDS = 30.0
#: Between two signs of life from the host.
SILENCE_SECONDS = 10.0

REDIRECTS = {301, 302, 303, 307, 308}
PERMANENT_REDIRECTS = {301, 308}
_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Response:
    """An answer, whatever its status. `body` is decoded from its transfer form and only kept for status 200.

    `permanent_redirect_to` is the address at the end of the permanent redirects that lead away from `url`,
    or empty.
    """

    status: int
    url: str
    final_url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    permanent_redirect_to: str = ""

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "")


def fetch(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    accept: str = "*/*",
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Response:
    """Ask for `url` once, following redirects.

    `etag` and `last_modified` are sent back as they came, so that the host may answer 304. Raises FetchRefused
    for an address that may not be reached and FetchFailed when no whole answer came in time.
    """
    headers = {"User-Agent": settings.FETCH_USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip, deflate"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    at, moved_to, permanently, seconds_left = url, "", True, deadline_seconds
    for _ in range(MAX_REDIRECTS + 1):
        address = guard.checked_address(at)
        with turns.turn(address.host, address.port, settings.FETCH_HOST_PAUSE):
            started = time.monotonic()
            status, answer_headers, body = _ask(address, headers, seconds_left)
            seconds_left -= time.monotonic() - started
        target = answer_headers.get("Location", "")
        if status not in REDIRECTS or not target:
            return Response(status, url, at, answer_headers, body, moved_to)
        at = urljoin(at, _as_text(target).strip().replace(" ", "%20"))
        permanently = permanently and status in PERMANENT_REDIRECTS
        moved_to = at if permanently else moved_to
    raise FetchFailed(f"More than {MAX_REDIRECTS} redirects, the last one to {at}.")


def _ask(
    address: guard.Address, headers: Mapping[str, str], seconds: float
) -> tuple[int, CaseInsensitiveDict[str], bytes]:
    """One request without following redirects, ended by force after `seconds`."""
    too_slow = f"{address.host} had not finished answering after {seconds:.0f} seconds."
    with _deadline(seconds) as deadline, _session(address, deadline) as session:
        try:
            with session.get(
                address.url,
                headers=headers,
                timeout=min(SILENCE_SECONDS, seconds),
                allow_redirects=False,
                stream=True,
            ) as answer:
                body = _body(answer) if answer.status_code == 200 else b""
        except AntiSSRFError as error:
            raise guard.refusal(address) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise FetchFailed(too_slow if deadline.passed else _sentence(address, error)) from error
        if deadline.passed:  # headers that are cut look like headers that end
            raise FetchFailed(too_slow)
        return answer.status_code, answer.headers, body


def _body(answer: requests.Response) -> bytes:
    """The decoded body, counted while it comes in: neither a long answer nor a small bomb fills the memory."""
    parts: list[bytes] = []
    size = 0
    while part := answer.raw.read1(_CHUNK_BYTES, decode_content=True):
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise FetchFailed(f"The answer is too large: more than {MAX_BODY_BYTES // 1024**2} MiB.")
        parts.append(part)
    return b"".join(parts)


def _session(address: guard.Address, deadline: _Deadline) -> requests.Session:
    policy = guard.policy_for(address, settings.FETCH_ALLOW_NETWORKS)
    session: requests.Session = policy.get_antissrf_session()
    session.trust_env = False
    session.headers.clear()
    session.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    for adapter in session.adapters.values():
        adapter.poolmanager.pool_classes_by_scheme = _pools(address, deadline)  # type: ignore[attr-defined]
    return session


class _Deadline:
    """Cuts the connections opened under it when its time has passed, wherever they have got to.

    A time-out per read does not stop a host that sends a byte every second, in its headers, its TLS handshake
    or its body.
    """

    def __init__(self) -> None:
        self.passed = False
        self._guard = threading.Lock()
        self._sockets: list[socket.socket] = []

    def watch(self, connection: socket.socket) -> None:
        with self._guard:
            self._sockets.append(connection.dup())

    def cut(self) -> None:
        with self._guard:
            self.passed = True
            for connection in self._sockets:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:  # the other side was faster
                    continue

    def close(self) -> None:
        with self._guard:
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()


@contextmanager
def _deadline(seconds: float) -> Iterator[_Deadline]:
    if seconds <= 0:
        raise FetchFailed("The redirects took all the time there was.")
    deadline = _Deadline()
    timer = threading.Timer(seconds, deadline.cut)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()
        deadline.close()


def _pools(address: guard.Address, deadline: _Deadline) -> dict[str, type[urllib3.HTTPConnectionPool]]:
    """urllib3's pools with connections that obey `deadline` and name the host with its port."""

    class Watched:
        def _new_conn(self) -> socket.socket:
            connection: socket.socket = super()._new_conn()  # type: ignore[misc]
            deadline.watch(connection)
            return connection

        def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
            named = {**(headers or {}), "Host": address.host_header}
            super().request(method, url, body=body, headers=named, **options)  # type: ignore[misc]

    class Plain(Watched, urllib3.connection.HTTPConnection):
        pass

    class Secure(Watched, urllib3.connection.HTTPSConnection):
        pass

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _as_text(header: str) -> str:
    """Headers come as Latin-1; addresses in them are often UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _sentence(address: guard.Address, error: Exception) -> str:
    """What `error` means, in words for staff."""
    host = f"{address.host}:{address.port}"
    # To urllib3 every connection that cannot be made is a kind of time-out.
    causes = [cause for cause in _causes(error) if not isinstance(cause, urllib3.exceptions.NewConnectionError)]
    if any(isinstance(cause, socket.gaierror | UnicodeError) for cause in causes):
        return f"The name {address.host} cannot be found (DNS)."
    if any(
        isinstance(cause, ssl.SSLError | urllib3.exceptions.SSLError | requests.exceptions.SSLError) for cause in causes
    ):
        return f"No secure connection to {host} (TLS): {_last_words(causes)}."
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"{host} refused the connection."
    if any(isinstance(cause, TimeoutError | requests.Timeout | urllib3.exceptions.TimeoutError) for cause in causes):
        return f"{host} did not answer in time (time-out after {SILENCE_SECONDS:.0f} seconds of silence)."
    if any(isinstance(cause, urllib3.exceptions.IncompleteRead) for cause in causes):
        return f"{host} broke off in the middle of its answer."
    if any(isinstance(cause, urllib3.exceptions.DecodeError) for cause in causes):
        return f"The answer of {host} is compressed in a way that cannot be undone."
    return f"No answer from {host}: {_last_words(causes)}."


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
        waiting.extend(item for item in inner if isinstance(item, BaseException))


def _last_words(causes: list[BaseException]) -> str:
    last = causes[-1]
    return f"{type(last).__name__} {last}".strip().rstrip(".")
