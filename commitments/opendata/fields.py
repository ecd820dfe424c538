"""What is told of one thing: each field with its name, JSON Schema, meaning in words and where it comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Choices

from commitments.exports import number

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
FLAG: Schema = {"type": "boolean"}
WHOLE_NUMBER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
DAY: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}


@dataclass(frozen=True)
class Field:
    """One field. `of` takes the thing; `whole` fields are told only of one thing at a time, never in lists or CSV."""

    name: str
    schema: Schema
    meaning: str
    of: Callable[[Any], Any]
    whole: bool = False

    @property
    def kind(self) -> str:
        """What a value looks like, for people: "day", "whole number, or nothing"."""
        return in_words(self.schema)


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str) and "properties" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(choices: type[Choices] | Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(choices.values if isinstance(choices, type) else choices)}


def list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def thing(fields: Sequence[Field]) -> Schema:
    """An object with these fields, to which more may be added some day."""
    return {
        "type": "object",
        "properties": {field.name: {**field.schema, "description": field.meaning} for field in fields},
        "required": [field.name for field in fields],
    }


def row(fields: Iterable[Field], of: Any) -> dict[str, Any]:
    """A thing as JSON values by the names of the fields."""
    return {field.name: as_json(field.of(of)) for field in fields}


def rows(fields: Sequence[Field], of: Iterable[Any]) -> list[dict[str, Any]]:
    return [row(fields, each) for each in of]


def as_json(value: Any) -> Any:
    """Days and instants as ISO 8601 (instants in UTC), decimals as numbers."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return number(value)
    return value


_FORMATS = {"date": "day", "date-time": "instant", "uri": "address"}
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}


def in_words(schema: Schema) -> str:
    if "anyOf" in schema:
        return f"{in_words(schema['anyOf'][0])}, or nothing"
    kind = schema["type"]
    if isinstance(kind, list):
        inner = {**schema, "type": kind[0]}
        if "enum" in schema:
            inner["enum"] = [value for value in schema["enum"] if value is not None]
        return f"{in_words(inner)}, or nothing"
    if kind == "array":
        inside = in_words(schema["items"])
        return f"list ({inside})"
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    return _FORMATS.get(schema.get("format", ""), _TYPES[kind])
