"""How the record is kept, in the words that the pages themselves use."""

from __future__ import annotations

from dataclasses import dataclass

from commitments.linking import versions
from commitments.linking.model import shipped
from commitments.models import FINAL_STATUSES, Definition, Judgeability, Relation, Status, Tier
from commitments.timing import Timing
from tracker.models import Voice

from . import meanings
from .linker_quality import LinkerQuality, linker_quality


@dataclass(frozen=True)
class Term:
    key: str
    label: str
    meaning: str
    is_final: bool = False


@dataclass(frozen=True)
class Methodology:
    statuses: list[Term]
    timings: list[Term]
    relations: list[Term]
    tiers: list[Term]
    voices: list[Term]
    judgeability: list[Term]
    rewordings: list[Term]
    linker: LinkerQuality


def methodology() -> Methodology:
    return Methodology(
        statuses=[Term(key, key.label, meanings.STATUS[key], key in FINAL_STATUSES) for key in Status],
        timings=[Term(key, key.label, meanings.TIMING[key]) for key in Timing],
        relations=[Term(key, key.label, meanings.RELATION[key]) for key in Relation],
        tiers=[Term(key, key.label, meanings.TIER[key]) for key in Tier],
        voices=[Term(key, key.label, meanings.VOICE[key]) for key in Voice],
        judgeability=[Term(key, key.label, meanings.JUDGEABILITY[key]) for key in Judgeability],
        rewordings=[Term(key, key.label, meanings.DEFINITION[key]) for key in Definition.Kind],
        linker=linker_quality(shipped(), versions.in_use()),
    )
