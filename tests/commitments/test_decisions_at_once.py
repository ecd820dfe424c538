"""Two editors at one commitment at the same moment."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import suppress

import pytest
from django.db import connections
from django.db.models.signals import post_save

from commitments.decisions import accept, reject
from commitments.models import Evidence, Measurement

from . import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.many_writers
def test_when_both_earlier_tellings_are_rejected_at_once_the_third_is_the_point() -> None:
    commitment = make.commitment()
    series = make.target(commitment, "trees planted", "trees")
    first, second, third = (
        make.evidence(
            commitment,
            make.release("They planted 9,400 trees.", published=dt.date(2024, 11, day)),
            figures=[make.figure(9400, series)],
        )
        for day in (1, 8, 15)
    )
    accept(third, make.deed())
    assert not Measurement.objects.shown().exists()
    editor = make.user()
    failures: list[Exception] = []

    def decide(piece: Evidence) -> None:
        try:
            reject(piece, make.deed(editor), "Another country.")
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    both_have_decided = threading.Barrier(2)

    def wait_for_the_other(**kwargs: object) -> None:
        with suppress(threading.BrokenBarrierError):  # the other is rightly kept waiting
            both_have_decided.wait(timeout=1)

    post_save.connect(wait_for_the_other, sender=Evidence, dispatch_uid="wait_for_the_other")
    editors = [threading.Thread(target=decide, args=[piece]) for piece in (first, second)]
    try:
        for thread in editors:
            thread.start()
        for thread in editors:
            thread.join(timeout=30)
    finally:
        post_save.disconnect(sender=Evidence, dispatch_uid="wait_for_the_other")
    assert failures == []
    assert [point.evidence_id for point in Measurement.objects.shown()] == [third.pk]
