"""What stands for an address or a client that must not be kept: a hash that nobody can make without our key."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac


def of_address(email: str) -> str:
    return _hash("address", email.lower(), settings.SECRET_KEY)


def of_client(client: str) -> str:
    """`client` is a network address."""
    return _hash("client", client, settings.SECRET_KEY)


def of_mailbox(email: str) -> str:
    """The same for all spellings by which many providers deliver into one mailbox: `j.o+news@` as well as `jo@`."""
    local, _, domain = email.lower().rpartition("@")
    return _hash("mailbox", f"{local.partition('+')[0].replace('.', '')}@{domain}", settings.SECRET_KEY)


def ever_of_address(email: str) -> list[str]:
    """Those by which an address may have been noted, under the key of today and those before it that still count."""
    return [_hash("address", email.lower(), key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _hash(purpose: str, text: str, key: str) -> str:
    return salted_hmac(f"commitments.digests.signup.{purpose}", text, secret=key, algorithm="sha256").hexdigest()
