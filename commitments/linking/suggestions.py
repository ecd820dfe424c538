"""A release in, suggestions out. Pure but for the index that it asks.

The way of one release: document, candidates, features, score, the best passage for each commitment above the
threshold, then what it says: relation, figures, reasons.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest
from typing import Generic, TypeVar

from commitments import restatement
from commitments.linking import near_equal, quantities, reporting
from commitments.linking import reasons as explaining
from commitments.linking import relation as judging
from commitments.linking.circumstances import circumstances
from commitments.linking.document import Document, document
from commitments.linking.features import Pairing, compare
from commitments.linking.memory import NOTHING, Likeness, likeness
from commitments.linking.model import Model, Rarity
from commitments.linking.profile import Profile
from commitments.linking.relation import Judgement, Weights
from commitments.linking.retrieval import Index, candidates
from commitments.linking.tied_figures import FigureRow, SeriesWords, tied

Key = TypeVar("Key", bound=Hashable)

#: Of the words of two passages together, the share in common from which they are alike.
LIKE = 0.7
#: Of the words of the shorter of two passages, the share in the longer from which it is a part of that, and how many
#: words it needs for that to mean anything: fewer beside the same number.
LIKE_PART = 0.85
LEAST_WORDS_OF_PART = 5
LEAST_WORDS_BY_A_NUMBER = 2
#: Spaces and points between groups of digits, and words that scale a number: ways of writing it.
_THOUSANDS = re.compile(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}\b)")
_SCALE_WORDS = frozenset({"thousand", "million", "billion", "trillion", "k", "m", "mn", "bn", "per", "cent", "percent"})
#: A release that bears on everything bears on nothing: more than this are not suggested.
MAX_SUGGESTIONS = 40


#: A passage this much less likely than the likeliest is not quoted instead of it.
NEARLY_AS_LIKELY = 0.7
#: Where the strongest passage scores less than this share of the threshold, the others are not looked at; nor for more
#: than so many commitments of a release, those of the likeliest strongest passages.
HOPELESS = 0.005
MOST_PROMISING = 30


#: A figure of at least this size that an earlier release gave for a commitment, said again beside its words,
#: multiplies the odds.
LEAST_FIGURE = 100
FIGURE_AGAIN = 6.0

FiguresBefore = Callable[[Collection[Key]], Mapping[Key, Collection[float]]]


@dataclass(frozen=True)
class Match(Generic[Key]):
    """A commitment that a release seems to bear on: its best passage and how sure the model is, from 0 to 1.

    `passage` is the number of the passage to quote: that of the pairing, or a later one that reports what came of the
    promise. `remembered` is how like it is to what staff decided before for this commitment.
    """

    commitment: Key
    profile: Profile
    pairing: Pairing
    passage: int
    score: float
    remembered: Likeness = NOTHING


@dataclass(frozen=True)
class Known:
    """What is on record for a commitment from releases published before: was it said, with which figures, and in which
    pieces of evidence, where these have keys."""

    said: bool = False
    figures: Sequence[FigureRow] = ()
    series: Sequence[SeriesWords] = ()
    pieces: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Suggestion(Generic[Key]):
    """A passage that bears on a commitment. `start` and `end` are offsets into the release's text."""

    commitment: Key
    quote: str
    start: int
    end: int
    score: float
    judgement: Judgement
    figures: list[FigureRow]
    reasons: list[str]
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading(Generic[Key]):
    """A release compared with the record: its matches, best first, and what is needed to describe them.

    `pairings` are the passages beside each commitment that the release may bear on, whether they match or not.
    """

    document: Document
    rarity: Rarity
    matches: list[Match[Key]]
    relations: Weights
    pairings: Mapping[Key, Sequence[Pairing]]


def read(
    title: str,
    text: str,
    published: dt.date | None,
    voice: str,
    index: Index[Key],
    model: Model,
    threshold: float | None = None,
    excluded: Mapping[Key, Collection[str]] | None = None,
    rejected: Mapping[Key, Collection[str]] | None = None,
    figures_before: FiguresBefore[Key] = lambda keys: {},
) -> Reading[Key]:
    """Compare a release with the record.

    `excluded` names, by commitment, quotes that must not be suggested again; `rejected` those that must not come
    back in like words either. `figures_before` gives the counts
    and sums that earlier releases gave for commitments; one of them said again speaks for a passage.
    """
    release = document(title, text, published, voice)
    found = candidates(release, index, model)
    least = model.threshold if threshold is None else threshold
    scored: list[Match[Key]] = []
    hopeless = model.threshold * HOPELESS

    def promising(strongest: Mapping[Key, Pairing]) -> list[Key]:
        scores = {key: model.score(pairing.features) for key, pairing in strongest.items()}
        return [key for key in nlargest(MOST_PROMISING, scores, key=scores.__getitem__) if scores[key] >= hopeless]

    compared = compare(release, found.profiles, found.rarity, promising)
    for key, pairings in compared.items():
        profile, unwanted, refused = found.profiles[key], (excluded or {}).get(key, ()), (rejected or {}).get(key, ())
        if unwanted or refused:
            pairings = [
                one
                for one in pairings
                if not any(
                    _was_there(text, unwanted) or _is_like(text, refused)
                    for number in {one.passage, reporting.passage(release, one.passage, profile, model)}
                    for text in [release.passages[number].text]
                )
            ]
        if not pairings:
            continue
        best, score = best_of(pairings, model)
        like, remembered = NOTHING, model.memory.get(str(key))
        if remembered:
            told = reporting.passage(release, best.passage, profile, model)
            like = likeness(release.stems[told], profile, remembered, model)
        scored.append(Match(key, profile, best, best.passage, like.applied_to(score), like))
    before = figures_before([match.commitment for match in scored if match.score >= hopeless])
    matches = [
        match for one in scored if (match := _heard_before(one, release, before.get(one.commitment, ()))).score >= least
    ]
    matches = near_equal.only_named(matches, release.where.keys() | release.title_stems)
    matches.sort(key=lambda match: (-match.score, str(match.commitment)))
    quoted = [
        replace(match, passage=reporting.passage(release, match.passage, match.profile, model))
        for match in matches[:MAX_SUGGESTIONS]
    ]
    return Reading(release, found.rarity, quoted, model.relations, compared)


def _heard_before(match: Match[Key], release: Document, figures: Collection[float]) -> Match[Key]:
    """The match, more likely where its passage says a figure again and shares more than one word."""
    said = {quantity.value for quantity in release.stated(match.pairing.passage).quantities}
    if len(match.pairing.matched) < 2 or not said & {value for value in figures if value >= LEAST_FIGURE}:
        return match
    odds = match.score / (1 - match.score) * FIGURE_AGAIN if match.score < 1 else math.inf
    return replace(match, score=odds / (1 + odds) if odds < math.inf else 1.0)


def best_of(pairings: Sequence[Pairing], model: Model) -> tuple[Pairing, float]:
    """The passage that says it best, of those nearly as likely to belong as the likeliest, and its score."""
    scored = [(pairing, model.score(pairing.features)) for pairing in pairings]
    least = NEARLY_AS_LIKELY * max(score for _, score in scored)
    likely = [one for one in scored if one[1] >= least]
    return max(likely, key=lambda one: (model.preference(one[0].features), -one[0].passage))


def describe(reading: Reading[Key], match: Match[Key], known: Known, today: dt.date) -> Suggestion[Key]:
    """What the matching passage says of the commitment, given what earlier releases said.

    `today` stands in for the day of publication where that is unknown.
    """
    release, profile = reading.document, match.profile
    passage = release.passages[match.passage]
    rows = [
        {**row, "restated": restatement.is_restated(row, known.figures)}
        for row in tied(release, match.passage, profile, known.series, release.published or today)
    ]
    judgement = judge(release, match.passage, profile, known.said, rows, reading.relations)
    return Suggestion(
        commitment=match.commitment,
        quote=passage.text,
        start=passage.start,
        end=passage.end,
        score=round(match.score, 4),
        judgement=judgement,
        figures=rows,
        reasons=explaining.reasons(
            release,
            profile,
            match.pairing,
            match.passage,
            reading.rarity,
            match.score,
            said_of_figures(rows, known.figures),
            judgement.cues,
            match.remembered,
        ),
        features={name: round(value, 4) for name, value in match.pairing.features.items()},
    )


def judge(
    release: Document,
    passage_number: int,
    profile: Profile,
    said_before: bool,
    rows: Sequence[FigureRow],
    relations: Weights,
) -> Judgement:
    """How a passage with these figures bears on a commitment, of which an earlier release has spoken or not."""
    passage = release.passages[passage_number]
    now = circumstances(release, passage_number, profile, said_before, rows)
    return judging.judge(passage.text, passage.lead, now, relations)


def _was_there(passage: str, quotes: Collection[str]) -> bool:
    """Whether a passage, or the greater part of it, is among quotes with which somebody has dealt already."""
    if not quotes:
        return False
    even = " ".join(passage.split())
    return any(even in quote or quote in even for quote in quotes)


def _is_like(passage: str, quotes: Collection[str]) -> bool:
    """Whether a passage says what one of the quotes says: in nearly the same words, or as a part or a whole of it.

    Numbers must agree, however they are written; so a new figure in old words may come.
    """
    if not quotes:
        return False
    words, numbers = _words(passage)
    for quote in quotes:
        others, their_numbers = _words(quote)
        shared, shorter = len(words & others), min(len(words), len(others))
        if numbers == their_numbers and shared >= LIKE * len(words | others):
            return True
        fewer, more = (numbers, their_numbers) if len(words) <= len(others) else (their_numbers, numbers)
        enough = LEAST_WORDS_BY_A_NUMBER if fewer else LEAST_WORDS_OF_PART
        if shorter >= enough and shared >= LIKE_PART * shorter and fewer <= more:
            return True
    return False


def _words(text: str) -> tuple[set[str], set[tuple[float, str]]]:
    """The words of a passage without its numbers, and the numbers by value and unit ("1,500", "1 500", "1.5k")."""
    even = _THOUSANDS.sub("", text.casefold())
    numbers = {(round(quantity.value, 6), quantity.kind) for quantity in quantities.quantities(even)}
    numbers |= {(float(year), "year") for year in quantities.years(even)}
    return {word for word in re.findall(r"[^\W\d_]+", even) if word not in _SCALE_WORDS}, numbers


def said_of_figures(rows: Sequence[FigureRow], earlier: Sequence[FigureRow]) -> list[str]:
    """A sentence for each figure: said again, new after another, or the first."""
    said = []
    points = [row for row in rows if row["series"] is not None] or list(rows)
    for row in points:
        value = f"{row['value']:,}"
        before = [old for old in earlier if old["series"] == row["series"] and old["metric"] == row["metric"]]
        if row["restated"]:
            said.append(f"Same metric: {row['metric']}; the figure {value} again.")
        elif before:
            said.append(f"Same metric: {row['metric']}; a new figure, {value}, after {before[-1]['value']:,}.")
        else:
            said.append(f"Gives a figure, {value} ({row['metric']}).")
    return said
