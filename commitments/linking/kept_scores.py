"""The scores of one evaluation kept in a file, so that a later one can be compared with it release by release."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from commitments.linking import labelled
from commitments.linking.labelled import LabelledSet, Pair


class UnreadableScores(ValueError):
    """The file holds no scores of this set; the message says why."""


@dataclass(frozen=True)
class KeptScores:
    """How a set was scored, and the threshold that was in use."""

    method: str
    threshold: float
    scores: dict[Pair, float]


def keep(path: Path, folder: Path, kept: KeptScores) -> None:
    """Write scores of the set in a folder. Raises OSError."""
    rows = [[commitment, release, round(score, 5)] for (commitment, release), score in sorted(kept.scores.items())]
    values = {
        "set": labelled.fingerprint([folder]),
        "method": kept.method,
        "threshold": kept.threshold,
        "scores": rows,
    }
    path.write_text(json.dumps(values) + "\n", encoding="utf-8")


def read(path: Path, folder: Path, own: LabelledSet) -> KeptScores:
    """Scores kept of the set in a folder. Raises UnreadableScores."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        kept = KeptScores(
            str(values["method"]),
            float(values["threshold"]),
            {(commitment, release): float(score) for commitment, release, score in values["scores"]},
        )
        same = values["set"] == labelled.fingerprint([folder])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UnreadableScores(f"{path} holds no scores that evaluate_links kept ({error}).") from error
    if not same:
        raise UnreadableScores(f"{path} holds scores of other documents or labels than {own.name} has now.")
    return kept
