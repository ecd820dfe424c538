"""The way to a mailbox: IMAP over TLS, guarded, within limits. Nothing in it is ever deleted.

Python's own imaplib: what else there is stands upon it, and hides the socket that has to be guarded and cut.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from . import guard
from .deadline import Deadline
from .errors import FetchFailed, FetchRefused
from .sentences import what_went_wrong
from .turns import turn

STANDARD_PORT = 993
MAX_BYTES = 60 * 1024 * 1024
MAX_SECONDS = 90.0
SILENCE_SECONDS = 15.0

_NUMBER = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True)
class MailboxAddress:
    """`imaps://user@host:port/folder` in its parts. `account` is user and host, by which its password is found."""

    url: str
    user: str
    host: str
    port: int
    folder: str

    @property
    def account(self) -> str:
        return f"{self.user}@{self.host}"


def mailbox_address(url: str) -> MailboxAddress:
    """The parts of `url`. Raises FetchRefused with a sentence."""
    meant = "It is written as imaps://user@host/INBOX."
    try:
        parts = urlsplit(url)
        port = parts.port or STANDARD_PORT
    except ValueError as error:
        raise FetchRefused(f"The address of the mailbox cannot be read: {error}. {meant}") from error
    if parts.password is not None:
        raise FetchRefused("The address of the mailbox holds a password. Leave it out, and set MAILBOX_PASSWORDS.")
    user, folder = unquote(parts.username or ""), unquote(parts.path.strip("/")) or "INBOX"
    if parts.scheme != "imaps" or not parts.hostname or not user or parts.query or parts.fragment:
        raise FetchRefused(f"That is no address of a mailbox. {meant}")
    if any(ord(letter) < 32 or ord(letter) > 126 or letter in '"\\' for letter in user + folder):
        raise FetchRefused("The user and the folder of a mailbox are written in plain letters without quotation marks.")
    return MailboxAddress(url, user, parts.hostname, port, folder)


@dataclass(frozen=True)
class Head:
    """What is known of a mail before it is asked for. `head` holds its From and Authentication-Results lines."""

    uid: int
    size_bytes: int
    head: bytes


class Mailbox:
    """An open folder. Mails are named by their numbers, which only grow while `uid_validity` is the same."""

    def __init__(self, connection: _Connection, uid_validity: int) -> None:
        self._connection = connection
        self.uid_validity = uid_validity

    def after(self, uid: int) -> list[int]:
        """The numbers of all mails after `uid`, in order."""
        (told,) = self._asked("SEARCH", "UID", f"{uid + 1}:*")
        return sorted({number for word in (told or b"").split() if (number := int(word)) > uid})

    def unread(self) -> list[int]:
        """The numbers of all mails that nobody has marked as read, in order."""
        (told,) = self._asked("SEARCH", "UNSEEN")
        return sorted(int(word) for word in (told or b"").split())

    def heads(self, uids: Sequence[int]) -> list[Head]:
        wanted = "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM AUTHENTICATION-RESULTS)])"
        found = []
        for part in self._asked("FETCH", ",".join(map(str, uids)), wanted):
            if isinstance(part, tuple) and (number := _NUMBER.search(part[0])) and (size := _SIZE.search(part[0])):
                found.append(Head(int(number[1]), int(size[1]), part[1]))
        return sorted(found, key=lambda head: head.uid)

    def mail(self, uid: int) -> bytes:
        """All of a mail, which is not marked as read by that. Empty if it is gone."""
        parts = self._asked("FETCH", str(uid), "(BODY.PEEK[])")
        return next((part[1] for part in parts if isinstance(part, tuple)), b"")

    def mark_read(self, uid: int) -> None:
        self._asked("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def _asked(self, *command: str) -> list[Any]:
        status, told = self._connection.uid(*command)
        if status != "OK":
            raise imaplib.IMAP4.error(f"the server answered {status} to {command[0]}")
        return told


class _Connection(imaplib.IMAP4_SSL):
    """To one of the addresses that were checked, cut when the deadline passes, and never more than MAX_BYTES."""

    def __init__(self, address: MailboxAddress, ips: Sequence[str], deadline: Deadline) -> None:
        self._ips, self._deadline, self._left = ips, deadline, MAX_BYTES
        super().__init__(address.host, address.port, ssl_context=ssl.create_default_context(), timeout=SILENCE_SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        connection = _connected(self._ips, self.port, timeout)
        self._deadline.watch(connection)
        secure: socket.socket = self.ssl_context.wrap_socket(connection, server_hostname=self.host)
        return secure

    def read(self, size: int) -> bytes:
        self._count(size)
        return super().read(size)

    def readline(self) -> bytes:
        line = super().readline()
        self._count(len(line))
        return line

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise FetchFailed(f"The mailbox sent more than {MAX_BYTES // 1024**2} MiB at one look.")


def _connected(ips: Sequence[str], port: int, timeout: float | None) -> socket.socket:
    for ip in ips[:-1]:
        with suppress(OSError):  # the next may answer
            return socket.create_connection((ip, port), timeout)
    return socket.create_connection((ips[-1], port), timeout)


@contextmanager
def opened(address: MailboxAddress, *, to_mark: bool = True) -> Iterator[Mailbox]:
    """The folder at `address`, in its host's turn; read only unless mails are `to_mark` as read.

    Raises FetchRefused, FetchFailed and FetchPostponed, also within.
    """
    password = str(settings.MAILBOX_PASSWORDS.get(address.account, ""))
    if not password:
        raise FetchRefused(f"There is no password for {address.account}. Set it in MAILBOX_PASSWORDS.")
    with turn(address.host, address.port, settings.FETCH_HOST_PAUSE, longest_seconds=MAX_SECONDS):
        deadline = Deadline(MAX_SECONDS)
        timer = threading.Timer(MAX_SECONDS, deadline.cut)
        timer.daemon = True
        timer.start()
        try:
            ips = guard.reachable(address.host, address.port, STANDARD_PORT, settings.FETCH_ALLOW_NETWORKS)
            connection = _Connection(address, ips, deadline)
            try:
                yield _signed_in(connection, address, password, to_mark=to_mark)
            finally:
                with suppress(imaplib.IMAP4.error, OSError, FetchFailed):  # what was had is had
                    connection.logout()
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            if deadline.passed:
                raise FetchFailed(f"{address.host} had not finished after {MAX_SECONDS:.0f} seconds.") from error
            if isinstance(error, OSError):
                where = guard.Address(address.url, "imaps", address.host, address.port)
                raise FetchFailed(what_went_wrong(where, error)) from error
            raise FetchFailed(f"{address.host} does not answer as a mailbox does.") from error
        finally:
            timer.cancel()
            deadline.close()


def _signed_in(connection: _Connection, address: MailboxAddress, password: str, *, to_mark: bool) -> Mailbox:
    try:
        connection.login(address.user, password)
    except UnicodeEncodeError:
        raise FetchFailed(f"The password of {address.account} has letters that mailboxes do not understand.") from None
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:  # its words may repeat ours
        raise FetchFailed(f"{address.host} does not let {address.user} in: is the password right?") from None
    status, _ = connection.select(f'"{address.folder}"', readonly=not to_mark)
    if status != "OK":
        raise FetchFailed(f"There is no folder “{address.folder}” in the mailbox.")
    _, told = connection.response("UIDVALIDITY")
    return Mailbox(connection, int(told[0]) if told and told[0] else 0)
