"""What a version of a release changed in the one before, word by word."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tracker.diffs import compared

from . import make

BEFORE = "Trees were planted.\n\nIn all 9,400 trees stand by the river.\n\nMore will follow.\n\nOne.\n\nTwo.\n\nThree."
KEPT = "One.\n\nTwo.\n\nThree."
AFTER = f"Trees were planted.\n\nIn all 9,100 trees stand by the river.\n\n{KEPT}\n\nThe <i>minister</i> was glad."


def plain(page: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.decode())).split())


@pytest.mark.django_db
@pytest.mark.parametrize("view", ["", "?view=side-by-side", "?view=else"])
def test_what_was_taken_out_and_put_in_is_marked(client: Client, view: str) -> None:
    release = make.release(BEFORE, title="Trees")
    make.revise(release, AFTER)
    address = f"/releases/{release.pk}/revisions/2/changes/"
    assert address in client.get(f"/releases/{release.pk}/").content.decode()
    response = client.get(address + view)
    page = response.content.decode()
    assert response.status_code == 200
    assert re.search(r"<del>.*?9,400.*?</del>", page)
    assert re.search(r"<ins>.*?9,100.*?</ins>", page)
    assert re.search(r"<del>.*?More will follow\..*?</del>", page)
    assert "&lt;i&gt;minister&lt;/i&gt;" in page
    assert "1 paragraph unchanged" in plain(response.content)
    assert release.latest_revision.snapshot.sha256 in page


@pytest.mark.django_db
def test_a_title_in_other_words_is_shown_as_both(client: Client) -> None:
    release = make.release(BEFORE, title="Trees planted")
    make.revise(release, AFTER)
    release.revisions.filter(number=2).update(title="A pier was opened")
    page = client.get(f"/releases/{release.pk}/revisions/2/changes/").content.decode()
    assert re.search(r"<del>.*?Trees planted.*?</del>", page)
    assert re.search(r"<ins>.*?A pier was opened.*?</ins>", page)


@pytest.mark.django_db
def test_an_edit_without_a_note_is_said(client: Client) -> None:
    release = make.release(BEFORE)
    make.revise(release, AFTER)
    release.revisions.filter(number=2).update(silent=True)
    for address in (f"/releases/{release.pk}/", f"/releases/{release.pk}/revisions/2/changes/"):
        assert "Edited without a note" in plain(client.get(address).content)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 2, 9])
def test_without_a_version_before_nothing_is_compared(client: Client, number: int) -> None:
    release = make.release(BEFORE)
    assert client.get(f"/releases/{release.pk}/revisions/{number}/changes/").status_code == 404


WORDS = st.sampled_from(["tree", "trees", "9,400", "9,100", "will", "be", "planted", "by", "the", "river", "<b>", "é"])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), max_size=8).map("\n\n".join)


@given(TEXTS, TEXTS)
def test_both_versions_can_be_read_from_the_comparison(before: str, after: str) -> None:
    rows = compared(before, after)
    assert _read([" ".join(piece.text for piece in row.before) for row in rows]) == _read(before.split("\n"))
    assert _read([" ".join(piece.text for piece in row.after) for row in rows]) == _read(after.split("\n"))
    for row in rows:
        assert {piece.kind for piece in row.before} <= {"same", "gone"}
        assert {piece.kind for piece in row.after} <= {"same", "new"}
        earlier = [piece.text for piece in row.inline if piece.kind != "new"]
        assert " ".join(earlier) == " ".join(piece.text for piece in row.before)
    if before == after:
        assert all(row.unchanged for row in rows)


def _read(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def test_a_report_of_two_hundred_pages_is_compared() -> None:
    paragraphs = [f"Paragraph {n} says that {n * 37 % 1009} of {n * 91 % 2003} were done. " * 6 for n in range(3_000)]
    changed = [text.replace(" 5", " 6") if n % 3 else text for n, text in enumerate(paragraphs)]
    rows = compared("\n\n".join(paragraphs), "\n\n".join(changed))  # quadratic work would take minutes
    assert len(rows) >= 3_000
