"""What went wrong on the way to a host, in words for staff."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from http.client import IncompleteRead

from .decoding import BrokenCompression
from .guard import Address


def what_went_wrong(address: Address, error: Exception) -> str:
    """What `error` means, in words for staff."""
    host = f"{address.host}:{address.port}"
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror | UnicodeError) for cause in causes):
        return f"The name {address.host} cannot be found (DNS)."
    # Where the certificate is for another name, it is the client library that says so, by an error of its own.
    if any(isinstance(cause, ssl.SSLError) or type(cause).__name__ == "CertificateError" for cause in causes):
        return f"No secure connection to {host} (TLS): {_last_words(causes)}."
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"{host} refused the connection."
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return f"{host} did not answer in time (time-out after a long silence)."
    if any(isinstance(cause, IncompleteRead) for cause in causes):
        return f"{host} broke off in the middle of its answer."
    broken = next((cause for cause in causes if isinstance(cause, BrokenCompression)), None)
    if broken:
        return f"The answer of {host} is compressed in a way that cannot be undone: {broken}."
    return f"No answer from {host}: {_last_words(causes)}."


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
        waiting.extend(item for item in inner if isinstance(item, BaseException))


def _last_words(causes: list[BaseException]) -> str:
    last = causes[-1]
    return f"{type(last).__name__} {last}".strip().rstrip(".")
