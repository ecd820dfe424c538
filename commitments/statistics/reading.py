"""What each edition gives for what staff have pointed at: new figures, changed ones, or a problem and no figure."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from commitments.models import TableFigure, TablePointer, TableReading
from commitments.statistics import pointing, vintages
from commitments.statistics.editions import CannotBeRead, Edition, editions, opened, seen_as_published_on
from commitments.statistics.periods import Period
from commitments.statistics.pointing import Found, Meant, NotFound, Spot
from tracker.models import Revision

log = logging.getLogger(__name__)

#: Numbers are kept to six decimal places.
LEAST_STEP = Decimal("0.000001")
#: From here on a number is too large to be kept.
TOO_LARGE = Decimal(10) ** 18
#: Marks that say that a figure may still change: when one comes or goes, that is news. "Revised" is said once.
PASSING = {"provisional", "estimated"}
MOST_NOTES = 20

Key = tuple[dt.date, dt.date]


@dataclass(frozen=True)
class ReadOutcome:
    """How many editions were read for a pointer, how many figures they gave, and how many had a problem."""

    editions: int = 0
    figures: int = 0
    problems: int = 0


@dataclass(frozen=True)
class News:
    """A figure that is not known so. `before` is the number known until now; None for a period that is new."""

    found: Found
    value: Decimal
    before: Decimal | None


@dataclass(frozen=True)
class Known:
    """The last that an edition gave for a period."""

    value: Decimal
    mark: str
    figure: TableFigure | None = None


def spot(pointer: TablePointer) -> Spot:
    return Spot(pointer.sheet, tuple(pointer.stub), tuple(pointer.row_path), tuple(pointer.column_path), pointer.grain)


def meant(pointer: TablePointer) -> Meant:
    return Meant(pointer.unit_words, pointer.population_words, frozenset(pointer.scales))


def key(period: Period) -> Key:
    return period.start, period.end


def read_pending() -> ReadOutcome:
    """Read every edition that has not been read for a pointer yet, oldest first. Safe to repeat and to break off."""
    total = ReadOutcome()
    for pointer in TablePointer.objects.followed().select_related("source", "first_edition"):
        read = read_for(pointer)
        total = ReadOutcome(
            total.editions + read.editions, total.figures + read.figures, total.problems + read.problems
        )
    return total


def read_for(pointer: TablePointer) -> ReadOutcome:
    """The same for one pointer."""
    readings = list(filter(None, (_read_one(pointer, revision) for revision in list(_unread(pointer)))))
    figures = TableFigure.objects.filter(reading__in=readings).count()
    return ReadOutcome(len(readings), figures, sum(bool(reading.problem) for reading in readings))


def forget_problems(pointer: TablePointer) -> None:
    """Let the editions in which a pointer has not been found since it last was be read again."""
    TableReading.objects.filter(pointer=pointer, revision__in=_after(pointer, _last_found(pointer))).exclude(
        problem=""
    ).delete()


def _unread(pointer: TablePointer) -> QuerySet[Revision]:
    """None that is older than the last that was read well: its figures would pass for news."""
    return _after(pointer, _last_found(pointer)).exclude(table_readings__pointer=pointer)


def _last_found(pointer: TablePointer) -> dt.datetime:
    found = pointer.readings.filter(problem="").order_by("-revision__seen_at").select_related("revision").first()
    begun = pointer.first_edition.seen_at
    return max(found.revision.seen_at, begun) if found else begun


def _after(pointer: TablePointer, seen_at: dt.datetime) -> QuerySet[Revision]:
    return editions(pointer.source).filter(seen_at__gte=seen_at)


def _read_one(pointer: TablePointer, revision: Revision) -> TableReading | None:
    edition: Edition | str
    try:
        edition = opened(revision)
    except CannotBeRead as error:
        edition = str(error)
    try:
        return _read(pointer.pk, revision, edition)
    except Exception as error:  # an edition that trips us up must not stop the others, and staff see it
        log.exception("%s: an edition could not be read: %s", pointer, revision)
        return _read(pointer.pk, revision, f"The reading itself failed: {type(error).__name__}: {error}.")


@transaction.atomic
def _read(pointer_key: int, revision: Revision, edition: Edition | str) -> TableReading | None:
    """None where another process was faster, or the pointer is no longer followed."""
    pointer = TablePointer.objects.followed().select_for_update(no_key=True).filter(pk=pointer_key).first()
    if pointer is None or pointer.readings.filter(revision=revision).exists():
        return None
    if isinstance(edition, str):
        return _problem(pointer, revision, seen_as_published_on(revision), edition)
    try:
        found = pointing.find(edition.workbook, spot(pointer), meant(pointer))
    except NotFound as error:
        return _problem(pointer, revision, edition.published_on, str(error))
    known = _known(pointer)
    news, notes = compare(found, known, newest_only=pointer.takes == TablePointer.Takes.NEWEST)
    reading = TableReading.objects.create(
        pointer=pointer, revision=revision, published_on=edition.published_on, notes=notes, found=len(found)
    )
    at_once = pointer.mode == TablePointer.Mode.AT_ONCE
    now = timezone.now()
    overtaken = [known[key(one.found.period)].figure for one in news if key(one.found.period) in known]
    TableFigure.objects.waiting().filter(pk__in=[figure.pk for figure in overtaken if figure]).update(
        state=TableFigure.State.OVERTAKEN
    )
    TableFigure.objects.bulk_create(_figure(reading, one, now if at_once else None) for one in news)
    if at_once:
        vintages.settle(pointer.series, now)
    return reading


def _problem(pointer: TablePointer, revision: Revision, published_on: dt.date, problem: str) -> TableReading:
    log.warning("%s could not be read from %s: %s", pointer, revision, problem)
    return TableReading.objects.create(pointer=pointer, revision=revision, published_on=published_on, problem=problem)


def _figure(reading: TableReading, one: News, accepted_at: dt.datetime | None) -> TableFigure:
    return TableFigure(
        reading=reading,
        value=one.value,
        before=one.before,
        mark=marked(one.found),
        period_start=one.found.period.start,
        period_end=one.found.period.end,
        sheet=reading.pointer.sheet,
        cell=one.found.cell,
        row_words=pointing.shown(one.found.row)[:1000],
        column_words=pointing.shown(one.found.column)[:1000],
        state=TableFigure.State.ACCEPTED if accepted_at else TableFigure.State.SUGGESTED,
        decided_at=accepted_at,
    )


def _known(pointer: TablePointer) -> dict[Key, Known]:
    """The last figure of each period that a table gave for the series, rejected or not."""
    figures = (
        TableFigure.objects.filter(reading__pointer__series=pointer.series_id, reading__pointer__grain=pointer.grain)
        .exclude(state=TableFigure.State.OVERTAKEN)
        .order_by("reading__revision__seen_at", "reading_id")
    )
    return {(figure.period_start, figure.period_end): Known(figure.value, figure.mark, figure) for figure in figures}


def compare(found: Sequence[Found], known: dict[Key, Known], *, newest_only: bool) -> tuple[list[News], list[str]]:
    """What of `found`, newest first, is not known so, and sentences on what was passed over. Pure.

    With `newest_only`, of the periods that are not known only the newest that has a figure is taken.
    """
    news: list[News] = []
    notes: list[str] = []
    newest = next((key(one.period) for one in found if one.value is not None), None)
    for one in found:
        there = known.get(key(one.period))
        if one.value is None:
            if there:
                notes.append(f"{one.cell}: “{one.said}” stands where {there.value.normalize():f} was given before.")
            elif one is found[0]:
                notes.append(f"{one.cell}: the newest period has “{one.said}” and no figure.")
            continue
        if abs(one.value) >= TOO_LARGE:
            notes.append(f"{one.cell}: {one.said} is too large to be kept.")
            continue
        value = one.value.quantize(LEAST_STEP)
        if there is None:
            if not newest_only or key(one.period) == newest:
                news.append(News(one, value, None))
        elif value != there.value or _passing(one.marks) != _passing(there.mark.split(", ")):
            news.append(News(one, value, there.value))
    return news, notes[:MOST_NOTES]


def marked(found: Found) -> str:
    """ "provisional, revised"."""
    return ", ".join(found.marks)


def _passing(marks: Sequence[str]) -> set[str]:
    return PASSING & set(marks)


def preview(
    stored: Sequence[Edition], where: Spot, what: Meant, *, newest_only: bool
) -> list[tuple[Edition, list[News], str]]:
    """What each of some editions, oldest first, would have given: its news, or why it has none."""
    known: dict[Key, Known] = {}
    said: list[tuple[Edition, list[News], str]] = []
    for edition in stored:
        try:
            found = pointing.find(edition.workbook, where, what)
        except NotFound as error:
            said.append((edition, [], str(error)))
            continue
        news, _ = compare(found, known, newest_only=newest_only)
        known |= {key(one.found.period): Known(one.value, marked(one.found)) for one in news}
        said.append((edition, news, ""))
    return said
