"""How the watch reaches the web: one function opens connections, guarded, polite and limited."""

from .client import Response, fetch
from .errors import FetchError, FetchFailed, FetchRefused
from .politeness import max_age, retry_after

__all__ = ["FetchError", "FetchFailed", "FetchRefused", "Response", "fetch", "max_age", "retry_after"]
