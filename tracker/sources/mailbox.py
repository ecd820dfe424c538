"""A mailbox to which press offices write. It is no place on the web: tracker/mailboxes.py looks into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tracker.fetching import Response
from tracker.fetching.imap import mailbox_address
from tracker.models import Source

from . import Ask
from .entry import Entry, NotUnderstood

ACCEPT = "message/rfc822"
SENDERS, VERIFIED_BY, RECEIVED_BY = "senders", "verified_by", "received_by"
MOST_SENDERS = 500

_SENDER = re.compile(r"[^\s@]*@[^\s@]+\.[^\s@]+")
_OF_ITSELF = "A mail is read where it came, and nowhere else."


def address(source: Source) -> str:
    """Raises FetchRefused for what is no address of a mailbox."""
    return mailbox_address(source.url).url


def check_options(options: Mapping[str, Any]) -> None:
    """`senders`: addresses, or @example.org for all of a domain; `verified_by` and `received_by`: texts."""
    known = (SENDERS, VERIFIED_BY, RECEIVED_BY)
    for name in options:
        if name not in known:
            raise NotUnderstood(f"Sources of kind “mailbox” have no option “{name}”. They have {', '.join(known)}.")
    given = options.get(SENDERS)
    if not isinstance(given, list) or not given or len(given) > MOST_SENDERS:
        raise NotUnderstood(f'The option “{SENDERS}” lists whose mails are read, such as ["press@example.org"].')
    for sender in given:
        if not isinstance(sender, str) or not _SENDER.fullmatch(sender):
            raise NotUnderstood(
                f"The option “{SENDERS}”: “{sender}” is neither an address nor a domain as @example.org."
            )
    for name in (VERIFIED_BY, RECEIVED_BY):
        if not isinstance(options.get(name, ""), str):
            raise NotUnderstood(f"The option “{name}” is a text.")


def parse(source: Source, response: Response) -> list[Entry]:
    raise NotUnderstood(_OF_ITSELF)


def complete(source: Source, entry: Entry, ask: Ask) -> Entry:
    raise NotUnderstood(_OF_ITSELF)


def next_page(source: Source, response: Response, number: int) -> str | None:
    """There is none. See tracker.sources.Kind."""
    return None


def is_listed(options: Mapping[str, Any], senders: list[str]) -> bool:
    """Whether a mail from `senders`, in small letters, is from somebody on the list: one sender, and that one."""
    listed = {str(sender).casefold() for sender in options.get(SENDERS, [])}
    return len(senders) == 1 and (senders[0] in listed or f"@{senders[0].rpartition('@')[2]}" in listed)
