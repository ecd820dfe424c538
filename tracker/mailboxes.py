"""A look into a mailbox: what listed senders wrote becomes a release, mail by mail; the rest is left as it is.

1. The numbers after the last one that was read are asked for, oldest first.
2. Of each, who it is from. Who is not on the list is counted, and the mail left unread.
3. The others are fetched one by one, archived, and stored in a transaction each.
4. Only then is a mail marked as read, and its number remembered.

A process that dies between 3 and 4 finds the same mail at the next look, by its Message-ID.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import time
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from django.db import transaction
from django.utils import timezone

from tracker import archive
from tracker.attachments import MAX_CHARACTERS, MAX_SECONDS, File, Files
from tracker.deposits import Received, file_name, note
from tracker.fetching import FetchError, FetchPostponed, FetchRefused, Response
from tracker.fetching.imap import Head, Mailbox, mailbox_address, opened
from tracker.identity import identities
from tracker.ingest import Proof, ingest
from tracker.leases import Lease, LeaseLost
from tracker.looking import storable
from tracker.models import MailboxPlace, Poll, Provenance, Source
from tracker.reading.by_content import NotReadable, read_by_content
from tracker.reading.mail import Mail, NotAMail, is_verified, read_mail, senders
from tracker.recording import Findings
from tracker.sources.entry import Entry
from tracker.sources.mailbox import RECEIVED_BY, SENDERS, VERIFIED_BY, is_listed

log = logging.getLogger(__name__)

#: At one look; the rest waits for the next, which comes soon.
MAX_HEADS = 500
MAX_MAILS = 50
MAX_MAIL_BYTES = 15 * 1024 * 1024
MAX_TRIES = 5

_TOO_LATE = f"Not read: the attachments before it took more than {MAX_SECONDS:.0f} seconds."


@dataclass
class _Seen:
    """What a look has counted. The lists hold a sentence on each mail."""

    others: int = 0
    unverified: int = 0
    passed_over: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        said = []
        if self.others:
            said.append(f"{_mails(self.others)} from senders who are not on the list, left unread.")
        if self.unverified:
            said.append(f"{_mails(self.unverified)} from listed senders, but not verified as theirs, left unread.")
        return said + self.passed_over[:3] + self.failed[:3]


def _mails(count: int) -> str:
    return "1 mail is" if count == 1 else f"{count} mails are"


def look_and_take_in(source: Source, lease: Lease, findings: Findings) -> None:
    """One look into the mailbox of `source`. What was taken in stays, whatever happens after it."""
    seen = _Seen()
    try:
        with opened(mailbox_address(source.url)) as mailbox:
            findings.outcome = Poll.Outcome.UNCHANGED
            _read(source, mailbox, lease, findings, seen)
    except FetchPostponed:
        raise
    except FetchError as error:
        refused = isinstance(error, FetchRefused)
        findings.outcome = Poll.Outcome.REFUSED if refused else Poll.Outcome.FAILED
        findings.detail.append(str(error))
    findings.detail += seen.sentences()
    if findings.outcome == Poll.Outcome.UNCHANGED:
        if findings.new_releases or findings.new_revisions:
            findings.outcome = Poll.Outcome.NEW
        elif seen.failed:
            findings.outcome = Poll.Outcome.FAILED


def newest(source: Source, most: int) -> tuple[list[Entry], str]:
    """What would be taken of the newest mails, and a sentence on the others. Nothing is stored or marked.

    Raises FetchError.
    """
    seen, entries = _Seen(), []
    with opened(mailbox_address(source.url), to_mark=False) as mailbox:
        uids = mailbox.after(0)[-most:]
        for head in reversed(mailbox.heads(uids) if uids else []):
            if _is_wanted(source, head, seen):
                try:
                    entries.append(_entry(read_mail(mailbox.mail(head.uid)), b"", timezone.now()))
                except NotAMail as error:
                    seen.passed_over.append(str(error))
    return entries, " ".join(seen.sentences())


def _read(source: Source, mailbox: Mailbox, lease: Lease, findings: Findings, seen: _Seen) -> None:
    place = _place(source, mailbox)
    again = sorted(int(uid) for uid in place.to_try_again)
    uids = mailbox.after(place.last_uid)
    findings.unfinished = len(uids) > MAX_HEADS
    uids = uids[:MAX_HEADS]
    heads = mailbox.heads([*again, *uids]) if again or uids else []
    findings.entries = len(heads)
    taken = 0
    for head in heads:
        lease.renew()
        if _is_wanted(source, head, seen):
            if taken >= MAX_MAILS:
                findings.unfinished = True
                return
            taken += 1
            _take(source, mailbox, place, head, lease.began, findings, seen)
        place.last_uid = max(place.last_uid, head.uid)
        place.save()
    place.last_uid = max(place.last_uid, *uids, 0)  # those that were taken away meanwhile are passed by as well
    place.to_try_again = {uid: tries for uid, tries in place.to_try_again.items() if int(uid) in {h.uid for h in heads}}
    place.save()


def _place(source: Source, mailbox: Mailbox) -> MailboxPlace:
    """Where reading goes on: at the beginning if the mails are numbered anew, or other senders are listed."""
    place, _ = MailboxPlace.objects.get_or_create(source=source)
    wanted = json.dumps([source.url, sorted(source.options.get(SENDERS, [])), source.options.get(VERIFIED_BY, "")])
    senders_hash = hashlib.sha256(wanted.encode()).hexdigest()
    if (place.uid_validity, place.senders_hash) != (mailbox.uid_validity, senders_hash):
        place.uid_validity, place.senders_hash = mailbox.uid_validity, senders_hash
        place.last_uid, place.to_try_again = 0, {}
        place.save()
    return place


def _is_wanted(source: Source, head: Head, seen: _Seen) -> bool:
    if not is_listed(source.options, senders(head.head)):
        seen.others += 1
        return False
    server = source.options.get(VERIFIED_BY, "")
    if server and not is_verified(head.head, server):
        seen.unverified += 1
        return False
    return True


def _take(
    source: Source,
    mailbox: Mailbox,
    place: MailboxPlace,
    head: Head,
    now: dt.datetime,
    findings: Findings,
    seen: _Seen,
) -> None:
    """Take in one mail. One that cannot be does not keep the others out, and is tried again at the next looks."""
    if head.size_bytes > MAX_MAIL_BYTES:
        seen.passed_over.append(f"A mail of more than {MAX_MAIL_BYTES // 1024**2} MiB was passed over.")
        return
    key = str(head.uid)
    body = mailbox.mail(head.uid)
    findings.received_bytes += len(body)
    try:
        if body:
            _store(source, body, now, findings)
    except NotAMail as error:
        seen.passed_over.append(f"A mail was passed over. {error}")
    except LeaseLost:
        raise
    except Exception as error:  # as with items of other sources
        log.exception("%s: a mail could not be stored", source)
        tries = place.to_try_again.get(key, 0) + 1
        place.to_try_again[key] = tries
        if tries >= MAX_TRIES:
            del place.to_try_again[key]
        again = "given up" if tries >= MAX_TRIES else "tried again"
        seen.failed.append(f"A mail could not be stored and will be {again} ({type(error).__name__}).")
        return
    place.to_try_again.pop(key, None)
    mailbox.mark_read(head.uid)


def _store(source: Source, body: bytes, now: dt.datetime, findings: Findings) -> None:
    mail = read_mail(body)
    entry = _entry(mail, body, now)
    (identity,) = identities([entry])
    snapshot = archive.keep(Response(200, "", "", {"Content-Type": "message/rfc822"}, body), now)
    files = _files(mail, now)
    with transaction.atomic():
        brought = ingest(source, entry, identity, Proof(snapshot, files=files), now, frozenset({identity.key}))
        here = source.appearances.get(key=identity.key)
        day = timezone.localdate(min(mail.sent_at or now, now))
        note(here, Received(Provenance.Way.PRESS_MAIL, source.options.get(RECEIVED_BY) or source.name, day), now)
    findings.new_releases += brought.release_is_new
    findings.new_revisions += brought.revision is not None and not brought.release_is_new


def _entry(mail: Mail, body: bytes, now: dt.datetime) -> Entry:
    guid = mail.message_id or f"sha256:{hashlib.sha256(body).hexdigest()}"
    sent = min(mail.sent_at, now) if mail.sent_at else now
    return storable(Entry(guid=guid, url="", title=mail.title, text=mail.text, published_at=sent))


def _files(mail: Mail, now: dt.datetime) -> Files:
    """The attachments as parts of the mail, within the limits of those of other documents."""
    until, room = time.monotonic() + MAX_SECONDS, MAX_CHARACTERS
    files = []
    for number, attached in enumerate(mail.files, start=1):
        name = file_name(attached.name)
        named = File(url=f"mail:{number}/{quote(name)}", title=name)
        late = time.monotonic() > until
        file = replace(named, problem=_TOO_LATE) if late else _read_file(named, attached.body, now)
        if len(file.text) > room:
            cut = f"Only its first {room:,} characters were kept."
            file = replace(file, text=file.text[:room], problem=f"{file.problem} {cut}".strip())
        room -= len(file.text)
        files.append(file)
    return Files(tuple(files))


def _read_file(named: File, body: bytes, now: dt.datetime) -> File:
    """An attachment with what it holds, or the reason why nothing of it can be read."""
    try:
        read = read_by_content(body)
    except NotReadable as error:
        return replace(named, problem=str(error))
    snapshot = archive.keep(Response(200, "", "", {"Content-Type": read.content_type}, body), now)
    return replace(named, content_type=read.content_type, snapshot=snapshot, text=read.text, problem=read.problem)
