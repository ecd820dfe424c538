"""Signed links in mails. Each purpose has its own salt, so a link for one opens nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from commitments.digests import keyed_hashes
from commitments.models import Subscriber

CONFIRM_LIVES = dt.timedelta(days=7)
#: Long, because old mails are read late and a way out that has died would hold people.
UNSUBSCRIBE_LIVES = dt.timedelta(days=3 * 365)

#: It opens everything that is held of somebody. A new one is a mail away.
MANAGE_LIVES = dt.timedelta(days=90)
#: How long the owner of a new address has to say yes.
MOVE_LIVES = dt.timedelta(days=2)

_CONFIRM = "commitments.digests.confirm"
_MANAGE = "commitments.digests.manage"
_MOVE = "commitments.digests.move"
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


def manage_url(subscriber: Subscriber) -> str:
    """To the page of somebody's settings. It dies with a change of address, and with the subscriber."""
    mark = keyed_hashes.of_address(subscriber.email)
    return _url("subscribe_manage", signing.dumps({"id": subscriber.pk, "of": mark}, salt=_MANAGE))


def read_manage(token: str) -> Subscriber:
    """Raises LinkExpired or LinkUnknown."""
    payload = _read(token, _MANAGE, MANAGE_LIVES)
    return _still(payload["id"], payload["of"])


def move_url(subscriber: Subscriber) -> str:
    """For the mailbox that `moving_to` names: to say that mails may go there."""
    marks = {"of": keyed_hashes.of_address(subscriber.email), "to": keyed_hashes.of_address(subscriber.moving_to)}
    return _url("subscribe_move", signing.dumps({"id": subscriber.pk, **marks}, salt=_MOVE))


def read_move(token: str) -> Subscriber:
    """Raises LinkExpired, also where another address was asked for since, or LinkUnknown."""
    payload = _read(token, _MOVE, MOVE_LIVES)
    subscriber = _still(payload["id"], payload["of"])
    if payload["to"] not in keyed_hashes.ever_of_address(subscriber.moving_to):
        raise LinkExpired
    return subscriber


def _still(key: int, mark: str) -> Subscriber:
    """The subscriber, while its address is that of which the mark was made."""
    subscriber = Subscriber.objects.filter(pk=key).first()
    if subscriber is None or mark not in keyed_hashes.ever_of_address(subscriber.email):
        raise LinkUnknown
    return subscriber


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
