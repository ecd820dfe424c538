"""Versions of the linker's model: which is in use, what a new one must be like, and what becomes of suggestions."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from commitments import decisions, linking
from commitments.bringing import import_rows
from commitments.linking import correcting, linker, versions
from commitments.linking.model import FIRMNESS, SHIPPED, shipped
from commitments.models import Commitment, Evidence, LinkerSwitch, LinkerVersion
from tests.commitments import make

pytestmark = pytest.mark.django_db

FERRIES = {
    "reference": "T-1",
    "title": "Electric ferries on every island route",
    "statement": "Replace diesel ferries with electric ones on all twelve island routes.",
    "made_on": "2024-02-01",
}
FERRY_NEWS = (
    "The first electric ferry has entered service between the islands of Arran and Bute.\n\n"
    "It replaces a diesel vessel that had sailed the route for thirty years. "
    "Electric ferries will follow on the other island routes."
)

SMALL_SET: dict[str, list[dict[str, Any]]] = {
    "commitments": [FERRIES],
    "releases": [
        {
            "id": "one",
            "title": "Ferries",
            "published": "2024-05-01",
            "voice": "official",
            "kind": "",
            "text": FERRY_NEWS,
        },
        {"id": "two", "title": "Rain", "published": "2024-06-01", "voice": "official", "kind": "", "text": "It rains."},
    ],
    "links": [
        {
            "commitment": "T-1",
            "release": "one",
            "relation": "progress",
            "quote": FERRY_NEWS.splitlines()[0],
            "confidence": "certain",
            "figures": [],
        }
    ],
}


def train(**options: Any) -> Any:
    out = StringIO()
    call_command("train_linker", stdout=out, json=True, **options)
    return json.loads(out.getvalue())


def version(name: str = "other", shift: float = 0.0, **fields: Any) -> LinkerVersion:
    """A version that is as much surer of everything as `shift` says, in log-odds."""
    model = replace(shipped(), version=name, intercept=shipped().intercept + shift)
    return LinkerVersion.objects.create(
        name=name, **({"base": shipped().version, "values": model.as_json(), "data_sha256": "0" * 64} | fields)
    )


@pytest.fixture
def judged_by_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A labelled set that takes no time, in place of the shipped one."""
    for name, rows in SMALL_SET.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    monkeypatch.setattr(correcting, "JUDGED_BY", tmp_path)


_numbers = itertools.count()


def decide(count: int, accepts: Callable[[int], bool], like: dict[str, float] | None = None) -> None:
    """So many decisions of as many releases: what is accepted is told by a feature, or is unlike what is rejected."""
    about = make.commitment("Plant orchard trees")
    names = sorted(shipped().coefficients)[:5]
    drawn = random.Random(0)
    for number in range(count):
        accepted = accepts(number)
        features = {name: drawn.random() for name in names} | {"title in passage": 0.9 if number % 2 else 0.1}
        piece = make.evidence(
            about,
            make.release(f"Orchard trees {next(_numbers)}."),
            features=like if like and not accepted else features,
            score=0.6,
        )
        if accepted:
            decisions.accept(piece, make.deed())
        else:
            decisions.reject(piece, make.deed(), "Another orchard.")


def test_the_base_version_is_in_use_until_another_is() -> None:
    assert versions.in_use() == shipped()
    made = version()
    versions.use(made, make.user(), "Tried by hand.")
    assert versions.in_use().version == "other"
    train(use="base", reason="It was worse.")
    assert versions.in_use() == shipped()
    assert [(switch.version, switch.reason) for switch in LinkerSwitch.objects.order_by("pk")] == [
        (made, "Tried by hand."),
        (None, "It was worse."),
    ]


def test_suggestions_carry_the_version_in_use() -> None:
    import_rows([FERRIES])
    versions.use(version(), make.user(), "Tried by hand.")
    (piece,) = linking.link(make.release(FERRY_NEWS).latest_revision)
    assert piece.model_version == "other"


@pytest.mark.parametrize(
    ("fields", "reason", "complaint"),
    [
        ({"refused": "labelled documents, F1 0.7 after 0.8"}, "Why not.", "was refused"),
        ({"base": "an older base"}, "Why not.", "Learn from the decisions anew"),
        ({}, " ", "Say why"),
    ],
)
def test_what_must_not_come_into_use(fields: dict[str, str], reason: str, complaint: str) -> None:
    version(**fields)
    with pytest.raises(CommandError, match=complaint):
        train(use="other", reason=reason)
    assert versions.in_use() == shipped()


def test_a_correction_of_another_base_is_left_alone_after_an_upgrade() -> None:
    made = version(base="an older base")
    LinkerSwitch.objects.create(version=made, reason="Learnt before the upgrade.")
    assert versions.in_use() == shipped()


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(CommandError, match="no version “nine”"):
        train(use="nine", reason="Why not.")


def test_versions_and_switches_are_never_changed() -> None:
    switch = versions.use(version(), make.user(), "Tried by hand.")
    for row in (switch, LinkerVersion.objects.get()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            row.save()


def test_the_shipped_model_says_how_firm_it_is() -> None:
    firm = json.loads(FIRMNESS.read_text())
    assert firm["version"] == shipped().version
    assert set(shipped().coefficients) <= set(firm["wording"])
    assert set(shipped().setting) <= set(firm["setting"])


@pytest.mark.usefixtures("judged_by_little")
def test_decisions_alone_make_a_version_that_is_used_and_never_touch_the_checkout() -> None:
    before = SHIPPED.read_bytes()
    decide(60, lambda number: number % 2 == 1)
    printed = train(from_decisions=True)
    assert printed["refused"] == ""
    assert printed["in use"] == printed["version"] == f"{shipped().version}+1"
    assert printed["decisions"] == {"accepted": 30, "rejected": 30, "relation changed": 0, "attached by staff": 0}
    assert printed["after"]["held-back decisions, precision"] >= printed["before"]["held-back decisions, precision"]
    made = LinkerVersion.objects.get()
    assert made.after == printed["after"]
    assert len(made.data_sha256) == 64
    assert versions.in_use().coefficients["title in passage"] > shipped().coefficients.get("title in passage", 0)
    assert SHIPPED.read_bytes() == before


@pytest.mark.usefixtures("judged_by_little")
def test_a_version_that_would_be_worse_is_kept_and_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "STRENGTHS", (50.0,))
    import_rows([FERRIES])
    (piece,) = linking.link(make.release(FERRY_NEWS).latest_revision)
    decide(60, lambda number: number % 2 == 1, like=piece.features)
    printed = train(from_decisions=True)
    assert "labelled documents, F1 0.000 after 1.000" in printed["refused"]
    assert LinkerVersion.objects.get().refused == printed["refused"]
    assert printed["in use"] == shipped().version
    assert not LinkerSwitch.objects.exists()


@pytest.mark.usefixtures("judged_by_little")
def test_a_dry_run_keeps_nothing() -> None:
    decide(60, lambda number: number % 2 == 1)
    assert train(from_decisions=True, dry_run=True)["version"] == ""
    assert not LinkerVersion.objects.exists()


@pytest.mark.usefixtures("judged_by_little")
@pytest.mark.parametrize(
    ("count", "accepts", "complaint"),
    [(12, lambda number: number % 2 == 1, "12 decisions"), (40, lambda number: True, "40 accept and 0 reject")],
)
def test_what_nothing_can_be_learnt_from(count: int, accepts: Any, complaint: str) -> None:
    decide(count, accepts)
    with pytest.raises(CommandError, match=complaint):
        train(from_decisions=True)


@pytest.mark.usefixtures("judged_by_little")
def test_a_rejection_as_a_duplicate_does_not_teach_that_it_is_about_something_else() -> None:
    decide(30, lambda number: number % 2 == 1)
    piece = make.evidence(make.commitment(), make.release("Trees."), features={"title in passage": 1.0})
    decisions.reject(piece, make.deed(), "Duplicate of the one above.")
    printed = train(from_decisions=True, dry_run=True)
    assert printed["decisions"]["left out: said for what it repeats"] == 1


def test_without_the_labelled_documents_nothing_is_learnt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(correcting, "JUDGED_BY", tmp_path / "nowhere")
    decide(60, lambda number: number % 2 == 1)
    with pytest.raises(CommandError, match=r"commitments\.jsonl"):
        train(from_decisions=True)


@pytest.fixture
def suggested() -> Evidence:
    import_rows([FERRIES])
    (piece,) = linking.link(make.release(FERRY_NEWS).latest_revision)
    return piece


def test_relinking_scores_undecided_suggestions_anew(suggested: Evidence) -> None:
    versions.use(version(shift=1.0), make.user(), "Surer.")
    assert train(relink=True)["scored anew"] == 1
    before = suggested.score
    suggested.refresh_from_db()
    assert suggested.score > before
    assert suggested.model_version == "other"
    assert f"{suggested.score:.2f}" in suggested.reasons[-1]
    assert train(relink=True)["releases"] == 0


def test_relinking_withdraws_what_scores_too_little_and_adds_what_is_new(suggested: Evidence) -> None:
    versions.use(version("timid", shift=-9.0), make.user(), "Less sure.")
    assert train(relink=True)["withdrawn"] == 1
    assert not Evidence.objects.exists()
    train(use="base", reason="Too timid.")
    assert train(relink=True)["new"] == 1


@pytest.mark.parametrize("accepted", [True, False])
def test_relinking_leaves_what_was_decided(suggested: Evidence, accepted: bool) -> None:
    if accepted:
        decisions.accept(suggested, make.deed())
    else:
        decisions.reject(suggested, make.deed(), "Another ferry.")
    before = Evidence.objects.filter(pk=suggested.pk).values().get()
    for name, shift in (("timid", -9.0), ("eager", 2.0)):
        versions.use(version(name, shift), make.user(), "Tried.")
        train(relink=True)
    assert Evidence.objects.values().get() == before


def test_what_was_accepted_before_speaks_for_a_passage_and_what_was_rejected_against_it() -> None:
    import_rows([FERRIES])
    commitment = Commitment.objects.get()
    text = "Passengers boarded a vessel driven by batteries at Brodick pier, one of the new electric ferries."

    def score(**memory: list[str]) -> tuple[float, list[str]]:
        kept = {kind: [sorted(words.split())] for kind, (words,) in memory.items()}
        model = replace(shipped(), version=str(memory), memory={str(commitment.pk): kept}, threshold=0.0)
        made = linker.link(make.release(text).latest_revision, model=model)
        return made[0].score, made[0].reasons

    plain, _ = score()
    accepted, for_it = score(accepted=["batteri brodick pier"])
    rejected, against_it = score(rejected=["batteri brodick pier"])
    assert rejected < plain < accepted
    assert any("accepted before" in reason and "Brodick" in reason for reason in for_it)
    assert any("rejected before" in reason for reason in against_it)


@pytest.fixture
def two_counts() -> tuple[Evidence, Evidence]:
    """Suggestions of two releases that give a count each."""
    import_rows([make.ORCHARDS])
    first, second = (
        linking.link(
            make.release(f"The agency has planted {count} orchard trees since March.", published=day).latest_revision
        )
        for count, day in (("12,500", dt.date(2024, 5, 1)), ("13,000", dt.date(2024, 6, 1)))
    )
    return first[0], second[0]


def test_rejecting_an_earlier_report_changes_what_a_later_one_is_said_to_add(
    two_counts: tuple[Evidence, Evidence],
) -> None:
    first, second = two_counts

    def follows_the_first() -> bool:
        return any("after 12,500" in reason for reason in second.reasons)

    assert follows_the_first()
    decisions.reject(first, make.deed(), "Another orchard.")
    second.refresh_from_db()
    assert not follows_the_first()
    decisions.accept(first, make.deed())
    second.refresh_from_db()
    assert follows_the_first()


def test_what_an_editor_has_put_right_stays_when_an_earlier_report_is_rejected(
    two_counts: tuple[Evidence, Evidence],
) -> None:
    first, second = two_counts
    decisions.correct(second, make.deed(), relation="slips", tier=second.tier, restated={}, dropped=[])
    decisions.reject(first, make.deed(), "Another orchard.")
    second.refresh_from_db()
    assert second.relation == "slips"
