"""What 200 decisions of staff do to the linker: simulated on labelled sets, by splits over releases.

A base version is fitted to a few releases. It makes suggestions for others, which are decided as the labels say; the
linker learns from that, and both versions are tried on releases that neither has seen. Then the same with decisions
of somebody who means harm, or is not looking.

    python -m benchmarks.learning tests/labelled/fitting path/to/another/set --splits 40
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from commitments.linking import correcting, fitting, labelled
from commitments.linking.correcting import Decided, Judges, Learnt, NothingToLearn
from commitments.linking.counting import Counts
from commitments.linking.document import document
from commitments.linking.fitting import Example, Firmness
from commitments.linking.model import Model, shipped
from commitments.linking.profile import Profile
from commitments.linking.suggestions import best_of

#: Shares of the releases that the base is fitted to, and that are decided on; the others stay unseen.
FITTED, DECIDED = 0.15, 0.5
DECISIONS = 200
#: Staff are shown what scores a little less than the threshold too.
SHOWN_FROM = 0.6

Verdict = Callable[[bool, random.Random], bool]
#: How decisions are made of what the labels say.
DECIDERS: dict[str, Verdict] = {
    "as the labels say": lambda belongs, drawn: belongs,
    "one in ten wrong": lambda belongs, drawn: belongs != (drawn.random() < 0.1),
    "at random": lambda belongs, drawn: drawn.random() < 0.5,
    "the opposite": lambda belongs, drawn: not belongs,
    "all accepted": lambda belongs, drawn: True,
    "all rejected": lambda belongs, drawn: False,
    "nearly all accepted": lambda belongs, drawn: drawn.random() < 0.95,
    "nearly all rejected": lambda belongs, drawn: drawn.random() < 0.05,
}
HONEST, HOSTILE = list(DECIDERS)[:2], list(DECIDERS)[2:]


@dataclass(frozen=True)
class Material:
    """Labelled sets together: every pair with features, the texts of passages by release, and who is judged."""

    examples: Sequence[Example]
    passages: Mapping[tuple[str, str], Sequence[str]]
    profiles: Mapping[str, Profile]
    recording: frozenset[tuple[str, tuple[str, str]]]
    judges: Judges


@dataclass(frozen=True)
class Trial:
    """F1 on unseen releases: of the base, of the version learnt, and of what is in use afterwards."""

    before: float
    learnt: float
    in_use: float
    refused: bool


def load(folders: Sequence[Path]) -> Material:
    """Read and compare everything once."""
    model = shipped()
    sets = [labelled.load(folder) for folder in folders]
    return Material(
        examples=[example for one in sets for example in fitting.examples(one, model)],
        passages={
            (one.name, release.key): [
                passage.text
                for passage in document(release.title, release.text, release.published, release.voice).passages
            ]
            for one in sets
            for release in one.releases
        },
        profiles={f"{one.name}/{key}": profile for one in sets for key, profile in one.profiles.items()},
        recording=frozenset((one.name, pair) for one in sets for pair in one.links if one.is_first(pair)),
        judges=correcting.judges(correcting.JUDGED_BY, model),
    )


def trial(material: Material, seed: int, verdict: Verdict) -> Trial:
    """One split: fit, suggest, decide, learn, and try on what is unseen."""
    drawn = random.Random(seed)
    releases = sorted({example.release for example in material.examples})
    drawn.shuffle(releases)
    fitted, decided = int(FITTED * len(releases)), int((FITTED + DECIDED) * len(releases))
    base, firm = _base(material, set(releases[:fitted]), seed)
    decisions = _decisions(material, base, set(releases[fitted:decided]), verdict, drawn)
    unseen = set(releases[decided:])
    before = _f1(material, base, unseen)
    learnt = _learnt(material, base, firm, decisions)
    if learnt is None:
        return Trial(before, before, before, True)
    after = _f1(material, learnt.model, unseen)
    return Trial(before, after, before if learnt.refused else after, bool(learnt.refused))


def _base(material: Material, releases: set[tuple[str, str]], seed: int) -> tuple[Model, Firmness]:
    examples = [example for example in material.examples if example.release in releases]
    base = replace(fitting.fit(examples, shipped()), version=f"split {seed}")
    return base, fitting.firmness(examples, base)


def _decisions(
    material: Material, base: Model, releases: set[tuple[str, str]], verdict: Verdict, drawn: random.Random
) -> list[Decided]:
    found = []
    for example in material.examples:
        if example.release not in releases or example.belongs is None:
            continue
        _, score = best_of(example.pairings, base)
        if score >= SHOWN_FROM * base.threshold:
            found.append(_decided(material, example, base))
    drawn.shuffle(found)
    return [replace(one, belongs=verdict(one.belongs, drawn)) for one in found[:DECISIONS]]


def _decided(material: Material, example: Example, model: Model) -> Decided:
    best, _ = best_of(example.pairings, model)
    return Decided(
        f"{example.source}/{example.pair[0]}",
        "/".join(example.release),
        best.features,
        material.passages[example.release][best.passage],
        bool(example.belongs),
    )


def _learnt(material: Material, base: Model, firm: Firmness, decisions: Sequence[Decided]) -> Learnt | None:
    try:
        return correcting.correct(base, firm, base, decisions, material.profiles, material.judges)
    except NothingToLearn:
        return None


def _f1(material: Material, model: Model, releases: set[tuple[str, str]]) -> float:
    right = wrong = missed = 0
    for example in material.examples:
        if example.release not in releases or example.belongs is None:
            continue
        if (example.source, example.pair) in material.recording:
            continue
        passed = correcting.scored(model, _decided(material, example, model), material.profiles) >= model.threshold
        right += passed and example.belongs
        wrong += passed and not example.belongs
        missed += not passed and example.belongs
    return Counts(right, wrong, right, missed).f1


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """The mean with the middle 95 % of means over resampled splits."""
    drawn = random.Random(0)
    means = sorted(statistics.fmean(drawn.choices(values, k=len(values))) for _ in range(1000))
    return statistics.fmean(values), means[25], means[974]


def row(name: str, trials: Sequence[Trial]) -> str:
    def said(values: list[float]) -> str:
        mean, low, high = interval(values)
        return f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"

    return (
        f"{name:22}{statistics.fmean(one.before for one in trials):8.3f}"
        f"{said([one.learnt - one.before for one in trials]):>28}"
        f"{said([one.in_use - one.before for one in trials]):>28}"
        f"{sum(one.refused for one in trials):>6} of {len(trials)}"
    )


def main(arguments: Any = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--splits", type=int, default=40)
    options = parser.parse_args(arguments)
    material = load(options.folders)
    print(f"{'F1 on unseen releases':22}{'before':>8}{'gain if used':>28}{'gain in use':>28}   refused")
    for name, verdict in DECIDERS.items():
        print(row(name, [trial(material, seed, verdict) for seed in range(options.splits)]), flush=True)


if __name__ == "__main__":
    main()
