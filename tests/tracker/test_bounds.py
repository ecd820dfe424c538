"""What is read and what is not: all that people write for readers, and nothing that is made to fill the memory."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from tests.tracker.conftest import atom
from tracker.reading.bounds import too_much

POST = "<p>Ministers said on <a href='https://example.org/a?b=c&amp;d=e'>Monday</a> that it is <b>done</b>.</p>\n" * 60


@pytest.mark.shared
def test_nothing_that_was_ever_published_is_refused(shared: Path) -> None:
    files = [path for path in (shared / "data").rglob("*") if path.is_file()]
    assert len(files) > 200
    assert {path.name: why for path in files if (why := too_much(path.read_bytes()))} == {}


def test_five_hundred_whole_posts_in_a_feed() -> None:
    feed = atom(*({"id": f"t:{n}", "title": f"Title {n}", "text": POST} for n in range(500)))
    assert len(feed) > 4_000_000
    assert too_much(feed.encode()) == ""


def test_a_long_report_on_a_page() -> None:
    assert too_much(f"<html><body>{POST * 400}</body></html>".encode()) == ""


def test_files_with_a_form_of_their_own_are_not_judged_here() -> None:
    assert too_much(b"%PDF-1.7" + b"<" * 9_000_000) == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("x" * 7_000_000, "larger than 6 MiB"),
        ("<p>" + "word " * 800_000, "one page of more than 3 MiB, which takes more memory than a poll may"),
        ("<rss><item>" + "word " * 400_000 + "</item></rss>", "one text of more than 1.5 MiB"),
        ('{"body": "' + 'word \\"' * 300_000 + '"}', "one text of more than 1.5 MiB"),
        ("<p>" * 160_001, "160,000 tags"),
        (escape("<") * 700_001, "references"),
        ("<p " + "a= " * 2_500, "attributes"),
        ("<p a=''>" * 100_001, "attributes"),
        ("[" + "{}," * 100_000, "lists and objects"),
    ],
)
def test_what_is_made_to_fill_the_memory(body: str, words: str) -> None:
    assert words in too_much(body.encode())
