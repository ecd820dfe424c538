"""Where in a sheet the names of its columns stand: below title rows, in one row or under headings of groups. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: Names that stand further down are not looked for.
ROWS_LOOKED_AT = 25
#: Between the heading of a group and the name of a column in it.
WITHIN = " – "

Cells = Sequence[object]


@dataclass(frozen=True)
class Header:
    """The names of the columns from left to right, "" where there is none, and where the rows begin (an index)."""

    names: tuple[str, ...]
    first_row: int


def find(rows: Sequence[Cells], field_of: Callable[[str], str]) -> Header:
    """The header of a sheet, given as rows of cells, in which a merged cell's value may stand in each that it covers.

    It is the row, or the two, that name most fields, by `field_of` ("" for none); where no row names any, the first
    that looks like names.
    """
    best, most = _first_like_names(rows), 0
    for index in range(min(len(rows), ROWS_LOOKED_AT)):
        candidates = _candidates(rows, index)
        if any(map(field_of, candidates[0].names)):  # then it is no row of cells, and its groups belong to its names
            candidates.reverse()
        for header in candidates:
            named = len({field_of(name) for name in header.names} - {""})
            if named > most:
                best, most = header, named
    return best


def parts(name: str) -> list[str]:
    """A column's name, and the names that it is made of."""
    return list(dict.fromkeys([name, *reversed(name.split(WITHIN))]))


def _candidates(rows: Sequence[Cells], index: int) -> list[Header]:
    below = [_text(cell) for cell in rows[index]]
    found = [Header(tuple(below), index + 1)]
    above = _spread([_text(cell) for cell in rows[index - 1]], below) if index else []
    groups = [group for group, name in zip(above, below, strict=False) if name]
    # What stands over all of them alike is a title.
    if len(set(groups)) > 1 and len(set(groups) - {""}) < len([group for group in groups if group]):
        names = [WITHIN.join(dict.fromkeys(part for part in pair if part)) for pair in zip(above, below, strict=False)]
        found.append(Header(tuple(names), index + 1))
    return found


def _spread(above: list[str], below: list[str]) -> list[str]:
    """Headings of groups, each over the names that stand right of it where the cells beside it were merged with it."""
    wide, group = [], ""
    for place, name in enumerate(below):
        group = "" if place >= len(above) else above[place] or (group if name else "")
        wide.append(group)
    return wide


def _first_like_names(rows: Sequence[Cells]) -> Header:
    for index, row in enumerate(rows[:ROWS_LOOKED_AT]):
        names = tuple(_text(cell) for cell in row)
        if len({name for name in names if name}) > 1 and all(isinstance(cell, str) for cell in row if cell != ""):
            return Header(names, index + 1)
    return Header(tuple(_text(cell) for cell in rows[0]) if rows else (), 1)


def _text(cell: object) -> str:
    return " ".join(str(cell).split())
