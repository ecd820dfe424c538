"""A real mail server on loopback that keeps what it takes and refuses what it is told to."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """`answers` maps an address to the replies it gets in turn, at RCPT; "drop" cuts the line after the body."""

    def __init__(self) -> None:
        self.received: list[tuple[str, EmailMessage]] = []
        self.senders: list[str] = []
        self.answers: dict[str, list[str]] = {}
        self.drops: list[str] = []
        self._lock = threading.Lock()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    @property
    def addresses(self) -> list[str]:
        return sorted(address for address, _ in self.received)

    def to(self, address: str) -> list[EmailMessage]:
        return [message for to, message in self.received if to == address]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        with self._lock:
            replies = self.answers.get(address, [])
            if replies:
                return replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message: Any = email.message_from_bytes(envelope.content or b"", policy=email.policy.default)
        with self._lock:
            self.senders.append(str(envelope.mail_from))
            self.received += [(address, message) for address in envelope.rcpt_tos]
            dropped = [address for address in envelope.rcpt_tos if address in self.drops]
            for address in dropped:
                self.drops.remove(address)
        if dropped:
            server.transport.abort()
        return "250 OK"


@contextmanager
def serving(settings: Any) -> Iterator[Mailbox]:
    """A mailbox to which Django sends its mail meanwhile."""
    box = Mailbox()
    box.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    yield box
    box.stop()
