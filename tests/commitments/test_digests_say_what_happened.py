from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments import decisions
from commitments.digests import deliver, record, signup
from commitments.models import Commitment, Department, Digest, PolicyArea
from tests.commitments import make

TODAY = dt.date(2025, 6, 30)

pytestmark = pytest.mark.django_db


def later(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def due(days: int, title: str = "Plant trees", **fields: Any) -> Commitment:
    """Made lately, so that nobody wonders that nothing was heard of it."""
    return make.commitment(title, due=later(days), **{"made_on": later(-10), **fields})


def digest(on: dt.date = TODAY, scope: str = "all") -> Any:
    """The mail that one subscriber gets; None where there is none."""
    signup.add_confirmed("a@example.org", "daily", scope)
    mail.outbox.clear()
    deliver.send_for(on)
    return mail.outbox[0] if mail.outbox else None


def accepted(about: Commitment, text: str, **fields: Any) -> Any:
    source = make.source(**fields.pop("source", {}))
    piece = make.evidence(about, make.release(text, title="Tree news", at=source), **fields)
    decisions.accept(piece, make.deed())
    return piece


@pytest.mark.parametrize(
    ("days", "subject"),
    [
        ([-1, -5, -9, 0, 30], "3 commitments overdue, 2 due soon"),
        ([-1], "1 commitment overdue: Promise -1"),
        ([30, 31], "1 commitment due soon: Promise 30"),
    ],
)
def test_the_subject_says_what_happened(days: list[int], subject: str) -> None:
    for day in days:
        due(day, f"Promise {day}")

    assert digest().subject == f"Pledgewatch: {subject}"


def test_what_became_overdue_since_the_last_mail_comes_first() -> None:
    due(-40, "Old")
    due(1, "Fresh")
    first = digest()

    second = digest(later(2))

    assert first.subject == "Pledgewatch: 1 commitment overdue, 1 due soon"
    assert second.subject == "Pledgewatch: 1 commitment newly overdue (2 in all): Fresh"
    assert second.body.index("NEWLY OVERDUE") < second.body.index("* Fresh") < second.body.index("STILL OVERDUE")
    assert second.body.index("STILL OVERDUE") < second.body.index("* Old")


def test_what_merely_goes_on_causes_no_mail() -> None:
    due(-40)
    due(10)
    assert digest()

    assert digest(later(1)) is None


def test_what_comes_within_thirty_days_is_told_once() -> None:
    due(32, "Open a park")
    assert digest() is None

    told, after = digest(later(2)), digest(later(3))

    assert told.subject == "Pledgewatch: 1 commitment due soon: Open a park"
    assert "Due in 30 days, by 1 August 2025" in told.body
    assert after is None


def test_what_is_put_on_record_late_is_new_when_it_is_recorded() -> None:
    due(-3, "First")
    digest()
    due(-100, "Forgotten so far")

    assert digest(later(1)).subject == "Pledgewatch: 1 commitment newly overdue (2 in all): Forgotten so far"


def test_a_draft_is_new_when_it_is_published() -> None:
    due(-3, "First")
    draft = due(-100, "Kept back", publication="draft")
    digest()
    draft.publication = "published"
    draft.save()

    assert "newly overdue (2 in all): Kept back" in digest(later(1)).subject


def test_a_status_change_is_told_once_with_its_reason() -> None:
    owner = due(60)
    digest()
    decisions.change_status(owner, "off_track", make.user(), "They have stopped planting.", dt.date(2025, 6, 1))

    told, after = digest(later(1)), digest(later(2))

    assert told.subject == "Pledgewatch: 1 status changed: Plant trees"
    assert "Off track, from 1 June 2025" in told.body
    assert "They have stopped planting." in told.body
    assert f"{owner.get_absolute_url()}#changes" in told.body
    assert after is None


def test_a_correction_says_what_we_had_wrongly_said_and_the_mistake_is_not_told_again() -> None:
    owner = due(60)
    assert digest() is None
    wrong = decisions.change_status(owner, "off_track", make.user(), "They have stopped.", dt.date(2025, 6, 1))
    decisions.change_status(
        owner, "on_track", make.user(), "We misread the table.", dt.date(2025, 6, 1), corrects=wrong
    )
    told = digest(later(1)).body
    assert "CORRECTIONS: WHERE WE WERE WRONG" in told
    assert "On track, from 1 June 2025 (we had wrongly said: Off track)" in told
    assert "They have stopped." not in told


def test_a_moved_goalpost_shows_what_was_promised_before() -> None:
    owner = due(60, deadline_text="by late summer", statement="Plant 40,000 trees.")
    digest()
    owner.definitions.create(
        kind="date_change",
        statement="Plant some trees.",
        effective_from=dt.date(2025, 6, 20),
        deadline_text="in due course",
        note="No reason was given.",
    )

    told = digest(later(1))

    assert told.subject == "Pledgewatch: 1 promise reworded: Plant trees"
    for line in (
        "Date changed, from 20 June 2025",
        "Now: Plant some trees.",
        "Before: Plant 40,000 trees.",
        "Deadline: “in due course”; before: by 29 August 2025 (“by late summer”)",
        "No reason was given.",
    ):
        assert f"  {line}\n" in told.body


def test_our_own_wording_put_right_is_a_correction() -> None:
    owner = due(60, statement="Plant 40,000 tree.")
    digest()
    owner.definitions.create(
        kind="editorial_correction", statement="Plant 40,000 trees.", effective_from=dt.date(2025, 6, 20)
    )

    told = digest(later(1))

    assert told.subject == "Pledgewatch: 1 correction: Plant trees"
    assert "We had wrongly said: Plant 40,000 tree." in told.body


def test_new_evidence_is_quoted_by_commitment_and_what_is_said_again_is_counted() -> None:
    owner, other = due(60), due(70, "Build roads")
    digest()
    quotes = [accepted(owner, f"They planted {number} thousand trees in the valley.") for number in range(1, 6)]
    again = accepted(owner, "As we said, trees were planted.", relation="restates")
    accepted(other, "A road was opened.")

    told = digest(later(1))

    assert told.subject == "Pledgewatch: 7 new passages"
    assert told.body.count("* Plant trees") == told.body.count("* Build roads") == 1
    assert [f"They planted {number} thousand" in told.body for number in range(1, 6)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert "And 2 passages more" in told.body
    assert "1 passage says again what was known" in told.body
    assert again.quote not in told.body
    assert quotes[-1].get_absolute_url() in told.body
    assert "Ministry news, 9 January 2025: Tree news (reports progress)" in told.body
    assert digest(later(2)) is None


def test_evidence_that_was_taken_back_is_not_told() -> None:
    owner = due(60)
    digest()
    deed = make.deed()
    decisions.accept(make.evidence(owner, make.release("They planted trees.")), deed)
    decisions.undo(deed.act, make.deed())

    assert digest(later(1)) is None


def test_evidence_found_long_ago_counts_from_when_it_was_accepted() -> None:
    owner = due(60)
    piece = make.evidence(owner, make.release("They planted trees."))
    digest()
    decisions.accept(piece, make.deed())

    assert "They planted trees." in digest(later(1)).body


def test_a_source_that_allows_quotes_alone_is_quoted_shortly() -> None:
    owner = due(60)
    digest()
    accepted(owner, "tree " * 100, source={"name": "Paper", "republish": "quotes"})

    told = digest(later(1)).body

    assert "“" + "tree " * 60 + "…”" in told


@pytest.mark.parametrize("what", ["passage", "text", "release"])
def test_evidence_that_is_withheld_is_not_told(what: str) -> None:
    owner = due(60)
    digest()
    piece = accepted(owner, "They planted trees on the land of Jo Bloggs of Nowhere Lane.")
    words = piece.quote if what == "passage" else ""
    decisions.withhold(piece.release, what, "A private person.", "They asked.", make.deed(), words)

    assert digest(later(1)) is None


def test_falling_silent_is_told_and_going_on_so_is_not() -> None:
    old = later(-400)
    long_silent = make.commitment("Long silent", made_on=old)
    falling = make.commitment("Falling silent", made_on=old)
    accepted(falling, "Some trees.")
    release = falling.evidence.get().release
    type(release).objects.filter(pk=release.pk).update(
        published_at=make.release("x", published=later(-89)).published_at
    )
    due(5, "Soon")
    first = digest()

    told, after = digest(later(2)), digest(later(3))

    assert first.body.index("SILENT: NO EVIDENCE FOR 90 DAYS") < first.body.index("* Long silent")
    assert told.subject == "Pledgewatch: 1 commitment newly silent: Falling silent"
    assert "No evidence since 2 April 2025" in told.body
    assert after is None
    assert long_silent.title in told.body


@pytest.mark.parametrize("scope", ["department:forests", "area:nature", "commitment:plant-trees"])
def test_a_narrow_subscription_gets_its_share_only(scope: str) -> None:
    forests = Department.objects.create(name="Forests", slug="forests")
    nature = PolicyArea.objects.create(name="Nature", slug="nature")
    due(-3, "Plant trees", department=forests, policy_area=nature)
    accepted(due(-4, "Build roads"), "A road was opened.")

    sent = digest(scope=scope)

    assert sent.subject == "Pledgewatch: 1 commitment overdue: Plant trees"
    assert "oad" not in sent.body


def test_a_department_that_shares_a_commitment_hears_of_it() -> None:
    forests = Department.objects.create(name="Forests", slug="forests")
    due(-3).other_departments.add(forests)

    assert "Plant trees" in digest(scope="department:forests").body


def test_what_is_sent_is_kept_word_for_word() -> None:
    due(-3)

    sent = digest()

    row = Digest.objects.get(sent_at__lte=timezone.now())
    assert (row.subject, row.text, row.html) == (sent.subject, sent.body, sent.alternatives[0].content)


def test_the_record_is_read_in_a_fixed_number_of_queries() -> None:
    def fill(number: int) -> int:
        for each in range(number):
            owner = due(each - 5, f"Promise {each} of {number}")
            accepted(owner, f"{each} of {number} trees.")
            decisions.change_status(owner, "off_track", make.user(), "Late.", dt.date(2025, 6, 1))
            owner.definitions.create(kind="narrowing", statement=f"Fewer {each}.", effective_from=dt.date(2025, 6, 2))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            read = record.read(timezone.now() - dt.timedelta(days=1))
        assert len(read.events) >= 3 * number
        return len(asked)

    assert fill(2) == fill(7)
