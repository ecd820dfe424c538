"""A total time for a piece of network work, whatever it is waiting for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

#: For work whose connections were cut to notice it.
GRACE_SECONDS = 1.0


class Deadline:
    """Cuts the connections opened under it when its time has passed, wherever they have got to.

    A time-out per read does not stop a host that sends a byte every second, in its headers, its TLS handshake
    or its body.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self.has_connected = False
        self._guard = threading.Lock()
        self._sockets: list[socket.socket] = []

    def check(self) -> None:
        """Raise TimeoutError when the time has passed."""
        if self.passed:
            raise TimeoutError("the deadline has passed")

    def watch(self, connection: socket.socket) -> None:
        """Cut `connection` in time. Raises TimeoutError when it is too late already."""
        with self._guard:
            self.has_connected = True
            if self.passed:
                connection.close()
            else:
                self._sockets.append(connection.dup())
        self.check()

    def cut(self) -> None:
        with self._guard:
            self.passed = True
            for connection in self._sockets:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:  # the other side was faster
                    continue

    def close(self) -> None:
        with self._guard:
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()


class _Outcome(Generic[T]):
    value: T
    error: BaseException | None = None


def within(seconds: float, work: Callable[[Deadline], T]) -> T:
    """What `work` returns or raises. Raises TimeoutError when it has not ended after `seconds`.

    The work runs in a thread of its own: the system's look-up of a name can be neither cut nor given a time, so
    it is left behind, and finds its deadline passed before it can connect.
    """
    deadline = Deadline(seconds)
    done = threading.Event()
    outcome: _Outcome[T] = _Outcome()

    def run() -> None:
        try:
            outcome.value = work(deadline)
        except BaseException as error:
            outcome.error = error
        finally:
            deadline.close()
            done.set()

    threading.Thread(target=run, name="fetch", daemon=True).start()
    try:
        in_time = done.wait(seconds)
    finally:  # also when the waiting itself is interrupted
        deadline.cut()
    if not in_time and not done.wait(GRACE_SECONDS):
        where = "" if deadline.has_connected else ", still looking for its name or connecting"
        raise TimeoutError(f"no end after {seconds:.0f} seconds{where}")
    if outcome.error is not None:
        raise outcome.error
    return outcome.value
