"""Public pages are kept for a moment, for readers who cannot be told apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments import decisions
from commitments.models import Commitment
from commitments.views import kept

from . import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages_are_kept(settings: Any) -> None:
    settings.PAGES_KEPT = dt.timedelta(seconds=3)
    kept.forget()


def wait(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = kept.time.monotonic()
    monkeypatch.setattr(kept.time, "monotonic", lambda: now + seconds)


def titles(client: Client, address: str = "/commitments/") -> str:
    return client.get(address).content.decode()


def test_a_second_reader_costs_the_database_the_question_what_is_withheld(client: Client) -> None:
    promise = make.commitment("Plant trees")
    addresses = ["/", "/commitments/", "/sources/", promise.get_absolute_url()]
    first = [client.get(address) for address in addresses]
    with CaptureQueriesContext(connection) as captured:
        second = [Client().get(address) for address in addresses]
    assert len(captured) == len(addresses)
    assert all("commitments_withholding" in one["sql"] for one in captured)
    assert [one.content for one in second] == [one.content for one in first]
    assert all("Content-Security-Policy" in one.headers for one in second)
    assert all("X-Request-ID" in one.headers for one in first)
    assert not any("X-Request-ID" in one.headers for one in second)


def test_a_decision_is_seen_within_five_seconds(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    promise = make.commitment("Plant trees")
    assert "Off track" not in titles(client, promise.get_absolute_url())
    decisions.change_status(promise, "off_track", make.user(), "Stalled.", dt.date(2026, 1, 1))
    wait(monkeypatch, 3.1)
    assert "Off track" in titles(client, promise.get_absolute_url())


def test_what_was_taken_back_is_gone_within_five_seconds(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    promise = make.commitment("Plant trees")
    assert "Plant trees" in titles(client)
    Commitment.objects.filter(pk=promise.pk).update(publication="draft")
    wait(monkeypatch, 3.1)
    assert "Plant trees" not in titles(client)
    assert client.get(promise.get_absolute_url()).status_code == 404


def test_what_is_withheld_is_gone_at_once_and_back_at_once_when_it_no_longer_is(client: Client) -> None:
    release = make.release("Saplings were planted.", title="Of gardens")
    assert "Saplings" in titles(client, release.get_absolute_url())
    held = decisions.withhold(release, "text", "By order.", "A court said so.", make.deed())
    assert "Saplings" not in titles(client, release.get_absolute_url())
    decisions.lift(held, "The order has ended.", make.deed())
    assert "Saplings" in titles(client, release.get_absolute_url())


def test_who_brings_a_cookie_gets_a_page_of_their_own_and_leaves_none(client: Client) -> None:
    signed_in = Client()
    signed_in.force_login(make.user())
    make.commitment("Plant trees")
    assert "Plant trees" in titles(signed_in)
    make.commitment("Dig wells")
    assert "Dig wells" in titles(client)
    make.commitment("Build homes")
    assert "Build homes" in titles(signed_in)
    assert "Build homes" not in titles(client)


@pytest.mark.parametrize("address", ["/commitments/?page=2", "/commitments/?q=trees", "/commitments/?page=1"])
def test_another_address_is_another_page(client: Client, address: str) -> None:
    titles(client)
    make.commitment("Plant trees")
    assert "Plant" in titles(client, address)


def test_the_order_of_parameters_makes_no_other_page(client: Client) -> None:
    titles(client, "/commitments/?q=trees&sort=title")
    make.commitment("Plant trees")
    assert "Plant" not in titles(client, "/commitments/?sort=title&q=trees")


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer x"}, {"Cookie": "a=b"}])
def test_who_says_who_they_are_is_given_nothing_that_was_kept(client: Client, headers: dict[str, str]) -> None:
    titles(client)
    make.commitment("Plant trees")
    assert "Plant trees" in client.get("/commitments/", headers=headers).content.decode()


def test_another_host_is_another_page(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    titles(client)
    make.commitment("Plant trees")
    assert "Plant trees" in client.get("/commitments/", headers={"Host": "other.example"}).content.decode()
    assert client.get("/commitments/", headers={"Host": "evil.example"}).status_code == 400


def test_pages_take_no_more_memory_than_they_may(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 3 * len(client.get("/commitments/").content))
    kept.forget()
    addresses = [f"/commitments/?page={number}" for number in range(1, 9)]
    for address in addresses:
        titles(client, address)
    make.commitment("Plant trees")
    kept_still = ["Plant trees" not in titles(client, address) for address in reversed(addresses)]
    assert kept_still == sorted(kept_still, reverse=True)
    assert 1 <= sum(kept_still) <= 3


def test_an_address_of_endless_length_is_answered_and_not_kept(client: Client) -> None:
    address = f"/commitments/?x={'x' * kept.LONGEST_QUERY}"
    titles(client, address)
    make.commitment("Plant trees")
    assert "Plant trees" in titles(client, address)


def test_a_form_is_not_kept(client: Client) -> None:
    promise = make.commitment("Plant trees")
    one, other = (Client().get(f"{promise.get_absolute_url()}correct/").content for _ in range(2))
    assert one != other


def test_what_is_not_there_is_not_kept(client: Client) -> None:
    assert client.get("/commitments/plant-trees/").status_code == 404
    make.commitment("Plant trees")
    assert client.get("/commitments/plant-trees/").status_code == 200


def test_what_is_scheduled_appears_by_itself(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    at = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
    with time_machine.travel(at - dt.timedelta(minutes=1), tick=False):
        make.commitment("Plant trees", publication="scheduled", publish_at=at)
        assert "Plant trees" not in titles(client)
    kept.forget()
    with time_machine.travel(at + dt.timedelta(seconds=1), tick=False):
        assert "Plant trees" in titles(client)
