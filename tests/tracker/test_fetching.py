"""What an answer may cost: bytes, time, redirects. Against real sockets that misbehave."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.tracker.spy import Behaviour, Spy, reply
from tracker.fetching import FetchFailed, client, fetch

pytestmark = pytest.mark.usefixtures("loopback_allowed")


@pytest.fixture
def spy() -> Iterator[Spy]:
    with Spy() as spy:
        yield spy


def drip(start: bytes) -> Behaviour:
    """A byte every twentieth of a second after `start`."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    return behave


def send(raw: bytes) -> Behaviour:
    return lambda connection: connection.sendall(raw)


class TestSize:
    @pytest.fixture(autouse=True)
    def small_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client, "MAX_BODY_BYTES", 100_000)

    def test_a_body_of_just_the_limit(self, spy: Spy) -> None:
        spy.answers["/"] = reply(b"x" * 100_000)
        assert len(fetch(spy.url()).body) == 100_000

    @pytest.mark.parametrize("head", [b"", b"Content-Length: 100001\r\n"])
    def test_a_body_over_the_limit_is_not_read(self, spy: Spy, head: bytes) -> None:
        spy.answers["/"] = send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + b"x" * 100_001)
        with pytest.raises(FetchFailed, match="too large"):
            fetch(spy.url())

    def test_an_endless_body_is_left(self, spy: Spy) -> None:
        def pour(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")

        spy.answers["/"] = pour
        with pytest.raises(FetchFailed, match="too large"):
            fetch(spy.url())

    def test_the_body_of_an_error_is_not_read(self, spy: Spy) -> None:
        spy.answers["/"] = drip(b"HTTP/1.1 500 Oops\r\nContent-Length: 999999\r\n\r\n")
        began = time.monotonic()
        response = fetch(spy.url())
        assert (response.status, response.body) == (500, b"")
        assert time.monotonic() - began < 2

    def test_endless_headers_are_left(self, spy: Spy) -> None:
        def pour(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X-More: and more\r\n" * 100)

        spy.answers["/"] = pour
        with pytest.raises(FetchFailed):
            fetch(spy.url())


class TestTime:
    @pytest.mark.parametrize(
        "start",
        [
            b"",
            b"HTTP/1.1 200 OK\r\nX-Slow: ",
            b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n",
            b"HTTP/1.1 200 OK\r\n\r\n",
        ],
        ids=["status line", "headers", "body", "chunk", "body without an end"],
    )
    def test_a_byte_at_a_time_does_not_get_round_the_deadline(self, start: bytes, spy: Spy) -> None:
        spy.answers["/"] = drip(start)
        began = time.monotonic()
        with pytest.raises(FetchFailed, match="had not finished"):
            fetch(spy.url(), deadline_seconds=0.5)
        assert time.monotonic() - began < 1.5

    def test_nor_in_the_handshake(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:

            def dawdle() -> None:
                connection, _ = server.accept()
                with connection:
                    try:
                        for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 95:
                            connection.sendall(bytes([byte]))
                            time.sleep(0.05)
                    except OSError:  # cut, as it should be
                        return

            threading.Thread(target=dawdle, daemon=True).start()
            began = time.monotonic()
            with pytest.raises(FetchFailed, match="had not finished"):
                fetch(f"https://127.0.0.1:{server.getsockname()[1]}/", deadline_seconds=0.5)
            assert time.monotonic() - began < 1.5

    def test_nor_in_the_look_up_of_the_name(self, spy: Spy, monkeypatch: pytest.MonkeyPatch) -> None:
        answered = threading.Event()

        def slow(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            time.sleep(2)
            answered.set()
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

        monkeypatch.setattr(socket, "getaddrinfo", slow)
        began = time.monotonic()
        with pytest.raises(FetchFailed, match="looking for its name"):
            fetch(f"http://slow.example:{spy.port}/", deadline_seconds=0.3)
        assert time.monotonic() - began < 1.9
        assert answered.wait(5)
        time.sleep(0.1)
        assert spy.log == []  # who comes back from the look-up finds the door closed

    def test_nor_with_redirects(self, spy: Spy) -> None:
        spy.delay = 0.2
        spy.answers["/"] = reply("", "302 Found", "Location: /")
        began = time.monotonic()
        with pytest.raises(FetchFailed):
            fetch(spy.url(), deadline_seconds=0.5)
        assert time.monotonic() - began < 1.5

    def test_a_host_that_says_nothing(self, spy: Spy, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client, "SILENCE_SECONDS", 0.3)
        spy.answers["/"] = lambda connection: time.sleep(2)
        with pytest.raises(FetchFailed, match="in time"):
            fetch(spy.url())

    def test_a_shorter_lease_shortens_the_time(self, spy: Spy, settings: Any) -> None:
        settings.POLL_LEASE = settings.POLL_LEASE / 100
        spy.answers["/"] = lambda connection: time.sleep(5)
        began = time.monotonic()
        with pytest.raises(FetchFailed):
            fetch(spy.url())
        assert time.monotonic() - began < settings.POLL_LEASE.total_seconds()


class TestWholeness:
    """Half an answer must never pass for a whole one: it would look like an edit."""

    @pytest.mark.parametrize(
        "raw",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a number\r\nhalf\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        ],
        ids=["length", "no last chunk", "half a chunk", "no chunk", "broken chunks", "nothing"],
    )
    def test_an_answer_that_breaks_off(self, raw: bytes, spy: Spy) -> None:
        spy.answers["/"] = send(raw)
        with pytest.raises(FetchFailed):
            fetch(spy.url())

    def test_it_is_said_so(self, spy: Spy) -> None:
        spy.answers["/"] = send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        with pytest.raises(FetchFailed, match="broke off in the middle"):
            fetch(spy.url())

    @pytest.mark.parametrize(
        "raw",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole and more",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nwh\r\n3\r\nole\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n\r\nwhole",
            b"HTTP/1.0 200 OK\r\n\r\nwhole",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
        ],
        ids=["length", "chunks", "until the end", "old", "after an interim answer"],
    )
    def test_an_answer_that_is_whole(self, raw: bytes, spy: Spy) -> None:
        spy.answers["/"] = send(raw)
        assert fetch(spy.url()).body == b"whole"

    def test_what_is_no_http(self, spy: Spy) -> None:
        spy.answers["/"] = send(b"220 mail.example.org ESMTP\r\n")
        with pytest.raises(FetchFailed):
            fetch(spy.url())


class TestWords:
    def test_endless_redirects_end(self, spy: Spy) -> None:
        spy.answers["/"] = reply("", "302 Found", "Location: /")
        with pytest.raises(FetchFailed, match="redirects"):
            fetch(spy.url())
        assert len(spy.log) == client.MAX_REDIRECTS + 1

    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        with pytest.raises(FetchFailed, match="refused the connection"):
            fetch(f"http://127.0.0.1:{port}/")

    def test_plain_http_where_https_is_asked(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:

            def misunderstand() -> None:
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

            threading.Thread(target=misunderstand, daemon=True).start()
            with pytest.raises(FetchFailed, match="TLS"):
                fetch(f"https://127.0.0.1:{server.getsockname()[1]}/")

    def test_no_such_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*args: Any, **kwargs: Any) -> Any:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(FetchFailed, match=r"cannot be found \(DNS\)"):
            fetch("http://nowhere.example/")


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's side of TLS as named.example, whose certificate is trusted here."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    subject = ["-subj", "/CN=named.example", "-addext", "subjectAltName=DNS:named.example"]
    made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate]
    subprocess.run(["openssl", "req", "-x509", "-days", "2", *made, *subject], check=True, capture_output=True)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_a_certificate_is_asked_for_by_name_and_checked(named: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the checked address, the certificate is for the name."""
    names: list[str | None] = []
    named.sni_callback = lambda sock, name, ctx: names.append(name)
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *args, **kwargs: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port or 0))],
    )
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                try:
                    with named.wrap_socket(connection, server_side=True) as secure:
                        secure.recv(65536)
                        secure.sendall(reply("secret"))
                except OSError:
                    continue

        threading.Thread(target=serve, daemon=True).start()
        port = server.getsockname()[1]
        assert fetch(f"https://named.example:{port}/").body == b"secret"
        with pytest.raises(FetchFailed, match="TLS"):
            fetch(f"https://other.example:{port}/")
        assert names == ["named.example", "other.example"]
        server.shutdown(socket.SHUT_RDWR)
