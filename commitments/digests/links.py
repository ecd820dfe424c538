"""Signed links in mails. Each purpose has its own salt, so a link for one opens nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from commitments.models import Subscriber

CONFIRM_LIVES = dt.timedelta(days=7)
#: Long, because old mails are read late and a way out that has died would hold people.
UNSUBSCRIBE_LIVES = dt.timedelta(days=3 * 365)

_CONFIRM = "commitments.digests.confirm"
_UNSUBSCRIBE = "commitments.digests.unsubscribe"


class LinkExpired(ValueError):
    """The link was ours and its time is over."""


class LinkUnknown(ValueError):
    """The link was never ours, or what it was for is gone."""


@dataclass(frozen=True)
class Request:
    """What somebody asked for with a form, to hold once they confirm it from their own mailbox."""

    subscriber_id: int
    frequency: str
    scopes: tuple[str, ...]
    asked_at: dt.datetime
    time_zone: str = ""


def confirm_url(request: Request) -> str:
    payload = {
        "id": request.subscriber_id,
        "frequency": request.frequency,
        "scopes": request.scopes,
        "time_zone": request.time_zone,
        "asked_at": request.asked_at.isoformat(),
    }
    return _url("subscribe_confirm", signing.dumps(payload, salt=_CONFIRM))


def read_confirm(token: str) -> Request:
    """Raises LinkExpired or LinkUnknown."""
    payload = _read(token, _CONFIRM, CONFIRM_LIVES)
    asked_at = dt.datetime.fromisoformat(payload["asked_at"])
    # Links from before there were several still come back for as long as they live.
    scopes = payload.get("scopes") or [payload["scope"]]
    return Request(payload["id"], payload["frequency"], tuple(scopes), asked_at, payload.get("time_zone", ""))


def unsubscribe_url(subscriber: Subscriber) -> str:
    return _url("unsubscribe", signing.dumps({"id": subscriber.pk}, salt=_UNSUBSCRIBE))


def read_unsubscribe(token: str) -> int:
    """The subscriber's key. Raises LinkExpired or LinkUnknown."""
    return int(_read(token, _UNSUBSCRIBE, UNSUBSCRIBE_LIVES)["id"])


def _url(name: str, token: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=[token])}"


def _read(token: str, salt: str, lives: dt.timedelta) -> dict[str, Any]:
    try:
        payload: dict[str, Any] = signing.loads(token, salt=salt, max_age=lives)
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except signing.BadSignature as error:
        raise LinkUnknown from error
    return payload
