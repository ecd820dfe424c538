"""Staff get one mail when a source goes bad and one when it is well again, by a real mail server on loopback."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from tests.commitments.mailbox import Mailbox, serving
from tests.tracker.conftest import atom
from tracker import alerts, tasks
from tracker.alerts import RELAPSE_TOLD_AFTER, Look, is_news, tell_staff
from tracker.health import State
from tracker.leases import take
from tracker.models import Poll, Source, SourceAlert
from tracker.polling import poll

STAFF = "watch@pledges.example"
HOUR = dt.timedelta(hours=1)
MakeSource = Callable[..., Source]


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    settings.ALERTS_TO = [STAFF]
    with serving(settings) as box:
        yield box


class World:
    """A feed that works or not, hour by hour, and the schedule that tells staff after every look."""

    def __init__(self, source: Source, server: HTTPServer, now: dt.datetime) -> None:
        self.source, self.server, self.now = source, server, now
        self.bodies = 0

    def looks(self, how: str) -> World:
        """One look an hour: `+` goes well, `-` fails, `0` finds no items, `x` finds it gone."""
        for each in how:
            self.bodies += 1
            item = atom({"id": "t:1", "title": "News", "text": f"{self.bodies}"})
            body, status = {"+": (item, 200), "-": ("", 500), "0": (atom(), 200), "x": ("", 410)}[each]
            self.server.clear()
            self.server.expect_request("/feed").respond_with_data(body, status=status)
            poll(self.source, now=self.now, force=True)
            tell_staff(self.now)
            tell_staff(self.now)
            self.now += HOUR
        return self


@pytest.fixture
def world(make_source: MakeSource, httpserver: HTTPServer, now: dt.datetime) -> World:
    return World(make_source(name="Home Office news"), httpserver, now)


def subjects(mailbox: Mailbox) -> list[str]:
    return [str(mail["Subject"]).removeprefix("Home Office news: ") for mail in mailbox.to(STAFF)]


def text(mail: EmailMessage) -> str:
    return str(mail.get_content())


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ("+++", []),
        ("+-+-+--++", []),  # it comes and goes
        ("+----------", ["in trouble"]),
        ("000", ["in trouble"]),
        ("+---+---", ["in trouble"]),  # one good look is no recovery
        ("+---++++", ["in trouble", "well again"]),
        ("+---++---++---++", ["in trouble", "well again"]),  # a relapse has to last
        ("+---++" + "-" * 14, ["in trouble", "well again", "in trouble"]),
        ("x", ["no longer looked at"]),
        ("---x", ["in trouble", "no longer looked at"]),
        ("x++", ["no longer looked at", "well again"]),
    ],
)
def test_one_mail_when_it_goes_bad_and_one_when_it_is_well(
    world: World, mailbox: Mailbox, looks: str, told: list[str]
) -> None:
    world.looks(looks)
    assert subjects(mailbox) == told


def test_the_mail_says_what_is_wrong_and_where_to_look(world: World, mailbox: Mailbox, settings: Any) -> None:
    settings.BASE_URL = "https://pledges.example"
    world.looks("+---")
    (mail,) = mailbox.to(STAFF)
    assert "Failing since 20 January 2025 at 12:00 (3 times in a row)." in text(mail)
    assert "HTTP 500: the server has an error" in text(mail)
    assert f"https://pledges.example/admin/tracker/source/{world.source.pk}/change/" in text(mail)
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_rarely_polled_source_is_told_after_a_day(world: World, mailbox: Mailbox) -> None:
    world.looks("+-")
    world.now += dt.timedelta(hours=23)
    world.looks("-")
    assert subjects(mailbox) == ["in trouble"]


def test_a_source_that_falls_silent_is_told_and_its_next_release_is_its_recovery(
    make_source: MakeSource, httpserver: HTTPServer, mailbox: Mailbox, now: dt.datetime
) -> None:
    def publish(*days: int) -> None:
        moments = [now + dt.timedelta(days=day) for day in days]
        httpserver.clear()
        httpserver.expect_request("/feed").respond_with_data(
            atom(*({"id": f"t:{m:%j}", "title": f"{m:%d %B}", "published": m.isoformat()} for m in moments))
        )

    source = make_source(name="Home Office news")
    publish(-5, -4, -3, -2, -1)
    for day in range(20):
        if day == 15:
            publish(-5, -4, -3, -2, -1, 15)
        poll(source, now=now + dt.timedelta(days=day), force=True)
        tell_staff(now + dt.timedelta(days=day))
    assert subjects(mailbox) == ["in trouble", "well again"]
    assert "Nothing new since 19 January 2025" in text(mailbox.to(STAFF)[0])


def test_many_sources_at_once_are_one_mail_in_a_constant_number_of_queries(
    db: None, mailbox: Mailbox, now: dt.datetime, django_assert_max_num_queries: Any
) -> None:
    sources = Source.objects.bulk_create(
        Source(slug=f"s{n}", name=f"Source {n}", kind="feed", url=f"https://example.org/{n}", consecutive_failures=3)
        for n in range(40)
    )
    Poll.objects.bulk_create(
        Poll(source=source, started_at=now - n * HOUR, finished_at=now, outcome="failed")
        for source in sources
        for n in range(3)
    )
    SourceAlert.objects.bulk_create(SourceAlert(source=source) for source in sources)
    with django_assert_max_num_queries(10 + 2 * len(sources)):  # two for each that is told
        tell_staff(now)
    with django_assert_max_num_queries(5):
        tell_staff(now)
    (mail,) = mailbox.to(STAFF)
    assert mail["Subject"] == "Sources: 40 in trouble"
    assert text(mail).count("Failing since") == 40


def test_while_the_mail_server_is_away_nothing_is_lost(world: World, mailbox: Mailbox, settings: Any) -> None:
    settings.EMAIL_PORT = 1
    world.looks("+----")
    assert mailbox.received == []
    settings.EMAIL_PORT = mailbox.port
    tell_staff(world.now)
    tell_staff(world.now)
    assert subjects(mailbox) == ["in trouble"]


def test_a_mail_refused_for_now_is_sent_later_under_the_same_name(world: World, mailbox: Mailbox) -> None:
    mailbox.drops = [STAFF]  # taken, and the line cut before it said so
    world.looks("+---")
    first, second = mailbox.to(STAFF)
    assert first["Message-ID"] == second["Message-ID"]


def test_without_anybody_to_tell_it_waits_until_there_is(world: World, mailbox: Mailbox, settings: Any) -> None:
    settings.ALERTS_TO = []
    world.looks("+-----")
    settings.ALERTS_TO = [STAFF, "deputy@pledges.example"]
    tell_staff(world.now)
    assert mailbox.addresses == ["deputy@pledges.example", STAFF]


def test_a_run_that_was_killed_is_made_good_when_its_lease_ends(world: World, mailbox: Mailbox, settings: Any) -> None:
    world.looks("+--")
    world.source.polls.create(started_at=world.now, finished_at=world.now, outcome="failed")
    assert take(SourceAlert.objects.all(), world.now)  # and its process dies
    tell_staff(world.now)
    assert mailbox.received == []
    tell_staff(world.now + settings.POLL_LEASE + HOUR / 60)
    assert subjects(mailbox) == ["in trouble"]


def test_a_source_that_staff_paused_is_none_of_it(world: World, mailbox: Mailbox) -> None:
    world.looks("+--")
    Source.objects.update(state=Source.State.PAUSED)
    world.looks("--")
    assert mailbox.received == []


def test_the_task(world: World, mailbox: Mailbox) -> None:
    world.source.polls.create(started_at=world.now, finished_at=world.now, outcome="gone")
    Source.objects.update(state=Source.State.GONE)
    tasks.tell_staff()
    tasks.tell_staff()
    assert subjects(mailbox) == ["no longer looked at"]


@pytest.mark.many_writers
@pytest.mark.django_db(transaction=True)
def test_several_at_once_tell_it_once(
    make_source: MakeSource, mailbox: Mailbox, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source(name="Home Office news")
    source.polls.create(started_at=now, finished_at=now, outcome="gone")
    Source.objects.update(state=Source.State.GONE)
    together = threading.Barrier(4)
    find = alerts._news

    def find_together(at: dt.datetime) -> list[alerts.News]:
        found = find(at)
        together.wait(10)
        return found

    monkeypatch.setattr(alerts, "_news", find_together)

    def run() -> None:
        try:
            tell_staff(now)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert subjects(mailbox) == ["no longer looked at"]


@given(st.text("+-", max_size=60))
def test_troubles_and_recoveries_alternate_and_relapses_are_rare(looks: str) -> None:
    """Whatever a source does, hour by hour, staff get at most one mail of trouble in half a day."""
    at, told, told_at = dt.datetime(2025, 1, 1, tzinfo=dt.UTC), "well", None
    seen: list[Look] = []
    mails: list[tuple[dt.datetime, str]] = []
    for each in looks:
        seen.insert(0, Look(at, each == "+"))
        state = State.HEALTHY if each == "+" else State.FAILING
        if is_news(state, told, told_at, seen[:3], at):
            told, told_at = str(alerts.LEVELS[state]), at
            mails.append((at, told))
        at += HOUR
    assert [what for _, what in mails] == (["trouble", "well"] * len(mails))[: len(mails)]
    troubles = [when for when, what in mails if what == "trouble"]
    assert all(later - earlier > RELAPSE_TOLD_AFTER for earlier, later in itertools.pairwise(troubles))
