"""Whether a new revision rings for a worker, or is linked by the process that brought it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_enabled: ContextVar[bool] = ContextVar("ringing", default=True)


def enabled() -> bool:
    return _enabled.get()


@contextmanager
def silenced() -> Iterator[None]:
    """Within this block nobody is rung for: the caller links by itself afterwards."""
    token = _enabled.set(False)
    try:
        yield
    finally:
        _enabled.reset(token)
