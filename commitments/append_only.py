"""Tables whose rows are history: the database itself refuses to change or delete them.

SQLite and PostgreSQL both guard with a trigger. The only way past is `erasing()`, used where whole
demonstration records are removed and where tests clear their tables. SQLite asks a function that only
our own connections define, so any other program that opens the file is refused as well.

Guards are put in place after every `migrate`, because SQLite drops a table's triggers when a migration
rebuilds the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, connections, transaction

TABLES = (
    "commitments_definition",
    "commitments_target",
    "commitments_targetcomponent",
    "commitments_statuschange",
    "commitments_decision",
    "commitments_withholding",
    "commitments_linkerversion",
    "commitments_linkerswitch",
    "commitments_auditentry",
)

_erasing: ContextVar[bool] = ContextVar("erasing", default=False)


@contextmanager
def erasing() -> Iterator[None]:
    """Within this block, and its transaction, history may be deleted (never updated)."""
    with transaction.atomic():
        token = _erasing.set(True)
        try:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('pledgewatch.erasing', 'on', true)")
            yield
        finally:
            _erasing.reset(token)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('pledgewatch.erasing', 'off', true)")


def prepare_connection(connection: Any, **kwargs: object) -> None:
    """Give a new SQLite connection the function that its triggers ask."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("pledgewatch_erasing", 0, lambda: int(_erasing.get()))


def install_guards(using: str, **kwargs: object) -> None:
    """Put the triggers in place; safe to repeat."""
    database = connections[using]
    existing = set(database.introspection.table_names())
    statements = _POSTGRESQL if database.vendor == "postgresql" else _SQLITE
    with database.cursor() as cursor:
        for table in TABLES:
            if table in existing:
                for statement in statements:
                    cursor.execute(statement.format(table=table))


_SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table} is append-only: add a further entry instead'); END""",
    """CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table}
       WHEN NOT pledgewatch_erasing()
       BEGIN SELECT RAISE(ABORT, '{table} is append-only: add a further entry instead'); END""",
)

_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION pledgewatch_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'DELETE' AND current_setting('pledgewatch.erasing', true) = 'on' THEN RETURN OLD; END IF;
         RAISE EXCEPTION '% is append-only: add a further entry instead', TG_TABLE_NAME
           USING ERRCODE = 'integrity_constraint_violation';
       END $$""",
    "DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
    """CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
       FOR EACH ROW EXECUTE FUNCTION pledgewatch_append_only()""",
)
