"""Digests, each told once.

1. Whoever is due one gets a row for the period, with the time that it tells (making).
2. Rows are claimed, a batch at a time, by conditional updates which only one process can win (claiming).
3. Their words are made and frozen, so that every retry says the same under the same Message-ID; only what staff
   withhold meanwhile is left out (wording).
4. If it is not more than usual (brake) and their turn has come (pace), each is marked `sending`, handed to the mail
   server, and what came of it recorded (sending).

docs/digests.md tells it for operators.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import dataclass, field

from django.utils import timezone

from commitments.digests import brake, claiming, making, pace, render, sending, wording
from commitments.digests.claiming import ClaimLost, Clock
from commitments.digests.outgoing import MailServer, ServerUnusable
from commitments.models import Digest
from commitments.models.digest import DigestQuerySet

WOULD_SEND = "would_send"
#: On the schedule no turn of a domain is waited for that is farther off; whoever runs it by hand waits for all.
PATIENCE = dt.timedelta(seconds=20)
#: How often it is looked whether another process has done with what it has claimed.
LOOK_EVERY_SECONDS = 0.2

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivery:
    """What became of one subscriber's digest. `state` is a key of Digest.State, or WOULD_SEND in a dry run."""

    email: str
    date: dt.date
    state: str
    subject: str = ""
    detail: str = ""


@dataclass
class Outcome:
    """What one run did. `unusable` holds the reason if the mail server stopped it, `stopped` if the brake did;
    `earlier` counts rows that were done before, or by others meanwhile."""

    date: dt.date
    deliveries: list[Delivery] = field(default_factory=list)
    earlier: int = 0
    unusable: str = ""
    stopped: str = ""


def send_due(*, budget: dt.timedelta | None = None, clock: Clock = timezone.now) -> Outcome:
    """What the schedule asks for: the digests of all whose time has come, and what is left of earlier ones.

    Safe to run again and by several processes at once. After `budget` no further mail is begun.
    """
    now = clock()
    making.make_due(now)
    run = _Run(Outcome(timezone.localdate(now)), clock, stop_at=None if budget is None else now + budget)
    run.deliver(Digest.objects.all())
    return run.outcome


def send_for(date: dt.date, *, retry_now: bool = False, wait: bool = False, clock: Clock = timezone.now) -> Outcome:
    """Build and deliver what is left of the digests of a day, and return when that is done.

    Safe to run again and by several processes at once. `retry_now` does not wait until a mail that was refused for
    now is due again. `wait` waits for what other processes have claimed, and takes over what they leave.
    """
    rows = Digest.objects.filter(making.of(date), again_of=None)
    outcome = Outcome(date)
    run = _Run(outcome, clock, retry_now=retry_now, is_patient=True)
    # Nobody is told anew before it is known what became of the last one.
    run.deliver(Digest.objects.filter(state=Digest.State.SENDING).exclude(pk__in=rows.values("pk")))
    while True:
        making.make_for(date, clock())
        run.deliver(rows)
        if outcome.unusable or outcome.stopped or not wait or not _others_have_some(date, rows, clock()):
            break
        time.sleep(LOOK_EVERY_SECONDS)
    outcome.earlier = rows.exclude(state__in=Digest.OPEN).exclude(pk__in=run.done).count()
    return outcome


def preview(date: dt.date, clock: Clock = timezone.now) -> Outcome:
    """What `send_for` would do, without a row written or a mail sent."""
    builder, now = wording.Builder(clock), clock()
    rows = Digest.objects.filter(making.of(date), again_of=None)
    outcome = Outcome(date, earlier=rows.exclude(state__in=Digest.OPEN).count())
    waiting = list(rows.open().select_related("subscriber").prefetch_related("subscriber__subscriptions"))
    rows_to_be = [*waiting, *making.planned(date, now)]
    for row, content in zip(rows_to_be, builder.contents(rows_to_be), strict=True):
        subject = row.subject or (render.subject(content) if content.is_worth_a_mail else "")
        state = WOULD_SEND if subject else Digest.State.NOTHING.value
        outcome.deliveries.append(Delivery(row.subscriber.email, row.date, state, subject))
    return outcome


def _others_have_some(date: dt.date, rows: DigestQuerySet, now: dt.datetime) -> bool:
    """Whether another process is at work on digests of the day, or on what has to be known before they are made."""
    claimed = Digest.objects.open().filter(claimed_until__gte=now).exclude(claimed_by=None)
    if claimed.filter(pk__in=rows.values("pk")).exists():
        return True
    return any(claimed.filter(subscriber__in=those.values("pk")).exists() for _, those in making.missing(date, now))


class _Run:
    """One process's way through the outbox, with one connection to the mail server."""

    def __init__(
        self,
        outcome: Outcome,
        clock: Clock,
        *,
        retry_now: bool = False,
        is_patient: bool = False,
        stop_at: dt.datetime | None = None,
    ) -> None:
        self.outcome = outcome
        self._clock = clock
        self._retry_now = retry_now
        self._is_patient = is_patient
        self._stop_at = stop_at
        self._builder = wording.Builder(clock)
        self.done: set[int] = set()

    def deliver(self, rows: DigestQuerySet) -> None:
        """Whatever of `rows` is open, free and due, each once a run."""
        found = claiming.batches(rows, self._clock, retry_now=self._retry_now, done=self.done, stop_at=self._stop_at)
        with MailServer() as server:
            for batch in found:
                self.done |= {row.pk for row in batch}
                try:
                    self._deliver(batch, server)
                except ServerUnusable as error:
                    self.outcome.unusable = str(error)
                except brake.Stopped as error:
                    self.outcome.stopped = str(error)
                if self.outcome.unusable or self.outcome.stopped:
                    claiming.give_back(batch)
                    return

    def _deliver(self, batch: list[Digest], server: MailServer) -> None:
        batch = [row for row in batch if not self._is_done_with(row)]
        new = [row for row in batch if not row.subject]
        frozen = {row.pk for row in self._builder.freeze(new)}
        for row in new:
            if row.state == Digest.State.NOTHING:
                self._note(row)
        ready = [row for row in batch if row.pk in frozen or row not in new]
        brake.check(ready, self._clock())
        turns = pace.turns(ready, self._clock())
        for row in sorted(ready, key=lambda row: turns[row.pk]):
            if self._stop_at is not None and self._clock() >= self._stop_at:
                claiming.give_back(ready)
                return
            if self._waited_for(row, turns[row.pk]):
                self._send(row, server)

    def _is_done_with(self, row: Digest) -> bool:
        if not sending.give_up_if_unknown_twice(row):
            return False
        self._note(row)
        return True

    def _waited_for(self, row: Digest, turn: dt.datetime) -> bool:
        """Wait for a row's turn. False if that is too far off; then it is given back until then."""
        wait = turn - self._clock()
        if wait > PATIENCE and not self._is_patient:
            claiming.give_back([row], retry_at=turn)
            return False
        if wait > dt.timedelta(0):
            time.sleep(wait.total_seconds())
        return True

    def _send(self, row: Digest, server: MailServer) -> None:
        try:
            try:
                sending.send(row, server, self._clock)
            except sending.WordsAreStale:
                if self._builder.freeze([row]):
                    sending.send(row, server, self._clock)
        except ClaimLost:
            logger.warning("The digest %s took so long that another process has taken it over.", row.pk)
            return
        except ServerUnusable:
            self._note(row)
            raise
        self._note(row)

    def _note(self, row: Digest) -> None:
        self.outcome.deliveries.append(Delivery(row.subscriber.email, row.date, row.state, row.subject, row.error))
