"""The mailbox to which digests come back, read: what cannot be delivered is noted, and sent to no more.

A report counts if it came to an address that we have signed for one of our mails (returning), or encloses a mail of
ours under the name that only its reader and the servers on its way have seen. Every mail is marked as read, and none
is removed.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings

from commitments.digests import returned, returning, suppressing
from commitments.models import Digest
from tracker.fetching.imap import mailbox_address, opened

#: What comes back later is about something else.
TAKEN_FOR = dt.timedelta(days=30)
MAX_MAILS = 200
MAX_MAIL_BYTES = 2 * 1024 * 1024

logger = logging.getLogger(__name__)


@dataclass
class Taken:
    """What one look brought: reports that counted for the first time, and mails that were none of ours."""

    noted: int = 0
    passed_over: int = 0


def take(now: dt.datetime) -> Taken:
    """Read what has come since. Nothing without settings.BOUNCE_MAILBOX. Raises tracker.fetching.FetchError."""
    taken = Taken()
    if not settings.BOUNCE_MAILBOX:
        return taken
    with opened(mailbox_address(settings.BOUNCE_MAILBOX)) as mailbox:
        uids = mailbox.unread()[:MAX_MAILS]
        for head in mailbox.heads(uids) if uids else []:
            if head.size_bytes > MAX_MAIL_BYTES or not take_one(mailbox.mail(head.uid), now):
                taken.passed_over += 1
            else:
                taken.noted += 1
            mailbox.mark_read(head.uid)
    return taken


def take_one(body: bytes, now: dt.datetime) -> bool:
    """Note what a mail to the return address says. False if it says nothing of a mail of ours, or nothing new."""
    report = returned.read(body)
    if report is None:
        return False
    row = _about(report, now)
    if row is None:
        logger.info("A report that is not about a mail of ours was passed over: %s", report.said or report.status)
        return False
    return suppressing.record(row, report.kind, report.status, report.said, now) is not None


def _about(report: returned.Returned, now: dt.datetime) -> Digest | None:
    ours = Digest.objects.exclude(subject="").filter(created_at__gt=now - TAKEN_FOR).select_related("subscriber")
    signed = ours.filter(pk__in=returning.digest_ids(report.addresses)).first()
    return signed or ours.filter(message_id__in=report.message_ids).exclude(message_id="").first()
