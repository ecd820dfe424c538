"""Watching Parliament's written questions and statements, whose interface is imitated on loopback."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import NOW
from tests.tracker.json_shapes import any_json, bent, said_by
from tests.tracker.parliament_site import ParliamentSite
from tracker.asking import Asker
from tracker.fetching import Response
from tracker.models import Release, Source
from tracker.polling import poll
from tracker.rechecking import recheck
from tracker.sources import Entry, NotUnderstood, kind_of

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
parliament = kind_of("parliament")
LONG = "<p>There are 13,000 more officers than in May 2024.</p>" + "<p>Every force has some of them.</p>" * 20


@pytest.fixture
def site(httpserver: HTTPServer) -> ParliamentSite:
    return ParliamentSite(httpserver)


@pytest.fixture
def make(db: None, loopback_allowed: None, site: ParliamentSite) -> Callable[..., Source]:
    def make(path: str = "/written-questions", **options: Any) -> Source:
        return Source.objects.create(
            slug="p", name="Parliament", kind="parliament", url=site.url(path), next_due_at=NOW, options=options
        )

    return make


QUESTIONS = "https://questions-statements-api.parliament.uk/api/writtenquestions/questions"
STATEMENTS = "https://questions-statements-api.parliament.uk/api/writtenstatements/statements"
ALWAYS = {"includeWithdrawn": ["true"]}


@pytest.mark.parametrize(
    ("url", "options", "list_", "asked"),
    [
        ("https://questions-statements.parliament.uk/written-questions", {}, QUESTIONS, ALWAYS),
        ("https://questions-statements.parliament.uk/written-statements", {}, STATEMENTS, {}),
        ("https://questions-statements.parliament.uk/", {"what": "statements"}, STATEMENTS, {}),
        ("https://questions-statements-api.parliament.uk", {}, QUESTIONS, ALWAYS),
        (
            f"{QUESTIONS}?answeringBodies=1&take=20&skip=40",
            {"house": "Lords", "search": " knife crime "},
            QUESTIONS,
            {**ALWAYS, "answeringBodies": ["1"], "house": ["Lords"], "searchTerm": ["knife crime"]},
        ),
        (
            "https://questions-statements.parliament.uk/written-questions?SearchTerm=knife&AnsweringBodyId=1&page=2",
            {"body": [54, "7"]},
            QUESTIONS,
            {**ALWAYS, "searchTerm": ["knife"], "answeringBodies": ["54", "7"]},
        ),
        (f"{STATEMENTS}?madeWhenFrom=2024-07-05", {}, STATEMENTS, {"madeWhenFrom": ["2024-07-05"]}),
    ],
)
def test_pages_of_parliament_are_asked_for_as_its_interface_takes_it(
    url: str, options: dict[str, Any], list_: str, asked: dict[str, list[str]]
) -> None:
    address = parliament.address(Source(kind="parliament", url=url, options=options))
    paging = {"expandMember": ["true"], "skip": ["0"], "take": ["100"]}
    assert (address.partition("?")[0], parse_qs(urlsplit(address).query)) == (list_, {**asked, **paging})


@pytest.mark.parametrize(
    ("url", "options", "sentence"),
    [
        ("https://hansard.parliament.uk/commons/2025-01-20", {}, "can't be watched as Parliament's."),
        (QUESTIONS, {"what": "statements"}, "The address is that of written questions, but the option “what”"),
        (QUESTIONS, {"what": "speeches"}, "The option “what” has to be “questions” or “statements”."),
        (QUESTIONS, {"house": "commons"}, "The option “house” has to be “Commons” or “Lords”."),
        (QUESTIONS, {"body": True}, "The option “body” has to be the name of a department"),
        (QUESTIONS, {"body": []}, "The option “body” has to be the name of a department"),
        (QUESTIONS, {"search": ""}, "The option “search” has to be words."),
        (QUESTIONS, {"member": 5}, "have no option “member”. They have what, house, body and search."),
        (f"{QUESTIONS}?colour=red", {}, "The parameter “colour” of the address"),
        ("https://[x/written-questions", {}, "can't be watched as Parliament's."),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_a_sentence(url: str, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parliament.address(Source(kind="parliament", url=url, options=options))
    assert sentence in str(refused.value)


def test_an_answer_reads_as_on_its_page(site: ParliamentSite, make: Callable[..., Source]) -> None:
    site.table("8024", NOW - 9 * DAY, isNamedDay=True, groupedQuestions=["8025"])
    site.answer("8024", NOW - 2 * DAY, LONG)
    assert poll(make(), now=NOW).new_releases == 1
    release = Release.objects.get()
    assert release.title == "Police: Recruitment: written question 8024 to Home Office"
    assert release.url == site.url("/written-questions/detail/2025-01-11/8024")
    assert f"{release.published_at:%Y-%m-%d}" == "2025-01-18"
    assert release.latest_revision.text == (
        "Asked by Jo Example (Independent, Anytown) on 11 January 2025 for answer on 15 January 2025 (named day)\n\n"
        "To ask the Secretary of State how many officers there are.\n\n"
        "Answered by Sam Minister (Labour, Othertown) (Home Office) on 18 January 2025\n\n"
        "There are 13,000 more officers than in May 2024.\n\n"
        + "Every force has some of them.\n\n" * 20
        + "Answered together with 8025."
    )


def test_only_what_a_list_cuts_is_asked_for_by_itself(site: ParliamentSite, make: Callable[..., Source]) -> None:
    for uin, text in (("1", "<p>Yes.</p>"), ("2", LONG), ("3", "<p>No.</p>")):
        site.table(uin, NOW - 9 * DAY)
        site.answer(uin, NOW - 2 * DAY, text)
    source = make()
    poll(source, now=NOW)
    assert [asked for asked in site.asked if "?" not in asked] == ["/api/writtenquestions/questions/2025-01-11/2"]
    assert all("..." not in release.latest_revision.text for release in Release.objects.all())
    poll(source, now=NOW + HOUR)
    assert len([asked for asked in site.asked if "?" not in asked]) == 1


def test_a_holding_answer_is_no_answer(site: ParliamentSite, make: Callable[..., Source]) -> None:
    site.table("8024", NOW - 4 * DAY)
    source = make()
    poll(source, now=NOW)
    release = Release.objects.get()
    assert release.latest_revision.text.endswith("\n\nNot answered yet.")
    assert not release.published_is_known
    site.answer("8024", NOW, "<p>It has not proved possible to respond in time.</p>", holding=True)
    poll(source, now=NOW + DAY)
    said = Release.objects.get().latest_revision
    assert "Not answered yet. A holding answer was given on 20 January 2025, which is no answer." in said.text
    assert "Answered by" not in said.text
    assert not Release.objects.get().published_is_known
    site.answer("8024", NOW + 2 * DAY, "<p>There are 13,000.</p>")
    poll(source, now=NOW + 2 * DAY)
    release = Release.objects.get()
    assert release.latest_revision.text.endswith("on 22 January 2025\n\nThere are 13,000.")
    assert (f"{release.published_at:%Y-%m-%d}", release.revisions.count()) == ("2025-01-22", 3)


def test_a_corrected_answer_comes_with_the_words_it_replaces(site: ParliamentSite, make: Callable[..., Source]) -> None:
    site.table("8024", NOW - 30 * DAY)
    site.answer("8024", NOW - 20 * DAY, LONG)
    site.correct("8024", NOW - 2 * DAY, LONG.replace("13,000", "12,500"))
    poll(make(), now=NOW)
    first, second = Release.objects.get().revisions.order_by("number")
    assert "Answered by Sam Minister (Labour, Othertown) (Home Office) on 31 December 2024" in first.text
    assert "There are 13,000 more" in first.text
    assert "Corrected answer by Sam Minister (Labour, Othertown) (Home Office) on 18 January 2025" in second.text
    assert "There are 12,500 more" in second.text
    assert (first.note, first.silent) == ("", False)
    assert second.note == "The answer was corrected on 18 January 2025 by Sam Minister (Labour, Othertown)."
    assert (second.silent, f"{Release.objects.get().published_at:%Y-%m-%d}") == (False, "2024-12-31")


def test_a_correction_of_what_is_known_is_one_revision(site: ParliamentSite, make: Callable[..., Source]) -> None:
    site.table("8024", NOW - 30 * DAY)
    site.answer("8024", NOW - 20 * DAY, LONG)
    source = make()
    poll(source, now=NOW)
    site.correct("8024", NOW, LONG.replace("13,000", "12,500"))
    assert poll(source, now=NOW + HOUR).new_revisions == 1
    assert [("13,000" in one.text, "12,500" in one.text) for one in Release.objects.get().revisions.all()] == [
        (True, False),
        (False, True),
    ]


def test_late_answers_and_corrections_are_found_deep_in_the_list(
    site: ParliamentSite, make: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.sources.parliament_lists.PAGE_SIZE", 4)
    site.table("1", NOW - 60 * DAY)
    site.table("2", NOW - 60 * DAY)
    site.answer("2", NOW - 50 * DAY, "<p>There are 13,000.</p>")
    source = make()
    poll(source, now=NOW - DAY)
    for number in range(12):
        site.table(str(100 + number), NOW - DAY)
    poll(source, now=NOW)
    site.answer("1", NOW + DAY, "<p>There are 9,000 cells.</p>")
    site.correct("2", NOW + DAY, "<p>There are 12,500.</p>")
    asked = len(site.asked)
    outcome = poll(source, now=NOW + DAY)
    assert len(site.asked) == asked + 3
    assert (outcome.new_releases, outcome.new_revisions) == (0, 2)
    assert "9,000 cells" in Release.objects.get(title__contains="question 1 ").latest_revision.text
    assert "12,500" in Release.objects.get(title__contains="question 2 ").latest_revision.text


def test_a_withdrawn_question_is_marked(site: ParliamentSite, make: Callable[..., Source]) -> None:
    question = site.table("8024", NOW - 4 * DAY)
    source = make()
    poll(source, now=NOW)
    question["isWithdrawn"] = True
    poll(source, now=NOW + HOUR)
    release = Release.objects.get()
    assert release.withdrawn_at is not None
    assert release.withdrawal.startswith("Withdrawn by the member who asked.")
    assert release.latest_revision.text.endswith("This question has been withdrawn.")


@pytest.mark.parametrize("body", [1, "1", "home office", ["Home Office", 99]])
def test_the_body_is_compared_again(site: ParliamentSite, make: Callable[..., Source], body: Any) -> None:
    site.heeds_bodies = False
    site.table("1", NOW - DAY, body=1)
    site.table("2", NOW - DAY, body=54)
    site.table("3", NOW - DAY, body=1, house="Lords")
    poll(make(body=body, house="Commons"), now=NOW)
    assert [release.title for release in Release.objects.all()] == [
        "Police: Recruitment: written question 1 to Home Office"
    ]


def test_a_statement_reads_as_on_its_page(site: ParliamentSite, make: Callable[..., Source]) -> None:
    site.state(
        "HCWS123",
        NOW - DAY,
        "Police Settlement",
        LONG,
        attachments=[{"url": "/files/grant.csv", "title": "The grant", "fileType": "csv", "fileSizeBytes": 9}],
        hasAttachments=True,
        hasLinkedStatements=True,
        linkedStatements=[
            {"linkedStatementId": 77, "linkType": "CorrectedStatement", "linkDate": "2025-01-10T00:00:00"}
        ],
    )
    assert poll(make("/written-statements"), now=NOW).new_releases == 1
    release = Release.objects.get()
    assert (release.title, f"{release.published_at:%Y-%m-%d}") == ("Police Settlement", "2025-01-19")
    assert release.url == site.url("/written-statements/detail/2025-01-19/HCWS123")
    text = release.latest_revision.text
    assert text.startswith(
        "Written statement HCWS123 by Sam Minister (Labour, Othertown), Minister of State for Policing "
        "on 19 January 2025\n\nThere are 13,000 more officers than in May 2024."
    )
    assert "Linked with statement number 77 (correction of a statement, 10 January 2025)." in text
    assert [(file.url, file.content_type) for file in release.latest_revision.files.all()] == [
        (site.url("/files/grant.csv"), "text/csv")
    ]


def test_looking_again_finds_the_record_itself(site: ParliamentSite, make: Callable[..., Source]) -> None:
    statement = site.state("HCWS123", NOW - DAY, "Police Settlement", LONG)
    poll(make("/written-statements"), now=NOW)
    statement["text"] = LONG.replace("13,000", "12,000")
    looked = recheck(Release.objects.get(), NOW + HOUR)
    assert looked is not None
    assert looked.detail.startswith("Changed: revision 2")
    site.statements.clear()
    gone = recheck(Release.objects.get(), NOW + 30 * DAY)
    assert gone is not None
    assert gone.detail == "Parliament's interface no longer has it."
    assert Release.objects.get().vanished_since is not None


def test_all_pages_are_walked(site: ParliamentSite, make: Callable[..., Source]) -> None:
    for number in range(230):
        site.state(f"HCWS{number}", NOW - number * DAY, f"Statement {number}", "<p>x</p>")
    source = make("/", what="statements")
    asker, seen = Asker(source.kind), []
    following: str | None = parliament.address(source)
    while following:
        response = asker(following)
        seen.append([entry.title for entry in parliament.parse(source, response)])
        following = parliament.next_page(source, response, len(seen))
    assert [len(page) for page in seen] == [100, 100, 30]
    assert len({title for page in seen for title in page}) == 230


def test_a_body_known_by_its_name_alone_is_sought_among_more() -> None:
    asked = parse_qs(urlsplit(parliament.address(Source(url=QUESTIONS, options={"body": "Wales Office"}))).query)
    assert (asked["take"], "answeringBodies" in asked) == (["500"], False)


SOURCE = Source(kind="parliament", url=QUESTIONS)
STUB = Entry("written-questions/2025-01-20/1", "", "X", "", complete=False)
STUB_AT = Entry("", "https://questions-statements.parliament.uk/written-questions/detail/2025-01-20/1", "X", "")


def answer(body: bytes, status: int = 200) -> Response:
    return Response(status, f"{QUESTIONS}?skip=0", QUESTIONS, {"Content-Type": "application/json"}, body)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The answer of Parliament's interface is not JSON: it is empty."),
        (b"<html><title>Busy</title>", "it is a web page titled “Busy”."),
        (b'"x"', "The answer of Parliament's interface is JSON, but no object: it is a string."),
        (b'{"title": "Bad Request"}', "it has no list of results, but says “Bad Request”."),
        (b'{"results": [5]}', "The results of Parliament's interface have neither numbers nor texts."),
        (b'{"results": [{"value": 5}]}', "The results of Parliament's interface have neither numbers nor texts."),
    ],
)
def test_an_answer_that_is_something_else_is_named(body: bytes, sentence: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parliament.parse(SOURCE, answer(body))
    assert sentence in str(refused.value)


QUESTION = {
    "id": 5,
    "uin": "1",
    "heading": "h",
    "house": "Commons",
    "dateTabled": "2025-01-20T00:00:00",
    "dateForAnswer": "2025-01-20T00:00:00",
    "dateAnswered": "2025-01-20T00:00:00",
    "dateAnswerCorrected": "2025-01-20T00:00:00",
    "dateHoldingAnswer": "2025-01-20T00:00:00",
    "questionText": "q",
    "answerText": "a",
    "originalAnswerText": "o",
    "answerIsHolding": False,
    "isWithdrawn": True,
    "answeringBodyId": 1,
    "answeringBodyName": "Home Office",
    "askingMember": {"name": "n", "party": "p"},
    "attachments": [{"url": "/f", "title": "t", "fileType": "pdf"}],
    "groupedQuestions": ["2"],
}
STATEMENT = {
    "id": 6,
    "uin": "2",
    "title": "t",
    "text": "x",
    "dateMade": "2025-01-20T00:00:00",
    "member": {"name": "n"},
    "linkedStatements": [{"linkedStatementId": 1, "linkType": "JointStatement", "linkDate": "2025-01-20"}],
    "attachments": [{"url": "//[", "title": "t", "fileType": "pdf"}],
}


@given(
    any_json | bent({"totalResults": 300, "results": [{"value": QUESTION}, {"value": STATEMENT}]}),
    st.sampled_from([QUESTIONS, STATEMENTS]),
    st.sampled_from([{}, {"body": "Home Office"}, {"house": "Commons"}]),
)
def test_no_shape_of_a_list_makes_it_fail_otherwise(value: object, url: str, options: dict[str, Any]) -> None:
    source, response = Source(kind="parliament", url=url, options=options), answer(json.dumps(value).encode())
    assert said_by(lambda: parliament.parse(source, response)).endswith(".")
    assert said_by(lambda: parliament.next_page(source, response, 1)).endswith(".")


@given(
    any_json | bent({"value": QUESTION}) | bent({"value": STATEMENT}),
    st.sampled_from([200, 200, 404, 500]),
    st.sampled_from([QUESTIONS, STATEMENTS]),
    st.sampled_from([STUB, STUB_AT]),
)
def test_no_shape_of_a_record_makes_it_fail_otherwise(value: object, status: int, url: str, stub: Entry) -> None:
    source, response = Source(kind="parliament", url=url), answer(json.dumps(value).encode(), status)
    assert said_by(lambda: parliament.complete(source, stub, lambda url, accept="*/*": response)).endswith(".")
