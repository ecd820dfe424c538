"""The linker at work: reads a revision, stores suggestions, and knows which revisions are still to be read."""

from __future__ import annotations

import datetime as dt
import logging
from bisect import bisect_right
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q
from django.utils import timezone

from commitments import restatement
from commitments.linking import discovery, goalposts, indexing, passages, rejudging, suggestions, terms
from commitments.linking import reasons as explaining
from commitments.linking.index import BATCH, DatabaseIndex, batches
from commitments.linking.memory import likeness
from commitments.linking.model import Model
from commitments.linking.suggestions import Known, Reading, Suggestion
from commitments.linking.tied_figures import SeriesWords
from commitments.linking.versions import in_use
from commitments.models import Commitment, Decision, Evidence, LinkedRevision
from commitments.models.evidence import quote_key
from tracker.models import Release, Revision, Source

logger = logging.getLogger(__name__)

#: A revision that could not be linked is tried again after a minute, then after four times as long each time.
FIRST_RETRY = dt.timedelta(minutes=1)
LONGEST_RETRY = dt.timedelta(days=1)
UNFINISHED = "Linking it was begun and has not ended."


@dataclass(frozen=True)
class LinkingOutcome:
    """How many revisions were linked, how many suggestions that made, and how many revisions failed."""

    linked: int
    suggestions: int
    failed: int


def link(revision: Revision, only: Collection[int] | None = None, model: Model | None = None) -> list[Evidence]:
    """Compare a revision with the record and store what it suggests. Returns the evidence that is new.

    `only` limits it to some commitments, by primary key. Safe to repeat. Evidence that is there keeps its
    decision; where its quote has gone from the release, it says so.
    """
    model = model or in_use()
    began = timezone.now()
    release = revision.release
    later = Revision.objects.filter(appearance=revision.appearance_id, number__gt=revision.number)
    superseded = later.filter(linking__linked_at__isnull=False).exists()
    there = list(Evidence.objects.filter(release=release))
    found: list[Suggestion[int]] = []
    before: dict[int, Known] = {}
    to_discover: Reading[int] | None = None  # not where a release is only compared with changed commitments
    if not superseded:
        reading = _read(revision, model, _dealt_with(revision, there), _rejected(there))
        to_discover = reading if only is None else None
        matches = [match for match in reading.matches if only is None or match.commitment in only]
        before = known([match.commitment for match in matches], revision)
        today = _day(release.published_at)
        found = [suggestions.describe(reading, match, before[match.commitment], today) for match in matches]
    with transaction.atomic():
        if not Release.objects.standing().filter(pk=release.pk).select_for_update(no_key=True):
            found, to_discover = [], None  # staff have joined it to another meanwhile
        if not superseded:
            _mark_gone(revision, there)
        new = _store(found, revision, model)
        _follow(new, before, _day(release.published_at))
        goalposts.look(new)
        if to_discover is not None:
            discovery.look(to_discover, revision, model)
        row, _ = LinkedRevision.objects.get_or_create(revision=revision)
        row.linked_at, row.model_version, row.suggestions = began, model.version, row.suggestions + len(new)
        row.attempts, row.retry_at, row.error = 0, None, ""
        row.save()
    return new


def _follow(new: Collection[Evidence], before: Mapping[int, Known], day: dt.date) -> None:
    """Bring the evidence of the commitments that have new pieces into line: what later releases say, and the new pieces
    themselves where something has come in since they were described. `day` is that of their release.
    """
    came = {piece.pk for piece in new}
    touched = Commitment.objects.filter(pk__in={piece.commitment_id for piece in new}).order_by("pk")
    commitments = list(touched.select_for_update(no_key=True))
    others = Evidence.objects.filter(commitment__in=commitments).exclude(pk__in=came)
    earlier: dict[int, set[int]] = {}
    has_later = set()
    for key, piece, published in others.exclude(state=Evidence.State.REJECTED).values_list(
        "commitment_id", "pk", "release__published_at"
    ):
        if _day(published) < day:
            earlier.setdefault(key, set()).add(piece)
        elif _day(published) > day:
            has_later.add(key)
    for commitment in commitments:
        if commitment.pk in has_later or earlier.get(commitment.pk, set()) != before[commitment.pk].pieces:
            restatement.refresh(commitment)
            rejudging.refresh(commitment, came=came)


@dataclass(frozen=True)
class RelinkingOutcome:
    """How many releases were read again, and what that changed in undecided suggestions."""

    releases: int = 0
    scored_anew: int = 0
    withdrawn: int = 0
    new: int = 0

    def as_json(self) -> dict[str, int]:
        return {
            "releases": self.releases,
            "scored anew": self.scored_anew,
            "withdrawn": self.withdrawn,
            "new": self.new,
        }


def relink_all() -> RelinkingOutcome:
    """Bring undecided suggestions in line with the model in use, each release in a transaction of its own.

    Those that score less than its threshold are withdrawn, and what it finds besides is added. What was decided
    stays as it is. Can be broken off and begun again.
    """
    model = in_use()
    newer = Revision.objects.filter(appearance=OuterRef("appearance"), number__gt=OuterRef("number"))
    revisions = (
        Revision.objects.filter(~Exists(newer), linking__linked_at__isnull=False, release__joined_to=None)
        .exclude(linking__model_version=model.version)
        .select_related("release", "appearance__source", "linking")
        .defer("text")
        .order_by("release__published_at", "release_id", "number")
    )
    total = RelinkingOutcome()
    for revision in list(revisions):
        scored_anew, withdrawn, new = _relink(revision, model)
        total = RelinkingOutcome(
            total.releases + 1, total.scored_anew + scored_anew, total.withdrawn + withdrawn, total.new + new
        )
    return total


def _relink(revision: Revision, model: Model) -> tuple[int, int, int]:
    """One release: how many undecided suggestions were scored anew, withdrawn and added."""
    there = list(Evidence.objects.filter(release=revision.release_id))
    by_hand = set(Decision.objects.filter(evidence__in=there).values_list("evidence_id", flat=True))
    undecided = [piece for piece in there if piece.state == Evidence.State.SUGGESTED and piece.pk not in by_hand]
    reading = _read(revision, model, {}, _rejected(there))
    found = {match.commitment: match for match in reading.matches}
    profiles = DatabaseIndex().profiles({piece.commitment_id for piece in undecided})
    gone: dict[int, list[int]] = {}
    with transaction.atomic():
        for piece in undecided:
            score, features = piece.score or 0.0, piece.features
            match = found.get(piece.commitment_id)
            if match and quote_key(reading.document.passages[match.passage].text) == piece.quote_key:
                score = match.score
                features = {name: round(value, 4) for name, value in match.pairing.features.items()}
            elif piece.commitment_id in profiles:
                like = likeness(
                    terms.stems(piece.quote),
                    profiles[piece.commitment_id],
                    model.memory.get(str(piece.commitment_id)),
                    model,
                )
                score = like.applied_to(model.score(features))
            if score < model.threshold:
                gone.setdefault(piece.commitment_id, []).append(piece.pk)
            else:
                Evidence.objects.filter(pk=piece.pk, state=Evidence.State.SUGGESTED).update(
                    score=round(score, 4),
                    features=features,
                    model_version=model.version,
                    reasons=[*piece.reasons[:-1], explaining.how_sure(score)],
                )
        for commitment in Commitment.objects.filter(pk__in=gone).order_by("pk").select_for_update(no_key=True):
            rejudging.refresh(commitment, went=gone[commitment.pk])
            Evidence.objects.filter(pk__in=gone[commitment.pk], state=Evidence.State.SUGGESTED).delete()
            restatement.refresh(commitment)
        new = link(revision, model=model)
    withdrawn = sum(map(len, gone.values()))
    return len(undecided) - withdrawn, withdrawn, len(new)


def _read(
    revision: Revision, model: Model, excluded: dict[int, list[str]], rejected: dict[int, list[str]]
) -> Reading[int]:
    """A revision compared with the record."""
    release = revision.release
    return suggestions.read(
        revision.title,
        revision.text,
        _day(release.published_at) if release.published_is_known else None,
        revision.appearance.source.voice,
        DatabaseIndex(),
        model,
        excluded=excluded,
        rejected=rejected,
        figures_before=lambda keys: _figures_before(keys, revision),
    )


def pending(now: dt.datetime) -> Generator[tuple[Revision, set[int] | None], None, None]:
    """Revisions to be linked, oldest release first, each with the commitments to compare it with (None: all).

    Those never linked, and the latest of each release where a commitment's words have changed since. One that
    failed is left alone until it is to be tried again.
    """
    indexing.bring_up_to_date()
    _notice_changes()
    revisions = (
        Revision.objects.filter(Q(linking__retry_at=None) | Q(linking__retry_at__lte=now), release__joined_to=None)
        .exclude(appearance__source__kind=Source.Kind.STATISTICS)  # rows of figures say nothing in sentences
        .select_related("release", "appearance__source", "linking")
        .defer("text")
        .order_by("release__published_at", "release_id", "number")
    )
    for revision in revisions.filter(Q(linking=None) | Q(linking__linked_at=None)).iterator(chunk_size=100):
        yield revision, None
    changes = Commitment.objects.filter(merged_into=None, linkable_since__isnull=False).order_by("linkable_since")
    last = changes.last()
    if last is None:
        return
    newer = Revision.objects.filter(appearance=OuterRef("appearance"), number__gt=OuterRef("number"))
    again = revisions.filter(~Exists(newer), linking__linked_at__lt=last.linkable_since)
    oldest = again.aggregate(oldest=Min("linking__linked_at"))["oldest"]
    if oldest is None:
        return
    since = list(changes.filter(linkable_since__gt=oldest).values_list("linkable_since", "pk"))
    times = [time or oldest for time, _ in since]
    for revision in again.iterator(chunk_size=100):
        yield revision, {pk for _, pk in since[bisect_right(times, revision.linking.linked_at or oldest) :]}


def _notice_changes() -> None:
    """Date the changes of commitments' words by when they are first seen here.

    When they were made would not do: what is committed late would pass for compared with releases linked before.
    """
    unseen = Commitment.objects.filter(linkable_since=None)
    if not unseen.exists():
        return
    with transaction.atomic():
        free = unseen.select_for_update(no_key=True, skip_locked=True)  # who is changing one now will leave it unseen
        keys = list(free.order_by("pk").values_list("pk", flat=True))
        now = timezone.now()
        for batch in batches(keys, BATCH):
            Commitment.objects.filter(pk__in=batch).update(linkable_since=now)


def link_pending(limit: int | None = None, now: dt.datetime | None = None) -> LinkingOutcome:
    """Link what is pending, each revision in a transaction of its own. One that fails does not stop the others."""
    now = now or timezone.now()
    linked = suggested = failed = 0
    with closing(pending(now)) as waiting:
        chosen = list(islice(waiting, limit))
    for revision, only in chosen:
        _record_attempt(revision, now)
        try:
            found = link(revision, only)
        except Exception as error:  # the release is kept and tried again; its error is shown to staff
            logger.exception("Could not link %s.", revision)
            _record_failure(revision, error)
            failed += 1
        else:
            logger.info("Release %s, revision %s: %s suggestions.", revision.release_id, revision.number, len(found))
            suggested += len(found)
            linked += 1
    return LinkingOutcome(linked, suggested, failed)


def _record_attempt(revision: Revision, now: dt.datetime) -> None:
    """Before it begins, because a release that kills the process leaves no time for it afterwards."""
    row, _ = LinkedRevision.objects.get_or_create(revision=revision)
    row.attempts += 1
    row.retry_at = now + min(FIRST_RETRY * 4 ** min(row.attempts - 1, 10), LONGEST_RETRY)
    row.error = UNFINISHED
    row.save(update_fields=["attempts", "retry_at", "error"])


def _record_failure(revision: Revision, error: Exception) -> None:
    LinkedRevision.objects.filter(revision=revision).update(error=f"{type(error).__name__}: {error}"[:2000])


def _rejected(there: list[Evidence]) -> dict[int, list[str]]:
    """By commitment, the quotes of this release that staff rejected for it."""
    quotes: dict[int, list[str]] = {}
    for piece in there:
        if piece.state == Evidence.State.REJECTED:
            quotes.setdefault(piece.commitment_id, []).append(piece.quote)
    return quotes


def _dealt_with(revision: Revision, there: list[Evidence]) -> dict[int, list[str]]:
    """By commitment that has evidence of this release: quotes that may not come again.

    Its own quotes, and every passage that an earlier revision had too; so only words that are new can add to it.
    """
    if not there:
        return {}
    old = [
        " ".join(passage.text.split())
        for text in Revision.objects.filter(release=revision.release_id, number__lt=revision.number).values_list(
            "text", flat=True
        )
        for passage in passages.split(text)
    ]
    if not old:
        old = [" ".join(passage.text.split()) for passage in passages.split(revision.text)]
    quotes: dict[int, list[str]] = {}
    for piece in there:
        quotes.setdefault(piece.commitment_id, list(old)).append(" ".join(piece.quote.split()))
    return quotes


def known(commitments: list[int], revision: Revision) -> dict[int, Known]:
    """What releases published before have given each commitment, rejected evidence left out."""
    series: dict[int, list[SeriesWords]] = {key: [] for key in commitments}
    through = Commitment.series.through.objects.filter(commitment__in=commitments).select_related("series")
    for row in through.order_by("series_id"):
        series[row.commitment_id].append(
            SeriesWords(row.series.pk, row.series.metric, row.series.unit, row.series.measure)
        )
    pieces: dict[int, set[int]] = {key: set() for key in commitments}
    figures: dict[int, list[dict[str, object]]] = {key: [] for key in commitments}
    for key, piece, rows in _earlier(commitments, revision):
        pieces[key].add(piece)
        figures[key].extend(rows)
    return {key: Known(bool(pieces[key]), figures[key], series[key], frozenset(pieces[key])) for key in commitments}


def _earlier(commitments: Collection[int], revision: Revision) -> Iterable[tuple[int, int, list[dict[str, Any]]]]:
    """The commitment, primary key and figures of each piece of evidence from releases published on earlier days,
    rejected ones left out."""
    day = timezone.localtime(revision.release.published_at).replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        Evidence.objects.filter(commitment__in=commitments, release__published_at__lt=day)
        .exclude(state=Evidence.State.REJECTED)
        .order_by("release__published_at", "start")
        .values_list("commitment_id", "pk", "figures")
    )


def _figures_before(commitments: Collection[int], revision: Revision) -> dict[int, set[float]]:
    values: dict[int, set[float]] = {}
    for key, _, rows in _earlier(commitments, revision):
        values.setdefault(key, set()).update(row["value"] for row in rows)
    return values


def _mark_gone(revision: Revision, there: list[Evidence]) -> None:
    if not there:
        return
    even = " ".join(revision.text.split())
    same_place = set(
        Revision.objects.filter(appearance=revision.appearance_id, number__lte=revision.number).values_list(
            "pk", flat=True
        )
    )
    for piece in there:
        if piece.revision_id not in same_place:
            continue
        stands = " ".join(piece.quote.split()) in even
        if stands and piece.gone_since_id is not None:
            Evidence.objects.filter(pk=piece.pk).update(gone_since=None)
        elif not stands and piece.gone_since_id is None:
            Evidence.objects.filter(pk=piece.pk).update(gone_since=revision)


def _store(found: Collection[Suggestion[int]], revision: Revision, model: Model) -> list[Evidence]:
    """Store suggestions whose quotes are not there yet, together. Returns those that are new."""
    if not found:
        return []
    of_release = Evidence.objects.filter(release=revision.release_id)
    there = {
        (commitment, key): pk for pk, commitment, key in of_release.values_list("pk", "commitment_id", "quote_key")
    }
    wanted = {
        (suggestion.commitment, key): Evidence(
            commitment_id=suggestion.commitment,
            release_id=revision.release_id,
            quote_key=key,
            revision=revision,
            quote=suggestion.quote,
            start=suggestion.start,
            end=suggestion.end,
            relation=suggestion.judgement.relation,
            suggested_relation=suggestion.judgement.relation,
            tier=suggestion.judgement.tier,
            self_declared=suggestion.judgement.self_declared,
            figures=suggestion.figures,
            reasons=suggestion.reasons,
            features=dict(suggestion.features),
            score=suggestion.score,
            model_version=model.version,
        )
        for suggestion in found
        if (suggestion.commitment, key := quote_key(suggestion.quote)) not in there
    }
    if not wanted:
        return []
    Evidence.objects.bulk_create(wanted.values(), ignore_conflicts=True)  # another worker may have been faster
    return list(of_release.exclude(pk__in=there.values()).order_by("pk"))


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment)
