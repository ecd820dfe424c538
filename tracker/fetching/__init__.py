"""How the watch reaches the web: one function opens connections, guarded, polite and limited."""

from .client import fetch, post
from .errors import FetchError, FetchFailed, FetchForbidden, FetchPostponed, FetchRefused
from .politeness import fresh_for, retry_after, sent_at
from .response import Response

__all__ = [
    "FetchError",
    "FetchFailed",
    "FetchForbidden",
    "FetchPostponed",
    "FetchRefused",
    "Response",
    "fetch",
    "fresh_for",
    "post",
    "retry_after",
    "sent_at",
]
