"""What one poll may ask of the web: a number of requests, of bytes and of seconds."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils import timezone

from tracker.fetching import FetchFailed, FetchPostponed, Response, fetch, retry_after
from tracker.models import Source
from tracker.reading.bounds import too_much
from tracker.schedule import COOL_DOWN
from tracker.sources.opening import opening

MAX_REQUESTS = 100
MAX_BYTES = 50 * 1024 * 1024
MAX_SECONDS = 120.0

#: A feed is read for what is new; the pages that its items link to are asked for a few at a time.
MAX_REQUESTS_OF_A_FEED = 26
MAX_SECONDS_OF_A_FEED = 60.0

#: Kinds of source that are meant for programs, and asked by their documented rules.
INTERFACES = {Source.Kind.GOVUK, Source.Kind.PARLIAMENT}

SLOW_DOWN_STATUSES = {429, 503}
#: Answers that asking again soon will not change.
FORBIDDEN_STATUSES = {401, 402, 403, 406, 451}


class Spent(FetchFailed):
    """The poll has asked for as much as one poll may. `str(error)` says what ran out."""


@dataclass
class Budget:
    """`seconds` count from when it was made. Each limit is reached when what was spent is at least as much."""

    requests: int = MAX_REQUESTS
    received_bytes: int = MAX_BYTES
    seconds: float = MAX_SECONDS
    clock: Callable[[], float] = time.monotonic
    requests_made: int = field(default=0, init=False)
    bytes_received: int = field(default=0, init=False)
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def why_spent(self) -> str:
        """A sentence that says what has run out; empty while something is left of everything."""
        if self.requests_made >= self.requests:
            return f"One poll makes at most {self.requests} requests."
        if self.bytes_received >= self.received_bytes:
            return f"One poll receives at most {self.received_bytes / 1024**2:.3g} MiB."
        return self.why_late()

    def why_late(self) -> str:
        """A sentence that says that the time has run out; empty while it has not."""
        late = self.clock() - self._began >= self.seconds
        return f"One poll takes at most {self.seconds:.3g} seconds." if late else ""


def budget_of_a_poll(kind: str) -> Budget:
    """What one poll of a source of `kind` may spend."""
    if kind == Source.Kind.FEED:
        return Budget(requests=MAX_REQUESTS_OF_A_FEED, seconds=MAX_SECONDS_OF_A_FEED)
    return Budget()


class Asker:
    """`tracker.sources.Ask` within a budget.

    `answers` are those that a kind had, of status 200, since the last `forget`; `last_status` is that of the last
    answer of any status. A host that asks to be left alone is asked nothing more: `stay_away` then says for how
    long, and `shut_host` which it is. `before` is called before each request. robots.txt is for pages: what a
    source of `kind` offers to programs (a feed, an interface) is asked for without it. A host that is busy with
    others is asked again, `most_postponements` times in all.
    """

    def __init__(
        self,
        kind: str,
        budget: Budget | None = None,
        before: Callable[[], None] = lambda: None,
        most_postponements: int = 0,
    ) -> None:
        self._kind = kind
        self._postponements_left = most_postponements
        self.budget = budget or budget_of_a_poll(kind)
        self.answers: list[Response] = []
        self.last_status = 0
        self.stay_away: dt.timedelta | None = None
        self.shut_host = ""
        self._before = before

    def __call__(self, url: str, accept: str = "*/*") -> Response:
        response = self._ask(url, accept, obey_robots=self._kind not in INTERFACES)
        _check(response.body, url)
        if response.status == 200:
            self.answers.append(response)
        return response

    def ask_source(self, url: str, accept: str, *, etag: str = "", last_modified: str = "") -> Response:
        """Ask for a page of the source itself, with validators.

        Raises FetchError, and Spent when nothing more may be asked.
        """
        obey_robots = self._kind not in {Source.Kind.FEED, *INTERFACES}
        response = self._ask(url, accept, obey_robots=obey_robots, etag=etag, last_modified=last_modified)
        is_feed = self._kind == Source.Kind.FEED
        _check(opening(response.body) if is_feed else response.body, url, item_by_item=is_feed)
        return response

    def ask_file(self, url: str, *, etag: str = "", last_modified: str = "") -> Response:
        """Ask for a file that belongs to a document, with validators. It is none of the `answers`.

        Raises FetchError, and Spent when nothing more may be asked.
        """
        obey_robots = self._kind not in INTERFACES
        return self._ask(url, "*/*", obey_robots=obey_robots, etag=etag, last_modified=last_modified)

    def _ask(self, url: str, accept: str, *, obey_robots: bool, etag: str = "", last_modified: str = "") -> Response:
        if why := self.why_not(url):
            raise Spent(why)
        self._before()
        self.budget.requests_made += 1
        self.last_status = 0
        while True:
            try:
                response = fetch(url, accept=accept, etag=etag, last_modified=last_modified, obey_robots=obey_robots)
                break
            except FetchPostponed:
                if not self._postponements_left:
                    raise
                self._postponements_left -= 1
                self._before()
        self.budget.bytes_received += len(response.body)
        self.last_status = response.status
        if response.status in SLOW_DOWN_STATUSES:
            asked = retry_after(response.headers, timezone.now())
            self.stay_away = COOL_DOWN if asked is None else asked
            self.shut_host = urlsplit(response.final_url).netloc
        return response

    def why_not(self, url: str) -> str:
        """Why `url` may not be asked for any more, as a sentence. Empty if it may."""
        if self.shut_host and urlsplit(url).netloc == self.shut_host:
            return f"{self.shut_host} asks to be left alone for now."
        return self.budget.why_spent()

    def forget(self) -> None:
        self.answers = []
        self.last_status = 0


def _check(body: bytes, url: str, *, item_by_item: bool = False) -> None:
    """Raise FetchFailed for what no parser should be given."""
    if why := too_much(body, item_by_item=item_by_item):
        raise FetchFailed(f"What is at {url} is not read. {why}")
