"""Run as a program of its own: reads a document from standard input and writes what it holds as JSON.

It reads what strangers wrote, with a library that is not written in Python. So it is given limits that it cannot
lift, no environment, and nothing of ours: if it is killed, or breaks, no more is lost than the text of a file.

`python document_worker.py KIND MEMORY_BYTES CPU_SECONDS MAX_PAGES MAX_CHARACTERS`, KIND being pdf, office (a text), or
package (a text or a workbook, as its content says).
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
    memory, cpu, max_pages, max_characters = map(int, sys.argv[2:6])
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
            told = _pdf(body, max_pages, max_characters)
        else:
            told = _package(body, max_characters) if kind == "package" else _office(body, max_characters)
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
    return _office(body, max_characters) if form == "text" else _workbook(body, max_characters)


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


def _workbook(body: bytes, max_characters: int) -> dict[str, object]:
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


if __name__ == "__main__":
    main()
