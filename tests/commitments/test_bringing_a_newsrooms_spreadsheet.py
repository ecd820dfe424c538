"""Five hundred promises come in from the spreadsheet in which a newsroom has kept them for years."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.bringing.columns import REASON, field_of
from commitments.bringing.kinds.commitment import COLUMNS
from commitments.bringing.reading import read
from commitments.models import Commitment, Definition, Import, StatusChange
from tests.commitments import newsroom
from tests.commitments.bringing import Editor, outcomes, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Editor:
    return Editor.signed_in(client)


def exported() -> str:
    out = io.StringIO()
    call_command("export_commitments", stdout=out)
    return out.getvalue()


def test_a_newsrooms_spreadsheet_is_mapped_previewed_brought_in_and_goes_round(editor: Editor, tmp_path: Path) -> None:
    which = editor.bring("Tracker.xlsx", newsroom.workbook())

    # Names in two merged rows below the titles; what could be guessed is suggested.
    assert which.header_line == 5
    assert which.rows_in_all == newsroom.ROWS
    assert which.mapping["Pledge ID"] == "reference"
    assert which.mapping["Who and when – Ministry"] == "department"
    assert which.mapping["Reporter"] == ""
    html = editor.client.get(page(which)).content.decode()
    assert "Goal – What we count" in html
    assert "Open 1 libraries in county 1" in html

    which = editor.say(which, newsroom.SAID)

    # Every bad row is explained, and no other.
    assert outcomes(which) == {"made": 460, "refused": 40}
    refused = list(which.rows.filter(outcome="refused"))
    assert {row.line for row in refused} == newsroom.bad_lines()
    assert all(row.complaints for row in refused)
    html = editor.client.get(page(which), {"rows": "refused"}).content.decode()
    assert html.count('<tr class="refused">') == 40
    for words in ("</b>: “12/31/2024” is not a date; write it as 2025-03-31 or 31/03/2025", "lots"):
        assert words in html
    assert Commitment.objects.count() == 0

    # The good rows come in; the bad ones come back with their reasons, and are brought again when put right.
    which = editor.decide(which, only_good="yes")
    assert which.state == "done"
    assert Commitment.objects.count() == 460
    handed_back = editor.client.get(page(which, "refused"))
    table = read(handed_back.content, "back.xlsx", field_of(COLUMNS))
    assert len(table.rows) == 40
    assert all(row[REASON] for _, row in table.rows)
    third = Commitment.objects.get(reference="NR-003")
    assert (third.made_on.isoformat(), third.department.name) == ("2024-07-08", "Ministry 3")
    target = Definition.objects.get(commitment__reference="NR-005").target
    assert (target.value, target.series.metric, target.unit) == (5000, "libraries open", "libraries")
    change = StatusChange.objects.get(commitment__reference="NR-002")
    assert (change.to_status, change.effective_from.isoformat(), change.recorded_by.username) == (
        *("on_track", "2025-06-01"),
        "edith",
    )

    # The columns are remembered.
    assert editor.bring("Tracker (2).xlsx", newsroom.workbook()).mapping == which.mapping

    # Taken away in each form and brought again, nothing changes.
    before = exported()
    for form in ("xlsx", "csv", "jsonl"):
        file = editor.client.get(reverse("admin:commitments_import_export", args=["commitments", form]))
        again = editor.say(editor.bring(f"record.{form}", file.content), update="yes")
        assert outcomes(again) == {"unchanged": 460}, form
        assert editor.decide(again).state == "done"
    assert exported() == before


def test_all_or_nothing_unless_the_good_rows_are_asked_for(editor: Editor) -> None:
    rows = "reference,title,statement\nA-1,Trees,Plant trees.\nA-2,,Plant more.\n"
    which = editor.say(editor.bring("r.csv", rows))
    assert editor.decide(which).state == "checked"
    assert Commitment.objects.count() == 0


def test_what_was_changed_since_the_preview_is_looked_at_again(editor: Editor) -> None:
    rows = "reference,title,statement\nA-1,Trees,Plant trees.\n"
    which = editor.say(editor.bring("r.csv", rows))
    other = editor.say(editor.bring("s.csv", rows))
    assert editor.decide(other).state == "done"
    which = editor.decide(which)
    assert which.state == "checked"
    assert "changed since" in which.problem
    assert outcomes(which) == {"refused": 1}


# Taking back.


def test_an_import_is_taken_back_by_further_entries_and_can_be_brought_again(editor: Editor) -> None:
    first = "reference,title,statement,status,status_on\nA-1,Trees,Plant trees.,in_progress,2025-01-01\n"
    editor.decide(editor.say(editor.bring("r.csv", first)))
    before = json.loads(exported())
    second = (
        "reference,title,statement,status,status_on,milestones,deadline_text\n"
        'A-1,Woods,Plant woods.,abandoned,2025-02-01,"[{""title"": ""Dig""}]",by 2028\nA-2,Roads,Build roads.,,,,\n'
    )
    which = editor.decide(editor.say(editor.bring("s.csv", second), update="yes"))
    assert outcomes(which) == {"made": 1, "changed": 1}

    editor.client.post(page(which, "undo"))

    which.refresh_from_db()
    assert which.state == "undone"
    after = {row["reference"]: row for row in map(json.loads, exported().splitlines())}
    assert after["A-1"] == before | {"status_on": after["A-1"]["status_on"]}
    assert after["A-2"]["publication"] == "draft"
    assert StatusChange.objects.filter(corrects__isnull=False).count() == 1
    assert [one.kind for one in Definition.objects.filter(commitment__reference="A-1").order_by("pk")] == [
        *("original", "editorial_correction", "editorial_correction"),
    ]
    again = "reference,title,statement\nA-2,Roads,Build roads.\n"
    assert editor.decide(editor.say(editor.bring("t.csv", again))).state == "done"
    assert Commitment.objects.get(reference="A-2").publication == "published"


def test_an_import_on_which_somebody_has_built_is_not_taken_back(editor: Editor) -> None:
    rows = "reference,title,statement\nA-1,Trees,Plant trees.\nA-2,Roads,Build roads.\n"
    which = editor.decide(editor.say(editor.bring("r.csv", rows)))
    StatusChange.objects.create(
        commitment=Commitment.objects.get(reference="A-2"),
        to_status="in_progress",
        reason="They began.",
        effective_from=timezone.localdate(),
        recorded_by=User.objects.get(),
    )
    assert "added, of commitment “A-2”" in editor.client.get(page(which)).content.decode()

    html = editor.client.post(page(which, "undo"), follow=True).content.decode()

    assert "Something has been built on it" in html
    assert Commitment.objects.filter(publication="published").count() == 2


def test_an_import_of_the_command_is_taken_back_by_the_command(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("reference,title,statement\nA-1,Trees,Plant trees.\n")
    call_command("import_commitments", path, stdout=io.StringIO(), stderr=io.StringIO())
    call_command("undo_import", Import.objects.get().pk, stdout=io.StringIO())
    assert Commitment.objects.get().publication == "draft"


def test_the_bad_rows_of_a_command_are_written_beside_their_reasons(tmp_path: Path) -> None:
    path, back = tmp_path / "r.csv", tmp_path / "back.csv"
    path.write_text("reference;title;statement\nA-1;Trees;Plänt\nA-2;;Plant more.\n", encoding="cp1252")
    out: Any = io.StringIO()
    call_command("import_commitments", path, good_rows=True, bad_rows=back, stdout=out, stderr=out)
    assert "Created 1, updated 0, left unchanged 0. 1 were refused and left." in out.getvalue()
    assert "Windows-1252" in out.getvalue()
    assert Definition.objects.get().statement == "Plänt"
    assert "A-2,,Plant more.,title: is required and empty" in back.read_text("utf-8-sig")
