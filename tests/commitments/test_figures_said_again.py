"""Which figures are news and which are said again, and that the points do not depend on the order of decisions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from commitments.decisions import accept, reject
from commitments.models import Commitment, Evidence, Measurement
from commitments.restatement import is_restated

from . import make

FIRST = dt.date(2030, 3, 1)


def told(value: float, metric: str = "trains delayed", **fields: Any) -> dict[str, Any]:
    return make.figure(0) | {"value": value, "metric": metric, "unit": "trains", **fields}


@pytest.mark.parametrize(
    ("earlier", "later", "again"),
    [
        pytest.param(told(310), told(310), True, id="the same number"),
        pytest.param(told(310), told(320), False, id="another number"),
        pytest.param(told(22), told(20, qualifier="more than"), True, id="rounded down"),
        pytest.param(told(13487), told(13500, qualifier="almost"), True, id="rounded up"),
        pytest.param(told(13487), told(13000, qualifier="around"), True, id="rounded"),
        pytest.param(told(13500, qualifier="almost"), told(13487), False, id="told more exactly"),
        pytest.param(told(13487), told(13500, qualifier="more than"), False, id="more than before"),
        pytest.param(told(14020), told(13500, qualifier="almost"), False, id="rounded to something else"),
        pytest.param(told(310), told(310, metric="bridges"), False, id="another thing"),
        pytest.param(told(310, metric="people arrested"), told(310, metric="people fined"), False, id="other people"),
        pytest.param(told(310, unit="per cent"), told(310), False, id="another unit"),
        pytest.param(told(12, change=True), told(12), False, id="a change and a level"),
        pytest.param(
            told(310, period_start="2030-01-01", period_end="2030-01-31"),
            told(310, period_start="2030-02-01", period_end="2030-02-28"),
            False,
            id="two months",
        ),
        pytest.param(
            told(310, period_start="2029-07-01", period_end="2030-06-30"),
            told(310, period_start="2029-10-01", period_end="2030-09-30"),
            False,
            id="two years that overlap",
        ),
        pytest.param(
            told(310, period_start="2030-01-05", period_end="2030-03-01"),
            told(310, period_start="2030-01-04", period_end="2030-04-01"),
            True,
            id="a total since the same day or so",
        ),
    ],
)
def test_a_figure_is_said_again(earlier: dict[str, Any], later: dict[str, Any], again: bool) -> None:
    assert is_restated(later, [earlier]) is again


def points(commitment: Commitment) -> list[tuple[dt.date, int, int | None]]:
    shown = Measurement.objects.shown().filter(evidence__commitment=commitment)
    return sorted((point.published_on, int(point.value), point.evidence_id) for point in shown)


@pytest.mark.django_db
def test_two_releases_of_one_day_say_a_figure_together_and_make_one_point() -> None:
    commitment = make.commitment()
    series = make.target(commitment, "trains delayed", "trains")
    pieces = [
        make.evidence(
            commitment, make.release(f"{word}: 310 trains.", published=FIRST), figures=[make.figure(310, series)]
        )
        for word in ("Ministry", "Regulator")
    ]
    for piece in pieces:
        accept(piece, make.deed())
    assert [piece.figures[0]["restated"] for piece in commitment.evidence.all()] == [False, False]
    assert points(commitment) == [(FIRST, 310, pieces[0].pk)]


class DecisionsInAnyOrder(TestCase):
    @settings(max_examples=12, deadline=None)
    @given(
        figures=st.lists(
            st.tuples(
                st.integers(0, 3),
                st.sampled_from([20, 22, 310]),
                st.sampled_from(["exact", "more than"]),
                st.booleans(),
            ),
            min_size=2,
            max_size=4,
        ),
        data=st.data(),
    )
    def test_the_points_are_the_same_in_whatever_order_editors_decide(
        self, figures: list[tuple[int, int, str, bool]], data: st.DataObject
    ) -> None:
        commitment = make.commitment()
        series = make.target(commitment, "trains delayed", "trains")
        pieces = [
            make.evidence(
                commitment,
                make.release(f"{value} trains.", published=FIRST + dt.timedelta(days=days)),
                figures=[make.figure(value, series, qualifier=qualifier)],
            )
            for days, value, qualifier, _ in figures
        ]
        found = []
        for order in (range(len(pieces)), data.draw(st.permutations(range(len(pieces))))):
            for at in order:
                piece = Evidence.objects.get(pk=pieces[at].pk)
                if figures[at][3]:
                    accept(piece, make.deed())
                else:
                    reject(piece, make.deed(), "Another railway.")
            found.append(points(commitment))
            Measurement.objects.all().delete()
            commitment.evidence.update(state=Evidence.State.SUGGESTED, decided_at=None, decided_by=None)
        assert found[0] == found[1]
        accepted = [value for _, value, _, is_accepted in figures if is_accepted]
        assert bool(found[0]) == bool(accepted)


YEAR = {"period_start": "2029-01-01", "period_end": "2029-12-31", "as_of": "2029-12-31"}
NEXT_YEAR = {"period_start": "2030-01-01", "period_end": "2030-12-31", "as_of": "2030-12-31"}


def published(owner: Commitment, series: Any, value: int, after: int, **fields: Any) -> Evidence:
    of = make.release(f"{value} trains, day {after}.", published=FIRST + dt.timedelta(days=after))
    return make.evidence(owner, of, figures=[make.figure(value, series, **fields)])


def vintages() -> dict[int, int | None]:
    """Each standing value, with the one that it supersedes."""
    points = Measurement.objects.filter(withdrawn_at=None).select_related("supersedes")
    return {int(point.value): int(point.supersedes.value) if point.supersedes else None for point in points}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("later", "superseded"),
    [
        pytest.param({"revised": True, "revised_from": 310}, True, id="revised from that number"),
        pytest.param({"revised": True, "revised_from": 300}, False, id="revised from another number"),
        pytest.param({"revised": True, **YEAR}, True, id="revised, of the same year"),
        pytest.param({"revised": True, **NEXT_YEAR}, False, id="revised, of another year"),
        pytest.param(YEAR, True, id="another number for a year that had ended"),
        pytest.param({**YEAR, "qualifier": "around"}, False, id="a rough number for a year that had ended"),
        pytest.param({}, False, id="a new number"),
    ],
)
def test_a_revised_statistic_supersedes_the_one_before_and_both_stay(later: dict[str, Any], superseded: bool) -> None:
    owner = make.commitment()
    series = make.target(owner, "trains delayed", "trains")
    for piece in (published(owner, series, 310, 0, **YEAR), published(owner, series, 325, 40, **later)):
        accept(piece, make.deed())
    assert vintages() == {310: None, 325: 310 if superseded else None}
    assert {value for _, value, _ in points(owner)} == ({325} if superseded else {310, 325})


@pytest.mark.django_db
@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]])
def test_vintages_follow_each_other_in_order_of_publication_whatever_the_order_of_decisions(order: list[int]) -> None:
    owner = make.commitment()
    series = make.target(owner, "trains delayed", "trains")
    pieces = [
        published(owner, series, 310, 0, **YEAR),
        published(owner, series, 325, 40, revised=True, **YEAR),
        published(owner, series, 330, 80, revised=True, **YEAR),
    ]
    for at in order:
        accept(pieces[at], make.deed())
    assert vintages() == {310: None, 325: 310, 330: 325}


@pytest.mark.django_db
def test_what_a_rejected_revision_superseded_stands_again() -> None:
    owner = make.commitment()
    series = make.target(owner, "trains delayed", "trains")
    first, revision = published(owner, series, 310, 0, **YEAR), published(owner, series, 325, 40, revised=True, **YEAR)
    accept(first, make.deed())
    accept(revision, make.deed())
    reject(revision, make.deed(), "Another railway.")
    assert [value for _, value, _ in points(owner)] == [310]
