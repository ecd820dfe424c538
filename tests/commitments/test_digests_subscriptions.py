from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments.digests import deliver, scope, signup
from commitments.digests.coverage import Searches, coverage
from commitments.models import Department, Subscriber
from tests.commitments import make

TODAY = dt.date(2025, 6, 30)

pytestmark = pytest.mark.django_db


def overdue(title: str, **fields: Any) -> Any:
    return make.commitment(title, due=TODAY - dt.timedelta(days=3), **fields)


def test_several_subscriptions_are_one_mail_with_each_commitment_once() -> None:
    forests = Department.objects.create(name="Forests", slug="forests")
    overdue("Plant trees", department=forests)
    overdue("Halve knife crime")
    overdue("Build roads")
    signup.add_confirmed("jo@example.org", "daily", "department:forests", "commitment:plant-trees")
    signup.add_confirmed("jo@example.org", "daily", "search:knife")

    deliver.send_for(TODAY)

    (sent,) = mail.outbox
    assert sent.subject == "Pledgewatch: 2 commitments overdue"
    assert str(sent.body).count("* Plant trees") == 1
    assert "Build roads" not in str(sent.body)
    assert "commitments of Forests, “Plant trees” and commitments found for “knife”" in str(sent.body)


def test_a_search_covers_what_the_list_finds_for_it_as_it_may_have_been_meant(client: Any) -> None:
    for title in ("Halve knife crime", "Buy knife scanners", "Build roads"):
        overdue(title)
    overdue("Knife drafts", publication="draft")

    listed = client.get("/commitments/", {"q": "knofe"}).context["register"]
    found = Searches(TODAY).found("knofe")

    assert found == {line.commitment.pk for line in listed.lines}
    assert len(found) == 2


def test_a_search_is_asked_once_for_all_who_subscribed_to_it() -> None:
    overdue("Halve knife crime")
    searches = Searches(TODAY)
    first = coverage(["search:knife", "all"], searches)

    with CaptureQueriesContext(connection) as queries:
        assert coverage(["search:knife", "all"], searches) == first

    assert len(queries) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [("search:", "is no scope"), ("search:  ", "is no scope"), ("search:of the", "stand in almost every text")],
)
def test_a_search_for_nothing_cannot_be_subscribed_to(text: str, said: str) -> None:
    with pytest.raises(scope.UnknownScope, match=said):
        scope.find(text)


@pytest.mark.parametrize(
    ("fields", "is_mailed"),
    [
        ({}, True),
        ({"state": "pending"}, False),
        ({"state": "unsubscribed"}, False),
        ({"paused_at": -1}, False),
        ({"paused_at": -9, "paused_until": 1}, False),
        ({"paused_at": -9, "paused_until": -1}, True),
        ({"suppressed_at": -1, "suppressed_because": "bounced"}, False),
    ],
)
def test_who_gets_mail(fields: dict[str, Any], is_mailed: bool) -> None:
    now = timezone.now()
    days = {name: now + dt.timedelta(days=value) for name, value in fields.items() if isinstance(value, int)}
    fields = {"state": "confirmed", "confirmed_at": now, **fields, **days}
    Subscriber.objects.create(email="jo@example.org", **fields)

    assert Subscriber.objects.to_be_mailed(now).exists() is is_mailed


def test_the_form_offers_what_there_is_and_takes_words_to_search_for(client: Client) -> None:
    forests = Department.objects.create(name="Forests", slug="forests")
    overdue("Plant trees", department=forests)
    page = client.get("/subscribe/", {"scope": "search:old trees"}).content.decode()
    assert 'value="department:forests"' in page
    assert 'value="old trees"' in page
    assert "/feeds/changes.atom?q=old+trees" in page

    form = {"email": "jo@example.org", "frequency": "at_once", "time_zone": "Asia/Tokyo"}
    client.post("/subscribe/", {**form, "scope": "search", "words": " old  trees "})
    link = re.search(r"(/subscribe/confirm/\S+)", str(mail.outbox[-1].body))
    assert link
    client.post(link.group(1))

    jo = Subscriber.objects.get()
    assert (jo.state, jo.frequency, jo.time_zone) == ("confirmed", "at_once", "Asia/Tokyo")
    assert [each.scope for each in jo.subscriptions.all()] == ["search:old trees"]


def test_the_list_leads_to_a_subscription_and_a_feed_of_what_is_looked_at(client: Client) -> None:
    forests = Department.objects.create(name="Forests", slug="forests")
    overdue("Plant trees", department=forests)

    follow = (
        client.get("/commitments/", {"q": "trees", "department": "forests", "status": "in_progress"})
        .context["register"]
        .follow
    )

    assert [each.scope for each in follow] == ["search:trees", "department:forests"]
    for each in follow:
        assert client.get("/subscribe/", {"scope": each.scope}).status_code == 200
        feed = client.get(each.feed.removeprefix("http://127.0.0.1:8000"))
        assert "Plant trees" in feed.content.decode()


def test_a_feed_of_a_search_tells_of_what_is_found_and_is_not_sent_twice(client: Client) -> None:
    overdue("Halve knife crime")
    overdue("Build roads")

    feed = client.get("/feeds/changes.atom", {"q": "knife"})

    said = feed.content.decode()
    assert "commitments found for “knife”" in said
    assert "Halve knife crime" in said
    assert "Build roads" not in said
    again = client.get("/feeds/changes.atom", {"q": "knife"}, headers={"If-None-Match": feed.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/feeds/changes.atom", {"q": "of the"}).status_code == 404
    assert client.get("/feeds/changes.atom", {"scope": "x"}).status_code == 400
