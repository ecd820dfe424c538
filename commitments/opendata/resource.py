"""A kind of thing that the API lists: its fields, by what it can be filtered and sorted, and how it is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet

from commitments.showing import Showing

from . import paging
from .fields import DAY, FLAG, TEXT, Field, Schema, row
from .problems import bad_parameter

LONGEST_PAGE, USUAL_PAGE = 100, 25


@dataclass(frozen=True)
class Filter:
    """A query parameter that narrows a list. `apply` takes rows and the text given, and may raise a Problem; without
    it, the resource sees to it in `select` or `page`."""

    name: str
    schema: Schema
    meaning: str
    apply: Callable[[Any, str], Any] | None = None


@dataclass(frozen=True)
class Order:
    meaning: str
    by: tuple[paging.Key, ...]


@dataclass(frozen=True)
class Moment:
    """What one answer is built from: the day, and what may be shown."""

    on: dt.date
    show: Showing


class Resource:
    """One kind of thing. `one` names it in the singular; `key_meaning` says what an address of one holds."""

    name: ClassVar[str]
    one: ClassVar[str]
    meaning: ClassVar[str]
    key_meaning: ClassVar[str] = ""
    key_schema: ClassVar[Schema] = TEXT
    fields: ClassVar[tuple[Field, ...]]
    #: By name; the first is taken unless another is asked for.
    orders: ClassVar[Mapping[str, Order]]
    #: Whether it tells what the watch notes for itself, such as when a source was last looked at.
    shows_the_watch: ClassVar[bool] = False

    def filters(self) -> Sequence[Filter]:
        return ()

    def things(self, moment: Moment) -> QuerySet[Any]:
        """All that the public may see, with what `complete` needs."""
        raise NotImplementedError

    def complete(self, found: list[Any], moment: Moment) -> list[Any]:
        """The same things as the fields take them, with what they need beyond the query."""
        return found

    def find(self, key: str, moment: Moment) -> Any | None:
        """The one thing of this key with what all fields need; None if the public has none."""
        raise NotImplementedError

    @property
    def default_order(self) -> str:
        return next(iter(self.orders))

    @property
    def listed(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if not field.whole)

    @property
    def has_more_when_alone(self) -> bool:
        return self.listed != self.fields

    def select(self, asked: Mapping[str, str], moment: Moment) -> QuerySet[Any]:
        """What is left after the filters asked for. Problem for a value that means nothing."""
        things = self.things(moment)
        for each in self.filters():
            if each.apply is not None and each.name in asked:
                things = each.apply(things, asked[each.name])
        return things

    def order(self, asked: Mapping[str, str]) -> str:
        name = asked.get("sort", self.default_order)
        if name not in self.orders:
            raise bad_parameter("sort", f"“{name}” is no order. It can be one of {', '.join(self.orders)}.")
        return name

    def page(
        self, asked: Mapping[str, str], moment: Moment, after: Sequence[Any], limit: int
    ) -> tuple[list[Any], list[Any]]:
        """So many things after a place, and the place of the next page; empty at the end."""
        by = self.orders[self.order(asked)].by
        found, following = paging.page(self.select(asked, moment), by, after, limit)
        return self.complete(found, moment), following

    def row(self, of: Any) -> dict[str, Any]:
        """A thing as lists tell it."""
        return row(self.listed, of)


def day_given(name: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise bad_parameter(name, f"“{text}” is no day. Write it as 2026-11-30.") from error


def days(column: str, what: str) -> list[Filter]:
    """Filters by the day of a column: from one on, up to another."""

    def filter_by(end: str, lookup: str, words: str) -> Filter:
        name = f"{what}_{end}"

        def apply(things: Any, text: str) -> Any:
            return things.filter(**{f"{column}__{lookup}": day_given(name, text)})

        return Filter(name, DAY, f"{what.capitalize()} on this day or {words}.", apply)

    return [filter_by("from", "gte", "later"), filter_by("to", "lte", "earlier")]


def choice(name: str, schema: Schema, meaning: str, column: str) -> Filter:
    """A filter by one of the values that a column can have."""

    def apply(things: Any, text: str) -> Any:
        if text not in schema["enum"]:
            raise bad_parameter(name, f"“{text}” is not known here. It can be one of {', '.join(schema['enum'])}.")
        return things.filter(**{column: text})

    return Filter(name, schema, meaning, apply)


def flag(name: str, meaning: str, apply: Callable[[Any, bool], Any]) -> Filter:
    def applied(things: Any, text: str) -> Any:
        if text not in ("true", "false"):
            raise bad_parameter(name, f"Write true or false, not “{text}”.")
        return apply(things, text == "true")

    return Filter(name, FLAG, meaning, applied)
