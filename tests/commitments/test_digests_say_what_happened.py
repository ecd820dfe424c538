from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from commitments import decisions
from commitments.digests import deliver, signup
from commitments.models import Department, Digest, PolicyArea
from tests.commitments import make

TODAY = dt.date(2025, 6, 30)

pytestmark = pytest.mark.django_db


def due(days: int, title: str = "Plant trees", **fields: Any) -> Any:
    return make.commitment(title, due=TODAY + dt.timedelta(days=days), **fields)


def digest(on: dt.date = TODAY, scope: str = "all") -> Any:
    """The mail that one subscriber gets."""
    signup.add_confirmed("a@example.org", "daily", scope)
    mail.outbox.clear()
    deliver.send_for(on)
    (sent,) = mail.outbox
    return sent


def html_part(message: Any) -> str:
    (alternative,) = message.alternatives
    return str(alternative.content)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


@pytest.mark.parametrize(
    ("days", "subject"),
    [
        ([-1, -5, -9, 0, 30], "3 commitments overdue, 2 due soon"),
        ([-1], "1 commitment overdue"),
        ([30, 31], "1 commitment due soon"),
    ],
)
def test_the_subject_says_what_happened(days: list[int], subject: str) -> None:
    for day in days:
        due(day, f"Promise {day}")

    assert digest().subject == f"Pledgewatch: {subject}"


def test_both_parts_say_the_same_with_links_to_each_commitment(settings: Any) -> None:
    settings.BASE_URL = "https://pledges.example"
    reworded = due(90, "Build roads")
    reworded.definitions.create(kind="clarification", statement="Build a road.", effective_from=dt.date(2025, 1, 1))
    owner = due(-12, "Plant oaks & <beeches>", deadline_text="by midsummer")
    due(3, "Open a forest school")

    sent = digest()

    page = html_part(sent)
    shown = html.unescape(re.sub(r"<(head|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL))
    said = re.sub(r"https://\S+", "", sent.body)
    assert words(said) - words(shown) == set()
    for text in (said, shown):
        assert "12 days late: was due by 18 June 2025 (“by midsummer”)" in text
        assert "Due in 3 days, by 3 July 2025" in text
    link = f"https://pledges.example{owner.get_absolute_url()}"
    assert link in sent.body
    assert f'href="{link}"' in page
    assert "Plant oaks &amp; &lt;beeches&gt;" in page
    assert "Plant oaks & <beeches>" in sent.body
    assert re.search(r'<a [^>]*style="[^"]*color', page), "the style sheet has been moved into the elements"
    assert len(page) < 60_000


def test_what_became_overdue_since_the_last_mail_comes_first() -> None:
    due(-40, "Old")
    due(1, "Fresh")
    first = digest()

    second = digest(TODAY + dt.timedelta(days=2))

    assert first.subject == "Pledgewatch: 1 commitment overdue, 1 due soon"
    assert second.subject == "Pledgewatch: 1 commitment newly overdue (2 in all)"
    assert second.body.index("NEWLY OVERDUE") < second.body.index("Fresh") < second.body.index("STILL OVERDUE")
    assert second.body.index("STILL OVERDUE") < second.body.index("Old")


def test_a_status_change_is_told_once_with_its_reason() -> None:
    owner = due(-3)
    digest()
    decisions.change_status(owner, "off_track", make.user(), "They have stopped planting.", dt.date(2025, 6, 1))

    told = digest(TODAY + dt.timedelta(days=1))
    after = digest(TODAY + dt.timedelta(days=2))

    assert "1 status changed" in told.subject
    assert "Off track, from 1 June 2025" in told.body
    assert "They have stopped planting." in told.body
    assert "STATUS CHANGED" not in after.body


def test_a_change_that_no_mail_could_carry_waits_for_the_next() -> None:
    owner = due(60)
    signup.add_confirmed("a@example.org", "daily", "all")
    decisions.change_status(owner, "off_track", make.user(), "They have stopped planting.", dt.date(2025, 6, 1))
    deliver.send_for(TODAY)
    assert Digest.objects.get().state == "nothing"

    assert "They have stopped planting." in digest(TODAY + dt.timedelta(days=40)).body


@pytest.mark.parametrize("scope", ["department:forests", "area:nature", "commitment:plant-trees"])
def test_a_narrow_subscription_gets_its_share_only(scope: str) -> None:
    forests = Department.objects.create(name="Forests", slug="forests")
    nature = PolicyArea.objects.create(name="Nature", slug="nature")
    due(-3, "Plant trees", department=forests, policy_area=nature)
    due(-4, "Build roads")

    sent = digest(scope=scope)

    assert sent.subject == "Pledgewatch: 1 commitment overdue"
    assert "Build roads" not in sent.body


def test_a_department_that_shares_a_commitment_hears_of_it() -> None:
    forests = Department.objects.create(name="Forests", slug="forests")
    due(-3).other_departments.add(forests)

    assert "Plant trees" in digest(scope="department:forests").body


def test_headers_let_mail_programs_unsubscribe_and_sort(settings: Any) -> None:
    settings.BASE_URL = "https://pledges.example"
    settings.DEFAULT_FROM_EMAIL = "Pledges <digests@pledges.example>"
    due(-3)

    headers = digest().message()

    assert re.fullmatch(r"<https://pledges\.example/subscribe/unsubscribe/[^/]+/>", headers["List-Unsubscribe"])
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"].endswith("<digests.pledges.example>")
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"] == Digest.objects.get().message_id
    assert headers["Message-ID"].endswith("@pledges.example>")


def test_what_is_sent_is_kept_word_for_word() -> None:
    due(-3)

    sent = digest()

    row = Digest.objects.get()
    assert (row.subject, row.text, row.html) == (sent.subject, sent.body, html_part(sent))
    assert row.sent_at <= timezone.now()


@pytest.mark.parametrize("count", [2, 9])
def test_the_day_is_read_in_a_fixed_number_of_queries(count: int, django_assert_num_queries: Any) -> None:
    from commitments.digests import build

    for number in range(count):
        due(-number - 1, f"Late {number}")
        due(number, f"Soon {number}")

    with django_assert_num_queries(7):
        day = build.read_day(TODAY)

    assert (len(day.overdue), len(day.due_soon)) == (count, count)
