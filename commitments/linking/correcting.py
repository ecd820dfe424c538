"""How staff's decisions make a new version of the linker's model, and what keeps a worse one out.

A version made from decisions is a correction of it: coefficients moved as
far as the decisions outweigh the labelled data behind the base, and a memory of what was decided for each commitment.
It comes into use only if it is no worse on the labelled documents that ship with the project, which it was never
fitted to, and on decisions that it has not seen; otherwise it is kept as refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from commitments.linking import evaluation, fitting, labelled, memory, terms
from commitments.linking.counting import Counts
from commitments.linking.document import document
from commitments.linking.features import compare
from commitments.linking.fitting import Example, Firmness
from commitments.linking.index import DatabaseIndex
from commitments.linking.labelled import JUDGED_BY, LabelledSet
from commitments.linking.model import FIRMNESS, Model, shipped
from commitments.linking.profile import Profile
from commitments.linking.retrieval import candidates
from commitments.linking.versions import in_use, use
from commitments.models import Evidence, LinkerVersion

#: With fewer decisions, of fewer releases, or with fewer of either kind, nothing can be learnt and held back.
LEAST_DECISIONS = 20
LEAST_RELEASES = 10
LEAST_OF_A_KIND = 5
#: Only so many are learnt from, latest first: a desk changes its mind over the years.
MOST_DECISIONS = 5_000
#: What a decision counts beside a labelled pair; the first that passes is taken, so that one who overshoots may
#: still learn a little.
STRENGTHS = (1.0, 0.5, 0.25)
HELD_BACK_IN = 5

#: A rejection for one of these reasons does not say that the passage is about something else.
_STILL_ABOUT_IT = re.compile(r"\b(?:duplicate|already|again|twice|repeats?)\b", re.IGNORECASE)


class NothingToLearn(ValueError):
    """Nothing can be learnt from the decisions that there are; the message says why."""


@dataclass(frozen=True)
class Decided:
    """A decision as learning sees it. `commitment` is the commitment's key, `quote` the passage."""

    commitment: int | str
    release: int | str
    features: Mapping[str, float]
    quote: str
    belongs: bool


@dataclass(frozen=True)
class Judged:
    """F1 and precision on the shipped labelled documents and on decisions, from 0 to 1."""

    labelled_f1: float
    labelled_precision: float
    decisions_f1: float
    decisions_precision: float

    def as_json(self) -> dict[str, float]:
        return {
            "labelled documents, F1": round(self.labelled_f1, 4),
            "labelled documents, precision": round(self.labelled_precision, 4),
            "held-back decisions, F1": round(self.decisions_f1, 4),
            "held-back decisions, precision": round(self.decisions_precision, 4),
        }

    def worse_than(self, other: Judged) -> list[str]:
        """In what it is worse, in words; empty where it is nowhere worse."""
        mine, theirs = self.as_json(), other.as_json()
        return [f"{name} {mine[name]:.3f} after {theirs[name]:.3f}" for name in mine if mine[name] < theirs[name]]


@dataclass(frozen=True)
class Learnt:
    """What came of learning: the model, its figures beside those before, and why it is refused ("" if it is not)."""

    model: Model
    strength: float
    before: Judged
    after: Judged
    refused: str
    decisions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Judges:
    """The shipped labelled documents, read once."""

    labelled: LabelledSet
    examples: Sequence[Example]

    def counts(self, model: Model) -> Counts:
        scores = {example.pair: fitting.score(model, example) for example in self.examples}
        return evaluation.later_quality(self.labelled, scores, model.threshold)


def learn(
    now: dt.datetime, by: User | None, command: str, dry_run: bool = False
) -> tuple[Learnt, LinkerVersion | None]:
    """Make a version from what staff decided, and bring it into use if it is nowhere worse.

    Raises NothingToLearn, and UnreadableSet where the labelled documents to judge by are missing.
    """
    decided, counts = decisions()
    firm = Firmness.from_json(FIRMNESS.read_text(encoding="utf-8"))
    profiles = DatabaseIndex().profiles({one.commitment for one in decided if isinstance(one.commitment, int)})
    learnt = correct(shipped(), firm, in_use(), decided, dict(profiles), judges(JUDGED_BY, shipped()))
    learnt = replace(learnt, decisions=counts)
    if dry_run:
        return learnt, None
    with transaction.atomic():
        name = f"{shipped().version}+{LinkerVersion.objects.count() + 1}"
        model = replace(
            learnt.model,
            version=name,
            made={"at": now.isoformat(timespec="minutes"), "command": command, "base": shipped().version, **counts},
            metrics=learnt.after.as_json(),
        )
        version = LinkerVersion.objects.create(
            name=name,
            base=shipped().version,
            values=model.as_json(),
            made_at=now,
            made_by=by,
            command=command,
            before=learnt.before.as_json(),
            after=learnt.after.as_json(),
            data_sha256=_fingerprint(decided),
            decisions=counts,
            refused=learnt.refused,
        )
        if not learnt.refused:
            use(version, by, "Learnt from decisions; nowhere worse than before.")
    return learnt, version


def correct(
    base: Model,
    firm: Firmness,
    current: Model,
    decided: Sequence[Decided],
    profiles: Mapping[Any, Profile],
    judged_by: Judges,
) -> Learnt:
    """The base model corrected by decisions, by the first strength that is nowhere worse; else the first, refused.

    On the labelled documents it is compared with the model in use; on decisions, each scored by a correction that
    has not seen its release, with the base, which has seen none. Raises NothingToLearn.
    """
    if firm.version != base.version:
        raise NothingToLearn(
            f"{FIRMNESS.name} belongs to the base version {firm.version}, not to {base.version}: "
            "make both with train_linker --ship."
        )
    _enough(decided)
    old, uncorrected = judged_by.counts(current), _counted(decided, [base.score(one.features) for one in decided], base)
    before = Judged(old.f1, old.precision, uncorrected.f1, uncorrected.precision)
    tried = []
    for strength in STRENGTHS:
        model = _corrected(base, firm, decided, profiles, strength)
        new, held = judged_by.counts(model), _held_back(base, firm, decided, profiles, strength)
        after = Judged(new.f1, new.precision, held.f1, held.precision)
        refused = "; ".join(after.worse_than(before))
        tried.append(Learnt(model, strength, before, after, refused))
        if not refused:
            return tried[-1]
    return tried[0]


def judges(folder: Path, model: Model) -> Judges:
    """The labelled documents of a folder, compared once. Raises UnreadableSet."""
    one = labelled.load(folder)
    return Judges(one, fitting.examples(one, model))


def decisions() -> tuple[list[Decided], dict[str, int]]:
    """What staff accepted and rejected, latest first, and how many of each; what says nothing of belonging left out.

    A passage that staff attached themselves, so that the linker has no features of it, is compared now.
    """
    rows = (
        Evidence.objects.filter(teaches=True)
        .exclude(state=Evidence.State.SUGGESTED)
        .order_by("-decided_at", "-pk")
        .select_related("release", "revision__appearance__source")[:MOST_DECISIONS]
    )
    found: list[Decided] = []
    counts: Counter[str] = Counter()
    for piece in rows:
        counts[piece.state] += 1
        counts["relation changed"] += bool(piece.suggested_relation) and piece.suggested_relation != piece.relation
        if piece.state == Evidence.State.REJECTED and _STILL_ABOUT_IT.search(piece.reject_reason):
            counts["left out: said for what it repeats"] += 1
            continue
        features = piece.features or _features(piece)
        if not features:
            counts["left out: shares no word with its commitment"] += 1
            continue
        counts["attached by staff"] += not piece.features
        belongs = piece.state == Evidence.State.ACCEPTED
        found.append(Decided(piece.commitment_id, piece.release_id, features, piece.quote, belongs))
    return found, dict(counts)


def _features(piece: Evidence) -> Mapping[str, float]:
    """What the linker would have seen in a passage that staff attached; empty if nothing."""
    revision, model, index = piece.revision, shipped(), DatabaseIndex()
    published = timezone.localdate(piece.release.published_at) if piece.release.published_is_known else None
    release = document(revision.title, revision.text, published, revision.appearance.source.voice)
    found = candidates(release, index, model)
    profiles = {**found.profiles, **index.profiles([piece.commitment_id])}
    for pairing in compare(release, profiles, found.rarity).get(piece.commitment_id, ()):
        passage = release.passages[pairing.passage]
        if passage.start < piece.end and piece.start < passage.end:
            return {name: round(value, 4) for name, value in pairing.features.items()}
    return {}


def _enough(decided: Sequence[Decided]) -> None:
    accepted = sum(one.belongs for one in decided)
    rejected = len(decided) - accepted
    releases = len({one.release for one in decided})
    if len(decided) < LEAST_DECISIONS or releases < LEAST_RELEASES:
        raise NothingToLearn(
            f"There are {len(decided)} decisions of {releases} releases to learn from; "
            f"at least {LEAST_DECISIONS} of {LEAST_RELEASES} are needed."
        )
    if min(accepted, rejected) < LEAST_OF_A_KIND:
        raise NothingToLearn(
            f"Of {len(decided)} decisions {accepted} accept and {rejected} reject: what tells them apart cannot be "
            f"learnt. At least {LEAST_OF_A_KIND} of each are needed."
        )


def _corrected(
    base: Model, firm: Firmness, decided: Sequence[Decided], profiles: Mapping[Any, Profile], strength: float
) -> Model:
    model = fitting.corrected(base, firm, [one.features for one in decided], [one.belongs for one in decided], strength)
    by_commitment: dict[Any, list[tuple[Collection[str], bool]]] = {}
    for one in decided:
        by_commitment.setdefault(one.commitment, []).append((terms.stems(one.quote), one.belongs))
    remembered = {
        str(key): memory.keep(passages, profiles[key]) for key, passages in by_commitment.items() if key in profiles
    }
    return replace(model, memory={key: kept for key, kept in remembered.items() if kept})


def _held_back(
    base: Model, firm: Firmness, decided: Sequence[Decided], profiles: Mapping[Any, Profile], strength: float
) -> Counts:
    """How right corrections are on decisions about releases that they have not seen."""
    releases = sorted({one.release for one in decided}, key=str)
    group = {release: number % HELD_BACK_IN for number, release in enumerate(releases)}
    scores = [0.0] * len(decided)
    for number in range(HELD_BACK_IN):
        seen = [one for one in decided if group[one.release] != number]
        model = _corrected(base, firm, seen, profiles, strength)
        for place, one in enumerate(decided):
            if group[one.release] == number:
                scores[place] = scored(model, one, profiles)
    return _counted(decided, scores, base)


def scored(model: Model, one: Decided, profiles: Mapping[Any, Profile]) -> float:
    """The model's score of a decided passage, with what it remembers of the commitment."""
    score = model.score(one.features)
    if one.commitment not in profiles:
        return score
    kept = model.memory.get(str(one.commitment))
    return memory.likeness(terms.stems(one.quote), profiles[one.commitment], kept, model).applied_to(score)


def _counted(decided: Sequence[Decided], scores: Sequence[float], base: Model) -> Counts:
    passed = Counter((score >= base.threshold, one.belongs) for score, one in zip(scores, decided, strict=True))
    right = passed[True, True]
    return Counts(right, passed[True, False], right, passed[False, True])


def _fingerprint(decided: Sequence[Decided]) -> str:
    rows = sorted([str(one.commitment), str(one.release), one.quote, one.belongs] for one in decided)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
