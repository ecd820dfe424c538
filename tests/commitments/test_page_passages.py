"""Marking passages in a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commitments.pages.passages import Passage, locate, paragraphs

WORDS = st.text(alphabet="ab .\n•<&", max_size=120)


def test_a_quote_is_found_however_its_spaces_run() -> None:
    text = "First.\n\nNine thousand\n  people have been returned."
    assert locate(text, "Nine  thousand people") == (8, 30)
    assert locate(text, "ten thousand people") is None
    assert locate(text, "  ") is None


def test_overlapping_passages_are_cut_and_each_begins_and_ends_once() -> None:
    (paragraph,) = paragraphs("one two three", [Passage(1, 0, 7), Passage(2, 4, 13)])
    assert [(piece.text, piece.covered, piece.begins, piece.ends) for piece in paragraph] == [
        ("one ", True, (1,), ()),
        ("two", True, (2,), (1,)),
        (" three", True, (), (2,)),
    ]


@given(data=st.data(), text=WORDS)
def test_nothing_of_the_text_is_lost_and_every_passage_is_marked(data: st.DataObject, text: str) -> None:
    ends = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(ends, ends).map(sorted), max_size=5))
    passages = [Passage(key, start, end) for key, (start, end) in enumerate(spans) if start < end]
    found = paragraphs(text, passages)
    shown = ["".join(piece.text for piece in paragraph) for paragraph in found]
    assert [word for paragraph in shown for word in paragraph.split()] == text.split()
    for passage in passages:
        covered = bool(text[passage.start : passage.end].strip())
        begins = [piece for paragraph in found for piece in paragraph if passage.key in piece.begins]
        ended = [piece for paragraph in found for piece in paragraph if passage.key in piece.ends]
        assert len(begins) == len(ended)
        assert len(begins) == 1 or not covered
