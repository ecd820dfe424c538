"""How a commitment stands on a day: what an editor judged and what the clock says, as every page shows them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from commitments.models import Commitment, Definition, Status
from commitments.search import highlighting
from commitments.search.highlighting import Groups, Run
from commitments.showing import Showing
from commitments.timing import Timing, timing

from . import meanings, phrases


class InForce(Protocol):
    """A commitment read through `Commitment.objects.in_force(on)`."""

    status: str
    status_change_id: int | None
    status_since: dt.date | None
    due_from: dt.date | None
    due_by: dt.date | None


@dataclass(frozen=True)
class Standing:
    """Status and timing with their words. `judged` is off while no editor has decided anything."""

    status: Status
    judged: bool
    timing: Timing
    timing_sentence: str

    @property
    def status_meaning(self) -> str:
        return meanings.STATUS[self.status]


def standing(commitment: InForce, on: dt.date) -> Standing:
    key = timing(commitment.due_from, commitment.due_by, commitment.status, commitment.status_since, on)
    return Standing(
        status=Status(commitment.status),
        judged=commitment.status_change_id is not None,
        timing=key,
        timing_sentence=phrases.timing(key, commitment.due_from, commitment.due_by, commitment.status_since, on),
    )


@dataclass(frozen=True)
class Marked:
    """What was looked for, marked in a commitment's title and in an extract of its words; `source` is whose words."""

    title: list[Run]
    extract: list[Run]
    source: str


@dataclass(frozen=True)
class Line:
    """A commitment as one line of a list. `deadline` is the interval in words, empty without one."""

    commitment: Commitment
    standing: Standing
    deadline: str
    deadline_as_worded: str
    marked: Marked | None = None


def lines(commitments: Iterable[Commitment], on: dt.date) -> list[Line]:
    """Lines of commitments read through `in_force(on)`, in their order. One query, for their definitions."""
    found = list(commitments)
    definitions = Definition.objects.in_bulk([commitment.definition_id for commitment in found])  # type: ignore[attr-defined]
    return [_line(commitment, definitions.get(commitment.definition_id), on) for commitment in found]  # type: ignore[attr-defined]


def lines_of(keys: Sequence[int], on: dt.date) -> list[Line]:
    """Lines of commitments by their keys, in that order."""
    found = Commitment.objects.in_force(on).in_bulk(keys)
    return lines((found[key] for key in keys if key in found), on)


def marked(lines: Sequence[Line], groups: Groups, show: Showing) -> list[Line]:
    """Lines with what was looked for marked in their titles and words. One query."""
    wordings: dict[int, list[Definition]] = defaultdict(list)
    keys = [line.commitment.pk for line in lines]
    for definition in Definition.objects.filter(commitment__in=keys).order_by("effective_from", "pk"):
        wordings[definition.commitment_id].append(definition)
    return [
        replace(line, marked=_marked(line.commitment, wordings[line.commitment.pk], groups, show)) for line in lines
    ]


def _marked(commitment: Commitment, wordings: Sequence[Definition], groups: Groups, show: Showing) -> Marked:
    current = next(one for one in wordings if one.pk == commitment.definition_id)  # type: ignore[attr-defined]
    first = wordings[0]
    title = highlighting.runs(commitment.title, groups)
    for source, text in (
        ("", current.statement),
        ("In their words", current.quote),
        ("As first promised", first.statement),
        ("As first promised, in their words", first.quote),
        ("Also called", commitment.keywords),
        ("Reference", commitment.reference),
    ):
        extract = highlighting.extract(show.words(text), groups)
        if highlighting.has_marks(extract):
            return Marked(title, extract, source)
    return Marked(title, [], "")


def _line(commitment: Commitment, definition: Definition | None, on: dt.date) -> Line:
    return Line(
        commitment=commitment,
        standing=standing(commitment, on),  # type: ignore[arg-type]
        deadline=phrases.interval(definition.deadline_earliest, definition.deadline_latest) if definition else "",
        deadline_as_worded=definition.deadline_text if definition else "",
    )
