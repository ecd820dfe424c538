"""A decision can be taken back, and a passage put where it belongs, with nothing lost or counted twice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from commitments import decisions
from commitments.decisions import DecisionRefused, Stale
from commitments.linking.correcting import decisions as lessons
from commitments.models import Commitment, Decision, Evidence, Measurement
from tests.commitments import make

pytestmark = pytest.mark.django_db

TEXT = "The ministry planted 50 apple trees in public orchards last year."


@pytest.fixture
def piece() -> Evidence:
    owner = make.commitment("Plant apple trees in public orchards")
    series = make.target(owner, "apple trees planted", "trees", 100)
    return make.evidence(owner, make.release(TEXT), figures=[make.figure(50, series)])


@pytest.fixture
def other() -> Commitment:
    one = make.commitment("Plant 500 apple trees a year")
    make.target(one, "apple trees planted", "trees", 500)
    return one


def points() -> int:
    return Measurement.objects.filter(withdrawn_at=None).count()


def test_an_acceptance_is_undone_with_its_point(piece: Evidence) -> None:
    deed = make.deed()
    decisions.accept(piece, deed)
    assert points() == 1

    decisions.undo(deed.act, make.deed())

    piece.refresh_from_db()
    assert (piece.state, piece.decided_by, points()) == ("suggested", None, 0)
    assert [entry.kind for entry in Decision.objects.all()] == ["undone", "accepted"]


def test_a_rejection_and_a_correction_of_one_act_are_undone_together(piece: Evidence) -> None:
    deed = make.deed()
    decisions.correct(piece, deed, relation="context", tier="outcome", restated={}, dropped=[0])
    decisions.reject(piece, deed, "Another orchard.")

    decisions.undo(deed.act, make.deed())

    piece.refresh_from_db()
    assert (piece.state, piece.relation, piece.tier, len(piece.figures)) == ("suggested", "progress", "announced", 1)
    assert piece.reject_reason == ""


def test_nothing_is_undone_twice_or_for_somebody_else(piece: Evidence) -> None:
    deed = make.deed("ann")
    decisions.accept(piece, deed)
    with pytest.raises(DecisionRefused, match="somebody else"):
        decisions.undo(deed.act, make.deed("bob"))
    decisions.undo(deed.act, make.deed("ann"))
    with pytest.raises(DecisionRefused, match="already"):
        decisions.undo(deed.act, make.deed("ann"))
    assert decisions.last_act(make.user("ann")) is None


def test_what_somebody_decided_since_is_not_undone(piece: Evidence) -> None:
    deed = make.deed("ann")
    decisions.accept(piece, deed)
    decisions.reject(piece, make.deed("bob"), "Misread.")

    with pytest.raises(DecisionRefused, match="since"):
        decisions.undo(deed.act, make.deed("ann"))

    piece.refresh_from_db()
    assert piece.state == "rejected"


def test_what_a_status_rests_on_is_not_undone(piece: Evidence) -> None:
    deed = make.deed()
    decisions.accept(piece, deed)
    decisions.change_status(piece.commitment, "achieved", make.user(), "Done.", dt.date(2025, 2, 1), piece)

    with pytest.raises(DecisionRefused, match="rests on this evidence"):
        decisions.undo(deed.act, make.deed())

    assert points() == 1


def test_a_figure_said_again_since_does_not_hold_up_an_undo(piece: Evidence) -> None:
    """Whether a figure is said again follows from the others; it is no decision on this one."""
    deed = make.deed()
    decisions.accept(piece, deed)
    earlier = make.release(TEXT, published=dt.date(2025, 1, 2))
    series = piece.commitment.series.get()
    decisions.accept(make.evidence(piece.commitment, earlier, figures=[make.figure(50, series)]), make.deed("bob"))

    decisions.undo(deed.act, make.deed())

    assert points() == 1


def test_a_moved_passage_waits_there_read_anew_and_counts_once(piece: Evidence, other: Commitment) -> None:
    decisions.accept(piece, make.deed())

    (there,) = decisions.assign(piece, make.deed(), [other], keep=False)

    assert (piece.state, piece.reject_reason) == ("rejected", f"It is about {other.reference}.")
    assert (there.commitment, there.state, there.quote) == (other, "suggested", TEXT)
    assert [figure["value"] for figure in there.figures] == [50]
    assert points() == 0
    decisions.accept(there, make.deed())
    assert points() == 1


def test_a_split_passage_stays_and_waits_elsewhere(piece: Evidence, other: Commitment) -> None:
    third = make.commitment("Plant trees anywhere")

    placed = decisions.assign(piece, make.deed(), [other, third], keep=True)

    assert {one.commitment for one in placed} == {other, third}
    assert piece.state == "suggested"


def test_a_move_is_undone_on_both_sides_and_teaches_nothing(piece: Evidence, other: Commitment) -> None:
    deed = make.deed()
    (there,) = decisions.assign(piece, deed, [other], keep=False)

    decisions.undo(deed.act, make.deed())

    piece.refresh_from_db()
    there.refresh_from_db()
    assert (piece.state, there.state) == ("suggested", "rejected")
    assert lessons()[0] == []


def test_a_passage_that_was_rejected_there_comes_back(piece: Evidence, other: Commitment) -> None:
    deed = make.deed()
    before = make.evidence(other, piece.release)
    decisions.reject(before, make.deed(), "Another orchard.")

    assert decisions.assign(piece, deed, [other], keep=False) == [before]
    decisions.undo(deed.act, make.deed())

    before.refresh_from_db()
    assert (before.state, before.reject_reason) == ("rejected", "Another orchard.")


def test_what_was_rejected_here_can_still_be_brought_elsewhere(piece: Evidence, other: Commitment) -> None:
    decisions.reject(piece, make.deed("ann"), "Another orchard.")

    (there,) = decisions.assign(piece, make.deed("bob"), [other], keep=False)

    assert there.state == "suggested"
    assert (piece.state, piece.reject_reason) == ("rejected", "Another orchard.")


def test_a_number_put_right_is_the_point_and_the_number_read_is_kept(piece: Evidence) -> None:
    decisions.accept(piece, make.deed())
    deed = make.deed()

    changed = decisions.correct(
        piece, deed, relation="progress", tier="announced", restated={}, values={0: Decimal("50000")}
    )

    assert changed == ["50 is 50,000 (apple trees planted)"]
    assert piece.figures[0]["value_as_read"] == 50
    assert [point.value for point in Measurement.objects.filter(withdrawn_at=None)] == [50000]
    decisions.undo(deed.act, make.deed())
    assert [point.value for point in Measurement.objects.filter(withdrawn_at=None)] == [50]


def test_a_number_with_many_places_stays_the_same_point(piece: Evidence) -> None:
    piece.figures = [{**piece.figures[0], "value": 1 / 3}]
    piece.save()
    decisions.accept(piece, make.deed())
    decisions.correct(piece, make.deed(), relation="slips", tier="announced", restated={})
    assert Measurement.objects.count() == 1


def test_a_move_that_must_not_be(piece: Evidence, other: Commitment) -> None:
    for to, why in (([], "Choose"), ([piece.commitment], "already")):
        with pytest.raises(DecisionRefused, match=why):
            decisions.assign(piece, make.deed(), to, keep=False)
    decisions.accept(make.evidence(other, piece.release), make.deed())
    with pytest.raises(DecisionRefused, match="on record"):
        decisions.assign(piece, make.deed(), [other], keep=False)
    piece.refresh_from_db()
    assert piece.state == "suggested"


def test_who_looks_at_an_old_card_is_told_who_was_first(piece: Evidence) -> None:
    seen = piece.mark
    decisions.reject(piece, make.deed("ann"), "Another orchard.")
    with pytest.raises(Stale, match=r"ann rejected this at \d\d:\d\d"):
        decisions.lock(piece, seen)
    decisions.undo(Decision.objects.get().act, make.deed("ann"))
    assert decisions.lock(piece, seen).state == "suggested"


def test_the_trail_is_append_only(piece: Evidence) -> None:
    decisions.accept(piece, make.deed())
    for change in (lambda: Decision.objects.update(note="x"), lambda: Decision.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
