"""How a release's text falls into passages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.linking import passages
from commitments.linking.passages import Passage

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


def by_text(text: str) -> dict[str, Passage]:
    return {passage.text: passage for passage in passages.split(text)}


def texts(text: str) -> list[str]:
    return [passage.text for passage in passages.split(text)]


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
    known = {passage.text: passage for passage in found}
    assert known["ordered a crane"].lead == "Since May the ministry has:"
    assert known["ordered a crane"].heading == "Harbours report"
    assert known['"We will build more."'].speaker == "Minister for Harbours Ann Gray"
    assert known["The crane arrives in June."].speaker == ""
    assert [passage.kind for passage in found] == ["heading", *["text"] * 3, *["item"] * 2, *["text"] * 4]


@given(st.text(alphabet=st.sampled_from('aZ .!?:\n•-"“”1(£é\u00a0\t|Q')))
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


def test_a_sentence_that_never_stops_is_cut_where_one_may_breathe() -> None:
    text = "the council mended the pier and the lamps along the shore, " * 30
    assert all(passage.endswith(",") for passage in texts(text))


def test_text_without_capitals_has_sentences_too() -> None:
    assert texts("the pier is open. the crane is not.") == ["the pier is open.", "the crane is not."]


# Lists ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "items",
    [
        "• opened two piers\n• ordered a crane",
        "- opened two piers;\n- ordered a crane.",
        "(a) opened two piers;\n(b) ordered a crane.",
        "opened two piers\nordered a crane",
        "opened two piers\n\nordered a crane",
    ],
)
def test_items_know_the_sentence_that_leads_them_however_they_are_marked(items: str) -> None:
    found = passages.split(f"The weather held.\n\nSince May, the new ministry has:\n\n{items}\n\nThe work goes on.")
    items_found = [passage for passage in found if passage.kind == "item"]
    assert [passage.text.rstrip(";.") for passage in items_found] == ["opened two piers", "ordered a crane"]
    assert {passage.lead for passage in items_found} == {"Since May, the new ministry has:"}
    assert {passage.actor for passage in items_found} == {"the new ministry"}
    assert found[-1].lead == ""


def test_a_list_that_lost_its_line_breaks_is_a_list() -> None:
    found = by_text(
        "Since May the ministry has: • opened two piers • ordered a crane\n\nNews • 5 May 2030 by Ann Gray."
    )
    assert list(found) == [
        "Since May the ministry has:",
        "opened two piers",
        "ordered a crane",
        "News • 5 May 2030 by Ann Gray.",
    ]
    assert found["ordered a crane"].lead == "Since May the ministry has:"
    assert found["ordered a crane"].kind == "item"


def test_an_item_may_run_over_several_lines() -> None:
    assert texts("It has:\n• opened two piers\n  at Leith\n• ordered a crane") == [
        "It has:",
        "opened two piers\n  at Leith",
        "ordered a crane",
    ]


# Headings and numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading", ["Piers and cranes", "PIERS AND CRANES:", "NEW PIERS!", "2. Piers and cranes", "3. What comes next?"]
)
def test_what_stands_over_a_text_is_its_heading(heading: str) -> None:
    found = passages.split(f"{heading}\n\nThe crane was ordered in May and will be here in June.")
    assert found[0].kind == "heading"
    assert found[1].heading == found[0].text
    assert found[0].text in heading


@pytest.mark.parametrize("number", ["1.12", "23.", "4.1.2", "(7)"])
def test_the_number_of_a_paragraph_is_none_of_its_words(number: str) -> None:
    (passage,) = passages.split(f"{number} The Board opened two piers in the spring of the year.")
    assert passage.text == "The Board opened two piers in the spring of the year."
    assert passage.kind == "text"


def test_a_text_in_capitals_has_sentences_under_its_heading() -> None:
    found = passages.split("PIERS OPEN\n\nTHE BOARD HAS OPENED TWO PIERS. A CRANE WILL FOLLOW.")
    assert [passage.kind for passage in found] == ["heading", "text", "text"]
    assert found[2].heading == "PIERS OPEN"


def test_the_marks_of_footnotes_are_no_figures() -> None:
    assert texts("Two piers opened.[1] A crane came.2 It works.³ All is well.") == [
        "Two piers opened.",
        "A crane came.",
        "It works.",
        "All is well.",
    ]
    assert texts("It fell to 3.5 Tons are left.") == ["It fell to 3.5 Tons are left."]


@pytest.mark.parametrize("title", ["Notes to editors", "NOTES FOR EDITORS:", "Editor’s notes", "- ENDS -", "ENDS"])
def test_what_stands_among_the_notes_to_editors_says_so(title: str) -> None:
    found = by_text(f"The pier is open.\n\n{title}\n\nThe pier was begun in May.\n\n• It cost £4 million.")
    assert found["The pier is open."].kind == "text"
    assert found["The pier was begun in May."].kind == found["It cost £4 million."].kind == "note"


# Lines ---------------------------------------------------------------------------------------------

WRAPPED = """The Harbours Board has opened two piers at Leith and Granton and ordered
a crane from a yard in Gdansk. It will be set up in the summer of next
year.
The Minister for Harbours was there on Tuesday with all of the Board
and a band. He spoke of three more piers."""


def test_lines_broken_to_fit_a_width_are_one_paragraph() -> None:
    assert [" ".join(text.split()) for text in texts(WRAPPED)] == [
        "The Harbours Board has opened two piers at Leith and Granton and ordered a crane from a yard in Gdansk.",
        "It will be set up in the summer of next year.",
        "The Minister for Harbours was there on Tuesday with all of the Board and a band.",
        "He spoke of three more piers.",
    ]


def test_lines_of_their_own_stay_apart_though_no_full_stop_ends_them() -> None:
    assert texts("Harbours Board\nTuesday 4 May\nOral questions") == [
        "Harbours Board",
        "Tuesday 4 May",
        "Oral questions",
    ]


@pytest.mark.parametrize("apart", [" | ", "\t"])
def test_rows_of_a_table_know_its_first_row_and_caption(apart: str) -> None:
    rows = [["Region", "2023", "2024"], ["North", "1,200", "1,350"], ["South", "900", "870"]]
    table = "\n".join(apart.join(row) for row in rows)
    found = passages.split(f"Piers\n\nTable 3: piers by region.\n\n{table}\n\nThe figures are provisional.")
    south = next(passage for passage in found if passage.text.startswith("South"))
    assert south.kind == "row"
    assert south.lead == f"Table 3: piers by region. Region{apart}2023{apart}2024"
    assert south.heading == "Piers"
    assert (found[-1].kind, found[-1].lead) == ("text", "")


def test_lines_that_begin_with_a_label_are_rows() -> None:
    found = passages.split("The crane:\n\nMaker: Stocznia\nWeight: 40 tonnes\nDue: June")
    assert [passage.kind for passage in found[1:]] == ["row"] * 3
    assert found[2].lead == "The crane:"


# Who speaks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "speaker", "capacity"),
    [
        ('"Two piers are open," said Ann Gray.', "Ann Gray", "other"),
        ('"Two piers are open," the Harbours Minister said.', "the Harbours Minister", "minister"),
        ('Minister for Harbours, Ann Gray, said: "Two piers are open."', "Minister for Harbours, Ann Gray", "minister"),
        ("“Two piers are open,” a Harbours Office spokesman told us.", "a Harbours Office spokesman", "official"),
        ('Responding, the shadow harbours minister said: "None is."', "the shadow harbours minister", "opponent"),
        ('The chief executive of Sail Trust added: "We want three."', "The chief executive of Sail Trust", "other"),
        ("Two piers are open.", "", ""),
        ("The so-called “long pier” is open.", "", ""),
    ],
)
def test_who_is_quoted_in_a_sentence_is_known(sentence: str, speaker: str, capacity: str) -> None:
    (passage,) = passages.split(sentence)
    assert (passage.speaker, passage.capacity) == (speaker, capacity)


def test_she_is_who_spoke_before() -> None:
    found = passages.split('"It is open," said Ann Gray.\n\nThe pier is long.\n\nShe added: "We will build more."')
    assert [passage.speaker for passage in found] == ["Ann Gray", "", "Ann Gray"]


def test_a_quotation_goes_on_until_its_marks_close() -> None:
    found = by_text('Ann Gray said:\n\n"The piers are open.\n\nMore will come."\n\nThe crane is late.')
    assert found['More will come."'].speaker == "Ann Gray"
    assert found["The crane is late."].speaker == ""


def test_a_quotation_without_marks_ends_with_the_last_that_says_we_or_i() -> None:
    found = by_text(
        "Ann Gray said:\n\nThe piers are open.\n\nMore are to come.\n\nI thank all who built them.\n\n"
        "The harbour was founded in 1720.\n\nThe tide is high at noon."
    )
    assert {text for text, passage in found.items() if passage.speaker} == {
        "The piers are open.",
        "More are to come.",
        "I thank all who built them.",
    }


TRANSCRIPT = """Oral evidence: harbours

Q14 Chair: How many piers are open?

Dr Smith: Two are open. The third is late.

Q15 Ann Gray: Why is that?

The Minister of State: The crane has not come.
"""


def test_turns_of_a_transcript_are_who_says_them_and_what() -> None:
    found = by_text(TRANSCRIPT)
    assert found["How many piers are open?"].speaker == "Chair"
    assert found["The third is late."].speaker == "Dr Smith"
    assert found["Why is that?"].speaker == "Ann Gray"
    assert found["The crane has not come."].capacity == "minister"
    assert found["The third is late."].heading == "Oral evidence: harbours"


def test_lines_that_name_who_speaks_next_are_no_headings() -> None:
    text = "Harbours\n\nBaroness Hale, Leith\n\nIs it open?\n\nThe Minister of State\n\nIt is, my Lords.\n\n"
    found = by_text(text + "Baroness Hale\n\nI am glad.\n\nThe Minister of State, Harbours\n\nSo am I.")
    assert found["I am glad."].speaker == "Baroness Hale"
    assert found["So am I."].speaker == "The Minister of State, Harbours"
    assert found["So am I."].heading == "Harbours"


@pytest.mark.parametrize(
    ("sentence", "actor"),
    [
        ("In May, the Harbours Board has opened two piers.", "the Harbours Board"),
        ("We will build more.", "We"),
        ("Ann Gray, the minister, was there.", "Ann Gray"),
        ("To open a pier is dear.", ""),
        ("Two piers open", ""),
    ],
)
def test_who_acts_is_known_where_it_is_plain(sentence: str, actor: str) -> None:
    assert passages.split(sentence)[0].actor == actor


# Languages -----------------------------------------------------------------------------------------

WELSH = (
    "Mae’r Bwrdd Harbyrau wedi agor dau bier newydd yn Leith ers mis Mai, gyda £12 miliwn o gyllid newydd gan y "
    "Llywodraeth ar gyfer y flwyddyn nesaf."
)
ENGLISH = "The Harbours Board has opened two piers at Leith since May, with £12 million of new money for next year."


def test_what_is_in_another_language_is_left_out() -> None:
    assert texts(WELSH) == []
    assert texts(f"{ENGLISH}\n\n{WELSH}\n\n{ENGLISH}") == [ENGLISH, ENGLISH]


# Bounds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    [
        ".", "…”", "\n", "\n \t", "\n• ", "\n1. ", "Q1 ", "Ann said ", '"', '" said ', "A. ", ": ", ", ", " | ", "a|",
        "The the ", "Dr Smith: x\n\n", "and ", "A", "(", "\u200b", "x: y\n", "since ", "[1]", "1.1.1",
    ],
)  # fmt: skip
def test_hostile_text_is_split_in_time_that_grows_with_its_length(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    began = time.process_time()
    found = passages.split(text)
    assert len([(passage.capacity, passage.actor) for passage in found[:50]]) <= 50
    assert time.process_time() - began < 3
    assert len(found) <= passages.MAX_PASSAGES


@pytest.mark.parametrize("title", ["Annex A", "The annual plan of the harbour board, with its estimates. Revised."])
def test_an_attachment_after_the_notes_to_editors_is_none_of_them(title: str) -> None:
    known = by_text(
        f"Piers opened.\n\nNotes to editors\n\nThe board has met.\n\nAttachment: {title}\n\nTwo cranes came."
    )
    assert (known["The board has met."].kind, known["Two cranes came."].kind) == ("note", "text")
