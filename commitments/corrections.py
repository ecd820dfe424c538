"""What readers say is wrong: taking it in, deciding on it, answering, and forgetting who asked."""

from __future__ import annotations

import datetime as dt
import logging
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac

from commitments import showing
from commitments.decisions import DecisionRefused, Deed
from commitments.digests.outgoing import (
    DeliveryUnknown,
    MailServer,
    PermanentlyRefused,
    ServerUnusable,
    TemporarilyRefused,
    sender_domain,
)
from commitments.models import Commitment, CorrectionRequest, Definition, StatusChange
from tracker.models import Release

#: What one client may send in an hour.
REQUESTS_OF_A_CLIENT = 5
#: A client's hash is needed for counting, and for no longer than this.
CLIENTS_KEPT = dt.timedelta(days=1)

logger = logging.getLogger(__name__)


class TooManyRequests(Exception):
    """This client has sent enough for now."""


def receive(about: Commitment | Release, wrong: str, source: str, email: str, client: str) -> CorrectionRequest:
    """Put what somebody says is wrong before staff. `client` is a network address. Raises TooManyRequests."""
    key = salted_hmac("commitments.corrections.client", client, algorithm="sha256").hexdigest()
    lately = timezone.now() - dt.timedelta(hours=1)
    if CorrectionRequest.objects.filter(client_key=key, received_at__gt=lately).count() >= REQUESTS_OF_A_CLIENT:
        raise TooManyRequests
    to = {"commitment": about} if isinstance(about, Commitment) else {"release": about}
    return CorrectionRequest.objects.create(wrong=wrong, source=source, email=email, client_key=key, **to)


@transaction.atomic
def decide(
    request: CorrectionRequest,
    deed: Deed,
    *,
    upheld: bool,
    answer: str,
    changed: str = "",
    status_change: StatusChange | None = None,
    definition: Definition | None = None,
) -> None:
    """Say whether it is so. What is upheld says in public what was put right, and which entry did so."""
    answer, changed = answer.strip(), changed.strip()
    if not answer:
        raise DecisionRefused("Write the answer: why it is upheld, or why not.")
    if upheld and not changed:
        raise DecisionRefused("Say for the public what was put right.")
    for entry in (status_change, definition):
        if entry is not None and entry.commitment_id != request.commitment_id:
            raise DecisionRefused("That entry belongs to another commitment.")
    waiting = CorrectionRequest.objects.waiting().filter(pk=request.pk)
    done = waiting.update(
        state=CorrectionRequest.State.UPHELD if upheld else CorrectionRequest.State.NOT_UPHELD,
        answer=answer,
        changed=changed if upheld else "",
        status_change=status_change if upheld else None,
        definition=definition if upheld else None,
        decided_by=deed.by,
        decided_at=deed.at,
    )
    if not done:
        raise DecisionRefused("Somebody has decided on it meanwhile. Nothing was changed.")


def answer_senders() -> int:
    """Send the answers that wait; how many went. Each is claimed first, so that none goes twice."""
    sent = 0
    with MailServer() as server:
        for request in CorrectionRequest.objects.to_be_answered().select_related("commitment", "release"):
            claimed = CorrectionRequest.objects.to_be_answered().filter(pk=request.pk)
            if not claimed.update(answered_at=timezone.now(), answer_error=""):
                continue
            try:
                server.send(_mail(request))
            except (TemporarilyRefused, ServerUnusable) as error:
                logger.warning("The answer %s waits: %s", request.pk, error)
                CorrectionRequest.objects.filter(pk=request.pk).update(answered_at=None, answer_error=str(error))
                if isinstance(error, ServerUnusable):
                    break
            except (PermanentlyRefused, DeliveryUnknown) as error:
                CorrectionRequest.objects.filter(pk=request.pk).update(answer_error=str(error))
            else:
                sent += 1
    return sent


def forget_senders(now: dt.datetime) -> int:
    """Forget the addresses of those who wrote long enough ago; how many were forgotten."""
    kept = dt.timedelta(days=settings.CORRECTION_ADDRESS_KEPT_DAYS)
    return CorrectionRequest.forget(now - kept, now - CLIENTS_KEPT)


def _mail(request: CorrectionRequest) -> EmailMultiAlternatives:
    show = showing.now()
    about = request.about
    title = about.title if isinstance(about, Commitment) else show.title(about.pk, about.title)
    context = {
        "request": request,
        "title": title,
        "address": settings.BASE_URL + about.get_absolute_url(),
        "answer": show.words(request.answer),
        "changed": show.words(request.changed),
        "is_upheld": request.state == CorrectionRequest.State.UPHELD,
        "kept_days": settings.CORRECTION_ADDRESS_KEPT_DAYS,
        "site_name": settings.SITE_NAME,
        "contact": settings.SITE_CONTACT,
        "base_url": settings.BASE_URL,
    }
    return EmailMultiAlternatives(
        subject=f"{settings.SITE_NAME}: what you told us about “{' '.join(title.split())[:100]}”",
        body=render_to_string("commitments/corrections/answer.txt", context),
        to=[request.email],
        headers={"Message-ID": make_msgid("correction", sender_domain()), "Auto-Submitted": "auto-generated"},
    )
