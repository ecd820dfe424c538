"""What cues and circumstances usually say of the relation: where the fitted coefficients start from.

Labelled pairs are few, and few of them are late or broken promises. So a coefficient that the data say nothing of
stays near what the words mean.
"""

from __future__ import annotations

from collections.abc import Mapping

#: A cue says as much of the relation as this share of what it says in the clause about the commitment.
SHARES = {"lead": 1.0, "sentence": 0.5, "near": 0.25}

_CUES: Mapping[str, Mapping[str, float]] = {
    "promises": {"announces": 0.3, "restates": 0.5},
    "is to come": {"announces": 0.5, "restates": 0.5, "progress": -0.5, "fulfils": -0.7},
    "became law": {"fulfils": 1.3},
    "is reached": {"fulfils": 1.8},
    "is done": {"fulfils": 1.0, "progress": 0.5},
    "is begun": {"progress": 0.5},
    "has happened": {"progress": 0.6},
    "goes on": {"progress": 0.6},
    "on course": {"progress": 0.5, "restates": 0.4},
    "is late": {"slips": 3.0, "progress": -1.0, "fulfils": -0.7},
    "may be late": {"slips": 0.3},
    "another date": {"slips": 0.8},
    "falls short": {"contradicts": 1.2, "slips": 0.6, "progress": -0.3},
    "may fall short": {"contradicts": 0.3, "slips": 0.2},
    "doubts": {"contradicts": 1.5},
    "finds fault": {"contradicts": 0.3, "context": 0.2},
    "is dropped": {"contradicts": 2.2, "slips": 1.2, "progress": -1.0, "fulfils": -0.7, "restates": -0.5},
    "ends what was to end": {"fulfils": 1.8},
    "may be dropped": {"contradicts": 0.3},
    "said again": {"restates": 0.7},
    "was promised before": {"restates": 1.0, "announces": -0.5},
    "in passing": {"context": 0.5, "restates": 0.3},
    "wants": {"context": 0.5},
}

USUAL: Mapping[str, Mapping[str, float]] = {
    **{f"clause {name}": said for name, said in _CUES.items()},
    **{
        f"{place} {name}": {relation: weight * share for relation, weight in said.items()}
        for place, share in SHARES.items()
        for name, said in _CUES.items()
    },
    "lead has happened": {"progress": 0.4},
    "title is late": {"slips": 1.0},
    "title is dropped": {"contradicts": 1.0},
    "title falls short": {"contradicts": 0.6},
    "first near promise": {"announces": 1.5},
    "year after deadline": {"slips": 0.7},
    "to come, deadline passed": {"slips": 1.0},
    "only happened": {"progress": 0.4},
    "only to come": {"restates": 0.3},
    "law made, not to come": {"fulfils": 0.8},
    "done, not to come": {"fulfils": 0.4},
    "reached, not to come": {"fulfils": 1.2, "progress": -0.6},
    "not done": {"slips": 0.5, "contradicts": 0.4, "fulfils": -0.5, "progress": -0.2},
    "short, from outside": {"contradicts": 0.7},
    "against, by an opponent": {"contradicts": 1.5},
    "late or dropped, from outside": {"contradicts": 0.6, "slips": 0.3},
    "successor drops": {"contradicts": 1.5, "fulfils": -1.0, "progress": -1.0},
    "covers little": {"context": 0.5},
    "promised number only": {"restates": 0.4},
    "new figure": {"progress": 0.6},
    "count has happened": {"progress": 0.4},
    "figure reaches target": {"fulfils": 0.8},
    "figure under target, deadline passed": {"slips": 0.7, "contradicts": 0.4},
    "figure moves away": {"contradicts": 1.0, "slips": 0.7, "progress": -1.0},
}
