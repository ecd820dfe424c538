"""Files that nobody means well with, brought by hand: refused or bounded, and said so."""

from __future__ import annotations

import datetime as dt
import socket
import time

import pytest

from tests.tracker.documents import docx, mhtml, ods, odt, pdf, xlsx
from tests.tracker.hostile_files import BOUNDED, REFUSED
from tracker.deposits import DepositRefused, Received, Told, Uploaded, deposit
from tracker.models import Release, Snapshot, Source
from tracker.reading import documents

pytestmark = pytest.mark.django_db
TOLD = Told("A file", "Home Office", Received("letter", "Ada Lin", dt.date(2025, 1, 8)))
LONGEST_SECONDS = 40


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_sentence_and_nothing_kept(name: str, now: dt.datetime) -> None:
    make, sentence = REFUSED[name]
    body, began = make(), time.monotonic()
    with pytest.raises(DepositRefused) as refused:
        deposit(Uploaded(body, "../../report.pdf"), TOLD, now)
    assert sentence in str(refused.value)
    assert str(refused.value).endswith(".")
    assert time.monotonic() - began < LONGEST_SECONDS
    assert not any(model.objects.exists() for model in (Release, Snapshot, Source))


@pytest.mark.parametrize("name", BOUNDED)
def test_read_within_bounds(name: str, now: dt.datetime) -> None:
    make, sentence = BOUNDED[name]
    body, began = make(), time.monotonic()
    brought = deposit(Uploaded(body, "report.pdf"), TOLD, now)
    text = brought.release.latest_revision.text
    assert 0 < len(text) <= documents.MAX_CHARACTERS
    assert socket.gethostname() not in text
    assert brought.problem == sentence
    assert brought.release.latest_revision.files.get().problem == sentence
    assert time.monotonic() - began < LONGEST_SECONDS


def test_a_file_that_is_too_large_is_not_looked_into(now: dt.datetime) -> None:
    with pytest.raises(DepositRefused, match="larger than 10 MiB"):
        deposit(Uploaded(b"%PDF-" + b"0" * 10 * 1024**2), TOLD, now)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (pdf(["In all 412 officers", "are in post now."]), "In all 412 officers are in post now."),
        (docx("In all 412 officers."), "In all 412 officers."),
        (odt("In all 412 officers."), "In all 412 officers."),
        (xlsx(["Force", "In post"], ["Kent", 412.0]), "Officers\n\nForce | In post\nKent | 412"),
        (ods(["Force", "In post"], ["Kent", 412.5]), "Officers\n\nForce | In post\nKent | 412.5"),
        ("Force,In post\nKent,£412".encode("cp1252"), "Force,In post\nKent,£412"),
        (b"<html><title>T</title><main><p>In all 412 officers.</p></main>", "In all 412 officers."),
        (mhtml("<html><main><p>Some £412 = enough.</p></main></html>"), "Some £412 = enough."),
    ],
    ids=["PDF", "DOCX", "ODT", "XLSX", "ODS", "CSV", "HTML", "MHTML"],
)
def test_what_is_meant_well_is_read_whatever_its_name(body: bytes, text: str, now: dt.datetime) -> None:
    assert deposit(Uploaded(body, "picture.png"), TOLD, now).release.latest_revision.text == text
