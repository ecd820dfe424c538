"""What happens to the record when a release comes in."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from commitments import append_only, decisions, linking
from commitments.bringing import import_rows
from commitments.linking import suggestions
from commitments.linking.index import DatabaseIndex
from commitments.models import Commitment, Definition, Evidence, LinkedRevision
from tests.commitments import make
from tracker.models import Release, Revision, Voice

pytestmark = pytest.mark.django_db

HARBOURS = {
    "reference": "T-1",
    "title": "Electric ferries on every island route",
    "statement": "Replace diesel ferries with electric ones on all twelve island routes.",
    "made_on": "2030-02-01",
    "department": "Department for Harbours",
}
ORCHARDS = {
    "reference": "T-2",
    "title": "Plant 40,000 orchard trees",
    "statement": "Plant 40,000 apple and pear trees in public orchards.",
    "made_on": "2030-02-01",
    "target_metric": "orchard trees planted",
    "target_value": "40000",
    "target_unit": "trees",
}
LIBRARIES = {
    "reference": "T-3",
    "title": "£40 million for village libraries",
    "statement": "Reopen village libraries with £40 million of grants.",
    "made_on": "2030-02-01",
}


@pytest.fixture
def editor(django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("editor")


@pytest.fixture
def record() -> None:
    import_rows([HARBOURS, ORCHARDS, LIBRARIES])


@pytest.fixture
def publish() -> Callable[..., Revision]:
    """Put a release, or a further revision of one, into the watch as ingesting would."""

    def publish(
        text: str, title: str = "News", published: str = "2030-05-01", release: Release | None = None, voice: str = ""
    ) -> Revision:
        if release is not None:
            return make.revise(release, text)
        at = make.source(voice, voice=voice) if voice else None
        return make.release(text, title=title, published=dt.date.fromisoformat(published), at=at).latest_revision

    return publish


def linked_to(evidence: list[Evidence]) -> set[str]:
    return {piece.commitment.reference for piece in evidence}


FERRY_NEWS = (
    "The first electric ferry has entered service between the islands of Arran and Bute.\n\n"
    "It replaces a diesel vessel that had sailed the route for thirty years. "
    "Electric ferries will follow on the other island routes."
)


def test_a_release_about_one_promise_is_suggested_for_that_one(record: None, publish: Any) -> None:
    found = linking.link(publish(FERRY_NEWS))
    assert linked_to(found) == {"T-1"}
    (piece,) = found
    assert piece.revision.text[piece.start : piece.end] == piece.quote
    assert 0 <= piece.score <= 1
    assert piece.reasons


def test_a_number_alone_is_no_link(record: None, publish: Any) -> None:
    assert linking.link(publish("The stadium holds 40,000 people and cost £40 million to repair.")) == []


def test_delivering_twice_stores_once(record: None, publish: Any) -> None:
    revision = publish(FERRY_NEWS)
    linking.link(revision)
    assert linking.link(revision) == []
    assert Evidence.objects.count() == 1


def test_what_is_pending_is_linked_once(record: None, publish: Any) -> None:
    publish(FERRY_NEWS)
    publish("Rain is expected on Tuesday.")
    outcome = linking.link_pending()
    assert (outcome.linked, outcome.suggestions, outcome.failed) == (2, 1, 0)
    assert linking.link_pending().linked == 0


def test_a_commitment_recorded_later_finds_the_releases_before_it(publish: Any) -> None:
    publish(FERRY_NEWS)
    linking.link_pending()
    assert not Evidence.objects.exists()
    import_rows([HARBOURS])
    outcome = linking.link_pending()
    assert outcome.suggestions == 1


TREES = "The forestry agency has planted 12,500 orchard trees since March, the minister for parks said."


def test_a_reworded_release_is_still_found(record: None, publish: Any) -> None:
    text = "Two more island routes now have ferries that run on electricity, replacing diesel ships."
    assert linked_to(linking.link(publish(text, title="Island crossings go electric"))) == {"T-1"}


def test_a_release_in_another_language_or_about_nothing_is_linked_to_nothing(record: None, publish: Any) -> None:
    texts = [
        "Die Regierung hat gestern beschlossen, die Steuern auf Lebensmittel zu senken.",
        "Rain is expected in the north on Tuesday. The museum opens at ten.",
        "",
        "• \n\n• \n",
    ]
    assert [linking.link(publish(text)) for text in texts] == [[], [], [], []]


def test_the_passage_is_the_sentence_and_its_figure_is_tied_to_the_series(record: None, publish: Any) -> None:
    (piece,) = linking.link(publish(f"The weather was fair.\n\n{TREES} Nobody was hurt."))
    assert piece.quote == TREES
    (figure,) = piece.figures
    series = piece.commitment.series.get()
    assert (figure["metric"], figure["value"], figure["series"]) == (series.metric, 12500, series.pk)
    assert piece.revision.text[figure["start"] : figure["end"]] == "12,500"
    assert figure["restated"] is False


@pytest.mark.parametrize("arrival", [("2030-05-01", "2030-06-01"), ("2030-06-01", "2030-05-01")])
def test_a_figure_said_again_is_restated_in_the_later_release_whichever_came_first(
    record: None, publish: Any, arrival: tuple[str, str]
) -> None:
    for day in arrival:
        text = TREES if day == "2030-05-01" else TREES.replace("has planted 12,500", "has planted almost 12,500")
        linking.link(publish(text, published=day))
    by_day = {
        timezone.localdate(piece.release.published_at).isoformat(): piece.figures[0]["restated"]
        for piece in Evidence.objects.select_related("release")
    }
    assert by_day == {"2030-05-01": False, "2030-06-01": True}


def test_a_figure_of_rejected_evidence_was_never_said(record: None, publish: Any, editor: Any) -> None:
    (first,) = linking.link(publish(TREES, published="2030-05-01"))
    decisions.reject(first, make.deed(editor), "Counts other trees.")
    (second,) = linking.link(publish(TREES, published="2030-06-01"))
    assert second.figures[0]["restated"] is False


def test_a_later_revision_with_the_same_passage_keeps_the_decision(record: None, publish: Any, editor: Any) -> None:
    first = publish(FERRY_NEWS)
    (piece,) = linking.link(first)
    decisions.accept(piece, make.deed(editor))
    second = publish("Corrected on 3 May.\n\n" + FERRY_NEWS, release=first.release)
    assert linking.link(second) == []
    piece.refresh_from_db()
    assert (piece.state, piece.gone_since) == ("accepted", None)


def test_a_passage_that_disappears_is_said_to_be_gone_and_may_return(record: None, publish: Any) -> None:
    first = publish(TREES)
    (piece,) = linking.link(first)
    second = publish("This page has been withdrawn.", release=first.release)
    linking.link(second)
    piece.refresh_from_db()
    assert piece.gone_since == second
    linking.link(publish(TREES, release=first.release))
    piece.refresh_from_db()
    assert piece.gone_since is None


def test_a_rejected_passage_never_comes_back_but_a_new_one_may(record: None, publish: Any, editor: Any) -> None:
    first = publish(TREES)
    (piece,) = linking.link(first)
    decisions.reject(piece, make.deed(editor), "Not these trees.")
    assert linking.link(publish(f"{TREES} The agency thanked all.", release=first.release)) == []
    Commitment.objects.update(linkable_since=timezone.now())
    assert linking.link(first, only={piece.commitment_id}) == []
    added = "A further 3,000 orchard trees of apple and pear have been planted in public orchards."
    (new,) = linking.link(publish(f"{TREES}\n\n{added}", release=first.release))
    assert new.quote == added


def test_a_rejected_passage_does_not_come_back_with_a_word_changed(record: None, publish: Any, editor: Any) -> None:
    first = publish(TREES)
    (piece,) = linking.link(first)
    decisions.reject(piece, make.deed(editor), "Not these trees.")
    reworded = TREES.replace("has planted", "has now planted")
    assert reworded != TREES
    assert linking.link(publish(reworded, release=first.release)) == []


def test_a_release_from_long_before_the_promise_is_not_about_it(record: None, publish: Any) -> None:
    assert linking.link(publish(FERRY_NEWS, published="2021-05-01")) == []


def test_an_opponent_who_repeats_a_figure_gives_context(record: None, publish: Any) -> None:
    (piece,) = linking.link(publish(TREES, voice=Voice.OPPONENT))
    assert piece.relation in {"context", "contradicts"}
    assert piece.self_declared is False


def test_drafts_are_linked_and_merged_commitments_are_not(record: None, publish: Any) -> None:
    ferries = Commitment.objects.get(reference="T-1")
    ferries.publication = "draft"
    ferries.save()
    trees = Commitment.objects.get(reference="T-2")
    trees.merged_into = Commitment.objects.get(reference="T-3")
    trees.save()
    assert linked_to(linking.link(publish(f"{FERRY_NEWS}\n\n{TREES}"))) == {"T-1"}


def test_a_commitment_that_is_removed_leaves_nothing_in_the_index(record: None) -> None:
    assert DatabaseIndex().postings.count("ferri") == 1
    with append_only.erasing():
        Commitment.objects.get(reference="T-1").delete()
    assert DatabaseIndex().postings.count("ferri") == 0


LIGHTHOUSE_NEWS = "The lighthouse at Corrie has been handed over to the coast guard museum."


def promise_the_lighthouse() -> Commitment:
    commitment = Commitment.objects.get(reference="T-3")
    commitment.title = "Hand the lighthouse at Corrie over to the coast guard museum"
    commitment.save()
    Definition.objects.create(
        commitment=commitment,
        kind=Definition.Kind.NARROWING,
        statement="Give the lighthouse at Corrie to the museum of the coast guard.",
        effective_from=dt.date(2030, 4, 1),
    )
    return commitment


def test_a_commitment_with_new_words_is_looked_for_in_releases_that_were_linked_before(
    record: None, publish: Any
) -> None:
    revision = publish(LIGHTHOUSE_NEWS)
    linking.link_pending()
    commitment = promise_the_lighthouse()
    assert linking.link_pending().suggestions == 1
    assert revision.release.evidence.get().commitment == commitment
    assert linking.link_pending().linked == 0, "it was compared with that release once"


@pytest.mark.many_writers
@pytest.mark.django_db(transaction=True)
def test_words_changed_before_a_release_was_linked_and_committed_after_it_are_looked_for(
    record: None, publish: Any
) -> None:
    publish(LIGHTHOUSE_NEWS)
    changed, may_commit = threading.Event(), threading.Event()

    def change() -> None:
        with transaction.atomic():
            promise_the_lighthouse()
            changed.set()
            may_commit.wait(10)
        connection.close()

    editing = threading.Thread(target=change)
    editing.start()
    changed.wait(10)
    assert linking.link_pending().suggestions == 0
    may_commit.set()
    editing.join()
    assert linking.link_pending().suggestions == 1


def test_saving_a_commitment_without_new_words_links_nothing_again(record: None, publish: Any) -> None:
    publish(FERRY_NEWS)
    linking.link_pending()
    Commitment.objects.get(reference="T-1").save()
    assert linking.link_pending().linked == 0


@pytest.fixture
def stumbling(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A reader that raises the given exception on texts about stumbling, until told otherwise."""
    as_usual = suggestions.read

    def stumble(error: type[BaseException] | None) -> None:
        def read(title: str, text: str, *args: Any, **options: Any) -> Any:
            if error is not None and "stumbles" in text:
                raise error("stumbled")
            return as_usual(title, text, *args, **options)

        monkeypatch.setattr(suggestions, "read", read)

    return stumble


def test_a_revision_that_fails_is_tried_again_later_and_later_and_never_given_up(
    record: None, publish: Any, stumbling: Any
) -> None:
    broken = publish("A text on which the reader stumbles.")
    publish(FERRY_NEWS)
    stumbling(RuntimeError)
    now = timezone.now()
    outcome = linking.link_pending(now=now)
    assert (outcome.linked, outcome.failed) == (1, 1)
    waited = []
    for _ in range(8):
        retry_at = LinkedRevision.objects.get(revision=broken).retry_at
        assert retry_at is not None
        assert linking.link_pending(now=retry_at - dt.timedelta(seconds=1)).failed == 0
        assert linking.link_pending(now=retry_at).failed == 1
        waited.append((retry_at - now) // dt.timedelta(minutes=1))
        now = retry_at
    assert waited == [1, 4, 16, 64, 256, 1024, 1440, 1440]
    left = LinkedRevision.objects.get(revision=broken)
    assert (left.linked_at, left.error) == (None, "RuntimeError: stumbled")

    stumbling(None)
    assert linking.link_pending(now=now + dt.timedelta(days=5)).failed == 0
    left = LinkedRevision.objects.get(revision=broken)
    assert left.linked_at is not None
    assert (left.attempts, left.retry_at, left.error) == (0, None, "")


def test_a_revision_that_kills_its_worker_does_not_hold_up_the_others(
    record: None, publish: Any, stumbling: Any
) -> None:
    publish("A text on which the reader stumbles.")
    publish(FERRY_NEWS)
    stumbling(SystemExit)
    with pytest.raises(SystemExit):
        linking.link_pending()
    assert linking.link_pending().linked == 1


def test_a_hostile_text_takes_bounded_time_and_suggests_little(record: None, publish: Any) -> None:
    words = "electric ferries island route 40,000 orchard trees £40 million village libraries (ABC) "
    began = time.monotonic()
    linking.link(publish(words * 12_000))
    linking.link(publish("\n".join(f"• {word}" for word in (words * 1_000).split())))
    linking.link(publish("(" * 50_000 + "A" * 50_000 + "," * 50_000))
    assert time.monotonic() - began < 20
    assert Evidence.objects.count() <= 9
