"""How a passage bears on a commitment, by its words and by who says it when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from commitments.linking.model import shipped
from commitments.linking.quantities import Quantity
from commitments.linking.relation import Judgement, judge
from commitments.linking.relation_features import Circumstances

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
AUDITOR = replace(LATER, voice="independent")
TO_LEGISLATE = replace(LATER, makes_law=True)
TO_LOWER = replace(MEDIA, aims_to_lower=True)


def judged(passage: str, lead: str, now: Circumstances) -> Judgement:
    return judge(passage, lead, now, shipped().relations)


@pytest.mark.parametrize(
    ("passage", "circumstances", "relation"),
    [
        ("The ministry will replace diesel ferries on all routes.", SAME_DAY, "announces"),
        ("The ministry will replace diesel ferries on all routes.", LATER, "restates"),
        ("Electric ferries are expected on the last route next year.", LATER, "restates"),
        ("We are sticking to the promise to replace every diesel ferry by 2035.", LATER, "restates"),
        ("Electric ferries are already running on four routes.", LATER, "progress"),
        ("The agency has planted 12,500 trees so far.", LATER, "progress"),
        ("The Harbours Act received Royal Assent in June.", TO_LEGISLATE, "fulfils"),
        ("The duty to publish sailing times came into force on 1 July.", TO_LEGISLATE, "fulfils"),
        ("The target has been met, with three months to spare.", LATER, "fulfils"),
        ("The pier has been delayed until 2032.", LATER, "slips"),
        ("The opening has been pushed back and the pier is now expected in 2032.", LATER, "slips"),
        ("The pier will not now open before 2032, two years later than planned.", LATER, "slips"),
        ("Work on the pier is behind schedule.", MEDIA, "slips"),
        ("The new ministers have scrapped the ferry plan.", SUCCESSOR, "contradicts"),
        ("Ministers have scrapped the ferry plan.", MEDIA, "contradicts"),
        ("There is no evidence that the ministry will meet its target.", AUDITOR, "contradicts"),
        ("Ferry building remains well short of what was promised.", AUDITOR, "contradicts"),
        ("Ferry breakdowns rose by 13% to 2,400 last year.", TO_LOWER, "contradicts"),
        ("The government has failed to deliver the pier it promised.", OPPONENT, "contradicts"),
    ],
)
def test_the_words_and_the_circumstances_decide(passage: str, circumstances: Circumstances, relation: str) -> None:
    assert judged(passage, "", circumstances).relation == relation


@pytest.mark.parametrize("passage", ["The agency has planted 12,500 trees so far.", "The pier opened in June."])
def test_what_an_opponent_repeats_is_context(passage: str) -> None:
    assert judged(passage, "", OPPONENT).relation == "context"


@pytest.mark.parametrize("passage", ["We will open a pier.", "The pier was opened.", "The pier is late."])
def test_nothing_is_announced_long_after_it_was_promised(passage: str) -> None:
    assert judged(passage, "", replace(LATER, said_before=False)).relation != "announces"


@pytest.mark.parametrize("passage", ["The pier has been opened.", "The pier is delayed.", "Piers were scrapped."])
def test_what_nobody_has_promised_yet_cannot_be_kept_or_broken(passage: str) -> None:
    too_early = replace(LATER, published=dt.date(2029, 6, 1), said_before=False)
    assert judged(passage, "", too_early).relation in ("announces", "restates", "context")


def test_a_figure_that_is_known_is_no_progress() -> None:
    again = replace(LATER, has_figures=True, restated_figure=True)
    assert judged("The agency has planted 12,500 trees so far.", "", again).relation != "progress"


def test_a_figure_under_the_target_after_the_deadline_is_no_fulfilment() -> None:
    target = Quantity(20_000, "")
    over = replace(LATER, deadline=dt.date(2030, 6, 1), target=target, promised=[target], has_figures=True)
    found = judged("Only 12,500 trees had been planted by the end of August, well short of the 20,000.", "", over)
    assert found.relation in ("slips", "contradicts")


def test_the_judgement_names_the_words_on_which_it_rests() -> None:
    found = judged("The opening of the pier has been pushed back.", "", LATER)
    assert found.relation == "slips"
    assert "pushed back" in found.cues


def test_words_that_the_passage_lacks_are_not_named() -> None:
    passage = "Ministers have scrapped the ferry plan after all."
    assert all(cue.lower() in passage.lower() for cue in judged(passage, "The council heard that:", MEDIA).cues)


def test_a_model_without_coefficients_takes_words_as_usual() -> None:
    assert judge("The pier has been delayed until 2032.", "", LATER, {}).relation == "slips"


def test_a_list_item_takes_its_tense_from_its_lead() -> None:
    matched = {"pier", "open"}
    assert judged("two new piers", "Next year we will open:", replace(LATER, matched=matched)).relation == "restates"


def test_the_clause_about_the_commitment_decides_and_not_its_neighbour() -> None:
    sentence = "The tunnel has been delayed, but electric ferries are already running on four routes."
    about_ferries = replace(LATER, matched={"electr", "ferri", "rout"})
    assert judged(sentence, "", about_ferries).relation == "progress"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (LATER, True),
        (MEDIA, False),
        (AUDITOR, False),
        (SUCCESSOR, False),
        (replace(MEDIA, speaker="the Minister for Harbours"), True),
        (replace(LATER, speaker="Ann Gray of the Coastal Trust"), False),
        (replace(LATER, speaker="Minister for Harbours Ann Gray"), True),
        (replace(MEDIA, speaker="the shadow minister for harbours"), False),
    ],
)
def test_only_the_promising_side_declares_itself(now: Circumstances, expected: bool) -> None:
    assert judged("The pier has been opened.", "", now).self_declared is expected


@pytest.mark.parametrize(
    ("passage", "now", "tier"),
    [
        ("The ministry will replace diesel ferries on all routes.", SAME_DAY, "announced"),
        ("The ministry will put £40 million into electric ferries.", SAME_DAY, "funded"),
        ("The Harbours Act received Royal Assent in June.", TO_LEGISLATE, "funded"),
        ("Electric ferries are already running on the island routes.", LATER, "in_operation"),
        ("The Harbours Act came into force on 1 July.", TO_LEGISLATE, "in_operation"),
        ("The agency has planted 12,500 trees so far.", LATER, "outcome"),
        ("The pier has been delayed until 2032.", LATER, "announced"),
    ],
)
def test_the_tier_says_how_far_the_matter_has_come(passage: str, now: Circumstances, tier: str) -> None:
    assert judged(passage, "", now).tier == tier
