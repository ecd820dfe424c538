"""Accepting, rejecting and judging: what each adds to the record, and what is refused."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from django.utils import timezone

from commitments.decisions import DecisionRefused, accept, change_status, correct, reject
from commitments.models import Commitment, Evidence, Measurement

from . import make

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = dt.date(2024, 11, 28), dt.date(2024, 12, 16), dt.date(2025, 1, 2)


def points(commitment: Commitment) -> list[tuple[dt.date, int]]:
    shown = Measurement.objects.shown().filter(series__in=commitment.series.all()).order_by("published_on")
    return [(point.published_on, int(point.value)) for point in shown]


@pytest.fixture
def told() -> tuple[Commitment, list[Evidence]]:
    """Three releases: a figure, another, and that other one again."""
    commitment = make.commitment()
    series = make.target(commitment, "trees planted", "trees")
    pieces = [
        make.evidence(
            commitment,
            make.release(f"{value} trees were planted.", published=published),
            figures=[make.figure(value, series)],
        )
        for published, value in [(FIRST, 9400), (SECOND, 13500), (THIRD, 13500)]
    ]
    return commitment, pieces


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_figure_said_again_is_no_new_point_in_whatever_order_it_is_accepted(
    told: tuple[Commitment, list[Evidence]], order: tuple[int, ...]
) -> None:
    commitment, pieces = told
    for index in order:
        accept(pieces[index], make.deed())
    assert points(commitment) == [(FIRST, 9400), (SECOND, 13500)]
    assert [piece.figures[0]["restated"] for piece in commitment.evidence.order_by("release__published_at")] == [
        False,
        False,
        True,
    ]


def test_when_the_first_telling_is_rejected_the_second_is_the_point(told: tuple[Commitment, list[Evidence]]) -> None:
    commitment, (_, first_telling, second_telling) = told
    accept(second_telling, make.deed())
    assert points(commitment) == []
    reject(first_telling, make.deed(), "Another country.")
    assert points(commitment) == [(THIRD, 13500)]


def test_rejecting_what_was_accepted_withdraws_its_point_and_keeps_the_row(
    told: tuple[Commitment, list[Evidence]],
) -> None:
    commitment, (piece, *_) = told
    accept(piece, make.deed())
    reject(piece, make.deed(), "Misread.")
    assert points(commitment) == []
    assert Measurement.objects.get().withdrawn_at is not None
    accept(piece, make.deed())
    assert points(commitment) == [(FIRST, 9400)]


@pytest.mark.parametrize("change", [{"modality": "promised"}, {"series": None}])
def test_a_promise_or_a_figure_of_something_else_is_no_point(change: dict[str, object]) -> None:
    commitment = make.commitment()
    series = make.target(commitment, "trees planted", "trees")
    piece = make.evidence(commitment, make.release("500 trees."), figures=[make.figure(500, series) | change])
    assert accept(piece, make.deed()) == []
    assert points(commitment) == []


def test_an_accepted_release_is_pinned_and_looked_at_again() -> None:
    piece = make.evidence(make.commitment(), make.release("Trees."))
    accept(piece, replace(make.deed(), at=timezone.make_aware(dt.datetime(2025, 1, 1, 12))))
    piece.release.refresh_from_db()
    assert piece.release.pinned
    assert piece.release.recheck_until == dt.date(2026, 1, 1)


def test_deciding_twice_tells_the_second_who_was_first() -> None:
    piece = make.evidence(make.commitment(), make.release("Trees."))
    accept(piece, make.deed("ann"))
    with pytest.raises(DecisionRefused, match="ann has accepted this already"):
        accept(Evidence.objects.get(), make.deed("bob"))


def test_a_rejection_without_a_reason_is_refused() -> None:
    piece = make.evidence(make.commitment(), make.release("Trees."))
    with pytest.raises(DecisionRefused, match="Say why"):
        reject(piece, make.deed(), "  ")
    piece.refresh_from_db()
    assert piece.state == "suggested"


def test_evidence_that_decided_a_status_cannot_be_rejected() -> None:
    commitment = make.commitment()
    piece = make.evidence(commitment, make.release("All are planted."))
    accept(piece, make.deed())
    change_status(commitment, "achieved", make.user(), "All planted.", FIRST, evidence=piece)
    with pytest.raises(DecisionRefused, match="rests on this evidence"):
        reject(piece, make.deed(), "Wrong.")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"to": "done"}, "is no status"),
        ({"reason": " "}, "Give the reason"),
        ({"to": "achieved"}, "needs the accepted evidence that decided it"),
        ({"effective_from": dt.date(2999, 1, 1)}, "has not come"),
    ],
)
def test_a_status_change_that_must_not_be(change: dict[str, object], why: str) -> None:
    asked = {"to": "in_progress", "reason": "Work began.", "effective_from": FIRST} | change
    with pytest.raises(DecisionRefused, match=why):
        change_status(make.commitment(), by=make.user(), **asked)  # type: ignore[arg-type]


def test_a_status_rests_on_accepted_evidence_of_the_same_commitment() -> None:
    commitment = make.commitment()
    piece = make.evidence(commitment, make.release("All are planted."))
    with pytest.raises(DecisionRefused, match="Accept the evidence first"):
        change_status(commitment, "achieved", make.user(), "Done.", FIRST, evidence=piece)
    with pytest.raises(DecisionRefused, match="about another commitment"):
        change_status(make.commitment(), "achieved", make.user(), "Done.", FIRST, evidence=piece)


def test_a_correction_is_a_further_entry_that_names_what_it_corrects() -> None:
    commitment, editor = make.commitment(), make.user()
    wrong = change_status(commitment, "not_achieved", editor, "None found.", SECOND, absence="Looked everywhere.")
    right = change_status(commitment, "in_progress", editor, "We had missed a report.", SECOND, corrects=wrong)
    assert commitment.status_on(THIRD) == "in_progress"
    assert list(commitment.status_changes.all()) == [wrong, right]
    assert (right.from_status, right.corrects) == ("not_achieved", wrong)


def test_a_wrong_detail_is_put_right_without_a_rejection(told: tuple[Commitment, list[Evidence]]) -> None:
    commitment, (first, *_) = told

    changed = correct(first, make.deed(), relation="fulfils", tier="outcome", restated={}, dropped=[0])
    accept(first, make.deed())

    first.refresh_from_db()
    assert (first.relation, first.tier, first.figures) == ("fulfils", "outcome", [])
    assert points(commitment) == []
    assert changed == ["relation: says it is done", "tier: outcome", "left out 9,400 (trees planted)"]


def test_an_editors_word_on_a_figure_outlasts_later_decisions(told: tuple[Commitment, list[Evidence]]) -> None:
    commitment, (first, second, third) = told
    for piece in (first, second, third):
        accept(piece, make.deed())

    correct(third, make.deed(), relation="progress", tier="announced", restated={0: False}, dropped=[])
    reject(first, make.deed(), "Another country.")

    assert points(commitment) == [(SECOND, 13500), (THIRD, 13500)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"relation": "proves"}, "is no relation"),
        ({"tier": "gold"}, "is no tier"),
        ({"dropped": [7]}, "changed its figures"),
    ],
)
def test_a_correction_that_must_not_be(
    told: tuple[Commitment, list[Evidence]], change: dict[str, object], why: str
) -> None:
    wanted = {"relation": "progress", "tier": "announced", "restated": {}, "dropped": []} | change
    with pytest.raises(DecisionRefused, match=why):
        correct(told[1][0], make.deed(), **wanted)  # type: ignore[arg-type]
