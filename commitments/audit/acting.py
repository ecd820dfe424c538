"""Who is at work, and by which door they came in, so that the database can write it beside what changed.

On SQLite the triggers ask functions that only our own connections define. On PostgreSQL each statement that writes
is signed by a comment at its very beginning, which the trigger reads: nothing is left behind on a connection that
another request will use, no transaction can roll it back, and a pool of connections between cannot mix it up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Actor:
    """`door` is as in "admin", "command poll" or "task tracker.prune"; `person` is the key of an account."""

    door: str = ""
    person: int | None = None


_NOBODY_WE_KNOW = Actor()
_at_work: ContextVar[Actor] = ContextVar("at_work", default=_NOBODY_WE_KNOW)
_DOOR = re.compile(r"[\w .-]*")
_WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|MERGE|WITH)\b", re.IGNORECASE)


@contextmanager
def acting(door: str, person: int | None = None) -> Iterator[None]:
    """Whatever is written within this block, in this thread, was written by this door and person."""
    if not _DOOR.fullmatch(door):
        raise ValueError(f"a door is named by words, dots and hyphens, not {door!r}")
    token = _at_work.set(Actor(door, person))
    try:
        with connection.execute_wrapper(_sign) if connection.vendor == "postgresql" else nullcontext():
            yield
    finally:
        _at_work.reset(token)


def _sign(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if isinstance(sql, str) and _WRITES.match(sql):
        actor = _at_work.get()
        sql = f"/*{actor.person or ''}/{actor.door}*/ {sql}"
    return execute(sql, params, many, context)


def prepare_connection(connection: Any, **kwargs: object) -> None:
    """Give a new SQLite connection the functions that its triggers ask."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("pledgewatch_person", 0, lambda: _at_work.get().person)
        connection.connection.create_function("pledgewatch_door", 0, lambda: _at_work.get().door)
