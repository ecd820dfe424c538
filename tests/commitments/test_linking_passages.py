"""How a release's text falls into passages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commitments.linking import passages

TEXT = """Harbours report

The ferry sailed on time. It carried 1.5 tonnes of mail, i.e. more than Mr. Gray expected.

Since May the ministry has:

• opened two piers
• ordered a crane

Minister for Harbours Ann Gray said:

"The piers are open.

"We will build more."

The crane arrives in June.
"""


def test_sentences_list_items_headings_and_quotations_are_told_apart() -> None:
    found = passages.split(TEXT)
    assert [passage.text for passage in found] == [
        "Harbours report",
        "The ferry sailed on time.",
        "It carried 1.5 tonnes of mail, i.e. more than Mr. Gray expected.",
        "Since May the ministry has:",
        "opened two piers",
        "ordered a crane",
        "Minister for Harbours Ann Gray said:",
        '"The piers are open.',
        '"We will build more."',
        "The crane arrives in June.",
    ]
    by_text = {passage.text: passage for passage in found}
    assert by_text["ordered a crane"].lead == "Since May the ministry has:"
    assert by_text["ordered a crane"].heading == "Harbours report"
    assert by_text['"We will build more."'].speaker == "Minister for Harbours Ann Gray"
    assert by_text["The crane arrives in June."].speaker == ""


@given(st.text(alphabet=st.sampled_from('aZ .!?:\n•-"“”1(£é\u00a0\t')))
def test_offsets_point_at_the_passage_in_any_text(text: str) -> None:
    last = 0
    for passage in passages.split(text):
        assert text[passage.start : passage.end] == passage.text
        assert passage.text.strip()
        assert passage.start >= last
        last = passage.end


def test_a_text_without_an_end_is_cut_up() -> None:
    found = passages.split("word " * 10_000)
    assert max(len(passage.text) for passage in found) <= passages.MAX_PASSAGE_CHARACTERS
    assert sum(len(passage.text.split()) for passage in found) == 10_000
