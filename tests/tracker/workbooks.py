"""Workbooks made for tests, in both formats from one description."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import xlsxwriter

Row = Sequence[Any]


@dataclass(frozen=True)
class Made:
    """A sheet: its rows, and merged cells by first row, first column, last row and last column, from 0."""

    rows: Sequence[Row]
    merged: Sequence[tuple[int, int, int, int]] = ()


def xlsx(sheets: Mapping[str, Made], hidden: Sequence[str] = ()) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, made in sheets.items():
        sheet = book.add_worksheet(name)
        for area in made.merged:
            sheet.merge_range(*area, made.rows[area[0]][area[1]])
        for number, row in enumerate(made.rows):
            for column, value in enumerate(row):
                if value is not None and not any(area[:2] == (number, column) for area in made.merged):
                    sheet.write(number, column, value)
        if name in hidden:
            sheet.hide()
    book.close()
    return out.getvalue()


def ods(sheets: Mapping[str, Made]) -> bytes:
    spaces = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "text", "table")}
    declared = " ".join(f'xmlns:{name}="{address}"' for name, address in spaces.items())
    body = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(_rows(made))}</table:table>'
        for name, made in sheets.items()
    )
    content = (
        f'<office:document-content {declared} office:version="1.3"><office:body><office:spreadsheet>{body}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
    return out.getvalue()


def _rows(made: Made) -> list[str]:
    return [
        f"<table:table-row>{''.join(_cell(made, number, column, value) for column, value in enumerate(row))}"
        "</table:table-row>"
        for number, row in enumerate(made.rows)
    ]


def _cell(made: Made, row: int, column: int, value: Any) -> str:
    area = next((area for area in made.merged if area[0] <= row <= area[2] and area[1] <= column <= area[3]), None)
    if area and (row, column) != area[:2]:
        return "<table:covered-table-cell/>"
    span = ""
    if area:
        down, across = area[2] - area[0] + 1, area[3] - area[1] + 1
        span = f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
    if value is None:
        return f"<table:table-cell{span}/>"
    if isinstance(value, str):
        text = escape(value)
        return f'<table:table-cell{span} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    return (
        f'<table:table-cell{span} office:value-type="float" office:value="{value}"><text:p>{value:,}</text:p>'
        "</table:table-cell>"
    )
