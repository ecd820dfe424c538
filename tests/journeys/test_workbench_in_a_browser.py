"""The pages on which staff keep a commitment, as a browser shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from commitments import decisions
from commitments.linking import goalposts
from commitments.models import Commitment, Definition, Goalpost, Milestone, NextEvidence, Question, StatusChange
from tests.commitments import make
from tests.journeys.looking import Look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def trees() -> Commitment:
    """A commitment with something of everything, wrongly said to be achieved."""
    ada = make.user("ada")
    made = make.commitment("Plant trees", due=in_days(-2), deadline_text="by the end of autumn")
    series = make.target(made, "trees planted", "trees", 20000)
    for day, value in ((1, 9400), (20, 16400)):
        release = make.release(f"In all {value:,} trees stand.", published=dt.date(2025, 1, day))
        figure = make.figure(value, series, start=7, end=12, qualifier="almost" if day == 1 else "exact")
        decisions.accept(make.evidence(made, release, figures=[figure]), make.deed(ada))
    note = "Ring her on Monday."
    decisions.change_status(
        made, "achieved", ada, "She said so.", dt.date(2025, 2, 1), absence="None.", private_note=note
    )
    Definition.objects.create(
        commitment=made,
        kind="date_change",
        statement="Plant trees by autumn.",
        quote="They will be planted by autumn.",
        effective_from=dt.date(2025, 3, 1),
        deadline_text="by autumn",
        deadline_latest=in_days(60),
        explanation_given=False,
    )
    Milestone.objects.create(commitment=made, title="Dig", deadline_text="in spring")
    Question.objects.create(commitment=made, asked_of="The Ministry", asked_on=dt.date(2025, 4, 1), question="When?")
    NextEvidence.objects.create(commitment=made, what="The yearly count", deadline_latest=in_days(-1))
    reply = decisions.Reply("The Ministry", in_days(3))
    decisions.propose_status(made, "lapsed", ada, "They left.", in_days(-1), reply=reply)
    text = "The last of the trees will not be planted until 2031."
    late = make.evidence(made, make.release(text, published=dt.date(2025, 9, 1)), relation="slips")
    goalposts.look([late])
    return made


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_no_page_of_the_workbench_is_inaccessible_or_wider_than_the_screen(
    browser: Browser, live_server: Any, trees: Commitment, theme: Any, width: int
) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme).new_page()
    sign_in(page, live_server.url, make.user("ada"))
    look = Look(page)
    commitment = f"/admin/commitments/commitment/{trees.pk}"
    goalpost = f"/admin/commitments/goalpost/{Goalpost.objects.get().pk}/change/"
    said = make.release("Pears matter. The ministry will plant 900 pear trees by the end of 2027. So do figs.")
    pears = make.possible(said, "The ministry will plant 900 pear trees by the end of 2027.")
    possible = "/admin/commitments/possiblecommitment"
    definition = f"/admin/commitments/definition/add/?commitment={trees.pk}"
    proposal = f"/admin/commitments/statusproposal/{trees.status_proposals.get().pk}/change/"
    for path in (
        "/admin/",
        f"{commitment}/change/",
        f"{commitment}/status/",
        f"{commitment}/preview/",
        proposal,
        definition,
        goalpost,
        f"{possible}/?needs=possible",
        f"{possible}/{pears.pk}/change/",
    ):
        look.at(live_server.url, path)


def test_the_words_of_a_deadline_are_read_while_they_are_typed(
    browser: Browser, live_server: Any, trees: Commitment
) -> None:
    page = browser.new_page()
    sign_in(page, live_server.url, make.user("ada"))
    page.goto(f"{live_server.url}/admin/commitments/definition/add/?commitment={trees.pk}")
    expect(page.get_by_role("button", name="Show how this reads")).to_have_count(0)
    words, reading = page.get_by_label("Deadline as worded"), page.locator("output.reading")

    words.fill("by the end of 2028")
    expect(reading).to_contain_text("31 December 2028")
    words.fill("within a year")
    page.get_by_label("Announced on").fill("01/02/2026")
    expect(reading).to_contain_text("1 February 2027")
    words.fill("")
    expect(reading).to_have_text("")


def test_without_javascript_a_button_reads_them(browser: Browser, live_server: Any, trees: Commitment) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server.url, make.user("ada"))
    page.goto(f"{live_server.url}/admin/commitments/definition/add/?commitment={trees.pk}")
    page.get_by_label("Deadline as worded").fill("by the end of 2028")
    page.get_by_role("button", name="Show how this reads").click()
    expect(page.locator("output.reading")).to_contain_text("31 December 2028")
    assert trees.definitions.count() == 2


def test_a_wrong_status_is_put_right_by_a_few_clicks(browser: Browser, live_server: Any, trees: Commitment) -> None:
    decisions.withdraw_proposal(trees.status_proposals.get(), make.user("ada"), "Wrong.")
    page = browser.new_page()
    sign_in(page, live_server.url, make.user("ben"))
    page.goto(f"{live_server.url}/admin/commitments/commitment/{trees.pk}/change/")
    page.get_by_role("link", name="Correct this entry").click()
    page.get_by_label("Status:").select_option("in_progress")
    page.get_by_label("Reason").fill("She meant another wood.")
    page.get_by_role("button", name="Record the status").click()
    expect(page.get_by_text("The status is “In progress” from 1 February 2025.")).to_be_visible()
    page.get_by_role("link", name="The public page").click()
    expect(page.get_by_text("Corrects the entry “Achieved”").first).to_be_visible()
    expect(page.get_by_text("Corrected since")).to_be_visible()
    assert "Ring her on Monday." not in page.content()
    assert StatusChange.objects.last().corrects.to_status == "achieved"


@pytest.mark.parametrize("width", [1440, 1100, 390])
def test_the_buttons_of_a_commitment_do_not_lie_on_its_title(
    browser: Browser, live_server: Any, trees: Commitment, width: int
) -> None:
    trees.title = "Plant trees along every river, in every county and beside each school of the country"
    trees.save()
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    sign_in(page, live_server.url, make.user("ada"))
    page.goto(f"{live_server.url}/admin/commitments/commitment/{trees.pk}/change/")
    title = page.locator("#content > h2").bounding_box()
    buttons = page.locator(".object-tools").bounding_box()
    assert title
    assert buttons
    assert title["y"] + title["height"] <= buttons["y"]
