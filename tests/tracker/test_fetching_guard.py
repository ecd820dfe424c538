"""Where the watch may go: what has let others into inner networks, tried against a listener on loopback."""

from __future__ import annotations

import ast
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from pytest_httpserver import HTTPServer

from tests.conftest import ROOT
from tests.tracker.spy import Spy, reply
from tracker.fetching import FetchError, FetchFailed, FetchRefused, fetch


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
        *("224.0.0.1", "255.255.255.255", "[3fff::1]", "[ff02::1]", "192.0.2.1", "198.18.0.1", "240.0.0.1"),
        *("[2001:0:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[64:ff9b:1::7f00:1]", "[::127.0.0.1]"),
        *("[::ffff:0:127.0.0.1]", "[fec0::1]", "[5f00::1]", "[100::1]", "[4000::1]", "192.0.0.8", "168.63.129.16"),
        *(
            "0",
            "0177.0.0.1",
            "0x7f.0x0.0x0.0x1",
            "127.0.0.1.",
            "localhost.",
            "LOCALHOST",
            "１２７.０.０.１",
            "①27.0.0.1",
        ),
        *("127。0。0。1", "[::1%25lo]", "%31%32%37.0.0.1"),
    ],
)
@pytest.mark.parametrize("port", ["", "own"])
def test_no_form_of_an_inner_address_is_connected_to(host: str, port: str, listener: tuple[int, list[str]]) -> None:
    own_port, heard = listener
    with pytest.raises(FetchError) as raised:
        fetch(f"http://{host}{f':{own_port}' if port else ''}/")
    assert heard == []
    assert isinstance(raised.value, FetchRefused) or "cannot be found" in str(raised.value)


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
        "http://example.org\\@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        "http://example.org@127.0.0.1/",
        "http://:@127.0.0.1/",
        "http://example.org\t/",
        "http://example.org\x00.internal/",
        "http:/127.0.0.1/",
        "http:127.0.0.1/",
        "http:///127.0.0.1/",
        "http://[::1/",
        "http://[127.0.0.1]/",
        "http://example.org:-1/",
        "http://example.org:٨٠/",
        "javascript:alert(1)",
        "data:text/html,hello",
        "HTTPX://example.org/",
        "",
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


@pytest.mark.parametrize(
    "target",
    [
        *("http://127.0.0.2:{port}/", "http://169.254.169.254/latest", "file:///etc/passwd", "http://[::1]:{port}/"),
        *("//127.0.0.2:{port}/", "http://0x7f000002:{port}/", "http://127.0.0.1:{port}@127.0.0.2:{port}/"),
        *(
            "http:\\\\127.0.0.2:{port}/",
            "\\\\127.0.0.2:{port}/",
            "http://2130706434:{port}/",
            "gopher://127.0.0.2:{port}/",
        ),
    ],
)
@pytest.mark.parametrize("hops", [1, 3])
def test_a_redirect_is_checked_like_a_first_address(target: str, hops: int, settings: Any) -> None:
    settings.FETCH_ALLOW_NETWORKS = ["127.0.0.1/32"]
    with Spy() as spy, Spy("127.0.0.2") as inner:
        last = target.format(port=inner.port)
        for hop in range(hops):
            onward = last if hop == hops - 1 else f"/{hop + 1}"
            spy.answers[f"/{hop}"] = reply("", "302 Found", f"Location: {onward}")
        with pytest.raises(FetchRefused):
            fetch(spy.url("/0"))
        assert len(spy.log) == hops
        assert inner.log == []


def test_only_allowed_networks_are_asked_at_other_ports(settings: Any) -> None:
    settings.FETCH_ALLOW_NETWORKS = ["127.0.0.2/32"]
    with Spy("127.0.0.2") as allowed, Spy("127.0.0.3") as not_allowed:
        allowed.answers["/"] = reply("ok")
        assert fetch(allowed.url()).body == b"ok"
        with pytest.raises(FetchRefused):
            fetch(not_allowed.url())
        assert not_allowed.log == []


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


def test_a_name_with_one_inner_address_among_outer_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch, listener: tuple[int, list[str]]
) -> None:
    def both(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("192.0.43.8", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(FetchRefused):
        fetch("http://both.example/")
    assert listener[1] == []


@pytest.mark.parametrize("host", ["192.0.43.8", "[2606:2800:220:1::1]", "[2a00:1450:4009:81f::200e]"])
def test_outer_addresses_are_not_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def note(address: tuple[str, int], *args: Any, **kwargs: Any) -> Any:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(urllib3.util.connection, "create_connection", note)
    with pytest.raises(FetchFailed, match="refused the connection"):
        fetch(f"http://{host}/")
    assert tried == [(host.strip("[]"), 80)]


def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, listener: tuple[int, list[str]], httpserver: HTTPServer, loopback_allowed: None
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{listener[0]}")
    monkeypatch.setenv("no_proxy", "")
    httpserver.expect_request("/").respond_with_data("direct")
    assert fetch(httpserver.url_for("/")).body == b"direct"
    assert listener[1] == []


class TestOneDoor:
    """Only one module reaches out, so that there is no second way without the guard."""

    DOOR = Path("tracker/fetching/client.py")
    CLIENTS = {
        *("requests", "urllib3", "httpx", "aiohttp", "pycurl", "http.client", "urllib.request", "ftplib", "telnetlib"),
        *("niquests", "httplib2", "AntiSSRF", "xmlrpc.client", "websocket", "websockets"),
    }
    #: Errors only, and the policy without its session.
    HARMLESS = {
        "tracker/fetching/sentences.py": {"http.client.IncompleteRead"},
        "tracker/fetching/guard.py": {"AntiSSRF.AntiSSRFPolicy", "AntiSSRF.PolicyConfigOptions"},
    }
    #: Functions of libraries that fetch by themselves when they are given an address.
    FETCHERS = {"urlopen", "urlretrieve", "fetch_url", "fetch_response", "create_connection", "HTTPConnection"}
    #: The way to a mailbox, which connects to addresses that the guard has approved (test_mailbox.py tries it).
    GUARDED = {("tracker/fetching/imap.py", "create_connection")}

    @pytest.fixture
    def modules(self) -> dict[str, ast.Module]:
        paths = [path for room in ("tracker", "commitments", "config") for path in (ROOT / room).rglob("*.py")]
        return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in paths}

    def test_no_other_module_imports_a_client(self, modules: dict[str, ast.Module]) -> None:
        found = {path: self.clients_in(tree) - self.HARMLESS.get(path, set()) for path, tree in modules.items()}
        assert found.pop(str(self.DOOR)), "the door itself is not seen: this test has gone blind"
        assert {path: names for path, names in found.items() if names} == {}

    def test_no_library_is_made_to_fetch(self, modules: dict[str, ast.Module]) -> None:
        called = {
            (path, name)
            for path, tree in modules.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and (name := getattr(node.func, "attr", getattr(node.func, "id", ""))) in self.FETCHERS
        }
        assert called == self.GUARDED

    def clients_in(self, tree: ast.Module) -> set[str]:
        imported = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported |= {f"{node.module}.{alias.name}" for alias in node.names}
        return {name for name in imported if any(f"{name}.".startswith(f"{client}.") for client in self.CLIENTS)}
