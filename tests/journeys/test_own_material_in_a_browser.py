"""Figures taken from tables, what readers ask to have put right, and what is withheld, as a browser shows them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_httpserver import HTTPServer

from commitments import corrections, decisions
from commitments.models import Commitment, CorrectionRequest, Series, TablePointer, TableReading, Withholding
from tests.commitments import make
from tests.commitments.immigration_tables import editions
from tests.journeys.looking import Look, sign_in
from tests.tracker.workbooks import ods
from tracker.models import Revision, Source

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback_allowed"),
]

PICK = "admin:commitments_tablepointer_pick"


@pytest.fixture
def promise() -> Commitment:
    made = make.commitment("Issue fewer work visas", statement="Fewer work visas will be issued.")
    make.target(made, "work visas issued", "people", 40000)
    return made


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_figure_is_pointed_at_by_the_words_of_its_headings(
    browser: Browser, live_server: Any, httpserver: HTTPServer, promise: Commitment, width: int, theme: Any
) -> None:
    tables = editions()
    source = Source.objects.create(
        slug="visas", name="Visa tables", kind="statistics", url=httpserver.url_for("/visas.ods")
    )

    def publish(name: str) -> None:
        httpserver.clear_all_handlers()
        httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
        file = ods(tables[name].sheets())
        httpserver.expect_request("/visas.ods").respond_with_data(file, content_type="application/octet-stream")
        call_command("poll", "visas", force=True, verbosity=0)

    publish("first")
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme).new_page()
    sign_in(page, live_server.url, make.user("ada"))
    look = Look(page)
    edition = {"edition": Revision.objects.get().pk}
    look.at(live_server.url, reverse("admin:tracker_source_change", args=[source.pk]))
    for query in ({}, {"sheet": "Vis_01"}, {"sheet": "Vis_01", "cell": "E8"}):
        look.at(live_server.url, reverse(PICK, query=edition | query))
    page.locator("[name=series]").select_option(str(Series.objects.get().pk))
    page.locator("[name=unit_words]").fill("Units: number of people")
    page.locator("[name=population_words]").fill("main applicants and dependants")
    page.get_by_role("button", name="Show what it would give").click()
    look("what it would give")
    page.get_by_role("button", name="Follow this figure").click()
    publish("a sheet renamed")
    for address in (
        reverse("admin:commitments_tablepointer_changelist"),
        reverse("admin:commitments_tablepointer_change", args=[TablePointer.objects.get().pk]),
        reverse("admin:commitments_tablereading_changelist"),
        *(reverse("admin:commitments_tablereading_change", args=[one.pk]) for one in TableReading.objects.all()[:2]),
        reverse("admin:index"),
        promise.get_absolute_url(),
    ):
        look.at(live_server.url, address)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_correction_is_asked_for_and_a_passage_withheld(
    browser: Browser, live_server: Any, promise: Commitment, width: int, theme: Any
) -> None:
    said = "In all 39,400 work visas were issued."
    piece = make.evidence(promise, make.release(said, title="Visas in June"))
    ada = make.user("ada")
    decisions.accept(piece, make.deed(ada))
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme).new_page()
    look = Look(page)
    look.at(live_server.url, reverse("correct_commitment", args=[promise.slug]))
    page.get_by_label("What is wrong").fill("It was 39,500.")
    page.get_by_role("button", name="Send").click()
    look("correction sent")
    sign_in(page, live_server.url, ada)
    asked = CorrectionRequest.objects.get()
    corrections.receive(piece.release, "The title has a slip of the pen.", "https://example.org/a", "", "192.0.2.1")
    for address in (
        reverse("admin:commitments_correctionrequest_changelist"),
        reverse("admin:commitments_correctionrequest_change", args=[asked.pk]),
        reverse("admin:commitments_evidence_change", args=[piece.pk]),
        f"{reverse('admin:commitments_withholding_add')}?evidence={piece.pk}",
    ):
        look.at(live_server.url, address)
    corrections.decide(asked, make.deed(ada), upheld=True, answer="You are right.", changed="39,400 is 39,500 now.")
    decisions.withhold(piece.release, "passage", "By order of a court.", "A letter of 2 May.", make.deed(ada), said)
    for address in (
        reverse("admin:commitments_withholding_changelist"),
        reverse("admin:commitments_withholding_change", args=[Withholding.objects.get().pk]),
        reverse("corrections"),
        promise.get_absolute_url(),
        piece.release.get_absolute_url(),
    ):
        look.at(live_server.url, address)
