"""The API described: for programs as OpenAPI 3.1, and the same for people. Both follow from the declared fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from .addresses import public
from .answering import JSON, PROBLEM_JSON
from .fields import ADDRESS, TEXT, Field, Schema, in_words, list_of, maybe, thing
from .licence import LICENCE
from .parameters import parameters
from .problems import PROBLEM
from .resource import Resource
from .resources import RESOURCES

VERSION = "1.0"


def limits() -> str:
    """How often one may ask, in a sentence."""
    return f"Only reading, without a key; at most {settings.API_REQUESTS_PER_MINUTE:,} requests a minute and client."


def root() -> dict[str, str]:
    """Where everything is, by name."""
    return {
        "docs": public("api-docs"),
        "openapi": public("api-openapi"),
        **{name: public("api-list", name) for name in RESOURCES},
    }


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    paths: dict[str, Any] = {
        "/": _path(
            "root",
            "Where everything is.",
            [],
            {"type": "object", "additionalProperties": ADDRESS},
        )
    }
    schemas: dict[str, Schema] = {"problem": thing(PROBLEM), "licence": thing(LICENCE)}
    for name, resource in RESOURCES.items():
        schemas[_schema_name(resource)] = thing(resource.listed)
        paths[f"/{name}/"] = _path(
            f"list_{name}",
            resource.meaning,
            [_parameter(each, "query", *told) for each, told in parameters(resource).items()],
            _page_of(resource),
        )
        if resource.key_meaning:
            if resource.has_more_when_alone:
                schemas[f"{_schema_name(resource)}_in_full"] = thing(resource.fields)
            paths[f"/{name}/{{key}}/"] = _path(
                f"show_{_schema_name(resource)}",
                f"One {resource.one}.",
                [_parameter("key", "path", resource.key_schema, resource.key_meaning)],
                _reference(f"{_schema_name(resource)}{'_in_full' if resource.has_more_when_alone else ''}"),
            )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.SITE_NAME}: the record",
            "version": VERSION,
            "description": f"What was promised in public, by when, and what became of it. {limits()}",
            "license": {"name": settings.DATA_LICENCE, "url": settings.DATA_LICENCE_URL},
        },
        "servers": [{"url": public("api-root").removesuffix("/")}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _schema_name(resource: Resource) -> str:
    return resource.one.replace(" ", "_")


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _page_of(resource: Resource) -> Schema:
    return thing(
        [
            Field("items", list_of(_reference(_schema_name(resource))), "So many of them.", lambda page: page),
            Field("next", maybe(ADDRESS), "Where the list goes on; nothing at its end.", lambda page: page),
            Field("licence", thing(LICENCE), "On what terms it may be used.", lambda page: page),
        ]
    )


def _parameter(name: str, place: str, schema: Schema, meaning: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "description": meaning, "schema": schema}


def _path(operation: str, meaning: str, of: list[dict[str, Any]], schema: Schema) -> dict[str, Any]:
    in_path = any(each["in"] == "path" for each in of)
    problems = {"400": "The request cannot be understood; `detail` says why.", "429": "Too many requests."}
    if of:
        problems["404"] = "There is no such thing, or it is not public." if in_path else "There is no such cursor."
    answers = {
        "200": {"description": "As asked for.", "content": {JSON: {"schema": schema}}, "headers": _headers()},
        "304": {"description": "Nothing has changed since."},
        **{
            status: {"description": meaning, "content": {PROBLEM_JSON: {"schema": _reference("problem")}}}
            for status, meaning in problems.items()
        },
    }
    if operation == "show_commitment":
        answers["301"] = {"description": "It was merged into another commitment, which is at this address."}
    return {"get": {"operationId": operation, "summary": meaning, "parameters": of, "responses": answers}}


def _headers() -> dict[str, Any]:
    told = {
        "ETag": "Send it back in If-None-Match; 304 says that nothing has changed.",
        "RateLimit-Policy": "How many requests (q) are answered in how many seconds (w).",
        "RateLimit": "How many requests are left (r), and for how many seconds that counts (t).",
    }
    return {name: {"description": meaning, "schema": TEXT} for name, meaning in told.items()}


@dataclass(frozen=True)
class ParameterInWords:
    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class ResourceInWords:
    """A kind of thing as the page for people tells it. `one` is empty where it cannot be asked for by itself."""

    name: str
    meaning: str
    address: str
    one: str
    key_meaning: str
    parameters: list[ParameterInWords]
    fields: list[Field]
    more_fields: list[Field]


@dataclass(frozen=True)
class Docs:
    base: str
    limits: str
    problem: tuple[Field, ...]
    resources: list[ResourceInWords]


def for_people() -> Docs:
    return Docs(
        base=public("api-root"),
        limits=limits(),
        problem=PROBLEM,
        resources=[
            ResourceInWords(
                name=name,
                meaning=resource.meaning,
                address=public("api-list", name),
                one=resource.one if resource.key_meaning else "",
                key_meaning=resource.key_meaning,
                parameters=[
                    ParameterInWords(each, in_words(schema), meaning)
                    for each, (schema, meaning) in parameters(resource).items()
                ],
                fields=list(resource.listed),
                more_fields=[field for field in resource.fields if field.whole],
            )
            for name, resource in RESOURCES.items()
        ],
    )
