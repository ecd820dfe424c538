"""The review queue as staff work through it: by keyboard alone, two at once, on a telephone, in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks import queue_record
from benchmarks.scripted_reviewer import READING_MS, ScriptedReviewer
from commitments import decisions
from commitments.models import Decision, Evidence, Measurement
from tests.commitments import make
from tests.journeys.looking import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[..., Page]


@pytest.fixture
def queue(live_server: Any) -> str:
    return str(live_server.url) + reverse("admin:commitments_evidence_review")


@pytest.fixture
def sign_in(browser: Browser, live_server: Any) -> SignIn:
    """A page of a browser of its own, in which somebody is signed in."""

    def page_for(name: str, **options: Any) -> Page:
        client = Client()
        client.force_login(make.user(name))
        context: BrowserContext = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        return context.new_page()

    return page_for


def next_card(page: Page, act: Callable[[], None]) -> None:
    """Do something that brings another panel, and wait for it."""
    page.evaluate("document.getElementById('review-state').dataset.old = 'yes'")
    act()
    page.wait_for_selector("#review-state:not([data-old])", state="attached")
    page.wait_for_timeout(READING_MS)


def key_of(page: Page) -> int:
    found = re.search(r"/review/(\d+)/", page.get_attribute(".decide-details", "action") or "")
    assert found
    return int(found[1])


def said(page: Page) -> str:
    return page.inner_text("#review-said")


def test_forty_suggestions_are_worked_through_by_keyboard_alone(sign_in: SignIn, queue: str) -> None:
    queue_record.fill(commitments=60, waiting=70)
    reviewer = ScriptedReviewer(sign_in("ann"))
    errors: list[str] = []
    reviewer.page.on("pageerror", lambda error: errors.append(str(error)))

    reviewer.open(queue)
    reviewer.work(decisions=40)

    assert reviewer.differences() == []
    assert errors == []
    kinds = set(Decision.objects.values_list("kind", flat=True))
    assert kinds == set(Decision.Kind.values)
    assert set(Decision.objects.values_list("by__username", flat=True)) == {"ann"}


def test_two_at_the_same_card_record_it_once_and_the_second_is_told(sign_in: SignIn, queue: str) -> None:
    queue_record.fill(commitments=6, waiting=6)
    ann, ben = sign_in("ann"), sign_in("ben")
    ann.goto(queue)
    ben.goto(queue)
    ann.wait_for_timeout(READING_MS)
    first = key_of(ann)
    assert key_of(ben) == first

    next_card(ann, lambda: ann.keyboard.press("a"))
    next_card(ben, lambda: ben.keyboard.press("1"))

    assert re.search(r"ann accepted this at \d\d:\d\d, while it was open here", said(ben))
    assert ben.evaluate("document.activeElement.id") == "card"
    piece = Evidence.objects.get(pk=first)
    assert (piece.state, piece.decided_by.username) == ("accepted", "ann")
    assert Measurement.objects.filter(evidence=first).count() == 1
    assert Decision.objects.count() == 1

    next_card(ben, lambda: ben.keyboard.press("j"))
    second = key_of(ben)
    next_card(ben, lambda: ben.keyboard.press("1"))
    assert Evidence.objects.get(pk=second).decided_by.username == "ben"


def test_keys_do_nothing_while_one_types_can_be_switched_off_and_repeat_nothing(sign_in: SignIn, queue: str) -> None:
    queue_record.fill(commitments=6, waiting=6)
    page = sign_in("ann")
    page.goto(queue)
    page.wait_for_timeout(READING_MS)

    page.get_by_text("Likeliest first, all that waits").click()
    page.get_by_label("Words of the passage or title").type("a1uj?")
    assert not page.is_visible("#review-help")
    assert page.input_value("[name=words]") == "a1uj?"
    page.get_by_label("How it bears on it").focus()
    page.keyboard.press("a")
    assert not Decision.objects.exists()

    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.is_visible("#review-help")
    page.keyboard.press("a")
    page.get_by_label("Single keys are on, in this browser").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("a")
    page.wait_for_timeout(READING_MS)
    assert not Decision.objects.exists()

    page.locator("#review-keys").click()
    page.get_by_label("Single keys are on, in this browser").check()
    page.keyboard.press("Escape")
    page.locator("#card").focus()
    next_card(page, lambda: [page.keyboard.press("a"), page.keyboard.press("a")])  # type: ignore[func-returns-value]
    assert Decision.objects.count() == 1


def test_after_each_decision_the_focus_is_on_the_card_and_the_outcome_is_announced(sign_in: SignIn, queue: str) -> None:
    queue_record.fill(commitments=6, waiting=6)
    page = sign_in("ann")
    page.goto(queue)
    page.wait_for_timeout(READING_MS)
    page.evaluate("window.announced = document.querySelector('[role=status]')")

    next_card(page, lambda: page.get_by_role("button", name="Accept").click())

    assert page.evaluate("document.activeElement.id") == "card"
    assert page.evaluate("window.announced.isConnected && window.announced.textContent").startswith("Accepted for B-")


def test_words_that_find_nothing_and_a_lost_server_lose_nothing_of_what_was_typed(sign_in: SignIn, queue: str) -> None:
    queue_record.fill(commitments=6, waiting=6)
    page = sign_in("ann")
    page.goto(queue)
    page.wait_for_timeout(READING_MS)
    page.keyboard.press("m")
    page.keyboard.type("no such words")
    page.wait_for_function("() => document.getElementById('review-said').textContent.includes('No commitment')")
    assert page.input_value("#to") == "no such words"

    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("Of another kingdom.")
    page.route("**/reject/**", lambda route: route.abort())
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('review-said').textContent.includes('did not answer')")
    assert page.input_value("#reason") == "Of another kingdom."
    page.unroute("**/reject/**")
    next_card(page, lambda: page.keyboard.press("Enter"))
    assert Decision.objects.get().note == "Of another kingdom."


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_no_page_of_the_queue_is_inaccessible_or_wider_than_the_screen(
    sign_in: SignIn, queue: str, live_server: Any, theme: str, width: int
) -> None:
    queue_record.fill(commitments=8, waiting=12)
    last = Evidence.objects.order_by("pk").last()
    assert last
    decisions.accept(last, make.deed("ben"))
    decisions.reject(Evidence.objects.order_by("pk")[0], make.deed("ben"), "Another orchard.")
    page = sign_in("ann", viewport={"width": width, "height": 900}, color_scheme=theme)
    check = Look(page)
    page.goto(queue)
    page.wait_for_timeout(READING_MS)
    check("the queue")
    page.keyboard.press("m")
    page.keyboard.type("places")
    page.wait_for_timeout(READING_MS)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    check("the keys")
    page.keyboard.press("Escape")
    page.goto(f"{queue}?sure=very&words=places")
    check("the queue, narrowed down")
    page.goto(f"{queue}?words=nowhere")
    check("an empty queue")
    many = live_server.url + reverse("admin:commitments_evidence_many")
    page.goto(many)
    check("all at once")
    page.get_by_role("button", name="Accept all 10").click()
    page.wait_for_selector("text=10 of 10 accepted")
    check("all at once, done")
    page.get_by_role("link", name="Undo these").click()
    check("undoing all")
    for address in (
        reverse("admin:commitments_evidence_change", args=[last.pk]),
        reverse("admin:commitments_evidence_changelist"),
    ):
        page.goto(live_server.url + address)
        check(address)


def test_without_javascript_the_same_is_done_by_buttons(sign_in: SignIn, queue: str) -> None:
    queue_record.fill(commitments=8, waiting=8)
    page = sign_in("ann", java_script_enabled=False)
    page.goto(queue)
    other = Evidence.objects.order_by("score")[0].commitment
    assert page.locator("#review-keys").is_hidden()

    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Too general to be about it.").click()
    page.get_by_label("In your own words").fill("Of another kingdom.")
    page.keyboard.press("Enter")
    page.get_by_label("Words to find it by").fill(other.title)
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name=other.reference).check()
    page.get_by_role("button", name="Bring it there").click()
    page.get_by_role("button", name="Undo my last decision").click()
    page.get_by_role("link", name="Not now").click()

    entries = list(Decision.objects.order_by("pk").values_list("kind", "note"))
    assert [kind for kind, _ in entries] == [
        "accepted",
        "rejected",
        "rejected",
        "placed",
        "rejected",
        "undone",
        "undone",
    ]
    assert entries[2][1] == "Of another kingdom."
    assert User.objects.get(username="ann").decisions.count() == 7
