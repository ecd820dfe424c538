"""Whose account a source gives, and what may be shown to the public of its texts."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from django.db import models


class Voice(models.TextChoices):
    """Whose account a source gives."""

    OFFICIAL = "official", "official"
    PARLIAMENT = "parliament", "Parliament"
    INDEPENDENT = "independent", "independent"
    MEDIA = "media", "media"
    OPPONENT = "opponent", "opponent"


@dataclass(frozen=True)
class Licence:
    """On what terms others may use a text, in words, with the address of the terms where they have one."""

    name: str
    url: str = ""


OPEN_GOVERNMENT = Licence(
    "Open Government Licence v3.0", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
)
OPEN_PARLIAMENT = Licence(
    "Open Parliament Licence v3.0",
    "https://www.parliament.uk/site-information/copyright-parliament/open-parliament-licence/",
)
AS_ITS_PUBLISHER_ALLOWS = Licence("As its publisher allows")
SHORT_QUOTES = Licence("Short quotes only; all other rights are its publisher's")

#: The publishers whose licence we know, by the end of the host's name.
LICENCES = {
    "gov.uk": OPEN_GOVERNMENT,
    "gov.scot": OPEN_GOVERNMENT,
    "gov.wales": OPEN_GOVERNMENT,
    "parliament.uk": OPEN_PARLIAMENT,
}


class Republish(models.TextChoices):
    """What may be shown to the public of a source's texts."""

    FULL = "full", "in full"
    QUOTES = "quotes", "short quotes with a link"

    @classmethod
    def usual(cls, voice: str, url: str) -> Self:
        """In full for government and Parliament at an address whose licence is known, or on our own network.

        Quotes for everybody else, and for an address that says nothing of who is there.
        """
        own_account = voice in (Voice.OFFICIAL, Voice.PARLIAMENT)
        host = _host(url)
        return cls("full" if own_account and (_licence_at(host) or _is_near(host)) else "quotes")


def licence(republish: str, url: str) -> Licence:
    """The terms of a source at an address, where so much of it may be republished."""
    if republish != Republish.FULL:
        return SHORT_QUOTES
    return _licence_at(_host(url)) or AS_ITS_PUBLISHER_ALLOWS


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _licence_at(host: str) -> Licence | None:
    return next((known for end, known in LICENCES.items() if f".{host}".endswith(f".{end}")), None)


def _is_near(host: str) -> bool:
    """Whether it is this machine or one on a private network."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
