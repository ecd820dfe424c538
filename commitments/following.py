"""Follows what changes in the record: the database notes it by triggers, and copies in memory ask what is new.

Triggers see every way in: pages, commands, tasks, whole imports. A copy that asks before it answers is never behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections

from commitments.models.record_change import RecordChange

#: Changes kept. Who is further behind reads all anew; it takes that long to read about as many.
CHANGES_KEPT = 20_000
#: So many changes at once are not followed one by one.
MOST_FOLLOWED = 2_000

#: Stands for every key of a subject.
EVERY = 0

_LOG = "commitments_recordchange"
Subject = RecordChange.Subject


@dataclass(frozen=True)
class Followed:
    """Rows of a table that tell that a subject has changed: by which key, and for which columns of a changed row.

    Without a key all of the subject may have changed.

    With `only`, a condition on a row: what it does not hold for, before and after, is nobody's news.
    """

    table: str
    subject: Subject
    key: str = "id"
    columns: tuple[str, ...] = ()
    only: str = ""


FOLLOWED = (
    Followed(
        "commitments_commitment",
        Subject.COMMITMENT,
        columns=(
            *("reference", "title", "keywords", "made_on", "publication", "publish_at", "merged_into_id"),
            *("department_id", "policy_area_id", "administration_id"),
        ),
    ),
    Followed("commitments_definition", Subject.COMMITMENT, "commitment_id"),
    Followed("commitments_statuschange", Subject.COMMITMENT, "commitment_id"),
    Followed(
        "commitments_evidence",
        Subject.EVIDENCE,
        columns=("state", "quote", "commitment_id", "release_id"),
        only="{row}.state = 'accepted'",
    ),
    Followed("tracker_release", Subject.RELEASE, columns=("title", "published_at", "joined_to_id")),
    Followed(
        "tracker_revision", Subject.RELEASE, "release_id", columns=("release_id", "number", "text", "appearance_id")
    ),
    # What may be shown has changed, so what may be found has.
    *(Followed("commitments_withholding", subject, key="") for subject in Subject),
    *(Followed("tracker_source", subject, "", ("republish",)) for subject in (Subject.EVIDENCE, Subject.RELEASE)),
)


@dataclass(frozen=True)
class Place:
    """How far somebody has followed. Everything that began before `horizon` is known, and so is what is in `seen`."""

    horizon: int
    newest: tuple[int, int]
    seen: frozenset[int]


@dataclass(frozen=True)
class News:
    """What has changed since a place, as keys by subject, or None where all is to be read anew; and the place now.

    The key `EVERY` stands for all that a subject has.
    """

    changed: dict[str, set[int]] | None
    place: Place | None


def since(place: Place | None) -> News:
    """What has changed since `place`. One question, and another where all is to be read anew.

    A transaction that began early may end late, so that its changes appear behind others that were seen before: on
    PostgreSQL all that began since the oldest one that was still running are asked for again.
    """
    horizon = (
        "txid_snapshot_xmin(txid_current_snapshot())"
        if connection.vendor == "postgresql"
        else f"(SELECT coalesce(max(moment), 0) + 1 FROM {_LOG})"  # noqa: S608
    )
    which, values = ("WHERE moment >= %s OR id = %s", [place.horizon, place.newest[0]]) if place else ("", [])
    question = (
        f"SELECT id, mark, subject, key, moment, h FROM (SELECT {horizon} AS h) AS now "  # noqa: S608
        f"LEFT JOIN (SELECT * FROM {_LOG} {which} ORDER BY id DESC LIMIT {MOST_FOLLOWED + 1}) AS news ON TRUE"
    )
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        found = cursor.fetchall()
    rows = [row for row in found if row[0] is not None]
    now = _place(rows, found[0][-1])
    if place is None:
        return News(None, now)
    if len(rows) > MOST_FOLLOWED or place.newest not in {row[:2] for row in rows}:
        return since(None)  # where it was is no place any more
    changed: dict[str, set[int]] = {}
    for key, _, subject, what, *_ in rows:
        if key not in place.seen and key != place.newest[0]:
            changed.setdefault(subject, set()).add(what)
    return News(changed, now)


def _place(rows: Iterable[Any], horizon: int) -> Place | None:
    rows = list(rows)
    if not rows:
        return None
    newest = max(rows)
    return Place(horizon, (newest[0], newest[1]), frozenset(row[0] for row in rows if row[4] >= horizon))


def forget_old_changes() -> None:
    """Remove what nobody follows any more; the newest always stay."""
    newest = RecordChange.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is not None:
        RecordChange.objects.filter(pk__lte=newest - CHANGES_KEPT).delete()


# The triggers ----------------------------------------------------------------------------------------


def remove(using: str, **kwargs: object) -> None:
    """Take the triggers away, as before a migration that alters their tables."""
    database = connections[using]
    tables = set(database.introspection.table_names())
    with database.cursor() as cursor:
        for one in FOLLOWED:
            for event in _EVENTS if one.table in tables else ():
                on_table = f" ON {one.table}" if database.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(one, event)}{on_table}")


def install(using: str, **kwargs: object) -> None:
    """Put the triggers in place, and note that something may have changed meanwhile; safe to repeat."""
    database = connections[using]
    if not {_LOG, *(one.table for one in FOLLOWED)} <= set(database.introspection.table_names()):
        return  # a migration to an earlier state
    remove(using)
    is_postgresql = database.vendor == "postgresql"
    with database.cursor() as cursor:
        if is_postgresql:
            cursor.execute(_FUNCTION)
        for one in FOLLOWED:
            for event in _EVENTS:
                cursor.execute(_postgresql(one, event) if is_postgresql else _sqlite(one, event))
        # So that the log is never empty: who has read an empty one could not tell it from another.
        cursor.execute(f"DELETE FROM {_LOG}")  # noqa: S608
        cursor.execute(_noted("'commitment'", str(EVERY), is_postgresql=is_postgresql))


_EVENTS: Collection[str] = ("INSERT", "UPDATE", "DELETE")


def _name(one: Followed, event: str) -> str:
    return f"followed_{one.table}_{event}_{one.subject}".lower()


def _when(one: Followed, event: str) -> str:
    rows = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[event]
    conditions = [" OR ".join(one.only.format(row=row) for row in rows)] if one.only else []
    if event == "UPDATE" and one.columns:
        conditions.append(" OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in one.columns))
    return f"WHEN ({' AND '.join(f'({condition})' for condition in conditions)})" if conditions else ""


def _noted(subject: str, key: str, *, is_postgresql: bool) -> str:
    moment, mark = (
        ("txid_current()", "(random() * 9007199254740991)::bigint")
        if is_postgresql
        else (f"(SELECT coalesce(max(id), 0) + 1 FROM {_LOG})", "random()")  # noqa: S608
    )
    return f"INSERT INTO {_LOG} (subject, key, moment, mark) VALUES ({subject}, {key}, {moment}, {mark})"  # noqa: S608


def _sqlite(one: Followed, event: str) -> str:
    rows = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[event]
    keys = [f"{row}.{one.key}" for row in rows] if one.key else [str(EVERY)]
    if one.key == "id":
        del keys[1:]  # it does not change
    noted = "; ".join(_noted(f"'{one.subject.value}'", key, is_postgresql=False) for key in keys)
    when = _when(one, event).replace("IS DISTINCT FROM", "IS NOT")
    return f"CREATE TRIGGER {_name(one, event)} AFTER {event} ON {one.table} {when} BEGIN {noted}; END"


def _postgresql(one: Followed, event: str) -> str:
    return (
        f"CREATE TRIGGER {_name(one, event)} AFTER {event} ON {one.table} FOR EACH ROW {_when(one, event)} "
        f"EXECUTE FUNCTION pledgewatch_followed('{one.subject.value}', '{one.key}')"
    )


_FUNCTION = f"""
CREATE OR REPLACE FUNCTION pledgewatch_followed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before bigint;
  after bigint;
BEGIN
  IF TG_ARGV[1] = '' THEN
    {_noted("TG_ARGV[0]", str(EVERY), is_postgresql=True)};
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN EXECUTE format('SELECT ($1).%I', TG_ARGV[1]) INTO before USING OLD; END IF;
  IF TG_OP <> 'DELETE' THEN EXECUTE format('SELECT ($1).%I', TG_ARGV[1]) INTO after USING NEW; END IF;
  IF before IS NOT NULL THEN
    {_noted("TG_ARGV[0]", "before", is_postgresql=True)};
  END IF;
  IF after IS NOT NULL AND after IS DISTINCT FROM before THEN
    {_noted("TG_ARGV[0]", "after", is_postgresql=True)};
  END IF;
  RETURN NULL;
END $$
"""  # noqa: S608  names of our own alone
