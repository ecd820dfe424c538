"""`ADMIN_PATH` and `ADMIN_ALLOW_NETWORKS`: for those who are not let in, the admin is not there."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import clear_url_caches, reverse

from config import urls
from tests.commitments import make
from tests.commitments.open_record import Record

pytestmark = pytest.mark.django_db

HIDDEN = ["/admin/", "/admin", "/admin/login/", "/admin/login", "/admin/welcome/x/y/", "/admin/code/", "/admin/jsi18n/"]
#: A path at which there never was anything.
NOTHING = "/nothing-here/"


@pytest.fixture
def office(settings: Any) -> LazySettings:
    settings.ADMIN_ALLOW_NETWORKS = ["192.0.2.0/24", "2001:db8::/32"]
    kept: LazySettings = settings
    return kept


@pytest.mark.parametrize("path", HIDDEN)
def test_elsewhere_it_is_as_if_it_had_never_been(office: Any, path: str) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.force_login(make.user())
    there, nothing = client.get(path), client.get(NOTHING)
    assert there.status_code == 404
    assert there.content == nothing.content
    assert there.headers.keys() == nothing.headers.keys()
    assert client.post(path, {"username": "x", "password": "y"}).status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *((each, 200) for each in ("192.0.2.1", "192.0.2.255", "2001:db8::1", "::ffff:192.0.2.7", "2001:db8::1%eth0")),
        *((each, 404) for each in ("192.0.3.1", "::ffff:203.0.113.1", "2001:db9::1", "", "unix:", "192.0.2.1.evil")),
    ],
)
def test_it_is_there_for_the_networks_that_are_named(office: Any, address: str, status: int) -> None:
    assert Client(REMOTE_ADDR=address).get("/admin/login/").status_code == status


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "X-Original-URL"])
def test_no_header_lets_anybody_in(office: Any, header: str) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    assert client.get("/admin/login/", headers={header: "192.0.2.1"}).status_code == 404


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [("192.0.2.1", 200), ("203.0.113.9, 192.0.2.1", 200), ("192.0.2.1, 203.0.113.9", 404), ("192.0.2.1, x", 404)],
)
def test_behind_a_proxy_the_client_is_whom_the_proxy_saw(office: Any, forwarded: str, status: int) -> None:
    office.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client = Client(REMOTE_ADDR="203.0.113.200")
    assert client.get("/admin/login/", headers={"X-Forwarded-For": forwarded}).status_code == status


@pytest.mark.parametrize("path", ["/", "/commitments/plant-trees/", "/api/v1/", "/healthz", "/administration/"])
def test_everything_else_is_there_for_everybody(office: Any, record: Record, path: str) -> None:
    expected = 404 if path == "/administration/" else 200
    assert Client(REMOTE_ADDR="203.0.113.9").get(path).status_code == expected


@pytest.fixture
def moved(settings: Any) -> Iterator[None]:
    settings.ADMIN_PATH = "desk-7f3a"
    importlib.reload(urls)
    clear_url_caches()
    yield
    settings.ADMIN_PATH = "admin"
    importlib.reload(urls)
    clear_url_caches()


def test_under_a_path_of_its_own_it_is_nowhere_else_and_nothing_public_names_it(record: Record, moved: None) -> None:
    client = Client()
    assert reverse("admin:login") == "/desk-7f3a/login/"
    assert client.get("/desk-7f3a/login/").status_code == 200
    assert client.get("/admin/").status_code == 404
    for page in ("/robots.txt", "/", "/sitemap.xml", "/api/v1/", "/about/", "/nothing/"):
        told = client.get(page).content.decode()
        assert "desk-7f3a" not in told
        assert "/admin/" not in told
    client.force_login(make.user())
    assert client.get("/desk-7f3a/").status_code == 200


def test_a_hidden_path_is_hidden_too(office: Any, moved: None) -> None:
    assert Client(REMOTE_ADDR="203.0.113.9").get("/desk-7f3a/login/").status_code == 404
    assert Client(REMOTE_ADDR="192.0.2.9").get("/desk-7f3a/login/").status_code == 200
