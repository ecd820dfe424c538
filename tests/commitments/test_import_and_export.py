"""A record comes in, whole or not at all, and goes out so that it can come in again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from commitments.bringing.checking import Row
from commitments.bringing.kinds.commitment import read
from commitments.models import Commitment, Definition, StatusChange

pytestmark = pytest.mark.django_db

GOOD = {"reference": "A-1", "title": "Plant 1,000 trees", "statement": "Plant a thousand trees in Leeds."}


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".csv":
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(command: str, *arguments: object, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=out, **options)
    return out.getvalue()


def exported() -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("export_commitments").splitlines()]


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_three_columns_are_enough(tmp_path: Path, ending: str) -> None:
    assert "Created 1" in run("import_commitments", write(tmp_path / f"record{ending}", [GOOD]))
    commitment = Commitment.objects.get()
    assert (commitment.publication, commitment.kind) == ("published", "action")
    assert commitment.first_definition.statement == GOOD["statement"]
    assert StatusChange.objects.count() == 0


def test_every_column_arrives(tmp_path: Path) -> None:
    row = GOOD | {
        "quote": "A thousand trees.",
        "quote_url": "https://ministry.example/trees",
        "made_on": "2024-09-01",
        "administration": "Green 2024",
        "department": "Forestry",
        "policy_area": "Nature",
        "kind": "outcome",
        "status": "in_progress",
        "deadline_text": "in 2025",
        "deadline_earliest": "2025-01-01",
        "deadline_latest": "2025-12-31",
        "target_metric": "trees planted",
        "target_comparator": "at least",
        "target_value": "1,000",
        "target_unit": "trees",
        "baseline_value": "12.5",
        "baseline_date": "2024-01-01",
        "keywords": "saplings",
        "milestones": json.dumps(
            [{"title": "First", "deadline_text": "by 1 March 2025", "earliest": None, "latest": "2025-03-01"}]
        ),
    }
    run("import_commitments", write(tmp_path / "record.csv", [row]))
    definition = Definition.objects.get()
    assert definition.target.value == 1000
    assert definition.target.baseline_value == 12.5
    assert definition.deadline_latest == dt.date(2025, 12, 31)
    change = StatusChange.objects.get()
    assert (change.to_status, change.imported_from) == ("in_progress", "record.csv")
    assert "record.csv" in change.reason
    assert Commitment.objects.get().milestones.get().deadline_latest == dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"made_on": "03/31/2025"}, "line 3, made_on: “03/31/2025” is not a date; write it as 2025-03-31"),
        ({"reference": "A-1"}, "line 3, reference: “A-1” is on line 2 already"),
        ({"status": "done"}, "line 3, status: “done” is not known; use one of: not_started, in_progress"),
        ({"kind": "wish"}, "line 3, kind: “wish” is not known"),
        ({"title": ""}, "line 3, title: is required and empty"),
        ({"statement": "  "}, "line 3, statement: is required and empty"),
        ({"target_metric": "trees", "target_value": "many"}, "line 3, target_value: “many” is not a number"),
        ({"target_value": "5"}, "line 3, target_metric: is empty although target_value is given"),
        ({"milestones": "soon"}, "line 3, milestones: is not JSON"),
        (
            {"milestones": '[{"title": "x", "latest": "May"}]'},
            "line 3, milestones: number 1, latest: “May” is not a date",
        ),
        (
            {"deadline_earliest": "2025-02-01", "deadline_latest": "2025-01-01"},
            "line 3, deadline_earliest: 2025-02-01 is after",
        ),
        ({"quote_url": "javascript:alert(1)"}, "line 3, quote_url: should begin with http"),
        ({"title": "x" * 301}, "line 3, title: has 301 characters; at most 300"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_imported(tmp_path: Path, change: dict[str, str], complaint: str) -> None:
    path = write(tmp_path / "record.csv", [GOOD, GOOD | {"reference": "A-2"} | change])
    with pytest.raises(CommandError) as refusal:
        run("import_commitments", path)
    assert complaint in str(refusal.value)
    assert Commitment.objects.count() == 0


def test_all_bad_rows_are_named_at_once(tmp_path: Path) -> None:
    rows = [GOOD | {"reference": f"A-{n}", "made_on": "soon"} for n in range(5)]
    with pytest.raises(CommandError, match="5 things are wrong"):
        run("import_commitments", write(tmp_path / "record.jsonl", rows))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"name,words\na,b\n", "names no column .reference."),
        (b'reference,title,statement\nA-1,"broken', "is broken at line"),
        (b"reference,title,statement\nA-1,b,c,d\n", "more cells than the header"),
        (b'{"reference": "A-1"\n', "is not JSON"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "record"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=complaint):
        run("import_commitments", path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run("import_commitments", tmp_path / "nowhere.csv")


def test_unknown_columns_are_named_and_left(tmp_path: Path) -> None:
    assert "mood" in run("import_commitments", write(tmp_path / "r.csv", [GOOD | {"mood": "grim"}]))
    assert Commitment.objects.count() == 1


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    assert "Would have created 1" in run("import_commitments", write(tmp_path / "r.csv", [GOOD]), dry_run=True)
    assert Commitment.objects.count() == 0


def test_what_is_recorded_already_is_changed_only_when_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", [GOOD])
    run("import_commitments", path)
    with pytest.raises(CommandError, match="use --update"):
        run("import_commitments", path)
    assert "unchanged 1" in run("import_commitments", path, update=True)
    path = write(tmp_path / "r.csv", [GOOD | {"statement": "Plant two thousand trees."}])
    assert "updated 1" in run("import_commitments", path, update=True)
    words = [(d.kind, d.statement) for d in Definition.objects.order_by("pk")]
    assert words == [("original", GOOD["statement"]), ("editorial_correction", "Plant two thousand trees.")]
    assert exported()[0]["statement"] == "Plant two thousand trees."


def test_an_update_leaves_columns_that_the_file_does_not_have(tmp_path: Path) -> None:
    run("import_commitments", write(tmp_path / "r.csv", [GOOD | {"department": "Forestry", "target_metric": "trees"}]))
    run("import_commitments", write(tmp_path / "r.csv", [GOOD | {"title": "Plant trees"}]), update=True)
    row = exported()[0]
    assert (row["title"], row["department"], row["target_metric"]) == ("Plant trees", "Forestry", "trees")
    assert Definition.objects.count() == 1


def test_an_interval_is_derived_from_the_words(tmp_path: Path) -> None:
    row = GOOD | {"deadline_text": "early 2025", "made_on": "2024-11-28"}
    run("import_commitments", write(tmp_path / "r.csv", [row]))
    assert (exported()[0]["deadline_earliest"], exported()[0]["deadline_latest"]) == ("2025-01-01", "2025-04-30")


def test_an_imported_achievement_without_its_day_is_neither_on_time_nor_late(tmp_path: Path) -> None:
    done = GOOD | {"status": "achieved", "deadline_latest": "2024-12-31"}
    dated = done | {"reference": "A-2", "status_on": "2024-11-30"}
    run("import_commitments", write(tmp_path / "r.csv", [done, dated]))
    on = dt.date(2026, 1, 1)
    timings = {c.reference: c.timing_on(on) for c in Commitment.objects.all()}
    assert timings == {"A-1": "closed", "A-2": "on_time"}


@pytest.mark.shared
def test_the_labelled_record_goes_round_unchanged(shared: Path, tmp_path: Path) -> None:
    run("import_commitments", shared / "gold" / "full" / "commitments.jsonl")
    first = run("export_commitments")
    path = tmp_path / "again.jsonl"
    path.write_text(first)
    assert "unchanged" in (report := run("import_commitments", path, update=True))
    assert "updated 0" in report
    assert run("export_commitments") == first


def test_words_with_line_ends_of_other_kinds_go_round(tmp_path: Path) -> None:
    words = "One line.\u2028Another.\x85A third.\x0cA fourth."
    run("import_commitments", write(tmp_path / "in.jsonl", [{**GOOD, "statement": words}]))
    path = tmp_path / "out.jsonl"
    path.write_text(run("export_commitments"), encoding="utf-8")
    assert "updated 0" in run("import_commitments", path, update=True)
    assert Definition.objects.get().statement == words


@pytest.mark.parametrize("character", ["\x00", "\ud800"])
def test_a_character_that_no_database_keeps_is_a_line_of_complaint(tmp_path: Path, character: str) -> None:
    path = write(tmp_path / "in.jsonl", [{**GOOD, "title": f"Trees {character}"}])
    with pytest.raises(CommandError, match="line 1, title: holds a character that cannot be kept"):
        run("import_commitments", path)
    assert not Commitment.objects.exists()


text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)


@hypothesis_settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "reference",
                "title",
                "statement",
                "made_on",
                "status",
                "target_value",
                "milestones",
                "deadline_text",
                "keywords",
            ]
        ),
        st.one_of(st.none(), text, st.integers(), st.booleans(), st.lists(text), st.dictionaries(text, text)),
        max_size=9,
    )
)
def test_any_row_is_read_or_complained_of(raw: dict[str, object]) -> None:
    result = read(1, raw, dt.date(2026, 1, 1))
    if isinstance(result, Row):
        assert result["reference"]
        assert result["statement"]
    else:
        assert result
        assert all(complaint.message for complaint in result)
