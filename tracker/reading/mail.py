"""A mail as its reader sees it: who sent it, its words, and what is attached. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import cast

from .encoding import decoded
from .html_text import plain_text, reader_text
from .sanitise import title_line, without_control_characters

#: More are made by nobody who writes to people.
MAX_PARTS = 500
MAX_FILES = 20

_PART = re.compile(rb"^content-type\s*:", re.IGNORECASE | re.MULTILINE)
_SIGNATURE = re.compile(r"\n-- \n.*\Z", re.DOTALL)
_UNREADABLE = (MessageError, RecursionError, ValueError, TypeError, LookupError, AttributeError, IndexError)


class NotAMail(Exception):
    """The bytes cannot be read as a mail. `str(error)` says so in a sentence."""


@dataclass(frozen=True)
class AttachedFile:
    """A file as it was attached; its name may be empty."""

    name: str
    body: bytes


@dataclass(frozen=True)
class Mail:
    """`message_id` is empty where the mail has none; `sent_at` is None where it gives no date."""

    message_id: str
    title: str
    text: str
    sent_at: dt.datetime | None
    files: tuple[AttachedFile, ...]


def senders(head: bytes) -> list[str]:
    """The addresses that a mail says it is from, in small letters; `head` are its first lines."""
    written = _headers(head, "From")
    return [address.casefold() for _, address in getaddresses(written) if "@" in address]


def is_verified(head: bytes, server: str) -> bool:
    """Whether the mail server of this name found that the sender is no other, by DMARC.

    The topmost finding counts: those below it may have come with the mail.
    """
    found = _headers(head, "Authentication-Results")
    if not found:
        return False
    by, _, result = " ".join(found[0].split()).partition(";")
    return by.split(" ")[0].casefold() == server.casefold() and re.search(r"\bdmarc=pass\b", result) is not None


def read_mail(body: bytes) -> Mail:
    """Raises NotAMail."""
    if len(_PART.findall(body)) > MAX_PARTS:
        raise NotAMail(f"It has more than {MAX_PARTS} parts.")
    try:
        message = BytesParser(policy=policy.default).parsebytes(body)
        words = message.get_body(preferencelist=("plain", "html"))
        return Mail(
            message_id=without_control_characters(str(message.get("Message-ID", ""))).strip()[:1000],
            title=title_line(str(message.get("Subject", "")), is_markup=False) or "Without a subject",
            text=_words(cast(EmailMessage, words)) if words is not None else "",
            sent_at=_sent_at(str(message.get("Date", ""))),
            files=tuple(_files(message, words)),
        )
    except _UNREADABLE as error:  # what the library makes of headers that are none
        raise NotAMail(f"It is not written as mails are ({type(error).__name__}).") from error


def _headers(head: bytes, name: str) -> list[str]:
    """The values of a header, each on one line, without what the library would make of them."""
    unfolded = re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", "replace"))
    return re.findall(rf"^{name}[ \t]*:[ \t]*([^\r\n]*)", unfolded, re.IGNORECASE | re.MULTILINE)


def _words(part: EmailMessage) -> str:
    body = cast(bytes, part.get_payload(decode=True) or b"")
    kind = part.get_content_type()
    text = decoded(body, f"{kind}; charset={part.get_content_charset('utf-8')}")
    if kind == "text/html":
        return reader_text(text)
    text = text.replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() == "flowed":
        text = re.sub(r"(?<=\S) \n(?=\S)", " ", _SIGNATURE.sub("", text))
    return plain_text(text)


def _files(message: EmailMessage, words: object) -> list[AttachedFile]:
    found = []
    for part in message.walk():
        if part is words or part.is_multipart() or part.get_content_maintype() == "image":
            continue
        if part.get_filename() or part.get_content_disposition() == "attachment":
            body = part.get_payload(decode=True)
            found.append(AttachedFile(part.get_filename() or "", cast(bytes, body or b"")))
    return found[:MAX_FILES]


def _sent_at(written: str) -> dt.datetime | None:
    try:
        sent = parsedate_to_datetime(written)
    except (ValueError, TypeError, OverflowError):
        return None
    return sent if sent.tzinfo else sent.replace(tzinfo=dt.UTC)
