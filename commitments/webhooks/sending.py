"""The outbox of webhooks, sent: each row is claimed by one conditional update, posted, and what came of it recorded.

A process that dies in between leaves a claim that ends by itself, and the message is sent again under the same number:
whoever receives it can tell by that. What is refused or unanswered is tried again, ever more rarely, and given up after
a day and a half.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from commitments.models import Webhook, WebhookMessage
from tracker import fetching

#: Longer than one attempt can last.
CLAIM_LASTS = dt.timedelta(minutes=2)
#: Waits after each attempt that failed; after the last the message is given up.
RETRY_AFTER = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1200))
DEADLINE_SECONDS = 15.0
_AT_A_TIME = 100


@dataclass(frozen=True)
class Sent:
    """What one run did."""

    sent: int = 0
    failed: int = 0


def send(clock: Callable[[], dt.datetime] = timezone.now, budget: dt.timedelta | None = None) -> Sent:
    """Send what waits and is due. Safe to run by several processes at once; after `budget` nothing more is begun."""
    stop_at = None if budget is None else clock() + budget
    sent = failed = 0
    keys = list(WebhookMessage.objects.claimable(clock()).order_by("pk").values_list("pk", flat=True)[:_AT_A_TIME])
    for key in keys:
        now = clock()
        if stop_at is not None and now >= stop_at:
            break
        arrived = _send(key, clock)
        sent += arrived is True
        failed += arrived is False
    return Sent(sent, failed)


def send_one(message: WebhookMessage, clock: Callable[[], dt.datetime] = timezone.now) -> None:
    """Send one at once, unless another process has it."""
    _send(message.pk, clock)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """What the header `Pledgewatch-Signature` holds: HMAC-SHA256 over the time, a full stop and the body."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={signed}"


def _send(key: int, clock: Callable[[], dt.datetime]) -> bool | None:
    """Claim and deliver one. Whether it arrived; None where another process has it, or it is not due."""
    now = clock()
    if not WebhookMessage.objects.claimable(now).filter(pk=key).update(claimed_until=now + CLAIM_LASTS):
        return None
    return _deliver(WebhookMessage.objects.select_related("webhook").get(pk=key), clock)


def _deliver(message: WebhookMessage, clock: Callable[[], dt.datetime]) -> bool:
    """One attempt. False if it has not arrived."""
    webhook, now = message.webhook, clock()
    if not webhook.is_on:
        _record(message, state=WebhookMessage.State.FAILED, error="The webhook was switched off.")
        return False
    attempts = message.attempts + 1
    answer, error = _post(webhook, message, now)
    if not error:
        _record(message, state=WebhookMessage.State.SENT, attempts=attempts, answer=answer, error="", sent_at=clock())
        return True
    if attempts > len(RETRY_AFTER):
        given_up = f"Given up after {attempts} attempts: {error}"
        _record(message, state=WebhookMessage.State.FAILED, attempts=attempts, answer=answer, error=given_up)
    else:
        retry_at = clock() + RETRY_AFTER[attempts - 1]
        _record(message, attempts=attempts, answer=answer, error=error, retry_at=retry_at)
    return False


def _post(webhook: Webhook, message: WebhookMessage, now: dt.datetime) -> tuple[int | None, str]:
    """The status of the answer, and what went wrong, in words; empty if it arrived."""
    body = json.dumps(message.body, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Pledgewatch-Event": message.event,
        "Pledgewatch-Number": str(message.number),
        "Pledgewatch-Signature": signature(webhook.secret, int(now.timestamp()), body),
    }
    try:
        status = fetching.post(webhook.url, body, headers, deadline_seconds=DEADLINE_SECONDS)
    except fetching.FetchError as error:
        return None, str(error)
    return status, "" if 200 <= status < 300 else f"It answered {status}."


def _record(message: WebhookMessage, **values: object) -> None:
    """What came of an attempt, while the claim is ours; that it was sent is true whoever holds it by now."""
    held = WebhookMessage.objects.filter(pk=message.pk)
    if values.get("state") != WebhookMessage.State.SENT:
        held = held.filter(claimed_until=message.claimed_until)
    held.update(claimed_until=None, **values)
