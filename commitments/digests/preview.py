"""The mail that a subscriber would get now, for staff to see."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from commitments.digests import deliver, render
from commitments.models import Digest, Subscriber


def preview(subscriber: Subscriber, now: dt.datetime) -> render.Rendered | None:
    """None when there is nothing to say. Its links to leave are nobody's, so that no visitor of the page uses them."""
    today = timezone.localdate(now)
    row = Digest(subscriber=subscriber, date=deliver.row_date(subscriber.frequency, today), created_at=now)
    content = deliver.Builder(today, lambda: now).content(row)
    if not content.is_worth_a_mail:
        return None
    scopes = [each.scope for each in subscriber.subscriptions.all()]
    nobody = Subscriber(pk=0, email="nobody@example.org", frequency=subscriber.frequency)
    return render.render(content, nobody, render.scopes_in_words(scopes), render.narrowed_to(scopes))
