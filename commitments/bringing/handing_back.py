"""The rows that were refused as a file of the same kind, the reason beside each: put right, it can be brought again."""

from __future__ import annotations

from pathlib import PurePath

from commitments.bringing.columns import REASON
from commitments.bringing.kinds import KINDS
from commitments.bringing.sheets import File, write
from commitments.models import Import, ImportRow


def refused(which: Import) -> File:
    """The refused rows of an import, in the columns of its file."""
    labels = {column.name: column.label for column in KINDS[which.kind].columns}
    found = {field: name for name, field in which.mapping.items() if field}
    columns = [*(name for name in which.columns if name != REASON), REASON]
    rows = (
        {**row.raw, REASON: "; ".join(f"{called(field, found, labels)}: {said}" for field, said in row.complaints)}
        for row in which.rows.filter(outcome=ImportRow.Outcome.REFUSED)
    )
    stem = PurePath(which.file_name).stem or "rows"
    return write(which.form, f"{stem} to put right", columns, rows)


def called(field: str, found: dict[str, str], labels: dict[str, str]) -> str:
    """A field by the name of its column in the file, else by ours."""
    return found.get(field) or labels.get(field, field)
