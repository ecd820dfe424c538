"""The only module that opens connections to the web; imap.py opens those to mailboxes."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any
from urllib.parse import urljoin

import requests
import urllib3
from AntiSSRF import AntiSSRFError
from django.conf import settings
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

from . import guard, robots
from .deadline import Deadline, within
from .decoding import ACCEPT_ENCODING, unpacked
from .errors import FetchFailed
from .response import Response
from .sentences import what_went_wrong
from .turns import turn

MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 5
#: For one whole fetch with its redirects, waiting for the host's turn apart.
DEADLINE_SECONDS = 30.0
#: For the turns that one fetch needs, all together.
PATIENCE_SECONDS = 20.0
#: Between two signs of life from the host.
SILENCE_SECONDS = 10.0
#: Of the time that a worker has a source for itself, so that it never outstays it.
SHARE_OF_THE_LEASE = 5

REDIRECTS = {301, 302, 303, 307, 308}
PERMANENT_REDIRECTS = {301, 308}
#: The answers whose words are kept: some publishers say with a 410 why they took something down.
WITH_BODY = {200, 410}
_CHUNK_BYTES = 64 * 1024


def fetch(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    accept: str = "*/*",
    deadline_seconds: float = DEADLINE_SECONDS,
    patience_seconds: float = PATIENCE_SECONDS,
    obey_robots: bool = False,
) -> Response:
    """Ask for `url` once, following redirects.

    `etag` and `last_modified` are sent back as they came, so that the host may answer 304. With `obey_robots`,
    as is right for pages, only what robots.txt allows is asked for, at the pace that it asks for.

    Raises FetchRefused for an address that may not be reached, FetchFailed when no whole answer came in time,
    and FetchPostponed when the host was busy with others for `patience_seconds`.
    """
    headers = {"User-Agent": settings.FETCH_USER_AGENT, "Accept": accept, "Accept-Encoding": ACCEPT_ENCODING}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    return _Fetch(headers, deadline_seconds, patience_seconds).follow(url, obey_robots=obey_robots)


def post(url: str, body: bytes, headers: Mapping[str, str], *, deadline_seconds: float = DEADLINE_SECONDS) -> int:
    """Send `body` to `url` once and return the status of the answer, which is not read beyond its headers.

    Redirects are not followed. Raises FetchRefused for an address that may not be reached, and FetchFailed when no
    answer came in time.
    """
    address = guard.checked_address(url)
    sent = {"User-Agent": settings.FETCH_USER_AGENT, **headers}
    try:
        status, _, _ = within(deadline_seconds, lambda deadline: _exchange(address, sent, deadline, sends=body))
    except TimeoutError as error:
        raise FetchFailed(f"{address.host} had not answered after {deadline_seconds:.0f} seconds ({error}).") from error
    return status


class _Fetch:
    """The requests that one fetch takes: redirects, and robots.txt where it is asked for first."""

    def __init__(self, headers: Mapping[str, str], deadline_seconds: float, patience_seconds: float) -> None:
        share = settings.POLL_LEASE.total_seconds() / SHARE_OF_THE_LEASE
        self.headers = headers
        self.seconds_left = min(deadline_seconds, share)
        self.patience_left = min(patience_seconds, share)

    def follow(self, url: str, *, obey_robots: bool) -> Response:
        at, moved_to, permanently = url, "", True
        for _ in range(MAX_REDIRECTS + 1):
            address = guard.checked_address(at)
            pause: dt.timedelta = settings.FETCH_HOST_PAUSE
            if obey_robots:
                pause = max(pause, robots.pause_asked_for(address, settings.FETCH_USER_AGENT, self._robots_file))
            status, answer_headers, body = self._ask(address, pause)
            target = answer_headers.get("Location", "")
            if status not in REDIRECTS or not target:
                return Response(status, url, at, answer_headers, body, moved_to)
            at = urljoin(at, _as_text(target).strip().replace(" ", "%20"))
            permanently = permanently and status in PERMANENT_REDIRECTS
            moved_to = at if permanently else moved_to
        raise FetchFailed(f"More than {MAX_REDIRECTS} redirects, the last one to {at}.")

    def _robots_file(self, url: str) -> Response:
        headers = {name: self.headers[name] for name in ("User-Agent", "Accept-Encoding")}
        asking = _Fetch({**headers, "Accept": robots.ACCEPT}, self.seconds_left, self.patience_left)
        try:
            return asking.follow(url, obey_robots=False)
        finally:
            self.seconds_left, self.patience_left = asking.seconds_left, asking.patience_left

    def _ask(self, address: guard.Address, pause: dt.timedelta) -> tuple[int, CaseInsensitiveDict[str], bytes]:
        """One request in its turn, without following redirects, ended by force when the time is over."""
        if self.seconds_left <= 0:
            raise FetchFailed("The redirects took all the time there was.")
        waiting_since = monotonic()
        with turn(
            address.host,
            address.port,
            pause,
            patience_seconds=self.patience_left,
            longest_seconds=self.seconds_left,
        ):
            started = monotonic()
            self.patience_left -= started - waiting_since
            try:
                return within(self.seconds_left, lambda deadline: _exchange(address, self.headers, deadline))
            except TimeoutError as error:
                raise FetchFailed(
                    f"{address.host} had not finished answering after {self.seconds_left:.0f} seconds ({error})."
                ) from error
            finally:
                self.seconds_left -= monotonic() - started


def _exchange(
    address: guard.Address, headers: Mapping[str, str], deadline: Deadline, sends: bytes | None = None
) -> tuple[int, CaseInsensitiveDict[str], bytes]:
    with _session(address, deadline) as session:
        try:
            with session.request(
                "GET" if sends is None else "POST",
                address.url,
                data=sends,
                headers=headers,
                timeout=min(SILENCE_SECONDS, deadline.seconds),
                allow_redirects=False,
                stream=True,
            ) as answer:
                body = _body(answer) if sends is None and answer.status_code in WITH_BODY else b""
        except AntiSSRFError as error:
            raise guard.refusal(address) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as error:
            deadline.check()
            raise FetchFailed(what_went_wrong(address, error)) from error
        deadline.check()  # headers that are cut look like headers that end
        return answer.status_code, answer.headers, body


def _body(answer: requests.Response) -> bytes:
    """The decoded body, counted while it comes in: neither a long answer nor a small bomb fills the memory."""
    body = bytearray()
    for piece in unpacked(_received(answer), answer.headers.get("Content-Encoding", "")):
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise FetchFailed(_too_large())
    return bytes(body)


def _received(answer: requests.Response) -> Iterator[bytes]:
    """The body as it comes in. Raises urllib3's IncompleteRead if it is shorter than was said."""
    size = 0
    while chunk := answer.raw.read1(_CHUNK_BYTES, decode_content=False):
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise FetchFailed(_too_large())
        yield chunk


def _too_large() -> str:
    return f"The answer is too large: more than {MAX_BODY_BYTES // 1024**2} MiB."


def _session(address: guard.Address, deadline: Deadline) -> requests.Session:
    policy = guard.policy_for(address, settings.FETCH_ALLOW_NETWORKS)
    session: requests.Session = policy.get_antissrf_session()
    session.trust_env = False
    session.headers.clear()
    session.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    for adapter in session.adapters.values():
        adapter.poolmanager.pool_classes_by_scheme = _pools(address, deadline)  # type: ignore[attr-defined]
    return session


def _pools(address: guard.Address, deadline: Deadline) -> dict[str, type[urllib3.HTTPConnectionPool]]:
    """urllib3's pools with connections that obey `deadline` and name the host with its port."""

    class Watched:
        def _new_conn(self) -> socket.socket:
            deadline.check()
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
