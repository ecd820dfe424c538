"""How a passage bears on a commitment, by its words and by who says it when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from commitments.linking.relation import Circumstances, judge

LATER = Circumstances(
    voice="official",
    published=dt.date(2030, 9, 1),
    made_on=dt.date(2030, 2, 1),
    left_office=None,
    said_before=True,
    new_figure=False,
    aims_to_lower=False,
)
SAME_DAY = replace(LATER, published=dt.date(2030, 2, 1), said_before=False)
OPPONENT = replace(LATER, voice="opponent")
MEDIA = replace(LATER, voice="media")
SUCCESSOR = replace(LATER, left_office=dt.date(2030, 7, 1))
TO_LOWER = replace(MEDIA, aims_to_lower=True)


@pytest.mark.parametrize(
    ("passage", "circumstances", "relation"),
    [
        ("The ministry will replace diesel ferries on all routes.", SAME_DAY, "announces"),
        ("The ministry will replace diesel ferries on all routes.", LATER, "restates"),
        ("Electric ferries are expected on the last route next year.", LATER, "restates"),
        ("Electric ferries are already running on four routes.", LATER, "progress"),
        ("The agency has planted 12,500 trees so far.", LATER, "progress"),
        ("The Harbours Act received Royal Assent in June.", LATER, "fulfils"),
        ("The new pier has been opened.", LATER, "fulfils"),
        ("The pier has been delayed until 2032.", LATER, "slips"),
        ("Work on the pier is behind schedule.", MEDIA, "slips"),
        ("The new ministers have scrapped the ferry plan.", SUCCESSOR, "contradicts"),
        ("Ministers have scrapped the ferry plan.", MEDIA, "contradicts"),
        ("The agency has planted 12,500 trees so far.", OPPONENT, "context"),
        ("The government has failed to deliver the pier it promised.", OPPONENT, "contradicts"),
        ("Ferry breakdowns rose by 13% to 2,400 last year.", TO_LOWER, "slips"),
    ],
)
def test_the_words_and_the_circumstances_decide(passage: str, circumstances: Circumstances, relation: str) -> None:
    assert judge(passage, "", circumstances).relation == relation


def test_a_list_item_takes_its_tense_from_its_lead() -> None:
    matched = {"pier", "open"}
    assert judge("two new piers", "Next year we will open:", replace(LATER, matched=matched)).relation == "restates"


def test_the_clause_about_the_commitment_decides_and_not_its_neighbour() -> None:
    sentence = "The tunnel has been delayed, but electric ferries are already running on four routes."
    about_ferries = replace(LATER, matched={"electr", "ferri", "rout"})
    assert judge(sentence, "", about_ferries).relation == "progress"


def test_only_the_promising_side_declares_itself() -> None:
    passage = "The pier has been opened."
    assert judge(passage, "", LATER).self_declared
    assert not judge(passage, "", MEDIA).self_declared
