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
        accept(piece, make.user())
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
                    accept(piece, make.user())
                else:
                    reject(piece, make.user(), "Another railway.")
            found.append(points(commitment))
            Measurement.objects.all().delete()
            commitment.evidence.update(state=Evidence.State.SUGGESTED, decided_at=None, decided_by=None)
        assert found[0] == found[1]
        accepted = [value for _, value, _, is_accepted in figures if is_accepted]
        assert bool(found[0]) == bool(accepted)
