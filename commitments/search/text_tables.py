"""The tables in which the database looks for words: of accepted evidence, and of releases in their latest revision.

A table has a row by the key of each thing, with two parts: `always`, which may be shown whatever the licence of its
source, and `whole`, which may be where all of the text may be. PostgreSQL keeps both as one tsvector, of which
`always` has the weight A; SQLite has them as columns of an FTS5 table. Triggers keep them as the record is; whoever
changes what they hold (`plain`, a source of words) clears them in a migration, and they are filled again after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import connections

from commitments import row_triggers
from commitments.row_triggers import Watched
from commitments.showing import SHORT_QUOTE_WORDS

from .words import PREFIXES, plain

#: Letters of a text that are searched. A tsvector holds a megabyte, and an entry takes more than its word.
MOST_LETTERS = 250_000

_BEGINNING = rf"^\s*(?:\S+\s+){{0,{SHORT_QUOTE_WORDS - 1}}}\S+"


@dataclass(frozen=True)
class Table:
    """A table of words: its name, what it holds as `id`, `always` and `whole`, and whose changes it follows."""

    name: str
    source: str
    watched: tuple[Watched, ...]


EVIDENCE = Table(
    "commitments_evidence_words",
    "SELECT id, pledgewatch_beginning(quote) AS always, "
    "substr(quote, length(pledgewatch_beginning(quote)) + 1) AS whole "
    "FROM commitments_evidence WHERE state = 'accepted'",
    (Watched("commitments_evidence", columns=("state", "quote"), only="{row}.state = 'accepted'"),),
)
RELEASES = Table(
    "commitments_release_words",
    "SELECT id, title AS always, coalesce((SELECT text FROM tracker_revision "
    "WHERE release_id = tracker_release.id ORDER BY number DESC LIMIT 1), '') AS whole FROM tracker_release",
    (
        Watched("tracker_release", columns=("title",)),
        Watched("tracker_revision", "release_id", columns=("release_id", "number", "text")),
    ),
)
TABLES = (EVIDENCE, RELEASES)


def prepare_connection(connection: Any, **kwargs: object) -> None:
    """Give a new SQLite connection the functions that its triggers ask."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("pledgewatch_plain", 1, plain, deterministic=True)
        connection.connection.create_function("pledgewatch_beginning", 1, _beginning, deterministic=True)


def _beginning(quote: str) -> str:
    found = re.match(_BEGINNING, quote)
    return found.group() if found else ""


def remove(using: str, **kwargs: object) -> None:
    """Take the triggers away, as before a migration that alters their tables."""
    for table in TABLES:
        row_triggers.remove(connections[using], table.name, table.watched)


def install(using: str, **kwargs: object) -> None:
    """Put the triggers in place, and fill in what is not there yet; safe to repeat."""
    database = connections[using]
    existing = set(database.introspection.table_names())
    if not {table.name for table in TABLES} <= existing:
        return  # a migration to an earlier state
    is_postgresql = database.vendor == "postgresql"
    with database.cursor() as cursor:
        for function in _FUNCTIONS if is_postgresql else ():
            cursor.execute(function)
    for table in TABLES:
        put = _postgresql(table) if is_postgresql else _sqlite(table)
        row_triggers.install(database, table.name, table.watched, _again(table, put, is_postgresql=is_postgresql))
        with database.cursor() as cursor:
            cursor.execute(f"{put} WHERE id NOT IN (SELECT rowid FROM {table.name})")  # noqa: S608


def _again(table: Table, put: str, *, is_postgresql: bool) -> str:
    """Statements that put in what there is of a key now."""
    if not is_postgresql:
        return f"DELETE FROM {table.name} WHERE rowid = {{key}}; {put} WHERE id = {{key}}"  # noqa: S608
    # Another transaction may have put it in meanwhile.
    return (
        f"DELETE FROM {table.name} WHERE rowid = {{key}} "  # noqa: S608
        f"AND NOT EXISTS (SELECT FROM ({table.source}) AS there WHERE id = {{key}}); "
        f"{put} WHERE id = {{key}} ON CONFLICT (rowid) DO UPDATE SET words = excluded.words"
    )


def _sqlite(table: Table) -> str:
    return (
        f"INSERT INTO {table.name} (rowid, always, whole) "  # noqa: S608
        f"SELECT id, pledgewatch_plain(always), pledgewatch_plain(substr(whole, 1, {MOST_LETTERS})) "
        f"FROM ({table.source}) AS there"
    )


def _postgresql(table: Table) -> str:
    # Small words count as places, so that no phrase runs over from one part into the other.
    return (
        f"INSERT INTO {table.name} (rowid, words) "  # noqa: S608
        f"SELECT id, setweight(to_tsvector('english', pledgewatch_plain(always)), 'A') || "
        f"to_tsvector('english', 'the the the the the ' || pledgewatch_plain(left(whole, {MOST_LETTERS}))) "
        f"FROM ({table.source}) AS there"
    )


#: What `plain` and `_beginning` do.
_FUNCTIONS = (
    rf"""
CREATE OR REPLACE FUNCTION pledgewatch_plain(written text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
  SELECT btrim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(written),
    '\m({PREFIXES})[-‐‑](?=[[:alpha:]])', '\1', 'g'),
    '[''’]s\M', '', 'g'),
    '(\d),(?=\d)', '\1', 'g'),
    '\m([bcdfghjklmnpqrstvwxz]{{2,6}})s\M', '\1', 'g'),
    '[^[:alnum:]]+', ' ', 'g'))
$$""",
    rf"""
CREATE OR REPLACE FUNCTION pledgewatch_beginning(quote text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT coalesce(substring(quote from '{_BEGINNING}'), '') $$""",  # noqa: S608
)
