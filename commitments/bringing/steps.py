"""One import step by step: a file is read, its columns are said, its rows are checked, and then brought in.

The database is the truth: each step begins from what stands there, and one that was broken off is begun again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from commitments.bringing import reading, writing
from commitments.bringing.cells import keepable
from commitments.bringing.columns import LEFT, REASON, by_their_own_names, field_of, fingerprint, mapped, suggested
from commitments.bringing.complaints import Complaint, ImportRefused, UnreadableFile
from commitments.bringing.kinds import KINDS
from commitments.bringing.planning import REFUSED, Kind, Planned, Terms, plan
from commitments.models import AuditEntry, ColumnMapping, Import, ImportRow

HOW_TO_CHANGE = "tick “change what is recorded already” to change it"
ROWS_SAMPLED, SAMPLES, SAMPLE_CHARACTERS = 50, 3, 60
_CHANGED_MEANWHILE = "The record has changed since these rows were checked, so they were checked anew. Look again."


def start(kind: str, name: str, body: bytes, by: User | None, *, update: bool = False) -> Import:
    """Read a file and keep it until its columns are said: as they were said before, else as their names suggest.

    Raises UnreadableFile.
    """
    fields = KINDS[kind].columns
    table = reading.read(body, name, field_of(fields))
    if not table.columns or not table.rows:
        raise UnreadableFile(f"{name} has no rows below the names of its columns.")
    mapping = remembered(kind, table.columns) or suggested([c for c in table.columns if c != REASON], fields)
    return _start(kind, name, body, by, table, mapping, update=update)


def start_path(kind: str, path: Path, by: User | None, *, columns: Mapping[str, str] | None = None) -> Import:
    """Read a file of this machine, whose columns are as given; else as they are called, or as they were said before.

    Raises UnreadableFile.
    """
    fields = KINDS[kind].columns
    body = reading.body_of(path)
    table = reading.read(body, str(path), field_of(fields))
    mapping = columns or by_their_own_names(table.columns, fields)
    if columns is None and KINDS[kind].required[0] not in mapping.values():
        mapping = remembered(kind, table.columns) or mapping
    _refuse_columns(kind, table, mapping)
    return _start(kind, path.name, body, by, table, mapping)


def _refuse_columns(kind: str, table: reading.Table, mapping: Mapping[str, str]) -> None:
    """Raises UnreadableFile for columns or fields that there are not, and for a table without the first field."""
    names = KINDS[kind].names()
    for name, field in mapping.items():
        if name not in table.columns:
            raise UnreadableFile(f"There is no column “{name}”. There are: {', '.join(table.columns)}.")
        if field and field not in names:
            raise UnreadableFile(f"There is no field “{field}”. There are: {', '.join(names)}.")
    first = KINDS[kind].required[0]
    if table.form != reading.JSON_LINES and first not in mapping.values():
        raise UnreadableFile(f"The first line names no column “{first}”. The columns are: {', '.join(names)}.")


def _start(
    kind: str,
    name: str,
    body: bytes,
    by: User | None,
    table: reading.Table,
    mapping: Mapping[str, str],
    *,
    update: bool = False,
) -> Import:
    return Import.objects.create(
        kind=kind,
        by=by,
        file_name=name[:300],
        sha256=hashlib.sha256(body).hexdigest(),
        form=table.form,
        content=body,
        header_line=table.header_line,
        columns=list(table.columns),
        samples={name: _samples(table, name) for name in table.columns},
        mapping={name: mapping.get(name, LEFT) for name in table.columns},
        notes=table.notes,
        update=update,
        rows_in_all=len(table.rows),
    )


def _samples(table: reading.Table, column: str) -> list[str]:
    """The first few different things that stand in a column, in a few words each."""
    found: dict[str, None] = {}
    for _, row in table.rows[:ROWS_SAMPLED]:
        if (value := row.get(column)) not in (None, "") and len(found) < SAMPLES:
            found[keepable(str(value))[:SAMPLE_CHARACTERS]] = None
    return list(found)


def remembered(kind: str, found: tuple[str, ...] | list[str]) -> dict[str, str] | None:
    """Which column is which field, if somebody has said it for files with these columns."""
    row = ColumnMapping.objects.filter(kind=kind, fingerprint=fingerprint(found)).first()
    return dict(row.mapping) if row else None


def check_columns(which: Import, mapping: Mapping[str, str]) -> None:
    """Raises ImportRefused for a field that two columns are to be, and for one without which there is no row."""
    fields = [field for field in mapping.values() if field]
    wrong = [
        Complaint(which.header_line, field, "is said of two columns; choose one of them")
        for field in sorted({field for field in fields if fields.count(field) > 1})
    ]
    wrong += [
        Complaint(which.header_line, field, "is needed; say which column it is")
        for field in KINDS[which.kind].required
        if field not in fields
    ]
    if wrong:
        raise ImportRefused(wrong)


def say_columns(which: Import, mapping: Mapping[str, str], *, update: bool, by: User | None) -> None:
    """Say which column is which field; remembered for the next file with these columns. Then the rows are checked."""
    kind = KINDS[which.kind]
    which.mapping = {name: mapping.get(name, LEFT) for name in which.columns}
    which.update, which.state, which.rows_checked = update, Import.State.CHECKING, 0
    with transaction.atomic():
        which.save(update_fields=["mapping", "update", "state", "rows_checked"])
        if which.mapping != by_their_own_names(which.columns, kind.columns):
            ColumnMapping.objects.update_or_create(
                kind=which.kind,
                fingerprint=fingerprint(which.columns),
                defaults={"mapping": which.mapping, "by": by, "at": timezone.now()},
            )


def check(which: Import, how_to_change: str = HOW_TO_CHANGE) -> None:
    """Find out what would become of each row, some at a time, so that one can see how far it has got."""
    table = _table(which)
    which.rows.all().delete()
    broken = {complaint.line for complaint in table.complaints}
    raw = dict(table.rows)
    kept = 0
    for planned in plan(_kind(which, how_to_change), _good(which, table, broken)):
        kept += len(planned)
        with transaction.atomic():
            ImportRow.objects.bulk_create(_row(which, one, raw[one.line]) for one in planned)
            Import.objects.filter(pk=which.pk).update(rows_checked=kept)
    ImportRow.objects.bulk_create(
        ImportRow(
            of=which,
            line=one.line,
            outcome=REFUSED,
            complaints=[[one.field, one.message]],
            raw=keepable(raw.get(one.line, {})),
        )
        for one in table.complaints
    )
    which.state, which.rows_checked = Import.State.CHECKED, which.rows_in_all
    which.save(update_fields=["state", "rows_checked"])


def decide(which: Import, *, only_good: bool) -> None:
    """Say that the rows are to be brought in: all of them, or only the good ones. Raises ImportRefused."""
    refused = which.rows.filter(outcome=REFUSED)
    if not only_good and (rows := list(refused)):
        raise ImportRefused([Complaint(row.line, field, message) for row in rows for field, message in row.complaints])
    which.only_good, which.state, which.problem = only_good, Import.State.WRITING, ""
    which.save(update_fields=["only_good", "state", "problem"])


def bring_in(which: Import) -> None:
    """Bring the rows in as they were checked. If that would be otherwise by now, check them anew and bring in none."""
    try:
        with transaction.atomic():
            _bring_in(which)
    except _Changed:
        which.problem, which.state = _CHANGED_MEANWHILE, Import.State.CHECKING
        which.save(update_fields=["problem", "state"])


def go_on(which: Import) -> None:
    """Do what an import waits for. What cannot be done ends it, with the reason beside it."""
    try:
        if which.state == Import.State.CHECKING:
            check(which)
        elif which.state == Import.State.WRITING:
            bring_in(which)
    except Exception as error:
        Import.objects.filter(pk=which.pk).update(
            state=Import.State.LEFT, content=b"", problem=f"It broke off, and nothing was brought in: {error}"
        )
        raise


class OutOfTurn(ValueError):
    """An import is at another step by now; the message says at which."""


def require(which: Import, *states: str) -> None:
    """Raises OutOfTurn for an import that is at none of these steps."""
    if which.state not in states:
        raise OutOfTurn(f"This import is {which.get_state_display()} by now. Nothing was changed.")


def say_anew(which: Import) -> None:
    """Go back to saying which column is which."""
    which.rows.all().delete()
    which.state, which.problem = Import.State.MAPPING, ""
    which.save(update_fields=["state", "problem"])


def give_up(which: Import) -> None:
    which.state, which.content = Import.State.LEFT, b""
    which.save(update_fields=["state", "content"])


def counts(which: Import) -> dict[str, int]:
    """How many rows there are of each outcome."""
    found = which.rows.order_by().values_list("outcome").annotate(count=Count("pk"))
    return {**dict.fromkeys(ImportRow.Outcome.values, 0), **dict(found)}


class _Changed(Exception):
    """A row is no longer what it was when it was checked."""


def _bring_in(which: Import) -> None:
    table = _table(which)
    broken = {complaint.line for complaint in table.complaints}
    checked = {row.line: row for row in which.rows.exclude(outcome=REFUSED).defer("raw", "complaints")}

    def tell(planned: list[Planned]) -> None:
        told = []
        for one in planned:
            row = checked.get(one.line)
            if one.outcome == REFUSED and row is None:
                continue
            if row is None or (row.outcome, row.changes) != (one.outcome, _changes(one)):
                raise _Changed
            row.made = one.made
            told.append(row)
        ImportRow.objects.bulk_update(told, ["made"])

    try:
        writing.write(_kind(which), _good(which, table, broken), only_good=which.only_good, told=tell)
    except ImportRefused as error:
        raise _Changed from error
    which.state, which.content, which.done_at = Import.State.DONE, b"", timezone.now()
    which.save(update_fields=["state", "content", "done_at"])
    which.audit_mark = AuditEntry.objects.aggregate(last=Max("pk"))["last"]
    which.save(update_fields=["audit_mark"])


def _table(which: Import) -> reading.Table:
    return reading.read(bytes(which.content), which.file_name, field_of(KINDS[which.kind].columns))


def _kind(which: Import, how_to_change: str = HOW_TO_CHANGE) -> Kind:
    terms = Terms(timezone.localdate(), which.file_name, by=which.by, update=which.update, how_to_change=how_to_change)
    return KINDS[which.kind](terms)


def _good(which: Import, table: reading.Table, broken: set[int]) -> writing.Numbered:
    return ((line, mapped(row, which.mapping)) for line, row in table.rows if line not in broken)


def _row(which: Import, one: Planned, raw: Mapping[str, object]) -> ImportRow:
    return ImportRow(
        of=which,
        line=one.line,
        reference=one.reference,
        outcome=one.outcome,
        changes=_changes(one),
        complaints=[[complaint.field, complaint.message] for complaint in one.complaints],
        raw=keepable(raw) if one.outcome == REFUSED else {},
    )


def _changes(one: Planned) -> list[list[object]]:
    return [[change.field, change.old, change.new] for change in one.changes]
