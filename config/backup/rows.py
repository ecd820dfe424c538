"""A row as a list that JSON holds without loss, the same whichever database it came from; and its hash. Pure."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models

_MICROSECOND = dt.timedelta(microseconds=1)
#: From here on PostgreSQL gives back a whole number where JSON had a float.
_WHOLE_FROM = 1e16

#: By the kind of a column: to JSON, and back. What is not named is the same in JSON.
_CODECS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "DecimalField": (lambda value: format(value, "f"), Decimal),
    "DateTimeField": (lambda value: value.astimezone(dt.UTC).isoformat(), dt.datetime.fromisoformat),
    "DateField": (lambda value: value.isoformat(), dt.date.fromisoformat),
    "TimeField": (lambda value: value.isoformat(), dt.time.fromisoformat),
    "DurationField": (lambda value: value // _MICROSECOND, lambda count: dt.timedelta(microseconds=count)),
    "UUIDField": (str, uuid.UUID),
    "BinaryField": (lambda value: base64.b64encode(bytes(value)).decode("ascii"), base64.b64decode),
}


@dataclass(frozen=True)
class Form:
    """The columns of a table, in order, and how their values are written."""

    columns: tuple[str, ...]
    kinds: tuple[str, ...]

    @classmethod
    def of(cls, model: type[models.Model]) -> Form:
        fields = model._meta.concrete_fields
        return cls(tuple(str(field.column) for field in fields), tuple(_kind(field) for field in fields))

    def encoded(self, values: Sequence[Any]) -> list[Any]:
        return [self._each(kind, value, 0) for kind, value in zip(self.kinds, values, strict=True)]

    def decoded(self, values: Sequence[Any]) -> list[Any]:
        """ValueError and the like where the values are not of these kinds."""
        return [self._each(kind, value, 1) for kind, value in zip(self.kinds, values, strict=True)]

    def _each(self, kind: str, value: Any, way: int) -> Any:
        codec = _CODECS.get(kind)
        return value if value is None or codec is None else codec[way](value)


class Digest:
    """Rows counted, and a hash of all of them whatever their order: the sum of each row's SHA-256, modulo 2²⁵⁶."""

    def __init__(self, form: Form) -> None:
        self.rows = 0
        self._sum = 0
        self._json_at = [at for at, kind in enumerate(form.kinds) if kind in {"JSONField", "FloatField"}]

    def add(self, encoded: Sequence[Any]) -> None:
        row = list(encoded)
        for at in self._json_at:
            row[at] = _as_either_keeps_it(row[at])
        written = json.dumps(row, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        self._sum += int.from_bytes(hashlib.sha256(written.encode("ascii")).digest(), "big")
        self.rows += 1

    @property
    def sha256(self) -> str:
        return f"{self._sum % 2**256:064x}"


def _kind(field: Any) -> str:
    while field.remote_field:
        field = field.target_field
    return str(field.get_internal_type())


def _as_either_keeps_it(value: Any) -> Any:
    """What both databases give back: whole numbers where a float in JSON is that large, and no minus zero."""
    if isinstance(value, float):
        if value == 0 or (abs(value) >= _WHOLE_FROM and value.is_integer()):
            return int(value) or 0.0
        return value
    if isinstance(value, list):
        return [_as_either_keeps_it(one) for one in value]
    if isinstance(value, dict):
        return {key: _as_either_keeps_it(one) for key, one in value.items()}
    return value
