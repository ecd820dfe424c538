"""The page of one commitment."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments import decisions
from commitments.models import Commitment, Definition, Measurement, NextEvidence, Question, Series, StatusChange
from commitments.pages.commitment import CommitmentPage

from . import make

pytestmark = pytest.mark.django_db


def shown(client: Client, commitment: Commitment) -> tuple[CommitmentPage, str]:
    response = client.get(commitment.get_absolute_url())
    assert response.status_code == 200
    return response.context["page"], response.content.decode()


def words(html: str) -> str:
    """What a reader reads, with spaces evened out."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def accepted(about: Commitment, text: str, published: dt.date, **fields: Any) -> Any:
    evidence = make.evidence(about, make.release(text, title=f"Title: {text}", published=published), **fields)
    decisions.accept(evidence, make.deed())
    evidence.refresh_from_db()
    return evidence


def planted(series: Series, value: int, text: str, **fields: Any) -> dict[str, Any]:
    start = text.index(f"{value:,}")
    return make.figure(value, series, start=start, end=start + len(f"{value:,}"), **fields)


def test_deadlines_are_shown_as_worded_and_as_an_interval(client: Client) -> None:
    made = make.commitment(
        deadline_text="early 2025",
        deadline_earliest=dt.date(2025, 1, 1),
        deadline_latest=dt.date(2025, 4, 30),
        deadline_derivation="the first third of the year",
    )
    _, html = shown(client, made)
    assert "“early 2025”" in words(html)
    assert "between 1 January and 30 April 2025" in words(html)
    assert "The first third of the year" in words(html)
    assert "Overdue" in words(html)


def test_measurements_are_a_table_and_a_chart_that_lead_to_their_sentence(client: Client) -> None:
    made = make.commitment()
    series = make.target(made, "trees planted", "trees", 20000)
    texts = {
        dt.date(2024, 11, 28): (9400, "So far 9,400 trees stand."),
        dt.date(2024, 12, 16): (13500, "Now almost 13,500 trees stand."),
        dt.date(2025, 1, 9): (16400, "At last 16,400 trees stand."),
    }
    evidence = [
        accepted(made, text, day, figures=[planted(series, value, text)]) for day, (value, text) in texts.items()
    ]
    again = "As we said, 13,500 trees stand."
    accepted(made, again, dt.date(2025, 1, 2), figures=[planted(series, 13500, again)])
    page, html = shown(client, made)
    assert [figure.words for figure in page.counted[0].figures] == ["9,400 trees", "13,500 trees", "16,400 trees"]
    assert [figure.address for figure in page.counted[0].figures] == [
        f"/releases/{piece.release_id}/revisions/1/#e{piece.pk}" for piece in evidence
    ]
    for figure in page.counted[0].figures:
        assert figure.address in html
        passage = client.get(figure.address.partition("#")[0]).content.decode()
        assert f'<mark id="{figure.address.partition("#")[2]}">' in passage
    assert html.count('<svg class="mark official"') == 3 + 1  # and once in the legend
    assert 'class="target"' in html
    assert [piece.evidence.quote for piece in page.restated.pieces] == [again]


def test_one_figure_is_a_table_without_a_chart(client: Client) -> None:
    made = make.commitment()
    series = make.target(made, "trees planted", "trees")
    text = "So far 9,400 trees stand."
    accepted(made, text, dt.date(2024, 11, 28), figures=[planted(series, 9400, text)])
    page, html = shown(client, made)
    assert page.counted[0].chart is None
    assert "9,400 trees" in html
    assert "<svg" not in html
    assert "no number was given" in html


def test_withdrawn_figures_leave_the_page(client: Client) -> None:
    made = make.commitment()
    series = make.target(made, "trees planted", "trees")
    text = "So far 9,400 trees stand."
    evidence = accepted(made, text, dt.date(2024, 11, 28), figures=[planted(series, 9400, text)])
    decisions.reject(evidence, make.deed(), "Another forest.")
    page, _ = shown(client, made)
    assert page.counted == []
    assert Measurement.objects.count() == 1


def test_only_accepted_evidence_is_public(client: Client) -> None:
    made = make.commitment()
    make.evidence(made, make.release("A rumour of trees."))
    _, html = shown(client, made)
    assert "A rumour of trees." not in html
    assert "No evidence has been accepted yet" in html


def test_what_others_wrote_is_never_markup(client: Client) -> None:
    made = make.commitment("<b>Plant</b> trees", statement="<script>alert(1)</script>")
    accepted(made, "<img src=x onerror=alert(2)>", dt.date(2025, 1, 9))
    _, html = shown(client, made)
    assert "<script" not in html.replace('<script type="application/ld+json">', "")  # data, which nothing runs
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_addresses_that_are_no_web_addresses_are_not_links(client: Client) -> None:
    made = make.commitment()
    Definition.objects.create(
        commitment=made,
        kind="clarification",
        statement="Plant them.",
        quote="We will plant.",
        quote_url="javascript:alert(1)",
        effective_from=dt.date(2024, 8, 1),
    )
    _, html = shown(client, made)
    assert 'href="javascript' not in html


def test_status_says_who_judged_it_why_and_on_what(client: Client) -> None:
    made = make.commitment(due=dt.date(2025, 1, 5))
    evidence = accepted(made, "All the trees stand.", dt.date(2025, 1, 9))
    editor = make.user()
    editor.first_name, editor.last_name = "Ada", "Byron"
    editor.save()
    decisions.change_status(
        made, "achieved", editor, "Counted by us.", dt.date(2025, 1, 9), evidence=evidence, private_note="Ring Bob."
    )
    _, html = shown(client, made)
    text = words(html)
    assert "Achieved. What was promised has happened." in text
    assert "Counted by us." in text
    assert "by Ada Byron" in text
    assert "Late. Achieved on 9 January 2025, 4 days after 5 January 2025" in text
    assert "Ring Bob" not in text


def test_names_of_accounts_stay_private_and_imports_say_where_from(client: Client) -> None:
    made = make.commitment()
    decisions.change_status(made, "in_progress", make.user("root-login"), "Begun.", dt.date(2025, 1, 1))
    imported = make.commitment("Imported")
    StatusChange.objects.create(
        commitment=imported,
        to_status="achieved",
        reason="As imported.",
        imported_from="record.csv",
        effective_from=dt.date(2025, 1, 1),
    )
    assert "root-login" not in shown(client, made)[1]
    assert "by import from record.csv" in words(shown(client, imported)[1])


def test_a_correction_is_shown_beside_what_it_corrects(client: Client) -> None:
    made = make.commitment()
    wrong = decisions.change_status(made, "off_track", make.user(), "Misread.", dt.date(2025, 1, 1))
    decisions.change_status(made, "on_track", make.user(), "Read again.", dt.date(2025, 1, 1), corrects=wrong)
    page, html = shown(client, made)
    assert page.standing.status == "on_track"
    assert "Corrects the entry “Off track”" in words(html)
    assert "Corrected since" in words(html)


def test_a_moved_deadline_is_measured_against_the_first_one_too(client: Client) -> None:
    made = make.commitment(due=dt.date(2025, 1, 5))
    Definition.objects.create(
        commitment=made,
        kind="date_change",
        statement="Plant trees, later.",
        effective_from=dt.date(2025, 2, 1),
        deadline_earliest=dt.date(2990, 1, 5),
        deadline_latest=dt.date(2990, 1, 5),
    )
    page, html = shown(client, made)
    assert page.standing.timing == "upcoming"
    assert page.moved is not None
    assert page.moved.first_timing == "overdue"
    assert "The date was moved." in words(html)
    assert "As first promised" in words(html)


def test_our_own_correction_is_no_moved_goalpost(client: Client) -> None:
    made = make.commitment(due=dt.date(2025, 1, 5))
    Definition.objects.create(
        commitment=made, kind="editorial_correction", statement="As they said it.", effective_from=made.made_on
    )
    page, _ = shown(client, made)
    assert page.moved is None
    assert page.wording.definition.statement == "As they said it."


def test_silence_is_counted_from_the_last_evidence(client: Client) -> None:
    made = make.commitment()
    assert shown(client, made)[0].freshness.silence_days is None
    accepted(made, "Some trees stand.", timezone.localdate() - dt.timedelta(days=100))
    page, html = shown(client, made)
    assert page.freshness.silence_days == 100
    assert page.freshness.is_long_silence
    assert "100 days" in html


def test_drafts_are_not_there_and_merged_ones_lead_on_for_good(client: Client) -> None:
    draft = make.commitment("Draft", publication="draft")
    kept = make.commitment("Kept")
    merged = make.commitment("Merged", merged_into=kept)
    assert client.get(draft.get_absolute_url()).status_code == 404
    response = client.get(merged.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, kept.get_absolute_url())


def test_the_page_asks_as_much_with_much_evidence_as_with_little(client: Client) -> None:
    made = make.commitment()
    series = make.target(made, "trees planted", "trees")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(made.get_absolute_url())
        return len(captured)

    def grow(number: int) -> None:
        text = f"By now {number:,} trees stand."
        evidence = accepted(
            made, text, dt.date(2025, 1, 1) + dt.timedelta(days=number), figures=[planted(series, number, text)]
        )
        status = "on_track" if number % 2 else "off_track"
        decisions.change_status(made, status, make.user(), "Seen.", evidence.release.published_at.date())

    grow(1)
    few = queries()
    for number in range(2, 15):
        grow(number)
    assert queries() == few <= 20


def test_how_long_a_question_has_had_no_answer_is_said_in_public(client: Client) -> None:
    made = make.commitment()
    asked_on = timezone.localdate() - dt.timedelta(days=33)
    Question.objects.create(commitment=made, asked_of="The Ministry", asked_on=asked_on, question="When?")
    assert "Not answered. Computed 33 days since." in words(shown(client, made)[1])


def test_what_is_expected_and_not_seen_is_said_in_public(client: Client) -> None:
    made = make.commitment()
    today = timezone.localdate()
    for what, fields in {
        "The yearly count": {"deadline_latest": today - dt.timedelta(days=1)},
        "The monthly count": {"deadline_latest": today},
        "The inquiry": {"deadline_latest": today - dt.timedelta(days=9), "outcome": "postponed"},
    }.items():
        NextEvidence.objects.create(commitment=made, what=what, **fields)
    page, html = shown(client, made)
    assert [one.thing.what for one in page.expected if one.is_late] == ["The yearly count"]
    assert words(html).count("late: not seen by its last day") == 1
    assert "Postponed" in words(html)
