"""Keep what a release promises and no commitment on record says, for staff to record or dismiss."""

from __future__ import annotations

from heapq import nlargest

from django.utils import timezone

from commitments.linking import promises
from commitments.linking.document import document
from commitments.linking.features import compare
from commitments.linking.index import DatabaseIndex
from commitments.linking.model import Model
from commitments.linking.promises import MOST_OF_A_RELEASE, Promise
from commitments.linking.retrieval import candidates
from commitments.linking.suggestions import Reading
from commitments.linking.versions import in_use
from commitments.models import Commitment, PossibleCommitment
from commitments.models.evidence import quote_key
from tracker.models import Revision

#: Commitments shown as perhaps the same, and the share of the linker's threshold from which one is.
MOST_ALIKE = 3
LEAST_ALIKE = 0.05


def look(reading: Reading[int], revision: Revision, model: Model) -> None:
    """Keep a release's best promises that are on record nowhere. Words that were kept once never come again.

    Safe to repeat.
    """
    said_on = reading.document.published or timezone.localdate(revision.release.published_at)
    found = promises.promises(reading.document, said_on, DatabaseIndex().home)
    if not found:
        return
    there = PossibleCommitment.objects.filter(release=revision.release_id).count()
    new = [promise for promise in promises.apart(reading.document, found) if not _is_on_record(reading, promise, model)]
    rows = [_row(reading, promise, revision) for promise in new[: max(MOST_OF_A_RELEASE - there, 0)]]
    PossibleCommitment.objects.bulk_create(rows, ignore_conflicts=True)


def _is_on_record(reading: Reading[int], promise: Promise, model: Model) -> bool:
    """Whether a passage is suggested for a commitment, or fits one as well as what is suggested."""
    if any(promise.passage in (match.passage, match.pairing.passage) for match in reading.matches):
        return True
    return any(
        pairing.passage == promise.passage and model.score(pairing.features) >= model.threshold
        for pairings in reading.pairings.values()
        for pairing in pairings
    )


def _row(reading: Reading[int], promise: Promise, revision: Revision) -> PossibleCommitment:
    passage = reading.document.passages[promise.passage]
    return PossibleCommitment(
        release_id=revision.release_id,
        revision=revision,
        quote=passage.text,
        quote_key=quote_key(passage.text),
        start=passage.start,
        end=passage.end,
        score=promise.score,
        reasons=promise.reasons,
        actor=promise.actor[:200],
        action=promise.action[:100],
        number=promise.number[:100],
        deadline_text=promise.deadline.text[:300],
        deadline_derivation=promise.deadline.derivation[:300],
        deadline_earliest=promise.deadline.earliest,
        deadline_latest=promise.deadline.latest,
    )


def alike(possible: PossibleCommitment) -> list[Commitment]:
    """The commitments on record that are most like a possible one, by its own words, likeliest first."""
    model, index = in_use(), DatabaseIndex()
    said_on = timezone.localdate(possible.release.published_at)
    words = document("", possible.quote, said_on, possible.revision.appearance.source.voice)
    found = candidates(words, index, model)
    scores = {
        key: max(model.score(pairing.features) for pairing in pairings)
        for key, pairings in compare(words, found.profiles, found.rarity).items()
    }
    best = nlargest(MOST_ALIKE, scores, key=scores.__getitem__)
    likely = [key for key in best if scores[key] >= LEAST_ALIKE * model.threshold]
    commitments = Commitment.objects.in_bulk(likely)
    return [commitments[key] for key in likely if key in commitments]
