"""Whatever stands in an address, a form, a cookie or a header, no public door answers with a fault of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from commitments.models import CorrectionRequest, Subscriber
from tests.attacks.conftest import FAULT
from tests.commitments.open_record import Record

pytestmark = pytest.mark.django_db

#: As they stand in an address.
VALUES = {
    "NUL": "%00",
    "NUL within": "a%00b",
    "half of a pair": "%ED%A0%80",
    "no UTF-8": "%FF%FE%80",
    "overlong slash": "%C0%AF",
    "turned around": quote("\u202egnp.exe"),
    "isolates": quote("\u2066a\u2069"),
    "nothing seen": quote("\u200b\u2060\ufeff"),
    "beyond the plane": quote("\U0010ffff\ufffe"),
    "larger than any number": "9" * 40,
    "below nothing": "-1",
    "one past 64 bits": str(2**63),
    "Arabic digits": quote("٣"),
    "superscript": quote("²"),
    "no number": "NaN",
    "endless": "1e999",
    "SQL": quote("' OR 1=1; DROP TABLE commitments_commitment; --"),
    "SQL comment": quote("\\'/**/UNION/**/SELECT/**/password/**/FROM/**/auth_user--"),
    "LIKE": "%25_%25",
    "full text": quote('" OR NEAR(a* b) NOT (:'),
    "tsquery": quote("a & !b <-> c:* | ("),
    "template": quote("{{ settings.SECRET_KEY }}{% debug %}"),
    "format": quote("{0.__class__.__mro__}%s%n%x"),
    "traversal": "..%2f..%2f..%2fetc%2fpasswd",
    "traversal, twice": "%252e%252e%252fetc%252fpasswd",
    "new lines": "%0d%0aSet-Cookie:%20owned=1",
    "lookup": "slug__startswith",
    "long": "a" * 5000,
    "JSON": quote('{"$gt": ""}'),
}

#: Pages leave out what they do not know, so that each is asked for all it takes at once.
PAGES = {
    "/": ["q"],
    "/commitments/": ["q", "status", "timing", "department", "area", "administration", "sort", "page"],
    "/search/": ["q", "page", "kind", "department", "area"],
    "/compare/": ["by", "department", "administration", "page"],
    "/changes/": ["before"],
    "/corrections/": ["page"],
    "/subscribe/": ["scope"],
    "/sitemap-commitments.xml": ["p"],
    "/commitments/plant-trees/": ["theme", "page"],
    "/commitments/plant-trees/embed/": ["theme"],
}
#: Data is refused for the first that is wrong, so that each is asked for by itself.
DATA = {
    "/commitments/": ["format"],
    "/feeds/deadlines.ics": ["department", "commitment"],
    "/feeds/changes.atom": ["q"],
    "/api/v1/commitments/": ["q", "status", "department", "sort", "limit", "cursor"],
    "/api/v1/releases/": ["source", "cursor"],
    "/api/v1/measurements/": ["series", "commitment"],
    "/api/v1/evidence/": ["commitment"],
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_no_value_of_a_parameter_makes_a_fault(attacker: Client, record: Record, settings: Any, value: str) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    asked = [f"{page}?{'&'.join(f'{name}={value}' for name in names)}" for page, names in PAGES.items()]
    asked += [f"{page}?{name}={value}" for page, names in DATA.items() for name in names]
    wrong = []
    for address in asked:
        answer = attacker.get(address)
        wrong += [address] if answer.status_code >= FAULT else []
        assert "owned" not in answer.cookies
    assert wrong == []


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_no_piece_of_a_path_makes_a_fault(attacker: Client, record: Record, value: str) -> None:
    paths = [
        *("/commitments/{}/", "/commitments/{}/embed.svg", "/commitments/{}/changes.atom", "/commitments/{}/correct/"),
        *("/commitments/plant-trees/versions/{}/", "/releases/{}/", "/releases/{}/revisions/1/"),
        *("/releases/1/revisions/{}/changes/", "/about/{}/", "/api/v1/{}/", "/api/v1/commitments/{}/"),
        *("/api/v1/releases/{}/", "/api/v1/measurements/{}/", "/data/{}.csv", "/feeds/department/{}/changes.atom"),
        *(
            "/sitemap-{}.xml",
            "/subscribe/confirm/{}/",
            "/subscribe/manage/{}/",
            "/subscribe/unsubscribe/{}/",
            "/static/{}",
            "/{}",
        ),
    ]
    answered = {path: attacker.get(path.format(value)).status_code for path in paths}
    assert {path: status for path, status in answered.items() if status >= FAULT} == {}


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "messages"])
@pytest.mark.parametrize(
    "value",
    ['"\\000aaaaaaaaaaaaaaaa"', '"\\355\\240\\200aaaaaaaa"', "a" * 40, "x" * 7000, "../../etc/passwd", "gAJ9cQAu", '"'],
    ids=["NUL", "half of a pair", "no such session", "long", "traversal", "pickle", "quote"],
)
def test_no_cookie_makes_a_fault_or_lets_anybody_in(attacker: Client, record: Record, cookie: str, value: str) -> None:
    header = {"Cookie": f"{cookie}={value}"}
    assert attacker.get("/", headers=header).status_code == 200
    assert attacker.get("/about/", headers=header).status_code == 200  # asks who is there
    assert attacker.get(reverse("admin:index"), headers=header).status_code == 302
    assert attacker.get(reverse("admin:login"), headers=header).status_code == 200


@pytest.mark.parametrize(
    ("header", "value"),
    [
        *(("If-None-Match", value) for value in ('"', "*" * 5000, 'W/"' + "a" * 5000, "\x7f")),
        *(("If-Modified-Since", value) for value in ("yesterday", "Thu, 99 Foo 99999 99:99:99 GMT", "0")),
        *(("Accept", value) for value in ("*/*;q=nan", "application/" + "x" * 5000)),
        *(("Accept-Language", value) for value in ("xx-" + "a" * 5000, "../../etc")),
        *(("Accept-Encoding", value) for value in ("gzip;q=-1", "br;" * 500)),
        *(("Range", value) for value in ("bytes=0-0,1-1,2-2", "bytes=99999999999999999999-")),
        *(("Authorization", value) for value in ("Bearer é", "Basic " + "A" * 5000)),
        *(("X-Forwarded-For", value) for value in ("," * 500, "::ffff:%00", "<script>")),
        ("Origin", "null"),
        ("Referer", "javascript:alert(1)"),
    ],
)
def test_no_header_makes_a_fault(attacker: Client, record: Record, header: str, value: str) -> None:
    for path in ("/", "/commitments/plant-trees/embed.svg", "/feeds/changes.atom", "/api/v1/", "/metrics", "/data/"):
        assert attacker.get(path, headers={header: value}).status_code < FAULT, path


@pytest.mark.parametrize(
    "form",
    [
        {"email": "a\x00@example.org"},
        {"email": "\ud800@example.org"},
        {"email": "a@example.org\r\nBcc: b@example.org"},
        {"email": "a" * 5000 + "@example.org"},
        {"email": "a@example.org", "frequency": "hourly\x00"},
        {"email": "a@example.org", "frequency": "daily", "scope": "commitment:\x00"},
        {"email": "a@example.org", "frequency": "daily", "scope": "user:1"},
        {"email": "a@example.org", "frequency": "daily", "scope": "commitment:a-secret-lighthouse"},
        {"email": "a@example.org", "frequency": "daily", "scope": "department:" + "a" * 190},
        {"email": "=1+1@[127.0.0.1"},
        {f"field{number}": "x" for number in range(1200)},
    ],
    ids=str,
)
def test_no_subscription_form_makes_a_fault_or_a_subscriber(
    attacker: Client, record: Record, form: dict[str, Any]
) -> None:
    whole = {"email": "a@example.org", "frequency": "daily", "scope": "all", **form}
    encoded = {key: value.encode("utf-8", "surrogatepass") for key, value in whole.items()}
    assert attacker.post("/subscribe/", encoded).status_code == 400
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {"wrong": "a\x00b"},
        {"wrong": "x" * 5001},
        {"wrong": "x", "source": "y" * 2001},
        {"wrong": "x", "email": "nobody"},
        {"wrong": " \t\r\n"},
        {"wrong": ""},
    ],
    ids=str,
)
def test_no_form_of_corrections_makes_a_fault(attacker: Client, record: Record, form: dict[str, str]) -> None:
    assert attacker.post("/commitments/plant-trees/correct/", form).status_code == 400
    assert not CorrectionRequest.objects.exists()


def test_a_parameter_given_twice_is_refused_by_the_api_and_read_once_by_pages(attacker: Client, record: Record) -> None:
    twice = attacker.get("/api/v1/commitments/?status=achieved&status=off_track")
    assert twice.status_code == 400
    assert "more than once" in twice.json()["detail"]
    assert attacker.get("/commitments/?page=1&page=2&sort=title&sort=x").status_code == 200
