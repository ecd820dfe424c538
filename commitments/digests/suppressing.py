"""Who is sent nothing any more because their mails come back."""

from __future__ import annotations

import datetime as dt

from commitments.models import Bounce, Digest, Subscriber

#: So many mails in a row that came back for now, over at least as many days, are as good as for good.
SOFT_IN_A_ROW = 5


def refused(row: Digest, said: str, now: dt.datetime) -> None:
    """The mail server said at once that there is no such mailbox."""
    record(row, Bounce.Kind.HARD, "", said, now)


def record(row: Digest, kind: str, status: str, said: str, now: dt.datetime) -> Bounce | None:
    """Note that a digest came back, once of each kind, and suppress its subscriber if that is enough.

    None if it was known.
    """
    bounce, is_new = Bounce.objects.get_or_create(
        digest=row, kind=kind, defaults={"status": status, "said": said[:2000], "at": now}
    )
    if not is_new:
        return None
    because = _reason(row.subscriber, bounce)
    if because:
        Subscriber.objects.filter(pk=row.subscriber_id, suppressed_at=None).update(
            suppressed_at=now, suppressed_because=because[:500]
        )
    return bounce


def _reason(subscriber: Subscriber, bounce: Bounce) -> str:
    """Why this bounce ends the sending; empty if it does not."""
    if bounce.kind == Bounce.Kind.COMPLAINT:
        return "The reader called a digest spam."
    if bounce.kind == Bounce.Kind.HARD:
        return f"The address takes no mail: {bounce.said or bounce.status}"
    if bounce.kind != Bounce.Kind.SOFT:
        return ""
    last = subscriber.digests.filter(state=Digest.State.SENT).order_by("-sent_at")[:SOFT_IN_A_ROW]
    came_back = [
        row for row in last.prefetch_related("bounces") if any(b.kind == bounce.kind for b in row.bounces.all())
    ]
    if len({row.date for row in came_back}) < SOFT_IN_A_ROW:
        return ""
    return f"The last {SOFT_IN_A_ROW} digests came back: {bounce.said or bounce.status}"
