"""The door for documents that no source brings: pasted, uploaded, or fetched from an address that somebody names.

What comes in here becomes a release like any other: its bytes are archived, it is joined with the same document
where that is known, put right by further revisions, and told by `release_ingested`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from tracker import archive, joining
from tracker.asking import Asker, Budget
from tracker.attachments import NO_FILES, File, Files
from tracker.fetching import FetchError, FetchForbidden, FetchPostponed, Response
from tracker.fetching.client import MAX_BODY_BYTES
from tracker.fetching.guard import checked_address
from tracker.identity import identities
from tracker.ingest import Ingested, Proof, Seen, ingest, ingest_again
from tracker.looking import storable
from tracker.models import Appearance, Provenance, Release, Snapshot, Source, Voice
from tracker.near_duplicates import sketch
from tracker.reading.by_content import Brought, NotReadable, read_by_content
from tracker.reading.html_text import plain_text
from tracker.reading.sanitise import MAX_TITLE_LENGTH, title_line, web_address, without_control_characters
from tracker.sources import NotUnderstood, Vanished
from tracker.sources.entry import Entry
from tracker.sources.web_page import check_answer

#: Of an uploaded file; what the watch fetches is bounded alike.
MAX_FILE_BYTES = MAX_BODY_BYTES
MAX_PASTED_CHARACTERS = 1_000_000
MAX_NAME_CHARACTERS = 150
#: For an address, its redirects and robots.txt.
MAX_REQUESTS = 10
MAX_SECONDS = 60.0

_FORBIDDEN = "Save the page in your browser and upload the file instead, if you may read it yourself."


class DepositRefused(ValueError):
    """The document was not taken. `str(error)` says why, and what to do, for the person who brought it."""


@dataclass(frozen=True)
class Pasted:
    """Words that somebody pasted. `url` is where they are said to stand, and is not asked for."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Uploaded:
    """A file as it was uploaded. What it is, is told by its content."""

    body: bytes
    name: str = ""
    url: str = ""


@dataclass(frozen=True)
class AtAddress:
    """A page or file to be fetched from where it is."""

    url: str


Document = Pasted | Uploaded | AtAddress


@dataclass(frozen=True)
class Received:
    """How the document came; `way` is one of Provenance.Way."""

    way: str
    by: str = ""
    on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True)
class Told:
    """What somebody says of a document: whose it is, in which voice, and when it was published, if that is known.

    Without a title, the document's own is taken.
    """

    title: str
    publisher: str
    received: Received
    voice: str = Voice.OFFICIAL
    published_on: dt.date | None = None


@dataclass(frozen=True)
class Deposited:
    """What became of it. `problem` says what of its text is missing."""

    release: Release
    is_new: bool
    problem: str = ""


def deposit(document: Document, told: Told, now: dt.datetime) -> Deposited:
    """Take in a document that staff bring. Raises DepositRefused.

    One that is known already, by its address or its words, is not stored twice: its release is returned, and how it
    came is noted there. Nothing is asked of the web but for `AtAddress`, by all its rules.
    """
    _check(told, now)
    if isinstance(document, AtAddress) and (known := _known_at(document.url)):
        return Deposited(known, is_new=False)
    read, proof_of = _read(document)
    title = _title(told, read)
    guid = "" if isinstance(document, AtAddress) else f"urn:uuid:{uuid.uuid4()}"
    entry = storable(Entry(guid, _url(document), title, read.text, _published_at(told)))
    (identity,) = identities([entry])
    snapshot = archive.keep(proof_of, now)
    seen = Seen.AT_ITS_ADDRESS if isinstance(document, AtAddress) else Seen.IN_THE_SOURCE
    with transaction.atomic():
        source = source_of(told.publisher, told.voice)
        proof = Proof(snapshot, files=_files(document, read, snapshot))
        brought = ingest(source, entry, identity, proof, now, seen=seen)
        here = source.appearances.get(release=brought.release, key=identity.key)
        note(here, told.received, now)
        _remember(source, brought, now)
    return Deposited(brought.release, brought.release_is_new, read.problem)


def correct(here: Appearance, document: Document, told: Told, why: str, now: dt.datetime) -> Deposited:
    """Put right what was brought by hand: other words make a further revision, and `why` is its note.

    How it came is noted anew where that was told otherwise. Raises DepositRefused.
    """
    if here.source.kind != Source.Kind.DESK or isinstance(document, AtAddress) or not here.guid:
        raise DepositRefused("Only what was pasted or uploaded can be put right by hand.")
    if here.is_copy:
        raise DepositRefused("It was joined to another release, whose words these are. Keep them apart first.")
    if not why.strip():
        raise DepositRefused("Say what you put right: it stands beside the new version.")
    _check(told, now)
    read, proof_of = _read(document)
    entry = storable(
        Entry(here.guid, _url(document), _title(told, read), read.text, _published_at(told), note=why.strip())
    )
    (identity,) = identities([entry])
    snapshot = archive.keep(proof_of, now)
    with transaction.atomic():
        here = Appearance.objects.select_for_update().get(pk=here.pk)
        here.source, here.url = source_of(told.publisher, told.voice), entry.url
        here.url_key, here.content_key = identity.url_key, identity.content_key
        here.save(update_fields=["source", "url", "url_key", "content_key"])
        proof = Proof(snapshot, files=_files(document, read, snapshot))
        brought = ingest_again(here, entry, proof, now, read_as_before=True)
        release = brought.release
        if not release.appearances.exclude(pk=here.pk).exists():  # else what others say of it counts as well
            release.title, release.url = entry.title, entry.url
            release.published_at, release.published_is_known = entry.published_at or now, bool(entry.published_at)
            release.save(update_fields=["title", "url", "published_at", "published_is_known"])
        joining.remember(here, sketch(entry.text))
        noted = note(here, told.received, now)
        here.provenance.exclude(pk=noted.pk).delete()
        _remember(here.source, brought, now)
    return Deposited(release, is_new=False, problem=read.problem)


def source_of(publisher: str, voice: str) -> Source:
    """The source that stands for what staff brought of this publisher in this voice; made where there is none."""
    publisher = title_line(publisher, is_markup=False)[:200]
    known = Source.objects.filter(kind=Source.Kind.DESK, publisher=publisher, voice=voice).order_by("pk").first()
    if known:
        return known
    name = f"{publisher[:150]}, added by hand"
    slug = f"{slugify(publisher)[:90] or 'publisher'}-{voice}-by-hand"
    for number in range(1, 100):
        try:
            with transaction.atomic():
                return Source.objects.create(
                    kind=Source.Kind.DESK,
                    slug=slug if number == 1 else f"{slug}-{number}",
                    name=name,
                    publisher=publisher,
                    voice=voice,
                )
        except IntegrityError:  # another publisher's name makes the same slug, or a colleague was first
            if known := Source.objects.filter(kind=Source.Kind.DESK, publisher=publisher, voice=voice).first():
                return known
    raise DepositRefused(f"There are too many publishers whose name reads like “{publisher}”.")


def _check(told: Told, now: dt.datetime) -> None:
    received = told.received
    if not told.publisher.strip():
        raise DepositRefused("Say who published it: the department, paper or person whose words these are.")
    if told.voice not in Voice.values:
        raise DepositRefused(f"There is no voice “{told.voice}”. Voices: {', '.join(Voice.values)}.")
    if received.way not in Provenance.Way.values:
        raise DepositRefused(f"There is no such way as “{received.way}”. Ways: {', '.join(Provenance.Way.values)}.")
    if received.way != Provenance.Way.ADDRESS and not (received.by.strip() and received.on):
        raise DepositRefused("Say who received it, and on which day: it is shown where the document is.")
    today = timezone.localdate(now)
    if max(told.published_on or today, received.on or today) > today:
        raise DepositRefused("A day that is still to come cannot be when it was published or received.")


def _read(document: Document) -> tuple[Brought, Response]:
    """What a document holds, and its bytes as they came."""
    if isinstance(document, Pasted):
        return _pasted(document)
    try:
        if isinstance(document, Uploaded):
            if len(document.body) > MAX_FILE_BYTES:
                raise DepositRefused(f"The file is larger than {MAX_FILE_BYTES // 1024**2} MiB.")
            read = read_by_content(document.body)
            headers = {"Content-Type": read.content_type}
            return read, Response(200, "", "", headers, document.body)
        response = _fetched(document.url)
        return read_by_content(response.body, response.content_type, response.final_url), response
    except NotReadable as error:
        raise DepositRefused(str(error)) from error


def _pasted(document: Pasted) -> tuple[Brought, Response]:
    text = plain_text(document.text)
    if not text.strip():
        raise DepositRefused("Paste the words of the document.")
    if len(text) > MAX_PASTED_CHARACTERS:
        raise DepositRefused(f"It has more than {MAX_PASTED_CHARACTERS:,} characters. Upload it as a file instead.")
    content_type = "text/plain; charset=utf-8"
    body = document.text.encode("utf-8", "replace")
    return Brought("", text, content_type), Response(200, "", "", {"Content-Type": content_type}, body)


def _fetched(url: str) -> Response:
    asker = Asker(Source.Kind.DESK, Budget(requests=MAX_REQUESTS, seconds=MAX_SECONDS), most_postponements=1)
    try:
        response = asker.ask_file(url)
        check_answer(response, "The document")
    except FetchForbidden as error:
        raise DepositRefused(f"{error} {_FORBIDDEN}") from error
    except FetchPostponed as error:
        raise DepositRefused(f"{error} Try again in a minute.") from error
    except (FetchError, NotUnderstood, Vanished) as error:
        raise DepositRefused(str(error)) from error
    return response


def _known_at(url: str) -> Release | None:
    """The release that is known at an address. Raises DepositRefused for what is no address."""
    try:
        checked_address(url)
    except FetchError as error:
        raise DepositRefused(str(error)) from error
    (identity,) = identities([Entry("", url, "", "")])
    if not identity.url_key:
        raise DepositRefused("That is the address of a whole site. Give the address of the document itself.")
    here = Appearance.objects.filter(url_key=identity.url_key).select_related("release__joined_to").first()
    return (here.release.joined_to or here.release) if here else None


def _title(told: Told, read: Brought) -> str:
    title = title_line(told.title, is_markup=False) or read.title
    if not title:
        raise DepositRefused("Give it a title: the document does not say one of its own.")
    return title[:MAX_TITLE_LENGTH]


def _url(document: Document) -> str:
    if document.url and not web_address(document.url):
        raise DepositRefused(f"“{document.url}” is no web address. It begins with http:// or https://.")
    return document.url


def _published_at(told: Told) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(told.published_on, dt.time.min)) if told.published_on else None


def _files(document: Document, read: Brought, snapshot: Snapshot) -> Files:
    """The uploaded file as an attachment. Its words are the release's own, so that it is known again by them."""
    if not isinstance(document, Uploaded):
        return NO_FILES
    name = file_name(document.name)
    file = File(
        url=f"upload:{quote(name)}",
        title=name,
        content_type=read.content_type,
        snapshot=snapshot,
        problem=read.problem,
    )
    return Files((file,))


def file_name(given: str) -> str:
    """The last part of a name, without what steers terminals or folders."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFKC", given))[-1]
    return title_line(last, is_markup=False).strip(". ")[-MAX_NAME_CHARACTERS:] or "file"


def note(here: Appearance, received: Received, now: dt.datetime) -> Provenance:
    """Note how the document `here` came, unless that was noted before."""
    said = {
        "way": received.way,
        "received_by": title_line(received.by, is_markup=False)[:200],
        "received_on": received.on,
        "note": without_control_characters(received.note).strip(),
    }
    noted = here.provenance.filter(**said).first()
    return noted or Provenance.objects.create(appearance=here, recorded_at=now, **said)


def _remember(source: Source, brought: Ingested, now: dt.datetime) -> None:
    if brought.release_is_new:
        source.last_new_at = now
        source.save(update_fields=["last_new_at"])
