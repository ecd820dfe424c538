"""The morning mail to staff: what needs them, as far as they may see it. Each gets it once a day, if they want it.

1. Everybody who wants it gets one row for the day; the pair is unique.
2. A row is claimed by one conditional update, its words are frozen, it is handed over, and what came of it recorded.

A process that dies in between leaves a claim that ends by itself; the same words go out again under the same name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from commitments.digests import render
from commitments.digests.outgoing import (
    DeliveryUnknown,
    MailServer,
    PermanentlyRefused,
    ServerUnusable,
    TemporarilyRefused,
    sender_domain,
)
from commitments.digests.sending import RETRY_AFTER
from commitments.models import StaffDigest
from commitments.staff.waiting import Counted, counted

#: How long a claim holds: longer than one conversation with a mail server can last.
CLAIM_LASTS = dt.timedelta(minutes=2)
KEPT_FOR = dt.timedelta(days=90)
#: Of these needs the rows are named, as many as this: what waits longest first.
NAMED = ("overdue", "failing", "silent")
MOST_NAMED = 5
MOST_IN_SUBJECT = 3


@dataclass(frozen=True)
class Row:
    """A row that needs somebody, by its name, and where it is in the admin."""

    name: str
    url: str


@dataclass(frozen=True)
class Waiting:
    """One need: how much of it there is, how much of that is the person's own, and where it is seen to."""

    label: str
    meaning: str
    count: int
    url: str
    mine: int
    url_of_mine: str
    rows: tuple[Row, ...]

    @property
    def unnamed(self) -> int:
        """How many more there are than are named; none where none are."""
        return self.count - len(self.rows) if self.rows else 0


def waiting(person: User, today: dt.date) -> tuple[Waiting, ...]:
    """What needs somebody and this person may see, those of their own first."""
    found = [_waiting(one, today) for one in counted(person, today) if one.count]
    return tuple(sorted(found, key=lambda each: not each.mine))


def rendered(person: User, today: dt.date) -> render.Rendered | None:
    """None when nothing needs them."""
    needs = waiting(person, today)
    if not needs:
        return None
    mine = sum(each.mine for each in needs)
    said = "; ".join(f"{each.label}: {each.count:,}" for each in needs[:MOST_IN_SUBJECT])
    context = {
        "subject": f"{mine:,} of yours; {said}" if mine else said,
        "needs": needs,
        "site_name": settings.SITE_NAME,
        "day": f"{today:%A} {today.day} {today:%B %Y}",
        "home_url": settings.BASE_URL + reverse("admin:index"),
        "own_mail_url": settings.BASE_URL + reverse("admin:own_mail"),
    }
    return render.Rendered(
        subject=f"{settings.SITE_NAME} staff: {context['subject']}",
        text=render.without_gaps(render_to_string("commitments/digests/staff.txt", context)),
        html=render.inlined(render_to_string("commitments/digests/staff.html", context)),
    )


def send_for(
    date: dt.date, *, budget: dt.timedelta | None = None, clock: Callable[[], dt.datetime] = timezone.now
) -> list[StaffDigest]:
    """Send what is left of a day. Safe to run again and by several processes at once."""
    wanted = _readers().exclude(staff_digests__date=date)
    StaffDigest.objects.bulk_create((StaffDigest(person=person, date=date) for person in wanted), ignore_conflicts=True)
    stop_at = None if budget is None else clock() + budget
    done = []
    with MailServer() as server:
        for key in list(StaffDigest.objects.claimable(clock()).filter(date=date).values_list("pk", flat=True)):
            now = clock()
            if stop_at is not None and now >= stop_at:
                break
            if StaffDigest.objects.claimable(now).filter(pk=key).update(claimed_until=now + CLAIM_LASTS):
                row = StaffDigest.objects.select_related("person").get(pk=key)
                _deliver(row, server, clock)
                done.append(row)
    return done


def forget(now: dt.datetime) -> None:
    """What was sent long enough ago."""
    StaffDigest.objects.filter(created_at__lt=now - KEPT_FOR).delete()


def _readers() -> Any:
    """Who wants it, works here, and has an address."""
    return User.objects.filter(is_active=True, is_staff=True, staff_digest_wish__isnull=False).exclude(email="")


def _deliver(row: StaffDigest, server: MailServer, clock: Callable[[], dt.datetime]) -> None:
    person = _readers().filter(pk=row.person_id).first()
    if person is None:
        return _record(row, state=StaffDigest.State.NOTHING, error="It is not wanted any more.")
    if not row.subject:
        mail = rendered(person, row.date)
        if mail is None:
            return _record(row, state=StaffDigest.State.NOTHING)
        name = f"<staff-{row.pk}-{row.date}@{sender_domain()}>"
        _write(row, subject=mail.subject[:300], text=mail.text, html=mail.html, message_id=name)
    attempts = row.attempts + 1
    try:
        server.send(_message(row, person))
    except (TemporarilyRefused, ServerUnusable, DeliveryUnknown) as error:
        if attempts > len(RETRY_AFTER):
            return _record(row, state=StaffDigest.State.FAILED, attempts=attempts, error=str(error))
        return _record(row, attempts=attempts, error=str(error), retry_at=clock() + RETRY_AFTER[attempts - 1])
    except PermanentlyRefused as error:
        return _record(row, state=StaffDigest.State.FAILED, attempts=attempts, error=str(error))
    return _record(row, state=StaffDigest.State.SENT, attempts=attempts, error="", sent_at=clock())


def _message(row: StaffDigest, person: User) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=row.subject,
        body=row.text,
        to=[person.email],
        headers={
            "Message-ID": row.message_id,
            "List-Id": f"{settings.SITE_NAME} staff <staff.{sender_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(row.html, "text/html")
    return mail


def _record(row: StaffDigest, **values: Any) -> None:
    """What came of it; the claim ends."""
    _write(row, claimed_until=None, **values)


def _write(row: StaffDigest, **values: Any) -> None:
    """While the claim is ours; that it was sent is true whoever holds it by now."""
    held = StaffDigest.objects.filter(pk=row.pk)
    if values.get("state") != StaffDigest.State.SENT:
        held = held.filter(claimed_until=row.claimed_until)
    if held.update(**values):
        for name, value in values.items():
            setattr(row, name, value)


def _waiting(one: Counted, today: dt.date) -> Waiting:
    need = one.need
    rows = need.rows(today)[:MOST_NAMED] if need.key in NAMED else ()
    meta = need.model._meta
    change = f"admin:{meta.app_label}_{meta.model_name}_change"
    return Waiting(
        label=need.label,
        meaning=need.meaning,
        count=one.count,
        url=settings.BASE_URL + one.address,
        mine=one.mine,
        url_of_mine=settings.BASE_URL + one.address_of_mine,
        rows=tuple(Row(str(row), settings.BASE_URL + reverse(change, args=[row.pk])) for row in rows),
    )
