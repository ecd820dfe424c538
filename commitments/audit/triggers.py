"""The triggers by which the database writes the audit, on SQLite and PostgreSQL alike.

They are taken away before every `migrate`, since neither database alters a table freely under triggers that name
its columns, and put in place after it. What a migration itself rewrites is not recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connections, models

from .audited import ADDED, AUDITED, CHANGED, REMOVED, Audited

_EVENTS = {ADDED: "INSERT", CHANGED: "UPDATE", REMOVED: "DELETE"}


def remove(using: str, **kwargs: object) -> None:
    """Take all triggers of the audit away."""
    database = connections[using]
    with database.cursor() as cursor:
        for name, table in _present(database):
            on_table = f" ON {database.ops.quote_name(table)}" if database.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on_table}")


def install(using: str, **kwargs: object) -> None:
    """Put the triggers in place; safe to repeat."""
    database = connections[using]
    existing = set(database.introspection.table_names())
    if not {audited.model._meta.db_table for audited in AUDITED} <= existing:
        return  # a migration to an earlier state, which had no audit
    is_postgresql = database.vendor == "postgresql"
    wanted = missing(using)
    with database.cursor() as cursor:
        if is_postgresql:
            cursor.execute(_FUNCTION)
        for audited in AUDITED:
            for deed in audited.deeds:
                if _name(audited, deed) in wanted:
                    cursor.execute(_postgresql(audited, deed) if is_postgresql else _sqlite(audited, deed))


def missing(using: str) -> set[str]:
    """The names of triggers that should be there and are not: all of them, where a migrate did not end well."""
    wanted = {_name(audited, deed) for audited in AUDITED for deed in audited.deeds}
    return wanted - {name for name, _ in _present(connections[using])}


def _present(database: Any) -> Iterable[tuple[str, str]]:
    """Names of the audit's triggers that are there, with their tables."""
    question = (
        "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
        " AND relnamespace = current_schema()::regnamespace"
        if database.vendor == "postgresql"
        else "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    )
    with database.cursor() as cursor:
        cursor.execute(question)
        return [(name, table) for name, table in cursor.fetchall() if name.startswith("audit_")]


def _name(audited: Audited, deed: str) -> str:
    return f"audit_{audited.model._meta.db_table}_{deed}"


def _column(audited: Audited, name: str) -> str:
    field: Any = audited.model._meta.get_field(name)
    return str(field.column)


def _whole(audited: Audited) -> str:
    """The label of the model that a row is part of."""
    related: Any = audited.model._meta.get_field(audited.part_of).related_model
    return str(related._meta.label_lower)


def _when(audited: Audited, deed: str) -> str:
    """The condition under which a row is recorded at all, or nothing."""
    conditions = []
    if deed == CHANGED:
        conditions.append(" OR ".join(f'OLD."{f.column}" IS DISTINCT FROM NEW."{f.column}"' for f in audited.fields))
    if audited.unless:
        name, value = audited.unless
        rows = {ADDED: ("NEW",), CHANGED: ("OLD", "NEW"), REMOVED: ("OLD",)}[deed]
        conditions.append(" OR ".join(f"{row}.\"{_column(audited, name)}\" <> '{value}'" for row in rows))
    return f"WHEN ({' AND '.join(f'({condition})' for condition in conditions)})" if conditions else ""


def _sqlite(audited: Audited, deed: str) -> str:
    meta = audited.model._meta
    row = "OLD" if deed == REMOVED else "NEW"
    named = f'substr({row}."{_column(audited, audited.named)}", 1, 300)' if audited.named else "''"
    part_of = f"'{_whole(audited)}/' || {row}.\"{_column(audited, audited.part_of)}\"" if audited.part_of else "''"
    return f"""CREATE TRIGGER {_name(audited, deed)} AFTER {_EVENTS[deed]} ON "{meta.db_table}"
        {_when(audited, deed).replace("IS DISTINCT FROM", "IS NOT")}
        BEGIN
          INSERT INTO commitments_auditentry (at, person_id, door, deed, model, key, name, part_of, changes)
          VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), pledgewatch_person(), pledgewatch_door(), '{deed}',
            '{meta.label_lower}', {row}."{meta.pk.column}", {named}, {part_of},
            (SELECT json_group_object(column1, json(column2)) FROM (VALUES {_sqlite_changes(audited, deed)})
             WHERE column3));
        END"""  # noqa: S608  names of our own models alone


def _sqlite_changes(audited: Audited, deed: str) -> str:
    """A row of name, before and after, and whether it counts, for each field."""
    rows = []
    for field in audited.fields:
        before = "NULL" if deed == ADDED else f'OLD."{field.column}"'
        after = "NULL" if deed == REMOVED else f'NEW."{field.column}"'
        if deed == CHANGED:
            counts = f"{before} IS NOT {after}"
        else:
            counts = f"coalesce({after if deed == ADDED else before}, '') <> ''"
        pair = (
            "json_array(NULL, NULL)"
            if field.name in audited.hidden
            else f"json_array({_as_json(field, before)}, {_as_json(field, after)})"
        )
        rows.append(f"('{field.name}', {pair}, {counts})")
    return ", ".join(rows) or "('', '', 0)"


def _as_json(field: models.Field, value: str) -> str:
    """A value of SQLite as PostgreSQL's to_jsonb has it."""
    if value == "NULL":
        return value
    if isinstance(field, models.JSONField):
        return f"json({value})"
    if isinstance(field, models.BooleanField):
        return f"json(CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    if isinstance(field, models.DateTimeField):
        return f"replace({value}, ' ', 'T') || '+00:00'"
    return value


def _postgresql(audited: Audited, deed: str) -> str:
    meta = audited.model._meta
    said = {
        "deed": deed,
        "model": meta.label_lower,
        "key": meta.pk.column,
        "named": _column(audited, audited.named) if audited.named else "",
        "whole": _whole(audited) if audited.part_of else "",
        "part_of": _column(audited, audited.part_of) if audited.part_of else "",
        "fields": {field.column: field.name for field in audited.fields},
        "hidden": list(audited.hidden),
    }
    return f"""CREATE TRIGGER {_name(audited, deed)} AFTER {_EVENTS[deed]} ON "{meta.db_table}"
        FOR EACH ROW {_when(audited, deed)}
        EXECUTE FUNCTION pledgewatch_audit('{json.dumps(said)}')"""


# The comment that signs a statement stands at its very beginning, where nothing that was typed in can come.
_FUNCTION = r"""
CREATE OR REPLACE FUNCTION pledgewatch_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said CONSTANT jsonb := TG_ARGV[0]::jsonb;
  signed CONSTANT text[] := regexp_match(left(current_query(), 200), '^/\*(\d*)/([\w .-]*)\*/');
  before CONSTANT jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
  after CONSTANT jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
  present CONSTANT jsonb := CASE WHEN TG_OP = 'DELETE' THEN before ELSE after END;
BEGIN
  INSERT INTO commitments_auditentry (at, person_id, door, deed, model, key, name, part_of, changes)
  VALUES (
    clock_timestamp(), NULLIF(signed[1], '')::bigint, coalesce(signed[2], ''), said->>'deed', said->>'model',
    present->>(said->>'key'),
    coalesce(left(present->>(said->>'named'), 300), ''),
    CASE WHEN said->>'part_of' = '' THEN '' ELSE (said->>'whole') || '/' || (present->>(said->>'part_of')) END,
    (SELECT coalesce(jsonb_object_agg(
        field.value,
        CASE WHEN said->'hidden' ? field.value THEN '[null, null]'
        ELSE jsonb_build_array(before->field.key, after->field.key) END), '{}')
      FROM jsonb_each_text(said->'fields') AS field
      WHERE CASE TG_OP
        WHEN 'UPDATE' THEN before->field.key IS DISTINCT FROM after->field.key
        ELSE coalesce(present->>field.key, '') <> '' END)
  );
  RETURN NULL;
END $$
"""
