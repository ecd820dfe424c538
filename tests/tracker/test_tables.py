"""What is read of a sheet: figures under their headings, signs as signs, and nothing where it is not understood."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.documents import docx
from tests.tracker.workbooks import Made, ods, xlsx
from tracker.tables import Cell, Sheet, Workbook, as_text, cell_name, notes_in, read_cell, read_workbook, tables

XLSX, ODS = "https://example.org/a.xlsx", "https://example.org/a.ods"


def read(body: bytes, url: str = XLSX, content_type: str = "") -> Workbook:
    return read_workbook(body, content_type, url)


def cells(rows: list[list[Any]], *notes: str, merged: Any = ()) -> dict[str, Cell]:
    found = tables(Sheet("T", tuple(map(tuple, rows)), tuple(merged)), frozenset(notes))
    return {cell.name: cell for table in found for cell in table.cells}


def path(cell: Cell) -> tuple[list[str], list[str]]:
    return [one.words for one in cell.row_path], [one.words for one in cell.column_path]


VISAS = Made(
    [
        ["Table 1: visas", None, None, None, None],
        ["Unit: people"],
        [],
        ["Year", "Quarter", "Decisions [note 1]", None, "Grants2"],
        [None, None, "All", "Refused", None],
        [2024, "Q1", 1200, "1,100 [r]", "[x]"],
        [None, "Q2 [p]", 1300, "..", 4.5],
        [2025, "Q1", 1400, "–", 5],
    ],
    merged=[(3, 2, 3, 3), (3, 4, 4, 4), (3, 0, 4, 0), (3, 1, 4, 1), (5, 0, 6, 0)],
)


@pytest.mark.parametrize(("make", "url"), [(xlsx, XLSX), (ods, ODS)])
def test_a_figure_stands_under_all_its_headings_in_both_formats(make: Any, url: str) -> None:
    book = read(make({"Visas": VISAS, "Notes": Made([["Note", "Text"], ["2", "Without children"]])}), url)
    assert [sheet.name for sheet in book.sheets] == ["Visas", "Notes"]
    assert notes_in(book.sheets) == {"2"}
    [table] = tables(book.sheets[0], notes_in(book.sheets))
    assert table.preamble == ("Table 1: visas", "Unit: people")
    assert table.stub == ("Year", "Quarter")
    found = {cell.name: cell for cell in table.cells}
    assert path(found["D6"]) == (["2024", "Q1"], ["Decisions", "Refused"])
    assert path(found["E7"]) == (["2024", "Q2"], ["Grants"])
    assert path(found["C8"]) == (["2025", "Q1"], ["Decisions", "All"])
    assert found["D6"].reading == read_cell("1,100 [r]")
    assert {one.words: set(one.marks) for one in found["E7"].row_path} == {"2024": set(), "Q2": {"provisional"}}
    assert found["E6"].reading.value is None


SIGNS = [
    ("1,234", "1234"),
    ("1 234", "1234"),
    ("1\u00a0234 567", "1234567"),
    ("-3.5", "-3.5"),
    ("−12", "-12"),
    ("£1,200", "1200"),
    ("45%", "45"),
    (0, "0"),
    ("0", "0"),
    (1234.5, "1234.5"),
]


@pytest.mark.parametrize(("written", "value"), SIGNS)
def test_numbers_as_people_write_them(written: Any, value: str) -> None:
    assert read_cell(written).value == Decimal(value)


@pytest.mark.parametrize("sign", ["[x]", "[z]", "[c]", "-", "–", "..", ":", "n/a", "N/A", "*", "[low]", "[x] [p]"])
def test_a_sign_in_place_of_a_figure_is_no_nought(sign: str) -> None:
    reading = read_cell(sign)
    assert reading is not None
    assert reading.value is None
    assert reading.missing


MARKED = [
    ("1,234 [p]", {"provisional"}),
    ("1234[r]", {"revised"}),
    ("1,234r", {"revised"}),
    ("12 (p)", {"provisional"}),
    ("7 [note 4]", set()),
    ("7 [p, r]", {"provisional", "revised"}),
    ("9 [e]", {"estimated"}),
]


@pytest.mark.parametrize(("written", "marks"), MARKED)
def test_signs_beside_a_figure_are_kept_apart_from_it(written: str, marks: set[str]) -> None:
    reading = read_cell(written)
    assert reading.value is not None
    assert set(reading.marks) == marks


@pytest.mark.parametrize(
    "words", ["1,23", "12,3456", "about 12", "12 people", "1.2.3", "2024 Q1", "Q1", "5th", "", "NaN"]
)
def test_words_are_no_figure(words: str) -> None:
    assert read_cell(words) is None


@given(st.integers(-(10**12), 10**12))
def test_any_number_with_thousands_separators_is_read_as_it_is(number: int) -> None:
    assert read_cell(f"{number:,}").value == number
    assert read_cell(f"{number:,} [p]").value == number


@given(st.text(max_size=30))
def test_any_text_is_a_number_a_sign_or_words_and_never_a_fault(text: str) -> None:
    reading = read_cell(text)
    assert reading is None or (reading.value is None) == bool(reading.missing)


def test_years_over_columns_are_headings_and_a_figure_like_a_year_is_a_figure() -> None:
    found = cells([["Nationality", 2023, 2024], ["India", 5, 2022], ["All", 1999, 2030]])
    assert path(found["C2"]) == (["India"], ["2024"])
    assert found["C2"].reading.value == 2022
    assert found["B3"].reading.value == 1999


def test_the_heading_of_a_section_belongs_to_the_rows_below_it() -> None:
    found = cells([["Visa", "Grants"], ["Work"], ["Total", 7], ["Study"], ["Total", 8]])
    assert path(found["B3"]) == (["Work", "Total"], ["Grants"])
    assert path(found["B5"]) == (["Study", "Total"], ["Grants"])


def test_two_tables_on_one_sheet_are_two() -> None:
    found = cells(
        [["One"], ["Quarter", "Grants"], ["2024 Q1", 1], [], ["Two"], ["Quarter", "Refusals"], ["2024 Q1", 2]]
    )
    assert path(found["B3"])[1] == ["Grants"]
    assert path(found["B7"])[1] == ["Refusals"]


def test_a_number_at_the_end_of_a_heading_is_that_of_a_note_only_where_there_is_one() -> None:
    rows = [["Quarter", "Total1", "COVID19", "Grants3"], ["Q1", 1, 2, 3]]
    with_notes = cells(rows, "1")
    assert [path(with_notes[name])[1] for name in ("B2", "C2", "D2")] == [["Total"], ["COVID19"], ["Grants3"]]
    assert path(cells(rows)["B2"])[1] == ["Total1"]
    assert path(with_notes["B2"])[0] == ["Q1"]


def test_without_merged_cells_a_heading_reaches_over_the_empty_ones_on_its_right() -> None:
    found = cells(
        [
            ["", None],
            [None, "Grants", None, "Refusals", None],
            ["Quarter", "Men", "Women", "Men", "Women"],
            ["Q1", 1, 2, 3, 4],
        ]
    )
    assert path(found["C4"])[1] == ["Grants", "Women"]
    assert path(found["E4"])[1] == ["Refusals", "Women"]


def test_a_sheet_of_text_has_no_table() -> None:
    assert (
        cells([["Cover"], ["Published 1 May 2025"], ["Contact", "statistics@example.org"], ["Tables", "three"]]) == {}
    )
    assert cells([[1, 2, 3], [4, 5, 6]]) == {}


def test_hidden_sheets_are_passed_over() -> None:
    book = read(xlsx({"Shown": VISAS, "Working": VISAS}, hidden=["Working"]))
    assert [sheet.name for sheet in book.sheets] == ["Shown"]


def test_a_csv_file_is_one_sheet() -> None:
    body = "Quarter;Grants\n2024 Q1;1,200\n2024 Q2;[x]\n".encode("utf-8-sig")
    book = read(body, "https://example.org/visas-2024.csv", "text/csv")
    assert [sheet.name for sheet in book.sheets] == ["visas-2024"]
    [table] = tables(book.sheets[0])
    assert {cell.name: cell.reading.value for cell in table.cells} == {"B2": 1200, "B3": None}
    assert "2024 Q1 | 1,200" in as_text(book)


BAD = [
    (b"PK\x03\x04 and then nothing", "cannot be read"),
    (docx("A letter"), "cannot be read"),
    (xlsx({"T": VISAS})[:-200], "cannot be read"),
    (b"a,b\n\0\0", "cannot be read"),
]


@pytest.mark.parametrize(("body", "words"), BAD)
def test_a_file_that_is_no_workbook_is_said_to_be_none(body: bytes, words: str) -> None:
    book = read(body)
    assert not book.sheets
    assert words in book.problem


def test_a_workbook_that_would_fill_the_memory_is_given_up() -> None:
    book = read(xlsx({"T": Made([[1]]), "Far": Made([[None] * 16_000 + [1]] + [[]] * 90_000 + [[1]])}))
    assert [sheet.rows for sheet in book.sheets if sheet.name == "Far"] in ([], [()])
    assert book.problem


@pytest.mark.parametrize(
    ("row", "column", "name"), [(0, 0, "A1"), (13, 3, "D14"), (0, 25, "Z1"), (1, 26, "AA2"), (0, 702, "AAA1")]
)
def test_cells_are_called_as_in_a_spreadsheet(row: int, column: int, name: str) -> None:
    assert cell_name(row, column) == name
