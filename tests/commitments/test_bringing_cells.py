"""What is written in a cell means one thing, whoever wrote it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commitments.bringing import cells, headers
from commitments.bringing.columns import Column, field_of, suggested
from commitments.bringing.reading import read

DAYS = st.dates(dt.date(1955, 1, 1), dt.date(2119, 12, 31))
FIELDS = (Column("reference", "Reference", ("ref",)), Column("title", "Title", ("name",)), Column("due", "Due"))


@settings(deadline=None)
@given(DAYS)
def test_a_day_is_the_same_day_in_every_style(day: dt.date) -> None:
    styles = [
        *(f"{day:%d/%m/}{day.year}", f"{day.day}.{day.month}.{day.year}", day.isoformat(), f"{day}T00:00:00"),
        *(f"{day.day} {day:%B} {day.year}", f"{day.day}-{day:%b}-{day.year}", f"{day:%B} {day.day}, {day.year}"),
        (day - dt.date(1899, 12, 30)).days,
    ]
    assert {cells.day(style) for style in styles} == {day}


@pytest.mark.parametrize(
    "text", ["12/31/2024", "31/02/2025", "31/12/25", "May 2025", "2025", 2025, 45657.5, "", "5 Ma 2025"]
)
def test_what_is_no_day_for_certain_is_none(text: object) -> None:
    assert cells.day(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("13000", 13000), ("13,000", 13000), ("1 234 567", 1234567), ("-2.5", -2.5), ("1,234.5", 1234.5)],
        *[("2,5", None), ("1,23,456", None), ("1,234 567", None), ("many", None), ("NaN", None), ("1e30", None)],
    ],
)
def test_a_number_is_read_or_refused_and_never_another(text: str, number: float | None) -> None:
    assert cells.number(text) == (None if number is None else Decimal(str(number)))


@settings(deadline=None)
@given(st.text(st.sampled_from("'=+-@ab\t\r"), max_size=6))
def test_text_is_harmless_outside_and_itself_again_inside(text: str) -> None:
    outside = cells.harmless(text)
    assert not outside.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cells.as_written(outside) == text


@settings(deadline=None)
@given(st.lists(st.lists(st.one_of(st.text(max_size=8), st.integers()), max_size=5), max_size=8))
def test_any_sheet_has_a_header_or_none(rows: list[list[object]]) -> None:
    found = headers.find(rows, field_of(FIELDS))
    assert found.first_row <= max(1, len(rows))


def test_names_stand_below_titles_and_under_headings_of_groups() -> None:
    rows = [["Promises", "", ""], [], ["", "Who", ""], ["Ref", "Name", "Role"], ["A-1", "Ada", "Mayor"]]
    assert headers.find(rows, field_of(FIELDS)) == headers.Header(("Ref", "Who – Name", "Who – Role"), 4)


def test_each_field_is_suggested_once_and_for_the_name_that_is_most_its_own() -> None:
    found = ["Notes – Title", "Title", "Who – Ref", "Colour"]
    assert suggested(found, FIELDS) == {"Notes – Title": "", "Title": "title", "Who – Ref": "reference", "Colour": ""}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_in_whatever_encoding_and_with_whatever_separator(encoding: str, separator: str) -> None:
    rows = [["ref", "title"], ["A-1", "Pläne, viele; sehr"], ["A-2", "Café"]]
    body = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows).encode(encoding)
    table = read(body, "x.csv", field_of(FIELDS))
    assert [row for _, row in table.rows] == [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_a_row_below_the_names_is_no_second_row_of_names() -> None:
    table = read(b"ref,title,\nA-1,due,\nA-2,b,\n", "x.csv", field_of(FIELDS))
    assert table.columns == ("ref", "title")
    assert len(table.rows) == 2
