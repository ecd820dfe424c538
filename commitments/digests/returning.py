"""The address that a digest comes back to: signed, so that nobody can make up that one came back.

`bounces+d123-0f1e…@pledges.example`: the row's key, and a keyed hash of it, in letters that survive any mail server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from commitments.models import Digest

_SALT = "commitments.digests.returning"
#: Of a SHA-256, in letters: 96 bits, and the whole fits into the 64 letters that an address may have before its @.
_LETTERS = 24
_SIGNED = re.compile(rf"\+d(\d{{1,18}})-([0-9a-f]{{{_LETTERS}}})@", re.IGNORECASE)


def sender(row: Digest) -> str:
    """The sender on a digest's envelope; empty without settings.BOUNCE_ADDRESS."""
    if not settings.BOUNCE_ADDRESS:
        return ""
    local, _, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{local}+d{row.pk}-{_signature(str(row.pk), settings.SECRET_KEY)}@{domain}"


def digest_ids(addresses: Iterable[str]) -> set[int]:
    """The keys of the digests that were sent from these addresses. What we have not signed is left out."""
    found = set()
    for address in addresses:
        for key, signature in _SIGNED.findall(address):
            secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
            if any(constant_time_compare(signature.lower(), _signature(key, secret)) for secret in secrets):
                found.add(int(key))
    return found


def _signature(key: str, secret: str) -> str:
    return salted_hmac(_SALT, key, secret=secret, algorithm="sha256").hexdigest()[:_LETTERS]
