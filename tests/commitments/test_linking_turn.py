"""Linking is one worker's turn at a time, and a turn outlives nobody for long."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from commitments.models import Evidence, LinkedRevision, Turn
from commitments.tasks import TURN, link_pending

from . import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting() -> None:
    make.commitment(
        "Plant elms in Harrogate", statement="Plant 500 elm trees in Harrogate.", keywords="elms, Harrogate"
    )
    for number in range(25):
        make.release(f"The ministry planted {500 + number} elms in Harrogate.", title=f"Trees {number}")


def test_one_turn_links_all_that_waits(waiting: None) -> None:
    link_pending()
    assert LinkedRevision.objects.exclude(linked_at=None).count() == 25
    assert Evidence.objects.count() == 25
    link_pending()
    assert Evidence.objects.count() == 25


def test_while_another_has_the_turn_nothing_is_linked_twice_at_once(waiting: None) -> None:
    Turn.take("linking", uuid.uuid4(), timezone.now(), TURN)
    link_pending()
    assert LinkedRevision.objects.count() == 0


def test_the_turn_of_a_worker_that_was_killed_ends_by_itself(waiting: None) -> None:
    Turn.take("linking", uuid.uuid4(), timezone.now() - TURN - dt.timedelta(seconds=1), TURN)
    link_pending()
    assert Evidence.objects.count() == 25
