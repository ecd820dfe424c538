"""Follows what changes in the record: the database notes it by triggers, and copies in memory ask what is new.

Triggers see every way in: pages, commands, tasks, whole imports. A copy that asks before it answers is never behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections

from commitments.models.record_change import RecordChange
from commitments.row_triggers import Watched

from . import row_triggers

#: Changes kept. Who is further behind reads all anew; it takes that long to read about as many.
CHANGES_KEPT = 20_000
#: So many changes at once are not followed one by one.
MOST_FOLLOWED = 2_000

#: Stands for every key.
EVERY = 0

_LOG = "commitments_recordchange"
_NAME = "followed"


FOLLOWED = (
    Watched(
        "commitments_commitment",
        columns=(
            *("reference", "title", "keywords", "made_on", "publication", "publish_at", "merged_into_id"),
            *("department_id", "policy_area_id", "administration_id"),
        ),
    ),
    Watched("commitments_definition", "commitment_id"),
    Watched("commitments_statuschange", "commitment_id"),
    # What may be shown has changed, so what may be found has.
    Watched("commitments_withholding", key=""),
)


@dataclass(frozen=True)
class Place:
    """How far somebody has followed. Everything that began before `horizon` is known, and so is what is in `seen`."""

    horizon: int
    newest: tuple[int, int]
    seen: frozenset[int]


@dataclass(frozen=True)
class News:
    """The commitments that have changed since a place, or None where all are to be read anew; and the place now.

    The key `EVERY` stands for all of them.
    """

    changed: set[int] | None
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
        f"SELECT id, mark, key, moment, h FROM (SELECT {horizon} AS h) AS now "  # noqa: S608
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
    return News({what for key, _, what, *_ in rows if key not in place.seen and key != place.newest[0]}, now)


def _place(rows: Iterable[Any], horizon: int) -> Place | None:
    rows = list(rows)
    if not rows:
        return None
    newest = max(rows)
    return Place(horizon, (newest[0], newest[1]), frozenset(row[0] for row in rows if row[3] >= horizon))


def forget_old_changes() -> None:
    """Remove what nobody follows any more; the newest always stay."""
    newest = RecordChange.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is not None:
        RecordChange.objects.filter(pk__lte=newest - CHANGES_KEPT).delete()


def remove(using: str, **kwargs: object) -> None:
    """Take the triggers away, as before a migration that alters their tables."""
    row_triggers.remove(connections[using], _NAME, FOLLOWED)


def install(using: str, **kwargs: object) -> None:
    """Put the triggers in place, and note that something may have changed meanwhile; safe to repeat."""
    database = connections[using]
    if not {_LOG, *(one.table for one in FOLLOWED)} <= set(database.introspection.table_names()):
        return  # a migration to an earlier state
    moment, mark = (
        ("txid_current()", "(random() * 9007199254740991)::bigint")
        if database.vendor == "postgresql"
        else (f"(SELECT coalesce(max(id), 0) + 1 FROM {_LOG})", "random()")  # noqa: S608
    )
    noted = f"INSERT INTO {_LOG} (key, moment, mark) VALUES ({{key}}, {moment}, {mark})"  # noqa: S608
    row_triggers.install(database, _NAME, FOLLOWED, noted)
    with database.cursor() as cursor:
        # So that the log is never empty: who has read an empty one could not tell it from another.
        cursor.execute(f"DELETE FROM {_LOG}")  # noqa: S608
        cursor.execute(noted.format(key=EVERY))
