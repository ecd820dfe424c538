"""How somebody comes onto the list and leaves it. Nothing holds until it is confirmed from the mailbox itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from commitments.digests import allowance, keyed_hashes, letters, links, render
from commitments.models import Erasure, Subscriber, Subscription


class MalformedAddress(ValueError):
    """The text is no mail address; the message says so for a person."""


class HasLeft(ValueError):
    """The address unsubscribed, and only its owner can bring it back."""


class IsSuppressed(ValueError):
    """Nothing is sent to this address until staff lift that; the message says why."""


def address(text: str) -> str:
    """A mail address with its domain in lower case. Raises MalformedAddress."""
    stripped = text.strip()
    try:
        validate_email(stripped)
    except ValidationError as error:
        raise MalformedAddress(f"“{stripped}” is not a mail address.") from error
    local, _, domain = stripped.rpartition("@")
    return f"{local}@{domain.lower()}"


def find(email: str) -> Subscriber | None:
    return Subscriber.objects.filter(email__iexact=email).first()


def ask(email: str, frequency: str, *scopes: str, time_zone: str = "") -> Subscriber:
    """Send the mail that asks for confirmation. Raises IsSuppressed, outgoing.NotSent or outgoing.DeliveryUnknown.

    What the subscriber has already stays as it is until the link in that mail is used.
    """
    subscriber = find(email) or _created(email, frequency, scopes, time_zone)
    if subscriber.suppressed_at is not None:
        raise IsSuppressed(f"Nothing is sent to {subscriber.email}: {subscriber.suppressed_because}")
    request = links.Request(subscriber.pk, frequency, scopes, timezone.now(), time_zone)
    letters.send(
        "confirm",
        subscriber.email,
        "please confirm your subscription",
        confirm_url=links.confirm_url(request),
        lives_days=links.CONFIRM_LIVES.days,
        scope_name=render.scopes_in_words(scopes),
        frequency=Subscriber.Frequency(frequency).label,
    )
    return subscriber


def ask_by_staff(email: str, frequency: str, *scopes: str) -> Subscriber:
    """The same on staff's behalf. Raises HasLeft for an address that was erased, too."""
    if _was_erased(email):
        raise HasLeft(f"{email} was erased at its owner's will. Its owner can subscribe again; nobody else can.")
    return ask(email, frequency, *scopes)


def ask_from_form(
    email: str, frequency: str, *scopes: str, client: str, time_zone: str = "", now: dt.datetime | None = None
) -> None:
    """The same for somebody from outside, within limits. `client` is its network address.

    Raises allowance.TooManyRequests. An address that got its share of mails gets no more, and nobody is told.
    """
    if allowance.spend(email, client, now or timezone.now()):
        with suppress(IsSuppressed):  # the answer is the same for all addresses
            ask(email, frequency, *scopes, time_zone=time_zone)


def add_confirmed(email: str, frequency: str, *scopes: str) -> Subscriber:
    """Put an address on the list on staff's word, or add to what it gets. Raises HasLeft for one that left."""
    subscriber = find(email)
    is_known = subscriber is not None and subscriber.state == Subscriber.State.CONFIRMED
    if (subscriber is not None and subscriber.state == Subscriber.State.UNSUBSCRIBED) or (
        not is_known and _was_erased(email)
    ):
        raise HasLeft(f"{email} has unsubscribed. Its owner can subscribe again; nobody else can.")
    return _confirmed(subscriber or _created(email, frequency, scopes), frequency, scopes)


def confirm(request: links.Request) -> Subscriber:
    """Make a request hold. Raises links.LinkUnknown if its address was erased, LinkExpired if it left since."""
    subscriber = Subscriber.objects.filter(pk=request.subscriber_id).first()
    if subscriber is None:
        raise links.LinkUnknown
    if subscriber.unsubscribed_at is not None and subscriber.unsubscribed_at > request.asked_at:
        raise links.LinkExpired
    return _confirmed(subscriber, request.frequency, request.scopes, request.time_zone)


def unsubscribe(subscriber: Subscriber) -> None:
    """Take an address off the list; again changes nothing."""
    Subscriber.objects.filter(pk=subscriber.pk).exclude(state=Subscriber.State.UNSUBSCRIBED).update(
        state=Subscriber.State.UNSUBSCRIBED, unsubscribed_at=timezone.now()
    )
    subscriber.refresh_from_db()


def subscribe(subscriber: Subscriber, scopes: Iterable[str]) -> None:
    """Add subscriptions; those that there are already stay as they are."""
    rows = [Subscription(subscriber=subscriber, scope=scope) for scope in scopes]
    Subscription.objects.bulk_create(rows, ignore_conflicts=True)


def _was_erased(email: str) -> bool:
    return Erasure.objects.filter(address_key__in=keyed_hashes.ever_of_address(email)).exists()


def _confirmed(subscriber: Subscriber, frequency: str, scopes: Iterable[str], time_zone: str = "") -> Subscriber:
    """Who is subscribed already gets these as well; for everyone else it is a new beginning with these alone."""
    with transaction.atomic():
        if subscriber.state != Subscriber.State.CONFIRMED:
            subscriber.moving_to = ""
            subscriber.confirmed_at = timezone.now()
            subscriber.paused_at = subscriber.paused_until = None
            subscriber.subscriptions.all().delete()
        subscriber.state = Subscriber.State.CONFIRMED
        subscriber.frequency = frequency
        subscriber.time_zone = time_zone or subscriber.time_zone
        subscriber.unsubscribed_at = None
        subscriber.save()
        subscribe(subscriber, scopes)
    return subscriber


def _created(email: str, frequency: str, scopes: Iterable[str], time_zone: str = "") -> Subscriber:
    try:
        with transaction.atomic():
            subscriber = Subscriber.objects.create(email=email, frequency=frequency, time_zone=time_zone)
            subscribe(subscriber, scopes)
            return subscriber
    except IntegrityError:
        # Somebody asked for the same address at the same moment.
        return Subscriber.objects.get(email__iexact=email)
