"""How often one client may ask: a count a minute, kept in the cache that all processes share."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from commitments.clients import address_of, network_of

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Allowance:
    """What a client may still ask. `seconds` until it is whole again."""

    quota: int
    left: int
    seconds: int
    is_exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-10 has them; Retry-After where nothing is left."""
        headers = {
            "RateLimit-Policy": f'"per-client";q={self.quota};w={WINDOW_SECONDS}',
            "RateLimit": f'"per-client";r={self.left};t={self.seconds}',
        }
        return {**headers, "Retry-After": str(self.seconds)} if self.is_exceeded else headers


def spend(request: HttpRequest, purpose: str, now: float | None = None) -> Allowance:
    """Count one request of this client. Where the count cannot be kept, it is let through, which the log says."""
    at = time.time() if now is None else now
    window, into = divmod(int(at), WINDOW_SECONDS)
    key = f"asked:{purpose}:{window}:{_client(request)}"
    try:
        cache.add(key, 0, WINDOW_SECONDS * 2)
        asked = cache.incr(key)
    except (RedisError, ValueError) as error:  # ValueError: it was forgotten between the two
        log.warning("Requests are not counted: %s", error)
        asked = 1
    quota = settings.API_REQUESTS_PER_MINUTE
    return Allowance(quota, max(quota - asked, 0), WINDOW_SECONDS - into, asked > quota)


def _client(request: HttpRequest) -> str:
    """A hash, so that no address is kept."""
    return hashlib.sha256(network_of(address_of(request)).encode()).hexdigest()[:32]
