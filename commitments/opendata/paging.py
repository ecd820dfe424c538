"""Pages that stay whole while rows come and go: each begins after the last row of the one before, not at a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from .fields import as_json
from .problems import not_found

_cursors = signing.Signer(salt="opendata.cursor")


@dataclass(frozen=True)
class Key:
    """A column by which rows are sorted. Rows without a value come last."""

    column: str
    descending: bool = False

    @property
    def order(self) -> OrderBy:
        column = F(self.column)
        return column.desc(nulls_last=True) if self.descending else column.asc(nulls_last=True)

    def past(self, value: Any) -> Q:
        """Rows that come later than those with this value."""
        if value is None:
            return Q(pk__in=())
        later = "lt" if self.descending else "gt"
        return Q(**{f"{self.column}__{later}": value}) | Q(**{f"{self.column}__isnull": True})

    def same(self, value: Any) -> Q:
        return Q(**({f"{self.column}__isnull": True} if value is None else {self.column: value}))


def keys(by: Sequence[str | OrderBy]) -> tuple[Key, ...]:
    """The keys of an order as `order_by` takes it. TypeError where it is not by columns."""
    return tuple(_key(each) for each in by)


def _key(by: str | OrderBy) -> Key:
    if isinstance(by, str):
        return Key(by.lstrip("-"), by.startswith("-"))
    if not isinstance(by.expression, F):
        raise TypeError(f"{by} is no order by a column.")
    return Key(by.expression.name, by.descending)  # type: ignore[attr-defined]


def page(things: QuerySet[Any], by: tuple[Key, ...], after: Sequence[Any], limit: int) -> tuple[list[Any], list[Any]]:
    """So many rows in order after a place, and the place at which the next page begins; empty at the end.

    The last key must tell all rows apart.
    """
    if after:
        things = things.filter(_past(by, after))
    found = list(things.order_by(*(key.order for key in by))[: limit + 1])
    if len(found) <= limit:
        return found, []
    return found[:limit], [as_json(_value(found[limit - 1], key.column)) for key in by]


def _past(by: tuple[Key, ...], after: Sequence[Any]) -> Q:
    (key, *others), (value, *values) = by, after
    later = key.past(value)
    return later | (key.same(value) & _past(tuple(others), values)) if others else later


def _value(of: Any, column: str) -> Any:
    for name in column.split("__"):
        of = getattr(of, name)
    return of


def write_cursor(listing: str, place: Sequence[Any]) -> str:
    """A place in a listing, as a text that only we can make. `listing` says which list in which order."""
    return _cursors.sign_object([listing, *place])


def read_cursor(listing: str, cursor: str) -> list[Any]:
    """Problem where it was not given out for this listing."""
    try:
        content: list[Any] = _cursors.unsign_object(cursor)
    except (signing.BadSignature, ValueError) as error:
        raise not_found("This cursor was not given out here. Start again without it.") from error
    written_for, *place = content
    if written_for != listing:
        raise not_found("This cursor belongs to another list or order. Start again without it.")
    return place
