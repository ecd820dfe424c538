"""Bring commitments into the record: all rows or none."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from commitments import addresses, deadlines, exports
from commitments.linking import indexing
from commitments.models import (
    Administration,
    Commitment,
    Deadline,
    Definition,
    Department,
    Milestone,
    PolicyArea,
    Publication,
    Series,
    Status,
    StatusChange,
    Target,
)
from commitments.rows import COLUMNS, Complaint, Row, read

#: Columns whose change is a new definition of what the commitment means.
DEFINITION_COLUMNS = (
    "statement",
    "quote",
    "quote_url",
    "quote_title",
    "deadline_text",
    "deadline_earliest",
    "deadline_latest",
    "target_metric",
    "target_comparator",
    "target_value",
    "target_unit",
    "baseline_value",
    "baseline_date",
)


class ImportRefused(ValueError):
    """Nothing was imported. `complaints` says why, by line and field."""

    def __init__(self, complaints: list[Complaint]) -> None:
        super().__init__("\n".join(map(str, complaints)))
        self.complaints = complaints


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass
class ImportReport:
    """References by what became of them, and columns that were left."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)


def read_file(path: Path) -> list[tuple[int, dict[str, object]]]:
    """The rows of a CSV or JSON Lines file with their line numbers.

    Raises UnreadableFile, or ImportRefused where single lines are broken.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path} is not UTF-8; save it as “CSV UTF-8”.") from error
    if not text.strip():
        raise UnreadableFile(f"{path} is empty.")
    return _json_lines(text) if text.lstrip().startswith("{") else _csv(text)


def _json_lines(text: str) -> list[tuple[int, dict[str, object]]]:
    rows: list[tuple[int, dict[str, object]]] = []
    complaints = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            complaints.append(Complaint(number, "line", f"is not JSON ({error})"))
            continue
        if isinstance(row, dict):
            rows.append((number, row))
        else:
            complaints.append(Complaint(number, "line", "is not a JSON object"))
    if complaints:
        raise ImportRefused(complaints)
    return rows


def _csv(text: str) -> list[tuple[int, dict[str, object]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    try:
        header = [name.strip() for name in reader.fieldnames or []]
        reader.fieldnames = header
        rows: list[tuple[int, dict[str, object]]] = []
        complaints = []
        for row in reader:
            if "" in row and any(row[""]):
                complaints.append(Complaint(reader.line_num, "line", "has more cells than the header has columns"))
            rows.append((reader.line_num, {name: value for name, value in row.items() if name}))
    except csv.Error as error:
        raise UnreadableFile(f"The CSV is broken at line {reader.line_num}: {error}.") from error
    if "reference" not in header:
        raise UnreadableFile(f"The first line names no column “reference”. The columns are: {', '.join(COLUMNS)}.")
    if complaints:
        raise ImportRefused(complaints)
    return rows


def import_file(path: Path, *, update: bool = False, dry_run: bool = False) -> ImportReport:
    """Import a CSV or JSON Lines file. Raises UnreadableFile or ImportRefused; then nothing has changed."""
    return _import(read_file(path), source_name=path.name, update=update, dry_run=dry_run, demonstration=False)


def import_rows(
    rows: Iterable[Mapping[str, object]], *, demonstration: bool = False, source_name: str = "", update: bool = False
) -> ImportReport:
    """Import rows that are in memory, in the columns of `rows.COLUMNS`. Raises ImportRefused."""
    numbered = [(number, dict(row)) for number, row in enumerate(rows, start=1)]
    return _import(numbered, source_name=source_name, update=update, dry_run=False, demonstration=demonstration)


def _import(
    numbered: list[tuple[int, dict[str, object]]], *, source_name: str, update: bool, dry_run: bool, demonstration: bool
) -> ImportReport:
    today = timezone.localdate()
    rows, complaints = _check(numbered, today)
    with transaction.atomic():
        known = Commitment.objects.select_related("administration", "department", "policy_area").in_bulk(
            [row["reference"] for row in rows], field_name="reference"
        )
        if not update:
            complaints += [
                Complaint(row.line, "reference", f"“{row['reference']}” is recorded already; use --update to change it")
                for row in rows
                if row["reference"] in known
            ]
        if complaints:
            raise ImportRefused(sorted(complaints, key=lambda complaint: complaint.line))
        report = ImportReport(unknown_columns=sorted({name for _, raw in numbered for name in raw} - set(COLUMNS)))
        writer = _Writer(today, source_name, demonstration)
        with indexing.updated_at_the_end():
            for row in rows:
                existing = known.get(row["reference"])
                if existing is None:
                    writer.create(row)
                    report.created.append(row["reference"])
                elif writer.update(existing, row):
                    report.updated.append(row["reference"])
                else:
                    report.unchanged.append(row["reference"])
        if dry_run:
            transaction.set_rollback(True)
    return report


def _check(numbered: list[tuple[int, dict[str, object]]], today: dt.date) -> tuple[list[Row], list[Complaint]]:
    rows: list[Row] = []
    complaints: list[Complaint] = []
    first_line: dict[str, int] = {}
    for line, raw in numbered:
        row = read(line, raw, today)
        if isinstance(row, list):
            complaints += row
            reference = str(raw.get("reference") or "").strip()
        else:
            rows.append(row)
            reference = row["reference"]
        if reference and reference in first_line:
            message = f"“{reference}” is on line {first_line[reference]} already"
            complaints.append(Complaint(line, "reference", message))
        first_line.setdefault(reference, line)
    return rows, complaints


class _Writer:
    """Writes checked rows, within the caller's transaction."""

    def __init__(self, today: dt.date, source_name: str, demonstration: bool) -> None:
        self.today = today
        self.source_name = source_name or "import"
        self.demonstration = demonstration
        self._named: dict[tuple[type, str], Any] = {}

    def create(self, row: Row) -> None:
        commitment = Commitment(
            reference=row["reference"],
            demonstration=self.demonstration,
            judgeability=Commitment._meta.get_field("judgeability").default,
        )
        self._set_own_fields(commitment, row)
        commitment.save()
        self._define(commitment, row, Definition.Kind.ORIGINAL, row["made_on"] or self.today, None)
        self._set_milestones(commitment, row)
        if row["status"]:
            self._set_status(commitment, row)

    def update(self, commitment: Commitment, row: Row) -> bool:
        """Change what the file's columns say otherwise. Returns whether anything changed."""
        current = exports.commitment_row(commitment, self.today)
        changed = {column for column in row.given if _plain(row[column]) != _plain(current[column])}
        if "deadline_text" in changed and "deadline_latest" not in row.given:
            changed |= {"deadline_earliest", "deadline_latest"}
        if not changed:
            return False
        merged = Row(
            row.line,
            {**_typed(current), **{column: row[column] for column in row.given | changed}},
            row.deadline,
            row.given,
        )
        self._set_own_fields(commitment, merged)
        commitment.save()
        if changed & set(DEFINITION_COLUMNS):
            definition = commitment.definition_on(self.today)
            self._define(
                commitment, merged, Definition.Kind.EDITORIAL_CORRECTION, definition.effective_from, definition
            )
        if "milestones" in changed:
            self._set_milestones(commitment, merged)
        if changed & {"status", "status_on"} and merged["status"]:
            self._set_status(commitment, merged)
        return True

    def _set_own_fields(self, commitment: Commitment, row: Row) -> None:
        for column in ("title", "kind", "made_on", "made_by", "extent", "keywords", "publication"):
            setattr(commitment, column, row[column])
        commitment.publish_at = row["publish_at"] if row["publication"] == Publication.SCHEDULED else None
        commitment.administration = self._named_row(Administration, row["administration"])
        commitment.department = self._named_row(Department, row["department"])
        commitment.policy_area = self._named_row(PolicyArea, row["policy_area"])

    def _named_row(self, model: type[Any], name: str) -> Any:
        """The administration, department or area of a name, made where it is unknown."""
        if not name:
            return None
        key = (model, name)
        if key not in self._named:
            slug = slugify(name)[:200] or "unnamed"
            self._named[key] = (
                model.objects.filter(name=name).first()
                or model.objects.filter(slug=addresses.current_slug(model.addressed_as, slug)).first()
                or model.objects.create(name=name, slug=slug)
            )
        return self._named[key]

    def _define(
        self, commitment: Commitment, row: Row, kind: str, effective_from: dt.date, previous: Definition | None
    ) -> None:
        definition = Definition.objects.create(
            commitment=commitment,
            kind=kind,
            statement=row["statement"],
            quote=row["quote"],
            quote_url=row["quote_url"],
            quote_title=row["quote_title"],
            announced_on=row["made_on"],
            effective_from=effective_from,
            note=f"Imported from {self.source_name}.",
            deadline_text=row["deadline_text"],
            deadline_earliest=row["deadline_earliest"],
            deadline_latest=row["deadline_latest"],
            **_how_derived(row["deadline_earliest"], row["deadline_latest"], row.deadline),
        )
        if row["target_metric"]:
            Target.objects.create(
                definition=definition,
                series=self._series(commitment, row, previous),
                comparator=row["target_comparator"],
                value=row["target_value"],
                unit=row["target_unit"],
                baseline_value=row["baseline_value"],
                baseline_date=row["baseline_date"],
            )

    def _series(self, commitment: Commitment, row: Row, previous: Definition | None) -> Series:
        """The series that the target is about: the commitment's own where the metric is the same, else a new one.

        A target in per cent is relative to the series, whose own unit it does not say.
        """
        target = previous.target_or_none if previous else None
        if target is not None and target.series.metric == row["target_metric"] and target.unit == row["target_unit"]:
            return target.series
        unit = "" if row["target_unit"] == "per cent" else row["target_unit"]
        series = Series.objects.create(metric=row["target_metric"], unit=unit, place=commitment.extent)
        commitment.series.add(series)
        return series

    def _set_milestones(self, commitment: Commitment, row: Row) -> None:
        titles = []
        for position, item in enumerate(row["milestones"]):
            titles.append(item["title"])
            parsed = deadlines.parse(item["deadline_text"], row["made_on"] or self.today)
            Milestone.objects.update_or_create(
                commitment=commitment,
                title=item["title"],
                defaults={
                    "position": position,
                    "deadline_text": item["deadline_text"],
                    "deadline_earliest": item["earliest"],
                    "deadline_latest": item["latest"],
                    **_how_derived(item["earliest"], item["latest"], parsed),
                },
            )
        commitment.milestones.filter(outcome=Milestone.Outcome.PENDING).exclude(title__in=titles).delete()

    def _set_status(self, commitment: Commitment, row: Row) -> None:
        current = commitment.status_change_on(self.today)
        StatusChange.objects.create(
            commitment=commitment,
            from_status=current.to_status if current else "",
            to_status=row["status"],
            reason=f"{Status(row['status']).label}, as recorded in {self.source_name} before it came here.",
            effective_from=row["status_on"] or self.today,
            effective_is_known=row["status_on"] is not None,
            imported_from=self.source_name,
        )


def _how_derived(
    earliest: dt.date | None, latest: dt.date | None, parsed: deadlines.ParsedDeadline
) -> dict[str, object]:
    """The rest of a deadline's columns: as the words say where they agree with the dates, else as recorded."""
    if (earliest, latest) == (parsed.earliest, parsed.latest):
        return {
            "deadline_precision": parsed.precision,
            "deadline_derivation": parsed.derivation,
            "deadline_is_stated": parsed.stated,
            "deadline_event": parsed.event,
            "not_before": parsed.not_before,
        }
    one_day = earliest is None or earliest == latest
    return {
        "deadline_precision": Deadline.Precision.DAY if one_day else Deadline.Precision.PERIOD,
        "deadline_derivation": "The dates were recorded with the words.",
        "deadline_is_stated": True,
        "deadline_event": "",
        "not_before": parsed.not_before,
    }


def _plain(value: object) -> object:
    """A value as it is compared: numbers as numbers, dates as text, nothing as nothing."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return exports.number(value)
    if isinstance(value, list):
        return [{name: _plain(part) for name, part in item.items()} for item in value]
    return None if value == "" else value


def _typed(current: dict[str, Any]) -> dict[str, Any]:
    """An exported row with the types that a checked one has."""
    row = read(0, current, timezone.localdate())
    assert isinstance(row, Row), f"the record does not pass its own checks: {row}"  # noqa: S101
    return dict(row.values)
