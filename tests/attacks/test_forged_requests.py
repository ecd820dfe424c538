"""Another site cannot act in the name of whoever is signed in here, nor can a request pretend to be of another kind."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from commitments.models import CorrectionRequest, Subscriber
from tests.commitments import make
from tests.commitments.open_record import Record
from tests.commitments.test_roles import ADDRESSES, MODELS, address_of
from tests.commitments.test_roles import one_of_each as one_of_each  # the fixture

pytestmark = pytest.mark.django_db

#: A sign-out that is forged too.
POSTED = sorted(name for name, (_, post) in ADDRESSES.items() if post is not None)


@pytest.fixture
def lured() -> Client:
    """A superuser whose browser another site makes send forms."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.user("lured"))
    return client


def test_no_address_of_the_admin_takes_a_form_of_another_site(lured: Client, one_of_each: None) -> None:
    user = make.user("lured")
    addresses = [reverse("admin:logout"), *(address_of(name, user) for name in POSTED if name != "logout")]
    for label in MODELS:
        model = next(each for each in admin.site._registry if each._meta.label_lower == label)
        name, row = f"admin:{label.replace('.', '_')}", model._base_manager.first()
        assert row is not None
        addresses += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        addresses += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "delete")]
    assert len(addresses) > 200
    assert [each for each in addresses if lured.post(each, {"post": "yes"}).status_code != 403] == []


FORGED = {
    "no token": {},
    "an empty token": {"csrfmiddlewaretoken": ""},
    "a made-up token": {"csrfmiddlewaretoken": "a" * 64},
    "a short token": {"csrfmiddlewaretoken": "a"},
    "a token of NULs": {"csrfmiddlewaretoken": "\0" * 64},
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("page", ["/subscribe/", "/commitments/plant-trees/correct/", "/admin/login/"])
def test_no_made_up_token_is_taken(record: Record, page: str, token: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(page)
    assert client.post(page, {"email": "a@example.org", "wrong": "x", **token}).status_code == 403
    assert not CorrectionRequest.objects.exists()
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Referer": "https://testserver/subscribe/"}, 200),
        ({"Origin": "https://testserver"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://testserver"}, 403),
        ({"Origin": "https://testserver.evil.example"}, 403),
        ({"Referer": "https://evil.example/"}, 403),
        ({"Referer": "https://testserver@evil.example/"}, 403),
        ({"Referer": "http://testserver/subscribe/"}, 403),
        ({}, 403),
    ],
    ids=str,
)
def test_over_https_a_true_token_counts_from_our_own_pages_alone(
    record: Record, headers: dict[str, str], status: int
) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/subscribe/", secure=True)
    token = page.content.decode().partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    sent = {"email": "a@example.org", "frequency": "daily", "scope": "all", "csrfmiddlewaretoken": token}
    assert client.post("/subscribe/", sent, secure=True, headers=headers).status_code == status


READ = ["/", "/commitments/plant-trees/", "/commitments/plant-trees/embed/", "/search/", "/about/", "/api/v1/"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "POST", "FOO"])
def test_what_can_be_read_can_only_be_read(record: Record, method: str) -> None:
    assert [page for page in READ if Client().generic(method, page, b"x=1").status_code != 405] == []


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_is_what_it_is(record: Record, name: str) -> None:
    assert Client().get("/commitments/plant-trees/", headers={name: "DELETE"}).status_code == 200
    sent = Client().post("/commitments/plant-trees/?_method=GET", {"_method": "GET"}, headers={name: "GET"})
    assert sent.status_code == 405


@pytest.mark.parametrize("name", [name for name, (get, post) in ADDRESSES.items() if get is None and post is not None])
def test_following_a_link_changes_nothing(staff: Client, one_of_each: None, name: str) -> None:
    """What is only posted to is not done by a link, an image or a mail scanner."""
    address = reverse("admin:logout") if name == "logout" else address_of(name, make.user())
    answer: Any = staff.get(address)
    assert answer.status_code == 405


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", "application/octet-stream"])
def test_a_form_of_another_kind_is_an_empty_form(record: Record, kind: str) -> None:
    body = b'{"email": "a@example.org", "frequency": "daily", "scope": "all"}'
    assert Client().post("/subscribe/", body, content_type=kind).status_code == 400
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("path", ["/api/v1/commitments/", "/feeds/changes.atom", "/data/commitments.csv"])
def test_data_is_open_to_all_sites_but_never_with_cookies(record: Record, path: str) -> None:
    answer = Client().get(path, headers={"Origin": "https://evil.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/subscribe/", "/metrics", "/readyz"])
def test_nothing_else_can_be_read_by_other_sites(record: Record, path: str) -> None:
    answer = Client().get(path, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
