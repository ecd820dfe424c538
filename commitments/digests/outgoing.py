"""The mail server: one connection for a run, and what its answers mean for a mail."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parseaddr
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

#: For each step of the conversation; they shrink with the claim on a mail, into which the whole has to fit.
SMTP_TIMEOUT_SECONDS = 15
STEPS_IN_A_CLAIM = 8
#: As in "550 5.1.1 No such user".
ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class NotSent(Exception):
    """The mail was not taken; the message is the server's reason."""


class TemporarilyRefused(NotSent):
    """Not taken now; the same mail may be taken later."""


class PermanentlyRefused(NotSent):
    """Not taken, and it never will be. `is_address` if that is because there is no such mailbox."""

    def __init__(self, said: str, *, is_address: bool = False) -> None:
        super().__init__(said)
        self.is_address = is_address


class ServerUnusable(NotSent):
    """The server cannot be reached, or wants no mail from us at all: trying the next mail is no use."""


class DeliveryUnknown(Exception):
    """The mail was handed over and the answer never came: it may or may not have been delivered."""


class MailServer:
    """A connection that opens when first needed and survives the loss of one mail. Use it as a context.

    Mail goes through the configured EMAIL_BACKEND; over SMTP it is told apart whether a lost connection
    came before or after a mail was handed over.
    """

    def __init__(self) -> None:
        backend = settings.EMAIL_BACKEND
        if backend == "django.core.mail.backends.smtp.EmailBackend":
            backend = "commitments.digests.outgoing.Backend"
        self._connection = get_connection(
            backend, timeout=min(SMTP_TIMEOUT_SECONDS, settings.MAIL_CLAIM.total_seconds() / STEPS_IN_A_CLAIM)
        )
        self._is_fresh = False

    def __enter__(self) -> MailServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def open(self) -> None:
        """Raises ServerUnusable when there is no server, or it lets us in not at all."""
        try:
            self._is_fresh = bool(self._connection.open()) or self._is_fresh
        except OSError as error:
            raise ServerUnusable(f"The mail server cannot be used: {_said(error)}") from error

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over to one recipient. Raises NotSent or DeliveryUnknown."""
        self.open()
        try:
            self._hand_over(message)
        except (NotSent, DeliveryUnknown):
            self._close()
            raise
        self._is_fresh = False

    def _hand_over(self, message: EmailMessage) -> None:
        try:
            self._connection.send_messages([message])
        except smtplib.SMTPServerDisconnected as error:
            if self._is_fresh:
                raise TemporarilyRefused(_said(error)) from error
            # Servers end a connection that idles or has carried enough; that says nothing about this mail.
            self._close()
            self.open()
            self._hand_over(message)
        except OSError as error:
            raise verdict(error) from error
        except ValueError as error:
            raise PermanentlyRefused(f"The mail could not be written: {error}") from error

    def _close(self) -> None:
        # What was sent has been answered for by now; that the goodbye got lost changes nothing.
        with suppress(OSError):
            self._connection.close()
        self._is_fresh = False


def verdict(error: OSError) -> NotSent:
    """What a failed attempt means, by the server's code: 4xx for now, 5xx for good. Pure."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers: Mapping[str, tuple[int, bytes]] = error.recipients
        if not all(code >= 500 for code, _ in answers.values()):
            return TemporarilyRefused(_said(error))
        is_address = all(_is_of_the_address(code, _text(words)) for code, words in answers.values())
        return PermanentlyRefused(_said(error), is_address=is_address)
    if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code >= 500:
        return ServerUnusable(f"The mail server does not take mail from this sender: {_said(error)}")
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500:
        return PermanentlyRefused(_said(error))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return PermanentlyRefused(_said(error))
    return TemporarilyRefused(_said(error))


def _is_of_the_address(code: int, words: str) -> bool:
    """By the finer code (RFC 3463) where there is one; a plain 550 or 553 in answer to an address is about it."""
    finer = ENHANCED.search(words)
    return is_about_the_address(finer[0]) if finer else code in (550, 551, 553)


def is_about_the_address(status: str) -> bool:
    """Whether 5.x.x says that the mailbox is not there or takes nothing: x.1 is addresses, 2.1 a mailbox switched off.
    Others are about the mail, who sends it or how: x.7 is for what somebody takes for spam."""
    kind, subject, detail = (int(part) for part in status.split("."))
    return kind == 5 and ((subject == 1 and detail not in (7, 8)) or (subject, detail) == (2, 1))


def _said(error: OSError) -> str:
    """The server's own words, or the fault's, on one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = [f"{code} {_text(words)}" for code, words in error.recipients.values()]
        return "; ".join(answers)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return _text(str(error)) or type(error).__name__


def _text(words: str | bytes) -> str:
    return " ".join((words.decode(errors="replace") if isinstance(words, bytes) else words).split())


def sender_domain() -> str:
    """The domain that our mails come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or str(urlsplit(settings.BASE_URL).hostname)


class _KnowsWhetherHandedOver(smtplib.SMTP):
    """Only once the body is on its way may a silent server have taken the mail."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            return super().data(msg)
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:
            raise DeliveryUnknown(
                f"The server did not answer after the mail was handed over: {_said(error)}"
            ) from error


class _EncryptedClient(_KnowsWhetherHandedOver, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _EncryptedClient if self.use_ssl else _KnowsWhetherHandedOver
