"""Whole tables of a database, read and written as they are: below models, signals and triggers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connections, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from . import Refused
from .rows import Digest, Form

#: Tables whose rows stay where they are, and why.
LEFT_OUT = {
    "django_session": "whoever is signed in signs in again, and a copy lets nobody in",
    "commitments_recordchange": "what is noted for running processes alone, and made anew",
}
#: What `migrate` itself fills in.
_FILLED_BY_MIGRATE = ("auth_group_permissions", "auth_group", "auth_permission", "django_content_type")
_ROWS_READ = 1_000


def kept() -> list[type[models.Model]]:
    """A model for each table that is copied, the tables between included, by name."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT
    }
    return [found[table] for table in sorted(found)]


def migrations(using: str) -> list[str]:
    """The migrations that have been applied, as in `tracker.0001_initial`."""
    return sorted(".".join(key) for key in MigrationRecorder(connections[using]).applied_migrations())


def migrations_of_the_program() -> list[str]:
    """Those that there are."""
    return sorted(".".join(key) for key in MigrationLoader(None).disk_migrations)


def rows(using: str, model: type[models.Model]) -> Iterator[list[Any]]:
    """Each row of a table, as `rows.Form` encodes it. Holds few at a time, within a transaction."""
    form = Form.of(model)
    names = [field.attname for field in model._meta.concrete_fields]
    queryset: models.QuerySet[Any] = models.QuerySet(model=model, using=using)
    for values in queryset.order_by("pk").values_list(*names).iterator(chunk_size=_ROWS_READ):
        yield form.encoded(values)


def digest(using: str, model: type[models.Model]) -> Digest:
    """What a table holds now, counted and hashed."""
    found = Digest(Form.of(model))
    for row in rows(using, model):
        found.add(row)
    return found


@dataclass(frozen=True)
class Proof:
    """What a table should hold and what it holds, by number of rows and hash."""

    table: str
    rows: int
    sha256: str
    rows_there: int
    sha256_there: str

    @property
    def holds(self) -> bool:
        return (self.rows, self.sha256) == (self.rows_there, self.sha256_there)


def compared(using: str, expected: Mapping[str, tuple[int, str]]) -> list[Proof]:
    """Every table read back, beside what it should hold."""
    found = []
    for model in kept():
        table = model._meta.db_table
        there = digest(using, model)
        found.append(Proof(table, *expected[table], there.rows, there.sha256))
    return found


def put(using: str, model: type[models.Model], encoded: Sequence[Sequence[Any]]) -> None:
    """Write some rows into a table. Refused if the database does not take one, with its own words."""
    database = connections[using]
    form = Form.of(model)
    fields = model._meta.concrete_fields
    prepared = (
        [_prepared(field, value, database) for field, value in zip(fields, form.decoded(row), strict=True)]
        for row in encoded
    )
    table = database.ops.quote_name(model._meta.db_table)
    columns = ", ".join(database.ops.quote_name(column) for column in form.columns)
    try:
        with database.cursor() as cursor:
            if database.vendor == "postgresql":
                with database.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in prepared:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(fields))
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(prepared))  # noqa: S608
    except (DatabaseError, ValueError, OverflowError) as error:
        raise Refused(f"{database.display_name} does not take a row of {model._meta.db_table}: {error}") from error


def numbered(using: str, model: type[models.Model]) -> int | None:
    """The last number that the database gave to a row, which may be gone since. None where it gives none."""
    if not isinstance(model._meta.auto_field, models.Field):
        return None
    database = connections[using]
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(f"SELECT last_value, is_called FROM {_sequence(cursor, model)}")  # noqa: S608
            last, is_called = cursor.fetchone()
            return int(last) if is_called else 0
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
        return int(found[0]) if found else 0


def number_on(using: str, model: type[models.Model], last: int) -> None:
    """Have the database go on after `last`, so that no number is given again."""
    if not last:
        return
    database = connections[using]
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("SELECT setval(%s, %s)", [_sequence(cursor, model), last])
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [model._meta.db_table, last])


def occupied(using: str) -> list[str]:
    """Tables that hold rows, but for those that `migrate` itself fills."""
    present = set(connections[using].introspection.table_names())
    wanted = [model for model in kept() if model._meta.db_table in present]
    return [
        model._meta.db_table
        for model in wanted
        if model._meta.db_table not in _FILLED_BY_MIGRATE and models.QuerySet(model=model, using=using).exists()
    ]


def clear_what_migrate_fills(using: str) -> None:
    database = connections[using]
    with database.cursor() as cursor:
        for table in _FILLED_BY_MIGRATE:
            cursor.execute(f"DELETE FROM {database.ops.quote_name(table)}")  # noqa: S608


@contextmanager
def as_of_now(using: str) -> Iterator[str]:
    """Within this block a database as it is now, by the alias that it gives: read alone, and nobody waits for it."""
    alias = f"{using} as of now"
    database = connections[using].copy(alias)
    options = database.settings_dict["OPTIONS"] = dict(database.settings_dict.get("OPTIONS", {}))
    options.pop("transaction_mode", None)  # SQLite's usual one would hold up all who write
    connections.settings[alias] = database.settings_dict
    connections[alias] = database
    try:
        with transaction.atomic(using=alias):
            with database.cursor() as cursor:
                if database.vendor == "postgresql":
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SELECT count(*) FROM django_migrations")  # from here on it stands still
            yield alias
    finally:
        database.close()
        del connections[alias]
        del connections.settings[alias]


def _prepared(field: Any, value: Any, database: Any) -> Any:
    if value is None and not field.null and isinstance(field, models.JSONField):
        return database.ops.adapt_json_value(None, field.encoder)  # JSON's own null
    return field.get_db_prep_save(value, connection=database)


def _sequence(cursor: Any, model: type[models.Model]) -> str:
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{model._meta.db_table}"', model._meta.pk.column])
    return str(cursor.fetchone()[0])
