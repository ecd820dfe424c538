"""The API is as it describes itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.test import Client
from jsonschema_rs import validator_for

from commitments.opendata.resources import RESOURCES

from . import open_record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_limit(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000


@pytest.fixture
def description(client: Client) -> Any:
    return client.get("/api/v1/openapi.json").json()


def answers(client: Client) -> Iterator[tuple[str, str]]:
    """Every path of the description with an address that answers."""
    yield "/", "/api/v1/"
    for name in RESOURCES:
        items = client.get(f"/api/v1/{name}/").json()["items"]
        yield f"/{name}/", f"/api/v1/{name}/"
        if name != "changes":
            key = next(items[0][each] for each in ("slug", "id") if each in items[0])
            yield f"/{name}/{{key}}/", f"/api/v1/{name}/{key}/"


def test_every_answer_is_as_described(client: Client, description: Any) -> None:
    open_record.write()
    seen = set()
    for path, address in answers(client):
        answer = description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        schema = {**answer, "components": description["components"]}
        validator_for(schema, validate_formats=True).validate(client.get(address).json())
        seen.add(path)
    told = client.get("/api/v1/commitments/plant-trees/").json()
    assert set(told) == set(description["components"]["schemas"]["commitment_in_full"]["properties"])
    assert seen == set(description["paths"])


def test_problems_are_as_described(client: Client, description: Any) -> None:
    problem = client.get("/api/v1/commitments/?colour=red").json()
    validator_for(description["components"]["schemas"]["problem"]).validate(problem)


def test_whatever_is_asked_is_answered_as_described(settings: Any, live_server: Any) -> None:
    settings.BASE_URL = live_server.url
    open_record.write()
    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/v1/openapi.json")
    for result in schema.get_all_operations():
        operation = result.ok()

        @hypothesis.settings(
            max_examples=8,
            deadline=None,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        )
        @hypothesis.given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            case.call_and_validate()

        holds()


def test_people_are_told_of_every_list_field_and_parameter(client: Client, description: Any) -> None:
    page = client.get("/api/v1/docs/").content.decode()
    names = set(re.findall(r"<code>(\w+)</code>", page))
    for resource in RESOURCES.values():
        assert f'id="{resource.name}"' in page
        assert {field.name for field in resource.fields} <= names
    for path in description["paths"].values():
        assert {each["name"] for each in path["get"]["parameters"] if each["in"] == "query"} <= names
