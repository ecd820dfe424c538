"""Commitments: one a row, with what they mean and how they stand now."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from commitments import deadlines, decisions, exports
from commitments.bringing import wording
from commitments.bringing.checking import Reading, Row, plain
from commitments.bringing.columns import Column
from commitments.bringing.complaints import Complaint
from commitments.bringing.kinds import commitment_writing as writing
from commitments.bringing.kinds.status_taken_back import take_back_status
from commitments.bringing.planning import (
    CHANGED,
    MADE,
    REFUSED,
    ROWS_AT_A_TIME,
    UNCHANGED,
    Change,
    Kind,
    Planned,
    Terms,
)
from commitments.linking.index import batches
from commitments.models import Commitment, Import, ImportRow, Publication, Status, StatusChange

REQUIRED = ("reference", "title", "statement")

#: In the order in which they are exported. The columns after `milestones` are ours beyond the common ones.
COLUMNS = (
    Column("reference", "Reference", ("ref", "id", "number", "no", "code", "pledge id", "promise id"), "PL-001"),
    Column("title", "Title", ("name", "pledge", "promise", "commitment", "headline", "short title"), "Plant trees"),
    Column(
        "statement",
        "What was promised, in our words",
        ("description", "details", "what", "summary", "wording", "pledge text", "full text"),
        "Plant a thousand trees in Leeds.",
    ),
    *wording.WORDS,
    Column("made_on", "Made on", ("date", "date made", "announced", "announced on", "promised on"), "2024-09-01"),
    Column("administration", "Administration", ("government", "term", "party", "cabinet"), "Green 2024"),
    Column("department", "Department", ("owner", "ministry", "lead department", "responsible", "dept"), "Forestry"),
    Column("policy_area", "Policy area", ("area", "topic", "theme", "category", "subject"), "Nature"),
    Column("kind", "Kind: action or outcome", ("type",), "action"),
    Column("status", "Status", ("state", "verdict", "rating", "progress", "current status"), "in_progress"),
    *wording.DEADLINE,
    *wording.TARGET,
    Column("keywords", "Names it goes by", ("tags", "also known as", "search terms"), "saplings, Leeds trees"),
    Column("milestones", "Milestones (as JSON)", ("steps",)),
    Column("quote_title", "Title of where they said it", ("source title", "document")),
    Column("made_by", "Who said it, in which office", ("said by", "speaker", "minister", "who"), "Jane Doe, Mayor"),
    Column("extent", "The part of the country it is for", ("place", "region", "nation", "geography"), "Leeds"),
    Column("status_on", "Status holds from", ("status date", "status since", "as of"), "2025-03-31"),
    Column("publication", "Publication: draft, scheduled or published", ("published", "visibility"), "published"),
    Column("publish_at", "Public from (for scheduled)"),
)
NAMES = tuple(column.name for column in COLUMNS)
_TEXT = {"reference": 60, "made_by": 200, "extent": 100, "administration": 200, "department": 200, "policy_area": 200}
_MILESTONES = "a list of {title, deadline_text, earliest, latest}"


def read(line: int, raw: Mapping[str, object], today: dt.date) -> Row | list[Complaint]:
    """Check one row. `today` stands in for a missing `made_on` when the words of a deadline are read."""
    reading = Reading(line, raw)
    values: dict[str, Any] = {name: reading.text(name, longest) for name, longest in _TEXT.items()}
    values["title"], values["keywords"] = reading.text("title"), reading.text("keywords", 5_000)
    values |= wording.read(reading)
    values |= {name: reading.date(name) for name in ("made_on", "status_on")}
    values["kind"] = reading.choice("kind", dict(Commitment.Kind.choices), Commitment.Kind.ACTION)
    values["status"] = reading.choice("status", dict(Status.choices))
    values["publication"] = reading.choice("publication", dict(Publication.choices), Publication.PUBLISHED)
    values["publish_at"] = reading.instant("publish_at")
    values["milestones"] = _milestones(reading)
    reading.require(values, *REQUIRED)
    is_scheduled = values["publication"] == Publication.SCHEDULED
    if is_scheduled and not reading.text("publish_at"):
        reading.complain("publish_at", "is empty although publication is scheduled; say from when it is to be public")
    elif values["publish_at"] and not is_scheduled:
        reading.complain("publish_at", "is given although publication is not scheduled; leave it empty")
    reading.has_come("status_on", values["status_on"], today)
    if reading.complaints:
        return reading.complaints
    said_on = values["made_on"] or today
    wording.derive_deadline(values, said_on)
    for milestone in values["milestones"]:
        if milestone["latest"] is None and milestone["deadline_text"]:
            parsed = deadlines.parse(milestone["deadline_text"], said_on)
            milestone["earliest"], milestone["latest"] = parsed.earliest, parsed.latest
    return Row(line, {name: values[name] for name in NAMES}, frozenset(raw) & frozenset(NAMES))


def _milestones(reading: Reading) -> list[dict[str, Any]]:
    value = reading.raw.get("milestones")
    if value is None or value == "" or value == []:
        return []
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            reading.complain("milestones", f"is not JSON; write {_MILESTONES}")
            return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        reading.complain("milestones", f"should be a JSON list of {_MILESTONES.removeprefix('a list of ')}")
        return []
    milestones: list[dict[str, Any]] = []
    for number, item in enumerate(value, start=1):
        step = Reading(reading.line, item)
        milestone: dict[str, Any] = {
            "title": step.text("title"),
            "deadline_text": step.text("deadline_text"),
            "earliest": step.date("earliest"),
            "latest": step.date("latest"),
        }
        for complaint in step.complaints:
            reading.complain("milestones", f"number {number}, {complaint.field}: {complaint.message}")
        if not milestone["title"]:
            reading.complain("milestones", f"number {number} has no title")
        elif milestone["title"] in {other["title"] for other in milestones}:
            reading.complain("milestones", f"“{milestone['title']}” is there twice")
        reading.in_order("milestones", milestone["earliest"], milestone["latest"])
        milestones.append(milestone)
    return milestones


class Commitments(Kind):
    key = "commitments"
    label = "commitments"
    columns = COLUMNS
    required = REQUIRED

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._current: dict[str, dict[str, Any]] = {}
        self._taken_back: set[str] = set()

    def check(self, line: int, raw: Mapping[str, object]) -> Row | list[Complaint]:
        return read(line, raw, self.terms.today)

    def same(self, row: Row) -> Hashable:
        return str(row["reference"])

    def look_up(self, rows: Sequence[Row]) -> None:
        references = [row["reference"] for row in rows]
        known = Commitment.objects.filter(reference__in=references)
        self._taken_back = set(
            ImportRow.objects.filter(
                of__kind=self.key, of__state=Import.State.UNDONE, outcome=MADE, reference__in=references
            )
            .filter(reference__in=known.filter(publication=Publication.DRAFT).values("reference"))
            .values_list("reference", flat=True)
        )
        if self.terms.update or self._taken_back:
            found = exports.commitment_rows(known, self.terms.today)
        else:
            found = [{"reference": reference} for reference in known.values_list("reference", flat=True)]
        self._current = {row["reference"]: row for row in found}

    def plan(self, row: Row) -> Planned:
        reference = row["reference"]
        current = self._current.get(reference)
        if reference in self._taken_back:
            row = replace(row, given=row.given | {"publication", "publish_at"})
        if current is None:
            changes = [Change(name, None, plain(row[name])) for name in NAMES if plain(row[name]) not in (None, [])]
            return Planned(row.line, reference, MADE, changes=changes)
        if not self.terms.update and reference not in self._taken_back:
            return self._refused(row, "reference", f"“{reference}” is recorded already; {self.terms.how_to_change}")
        changes = differences(row, current)
        if any(change.field == "status" and not change.new for change in changes):
            changes = [change for change in changes if change.field not in ("status", "status_on")]
        if not changes:
            return Planned(row.line, reference, UNCHANGED)
        new_status = next((str(change.new) for change in changes if change.field == "status"), "")
        if current["status"] and decisions.needs_second_editor(new_status):
            message = "a final status needs a second pair of eyes; leave it as it is and propose it on the page"
            return self._refused(row, "status", message)
        return Planned(row.line, reference, CHANGED, changes=changes)

    def _refused(self, row: Row, column: str, message: str) -> Planned:
        return Planned(row.line, row["reference"], REFUSED, complaints=[Complaint(row.line, column, message)])

    def write(self, planned: Sequence[Planned]) -> None:
        writer = writing.Writer(self.terms)
        writer.create([one for one in planned if one.outcome == MADE])
        changed = [one for one in planned if one.outcome == CHANGED]
        references = [one.reference for one in changed]
        commitments = Commitment.objects.select_related("administration", "department", "policy_area").in_bulk(
            references, field_name="reference"
        )
        known = Commitment.objects.filter(reference__in=references)
        current = {row["reference"]: row for row in exports.commitment_rows(known, self.terms.today)}
        for one in changed:
            assert one.row is not None  # noqa: S101
            merged = merge(one.row, current[one.reference], [change.field for change in one.changes])
            writer.update(commitments[one.reference], merged, {change.field for change in one.changes}, one)

    def take_back(self, rows: Sequence[ImportRow]) -> None:
        """What was made is a draft again, which a later import may publish; what was changed is as it was."""
        made = [row.reference for row in rows if row.outcome == MADE]
        Commitment.objects.filter(reference__in=made).update(publication=Publication.DRAFT, publish_at=None)
        for batch in batches([row for row in rows if row.outcome == CHANGED], ROWS_AT_A_TIME):
            self._take_back_changes({row.reference: row for row in batch})

    def _take_back_changes(self, changed: Mapping[str, ImportRow]) -> None:
        known = Commitment.objects.filter(reference__in=changed)
        current = {row["reference"]: row for row in exports.commitment_rows(known, self.terms.today)}
        writer = writing.Writer(self.terms)
        for commitment in known.select_related("administration", "department", "policy_area"):
            row = changed[commitment.reference]
            old = {name: before for name, before, _ in row.changes if name not in ("status", "status_on")}
            typed = read(row.line, {**current[commitment.reference], **old}, self.terms.today)
            assert isinstance(typed, Row), f"the record does not pass its own checks: {typed}"  # noqa: S101
            writer.update(commitment, typed, set(old), Planned(row.line, row.reference, CHANGED))
            for label, key in row.made:
                if label == "commitments.statuschange":
                    take_back_status(StatusChange.objects.get(pk=key), self.terms)

    @classmethod
    def exported(cls) -> Iterator[dict[str, Any]]:
        return exports.commitments()


def differences(row: Row, current: Mapping[str, Any]) -> list[Change]:
    """What a row says otherwise than the record, in the columns that the file has."""
    given = set(row.given)
    if "deadline_text" in given and plain(row["deadline_text"]) != plain(current["deadline_text"]):
        given |= {"deadline_earliest", "deadline_latest"}
    return [
        Change(name, current[name], plain(row[name]))
        for name in NAMES
        if name in given and plain(row[name]) != plain(current[name])
    ]


def merge(row: Row, current: Mapping[str, Any], changed: Sequence[str]) -> Row:
    """The record's row with what is to change."""
    typed = read(0, current, timezone.localdate())
    assert isinstance(typed, Row), f"the record does not pass its own checks: {typed}"  # noqa: S101
    return replace(row, values={**typed.values, **{name: row[name] for name in changed}})
