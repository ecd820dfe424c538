"""Writes commitments: new ones many at a time, changes one by one and as further entries of their histories."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.utils.text import slugify

from commitments import addresses
from commitments.bringing import wording
from commitments.bringing.checking import Row
from commitments.bringing.planning import Planned, Terms
from commitments.linking import indexing
from commitments.models import (
    Administration,
    Commitment,
    Definition,
    Department,
    FormerSlug,
    Milestone,
    PolicyArea,
    Publication,
    Series,
    Status,
    StatusChange,
    Target,
)

_OWN = ("title", "kind", "made_on", "made_by", "extent", "keywords", "publication")


class Writer:
    """Writes checked rows, within the caller's transaction."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._named: dict[tuple[type, str], Any] = {}

    def create(self, planned: Sequence[Planned]) -> None:
        """Write new commitments with all that belongs to them."""
        slugs = _Slugs([one.row["title"] for one in planned if one.row])
        made: list[tuple[Planned, Row, Commitment]] = []
        for one in planned:
            assert one.row is not None  # noqa: S101
            commitment = Commitment(
                reference=one.row["reference"],
                slug=slugs.free(one.row["title"], one.row["reference"]),
                demonstration=self.terms.demonstration,
            )
            self._set_own_fields(commitment, one.row)
            made.append((one, one.row, commitment))
        Commitment.objects.bulk_create([commitment for *_, commitment in made])
        definitions = Definition.objects.bulk_create(
            self._definition(commitment, row, Definition.Kind.ORIGINAL, row["made_on"] or self.terms.today)
            for _, row, commitment in made
        )
        counted = [(definition, row) for definition, (_, row, _) in zip(definitions, made, strict=True)]
        self._create_targets([(definition, row) for definition, row in counted if row["target_metric"]])
        Milestone.objects.bulk_create(
            Milestone(commitment=commitment, title=item["title"], **self._milestone(row, position, item))
            for _, row, commitment in made
            for position, item in enumerate(row["milestones"])
        )
        changes = StatusChange.objects.bulk_create(
            self._status(commitment, row, "") for _, row, commitment in made if row["status"]
        )
        by_commitment = {change.commitment_id: change for change in changes}
        for (one, _, commitment), definition in zip(made, definitions, strict=True):
            one.note(commitment, definition)
            if commitment.pk in by_commitment:
                one.note(by_commitment[commitment.pk])
        indexing.update([commitment.pk for *_, commitment in made])

    def update(self, commitment: Commitment, row: Row, changed: Collection[str], planned: Planned) -> None:
        """Change what a row, whole by now, says otherwise."""
        self._set_own_fields(commitment, row)
        commitment.save()
        planned.note(commitment)
        if set(changed) & set(wording.DEFINITION_FIELDS):
            before = commitment.definition_on(self.terms.today)
            definition = self._definition(commitment, row, Definition.Kind.EDITORIAL_CORRECTION, before.effective_from)
            definition.save()
            if row["target_metric"]:
                Target.objects.create(
                    definition=definition,
                    series=_series_of(before, row) or self._new_series(commitment, row),
                    **wording.target_columns(row.values),
                )
            planned.note(definition)
        if "milestones" in changed:
            self._set_milestones(commitment, row)
        if set(changed) & {"status", "status_on"} and row["status"]:
            current = commitment.status_change_on(self.terms.today)
            change = self._status(commitment, row, current.to_status if current else "")
            change.save()
            planned.note(change)

    def _set_own_fields(self, commitment: Commitment, row: Row) -> None:
        for name in _OWN:
            setattr(commitment, name, row[name])
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

    def _definition(self, commitment: Commitment, row: Row, kind: str, effective_from: dt.date) -> Definition:
        return Definition(
            commitment=commitment,
            kind=kind,
            announced_on=row["made_on"],
            effective_from=effective_from,
            note=self.terms.note,
            recorded_by=self.terms.by,
            **wording.definition_columns(row.values, row["made_on"] or self.terms.today),
        )

    def _create_targets(self, counted: Sequence[tuple[Definition, Row]]) -> None:
        series = Series.objects.bulk_create(_series(definition.commitment, row) for definition, row in counted)
        Commitment.series.through.objects.bulk_create(
            Commitment.series.through(commitment_id=definition.commitment_id, series_id=one.pk)
            for (definition, _), one in zip(counted, series, strict=True)
        )
        Target.objects.bulk_create(
            Target(definition=definition, series=one, **wording.target_columns(row.values))
            for (definition, row), one in zip(counted, series, strict=True)
        )

    def _new_series(self, commitment: Commitment, row: Row) -> Series:
        series = _series(commitment, row)
        series.save()
        commitment.series.add(series)
        return series

    def _milestone(self, row: Row, position: int, item: dict[str, Any]) -> dict[str, Any]:
        said_on = row["made_on"] or self.terms.today
        columns = wording.deadline_columns(item["deadline_text"], item["earliest"], item["latest"], said_on)
        return {"position": position, **columns}

    def _set_milestones(self, commitment: Commitment, row: Row) -> None:
        for position, item in enumerate(row["milestones"]):
            Milestone.objects.update_or_create(
                commitment=commitment, title=item["title"], defaults=self._milestone(row, position, item)
            )
        titles = [item["title"] for item in row["milestones"]]
        commitment.milestones.filter(outcome=Milestone.Outcome.PENDING).exclude(title__in=titles).delete()

    def _status(self, commitment: Commitment, row: Row, before: str) -> StatusChange:
        return StatusChange(
            commitment=commitment,
            from_status=before,
            to_status=row["status"],
            reason=f"{Status(row['status']).label}, as recorded in {self.terms.origin} before it came here.",
            effective_from=row["status_on"] or self.terms.today,
            effective_is_known=row["status_on"] is not None,
            imported_from=self.terms.origin,
            recorded_by=self.terms.by,
        )


def _series(commitment: Commitment, row: Row) -> Series:
    """A series for a target. One in per cent is relative to the series, whose own unit it does not say."""
    unit = "" if row["target_unit"] == "per cent" else row["target_unit"]
    return Series(metric=row["target_metric"], unit=unit, place=commitment.extent)


def _series_of(before: Definition, row: Row) -> Series | None:
    """The series that the target was about before, where what is counted is the same."""
    target = before.target_or_none
    if target is not None and target.series.metric == row["target_metric"] and target.unit == row["target_unit"]:
        return target.series
    return None


class _Slugs:
    """Free addresses for many commitments, by the same rule as for one."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._taken: set[str] = set()
        if titles:
            self._taken = set(Commitment.objects.values_list("slug", flat=True))
            self._taken |= FormerSlug.all_of(FormerSlug.Kind.COMMITMENT)

    def free(self, title: str, reference: str) -> str:
        slug = Commitment.free_slug(title, reference, self._taken)
        self._taken.add(slug)
        return slug
