"""Run as a program of its own: reads a document from standard input and writes what it holds as JSON.

It reads what strangers wrote, with a library that is not written in Python. So it is given limits that it cannot
lift, no environment, and nothing of ours: if it is killed, or breaks, no more is lost than the text of a file.

`python document_worker.py KIND MEMORY_BYTES CPU_SECONDS MOST_PARTS MOST_PIECES`. KIND is pdf (of which the parts are
pages and the pieces characters), office (a text; characters), package (a text or a workbook, as its content says;
characters) or workbook (sheets and cells).
"""

import json
import resource
import sys

OUTPUT_BYTES = 32 * 1024 * 1024
MAX_PART_BYTES = 64 * 1024 * 1024
#: Of all that a package says it unpacks to, and of its parts.
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_PARTS = 10_000

_PARTS = {"word/document.xml": "docx", "content.xml": "odt"}
_DOCX = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ODT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def main() -> None:
    kind = sys.argv[1]
    memory, cpu, most_parts, most_pieces = map(int, sys.argv[2:6])
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    body = sys.stdin.buffer.read()
    try:
        if kind == "pdf":
            told = _pdf(body, most_parts, most_pieces)
        elif kind == "workbook":
            told = _workbook(body, most_parts, most_pieces)
        elif kind == "package":
            told = _package(body, most_pieces)
        else:
            told = _office(body, most_pieces)
    except MemoryError:
        told = {"problem": "memory"}
    json.dump(told, sys.stdout)


def _pdf(body: bytes, max_pages: int, max_characters: int) -> dict[str, object]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        return {"problem": "encrypted" if "assword" in str(error) else "broken"}
    pages: list[str] = []
    unreadable = characters = 0
    for number in range(min(len(document), max_pages)):
        try:
            page = document[number]
            text = page.get_textpage().get_text_range()
        except pypdfium2.PdfiumError:
            unreadable += 1
            continue
        finally:
            page = None
        pages.append(text[: max_characters - characters])
        characters += len(text)
        if characters >= max_characters:
            break
    return {"pages": pages, "pages_in_all": len(document), "unreadable": unreadable}


def _office(body: bytes, max_characters: int) -> dict[str, object]:
    import io
    import zipfile

    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            part = next((name for name in _PARTS if name in archive.namelist()), None)
            if part is None:
                return {"problem": "broken"}
            if archive.getinfo(part).file_size > MAX_PART_BYTES:
                return {"problem": "memory"}
            with archive.open(part) as file:
                content = file.read(MAX_PART_BYTES)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(content, parser)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, etree.XMLSyntaxError, NotImplementedError, RuntimeError):
        return {"problem": "broken"}
    wanted = {f"{_DOCX}p"} if _PARTS[part] == "docx" else {f"{_ODT}p", f"{_ODT}h"}
    paragraphs: list[str] = []
    characters = 0
    for element in root.iter(*wanted):
        text = _words(element)
        paragraphs.append(text[: max_characters - characters])
        characters += len(text)
        if characters >= max_characters:
            break
    return {"paragraphs": paragraphs, "cut": characters >= max_characters}


def _package(body: bytes, max_characters: int) -> dict[str, object]:
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                return {"problem": "unpacks"}
            if any(part.flag_bits & 1 for part in parts) or _is_locked(archive, names):
                return {"problem": "encrypted"}
            if any(name.endswith("vbaProject.bin") or name.startswith(("Basic/", "Scripts/")) for name in names):
                return {"problem": "macros"}
            if "word/document.xml" in names or _mimetype(archive, names).endswith(".text"):
                form = "text"
            elif "xl/workbook.xml" in names or _mimetype(archive, names).endswith(".spreadsheet"):
                form = "workbook"
            else:
                return {"problem": "another"}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        return {"problem": "broken"}
    return _office(body, max_characters) if form == "text" else _lines(body, max_characters)


def _mimetype(archive, names) -> str:  # type: ignore[no-untyped-def]
    """What an OpenDocument file says that it is; empty for others."""
    if "mimetype" not in names:
        return ""
    with archive.open("mimetype") as file:
        return str(file.read(200), "ascii", "replace").strip()


def _is_locked(archive, names) -> bool:  # type: ignore[no-untyped-def]
    """Whether an OpenDocument file has a password."""
    if "META-INF/manifest.xml" not in names:
        return False
    with archive.open("META-INF/manifest.xml") as file:
        return b"encryption-data" in file.read(1024 * 1024)


def _lines(body: bytes, max_characters: int) -> dict[str, object]:
    """A workbook as something to read: the rows of each sheet, one on a line."""
    import io

    import python_calamine

    sheets: list[tuple[str, list[str]]] = []
    characters = 0
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        for name in workbook.sheet_names:
            rows: list[str] = []
            sheets.append((name, rows))
            for row in workbook.get_sheet_by_name(name).iter_rows():
                line = " | ".join(map(_cell, row)).strip(" |")
                if line:
                    rows.append(line[: max_characters - characters])
                    characters += len(line)
                if characters >= max_characters:
                    return {"sheets": sheets, "cut": True}
    except python_calamine.PasswordError:
        return {"problem": "encrypted"}
    except MemoryError:
        raise
    except BaseException as error:  # its own errors have no common kind, and what it did not foresee is none of them
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        return {"problem": "broken"}
    return {"sheets": sheets, "cut": False}


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value)
    return " ".join(str(value).split())


def _words(paragraph) -> str:  # type: ignore[no-untyped-def]
    words: list[str] = []
    for element in paragraph.iter():
        name = element.tag if isinstance(element.tag, str) else ""
        if name in {f"{_DOCX}tab", f"{_DOCX}br", f"{_ODT}tab", f"{_ODT}line-break", f"{_ODT}s"}:
            words.append(" ")
        if name.startswith(_ODT) or name == f"{_DOCX}t":
            words.append(element.text or "")
        if element is not paragraph and name.startswith(_ODT):
            words.append(element.tail or "")
    return " ".join("".join(words).split())


def _workbook(body: bytes, max_sheets: int, max_cells: int) -> dict[str, object]:
    """A workbook as cells to point at."""
    import io

    import python_calamine as calamine

    sheets: list[dict[str, object]] = []
    cells = 0
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        shown = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
        ]
        spans = _spans(body)
        for name in shown[:max_sheets]:
            sheet = workbook.get_sheet_by_name(name)
            cells += sheet.total_height * sheet.total_width
            fits = cells <= max_cells
            rows = sheet.to_python(skip_empty_area=False) if fits else []
            merged = sheet.merged_cell_ranges or spans.get(name, [])
            sheets.append(
                {
                    "name": name,
                    "rows": [_trimmed([_plain(value) for value in row]) for row in rows],
                    "merged": [[*first, *last] for first, last in merged],
                    "whole": fits,
                }
            )
    except calamine.PasswordError:
        return {"problem": "encrypted"}
    except MemoryError:
        raise
    except BaseException as error:  # what the library makes of a fault of its own is no Exception
        if isinstance(error, calamine.CalamineError | ValueError | OSError) or type(error).__name__ == "PanicException":
            return {"problem": "broken"}
        raise
    return {"sheets": sheets, "sheets_in_all": len(shown)}


def _spans(body: bytes) -> dict[str, list[tuple[tuple[int, int], tuple[int, int]]]]:
    """By the name of each sheet of an OpenDocument file, its merged cells: (row, column) of the first and the last."""
    import io
    import zipfile

    from lxml import etree

    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        if "content.xml" not in archive.namelist() or archive.getinfo("content.xml").file_size > MAX_PART_BYTES:
            return {}
        content = archive.read("content.xml")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    found: dict[str, list[tuple[tuple[int, int], tuple[int, int]]]] = {}
    for sheet in etree.fromstring(content, parser).iter(f"{table}table"):
        merged = found.setdefault(sheet.get(f"{table}name", ""), [])
        row_number = 0
        for row in sheet.iter(f"{table}table-row"):
            column = 0
            for cell in row.iterchildren(f"{table}table-cell", f"{table}covered-table-cell"):
                across = int(cell.get(f"{table}number-columns-spanned", 1))
                down = int(cell.get(f"{table}number-rows-spanned", 1))
                if across > 1 or down > 1:
                    merged.append(((row_number, column), (row_number + down - 1, column + across - 1)))
                column += int(cell.get(f"{table}number-columns-repeated", 1))
            row_number += int(row.get(f"{table}number-rows-repeated", 1))
    return found


def _plain(value: object) -> object:
    """A cell as JSON has it: text, a number, or None. Days are written as 2024-03-31."""
    import datetime
    import math

    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return value if isinstance(value, int) else str(value)


def _trimmed(row: list[object]) -> list[object]:
    while row and row[-1] is None:
        row.pop()
    return row


if __name__ == "__main__":
    main()
