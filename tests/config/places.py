"""Databases of either kind with a data folder each, of which one at a time is the one in use."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import environ
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings

from commitments.models import AuditEntry
from tests.servers import postgres_database

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
SQLITE_FILE = "it.sqlite3"


def sqlite_url(data: Path) -> str:
    return f"sqlite:///{data / SQLITE_FILE}"


@dataclass(frozen=True)
class Place:
    url: str
    data: Path

    @property
    def vendor(self) -> str:
        return self.url.partition(":")[0]


@contextmanager
def at(place: Place) -> Iterator[None]:
    """Within this block the place is the default database, with real commits, and the data folder."""
    described = environ.Env.db_url_config(place.url)
    if place.vendor == "sqlite":
        described["OPTIONS"] = dict(SQLITE_OPTIONS)
    before, settings_before = connections["default"], connections.settings["default"]
    connections.settings["default"] = connections.configure_settings({"default": described})["default"]
    connections["default"] = connections.create_connection("default")
    ContentType.objects.clear_cache()
    try:
        with override_settings(DATA_DIR=place.data):
            yield
    finally:
        connections["default"].close()
        connections["default"], connections.settings["default"] = before, settings_before
        ContentType.objects.clear_cache()


class Places:
    """Makes places. The tables of each kind of database are made once."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made, self._open = folder, 0, ExitStack()
        self._templates: dict[str, Place] = {}
        if connection.vendor == "sqlite" and connection.is_in_memory_db():
            # The suite's own database has been made, and holds nothing between two tests but what the audit says of
            # the clearing up.
            self._templates["sqlite"] = made = self.without_tables("sqlite")
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(made.data / SQLITE_FILE)])
            _forget_what_was_cleared(made.data / SQLITE_FILE)

    def close(self) -> None:
        self._open.close()

    def without_tables(self, vendor: str) -> Place:
        self._made += 1
        data = self._folder / f"{self._made}"
        data.mkdir()
        (data / "secret_key").write_text(f"the key of {data}")
        return Place(sqlite_url(data) if vendor == "sqlite" else self._open.enter_context(postgres_database()), data)

    def empty(self, vendor: str) -> Place:
        if vendor not in self._templates:
            self._templates[vendor] = made = self.without_tables(vendor)
            with at(made):
                call_command("migrate", verbosity=0)
        return self.copy(self._templates[vendor])

    def copy(self, place: Place) -> Place:
        """Another place that holds the same."""
        self._made += 1
        data = self._folder / f"{self._made}"
        shutil.copytree(place.data, data)
        if place.vendor == "sqlite":
            return Place(sqlite_url(data), data)
        return Place(self._open.enter_context(postgres_database(place.url.rpartition("/")[2])), data)


def _forget_what_was_cleared(file: Path) -> None:
    table = AuditEntry._meta.db_table
    with closing(sqlite3.connect(file)) as database, database:
        guards = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        found = database.execute(guards, [table]).fetchall()
        for name, _ in found:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(f"DELETE FROM {table}")  # noqa: S608
        for _, made_by in found:
            database.execute(made_by)
