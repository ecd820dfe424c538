"""What one poll may ask of the web: a number of requests, of bytes and of seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tracker.fetching import FetchFailed, Response, fetch

MAX_REQUESTS = 100
MAX_BYTES = 50 * 1024 * 1024
MAX_SECONDS = 120.0


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

    @property
    def seconds_left(self) -> float:
        return self.seconds - (self.clock() - self._began)

    def why_spent(self) -> str:
        """A sentence that says what has run out; empty while something is left of everything."""
        if self.requests_made >= self.requests:
            return f"One poll makes at most {self.requests} requests."
        if self.bytes_received >= self.received_bytes:
            return f"One poll receives at most {self.received_bytes / 1024**2:.0f} MiB."
        if self.seconds_left <= 0:
            return f"One poll takes at most {self.seconds:.0f} seconds."
        return ""


class Asker:
    """`tracker.sources.Ask` within a budget. `answers` are those of status 200 since the last `forget`."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.answers: list[Response] = []

    def __call__(self, url: str, accept: str = "*/*") -> Response:
        if why := self.budget.why_spent():
            raise Spent(why)
        self.budget.requests_made += 1
        response = fetch(url, accept=accept)
        self.budget.bytes_received += len(response.body)
        if response.status == 200:
            self.answers.append(response)
        return response

    def forget(self) -> None:
        self.answers = []
