"""Our fields, and which columns of somebody's file they are. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from commitments.bringing import headers

#: A column that is left.
LEFT = ""
#: Stands beside each row that is handed back; never a field.
REASON = "What is wrong"


@dataclass(frozen=True)
class Column:
    """A field of a kind of rows: its name in exports, what it is to people, and other names that it goes by."""

    name: str
    label: str
    also: tuple[str, ...] = ()
    example: str = ""


def field_of(columns: Sequence[Column]) -> Callable[[str], str]:
    """Which of these fields a column of a name could be; LEFT for none."""
    by_name = _by_name(columns)
    return lambda name: next(filter(None, (by_name.get(_plain(part), LEFT) for part in headers.parts(name))), LEFT)


def suggested(found: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """For each found column the field that its name suggests, each field once; LEFT where there is none."""
    by_name = _by_name(columns)
    mapping = dict.fromkeys(found, LEFT)
    taken: set[str] = set()
    # Whole names first: "Target – Date" is no "date" while another column is.
    for place in range(3):
        for name in found:
            parts = headers.parts(name)
            field = by_name.get(_plain(parts[place]), LEFT) if place < len(parts) else LEFT
            if field and not mapping[name] and field not in taken:
                mapping[name] = field
                taken.add(field)
    return mapping


def by_their_own_names(found: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Each found column that has exactly a field's name is that field; the others are left."""
    names = {column.name for column in columns}
    return {name: name if name in names else LEFT for name in found}


def mapped(row: Mapping[str, object], mapping: Mapping[str, str]) -> dict[str, object]:
    """A row by our fields."""
    return {mapping[name]: value for name, value in row.items() if mapping.get(name)}


def fingerprint(found: Sequence[str]) -> str:
    """The same for files that have the same columns, in whatever order."""
    return hashlib.sha256(json.dumps(sorted(name for name in found if name != REASON)).encode()).hexdigest()


def _by_name(columns: Sequence[Column]) -> dict[str, str]:
    names = {_plain(column.name): column.name for column in columns}
    for column in columns:
        for name in (column.label, *column.also):
            names.setdefault(_plain(name), column.name)
    return names


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()
