"""The history of statuses: one judgement a row."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from commitments import decisions
from commitments.bringing.checking import Reading, Row, plain
from commitments.bringing.columns import Column
from commitments.bringing.complaints import Complaint
from commitments.bringing.kinds.of_commitment import REFERENCE, REFERENCE_LONGEST, OfCommitment
from commitments.bringing.kinds.status_taken_back import take_back_status
from commitments.bringing.planning import UNCHANGED, Planned, Terms
from commitments.models import ImportRow, Status, StatusChange

_LABEL = StatusChange._meta.label_lower


class Statuses(OfCommitment):
    key = "status"
    label = "statuses"
    columns = (
        REFERENCE,
        Column("status", "Status", ("state", "verdict", "rating"), "in_progress"),
        Column("from_day", "Holds from", ("from", "date", "since", "status date", "status on", "as of"), "2025-03-31"),
        Column("reason", "Reason, shown to the public", ("why", "explanation", "because"), "Planting has begun."),
        Column("note", "Private note", ("notes", "comment", "private note")),
        Column("absence", "What was looked for and not found", ("absence", "documented absence")),
    )
    required = ("reference", "status", "from_day")

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._recorded: dict[int, set[tuple[object, ...]]] = {}
        #: Whether anybody had judged a commitment before this file.
        self._judged: dict[int, bool] = {}

    def check(self, line: int, raw: Mapping[str, object]) -> Row | list[Complaint]:
        reading = Reading(line, raw)
        values: dict[str, Any] = {
            "reference": reading.text("reference", REFERENCE_LONGEST),
            "status": reading.choice("status", dict(Status.choices)),
            "from_day": reading.date("from_day"),
            **{name: reading.text(name, 10_000) for name in ("reason", "note", "absence")},
        }
        reading.require(values, *self.required)
        reading.has_come("from_day", values["from_day"], self.terms.today)
        if reading.complaints:
            return reading.complaints
        if not values["reason"]:
            label = Status(values["status"]).label
            values["reason"] = f"{label}, as recorded in {self.terms.origin} before it came here."
        return Row(line, values, frozenset(raw))

    def same(self, row: Row) -> Hashable:
        return row["reference"], *_told(row["status"], row["from_day"], row["reason"])

    def look_up(self, rows: Sequence[Row]) -> None:
        super().look_up(rows)
        keys = [one.pk for one in self.commitments.values()]
        self._recorded = {key: set() for key in keys}
        for change in StatusChange.objects.filter(commitment__in=keys, corrections=None):
            told = _told(change.to_status, change.effective_from, change.reason)
            self._recorded[change.commitment_id].add(told)
        for key in keys:
            self._judged.setdefault(key, bool(self._recorded[key]))

    def plan(self, row: Row) -> Planned:
        if unknown := self.unknown(row):
            return unknown
        key = self.commitment(row).pk
        if _told(row["status"], row["from_day"], row["reason"]) in self._recorded[key]:
            return Planned(row.line, row["reference"], UNCHANGED)
        if self._judged[key] and decisions.needs_second_editor(row["status"]):
            return self.refusal(
                row, "status", "a final status needs a second pair of eyes; propose it on the commitment's page"
            )
        return self.new(row, {name: plain(row[name]) for name in self.names() if name != "reference"})

    def write(self, planned: Sequence[Planned]) -> None:
        for one in sorted(planned, key=lambda one: one.row["from_day"] if one.row else self.terms.today):
            assert one.row is not None  # noqa: S101
            commitment, day = self.commitment(one.row), one.row["from_day"]
            before = commitment.status_change_on(day)
            change = StatusChange.objects.create(
                commitment=commitment,
                from_status=before.to_status if before and before.effective_from <= day else "",
                to_status=one.row["status"],
                reason=one.row["reason"],
                private_note=one.row["note"],
                absence=one.row["absence"],
                effective_from=day,
                imported_from=self.terms.origin,
                recorded_by=self.terms.by,
            )
            one.note(change)

    def in_the_way(self, rows: Sequence[ImportRow]) -> list[str]:
        corrected = self.made(StatusChange, rows).exclude(corrections=None).select_related("commitment")
        return [f"{change} was corrected." for change in corrected]

    def take_back(self, rows: Sequence[ImportRow]) -> None:
        """The earliest first, so that none is put back to another of this import."""
        for change in self.made(StatusChange, rows).select_related("commitment").order_by("effective_from", "pk"):
            take_back_status(change, self.terms)

    @classmethod
    def exported(cls) -> Iterator[dict[str, Any]]:
        """Every judgement that was not corrected, in the order in which they hold."""
        changes = StatusChange.objects.filter(corrections=None, effective_is_known=True).select_related("commitment")
        for change in changes.order_by("commitment__reference", "effective_from", "pk").iterator(chunk_size=500):
            yield {
                "reference": change.commitment.reference,
                "status": change.to_status,
                "from_day": change.effective_from.isoformat(),
                "reason": change.reason,
                "note": change.private_note,
                "absence": change.absence,
            }


def _told(status: str, day: Any, reason: str) -> tuple[object, ...]:
    return status, plain(day), " ".join(reason.split())
