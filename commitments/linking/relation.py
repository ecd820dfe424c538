"""How a passage bears on a commitment, how far the matter has come, and who says so. Pure.

Cues and circumstances add up to a score for each relation (`Model.relations`); what a relation means by definition
rules some of them out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from commitments.linking import cues, speakers
from commitments.linking.relation_features import Circumstances, about, features
from commitments.linking.relation_usual import USUAL
from commitments.models.evidence import Relation, Tier

#: Coefficients by relation, then by feature; "" is the intercept.
Weights = Mapping[str, Mapping[str, float]]

#: At least so much must a cue speak for the relation to be named as a reason.
TELLING = 0.15
MAX_CUES_NAMED = 2
#: What can be said of a commitment that nobody has made yet.
_BEFORE = frozenset({Relation.ANNOUNCES, Relation.RESTATES, Relation.CONTEXT})
#: An opponent who repeats an official figure, or the promise, gives context and does not vouch for it.
_BY_OPPONENT = frozenset({Relation.CONTEXT, Relation.SLIPS, Relation.CONTRADICTS})

_MONEY = re.compile(r"[£€$]\s?\d|\b(?:funding|funded|grant|settlement|budget|invest\w*)\b", re.IGNORECASE)
_LAW = re.compile(r"\b(?:bill|act|legislation|regulations|royal assent|statut\w+|clause|law)\b", re.IGNORECASE)
_IN_OPERATION = re.compile(
    r"\b(?:in force|in operation|in effect|in use|took effect|came? into (?:force|effect|operation|being)|went live"
    r"|running|working|operating|operational|opened|open|up and running|available"
    r"|now (?:have|has|get|receive|can|may))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Judgement:
    """How a passage bears on a commitment. `cues` are the words on which the relation rests, most telling first."""

    relation: Relation
    tier: Tier
    self_declared: bool
    cues: tuple[str, ...] = ()


def usual() -> Weights:
    """The coefficients from which fitting starts, and which hold where nothing was fitted."""
    return {
        relation.value: {name: said[relation.value] for name, said in USUAL.items() if relation.value in said}
        for relation in Relation
    }


def judge(passage: str, lead: str, now: Circumstances, weights: Weights) -> Judgement:
    """Relation, tier and whether the promising side says so itself."""
    weights = weights or usual()
    found = features(passage, lead, now)
    scores = scored(found, weights)
    relation = max(possible(now), key=lambda one: (scores[one], one.value))
    clause = about(passage, now.matched)
    return Judgement(
        relation,
        _tier(f"{lead} {clause}", relation),
        _is_self_declared(now),
        _telling(passage, clause, relation, found, weights),
    )


def scored(found: Mapping[str, float], weights: Weights) -> dict[Relation, float]:
    """How much features speak for each relation."""
    return {
        relation: weights[relation].get("", 0.0)
        + sum(weights[relation].get(name, 0.0) * value for name, value in found.items())
        for relation in Relation
    }


def possible(now: Circumstances) -> list[Relation]:
    """The relations that the circumstances allow."""
    allowed = set(Relation)
    if now.is_after:
        allowed.discard(Relation.ANNOUNCES)
    if now.is_before:
        allowed &= _BEFORE
    if now.voice == "opponent":
        allowed &= _BY_OPPONENT
    if now.restated_figure and not now.new_figure:
        allowed.discard(Relation.PROGRESS)
    return sorted(allowed or {Relation.CONTEXT})


def _telling(
    passage: str, clause: str, relation: Relation, found: Mapping[str, float], weights: Weights
) -> tuple[str, ...]:
    """The words of the cues that speak for the relation more than for the others on average."""
    said_by = {"clause": cues.found(clause), "sentence": cues.found(passage)}
    words: dict[str, float] = {}
    for name, value in found.items():
        place, _, cue = name.partition(" ")
        said = said_by.get(place, {}).get(cue)
        if said is None:
            continue
        average = sum(weights[one].get(name, 0.0) for one in Relation) / len(Relation)
        gain = (weights[relation].get(name, 0.0) - average) * value
        if gain >= TELLING:
            words[said] = max(words.get(said, 0.0), gain)
    telling = sorted(words, key=lambda said: (-words[said], said))
    longest = [said for said in telling if not any(said in other and said != other for other in telling)]
    return tuple(longest[:MAX_CUES_NAMED])


def _is_self_declared(now: Circumstances) -> bool:
    """Whether it is the promising side's own word: its release, where nobody else is quoted; or its minister's."""
    capacity = speakers.capacity(now.speaker)
    if now.is_successors:
        return False
    if now.voice == "official":
        return capacity in ("", "minister", "official")
    return capacity == "minister"


def _tier(spoken: str, relation: Relation) -> Tier:
    if relation in (Relation.FULFILS, Relation.PROGRESS):
        if cues.COUNT.search(spoken) and not _MONEY.search(spoken):
            return Tier.OUTCOME
        if _IN_OPERATION.search(spoken):
            return Tier.IN_OPERATION
        return Tier.FUNDED if _LAW.search(spoken) or _MONEY.search(spoken) else Tier.IN_OPERATION
    if relation in (Relation.ANNOUNCES, Relation.RESTATES) and _MONEY.search(spoken):
        return Tier.FUNDED
    return Tier.ANNOUNCED
