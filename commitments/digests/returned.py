"""What a mail that came to the return address says: a report that one was not delivered (RFC 3464), or that its reader
complained (RFC 5965). Pure.

Only reports in the form of these standards are taken: what a mail server says in plain words is for a person.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage, Message
from typing import Any

from commitments.digests.outgoing import ENHANCED, is_about_the_address
from commitments.models import Bounce

#: Where a mail says to which address it was delivered.
_DELIVERED_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_MOST_LETTERS = 2000


@dataclass(frozen=True)
class Returned:
    """`kind` is of Bounce.Kind. `addresses` are those to which the report went, `message_ids` those of the mails that
    it encloses: by either it has to be known as an answer to one of ours."""

    kind: str
    status: str
    said: str
    addresses: tuple[str, ...]
    message_ids: tuple[str, ...]


def read(body: bytes) -> Returned | None:
    """None if it is no report, or one that all is well or will be."""
    mail = email.message_from_bytes(body, policy=email.policy.default)
    parts: list[Any] = list(mail.walk())
    kind, status, said = _complaint(parts) or _not_delivered(parts)
    if not kind:
        return None
    addresses = tuple(str(value) for name in _DELIVERED_TO for value in mail.get_all(name, []))
    return Returned(kind, status, said[:_MOST_LETTERS], addresses, tuple(_enclosed(mail, parts)))


def _complaint(parts: Sequence[Message]) -> tuple[str, str, str] | None:
    for fields in _fields(parts, "message/feedback-report"):
        feedback = str(fields.get("Feedback-Type", "")).strip().lower()
        if feedback in {"abuse", "fraud", "virus"}:
            return Bounce.Kind.COMPLAINT, "", f"{feedback}, {_words(fields, 'User-Agent')}".strip(", ")
    return None


def _not_delivered(parts: Sequence[Message]) -> tuple[str, str, str]:
    """By the last recipient of the report that has an action: our mails have one recipient each."""
    found = ("", "", "")
    for fields in _fields(parts, "message/delivery-status"):
        action = str(fields.get("Action", "")).strip().lower()
        said = _words(fields, "Diagnostic-Code")
        status = _status(str(fields.get("Status", "")), said)
        said = said or status
        if action == "failed":
            found = (_kind(status), status, said)
        elif action == "delayed":
            found = (Bounce.Kind.SOFT, status, said)
    return found


def _status(given: str, said: str) -> str:
    """The code; x.0.0 says nothing, and the other server's own words may say more."""
    codes = [found[0] for words in (given, said) if (found := ENHANCED.search(words))]
    return next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else "")


def _kind(status: str) -> str:
    """Without a code nobody knows for how long; x.7 is for what somebody took for spam, x.6 for what it is made of."""
    if status and is_about_the_address(status):
        return Bounce.Kind.HARD
    if status.startswith("5.") and status.split(".")[1] in {"6", "7"}:
        return Bounce.Kind.CONTENT
    return Bounce.Kind.SOFT


def _fields(parts: Sequence[Message], content_type: str) -> Iterator[Message]:
    """The groups of fields of a part of that type: one each, whether they are read as fields or as text."""
    for part in parts:
        if part.get_content_type() != content_type:
            continue
        payload: Any = part.get_payload()
        if isinstance(payload, list):
            yield from payload
        else:
            for group in str(payload).replace("\r\n", "\n").split("\n\n"):
                yield email.message_from_string(group, policy=email.policy.default)


def _words(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name, "")).split())


def _enclosed(mail: EmailMessage, parts: Sequence[Message]) -> Iterator[str]:
    """The names of the mails, or of their heads, within the report."""
    for part in parts:
        if part is mail:
            continue
        if part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"}:
            part = email.message_from_string(str(part.get_payload()), policy=email.policy.default)
        if message_id := str(part.get("Message-ID", "")).strip():
            yield message_id
