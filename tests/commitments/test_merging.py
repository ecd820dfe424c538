"""Merging a commitment into another: what goes along, where addresses lead, and that all of it can be taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments import corrections, decisions, points, restatement
from commitments.digests import about, record, scope, signup
from commitments.digests.coverage import Searches, of
from commitments.models import (
    AuditEntry,
    Commitment,
    Decision,
    Evidence,
    Goalpost,
    Measurement,
    Merge,
    Milestone,
    NextEvidence,
    PossibleCommitment,
    Question,
    StatusChange,
    Subscription,
)
from tests.commitments import make

pytestmark = pytest.mark.django_db

STATES = ["suggested", "accepted", "rejected"]


def decide(piece: Evidence, state: str) -> Evidence:
    if state == "accepted":
        decisions.accept(piece, make.deed())
    if state == "rejected":
        decisions.reject(piece, make.deed(), "Other trees.")
    piece.refresh_from_db()
    return piece


def merge(merged: Commitment, into: Commitment, **more: Any) -> Merge:
    return decisions.merge(merged, into, make.deed(), "They are one.", **more)


def whole_record() -> dict[str, Any]:
    """Every row that a merge may touch, by its key, but for entries that say that there was one."""
    models = "commitment evidence goalpost milestone question nextevidence possiblecommitment statuschange definition"
    models += " subscriber formerslug commitment_series commitment_watchers commitment_other_departments series target"
    rows = {
        name: {row["id"]: row for row in apps.get_model("commitments", name)._base_manager.values()}
        for name in models.split()
    }
    for row in rows["commitment"].values():
        row.pop("linkable_since")
    # A point that was withdrawn for a merge is made anew afterwards, so it is known by what it says.
    standing = Measurement.objects.filter(withdrawn_at=None).select_related("supersedes")
    points = {(p.evidence_id, p.series_id, p.start): (p.value, p.published_on, _point(p.supersedes)) for p in standing}
    return {**rows, "points": points, "scopes": _scopes()}


def _point(point: Measurement | None) -> Any:
    return point and (point.evidence_id, point.series_id, point.start)


def _scopes() -> dict[str, Any]:
    return {one.reference: record.scopes_of(one) for one in Commitment.objects.all()}


# What goes along.


def test_what_was_found_out_asked_and_expected_goes_along() -> None:
    merged, kept = make.commitment("Plant some trees"), make.commitment("Plant trees")
    series = make.target(merged, "trees planted", "trees", 100)
    piece = make.evidence(merged, make.release("They planted 40 trees."), figures=[make.figure(40, series)])
    decide(piece, "accepted")
    waiting = make.evidence(merged, make.release("They plan more."))
    question = Question.objects.create(commitment=merged, asked_of="Ministry", asked_on="2025-01-01", question="When?")
    expected = NextEvidence.objects.create(commitment=merged, what="Statistics")
    known = {"state": "known", "decided_by": make.user(), "decided_at": timezone.now()}
    possible = make.possible(make.release("We will plant."), commitment=merged, **known)
    part = make.commitment("Plant oaks", parent=merged)
    asked = corrections.receive(merged, "It was 41.", "", "", "192.0.2.1")
    merge(merged, kept)
    for row in (piece, waiting, question, expected, possible, asked):
        row.refresh_from_db()
        assert row.commitment == kept, row
    part.refresh_from_db()
    assert part.parent == kept
    assert list(kept.series.all()) == [series]
    point = Measurement.objects.get(withdrawn_at=None)
    assert (point.evidence, point.value) == (piece, 40)


def test_the_public_page_shows_what_went_along_and_leads_to_the_history(client: Client) -> None:
    merged, kept = make.commitment("Plant some trees"), make.commitment("Plant trees")
    series = make.target(merged, "trees planted", "trees", 100)
    decide(make.evidence(merged, make.release("They planted 40 trees."), figures=[make.figure(40, series)]), "accepted")
    decisions.change_status(merged, "in_progress", make.user(), "They began to dig.", dt.date(2025, 1, 10))
    merge(merged, kept)
    page = client.get(kept.get_absolute_url()).content.decode()
    assert "They planted 40 trees." in page
    assert "They began to dig." not in page
    history = reverse("before_merge", args=[merged.slug])
    assert history in page
    before = client.get(history).content.decode()
    assert "They began to dig." in before
    assert "They are one." in before
    assert kept.title in before
    assert client.get(reverse("before_merge", args=[kept.slug]))["Location"] == kept.get_absolute_url()


def test_milestones_come_along_by_choice_and_never_twice(client: Client) -> None:
    merged, kept = make.commitment(), make.commitment()
    first, second, same = (Milestone.objects.create(commitment=merged, title=title) for title in ("A", "B", "C"))
    Milestone.objects.create(commitment=kept, title="C")
    assert decisions.goes_along(merged, kept).milestones == [first, second]
    merge(merged, kept, milestones=[first.pk, same.pk])
    assert sorted(kept.milestones.values_list("title", flat=True)) == ["A", "C"]
    assert sorted(merged.milestones.values_list("title", flat=True)) == ["B", "C"]


@pytest.mark.parametrize("there", STATES)
@pytest.mark.parametrize("here", STATES)
def test_a_passage_on_both_sides_is_not_doubled_and_not_asked_about_twice(here: str, there: str) -> None:
    merged, kept = make.commitment(), make.commitment()
    series = make.target(merged, "trees planted", "trees")
    kept.series.add(series)
    release = make.release("They planted 40 trees.")
    own = decide(make.evidence(merged, release, figures=[make.figure(40, series)]), here)
    other = decide(make.evidence(kept, release, figures=[make.figure(40, series)]), there)
    merge(merged, kept)
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.commitment, other.commitment) == (merged, kept)
    assert Evidence.objects.suggested().count() == int(here == there == "suggested")
    assert other.state == (here if there == "suggested" else there)
    points = Measurement.objects.filter(withdrawn_at=None)
    assert [point.evidence for point in points] == ([other] if other.state == "accepted" else [])


def test_histories_stay_where_they_were_recorded() -> None:
    merged, kept = make.commitment(), make.commitment()
    piece = decide(make.evidence(merged, make.release("All done.")), "accepted")
    change = decisions.change_status(merged, "achieved", make.user(), "Done.", dt.date(2025, 2, 1), evidence=piece)
    merge(merged, kept)
    change.refresh_from_db()
    assert change.commitment == merged
    assert change.evidence is not None
    assert change.evidence.commitment == kept
    assert StatusChange.objects.filter(commitment=kept).count() == 0
    assert merged.definitions.count() == kept.definitions.count() == 1


def test_whoever_looked_after_it_watches_the_other() -> None:
    merged, kept = make.commitment(owner=make.user("ada")), make.commitment(owner=make.user("ben"))
    merged.watchers.set([make.user("ben"), make.user("cleo")])
    merge(merged, kept)
    assert sorted(person.username for person in kept.watchers.all()) == ["ada", "cleo"]


def test_a_goalpost_that_waits_is_compared_with_the_promise_that_stays() -> None:
    merged, kept = make.commitment(), make.commitment()
    piece = make.evidence(merged, make.release("Later, then."))
    goalpost = Goalpost.objects.create(evidence=piece, definition=merged.first_definition, aspect="date", said="later")
    done = merge(merged, kept)
    goalpost.refresh_from_db()
    assert goalpost.definition == kept.first_definition
    decisions.undo_merge(done, make.deed())
    goalpost.refresh_from_db()
    assert goalpost.definition == merged.first_definition


# Addresses and subscriptions.


def test_addresses_lead_to_the_end_of_a_chain_of_merges(client: Client) -> None:
    first, second, last = make.commitment("One"), make.commitment("Two"), make.commitment("Three")
    first.slug = "one-anew"
    first.save()
    merge(first, second)
    merge(second, last)
    for slug in ("one", "one-anew", "two"):
        answer = client.get(f"/commitments/{slug}/")
        assert (answer.status_code, answer.headers["Location"]) == (301, last.get_absolute_url())
    page = client.get(last.get_absolute_url()).content.decode()
    assert reverse("before_merge", args=["two"]) in page
    assert (
        reverse("before_merge", args=["one-anew"]) in client.get(reverse("before_merge", args=["two"])).content.decode()
    )


def test_subscribers_of_the_merged_one_are_told_of_the_other_until_it_is_undone() -> None:
    merged, kept = make.commitment("One"), make.commitment("Two", due=timezone.localdate() - dt.timedelta(days=2))
    signup.add_confirmed("jo@example.org", "daily", f"commitment:{merged.slug}")
    wanted = of(scope.parse(Subscription.objects.get().scope), Searches(timezone.localdate()))
    done = merge(merged, kept)
    assert kept.pk in record.read(timezone.now()).covered(wanted)
    assert about.told(kept, timezone.now()).subscribers == 1
    decisions.undo_merge(done, make.deed())
    assert kept.pk not in record.read(timezone.now()).covered(wanted)
    assert about.told(kept, timezone.now()).subscribers == 0
    assert about.told(merged, timezone.now()).subscribers == 1


# Taking it back.


def test_a_merge_and_its_undo_leave_every_row_as_it_was() -> None:
    merged, kept = fill({"own": STATES, "both": [(here, there) for here in STATES for there in STATES]})
    before = whole_record()
    done = merge(merged, kept, milestones=list(merged.milestones.values_list("pk", flat=True)))
    assert whole_record() != before
    assert decisions.undo_merge(done, make.deed("ben")) == []
    assert whole_record() == before
    assert not done.moved.exclude(put_back=True).exists()


@given(
    own=st.lists(st.sampled_from(STATES), max_size=3),
    both=st.lists(st.tuples(st.sampled_from(STATES), st.sampled_from(STATES)), max_size=3),
    others=st.lists(st.sampled_from(STATES), max_size=2),
    values=st.lists(st.integers(1, 3), min_size=8, max_size=8),
    shared=st.booleans(),
    chosen=st.booleans(),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_record_a_merge_and_its_undo_leave_every_row_as_it_was(
    own: list[str],
    both: list[tuple[str, str]],
    others: list[str],
    values: list[int],
    shared: bool,
    chosen: bool,
    db: None,
) -> None:
    merged, kept = fill({"own": own, "both": both, "others": others}, values, shared)
    before = whole_record()
    milestones = list(merged.milestones.values_list("pk", flat=True)) if chosen else []
    done = merge(merged, kept, milestones=milestones)
    waiting = Evidence.objects.suggested().filter(commitment__in=[merged, kept])
    assert not waiting.filter(commitment=merged).exists()
    assert decisions.undo_merge(done, make.deed()) == []
    assert whole_record() == before


def fill(
    pieces: dict[str, list[Any]], values: list[int] | None = None, shared: bool = False
) -> tuple[Commitment, Commitment]:
    """Two commitments with evidence of their own, and with passages on both sides, in these states."""
    numbers = iter(values or range(1, 100))
    merged, kept = make.commitment("One", owner=make.user("ada")), make.commitment("Two")
    mine = make.target(merged, "trees planted", "trees", 100)
    theirs = make.target(kept, "shrubs planted", "shrubs", 100)
    if shared:
        kept.series.add(mine)
    days = iter(dt.date(2025, 1, 1) + dt.timedelta(days=number // 2) for number in range(100))
    for number, state in enumerate(pieces.get("own", [])):
        release = make.release(f"They planted some trees, {number}.", published=next(days))
        piece = make.evidence(merged, release, figures=[make.figure(next(numbers), mine)])
        Goalpost.objects.create(evidence=piece, definition=merged.first_definition, aspect="date", said="later")
        decide(piece, state)
    for number, (here, there) in enumerate(pieces.get("both", [])):
        release = make.release(f"They planted trees and shrubs, {number}.", published=next(days))
        value = next(numbers)
        decide(make.evidence(merged, release, figures=[make.figure(value, mine)]), here)
        decide(make.evidence(kept, release, figures=[make.figure(value, mine if shared else theirs)]), there)
    for number, state in enumerate(pieces.get("others", [])):
        release = make.release(f"They planted some shrubs, {number}.", published=next(days))
        decide(make.evidence(kept, release, figures=[make.figure(next(numbers), theirs)]), state)
    for title in ("A", "B"):
        Milestone.objects.create(commitment=merged, title=title)
    Milestone.objects.create(commitment=kept, title="B")
    Question.objects.create(commitment=merged, asked_of="Ministry", asked_on="2025-01-01", question="When?")
    NextEvidence.objects.create(commitment=merged, what="Statistics", series=mine)
    make.commitment("Oaks", parent=merged)
    merged.watchers.add(make.user("cleo"))
    for one in (merged, kept):  # as they are once the linker has suggested them
        restatement.refresh(one)
        points.refresh(one, timezone.now())
    return merged, kept


def test_what_somebody_has_changed_since_is_left_and_said() -> None:
    merged, kept = make.commitment(), make.commitment()
    third = make.commitment()
    question = Question.objects.create(commitment=merged, asked_of="Ministry", asked_on="2025-01-01", question="When?")
    release = make.release("They planted 40 trees.")
    decide(make.evidence(merged, release), "accepted")
    other = make.evidence(kept, release)
    done = merge(merged, kept)
    Question.objects.filter(pk=question.pk).update(commitment=third)
    decisions.reject(other, make.deed(), "No.")
    left = decisions.undo_merge(done, make.deed())
    assert len(left) == 2
    assert "decided on since" in " ".join(left)
    assert Question.objects.get().commitment == third
    other.refresh_from_db()
    assert other.state == "rejected"


def test_what_is_decided_after_a_merge_goes_back_with_its_decision() -> None:
    merged, kept = make.commitment(), make.commitment()
    piece = make.evidence(merged, make.release("They planted 40 trees."))
    done = merge(merged, kept)
    piece.refresh_from_db()
    decisions.accept(piece, make.deed())
    assert decisions.undo_merge(done, make.deed()) == []
    piece.refresh_from_db()
    assert (piece.commitment, piece.state) == (merged, "accepted")


def test_merges_of_a_chain_are_undone_from_the_last_on() -> None:
    first, second, last = make.commitment(), make.commitment(), make.commitment()
    make.evidence(first, make.release("They planted 40 trees."))
    before = whole_record()
    inner, outer = merge(first, second), merge(second, last)
    with pytest.raises(decisions.DecisionRefused, match="Undo that first"):
        decisions.undo_merge(inner, make.deed())
    decisions.undo_merge(outer, make.deed())
    decisions.undo_merge(inner, make.deed())
    assert whole_record() == before
    with pytest.raises(decisions.DecisionRefused, match="undone already"):
        decisions.undo_merge(inner, make.deed())


def test_undoing_in_the_queue_does_not_undo_a_part_of_a_merge() -> None:
    merged, kept = make.commitment(), make.commitment()
    release = make.release("They planted 40 trees.")
    make.evidence(merged, release)
    make.evidence(kept, release)
    merge(merged, kept)
    assert Decision.objects.count() == 1
    assert decisions.last_act(make.user()) is None


# What is refused.


def test_a_merge_that_would_lose_something_is_refused_with_the_reason() -> None:
    merged, kept, draft = make.commitment(), make.commitment(), make.commitment(publication="draft")
    for into, reason, words in (
        (merged, "One.", "into itself"),
        (kept, "  ", "Say why"),
        (draft, "One.", "would lead nowhere"),
    ):
        with pytest.raises(decisions.DecisionRefused, match=words):
            decisions.merge(merged, into, make.deed(), reason)
    decisions.propose_status(merged, "in_progress", make.user(), "They began.", dt.date(2025, 1, 1))
    with pytest.raises(decisions.DecisionRefused, match="Confirm or withdraw it first"):
        merge(merged, kept)
    other = make.commitment()
    merge(kept, other)
    with pytest.raises(decisions.DecisionRefused, match="Choose that one"):
        merge(make.commitment(), kept)
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("relation", ["merged_into", "parent"])
@pytest.mark.parametrize("between", [0, 1, 2])
def test_what_leads_to_a_commitment_is_not_led_to_by_it(relation: str, between: int) -> None:
    first = make.commitment()
    last = first
    for _ in range(between + 1):
        following = make.commitment()
        setattr(following, relation, last)
        following.full_clean()
        following.save()
        last = following
    setattr(first, relation, last)
    with pytest.raises(ValidationError) as refused:
        first.full_clean()
    assert set(refused.value.message_dict) == {relation}


# In the admin.


def test_an_editor_sees_what_goes_along_merges_and_takes_it_back(client: Client) -> None:
    client.force_login(make.user())
    merged, kept = make.commitment("Plant some trees"), make.commitment("Plant trees")
    make.evidence(merged, make.release("They plan more."))
    step = Milestone.objects.create(commitment=merged, title="First spade")
    address = reverse("admin:commitments_commitment_merge", args=[merged.pk])
    assert "There is no commitment of that reference" in client.get(address, {"into": "X-1"}).content.decode()
    page = client.get(address, {"into": kept.reference.lower()}).content.decode()
    assert "0 decided, 1 waiting" in page
    assert "First spade" in page
    there = f"{address}?into={kept.reference}"
    assert "This field is required" in client.post(there, {"reason": ""}).content.decode()
    answer = client.post(there, {"reason": "They are one.", "milestones": [step.pk]})
    assert answer["Location"] == reverse("admin:commitments_commitment_change", args=[kept.pk])
    step.refresh_from_db()
    assert step.commitment == kept
    own = client.get(reverse("admin:commitments_commitment_change", args=[merged.pk])).content.decode()
    assert "Undo the merge" in own
    log = client.get(reverse("admin:commitments_merge_change", args=[Merge.objects.get().pk])).content.decode()
    assert "milestone" in log
    client.post(reverse("admin:commitments_commitment_unmerge", args=[merged.pk]))
    step.refresh_from_db()
    assert step.commitment == merged
    assert AuditEntry.objects.filter(model="commitments.merge", deed="changed").exists()
    assert PossibleCommitment.objects.count() == 0
