"""Commitments that share most of their words, such as the lines of one budget: which of them a release names. Pure.

A passage about one of them fits all of them nearly as well, and by its score alone would be suggested for each.
What tells them apart are the few words that one has and another lacks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar

from commitments.linking.profile import Profile

#: Of the words of two commitments, the share in common from which they are nearly equal.
NEARLY_EQUAL = 0.6
#: A release that fits so many nearly equal ones without a word that tells them apart speaks of all and of none.
MANY = 5


class Matched(Protocol):
    """A commitment with which a release was matched."""

    @property
    def profile(self) -> Profile:
        """Its words."""


M = TypeVar("M", bound=Matched)


def only_named(matches: Sequence[M], said: Collection[str]) -> list[M]:
    """The matches without those that a release does not mean, given the stems that it has.

    Left out is a commitment none of whose own words is said where a nearly equal one's are, and every one of many
    between which the release makes no difference.
    """
    return [match for match in matches if not _is_meant_for_another(match, matches, said)]


def are_nearly_equal(one: Profile, other: Profile) -> bool:
    """Whether two commitments share most of their words."""
    mine, theirs = one.weights.keys(), other.weights.keys()
    return len(mine & theirs) >= NEARLY_EQUAL * len(mine | theirs)


def _is_meant_for_another(match: Matched, matches: Sequence[Matched], said: Collection[str]) -> bool:
    mine = match.profile.weights.keys()
    alike = 1
    for other in matches:
        theirs = other.profile.weights.keys()
        if other is match or not are_nearly_equal(match.profile, other.profile):
            continue
        own = mine - theirs
        if not own or any(word in said for word in own):
            continue
        if any(word in said for word in theirs - mine):
            return True
        alike += 1
    return alike >= MANY
