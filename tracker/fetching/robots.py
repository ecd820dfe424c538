"""What a host's robots.txt asks of us (RFC 9309), asked for once a day at most and kept in the database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from django.utils import timezone
from protego import Protego

from tracker.models import RobotsFile

from .errors import FetchFailed, FetchForbidden
from .guard import Address
from .politeness import fresh_for, retry_after
from .response import Response

ACCEPT = "text/plain, */*;q=0.5"
LIFETIME = dt.timedelta(hours=24)
SHORTEST_LIFETIME = dt.timedelta(hours=1)
#: For how long a host whose robots.txt can't be had is not asked for it again.
TRY_AGAIN_AFTER = dt.timedelta(minutes=10)
#: As much as RFC 9309 wants a reader to read at least.
MAX_BYTES = 500 * 1024
#: A pause that is meant to be kept; a longer one says in other words to stay away.
LONGEST_CRAWL_DELAY = dt.timedelta(hours=1)
EVERYBODY = "*"

_USER_AGENT_LINE = re.compile(r"\s*user[-\s]*agent\s*(?::|\s)\s*(?P<agent>[^#]*)", re.IGNORECASE)


def pause_asked_for(
    address: Address, user_agent: str, ask: Callable[[str], Response], *, now: dt.datetime | None = None
) -> dt.timedelta:
    """The pause between requests that the host's robots.txt asks for, if it lets us have `address` at all.

    `ask` fetches robots.txt when what is kept of it is too old. Raises FetchForbidden when it does not let us,
    and FetchFailed when it can't be had for now, for then nobody knows.
    """
    file = _file_of(address, ask, now or timezone.now())
    if file.problem:
        raise FetchFailed(
            f"{address.host} is left alone for now, for what its robots.txt asks cannot be known: {file.problem}"
        )
    rules = _rules(file.text, user_agent)
    if not rules.can_fetch(_as_requested(address.url), user_agent):
        raise FetchForbidden(f"The robots.txt of {address.host} asks us not to fetch {address.url}.")
    seconds = min(rules.crawl_delay(user_agent) or 0.0, LONGEST_CRAWL_DELAY.total_seconds())
    return dt.timedelta(seconds=seconds)


def _file_of(address: Address, ask: Callable[[str], Response], now: dt.datetime) -> RobotsFile:
    origin = f"{address.scheme}://{address.host_header}"
    kept = RobotsFile.objects.filter(origin=origin, expires_at__gt=now).first()
    if kept is not None:
        return kept
    text, problem, lifetime = _asked(f"{origin}/robots.txt", ask, now)
    file, _ = RobotsFile.objects.update_or_create(
        origin=origin,
        defaults={"text": text, "problem": problem, "fetched_at": now, "expires_at": now + lifetime},
    )
    return file


def _asked(url: str, ask: Callable[[str], Response], now: dt.datetime) -> tuple[str, str, dt.timedelta]:
    """Text, problem and lifetime. 4xx means that there are no rules; 429 and 5xx that nobody knows."""
    try:
        response = ask(url)
    except FetchFailed as error:
        return "", str(error), TRY_AGAIN_AFTER
    if response.status == 200:
        text = response.body[:MAX_BYTES].decode("utf-8-sig", errors="replace").replace("\0", "")
        return text, "", min(max(fresh_for(response.headers, now) or LIFETIME, SHORTEST_LIFETIME), LIFETIME)
    if response.status == 429 or response.status >= 500:
        wait = max(retry_after(response.headers, now) or TRY_AGAIN_AFTER, TRY_AGAIN_AFTER)
        return "", f"asked for it, the host answered HTTP {response.status}.", min(wait, LIFETIME)
    if 400 <= response.status < 500:
        return "", "", LIFETIME
    return "", f"asked for it, the host answered HTTP {response.status}.", TRY_AGAIN_AFTER


@lru_cache(maxsize=64)
def _rules(text: str, user_agent: str) -> Protego:
    return Protego.parse(_of_concern(text, user_agent))


def _of_concern(text: str, user_agent: str) -> str:
    """`text` with two names left, the one that fits us best (or "*") and one for all others.

    The parser gives each name of a group each of its rules, which of a file with thousands of both would be
    millions.
    """
    named = [(line, _USER_AGENT_LINE.match(line)) for line in text.splitlines()]
    names = {_plain(match["agent"]) for _, match in named if match}
    ours = user_agent.lower()
    wanted = max((name for name in names if _is_of(ours, name)), key=len, default=EVERYBODY)
    somebody_else = "x" * (len(ours) + 1)
    return "\n".join(
        line if not match else f"User-agent: {wanted if _plain(match['agent']) == wanted else somebody_else}"
        for line, match in named
    )


def _plain(agent: str) -> str:
    agent = agent.strip().lower()
    return agent if agent == EVERYBODY else agent.replace(EVERYBODY, "")


def _is_of(user_agent: str, name: str) -> bool:
    return bool(name) and name != EVERYBODY and re.search(rf"(?<![\w-]){re.escape(name)}", user_agent) is not None


def _as_requested(url: str) -> str:
    """`url` with its path written as it is sent."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=quote(parts.path, safe="/%:@!$&'()*+,;=~-._")))
