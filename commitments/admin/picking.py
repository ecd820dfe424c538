"""The way to a figure in a table: a source, its sheets, the figures on one, and the words of the one that is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms

from commitments.models import Series, TablePointer
from commitments.pages import phrases
from commitments.statistics import pointing, reading
from commitments.statistics.editions import CannotBeRead, Edition, editions, opened
from commitments.statistics.pointing import Meant, NotFound, Spot
from commitments.statistics.reading import News
from tracker.models import Revision, Source
from tracker.tables import Cell, Sheet, Table, notes_in, tables

#: Of a table, on one page.
ROWS_SHOWN, COLUMNS_SHOWN = 40, 12
#: Editions for which it is shown what they would have given, the last ones.
MOST_PREVIEWED = 8
#: Figures of one edition that are shown in words.
MOST_FIGURES = 4
_UNIT = ("unit", "number of", "thousand", "million", "per cent", "%", "£")
_POPULATION = ("population", "coverage", "who is counted", "geograph")


class Lost(Exception):
    """What the address names is not there. `str(error)` says so."""


@dataclass(frozen=True)
class SheetLine:
    """A sheet that may be chosen, with the number of its figures that have a period; others are passed over."""

    name: str
    figures: int
    why_not: str
    address: str


@dataclass(frozen=True)
class CellShown:
    said: str
    name: str
    address: str


@dataclass(frozen=True)
class RowShown:
    heading: str
    cells: list[CellShown]


@dataclass(frozen=True)
class TableShown:
    """A part of a table: at most ROWS_SHOWN by COLUMNS_SHOWN, with the addresses of the parts beside it."""

    number: int
    preamble: Sequence[str]
    stub: str
    columns: list[str]
    rows: list[RowShown]
    where: str
    ways: list[tuple[str, str]]


def sources() -> list[tuple[Source, Revision | None]]:
    """The sources of tables, each with its latest edition. Two queries."""
    watched = list(Source.objects.filter(kind=Source.Kind.STATISTICS).order_by("name"))
    latest = {
        edition.appearance.source_id: edition
        for edition in Revision.objects.filter(appearance__source__in=watched, release__joined_to=None)
        .select_related("release", "appearance")
        .defer("text")
        .order_by("seen_at", "pk")
    }
    return [(source, latest.get(source.pk)) for source in watched]


def edition_of(key: str) -> Edition:
    """Raises Lost and CannotBeRead."""
    revision = (
        Revision.objects.filter(pk=key, appearance__source__kind=Source.Kind.STATISTICS)
        .select_related("release", "snapshot", "appearance__source")
        .defer("text")
        .first()
        if key.isdecimal()
        else None
    )
    if revision is None:
        raise Lost("There is no such edition.")
    return opened(revision)


def sheet_lines(edition: Edition, query: dict[str, str]) -> list[SheetLine]:
    notes = notes_in(edition.workbook.sheets)
    lines = []
    for sheet in edition.workbook.sheets:
        figures = sum(
            1
            for table in tables(sheet, notes)
            for cell in table.cells
            if cell.reading and _has_period(sheet, table, cell)
        )
        why_not = "" if figures else "no figures under headings that name a period"
        lines.append(
            SheetLine(sheet.name, figures, why_not if sheet.whole else "too large", _address(query, sheet=sheet.name))
        )
    return lines


def _has_period(sheet: Sheet, table: Table, cell: Cell) -> bool:
    try:
        pointing.spot_of(sheet, table, cell)
    except NotFound:
        return False
    return True


def sheet_of(edition: Edition, name: str) -> Sheet:
    """Raises Lost."""
    for sheet in edition.workbook.sheets:
        if sheet.name == name:
            return sheet
    raise Lost(f"This edition has no sheet “{name}”.")


def tables_shown(edition: Edition, sheet: Sheet, query: dict[str, str], part: str) -> list[TableShown]:
    """The tables of a sheet. `part` says of one of them ("2.40.12": table, first row, first column) what is shown."""
    chosen, first_row, first_column = _part(part)
    return [
        _table_shown(sheet, table, number, query, *((first_row, first_column) if number == chosen else (0, 0)))
        for number, table in enumerate(tables(sheet, notes_in(edition.workbook.sheets)), start=1)
    ]


def _part(written: str) -> tuple[int, int, int]:
    numbers = written.split(".")
    if len(numbers) == 3 and all(number.isdecimal() and len(number) < 8 for number in numbers):
        return int(numbers[0]), int(numbers[1]), int(numbers[2])
    return 0, 0, 0


def _table_shown(
    sheet: Sheet, table: Table, number: int, query: dict[str, str], first_row: int, first_column: int
) -> TableShown:
    rows = [row for row in table.rows if row.path]
    all_columns = list(table.columns)
    first_row = first_row if first_row < len(rows) else 0
    first_column = first_column if first_column < len(all_columns) else 0
    columns = all_columns[first_column : first_column + COLUMNS_SHOWN]
    part = rows[first_row : first_row + ROWS_SHOWN]
    shown = [
        RowShown(
            pointing.shown(pointing.words(row.path)),
            [_cell_shown(table.cell(row, column), query) for column in columns],
        )
        for row in part
    ]
    beside = (
        ("Rows before", first_row - ROWS_SHOWN, first_column, first_row > 0),
        ("Rows after", first_row + ROWS_SHOWN, first_column, first_row + ROWS_SHOWN < len(rows)),
        ("Columns before", first_row, first_column - COLUMNS_SHOWN, first_column > 0),
        ("Columns after", first_row, first_column + COLUMNS_SHOWN, first_column + COLUMNS_SHOWN < len(all_columns)),
    )
    return TableShown(
        number=number,
        preamble=table.preamble,
        stub=pointing.shown(table.stub),
        columns=[pointing.shown(pointing.words(table.columns[column])) for column in columns],
        rows=shown,
        where=(
            f"Rows {first_row + 1} to {first_row + len(part)} of {len(rows)}, "
            f"columns {first_column + 1} to {first_column + len(columns)} of {len(all_columns)}"
        ),
        ways=[
            (label, _address(query, sheet=sheet.name, part=f"{number}.{max(row, 0)}.{max(column, 0)}"))
            for label, row, column, there in beside
            if there
        ],
    )


def _cell_shown(cell: Cell, query: dict[str, str]) -> CellShown:
    has_figure = cell.reading is not None and cell.reading.value is not None
    return CellShown(said(cell), cell.name, _address(query, cell=cell.name) if has_figure else "")


def said(cell: Cell) -> str:
    """What stands in a cell, numbers with separators as most tables show them."""
    if isinstance(cell.value, int | float):
        return f"{cell.value:,}"
    return cell.value or ""


def _address(query: dict[str, str], **more: str) -> str:
    return f"?{urlencode({**query, **more})}"


def cell_of(edition: Edition, sheet: Sheet, name: str) -> tuple[Table, Cell, Spot]:
    """A figure by its place in one edition, and where such figures stand in any. Raises Lost and NotFound."""
    for table in tables(sheet, notes_in(edition.workbook.sheets)):
        for cell in table.cells:
            if cell.name == name:
                return table, cell, pointing.spot_of(sheet, table, cell)
    raise Lost(f"There is no figure in {name}.")


class PointerForm(forms.Form):
    """What else has to be said of a figure that was chosen."""

    series = forms.ModelChoiceField(
        Series.objects.all(), help_text="What the figures are figures of. A series that is not here is added first."
    )
    unit_words = forms.CharField(
        label="Words that say the unit",
        max_length=300,
        help_text="As they stand above the table or in its headings. Should they change, nothing is taken.",
    )
    population_words = forms.CharField(
        label="Words that say who is counted",
        max_length=300,
        required=False,
        help_text="Likewise, where the table says so. May be left empty.",
    )
    takes = forms.ChoiceField(
        label="Take", choices=TablePointer.Takes.choices, widget=forms.RadioSelect, initial=TablePointer.Takes.ALL
    )
    mode = forms.ChoiceField(
        label="New figures are",
        choices=TablePointer.Mode.choices,
        widget=forms.RadioSelect,
        initial=TablePointer.Mode.SUGGEST,
    )
    begins = forms.ChoiceField(
        label="Begin with",
        choices=[("this", "this edition"), ("first", "the first edition that is stored")],
        widget=forms.RadioSelect,
        initial="this",
    )

    def __init__(
        self, edition: Edition, table: Table, cell: Cell, spot: Spot, pointer: TablePointer | None, *args: Any
    ) -> None:
        super().__init__(*args)
        self.edition, self.table, self.cell, self.spot, self.pointer = edition, table, cell, spot, pointer
        lines = [*table.preamble, *spot.column_path, *spot.row_path]
        self.fields["unit_words"].initial = _first_with(lines, _UNIT)
        self.fields["population_words"].initial = _first_with(lines, _POPULATION)
        if pointer:
            del self.fields["series"], self.fields["begins"]
            self.fields["takes"].initial, self.fields["mode"].initial = pointer.takes, pointer.mode

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        said = [*self.table.preamble, *self.spot.stub, *self.spot.row_path, *self.spot.column_path]
        for name in ("unit_words", "population_words"):
            if values.get(name) and not pointing.is_said(values[name], said):
                self.add_error(name, "These words stand neither above the table nor in its headings.")
        series = values.get("series")
        if series and TablePointer.objects.followed().filter(series=series, grain=self.spot.grain).exists():
            self.add_error("series", "Its figures are taken from another table already. Stop following that one first.")
        if not self.errors:
            self._check_that_it_is_found()
        return values

    def _check_that_it_is_found(self) -> None:
        try:
            found = pointing.find(self.edition.workbook, self.spot, self.meant)
        except NotFound as error:
            raise forms.ValidationError(str(error)) from error
        if not any(one.cell == self.cell.name for one in found):
            raise forms.ValidationError("By the words of its headings, another figure would be found.")

    @property
    def meant(self) -> Meant:
        return Meant(
            self.cleaned_data.get("unit_words", ""),
            self.cleaned_data.get("population_words", ""),
            pointing.scales(self.table, self.spot),
        )

    def fields_of_a_pointer(self) -> dict[str, Any]:
        """What a pointer to this figure keeps, but for its source, series and first edition."""
        return {
            "sheet": self.spot.sheet,
            "stub": list(self.spot.stub),
            "row_path": list(self.spot.row_path),
            "column_path": list(self.spot.column_path),
            "grain": self.spot.grain,
            "unit_words": self.cleaned_data["unit_words"],
            "population_words": self.cleaned_data["population_words"],
            "scales": sorted(self.meant.scales),
            "takes": self.cleaned_data["takes"],
            "mode": self.cleaned_data["mode"],
        }


def _first_with(lines: Sequence[str], signs: Sequence[str]) -> str:
    for sign in signs:
        for line in lines:
            if sign in line.casefold():
                return line[:300]
    return ""


@dataclass(frozen=True)
class Previewed:
    """What one stored edition would have given, in words."""

    edition: Revision
    published: str
    problem: str
    summary: str
    figures: list[str]


def preview(source: Source, spot: Spot, meant: Meant, *, newest_only: bool) -> list[Previewed]:
    """The last editions of a source, newest first, as they would have been read one after the other."""
    latest = list(editions(source).reverse()[:MOST_PREVIEWED])[::-1]
    stored: list[Edition] = []
    broken: list[Previewed] = []
    for revision in latest:
        try:
            stored.append(opened(revision))
        except CannotBeRead as error:
            broken.append(Previewed(revision, "", str(error), "", []))
    said = [
        Previewed(edition.revision, phrases.day(edition.published_on), problem, _summary(news), _in_words(news))
        for edition, news, problem in reading.preview(stored, spot, meant, newest_only=newest_only)
    ]
    in_order = {revision.pk: place for place, revision in enumerate(latest)}
    return sorted([*said, *broken], key=lambda one: -in_order[one.edition.pk])


def _summary(news: Sequence[News]) -> str:
    new, moved = sum(one.before is None for one in news), sum(one.before is not None for one in news)
    parts = [f"{new:,} new" if new else "", f"{moved:,} changed" if moved else ""]
    return ", ".join(filter(None, parts)) or "nothing new"


def _in_words(news: Sequence[News]) -> list[str]:
    changed_first = sorted(news, key=lambda one: one.before is None)
    said = [figure_in_words(one) for one in changed_first[:MOST_FIGURES]]
    return [*said, f"and {len(news) - MOST_FIGURES:,} more"] if len(news) > MOST_FIGURES else said


def figure_in_words(one: News) -> str:
    """ "1 January to 31 March 2024: 1,250 (revised), before 1,200; in D14"."""
    period = one.found.period
    time = phrases.day(period.end) if period.start == period.end else phrases.span(period.start, period.end, "to")
    mark = f" ({reading.marked(one.found)})" if one.found.marks else ""
    before = ""
    if one.before is not None:
        same = "no longer provisional" if not one.found.marks else "as before"
        before = f", {same}" if one.before == one.value else f", before {phrases.number(one.before)}"
    return f"{time}: {phrases.number(one.value)}{mark}{before}; in {one.found.cell}"
