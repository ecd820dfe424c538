"""How often anybody may make us write to an address: by client, by mailbox, and in all."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from commitments.clients import network_of
from commitments.digests import keyed_hashes
from commitments.models import SignUp

#: What one client may ask for in an hour, and how many mails one mailbox may get in a day because somebody asked.
REQUESTS_OF_A_CLIENT = 10
MAILS_TO_AN_ADDRESS = 3


class TooManyRequests(Exception):
    """This client has asked often enough for now, or all together have. The message says so for a person."""


def spend(email: str, client: str, now: dt.datetime) -> bool:
    """Count a request; whether the mailbox may still get a mail for it. Raises TooManyRequests.

    It counts for known and unknown addresses alike. It is noted before it is counted, so that requests of the same
    moment cannot all be the last one.
    """
    hour, day = now - dt.timedelta(hours=1), now - dt.timedelta(days=1)
    SignUp.objects.filter(at__lt=day).delete()
    mine = SignUp.objects.create(
        client_key=keyed_hashes.of_client(network_of(client)), address_key=keyed_hashes.of_mailbox(email), at=now
    )
    of_client = SignUp.objects.filter(client_key=mine.client_key, at__gt=hour).count()
    in_all = SignUp.objects.filter(at__gt=hour).count()
    if of_client > REQUESTS_OF_A_CLIENT or in_all > settings.SUBSCRIBE_MAILS_PER_HOUR:
        mine.delete()
        where = "came from your network" if of_client > REQUESTS_OF_A_CLIENT else "have come"
        raise TooManyRequests(f"Too many requests {where}. Please try again in an hour.")
    return SignUp.objects.filter(address_key=mine.address_key).count() <= MAILS_TO_AN_ADDRESS
