"""The API: what it tells is what the public may see, whole, once, and no more of it than was asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date

from commitments import decisions
from commitments.models import Commitment, Department, Measurement

from . import make, open_record
from .open_record import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> Record:
    return open_record.write()


def get(client: Client, path: str, **asked: object) -> Any:
    response = client.get(f"/api/v1/{path}", asked)
    assert response.status_code == 200, response.content.decode()
    return response.json()


def refused(client: Client, path: str, **asked: object) -> Any:
    response = client.get(f"/api/v1/{path}", asked)
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code
    return response.json()


def walk(client: Client, path: str, **asked: object) -> Iterator[Any]:
    """Everything in a list, page after page."""
    page = get(client, path, **asked)
    while True:
        yield from page["items"]
        if page["next"] is None:
            return
        page = client.get(page["next"].removeprefix("http://127.0.0.1:8000")).json()


def test_a_commitment_comes_with_its_wordings_judgements_steps_and_figures(client: Client, record: Record) -> None:
    told = get(client, "commitments/plant-trees/")
    assert told == get(client, f"commitments/{record.trees.reference}/")
    assert [each["kind"] for each in told["definitions"]] == ["original", "date_change"]
    assert told["definitions"][0]["target"]["value"] == 20000
    assert [(each["status"], each["is_corrected"]) for each in told["status_history"]] == [
        ("achieved", True),
        ("off_track", False),
    ]
    assert (told["status"], told["timing"]) == ("off_track", "upcoming")
    assert told["milestones"][0]["title"] == "Dig"
    assert told["series"][0]["measurements"][0]["value"] == 9400
    assert told["evidence_count"] == 1


def test_lists_are_filtered_as_the_public_list_is(client: Client, record: Record) -> None:
    def found(**asked: object) -> list[str]:
        return [each["slug"] for each in get(client, "commitments/", **asked)["items"]]

    assert found() == ["plant-trees", "mend-the-bridge"]
    assert found(q="bridge") == ["mend-the-bridge"]
    assert found(status="off_track") == ["plant-trees"]
    assert found(timing="due_soon") == ["mend-the-bridge"]
    assert found(department="forests") == found(area="nature") == found(administration="2024") == ["plant-trees"]
    assert found(sort="title") == ["mend-the-bridge", "plant-trees"]


def test_other_lists_are_filtered_by_what_they_are_about(client: Client, record: Record) -> None:
    def count(path: str, **asked: object) -> int:
        return len(get(client, path, **asked)["items"])

    assert count("evidence/", commitment="plant-trees", relation="progress", department="forests") == 1
    assert count("evidence/", relation="slips") == 0
    assert count("evidence/", published_from="2025-01-10") == 0
    assert count("evidence/", published_to="2025-01-09") == 1
    assert count("measurements/", commitment="plant-trees", current="true") == 1
    assert count("measurements/", current="false") == 0
    assert count("releases/", used="true") == 1
    assert count("releases/", used="false", source="ministry-news") == 2
    assert count("sources/", voice="official") == 1
    assert count("changes/", kind="correction") == 1
    assert count("changes/", area="nature") == 5
    assert count("departments/") == count("areas/") == count("administrations/") == 1


def test_a_revised_figure_names_the_one_it_supersedes(client: Client, record: Record) -> None:
    first = Measurement.objects.get()
    second = Measurement.objects.create(series=first.series, value=9500, published_on="2025-02-01", supersedes=first)
    told = {each["id"]: each for each in get(client, "measurements/")["items"]}
    assert (told[first.pk]["current"], told[first.pk]["superseded_by"]) == (False, second.pk)
    assert (told[second.pk]["current"], told[second.pk]["supersedes"]) == (True, first.pk)
    assert get(client, f"measurements/{second.pk}/")["series"]["metric"] == "trees planted"


def test_nothing_that_is_not_public_is_told(client: Client, record: Record) -> None:
    for path in get(client, ""):
        if path not in ("docs", "openapi"):
            for kind in (f"{path}/", f"{path}/?limit=100"):
                text = client.get(f"/api/v1/{kind}").content.decode()
                assert "secret lighthouse" not in text
                assert record.draft.slug not in text
    assert refused(client, f"commitments/{record.draft.slug}/")["status"] == 404
    assert refused(client, f"evidence/{record.suggestion.pk}/")["status"] == 404
    assert get(client, "departments/forests/")["commitment_count"] == 1


@pytest.mark.parametrize("address", ["/api/v1/departments/{}/", "/feeds/department/{}/changes.atom"])
def test_what_was_renamed_leads_to_its_new_address(client: Client, record: Record, address: str) -> None:
    department = Department.objects.get(slug="forests")
    department.slug = "woods"
    department.save()
    response = client.get(address.format("forests"))
    assert response.status_code == 301
    assert response["Location"].endswith(address.format("woods"))


def test_a_commitment_that_was_merged_leads_to_the_other(client: Client, record: Record) -> None:
    record.bridge.merged_into = record.trees
    record.bridge.save()
    response = client.get("/api/v1/commitments/mend-the-bridge/")
    assert (response.status_code, response["Location"][-13:]) == (301, "/plant-trees/")
    assert [each["slug"] for each in get(client, "commitments/")["items"]] == ["plant-trees"]


@pytest.mark.parametrize("sort", ["made", "deadline", "judged", "title", "reference"])
def test_a_walk_meets_everything_once_while_more_is_added(client: Client, sort: str) -> None:
    today = timezone.localdate()
    for number in range(9):
        made = make.commitment(
            f"Promise {number % 4}",
            due=today + dt.timedelta(days=number % 3) if number % 2 else None,
            made_on=dt.date(2025, 1, 1 + number % 3),
        )
        if number % 3 == 0:
            decisions.change_status(made, "in_progress", make.user(), "Begun.", dt.date(2025, 1, 1 + number % 2))
    before = set(Commitment.objects.values_list("reference", flat=True))
    met = []
    for told in walk(client, "commitments/", sort=sort, limit=2):
        met.append(told["reference"])
        make.commitment(f"Late {len(met)}") if len(met) < 4 else None
    assert len(met) == len(set(met))
    assert before <= set(met)
    assert [each["reference"] for each in get(client, "commitments/", sort=sort, limit=100)["items"] if
            each["reference"] in before] == [each for each in met if each in before]  # fmt: skip


def test_a_walk_through_the_changes_meets_each_once(client: Client, record: Record) -> None:
    whole = get(client, "changes/")["items"]
    assert [each["id"] for each in walk(client, "changes/", limit=1)] == [each["id"] for each in whole]
    assert [each["at"] for each in whole] == sorted((each["at"] for each in whole), reverse=True)


@pytest.mark.parametrize(
    ("path", "asked", "parameter", "said"),
    [
        ("commitments/", {"stauts": "achieved"}, "stauts", "There is no parameter “stauts” here"),
        ("commitments/", {"status": "splendid"}, "status", "in_progress"),
        ("commitments/", {"sort": "colour"}, "sort", "deadline"),
        ("commitments/", {"limit": "101"}, "limit", "from 1 to 100"),
        ("commitments/", {"limit": "many"}, "limit", "from 1 to 100"),
        ("commitments/", {"q": "a" * 201}, "q", "200 characters"),
        ("commitments/", {"q": ["a", "b"]}, "q", "more than once"),
        ("evidence/", {"published_from": "yesterday"}, "published_from", "2026-11-30"),
        ("evidence/", {"relation": "likes"}, "relation", "progress"),
        ("measurements/", {"current": "maybe"}, "current", "true or false"),
        ("measurements/", {"series": "one"}, "series", "no number"),
        ("changes/", {"kind": "weather"}, "kind", "correction"),
        ("commitments/plant-trees/", {"x": "1"}, "x", "There are: none"),
    ],
)
def test_a_wrong_question_is_refused_with_a_sentence(
    client: Client, record: Record, path: str, asked: dict[str, object], parameter: str, said: str
) -> None:
    problem = refused(client, path, **asked)
    assert (problem["status"], problem["parameter"]) == (400, parameter)
    assert said in problem["detail"]


def test_a_cursor_of_another_order_is_refused(client: Client, record: Record) -> None:
    following = get(client, "commitments/", limit=1)["next"]
    cursor = following.partition("cursor=")[2]
    assert client.get(f"/api/v1/commitments/?sort=title&cursor={cursor}").status_code == 404
    assert "Start again" in refused(client, "commitments/", cursor="made-up")["detail"]


def test_nothing_is_listed_of_what_does_not_exist(client: Client, record: Record) -> None:
    for name in ("department", "area", "administration"):
        assert get(client, "commitments/", **{name: "nowhere"})["items"] == []
        assert get(client, "evidence/", **{name: "nowhere"})["items"] == []
    assert get(client, "commitments/", q="trees\0bridge")["items"] == []


@pytest.mark.parametrize("path", ["nothing/", "evidence/99999/", "evidence/x/", "evidence/9" + "9" * 40 + "/"])
def test_what_is_not_there_is_said_as_a_problem(client: Client, path: str) -> None:
    assert refused(client, path)["status"] == 404


def test_what_has_not_changed_is_not_sent_again(client: Client, record: Record, time_machine: Any) -> None:
    time_machine.move_to(timezone.now() + dt.timedelta(seconds=10))
    first = client.get("/api/v1/commitments/")
    again = client.get("/api/v1/commitments/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    dated = client.get("/api/v1/commitments/", headers={"If-Modified-Since": first["Last-Modified"]})
    assert dated.status_code == 304
    decisions.change_status(record.bridge, "in_progress", make.user(), "Begun.", timezone.localdate())
    assert client.get("/api/v1/commitments/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_what_changed_since_is_sent_though_only_a_date_is_given(client: Client, record: Record) -> None:
    long_ago = http_date(0)
    assert client.get("/api/v1/evidence/", headers={"If-Modified-Since": long_ago}).status_code == 200


def test_it_can_be_read_from_any_site_and_written_from_none(client: Client, record: Record) -> None:
    assert client.get("/api/v1/commitments/")["Access-Control-Allow-Origin"] == "*"
    asking = client.options("/api/v1/commitments/", headers={"Origin": "https://elsewhere.example"})
    assert (asking.status_code, asking["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    strict = Client(enforce_csrf_checks=True)
    for method in ("post", "put", "patch", "delete"):
        response = getattr(strict, method)("/api/v1/commitments/")
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert response.json()["status"] == 405
    assert client.head("/api/v1/commitments/").content == b""


def test_who_asks_too_often_is_told_when_to_come_back(client: Client, settings: Any, time_machine: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    time_machine.move_to(dt.datetime(2026, 11, 30, 12, 0, 20, tzinfo=dt.UTC), tick=False)
    left = [client.get("/api/v1/sources/")["RateLimit"] for _ in range(3)]
    assert left == ['"per-client";r=2;t=40', '"per-client";r=1;t=40', '"per-client";r=0;t=40']
    refusal = client.get("/api/v1/sources/")
    assert (refusal.status_code, refusal["Retry-After"]) == (429, "40")
    assert refusal["RateLimit-Policy"] == '"per-client";q=3;w=60'
    assert "in 40 seconds" in refusal.json()["detail"]
    assert client.get("/api/v1/sources/", REMOTE_ADDR="198.51.100.7").status_code == 200, "others are not to blame"
    time_machine.shift(40)
    assert client.get("/api/v1/sources/").status_code == 200


def test_one_ipv6_client_has_one_count_whatever_address_it_takes(client: Client, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    assert client.get("/api/v1/sources/", REMOTE_ADDR="2001:db8:1:2::1").status_code == 200
    assert client.get("/api/v1/sources/", REMOTE_ADDR="2001:db8:1:2::beef").status_code == 429
