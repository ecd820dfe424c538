"""How a commitment stands on a day: what an editor judged and what the clock says, as every page shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
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


def lines_of(keys: Sequence[int], on: dt.date, groups: Groups = (), show: Showing | None = None) -> list[Line]:
    """Lines of commitments by their keys, in that order, with what was looked for marked in what may be shown.

    Two queries, and a third for the words as first promised where anything was looked for.
    """
    found = Commitment.objects.in_force(on).in_bulk(keys)
    current = Definition.objects.in_bulk([commitment.definition_id for commitment in found.values()])  # type: ignore[attr-defined]
    first: dict[int, Definition] = {}
    if show is not None:
        for definition in Definition.objects.filter(commitment__in=keys).order_by("effective_from", "pk"):
            first.setdefault(definition.commitment_id, definition)
    return [
        replace(line, marked=_marked(line.commitment, definition, first[key], groups, show))
        if show is not None and definition
        else line
        for key in keys
        if (commitment := found.get(key))
        for definition in (current.get(commitment.definition_id),)  # type: ignore[attr-defined]
        for line in (_line(commitment, definition, on),)
    ]


def _marked(commitment: Commitment, current: Definition, first: Definition, groups: Groups, show: Showing) -> Marked:
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
