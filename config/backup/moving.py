"""From SQLite to PostgreSQL without a file between: rows are read there, written here, and both sides are hashed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import environ
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from . import Refused, restoring, tables
from .rows import Digest, Form
from .tables import Proof

TARGET = "moved to"
_ROWS_AT_ONCE = 500


def to_postgres(
    url: str, *, using: str = DEFAULT_DB_ALIAS, tell: Callable[[str], None] = lambda said: None
) -> list[Proof]:
    """Copy all rows into an empty PostgreSQL and compare. Nobody writes to the SQLite meanwhile, nor do we.

    Refused, or any other error, leaves the PostgreSQL without rows; NotTheSame if it does not give back what it got.
    """
    if connections[using].vendor != "sqlite":
        raise Refused("The database in use is PostgreSQL already. To move it, use backup and restore.")
    with _at(url) as target:
        restoring.refuse_if_occupied(target)
        if tables.migrations(using) != tables.migrations_of_the_program():
            raise Refused("The SQLite is not at this version of the program: run migrate first.")
        if tables.migrations(using) != tables.migrations(target):
            tell("making the tables")
            _migrate(url)
        # SQLite's transactions are IMMEDIATE: who else writes waits until this one ends.
        with transaction.atomic(using=using), restoring.filling(target):
            read = {model._meta.db_table: _copy(using, target, model, tell) for model in tables.kept()}
            tell("reading it all back")
            return restoring.prove(target, {table: (digest.rows, digest.sha256) for table, digest in read.items()})


def _migrate(url: str) -> None:
    """In a process of its own, for which the database is the one in use: so migrations read and write no other."""
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", "--no-input", "--verbosity", "0"],
        env={**os.environ, "DATABASE_URL": url, "DATA_DIR": str(settings.DATA_DIR)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["it did not say why"])[-1]
        raise Refused(f"The tables could not be made in the PostgreSQL: {why}")


def _copy(using: str, target: str, model: Any, tell: Callable[[str], None]) -> Digest:
    tell(model._meta.db_table)
    digest = Digest(Form.of(model))
    rows = tables.rows(using, model)
    while batch := list(islice(rows, _ROWS_AT_ONCE)):
        for row in batch:
            digest.add(row)
        tables.put(target, model, batch)
    tables.number_on(target, model, tables.numbered(using, model) or 0)
    return digest


@contextmanager
def _at(url: str) -> Iterator[str]:
    """A database by its address, under an alias of its own."""
    if url.partition("://")[0] not in {"postgres", "postgresql"}:
        raise Refused("The address must be like postgres://user:password@host:5432/name.")
    try:
        described = environ.Env.db_url_config(url)
    except (ImproperlyConfigured, ValueError) as error:
        raise Refused(f"The address of the PostgreSQL cannot be read: {error}") from error
    whole = connections.configure_settings({DEFAULT_DB_ALIAS: described})
    connections.settings[TARGET] = whole[DEFAULT_DB_ALIAS]
    try:
        yield TARGET
    finally:
        connections[TARGET].close()
        del connections[TARGET]
        del connections.settings[TARGET]
