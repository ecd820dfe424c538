"""Files, forms and words that are made to exhaust, to reach out or to break out.

Hostile documents by the dozen are in tests/tracker/hostile_files.py, packed answers in test_fetching_compressed.py:
here are spreadsheets of commitments, lists of sources, feeds, file names, and all that people can type.
"""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_httpserver import HTTPServer

from commitments.bringing import cells, reading
from commitments.bringing.complaints import UnreadableFile
from commitments.deadlines import parse
from commitments.figures import find
from commitments.models import Commitment, Import
from commitments.redaction import Cut, redact
from commitments.search.understanding import cleaned
from commitments.statistics import periods
from tests.attacks.conftest import signed_in
from tests.commitments import make
from tests.commitments.open_record import Record
from tests.tracker.documents import ods, xlsx, zipped
from tracker import archive, diffs
from tracker.deposits import file_name
from tracker.models import Release, Snapshot, Source
from tracker.opml import NotOpml, read_opml
from tracker.polling import poll
from tracker.reading.dates import from_iso
from tracker.reading.sanitise import title_line, web_address

pytestmark = pytest.mark.django_db
AT_MOST_SECONDS = 2.0

LAUGHS = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
OUTSIDE = '<!ENTITY x SYSTEM "file:///etc/passwd">'
#: What an entity would bring in.
SECRET = "root:"


# Forms.


@pytest.mark.parametrize("path", ["/subscribe/", "/commitments/plant-trees/correct/", "/admin/login/"])
def test_a_stranger_cannot_have_a_large_file_put_down(attacker: Client, record: Record, path: str) -> None:
    file = SimpleUploadedFile("x.bin", b"0" * 3_000_000)
    sent = {"email": "a@example.org", "frequency": "daily", "scope": "all", "wrong": "x"}
    assert attacker.post(path, sent).status_code != 400
    assert attacker.post(path, {"file": file, **sent}).status_code == 400


def test_staff_bring_files_as_large_as_are_read_and_no_larger(attacker: Client, record: Record) -> None:
    attacker.force_login(make.user())
    most = max(reading.MAX_BYTES, 10 * 1024**2)
    for size, status in ((most + 100, 200), (most + 3_000_000, 400)):  # said on the page; not even put down
        file = SimpleUploadedFile("x.csv", b"0" * size)
        sent = {"kind": "commitments", "file": file}
        assert attacker.post(reverse("admin:commitments_import_add"), sent).status_code == status
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    "form", [{f"f{n}": "x" for n in range(2000)}, {"wrong": "x" * 3_000_000}], ids=["fields", "words"]
)
def test_a_form_of_too_much_is_refused(attacker: Client, record: Record, form: dict[str, str]) -> None:
    address, urlencoded = "/commitments/plant-trees/correct/", "application/x-www-form-urlencoded"
    body = "&".join(f"{name}={value}" for name, value in form.items())
    for answer in (attacker.post(address, form), attacker.post(address, body, content_type=urlencoded)):
        assert answer.status_code == 400
        assert b"<form" not in answer.content  # it was not even looked into


@pytest.mark.parametrize(
    "body",
    [b"", b"--x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\nA\r\n--x--", b"\xff" * 100],
    ids=["empty", "cut", "no head", "no name", "noise"],
)
@pytest.mark.parametrize("kind", ["; boundary=x", "", "; boundary=é"])
def test_a_broken_form_is_no_fault(attacker: Client, record: Record, body: bytes, kind: str) -> None:
    assert attacker.post("/subscribe/", body, content_type=f"multipart/form-data{kind}").status_code == 400


# Files of staff.


def _with_entities(kind: str, entities: str, use: str) -> bytes:
    """A workbook in one of whose cells an entity stands."""
    if kind == "xlsx":
        sheet = (
            f'<!DOCTYPE w [{entities}]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>title{use}</t></is></c></row></sheetData>'
            "</worksheet>"
        )
        return xlsx(["title"], **{"xl__worksheets__sheet1.xml": sheet})
    with zipfile.ZipFile(io.BytesIO(ods(["title"]))) as package:
        parts = {each: package.read(each) for each in package.namelist()}
    content = parts["content.xml"].decode()
    head, mark, rest = content.partition("?>") if content.startswith("<?xml") else ("", "", content)
    parts["content.xml"] = f"{head}{mark}<!DOCTYPE o [{entities}]>{rest}".replace("title", f"title{use}").encode()
    return zipped(parts)


def read_or_refused(body: bytes) -> str:
    """What was read of a table, or why it was not, in a sentence."""
    try:
        return str(reading.read(body, "trees.csv", lambda name: name))
    except UnreadableFile as error:
        return str(error)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize(
    ("entities", "use"),
    [(LAUGHS, "&l9;"), (OUTSIDE, "&x;"), ('<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;', "")],
    ids=["a billion laughs", "a file of ours", "an address of ours"],
)
def test_no_entity_of_a_spreadsheet_is_followed(kind: str, entities: str, use: str) -> None:
    began = time.monotonic()
    read = read_or_refused(_with_entities(kind, entities, use))
    assert SECRET not in read
    assert len(read) < 10_000
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": ' * 100_000,
        b'{"a":' + b"[" * 200_000,
        b'{"title": ' + b"9" * 100_000 + b"}",
        b'{"title": "\\ud800\\u0000"}',
        b'"' + b"a" * 200_000,
        b"a," * 100_000,
        b"\xff\xfe" + b"\x00\xd8" * 1000,
        b"title\n" + b'="a"\n' * 60_000,
        b"\x00" * 1000,
        b"title;" * 3 + b"\n" + b";" * 300_000,
    ],
    ids=["objects", "lists", "a number", "halves", "a quote", "columns", "UTF-16", "rows", "NULs", "cells"],
)
def test_no_table_takes_long_or_falls_over(body: bytes) -> None:
    began = time.process_time()
    assert read_or_refused(body)
    assert time.process_time() - began < AT_MOST_SECONDS * 2


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../../etc/passwd.csv",
            "..\\..\\x.csv",
            "/etc/passwd",
            "a\r\nX-Owned: 1.csv",
            'a"; filename="b.exe',
            "a\x00.csv",
        ),
        *("<xss-probe>.csv", "\u202evsc.exe", "x" * 300 + ".csv", ".csv", "con.csv", "=cmd|'/c calc'!A1.csv"),
    ],
)
def test_no_file_name_leaves_its_place(own_data_folder: Any, name: str) -> None:
    client, _ = signed_in("Editor")
    before = sorted(str(each) for each in own_data_folder.rglob("*"))
    file = SimpleUploadedFile("x.csv", b"title;reference;statement\nPlant;T-1\n")
    file._name = name  # Django's own would have made it harmless already
    client.post(reverse("admin:commitments_import_add"), {"kind": "commitments", "file": file})
    assert sorted(str(each) for each in own_data_folder.rglob("*")) == before
    assert Import.objects.exists() or len(name) > 255
    for brought in Import.objects.all():
        assert "/" not in brought.file_name
        assert "\x00" not in brought.file_name
        answer = client.get(reverse("admin:commitments_import_refused", args=[brought.pk]))
        assert "X-Owned" not in answer.headers
        assert "\r" not in answer.headers.get("Content-Disposition", "")
        page = client.get(reverse("admin:commitments_import_change", args=[brought.pk])).content
        assert b"<xss-probe>" not in page
    kept = file_name(name)
    assert "/" not in kept
    assert "\\" not in kept
    assert not any(ord(letter) < 32 for letter in kept)


@pytest.mark.parametrize("path", ["../../secret_key", "/etc/passwd", "..%2f..%2fsecret_key", "ab/../../../secret_key"])
def test_no_snapshot_is_read_from_elsewhere(own_data_folder: Any, path: str) -> None:
    (own_data_folder / "secret_key").write_text("secret")
    snapshot = Snapshot(sha256="0" * 64, path=path, size_bytes=6, url="x", fetched_at=timezone.now())
    with pytest.raises(Exception) as refused:  # noqa: PT011  whatever keeps it out
        archive.read(snapshot)
    assert "secret" not in str(refused.value).replace("secret_key", "")


# What sources send.

BODIES: dict[str, bytes] = {
    "a billion laughs": f'<?xml version="1.0"?><!DOCTYPE r [{LAUGHS}]><rss version="2.0"><channel><item><title>&l9;'
    "</title></item></channel></rss>".encode(),
    "a file of ours": f'<?xml version="1.0"?><!DOCTYPE r [{OUTSIDE}]><rss version="2.0"><channel><item><title>&x;'
    "</title><link>https://e.org/1</link></item></channel></rss>".encode(),
    "quadratic": (
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "' + "a" * 50_000 + '">]><rss version="2.0"><channel><item>'
        "<title>" + "&a;" * 5000 + "</title></item></channel></rss>"
    ).encode(),
    "included": b'<rss version="2.0" xmlns:xi="http://www.w3.org/2001/XInclude"><channel><item><title>T<xi:include '
    b'href="file:///etc/passwd" parse="text"/></title><link>https://e.org/1</link></item></channel></rss>',
    "styled": b'<?xml-stylesheet href="http://127.0.0.1:9/x"?><rss version="2.0"><channel><item><title>T</title>'
    b"<link>https://e.org/1</link></item></channel></rss>",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_entity_of_a_feed_is_followed(httpserver: HTTPServer, loopback_allowed: None, body: bytes) -> None:
    httpserver.expect_request("/feed").respond_with_data(body, content_type="application/rss+xml")
    source = Source.objects.create(slug="x", name="X", kind="feed", url=httpserver.url_for("/feed"))
    began = time.monotonic()
    poll(source, now=timezone.now())
    assert time.monotonic() - began < 10
    for release in Release.objects.all():
        assert SECRET not in release.title + release.latest_revision.text
        assert len(release.title) <= 500


@pytest.mark.parametrize("entities", [LAUGHS, OUTSIDE, ""], ids=["a billion laughs", "a file of ours", "none"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_list_of_sources_declares_nothing(entities: str, encoding: str) -> None:
    body = f'<!DOCTYPE opml [{entities}]><opml><body><outline text="x" xmlUrl="https://e.org/"/></body></opml>'
    with pytest.raises(NotOpml):
        read_opml(body.encode(encoding))


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x"),
        *(
            "file:///etc/passwd",
            "https:///nowhere",
            "//e.org",
            "http://e.org/\u202e",
            "https://e.org/ x",
            "blob:https://e",
        ),
    ],
)
def test_what_a_page_may_not_link_to_is_no_address(address: str) -> None:
    assert web_address(address) == ""


@pytest.mark.parametrize(
    "title",
    [
        *(
            "<svg/onload=alert(1)>x",
            "<iframe srcdoc='<script>'>x",
            "&lt;script&gt;alert(1)&lt;/script&gt;x",
            "a\u202eb",
        ),
        *(
            "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>x",
            "<button formaction=javascript:x>x",
        ),
    ],
)
def test_a_title_keeps_nothing_that_runs(title: str) -> None:
    kept = title_line(title, is_markup=True)
    assert "\u202e" not in kept
    assert not any(each in kept for each in ("<svg", "<iframe", "<math", "<img", "<button", "onerror="))


# Words that are slow to read.

SAID_ON = dt.date(2025, 1, 9)
READERS: dict[str, Callable[[str], object]] = {
    "deadlines": lambda text: parse(text, SAID_ON),
    "figures": lambda text: find(text, SAID_ON),
    "searches": cleaned,
    "days": cells.day,
    "numbers": cells.number,
    "periods of tables": periods.parse,
    "moments": from_iso,
    "titles": lambda text: title_line(text, is_markup=True),
    "addresses": web_address,
    "differences": lambda text: diffs.compared(text, f"x{text[::-1]}"),
    "passages withheld": lambda text: redact(text, [Cut("a a a b", "note")]),
}
PIECES = {
    "letters": "a",
    "letters apart": "a ",
    "numbers": "1",
    "thousands": "1,000",
    "spaces": " ",
    "brackets": "(((",
    "quotes": "“”\"'",
    "days": "31 December ",
    "marks": "&amp;<",
    "combining": "e\u0301\u0300",
    "paragraphs": "x\n\n",
}


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_no_words_are_slow_to_read(reader: Callable[[str], object], piece: str) -> None:
    text = piece * (30_000 // len(piece))
    began = time.process_time()
    reader(text)
    assert time.process_time() - began < AT_MOST_SECONDS


@pytest.mark.parametrize(
    "query", ["a*" * 2000, '"' * 3000, "a " * 2000, "(" * 3000, "NEAR " * 500, "é" * 3000, "1 OR " * 800, '"a" ' * 800]
)
@pytest.mark.parametrize("page", ["/search/", "/commitments/", "/api/v1/commitments/"])
def test_no_search_is_slow(attacker: Client, record: Record, page: str, query: str) -> None:
    began = time.process_time()
    assert attacker.get(page, {"q": query}).status_code < 500
    assert time.process_time() - began < AT_MOST_SECONDS


def test_a_commitment_of_the_longest_words_is_shown_in_bounded_time(client: Client) -> None:
    made = make.commitment("A" * 200, statement="a<" * 20_000)
    assert Commitment.objects.filter(pk=made.pk).exists()
    began = time.process_time()
    assert client.get(made.get_absolute_url()).status_code == 200
    assert time.process_time() - began < AT_MOST_SECONDS
