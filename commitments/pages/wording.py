"""The versions of what is promised, each with what it changed in the one before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

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
    target = phrases.target(aim) if aim else ""
    when = due(definition)
    statement = show.words(definition.statement)
    said_in = definition.source_revision
    release_id = said_in.release_id if said_in else show.release_at(definition.quote_url)
    withheld = show.text_note(release_id) if release_id else None
    words = show.of_release(release_id, definition.quote).text if release_id else show.words(definition.quote)
    quote = "" if withheld else words
    pairs = (
        []
        if before is None
        else [
            ("In our words", before.statement, statement),
            ("In theirs", before.quote, quote),
            ("Target", before.target, target),
            ("Deadline", _in_words(before.due), _in_words(when)),
        ]
    )
    return Wording(
        definition=definition,
        statement=statement,
        quote=quote,
        quote_url="" if withheld else definition.quote_url,
        quote_title="" if withheld else show.words(definition.quote_title),
        note=show.words(definition.note),
        source_title=show.title(said_in.release_id, said_in.title) if said_in else "",
        withheld=withheld if definition.quote else None,
        due=when,
        meaning=meanings.DEFINITION[Definition.Kind(definition.kind)],
        target=target,
        baseline=_baseline(aim) if aim else "",
        components=[f"{part.name}: {phrases.number(part.value)}" for part in aim.components.all()] if aim else [],
        author=author(definition.recorded_by),
        reworded=[Reworded(part, compared(one, other)) for part, one, other in pairs if one.split() != other.split()],
    )


def _in_words(when: Due) -> str:
    worded = f"“{when.as_worded}”" if when.as_worded else ""
    return ", ".join(part for part in (worded, when.interval) if part) or "no deadline"


def _baseline(aim: Target) -> str:
    value = "" if aim.baseline_value is None else phrases.quantity(aim.baseline_value, aim.series.unit)
    when = "" if aim.baseline_date is None else f"on {phrases.day(aim.baseline_date)}"
    return f"{value} {when}".strip()
