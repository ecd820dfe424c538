"""Rows as CSV (RFC 4180, UTF-8), harmless in a spreadsheet and whole when read back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .fields import Field

#: A spreadsheet takes what begins so for a formula and runs it. An apostrophe before it makes it text.
_FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
SHIELD = "'"


class _Line:
    """What csv.writer writes to, one line at a time."""

    def write(self, line: str) -> str:
        return line


def lines(fields: Sequence[Field], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The heading, then a line a row."""
    writer = csv.writer(_Line())
    names = [field.name for field in fields]
    yield writer.writerow(names)
    for row in rows:
        yield writer.writerow([cell(row[name]) for name in names])


def cell(value: Any) -> str:
    """A JSON value as a cell: null is empty, lists and objects stay JSON, what looks like a formula is shielded.

    Text that begins with an apostrophe gets another, so that taking one away always gives the text back.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"{SHIELD}{value}" if _needs_shield(value) else value
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _needs_shield(text: str) -> bool:
    return text.startswith((SHIELD, "\t", "\r", "\n")) or text.lstrip().startswith(_FORMULAS)
