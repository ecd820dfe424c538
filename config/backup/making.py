"""Fills the file: the database as it is at one moment, then the files of the archive that it names.

Everything is read in one transaction that stands still while others write. The archive's files come after it began, so
each that it names was there. What the rules of retention give up while files are being read is noted as given up in the
rows of snapshots, which therefore come last.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.utils import timezone

from tracker.archive.storage import storage
from tracker.models import Snapshot

from . import Refused, container, tables
from .container import Member
from .rows import Digest, Form

#: Raised when a file of this program could not be read by the one before.
FORMAT = 1
HEADER, MANIFEST, SECRET_KEY = "header.json", "manifest.json", "secret_key"
TABLES, ARCHIVE = "tables", "archive"
_MEMBER_BYTES = 1024 * 1024


@dataclass
class Made:
    """What a backup holds: by table its rows, hash and last number; and files of the archive, with their bytes.

    `missing` are paths that the database names and where nothing lies.
    """

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(table["rows"] for table in self.tables.values())


def make(
    path: Path,
    encrypt_to: Sequence[str] = (),
    *,
    using: str = DEFAULT_DB_ALIAS,
    tell: Callable[[str], None] = lambda said: None,
) -> Made:
    """Write everything to a new file. Refused, or an OSError, leaves none."""
    if tables.migrations(using) != tables.migrations_of_the_program():
        raise Refused("The database is not at this version of the program: migrate it, or use its own version.")
    made = Made()
    with tables.as_of_now(using) as alias:
        container.write(path, _members(alias, using, made, tell), encrypt_to)
    return made


def _members(using: str, live: str, made: Made, tell: Callable[[str], None]) -> Iterator[Member]:
    others = [model for model in tables.kept() if model is not Snapshot]
    yield _json(
        HEADER,
        {
            "format": FORMAT,
            "made_at": timezone.now().astimezone(dt.UTC).isoformat(),
            "database": connections[using].vendor,
            "migrations": tables.migrations(using),
            "tables": {model._meta.db_table: Form.of(model).columns for model in tables.kept()},
            "left_out": tables.LEFT_OUT,
        },
    )
    if settings.SECRET_KEY_IS_THIS_MACHINES:
        yield Member(SECRET_KEY, (Path(settings.DATA_DIR) / SECRET_KEY).read_bytes())
    for model in others:
        tell(model._meta.db_table)
        yield from _table(using, model, tables.rows(using, model), made)
    tell("the archive")
    given_up: set[int] = set()
    yield from _archive(using, live, made, given_up, tell)
    tell(Snapshot._meta.db_table)
    yield from _table(using, Snapshot, _without(given_up, tables.rows(using, Snapshot)), made)
    yield _json(
        MANIFEST,
        {"tables": made.tables, "files": made.files, "file_bytes": made.file_bytes, "missing": made.missing},
    )


def _table(using: str, model: type[models.Model], rows: Iterable[list[Any]], made: Made) -> Iterator[Member]:
    table, digest = model._meta.db_table, Digest(Form.of(model))
    lines: list[bytes] = []
    size = part = 0
    for row in rows:
        digest.add(row)
        lines.append(json.dumps(row, separators=(",", ":")).encode("ascii") + b"\n")
        size += len(lines[-1])
        if size >= _MEMBER_BYTES:
            part += 1
            yield Member(f"{TABLES}/{table}/{part:06}.jsonl", b"".join(lines))
            lines, size = [], 0
    if lines:
        yield Member(f"{TABLES}/{table}/{part + 1:06}.jsonl", b"".join(lines))
    made.tables[table] = {"rows": digest.rows, "sha256": digest.sha256, "last": tables.numbered(using, model)}


def _archive(using: str, live: str, made: Made, given_up: set[int], tell: Callable[[str], None]) -> Iterator[Member]:
    named = Snapshot.objects.using(using).exclude(path="").order_by("pk")
    for key, path in named.values_list("pk", "path").iterator():
        try:
            with storage().open(path, "rb") as file:
                body = file.read()
        except FileNotFoundError:
            if Snapshot.objects.using(live).filter(pk=key, path=path).exists():
                made.missing.append(path)
            else:
                given_up.add(key)
            continue
        made.files += 1
        made.file_bytes += len(body)
        if made.files % 1000 == 0:
            tell(f"the archive: {made.files} files")
        yield Member(f"{ARCHIVE}/{path}", body)


def _without(given_up: set[int], rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    """Rows of snapshots, those whose bytes are gone as `tracker.archive.discard` leaves them."""
    form = Form.of(Snapshot)
    now = timezone.now().astimezone(dt.UTC).isoformat()
    gone = {"path": "", "base_id": None, "stored_bytes": 0, "discarded_at": now}
    for row in rows:
        if row[form.columns.index("id")] in given_up:
            row = [gone.get(column, value) for column, value in zip(form.columns, row, strict=True)]
        yield row


def _json(name: str, value: object) -> Member:
    return Member(name, json.dumps(value, indent=1).encode())
