"""Wrong states of the record are impossible in the database, not only unlikely in Python."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from commitments.append_only import erasing
from commitments.models import Definition, Evidence, Measurement, StatusChange

from . import make

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 3, 1)


def refused(action: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        action()


@pytest.fixture
def change() -> StatusChange:
    return StatusChange.objects.create(
        commitment=make.commitment(),
        to_status="in_progress",
        reason="Work began.",
        effective_from=DAY,
        recorded_by=make.user(),
    )


def test_a_status_change_cannot_be_rewritten(change: StatusChange) -> None:
    refused(lambda: StatusChange.objects.filter(pk=change.pk).update(reason="Nothing to see."))
    refused(lambda: change.save())
    change.refresh_from_db()
    assert change.reason == "Work began."


def test_a_status_change_cannot_be_deleted(change: StatusChange) -> None:
    refused(lambda: change.delete())
    refused(lambda: connection.cursor().execute("DELETE FROM commitments_statuschange"))
    assert StatusChange.objects.count() == 1


def test_a_definition_and_its_target_cannot_be_rewritten() -> None:
    commitment = make.commitment()
    make.target(commitment, "trees", "trees", 100)
    refused(lambda: commitment.definitions.update(statement="Plant fewer trees."))
    refused(lambda: commitment.first_definition.target.delete())
    refused(lambda: connection.cursor().execute("UPDATE commitments_target SET value = 1"))


def test_history_is_erased_only_where_that_is_said(change: StatusChange) -> None:
    with erasing():
        change.commitment.delete()
    assert StatusChange.objects.count() == 0
    again = make.commitment()
    refused(lambda: again.definitions.all().delete())


def test_a_deadline_runs_forwards() -> None:
    refused(lambda: make.commitment(deadline_earliest=DAY, deadline_latest=DAY - dt.timedelta(days=1)))
    refused(lambda: make.commitment(deadline_earliest=DAY))


def test_a_commitment_has_one_original_definition() -> None:
    commitment = make.commitment()
    refused(lambda: Definition.objects.create(commitment=commitment, statement="Again.", effective_from=DAY))


@pytest.mark.parametrize("status", ["achieved", "partly_achieved", "not_achieved", "abandoned"])
def test_a_final_status_needs_what_decided_it(status: str) -> None:
    commitment = make.commitment()
    accepted = make.evidence(
        commitment, make.release("All trees are planted."), state="accepted", decided_at=make.timezone.now()
    )
    common: dict[str, Any] = {
        "commitment": commitment,
        "to_status": status,
        "reason": "Because.",
        "effective_from": DAY,
        "recorded_by": make.user(),
    }
    refused(lambda: StatusChange.objects.create(**common))
    StatusChange.objects.create(**common, evidence=accepted)
    StatusChange.objects.create(**common, absence="Looked in the annual report until March.")
    StatusChange.objects.create(**(common | {"recorded_by": None}), imported_from="old.csv")


def test_lapsing_needs_nothing_but_every_status_needs_a_reason_and_an_author() -> None:
    commitment = make.commitment()
    common: dict[str, Any] = {"commitment": commitment, "to_status": "lapsed", "effective_from": DAY}
    StatusChange.objects.create(**common, reason="They left office.", recorded_by=make.user())
    refused(lambda: StatusChange.objects.create(**common, reason="", recorded_by=make.user()))
    refused(lambda: StatusChange.objects.create(**common, reason="Nobody said so."))


def test_a_quote_is_evidence_once_however_it_is_spaced() -> None:
    commitment, release = make.commitment(), make.release("We planted\n\nten trees.")
    make.evidence(commitment, release)
    spaced = Evidence(commitment=commitment, release=release, revision=release.latest_revision, start=0, end=9)
    spaced.quote = "We planted ten   trees."
    refused(spaced.save)


def test_a_rejection_has_a_reason_and_a_decision_a_time() -> None:
    evidence = make.evidence(make.commitment(), make.release("Ten trees."))
    refused(lambda: Evidence.objects.filter(pk=evidence.pk).update(state="accepted"))
    refused(lambda: Evidence.objects.filter(pk=evidence.pk).update(state="rejected", decided_at=make.timezone.now()))


def test_a_range_has_its_low_end_first() -> None:
    series = make.target(make.commitment(), "trees", "trees")
    refused(lambda: Measurement.objects.create(series=series, value=10, high=5, published_on=DAY))
