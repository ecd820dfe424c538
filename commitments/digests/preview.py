"""The mail that a subscriber would get now, for staff to see."""

from __future__ import annotations

import datetime as dt

from commitments.digests import making, render, wording
from commitments.models import Subscriber


def preview(subscriber: Subscriber, now: dt.datetime) -> render.Rendered | None:
    """None when there is nothing to say. Its links to leave are nobody's, so that no visitor of the page uses them."""
    (content,) = wording.Builder(lambda: now).contents([making.planned_for(subscriber, now)])
    if not content.is_worth_a_mail:
        return None
    scopes = [each.scope for each in subscriber.subscriptions.all()]
    nobody = Subscriber(pk=0, email="nobody@example.org", frequency=subscriber.frequency)
    return render.render(content, nobody, render.scopes_in_words(scopes), render.narrowed_to(scopes))
