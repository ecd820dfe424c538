"""The pages by which a desk merges commitments, follows departments and keeps webhooks, as a browser shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from commitments import decisions, departments
from commitments.models import Department, Merge, Milestone, Webhook
from commitments.webhooks import events
from tests.commitments import make
from tests.journeys.looking import Look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_AGO = dt.date(2025, 1, 2)


def pages() -> list[str]:
    """The addresses of all of them, with something on each."""
    ada = make.user("ada")
    trees, woods, parks = (
        Department.objects.create(name=f"Ministry of {name}", slug=name.lower()) for name in ("Trees", "Woods", "Parks")
    )
    kept = make.commitment("Plant trees in every county", due=LONG_AGO, department=trees, owner=ada, importance=3)
    twice, other = make.commitment("Plant trees everywhere"), make.commitment("Plant oaks", department=trees)
    for one in (kept, twice, other):
        make.evidence(one, make.release(f"They have begun to {one.title.lower()}."), score=0.97)
        Milestone.objects.create(commitment=one, title=f"The first spade for {one.reference}")
    decisions.merge(twice, kept, make.deed(ada), "Both quote one sentence of the same plan.")
    departments.rename(trees, "Ministry of Trees and Shrubs", dt.date(2024, 9, 1))
    webhook = Webhook.objects.create(
        name="Newsroom", url="https://hooks.example/x", shape="slack", since=timezone.now() - dt.timedelta(days=1)
    )
    events.note(timezone.now())
    commitment, department = "admin:commitments_commitment", "admin:commitments_department"
    to = f"?to={woods.pk}&to={parks.pk}&on=2025-01-01"
    return [
        reverse("admin:index"),
        reverse(f"{commitment}_changelist"),
        reverse(f"{commitment}_change", args=[twice.pk]),
        reverse(f"{commitment}_merge", args=[other.pk]),
        reverse(f"{commitment}_merge", args=[other.pk]) + f"?into={kept.reference}",
        reverse("admin:commitments_merge_change", args=[Merge.objects.get().pk]),
        reverse(f"{department}_change", args=[trees.pk]),
        reverse(f"{department}_rename", args=[trees.pk]),
        reverse(f"{department}_hand_over", args=[trees.pk]),
        reverse(f"{department}_hand_over", args=[trees.pk]) + to,
        reverse("admin:commitments_webhook_changelist"),
        reverse("admin:commitments_webhook_change", args=[webhook.pk]),
        reverse("admin:commitments_webhookmessage_changelist"),
        kept.get_absolute_url(),
        reverse("before_merge", args=[twice.slug]),
    ]


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_no_page_of_the_desk_is_inaccessible_or_wider_than_the_screen(
    browser: Browser, live_server: Any, width: int, theme: Any
) -> None:
    addresses = pages()
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme).new_page()
    sign_in(page, live_server.url, make.user("ada"))
    look = Look(page)
    for address in addresses:
        look.at(live_server.url, address)
