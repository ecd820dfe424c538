"""The versions of what is promised, each with what it changed in the one before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from commitments.models import Deadline, Definition, Target
from commitments.showing import Note, Showing
from tracker.diffs import Row, compared

from . import meanings, phrases
from .judgement import author


@dataclass(frozen=True)
class Due:
    """A deadline as shown. `interval` is empty when no day is known."""

    as_worded: str
    interval: str
    reading: str
    is_stated: bool
    event: str
    not_before: dt.date | None


@dataclass(frozen=True)
class Reworded:
    """One part of a version that is not as in the version before, word by word."""

    part: str
    rows: list[Row]


@dataclass(frozen=True)
class Wording:
    """One version of what is promised, in the words that may be shown. `reworded` is empty in the first.

    `note` is ours on the change; `withheld` stands in the place of the quote and of where it was said.
    """

    definition: Definition
    statement: str
    quote: str
    quote_url: str
    quote_title: str
    note: str
    source_title: str
    withheld: Note | None
    due: Due
    meaning: str
    target: str
    baseline: str
    components: list[str]
    author: str
    reworded: list[Reworded]


def wordings_of(show: Showing, definitions: Sequence[Definition]) -> list[Wording]:
    """Versions in their order, each beside the one before; with their targets and components at hand."""
    wordings: list[Wording] = []
    for definition in definitions:
        wordings.append(_wording(show, definition, wordings[-1] if wordings else None))
    return wordings


def due(deadline: Deadline) -> Due:
    return Due(
        as_worded=deadline.deadline_text,
        interval=phrases.interval(deadline.deadline_earliest, deadline.deadline_latest),
        reading=deadline.deadline_derivation,
        is_stated=deadline.deadline_is_stated,
        event=deadline.deadline_event,
        not_before=deadline.not_before,
    )


def _wording(show: Showing, definition: Definition, before: Wording | None) -> Wording:
    aim = definition.target_or_none
    said_in, words = definition.source_revision, show.definition(definition)
    wording = Wording(
        definition=definition,
        statement=words.statement,
        quote=words.quote,
        quote_url=words.quote_url,
        quote_title=words.quote_title,
        note=words.note,
        source_title=show.title(said_in.release_id, said_in.title) if said_in else "",
        withheld=words.withheld,
        due=due(definition),
        meaning=meanings.DEFINITION[Definition.Kind(definition.kind)],
        target=phrases.target(aim) if aim else "",
        baseline=_baseline(aim) if aim else "",
        components=[f"{part.name}: {phrases.number(part.value)}" for part in aim.components.all()] if aim else [],
        author=author(definition.recorded_by),
        reworded=[],
    )
    return replace(wording, reworded=_reworded(before, wording)) if before else wording


def _reworded(before: Wording, now: Wording) -> list[Reworded]:
    """What may be shown of both, compared; a quote that is withheld of either says nothing of the other."""
    quotes = ("", "") if before.withheld or now.withheld else (before.quote, now.quote)
    pairs = [
        ("In our words", before.statement, now.statement),
        ("In theirs", *quotes),
        ("Target", before.target, now.target),
        ("Deadline", _in_words(before.due), _in_words(now.due)),
    ]
    return [Reworded(part, compared(one, other)) for part, one, other in pairs if one.split() != other.split()]


def _in_words(when: Due) -> str:
    worded = f"“{when.as_worded}”" if when.as_worded else ""
    return ", ".join(part for part in (worded, when.interval) if part) or "no deadline"


def _baseline(aim: Target) -> str:
    value = "" if aim.baseline_value is None else phrases.quantity(aim.baseline_value, aim.series.unit)
    when = "" if aim.baseline_date is None else f"on {phrases.day(aim.baseline_date)}"
    return f"{value} {when}".strip()
