"""A small record with something of everything, for tests of what leaves it as data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from commitments import decisions
from commitments.models import (
    Administration,
    Commitment,
    Definition,
    Department,
    Evidence,
    Milestone,
    PolicyArea,
    StatusChange,
)
from commitments.models.evidence import quote_key

from . import make


@dataclass(frozen=True)
class Record:
    trees: Commitment
    bridge: Commitment
    evidence: Evidence
    suggestion: Evidence
    draft: Commitment
    wrong: StatusChange


def write() -> Record:
    """Trees: reworded, judged, corrected, measured; a bridge; a draft with evidence that nobody may see."""
    editor = make.user()
    department = Department.objects.create(name="Forests", slug="forests")
    made = make.commitment(
        "Plant trees",
        due=timezone.localdate() - dt.timedelta(days=2),
        department=department,
        policy_area=PolicyArea.objects.create(name="Nature", slug="nature"),
        administration=Administration.objects.create(name="The 2024 government", slug="2024"),
    )
    series = make.target(made, "trees planted", "trees", 20000)
    text = "In all 9,400 trees stand.\n\nMore will follow."
    release = make.release(text, title="9,400 trees")
    piece = make.evidence(made, release, text.split("\n")[0], figures=[make.figure(9400, series, start=7, end=12)])
    decisions.accept(piece, make.deed(editor))
    suggestion = make.evidence(made, make.release("A whisper of trees.", title="Whisper"))
    Definition.objects.create(
        commitment=made,
        kind="date_change",
        statement="Plant trees by autumn.",
        quote="=They will be planted, by “autumn”,\nthey said.",
        effective_from=dt.date(2025, 3, 1),
        deadline_text="by autumn",
        deadline_earliest=timezone.localdate(),
        deadline_latest=timezone.localdate() + dt.timedelta(days=60),
    )
    day = dt.date(2025, 2, 1)
    wrong = decisions.change_status(made, "achieved", editor, "The minister said so.", day, absence="Looked.")
    decisions.change_status(made, "off_track", editor, "She meant another wood.", day, corrects=wrong)
    soon = timezone.localdate() + dt.timedelta(days=9)
    Milestone.objects.create(
        commitment=made, title="Dig", deadline_text="by then", deadline_earliest=soon, deadline_latest=soon
    )
    bridge = make.commitment("Mend the bridge", due=timezone.localdate() + dt.timedelta(days=2))
    draft = make.commitment("A secret lighthouse", publication="draft", department=department, due=soon)
    hidden = make.evidence(draft, make.release("A lighthouse, in secret.", title="Unrelated"))
    decisions.accept(hidden, make.deed(editor))
    return Record(made, bridge, piece, suggestion, draft, wrong)


def many(count: int) -> None:
    """So many more commitments, each with a department, a step, a judgement and a piece of evidence."""
    today, now, editor = timezone.localdate(), timezone.now(), make.user()
    stem = f"{Commitment.objects.count()}-"
    revision = make.release("Something was done.", at=make.source(f"Source {stem}")).latest_revision
    departments = Department.objects.bulk_create(
        Department(name=f"Department {stem}{n}", slug=f"department-{stem}{n}") for n in range(count)
    )
    made = Commitment.objects.bulk_create(
        Commitment(reference=f"M-{stem}{n}", slug=f"many-{stem}{n}", title=f"Promise {n}", department=department)
        for n, department in enumerate(departments)
    )
    Definition.objects.bulk_create(
        Definition(commitment=one, statement="All of it.", effective_from=today, deadline_latest=today) for one in made
    )
    Milestone.objects.bulk_create(Milestone(commitment=one, title="Step", deadline_latest=today) for one in made[:50])
    StatusChange.objects.bulk_create(
        StatusChange(commitment=one, to_status="in_progress", reason="Begun.", effective_from=today, recorded_by=editor)
        for one in made
    )
    Evidence.objects.bulk_create(
        Evidence(
            commitment=one,
            release=revision.release,
            revision=revision,
            quote=revision.text,
            quote_key=quote_key(revision.text),
            start=0,
            end=len(revision.text),
            state="accepted",
            relation="progress",
            decided_at=now,
            decided_by=editor,
        )
        for one in made
    )
