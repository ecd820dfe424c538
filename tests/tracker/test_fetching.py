"""How the watch asks: guarded, limited, one at a time. Against real sockets."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tracker.fetching import FetchFailed, FetchRefused, client, fetch, fresh_for, retry_after
from tracker.fetching.politeness import LONGEST_RETRY_AFTER

NOW = dt.datetime(2025, 1, 20, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A socket on loopback that notes who connects."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, peer = server.accept()
                except OSError:
                    return
                heard.append(str(peer))
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0x7f.1", "localhost"),
        *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "0.0.0.0"),  # noqa: S104
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "[fe80::1]", "[fc00::1]"),
        *("224.0.0.1", "255.255.255.255", "[3fff::1]", "[ff02::1]"),
    ],
)
@pytest.mark.parametrize("port", ["", "own"])
def test_no_form_of_an_inner_address_is_connected_to(host: str, port: str, listener: tuple[int, list[str]]) -> None:
    own_port, heard = listener
    with pytest.raises(FetchRefused, match="FETCH_ALLOW_NETWORKS"):
        fetch(f"http://{host}{f':{own_port}' if port else ''}/")
    assert heard == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://127.0.0.1/",
        "//example.org/",
        "http://",
        "http://user:secret@example.org/",
        "http://127.0.0.1\\@example.org/",
        "http://example.org/a b",
        "http://example.org/\r\nHost: inner",
        "http://example.org:99999/",
        "http://example.org/" + "a" * 3000,
    ],
)
def test_addresses_that_two_programs_could_read_differently_are_refused(url: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(url)


def test_public_hosts_are_asked_on_the_usual_ports_only() -> None:
    with pytest.raises(FetchRefused, match="port 8080"):
        fetch("http://192.0.43.8:8080/")


def test_a_redirect_is_checked_like_a_first_address(httpserver: HTTPServer, settings: Any) -> None:
    settings.FETCH_ALLOW_NETWORKS = [f"{httpserver.host}/32" if httpserver.host[0].isdigit() else "127.0.0.1/32"]
    for target in ("http://127.0.0.2/", "http://169.254.169.254/latest", "file:///etc/passwd", "http://[::1]/"):
        httpserver.clear()
        httpserver.expect_request("/").respond_with_data("", status=302, headers={"Location": target})
        with pytest.raises(FetchRefused):
            fetch(httpserver.url_for("/"))


def test_the_address_that_was_checked_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer, settings: Any
) -> None:
    """A name that answers with an allowed address when it is checked and with another one ever after."""
    settings.FETCH_ALLOW_NETWORKS = ["127.0.0.1/32"]
    answers = ["127.0.0.1", "127.0.0.2", "127.0.0.2"]
    real = socket.getaddrinfo

    def flipping(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "rebinding.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port or 0))]
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", flipping)
    httpserver.expect_request("/").respond_with_data("from the first address")
    response = fetch(f"http://rebinding.example:{httpserver.port}/")
    assert response.body == b"from the first address"
    assert len(answers) == 2
    with pytest.raises(FetchRefused):
        fetch(f"http://rebinding.example:{httpserver.port}/")


@pytest.mark.usefixtures("loopback_allowed")
class TestLimits:
    def test_a_body_over_the_limit_is_not_read(self, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client, "MAX_BODY_BYTES", 100_000)
        httpserver.expect_request("/").respond_with_data(b"x" * 100_001)
        with pytest.raises(FetchFailed, match="too large"):
            fetch(httpserver.url_for("/"))

    def test_a_small_bomb_is_stopped_by_what_it_unpacks_to(self, httpserver: HTTPServer) -> None:
        bomb = gzip.compress(b"\0" * (client.MAX_BODY_BYTES + 1))
        assert len(bomb) < 20_000
        httpserver.expect_request("/").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
        with pytest.raises(FetchFailed, match="too large"):
            fetch(httpserver.url_for("/"))

    def test_a_compressed_body_comes_unpacked(self, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/").respond_with_data(
            gzip.compress("£200".encode()), headers={"Content-Encoding": "gzip"}
        )
        assert fetch(httpserver.url_for("/")).body == "£200".encode()

    def test_broken_compression_is_said_so(self, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/").respond_with_data(b"not gzip", headers={"Content-Encoding": "gzip"})
        with pytest.raises(FetchFailed, match="compressed"):
            fetch(httpserver.url_for("/"))

    def test_endless_redirects_end(self, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/").respond_with_data("", status=302, headers={"Location": "/"})
        with pytest.raises(FetchFailed, match="redirects"):
            fetch(httpserver.url_for("/"))
        assert len(httpserver.log) == client.MAX_REDIRECTS + 1

    @pytest.mark.parametrize("slow_part", ["headers", "body"])
    def test_a_byte_at_a_time_does_not_get_round_the_deadline(
        self, slow_part: str, raw_server: Callable[[Callable[[socket.socket], None]], str]
    ) -> None:
        def drip(connection: socket.socket) -> None:
            start = (
                b"HTTP/1.1 200 OK\r\n" if slow_part == "headers" else b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
            )
            connection.sendall(start)
            for _ in range(300):
                connection.sendall(b"x")
                time.sleep(0.05)

        started = time.monotonic()
        with pytest.raises(FetchFailed, match="had not finished"):
            fetch(raw_server(drip), deadline_seconds=0.6)
        assert time.monotonic() - started < 3

    def test_a_host_that_says_nothing(
        self, raw_server: Callable[[Callable[[socket.socket], None]], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client, "SILENCE_SECONDS", 0.3)
        with pytest.raises(FetchFailed, match="in time"):
            fetch(raw_server(lambda connection: time.sleep(2)))

    def test_an_answer_that_breaks_off(self, raw_server: Callable[[Callable[[socket.socket], None]], str]) -> None:
        def break_off(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

        with pytest.raises(FetchFailed, match="broke off"):
            fetch(raw_server(break_off))

    def test_nobody_listens(self, raw_server: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        with pytest.raises(FetchFailed, match="refused the connection"):
            fetch(f"http://127.0.0.1:{port}/")

    def test_plain_http_where_https_is_asked(self, httpserver: HTTPServer) -> None:
        with pytest.raises(FetchFailed, match="TLS"):
            fetch(httpserver.url_for("/").replace("http://", "https://"))

    @pytest.fixture
    def raw_server(self) -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
        servers: list[socket.socket] = []

        def serve(behave: Callable[[socket.socket], None]) -> str:
            server = socket.create_server(("127.0.0.1", 0))
            servers.append(server)

            def run() -> None:
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    try:
                        behave(connection)
                    except OSError:  # cut by the other side, as it should
                        return

            threading.Thread(target=run, daemon=True).start()
            return f"http://127.0.0.1:{server.getsockname()[1]}/"

        yield serve
        for server in servers:
            server.close()


@pytest.mark.usefixtures("loopback_allowed")
class TestOneAtATime:
    def test_a_host_is_never_asked_twice_at_once_and_gets_a_pause(self, httpserver: HTTPServer, settings: Any) -> None:
        settings.FETCH_HOST_PAUSE = dt.timedelta(seconds=0.1)
        spans: list[tuple[float, float]] = []

        def answer(request: Request) -> Response:
            began = time.monotonic()
            time.sleep(0.05)
            spans.append((began, time.monotonic()))
            return Response("ok")

        httpserver.expect_request("/").respond_with_handler(answer)
        threads = [threading.Thread(target=fetch, args=[httpserver.url_for("/")]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spans.sort()
        assert len(spans) == 4
        assert all(later[0] - earlier[1] >= 0.09 for earlier, later in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "120"}, dt.timedelta(minutes=2)),
        ({"Retry-After": "Mon, 20 Jan 2025 13:00:00 GMT"}, dt.timedelta(hours=1)),
        (
            {"Retry-After": "Mon, 20 Jan 2020 13:00:00 GMT", "Date": "Mon, 20 Jan 2020 12:30:00 GMT"},
            dt.timedelta(minutes=30),
        ),
        ({"Retry-After": "Mon, 20 Jan 2020 13:00:00 GMT"}, dt.timedelta(0)),
        ({"Retry-After": "99999999999999"}, LONGEST_RETRY_AFTER),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
)
def test_how_long_a_host_asks_us_to_stay_away(headers: dict[str, str], expected: dt.timedelta | None) -> None:
    assert retry_after(headers, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": "max-age=600", "Age": "100"}, 500),
        ({"Cache-Control": "max-age=600, no-cache"}, None),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Cache-Control": "max-age=999999999"}, 86400),
        ({}, None),
    ],
)
def test_how_long_an_answer_stays_fresh(headers: dict[str, str], seconds: int | None) -> None:
    assert fresh_for(headers, NOW) == (None if seconds is None else dt.timedelta(seconds=seconds))
