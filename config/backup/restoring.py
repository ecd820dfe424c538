"""Empties the file into a database and an archive that hold nothing yet: all of it, or nothing.

First the whole file is compared with its seal. Then everything is written in one transaction, read back from the
database, and compared with the hashes that the backup was made with, before the transaction ends.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, models, transaction

from tracker.archive.storage import storage

from . import Refused, container, tables
from .container import Member
from .making import ARCHIVE, FORMAT, HEADER, MANIFEST, SECRET_KEY, TABLES
from .rows import Digest, Form


@dataclass
class Found:
    """What a backup holds, as it was read: its header, by table how many rows, and how many files and bytes.

    `secret_key` is the key of the machine that it was made on, if that was made there.
    """

    header: dict[str, Any] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    digests: dict[str, Digest] = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0
    secret_key: bytes = b""

    @property
    def rows(self) -> int:
        return sum(digest.rows for digest in self.digests.values())


def check(path: Path, keys: Sequence[str] = ()) -> Found:
    """Read all of a backup and compare it with every hash in it. Refused if anything is not as it was written."""
    container.check_seal(path, keys)
    with container.opened(path, keys) as members:
        return _read(members, lambda model, rows: None, lambda name, body: None)


def restore(
    path: Path,
    keys: Sequence[str] = (),
    *,
    using: str = DEFAULT_DB_ALIAS,
    tell: Callable[[str], None] = lambda said: None,
) -> Found:
    """Bring back all that a backup holds. Refused, or any other error, leaves database and archive as they were."""
    refuse_if_occupied(using)
    if _holds_anything():
        raise Refused("There is something in the archive already. Restore into an empty DATA_DIR.")
    tell("comparing the file with its seal")
    container.check_seal(path, keys)
    with container.opened(path, keys) as members:
        _refuse_other_migrations(_header(next(members)))
    call_command("migrate", database=using, interactive=False, verbosity=0)

    def put(model: type[models.Model], rows: list[list[Any]]) -> None:
        tell(model._meta.db_table)
        tables.put(using, model, rows)

    with container.opened(path, keys) as members, _files() as save, filling(using):
        found = _read(members, put, save)
        tell("reading it all back")
        prove(using, {table: (said["rows"], said["sha256"]) for table, said in found.manifest["tables"].items()})
        for model in tables.kept():
            tables.number_on(using, model, found.manifest["tables"][model._meta.db_table]["last"] or 0)
    if found.secret_key and settings.SECRET_KEY_IS_THIS_MACHINES:
        _put_key(found.secret_key)
    return found


def refuse_if_occupied(using: str) -> None:
    occupied = tables.occupied(using)
    if occupied:
        named = ", ".join(occupied[:3]) + (", …" if len(occupied) > 3 else "")
        raise Refused(
            f"The database holds something already ({named}). Name an empty one by DATABASE_URL, or another DATA_DIR."
        )


@contextmanager
def filling(using: str) -> Iterator[None]:
    """A transaction in which rows may come in as they are, although the tables are guarded.

    What `migrate` takes away before it, such as triggers, is away within the block; what it puts in place after it,
    such as triggers and the tables of words, is there at its end.
    """
    with transaction.atomic(using=using):
        refuse_if_occupied(using)  # somebody may have written since
        emit_pre_migrate_signal(verbosity=0, interactive=False, db=using)
        tables.clear_what_migrate_fills(using)
        yield
        try:
            connections[using].check_constraints()
        except IntegrityError as error:
            raise Refused(f"Rows name others that are not there: {error}") from error
        ContentType.objects.clear_cache()
        emit_post_migrate_signal(verbosity=0, interactive=False, db=using)


class NotTheSame(Refused):
    """The database does not give back what was written; which tables, is in `proofs`."""

    def __init__(self, database: str, proofs: list[tables.Proof]) -> None:
        self.proofs = proofs
        differing = ", ".join(proof.table for proof in proofs if not proof.holds)
        super().__init__(f"{database} does not give back what was written to it: {differing}. Nothing was kept of it.")


def prove(using: str, expected: Mapping[str, tuple[int, str]]) -> list[tables.Proof]:
    """Every table read back. NotTheSame unless each has the rows, by number and hash, that are expected."""
    proofs = tables.compared(using, expected)
    if not all(proof.holds for proof in proofs):
        raise NotTheSame(connections[using].display_name, proofs)
    return proofs


def _read(
    members: Iterator[Member],
    put: Callable[[type[models.Model], list[list[Any]]], None],
    save: Callable[[str, bytes], None],
) -> Found:
    """Go through all members. Refused unless they are what the manifest, which comes last, says."""
    found = Found(header=_header(next(members)))
    by_table = {model._meta.db_table: model for model in tables.kept()}
    _refuse_other_migrations(found.header)
    found.digests = {table: Digest(Form.of(model)) for table, model in by_table.items()}
    for member in members:
        kind, _, name = member.name.partition("/")
        if kind == TABLES:
            table = name.partition("/")[0]
            rows = [json.loads(line) for line in member.body.splitlines()]
            for row in rows:
                found.digests[table].add(row)
            put(by_table[table], rows)
        elif kind == ARCHIVE:
            save(name, member.body)
            found.files += 1
            found.file_bytes += len(member.body)
        elif kind == SECRET_KEY:
            found.secret_key = member.body
        elif kind == MANIFEST:
            found.manifest = json.loads(member.body)
    _compare_with_manifest(found)
    return found


def _compare_with_manifest(found: Found) -> None:
    said = found.manifest
    if not said:
        raise Refused("The backup has no end.")
    for table, digest in found.digests.items():
        if (digest.rows, digest.sha256) != (said["tables"][table]["rows"], said["tables"][table]["sha256"]):
            raise Refused(f"The rows of {table} in the backup are not those that were put there.")
    if (found.files, found.file_bytes) != (said["files"], said["file_bytes"]):
        raise Refused("The files of the archive in the backup are not those that were put there.")


def _header(member: Member) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(member.body) if member.name == HEADER else {}
    if header.get("format") != FORMAT:
        raise Refused("The backup was made by another version of this program, in a form that this one cannot read.")
    return header


def _refuse_other_migrations(header: dict[str, Any]) -> None:
    ours = set(tables.migrations_of_the_program())
    theirs = set(header["migrations"])
    if lacking := sorted(theirs - ours):
        raise Refused(
            f"The backup was made by a newer version of this program, or one with other parts ({lacking[0]}). "
            "Restore it with that version."
        )
    if newer := sorted(ours - theirs):
        raise Refused(
            f"The backup was made by an older version of this program, before {newer[0]}. Restore it with that one, "
            "then go on to this one and run migrate."
        )


def _holds_anything() -> bool:
    try:
        folders, files = storage().listdir("")
    except FileNotFoundError:
        return False
    return bool(folders or files)


@contextmanager
def _files() -> Iterator[Callable[[str, bytes], None]]:
    """Puts files into the archive; they are taken away again should the block not end well."""
    saved: list[str] = []

    def save(name: str, body: bytes) -> None:
        saved.append(name)
        if storage().save(name, ContentFile(body)) != name:
            raise Refused(f"The archive does not keep {name} under its name.")

    try:
        yield save
    except BaseException:
        for name in saved:
            storage().delete(name)
        raise


def _put_key(key: bytes) -> None:
    path = Path(settings.DATA_DIR) / SECRET_KEY
    aside = path.with_name(f"{SECRET_KEY}.restored")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key)
    os.replace(aside, path)
