"""Fits the coefficients of the relation to labelled pairs. numpy is needed here only, never for linking."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from commitments import restatement
from commitments.linking.circumstances import circumstances
from commitments.linking.document import Document, document
from commitments.linking.labelled import LabelledRelease, LabelledSet, Link
from commitments.linking.relation import Weights, possible, scored, usual
from commitments.linking.relation_features import features
from commitments.linking.tied_figures import FigureRow, SeriesWords, tied
from commitments.models.evidence import Relation

#: Strength of the pull towards what cues usually say, in units of one standard deviation of a feature.
PENALTY = 110.0
#: A feature that hardly ever occurs is not taken to vary less than this.
LEAST_DEVIATION = 0.15
STEPS = 300
#: How much of a pair's weight goes to the relations that are as right as the labelled one, and what an arguable
#: pair counts beside a certain one.
AS_RIGHT = 0.3
ARGUABLE = 0.7
FOLDS = 10


@dataclass(frozen=True)
class Told:
    """A labelled pair: what its labelled passage tells, and the relations that are right."""

    source: str
    commitment: str
    release_key: str
    features: dict[str, float]
    relation: Relation
    relations: frozenset[str]
    allowed: Sequence[Relation]
    certain: bool

    @property
    def release(self) -> tuple[str, str]:
        """What must be left out together."""
        return self.source, self.release_key


def told(labelled: LabelledSet) -> list[Told]:
    """Every labelled pair whose quote is a passage, in order of publication."""
    found: list[Told] = []
    said: dict[str, list[tuple[dt.date, list[FigureRow]]]] = defaultdict(list)
    today = max((one.published for one in labelled.releases if one.published), default=dt.date.max)
    links: dict[str, list[Link]] = defaultdict(list)
    for link in labelled.links.values():
        links[link.release].append(link)
    for release in labelled.releases:
        read = document(release.title, release.text, release.published, release.voice)
        gave = []
        for link in links[release.key]:
            number = _quoted(read, release, link)
            if number is None:
                continue
            profile, metric = labelled.profiles[link.commitment], labelled.series.get(link.commitment)
            series = [SeriesWords(1, metric[0], metric[1], "level")] if metric else []
            published = release.published
            earlier = [rows for on, rows in said[link.commitment] if published and on < published]
            known = [row for rows in earlier for row in rows]
            rows = [
                {**row, "restated": restatement.is_restated(row, known)}
                for row in tied(read, number, profile, series, published or today)
            ]
            now = circumstances(read, number, profile, bool(earlier), rows)
            passage = read.passages[number]
            found.append(
                Told(
                    labelled.name,
                    link.commitment,
                    release.key,
                    features(passage.text, passage.lead, now),
                    Relation(link.relation),
                    link.relations,
                    possible(now),
                    link.certain,
                )
            )
            gave.append((link.commitment, rows))
        if release.published:
            for commitment, rows in gave:
                said[commitment].append((release.published, rows))
    return found


def _quoted(read: Document, release: LabelledRelease, link: Link) -> int | None:
    """The passage that the quote shares most with."""
    begins = release.text.find(link.quotes[0]) if link.quotes else -1
    ends = begins + len(link.quotes[0]) if begins >= 0 else begins
    quoted = [
        number
        for number, passage in enumerate(read.passages)
        if link.is_quoted_by(release.text, passage.start, passage.end)
    ]
    return max(
        quoted,
        key=lambda each: min(ends, read.passages[each].end) - max(begins, read.passages[each].start),
        default=None,
    )


def fit(pairs: Sequence[Told]) -> dict[str, dict[str, float]]:
    """Coefficients by relation and feature: a penalised multinomial logistic regression by accelerated descent.

    It starts from what cues usually say and is pulled back there.
    """
    import numpy as np

    start = usual()
    names = sorted({name for pair in pairs for name in pair.features})
    places = {name: place for place, name in enumerate(names, start=1)}
    rows = np.zeros((len(pairs), len(names) + 1))
    rows[:, 0] = 1.0
    wanted = np.zeros((len(pairs), len(Relation)))
    order = list(Relation)
    for number, pair in enumerate(pairs):
        for name, value in pair.features.items():
            rows[number, places[name]] = value
        others = [order.index(Relation(one)) for one in pair.relations if one != pair.relation]
        wanted[number, order.index(pair.relation)] = 1 - AS_RIGHT * bool(others)
        wanted[number, others] = AS_RIGHT / max(len(others), 1)
    worth = np.array([1.0 if pair.certain else ARGUABLE for pair in pairs])[:, None]
    scale = np.maximum(rows.std(axis=0), LEAST_DEVIATION)
    scale[0] = 1.0
    design = rows / scale
    usually = np.array([[start[relation].get(name, 0.0) for relation in order] for name in ["", *names]])
    usually *= scale[:, None]
    pull = np.full((len(names) + 1, 1), PENALTY)
    pull[0] = 0.0
    bound = 0.5 * float(np.linalg.norm(design, 2)) ** 2 + PENALTY
    weights = ahead = usually
    momentum = 1.0
    for _ in range(STEPS):
        expected = np.exp(design @ ahead - (design @ ahead).max(axis=1, keepdims=True))
        expected /= expected.sum(axis=1, keepdims=True)
        gradient = design.T @ ((expected - wanted) * worth) + pull * (ahead - usually)
        stepped = ahead - gradient / bound
        grown = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = stepped + (momentum - 1) / grown * (stepped - weights)
        weights, momentum = stepped, grown
    raw = weights / scale[:, None]
    return {
        relation.value: {
            name: round(float(raw[place, column]), 4)
            for place, name in enumerate(["", *names])
            if abs(raw[place, column]) >= 5e-5
        }
        for column, relation in enumerate(order)
    }


def chosen(pair: Told, weights: Weights) -> Relation:
    """The relation that the coefficients give a labelled pair."""
    scores = scored(pair.features, weights)
    return max(pair.allowed, key=lambda one: (scores[one], one.value))


def cross_validated(pairs: Sequence[Told], folds: int = FOLDS) -> dict[str, tuple[int, int]]:
    """By set, how many relations are right, and of how many, with coefficients that have not seen the release."""
    releases = sorted({pair.release for pair in pairs})
    counts: dict[str, tuple[int, int]] = {}
    for number in range(folds):
        left_out = set(releases[number::folds])
        weights = fit([pair for pair in pairs if pair.release not in left_out])
        for pair in pairs:
            if pair.release in left_out:
                right, of = counts.get(pair.source, (0, 0))
                counts[pair.source] = (right + (chosen(pair, weights) in pair.relations), of + 1)
    return counts
