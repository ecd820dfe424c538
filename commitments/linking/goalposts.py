"""Look at new evidence for what it says otherwise than the record, and keep that for staff to judge."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.utils import timezone

from commitments.linking.said_otherwise import SAYING_IT_AGAIN, Recorded, said_otherwise
from commitments.models import Commitment, Comparator, Definition, Evidence, Goalpost, Milestone

_CHANGES = (Comparator.INCREASE_BY, Comparator.DECREASE_BY)


def look(pieces: Collection[Evidence]) -> list[Goalpost]:
    """Keep what some pieces of evidence say otherwise than the definitions in force. A fixed number of queries.

    A release that is no younger than the definition cannot have moved it. Safe to repeat.
    """
    keys = [piece.pk for piece in pieces if piece.relation in SAYING_IT_AGAIN]
    if not keys:
        return []
    today = timezone.localdate()
    evidence = list(Evidence.objects.filter(pk__in=keys).select_related("release"))
    owners: Any = Commitment.objects.filter(pk__in={piece.commitment_id for piece in evidence}).in_force(today)
    in_force = Definition.objects.filter(pk__in=owners.values("definition_id"))
    definitions = {
        definition.commitment_id: definition for definition in in_force.select_related("commitment", "target__series")
    }
    milestones: dict[int, list[dt.date]] = defaultdict(list)
    steps = Milestone.objects.filter(commitment__in=definitions, deadline_latest__isnull=False)
    for step in steps:
        milestones[step.commitment_id].append(step.deadline_latest)  # type: ignore[arg-type]
    goalposts = []
    for piece in evidence:
        definition = definitions.get(piece.commitment_id)
        published = timezone.localdate(piece.release.published_at)
        if definition is None or published <= definition.effective_from:
            continue
        as_recorded = recorded(definition, tuple(milestones[piece.commitment_id]))
        for said in said_otherwise(piece.quote, piece.relation, published, as_recorded):
            goalposts.append(
                Goalpost(
                    evidence=piece,
                    definition=definition,
                    aspect=said.aspect,
                    said=said.words[:300],
                    value=said.value,
                    unit=said.unit[:60],
                    earliest=said.earliest,
                    latest=said.latest,
                )
            )
    return Goalpost.objects.bulk_create(goalposts, ignore_conflicts=True)


def recorded(definition: Definition, milestones: tuple[dt.date, ...] = ()) -> Recorded:
    """A definition as passages are compared with it."""
    target = definition.target_or_none
    words = f"{definition.commitment.title}. {definition.statement} {definition.quote}"
    return Recorded(
        words=words,
        value=target.value if target else None,
        unit=target.unit or target.series.unit if target else "",
        metric=target.series.metric if target else "",
        is_change=target is not None and target.comparator in _CHANGES,
        baseline=target.baseline_value if target else None,
        earliest=definition.deadline_earliest,
        latest=definition.deadline_latest,
        milestones=milestones,
    )
