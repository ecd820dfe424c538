"""How many suggestions staff accept, by score: what tells whether the linker does as well as it did."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from commitments.linking.counting import BANDS, band
from commitments.models import Evidence

#: So many of the last decisions are looked at; the latest of them are compared with the others.
LOOKED_AT = 500
LATEST = 100
#: With fewer of the others nothing is said of a drop.
LEAST_BEFORE = 100
#: A drop is said where so many standard deviations lie between what was accepted and what would have been before,
#: and where it is so large a share.
BEYOND_CHANCE = 2.0
WORTH_SAYING = 0.05

#: A decision: the score of the suggestion, from 0 to 1, and whether it was accepted.
Outcome = tuple[float, bool]


@dataclass(frozen=True)
class Band:
    """Decisions about suggestions of a score from `low` to `high`."""

    low: float
    high: float
    decided: int
    accepted: int

    @property
    def per_cent(self) -> int:
        return round(100 * self.accepted / self.decided)


@dataclass(frozen=True)
class Acceptance:
    """The last decisions by score band, highest first, and a sentence where fewer are accepted than before."""

    decided: int
    accepted: int
    bands: Sequence[Band]
    drop: str

    @property
    def per_cent(self) -> int:
        return round(100 * self.accepted / self.decided)


def acceptance() -> Acceptance | None:
    """How the last decisions on suggestions went; None where there are none."""
    rows = (
        Evidence.objects.filter(decided_at__isnull=False, score__isnull=False)
        .order_by("-decided_at", "-pk")
        .values_list("score", "state")[:LOOKED_AT]
    )
    outcomes = [(score, state == Evidence.State.ACCEPTED) for score, state in rows if score is not None]
    if not outcomes:
        return None
    return Acceptance(
        len(outcomes),
        sum(accepted for _, accepted in outcomes),
        bands(outcomes),
        drop(outcomes[:LATEST], outcomes[LATEST:]),
    )


def bands(outcomes: Sequence[Outcome]) -> list[Band]:
    decided = Counter(band(score) for score, _ in outcomes)
    accepted = Counter(band(score) for score, was_accepted in outcomes if was_accepted)
    return [
        Band(number / BANDS, (number + 1) / BANDS, count, accepted[number])
        for number, count in sorted(decided.items(), reverse=True)
    ]


def drop(latest: Sequence[Outcome], before: Sequence[Outcome]) -> str:
    """A sentence where clearly fewer are accepted than suggestions of the same scores were before; else nothing.

    Score by score, because somebody who has worked through the best ones rejects more without the linker being worse.
    """
    if len(latest) < LATEST or len(before) < LEAST_BEFORE:
        return ""
    overall = sum(accepted for _, accepted in before) / len(before)
    shares = {one.low: (one.accepted + overall) / (one.decided + 1) for one in bands(before)}
    expected = [shares.get(band(score) / BANDS, overall) for score, _ in latest]
    wanted, accepted = sum(expected), sum(was_accepted for _, was_accepted in latest)
    chance = math.sqrt(sum(share * (1 - share) for share in expected))
    if wanted - accepted <= max(BEYOND_CHANCE * chance, WORTH_SAYING * len(latest)):
        return ""
    return (
        f"Fewer suggestions are accepted than before: {accepted} of the last {len(latest)}; suggestions with the same "
        f"scores were accepted {round(wanted)} times in {len(latest)} before. Look at what is rejected, and why."
    )
