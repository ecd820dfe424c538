"""What two hundred decisions do to the linker, by the simulation in benchmarks/learning.py with few splits."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from benchmarks import learning as simulation

ROOT = Path(__file__).resolve().parent.parent.parent
SPLITS = 4


@pytest.fixture(scope="module")
def material(shared: Path) -> simulation.Material:
    gold = shared / "gold"
    return simulation.load([gold, gold / "web", gold / "full", ROOT / "tests" / "labelled" / "fitting"])


@pytest.mark.shared
def test_two_hundred_decisions_raise_f1_on_releases_that_nobody_has_seen(material: simulation.Material) -> None:
    verdict = simulation.DECIDERS["as the labels say"]
    trials = [simulation.trial(material, seed, verdict) for seed in range(SPLITS)]
    assert statistics.fmean(one.learnt - one.before for one in trials) > 0.01
    assert statistics.fmean(one.in_use - one.before for one in trials) > 0


@pytest.mark.shared
@pytest.mark.parametrize("decider", simulation.HOSTILE)
def test_decisions_that_mean_harm_bring_no_worse_version_into_use(material: simulation.Material, decider: str) -> None:
    one = simulation.trial(material, 0, simulation.DECIDERS[decider])
    assert one.refused
    assert one.in_use == one.before
