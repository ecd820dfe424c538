"""Triggers by which the database does something of its own for rows that have changed, whatever the way in.

They are taken away before a migration that may alter their tables, and put in place after it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

_EVENTS: Collection[str] = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Watched:
    """Rows of a table whose changes matter: by which key, and for which columns of a changed row.

    `key` is the column with the key of what changed; without one the statements are done with the key 0. With `only`,
    a condition on a row: what it does not hold for, before and after, does not matter.
    """

    table: str
    key: str = "id"
    columns: tuple[str, ...] = ()
    only: str = ""


def remove(database: Any, name: str, watched: Sequence[Watched]) -> None:
    tables = set(database.introspection.table_names())
    with database.cursor() as cursor:
        for one in watched:
            for event in _EVENTS if one.table in tables else ():
                on_table = f" ON {one.table}" if database.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(name, one, event)}{on_table}")


def install(database: Any, name: str, watched: Sequence[Watched], statements: str) -> None:
    """Have SQL statements, with `{key}` in them, done for each key of what has changed; safe to repeat."""
    remove(database, name, watched)
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(
                _FUNCTION.format(
                    name=name, before=statements.format(key="before"), after=statements.format(key="after")
                )
            )
        for one in watched:
            for event in _EVENTS:
                made = _postgresql if database.vendor == "postgresql" else _sqlite
                cursor.execute(made(name, one, event, statements))


def _name(name: str, one: Watched, event: str) -> str:
    return f"{name}_{one.table}_{event}".lower()


def _when(one: Watched, event: str) -> str:
    rows = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[event]
    conditions = [" OR ".join(one.only.format(row=row) for row in rows)] if one.only else []
    if event == "UPDATE" and one.columns:
        conditions.append(" OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in one.columns))
    return f"WHEN ({' AND '.join(f'({condition})' for condition in conditions)})" if conditions else ""


def _sqlite(name: str, one: Watched, event: str, statements: str) -> str:
    rows = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[event]
    keys = [f"{row}.{one.key}" for row in rows] if one.key else ["0"]
    if one.key == "id":
        del keys[1:]  # it does not change
    done = "; ".join(statements.format(key=key) for key in keys)
    when = _when(one, event).replace("IS DISTINCT FROM", "IS NOT")
    return f"CREATE TRIGGER {_name(name, one, event)} AFTER {event} ON {one.table} {when} BEGIN {done}; END"


def _postgresql(name: str, one: Watched, event: str, statements: str) -> str:
    return (
        f"CREATE TRIGGER {_name(name, one, event)} AFTER {event} ON {one.table} FOR EACH ROW {_when(one, event)} "
        f"EXECUTE FUNCTION pledgewatch_{name}('{one.key}')"
    )


_FUNCTION = """
CREATE OR REPLACE FUNCTION pledgewatch_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before bigint;
  after bigint;
BEGIN
  IF TG_ARGV[0] = '' THEN
    after := 0;
  ELSE
    IF TG_OP <> 'INSERT' THEN EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO before USING OLD; END IF;
    IF TG_OP <> 'DELETE' THEN EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO after USING NEW; END IF;
  END IF;
  IF before IS NOT NULL THEN
    {before};
  END IF;
  IF after IS NOT NULL AND after IS DISTINCT FROM before THEN
    {after};
  END IF;
  RETURN NULL;
END $$
"""
