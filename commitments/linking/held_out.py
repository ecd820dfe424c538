"""Models that have not seen the release that they are to score. numpy is needed, as for fitting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from commitments.linking import fitting, relation_fitting
from commitments.linking.fitting import Example
from commitments.linking.labelled import LabelledRelease, LabelledSet
from commitments.linking.model import Model
from commitments.linking.relation_fitting import Told

#: The name of a set and the key of a release in it.
ReleaseKey = tuple[str, str]
Models = Mapping[ReleaseKey, Model]


def models(
    scored: Sequence[LabelledSet],
    known: Sequence[Example],
    base: Model,
    folds: int | None = None,
    told: Sequence[Told] = (),
) -> Models:
    """For each release of some sets a model fitted to what is known of all others, its relations to what is `told`.

    Each release is left out alone, or, which is quicker, in one of so many groups.
    """
    releases = sorted((one.name, release.key) for one in scored for release in one.releases)
    groups = [releases[number::folds] for number in range(folds)] if folds else [[release] for release in releases]
    found: dict[ReleaseKey, Model] = {}
    for group in groups:
        left_out = set(group)
        fitted = fitting.fit([example for example in known if example.release not in left_out], base)
        if told:
            fitted = replace(
                fitted, relations=relation_fitting.fit([one for one in told if one.release not in left_out])
            )
        found |= dict.fromkeys(group, fitted)
    return found


def chosen(found: Models, labelled: LabelledSet) -> Callable[[LabelledRelease], Model]:
    """The model for each release of a set, as `evaluation.run` asks for it."""
    return lambda release: found[labelled.name, release.key]
