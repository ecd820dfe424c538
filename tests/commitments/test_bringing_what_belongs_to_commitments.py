"""Statuses, definitions, evidence and figures come in from files, and go out so that they can come in again."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from commitments.models import Commitment, Definition, Evidence, Measurement, Series, StatusChange
from tests.commitments import make
from tests.commitments.bringing import Editor, outcomes, page
from tracker.models import Release

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Editor:
    return Editor.signed_in(client)


@pytest.fixture
def trees(db: None) -> Commitment:
    """A commitment with a target, to plant 1,000 trees."""
    made = make.commitment("Plant trees", due=dt.date(2028, 12, 31))
    make.target(made, "trees planted", "trees", 1000)
    return made


def goes_round(editor: Editor, kind: str) -> None:
    for form in ("xlsx", "csv", "jsonl"):
        again = editor.say(editor.bring(f"again.{form}", editor.taken_away(kind, form), kind))
        assert set(outcomes(again)) == {"unchanged"}, (form, again.rows.exclude(outcome="unchanged").first().complaints)


def refusals(editor: Editor, kind: str, body: str) -> list[str]:
    which = editor.say(editor.bring("bad.csv", body, kind))
    return [f"{field}: {message}" for row in which.rows.filter(outcome="refused") for field, message in row.complaints]


# Statuses.

HISTORY = """Ref,Verdict,Since,Why
{ref},In progress,1 May 2024,They dig.
{ref},off track,01/03/2025,They stopped digging.
{ref},abandoned,2025-09-01,They said so.
"""


def test_a_history_of_statuses_comes_in_and_is_taken_back(editor: Editor, trees: Commitment) -> None:
    which = editor.brought("history.csv", HISTORY.format(ref=trees.reference), "status")

    assert outcomes(which) == {"made": 3}
    assert trees.status_on(dt.date(2025, 4, 1)) == "off_track"
    assert trees.status_on(dt.date(2026, 1, 1)) == "abandoned"
    last = StatusChange.objects.get(to_status="abandoned")
    assert (last.from_status, last.imported_from, last.recorded_by) == ("off_track", "history.csv", editor.person)
    goes_round(editor, "status")

    editor.undo(which)

    assert which.state == "undone"
    assert {trees.status_on(dt.date(year, 10, 1)) for year in (2024, 2025, 2026)} == {"not_started"}
    assert StatusChange.objects.filter(corrects__isnull=False).count() == 3


def test_a_status_that_somebody_has_corrected_keeps_its_import(editor: Editor, trees: Commitment) -> None:
    which = editor.brought("history.csv", HISTORY.format(ref=trees.reference), "status")
    StatusChange.objects.create(
        commitment=trees,
        corrects=StatusChange.objects.get(to_status="abandoned"),
        to_status="in_progress",
        reason="They had not.",
        effective_from=dt.date(2025, 9, 1),
        recorded_by=editor.person,
    )
    assert "was corrected" in editor.undo(which)
    assert which.state == "done"


def test_a_final_status_from_a_file_does_not_pass_by_the_second_pair_of_eyes(
    editor: Editor, trees: Commitment, settings: object
) -> None:
    settings.SECOND_EDITOR = True  # type: ignore[attr-defined]
    which = editor.brought("history.csv", HISTORY.format(ref=trees.reference), "status")
    assert outcomes(which) == {"made": 3}  # what was judged before it came here

    (said,) = refusals(editor, "status", f"Ref,Verdict,Since\n{trees.reference},achieved,2026-01-01\n")

    assert said.startswith("status: a final status needs a second pair of eyes")


def test_statuses_that_cannot_be_are_refused_with_the_reason(editor: Editor, trees: Commitment) -> None:
    body = f"Ref,Verdict,Since\nX-9,achieved,2025-01-01\n{trees.reference},soon,2025-01-01\n{trees.reference},lapsed,\n"
    assert refusals(editor, "status", body) == [
        "reference: “X-9” is not on record; bring the commitment first",
        "status: “soon” is not known; use one of: not_started, in_progress, on_track, off_track, achieved, "
        "partly_achieved, not_achieved, abandoned, unclear, lapsed",
        "from_day: is required and empty",
    ]


# Definitions.


def test_what_a_promise_meant_later_comes_in_and_is_taken_back(editor: Editor, trees: Commitment) -> None:
    body = (
        "reference,kind,statement,announced,deadline,what,metric,target,unit,explained\n"
        f"{trees.reference},date change,Plant them by 2029.,01/05/2025,by the end of 2029,,trees planted,800,trees,no\n"
        f"{trees.reference},dropped,Plant none.,1 May 2026,,,,,,yes\n"
    )
    which = editor.brought("definitions.csv", body, "definitions")

    assert outcomes(which) == {"made": 2}
    moved = Definition.objects.get(kind="date_change")
    assert (moved.deadline_latest, moved.explanation_given, moved.target.value) == (dt.date(2029, 12, 31), False, 800)
    assert moved.target.series == Series.objects.get()
    assert trees.definition_on(dt.date(2026, 6, 1)).kind == "dropped"
    goes_round(editor, "definitions")

    editor.undo(which)

    now = trees.definition_on(dt.date(2026, 6, 1))
    assert (now.kind, now.statement, now.target.value) == ("editorial_correction", "Plant trees, all of it.", 1000)
    assert trees.definition_on(dt.date(2025, 6, 1)).deadline_latest == dt.date(2028, 12, 31)


def test_a_second_first_promise_is_refused(editor: Editor, trees: Commitment) -> None:
    body = f"reference,kind,statement,announced\n{trees.reference},original,Plant two.,2024-01-01\n"
    (said,) = refusals(editor, "definitions", body)
    assert said.startswith("kind: the first promise is recorded already")


# Figures.


def test_figures_come_in_and_are_taken_back(editor: Editor, trees: Commitment) -> None:
    body = (
        "Ref;Measure;Units;Figure;About;As of;Published;Source\n"
        f"{trees.reference};Trees planted;trees;1,250;nearly;31 March 2025;24/04/2025;Table 2a\n"
        f"{trees.reference};seedlings;;2.5;;;24/04/2025;\n"
    )
    which = editor.brought("figures.csv", body, "measurements")

    assert outcomes(which) == {"made": 2}
    point = Measurement.objects.get(value=1250)
    assert (point.series.metric, point.qualifier, point.as_of) == ("trees planted", "nearly", dt.date(2025, 3, 31))
    assert point.where_from == "Table 2a"
    assert sorted(trees.series.values_list("metric", flat=True)) == ["seedlings", "trees planted"]
    goes_round(editor, "measurements")

    editor.undo(which)

    assert not Measurement.objects.shown().exists()
    assert Measurement.objects.count() == 2


def test_figures_that_cannot_be_are_refused_with_the_reason(editor: Editor, trees: Commitment) -> None:
    trees.series.add(Series.objects.create(metric="trees planted", unit="thousands"))
    body = (
        "reference,metric,unit,value,high,published_on\n"
        f'{trees.reference},trees planted,,5,,2025-01-01\n{trees.reference},trees planted,trees,"2,5",,2025-01-01\n'
        f"{trees.reference},trees planted,trees,5,4,2025-01-01\n{trees.reference},trees planted,trees,5,,2031-01-01\n"
    )
    assert refusals(editor, "measurements", body) == [
        "unit: is needed: several series of the commitment count this",
        "value: “2,5” is not a number that can be kept; write it as 13000 or 2.5",
        "high: is less than the value; give the lower number as value",
        "published_on: 2031-01-01 has not come yet",
    ]


# Evidence.

WORDS = "The ministry has planted 640 trees so far. It will plant more."


def test_evidence_joins_the_release_that_has_its_words_and_is_taken_back(editor: Editor, trees: Commitment) -> None:
    release = make.release(WORDS)
    address = release.url.replace("https://", "http://www.") + "/?utm_source=mail"
    body = (
        f"Ref,Link,Passage,Relation\n{trees.reference},{address},The ministry has  planted 640 trees so far.,Progress\n"
    )
    which = editor.brought(
        "evidence.csv", body.replace("Relation", "relation").replace("Progress", "progress"), "evidence"
    )

    assert outcomes(which) == {"made": 1}
    piece = Evidence.objects.get()
    assert (piece.state, piece.relation, piece.decided_by) == ("accepted", "progress", editor.person)
    assert piece.quote == "The ministry has planted 640 trees so far."
    assert [entry.kind for entry in piece.decisions.order_by("pk")] == ["placed", "accepted"]
    goes_round(editor, "evidence")

    editor.undo(which)

    piece.refresh_from_db()
    assert (which.state, piece.state, piece.teaches) == ("undone", "rejected", False)


def test_a_suggestion_that_a_file_accepts_is_accepted(editor: Editor, trees: Commitment) -> None:
    piece = make.evidence(trees, make.release(WORDS), "It will plant more.", relation="announces")
    body = f"Ref,Link,Passage\n{trees.reference},{piece.release.url},It will plant more.\n"
    which = editor.brought("evidence.csv", body, "evidence")
    assert outcomes(which) == {"changed": 1}
    piece.refresh_from_db()
    assert (piece.state, piece.relation) == ("accepted", "announces")
    assert "has been built on it" not in editor.undo(which)
    piece.refresh_from_db()
    assert piece.state == "suggested"


def test_evidence_on_which_a_status_rests_keeps_its_import(editor: Editor, trees: Commitment) -> None:
    release = make.release(WORDS)
    body = f"Ref,Link,Passage\n{trees.reference},{release.url},It will plant more.\n"
    which = editor.brought("evidence.csv", body, "evidence")
    StatusChange.objects.create(
        commitment=trees,
        to_status="achieved",
        reason="So they said.",
        evidence=Evidence.objects.get(),
        effective_from=dt.date(2025, 2, 1),
        recorded_by=editor.person,
    )
    assert "rests on this evidence" in editor.undo(which)
    assert which.state == "done"


def test_evidence_of_no_release_here_is_refused_with_what_to_do(editor: Editor, trees: Commitment) -> None:
    release = make.release(WORDS)
    body = f"Ref,Link,Passage\n{trees.reference},https://elsewhere.example/a,More.\n{trees.reference},{release.url},Less.\n"
    assert refusals(editor, "evidence", body) == [
        "release_url: no release of this address is stored here; add it, or to keep the passage give "
        "release title, published, publisher, voice",
        "quote: does not stand in any version of the release; quote it exactly",
    ]


def test_passages_of_releases_that_are_not_here_are_kept_as_what_they_are(editor: Editor, trees: Commitment) -> None:
    """Years of notes: the pages may be gone, and what was copied from them still counts."""
    origin = "https://ministry.example/gone,Trees at last,2025-01-09,Ministry of Trees,official"
    head = "Ref,Link,Title,Published,Publisher,Voice,Passage\n"
    first, second, later = "They planted 640 trees.", "Another 60 were lost.", "In May it was 900 trees."
    body = head + "".join(f"{trees.reference},{origin},{quote}\n" for quote in (first, second))
    which = editor.brought("notes.csv", body, "evidence")

    assert outcomes(which) == {"made": 2}
    release = Release.objects.get()
    assert release.latest_revision.text == f"{first}\n\n{second}"
    assert (release.title, release.published_at.date()) == ("Trees at last", dt.date(2025, 1, 9))
    assert {piece.quote for piece in Evidence.objects.accepted()} == {first, second}
    page = editor.client.get(release.get_absolute_url()).content.decode()
    assert "passages copied by hand; the rest of it was not kept" in page
    goes_round(editor, "evidence")

    again = editor.brought("more.csv", head + f"{trees.reference},{origin},{later}\n", "evidence")
    assert outcomes(again) == {"made": 1}
    assert Release.objects.get().latest_revision.text == f"{first}\n\n{second}\n\n{later}"
    assert Evidence.objects.accepted().count() == 3

    editor.undo(again)
    assert Evidence.objects.accepted().count() == 2


# In and out.


def test_what_looks_like_a_formula_is_harmless_outside_and_itself_again_inside(editor: Editor) -> None:
    title = '=HYPERLINK("https://bad.example","x")'
    row = {"reference": "-1", "title": title, "statement": "'@quoted\n+more", "keywords": "\t=1"}
    editor.brought("r.jsonl", json.dumps(row))
    assert f"\"'{title[:10]}" in editor.taken_away("commitments").decode()
    goes_round_with_update(editor)
    assert Commitment.objects.get().title == title


def goes_round_with_update(editor: Editor) -> None:
    for form in ("xlsx", "csv", "jsonl"):
        again = editor.say(editor.bring(f"again.{form}", editor.taken_away("commitments", form)), update="yes")
        assert set(outcomes(again)) == {"unchanged"}, list(again.rows.values_list("changes", "complaints"))


@pytest.mark.parametrize("kind", ["commitments", "status", "definitions", "evidence", "measurements"])
@pytest.mark.parametrize("form", ["xlsx", "csv", "jsonl"])
def test_an_empty_table_names_its_columns_as_they_are_read(editor: Editor, kind: str, form: str) -> None:
    template = editor.client.get(page_of_template(kind, form))
    which = editor.bring(f"t.{form}", template.content, kind)
    assert all(which.mapping.values())


def page_of_template(kind: str, form: str) -> str:
    return f"/admin/commitments/import/template/{kind}/{form}/"


def test_a_file_that_is_no_table_is_refused_with_what_to_do(editor: Editor) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    for body, said in ((b"PK\x03\x04 broken", "cannot be read as a workbook"), (b"alone\n", "has no rows below")):
        file = SimpleUploadedFile("x.xlsx", body)
        html = editor.client.post("/admin/commitments/import/add/", {"kind": "status", "file": file}).content.decode()
        assert said in html


def test_a_column_that_is_needed_and_one_said_twice_are_named(editor: Editor) -> None:
    which = editor.bring("r.csv", "a,b\nx,y\n")
    answer = editor.client.post(page(which, "columns"), {"column-0": "title", "column-1": "title"}, follow=True)
    html = answer.content.decode()
    assert "“Title” is said of two columns; choose one of them" in html
    assert "“Reference” is needed; say which column it is" in html
