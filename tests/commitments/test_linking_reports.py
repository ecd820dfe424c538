"""One sentence recalls a promise, the next tells what came of it: what came of it is the evidence."""

from __future__ import annotations

import datetime as dt

import pytest

from commitments import decisions, linking
from commitments.bringing import import_rows
from commitments.models import Evidence
from tests.commitments import make
from tracker.models import Release

pytestmark = pytest.mark.django_db

WAITS = {
    "reference": "T-7",
    "title": "Nobody waits more than six weeks for a dental appointment",
    "statement": "Bring the longest wait for a dental appointment down to six weeks by the end of 2025.",
    "made_on": "2024-07-05",
    "deadline_text": "by the end of 2025",
    "target_metric": "longest wait for a dental appointment",
    "target_value": "6",
    "target_unit": "weeks",
}
RECALLS = "Ministers had said that by the end of 2025 nobody would wait more than six weeks for a dental appointment."
REPORTS = "In December 41,300 people had waited longer, figures published on Thursday show: far from the target."
TEXT = f"{RECALLS} {REPORTS} The minister visited a practice in Harwich."


@pytest.fixture
def release() -> Release:
    import_rows([make.ORCHARDS, WAITS])
    return make.release(
        TEXT, title="Dental waits", published=dt.date(2026, 2, 3), at=make.source("Paper", voice="media")
    )


def test_the_report_is_quoted_and_the_reasons_say_where_the_promise_is_named(release: Release) -> None:
    (piece,) = linking.link(release.latest_revision)
    assert piece.quote == REPORTS
    assert release.latest_revision.text[piece.start : piece.end] == REPORTS
    assert piece.reasons[0].startswith("The sentence before it ")
    assert piece.relation in ("slips", "contradicts")


def test_a_sentence_that_names_the_promise_and_reports_on_it_is_quoted_itself() -> None:
    import_rows([make.ORCHARDS])
    said = "The forestry agency has planted 12,500 of the 40,000 orchard trees that were promised."
    text = f"{said} Volunteers gave 3,000 hours to the work."
    (piece,) = linking.link(make.release(text, published=dt.date(2025, 6, 1)).latest_revision)
    assert piece.quote == said


def test_a_report_that_was_rejected_does_not_come_back_when_what_stands_before_it_is_reworded(release: Release) -> None:
    (piece,) = linking.link(release.latest_revision)
    decisions.reject(piece, make.deed(), "Counted otherwise.")
    reworded = TEXT.replace(RECALLS, f"{RECALLS[:-1]}, wherever they live.")
    assert linking.link(make.revise(release, reworded)) == []
    assert Evidence.objects.count() == 1
