"""Run as a program of its own: reads a document from standard input and writes what it holds as JSON.

It reads what strangers wrote, with a library that is not written in Python. So it is given limits that it cannot
lift, no environment, and nothing of ours: if it is killed, or breaks, no more is lost than the text of a file.

`python document_worker.py KIND MEMORY_BYTES CPU_SECONDS MAX_PAGES MAX_CHARACTERS`, KIND being pdf or office.
"""

import json
import resource
import sys

OUTPUT_BYTES = 32 * 1024 * 1024
MAX_PART_BYTES = 64 * 1024 * 1024

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
        told = _pdf(body, max_pages, max_characters) if kind == "pdf" else _office(body, max_characters)
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
