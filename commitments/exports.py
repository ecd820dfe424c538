"""The record as rows: what `import_commitments` takes back, and each piece of evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from commitments.linking.index import batches
from commitments.models import AuditEntry, Commitment, Definition, Evidence, StatusChange, Target

COMMITMENTS_AT_A_TIME = 500


def number(value: Decimal | None) -> int | float | None:
    """A stored number as JSON has it: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def day(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None


def commitment_row(commitment: Commitment, definition: Definition, change: StatusChange | None) -> dict[str, Any]:
    """One commitment in the columns of an import, by its definition and its status in force."""
    target = definition.target_or_none
    return {
        "reference": commitment.reference,
        "title": commitment.title,
        "statement": definition.statement,
        "quote": definition.quote,
        "quote_url": definition.quote_url,
        "made_on": day(commitment.made_on),
        "administration": commitment.administration.name if commitment.administration else "",
        "department": commitment.department.name if commitment.department else "",
        "policy_area": commitment.policy_area.name if commitment.policy_area else "",
        "kind": commitment.kind,
        "status": change.to_status if change else "",
        **deadline_and_target(definition, target),
        "keywords": commitment.keywords,
        "milestones": [
            {
                "title": milestone.title,
                "deadline_text": milestone.deadline_text,
                "earliest": day(milestone.deadline_earliest),
                "latest": day(milestone.deadline_latest),
            }
            for milestone in commitment.milestones.all()
        ],
        "quote_title": definition.quote_title,
        "made_by": commitment.made_by,
        "extent": commitment.extent,
        "status_on": day(change.effective_from) if change and change.effective_is_known else None,
        "publication": commitment.publication,
        "publish_at": commitment.publish_at.astimezone(dt.UTC).isoformat() if commitment.publish_at else None,
    }


def deadline_and_target(definition: Definition, target: Target | None) -> dict[str, Any]:
    """The columns by which a definition is held to a day and a number."""
    return {
        "deadline_text": definition.deadline_text,
        "deadline_earliest": day(definition.deadline_earliest),
        "deadline_latest": day(definition.deadline_latest),
        "target_metric": target.series.metric if target else "",
        "target_comparator": target.comparator if target else "",
        "target_value": number(target.value) if target else None,
        "target_unit": target.unit if target else "",
        "baseline_value": number(target.baseline_value) if target else None,
        "baseline_date": day(target.baseline_date) if target else None,
    }


def commitment_rows(record: QuerySet[Commitment], on: dt.date) -> list[dict[str, Any]]:
    """Some commitments as rows, ordered by reference, as they are on a day. Five queries."""
    commitments = list(
        record.in_force(on)  # type: ignore[attr-defined]
        .select_related("administration", "department", "policy_area")
        .prefetch_related("milestones")
        .order_by("reference")
    )
    definitions = Definition.objects.select_related("target__series").in_bulk(
        [commitment.definition_id for commitment in commitments]
    )
    changes = StatusChange.objects.in_bulk([commitment.status_change_id for commitment in commitments])
    return [
        commitment_row(commitment, definitions[commitment.definition_id], changes.get(commitment.status_change_id))
        for commitment in commitments
    ]


def commitments(on: dt.date | None = None) -> Iterator[dict[str, Any]]:
    """Every commitment, drafts included, ordered by reference."""
    on = on or timezone.localdate()
    references = list(Commitment.objects.order_by("reference").values_list("reference", flat=True))
    for batch in batches(references, COMMITMENTS_AT_A_TIME):
        yield from commitment_rows(Commitment.objects.filter(reference__in=batch), on)


FIGURE_FIELDS = ("metric", "value", "unit", "qualifier", "as_of", "period_start", "period_end", "restated")


def evidence_row(evidence: Evidence) -> dict[str, Any]:
    """One piece of evidence in the fields of `export_evidence`."""
    appearance = evidence.release.own_appearance
    return {
        "commitment": evidence.commitment.reference,
        "release_url": evidence.release.url,
        "release_title": evidence.release.title,
        "published": timezone.localdate(evidence.release.published_at).isoformat(),
        "source": appearance.source.slug,
        "revision": evidence.revision.number,
        "state": evidence.state,
        "relation": evidence.relation,
        "score": evidence.score,
        "quote": evidence.quote,
        "start": evidence.start,
        "end": evidence.end,
        "figures": [{name: figure.get(name) for name in FIGURE_FIELDS} for figure in evidence.figures],
        "reasons": evidence.reasons,
    }


def evidence(state: str | None = None, since: dt.date | None = None) -> Iterator[dict[str, Any]]:
    """Every piece of evidence, oldest release first; `since` is a date of publication."""
    from tracker.models import Appearance

    pieces = (
        Evidence.objects.select_related("commitment", "release", "revision")
        .prefetch_related(Prefetch("release__appearances", queryset=Appearance.objects.select_related("source")))
        .order_by("release__published_at", "release_id", "start", "commitment__reference", "pk")
    )
    if state is not None:
        pieces = pieces.filter(state=state)
    if since is not None:
        pieces = pieces.filter(release__published_at__date__gte=since)
    for piece in pieces.iterator(chunk_size=500):
        yield evidence_row(piece)


def audit_row(entry: AuditEntry) -> dict[str, Any]:
    """One entry in the fields of `export_audit`. `changes` has before and after for each field."""
    return {
        "at": entry.at.isoformat(),
        "person": entry.person.get_username() if entry.person else None,
        "door": entry.door,
        "deed": entry.deed,
        "model": entry.model,
        "key": entry.key,
        "name": entry.name,
        "part_of": entry.part_of,
        "changes": entry.changes,
    }


def audit(since: dt.date | None = None) -> Iterator[dict[str, Any]]:
    """Every entry, oldest first; `since` is a day in the site's time zone."""
    entries = AuditEntry.objects.select_related("person").order_by("pk")
    if since is not None:
        entries = entries.filter(at__gte=timezone.make_aware(dt.datetime.combine(since, dt.time.min)))
    for entry in entries.iterator(chunk_size=500):
        yield audit_row(entry)
