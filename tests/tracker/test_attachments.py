"""Files that belong to a release are read, kept and watched as part of it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.tracker.documents import ENCRYPTED_PDF, pdf
from tests.tracker.ledger import Document, Site
from tracker import archive, attachments
from tracker.models import Attachment, PendingEntry, Release, Revision, Snapshot, Source
from tracker.polling import poll
from tracker.rechecking import recheck_due
from tracker.revisions import own_text

DAY = dt.timedelta(days=1)
PUBLISHED = dt.datetime(2025, 1, 10, 9, tzinfo=dt.UTC)
NOTES = [(PUBLISHED, "First published.")]
WORDS = "The plan for the police was published today, and its annex says how many officers there are to be."
ANNEX = "There are to be 13,000 more neighbourhood officers by 2029."


@dataclass
class Served:
    body: bytes
    content_type: str = "application/pdf"
    etag: str = ""
    status: int = 200


@dataclass
class Files:
    """What lies under /files. `asked` holds the name and the status of each answer."""

    server: HTTPServer
    served: dict[str, Served] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def put(
        self, name: str, body: bytes, content_type: str = "application/pdf", etag: str = "", status: int = 200
    ) -> str:
        self.served[name] = Served(body, content_type, etag, status)
        return self.server.url_for(f"/files/{name}")

    def answer(self, request: Request) -> Response:
        name = request.path.removeprefix("/files/")
        file = self.served.get(name, Served(b"", status=404))
        known = file.etag and request.headers.get("If-None-Match") == file.etag
        status = 304 if known else file.status
        self.asked.append((name, status))
        headers = {"ETag": file.etag} if file.etag else {}
        return Response(b"" if known else file.body, status, headers, content_type=file.content_type)


@pytest.fixture
def files(httpserver: HTTPServer) -> Files:
    made = Files(httpserver)
    httpserver.expect_request(re.compile("^/files/")).respond_with_handler(made.answer)
    return made


def publish(site: Site, *attached: tuple[str, str, str]) -> Document:
    document = Document("plan", WORDS, published=PUBLISHED, notes=NOTES, files=list(attached))
    site.publish(document)
    return document


def look_again(now: dt.datetime) -> Revision:
    Release.objects.update(recheck_until=(now + 365 * DAY).date())
    recheck_due(now)
    return Release.objects.get().latest_revision


class TestWhatIsRead:
    def test_the_text_stands_at_the_end_under_its_title(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime
    ) -> None:
        annex = (files.put("annex.pdf", pdf([ANNEX])), "Annex A", "application/pdf")
        table = (files.put("table.csv", b"Force,Officers\nKent,310", "text/csv"), "", "text/csv")
        publish(site, annex, table)
        assert poll(ledger, now=now).new_releases == 1
        revision = Revision.objects.get()
        assert revision.text == (
            f"{WORDS}\n\nAttachment: Annex A\n\n{ANNEX}\n\nAttachment: {table[0]}\n\nForce,Officers\nKent,310"
        )
        assert [revision.text[file.start : file.end] for file in revision.files.all()] == [
            ANNEX,
            "Force,Officers\nKent,310",
        ]
        assert own_text(revision.text) == WORDS

    def test_its_bytes_are_kept_and_cited(self, site: Site, files: Files, ledger: Source, now: dt.datetime) -> None:
        url = files.put("annex.pdf", pdf([ANNEX]))
        publish(site, (url, "Annex", "application/pdf"))
        poll(ledger, now=now)
        file = Attachment.objects.get()
        assert file.snapshot
        assert (archive.read(file.snapshot), file.snapshot.url) == (pdf([ANNEX]), url)
        assert (file.title, file.content_type, file.problem) == ("Annex", "application/pdf", "")

    @pytest.mark.parametrize(
        ("served", "attached_type", "problem"),
        [
            (Served(ENCRYPTED_PDF), "application/pdf", "It is encrypted and cannot be read without its password."),
            (Served(b"rubbish"), "application/pdf", "It cannot be read as a PDF."),
            (Served(b"<html>", "text/html"), "application/pdf", "A web page is there instead of the file."),
            (Served(b"", status=404), "application/pdf", "The answer was HTTP 404."),
            (Served(b"PK"), "application/vnd.ms-excel", "Files of this sort are not read."),
            (Served(b"<html>", "text/html"), "text/html", ""),
        ],
        ids=["encrypted", "broken", "a page instead", "not there", "a spreadsheet", "a page"],
    )
    def test_what_cannot_be_read_is_named_with_the_reason(
        self,
        site: Site,
        files: Files,
        ledger: Source,
        now: dt.datetime,
        served: Served,
        attached_type: str,
        problem: str,
    ) -> None:
        url = files.put("file", **vars(served))
        publish(site, (url, "Annex", attached_type))
        assert poll(ledger, now=now).new_releases == 1
        assert Revision.objects.get().text == WORDS
        assert [(file.problem, file.start, file.end) for file in Attachment.objects.all()] == [(problem, None, None)]

    def test_files_beyond_the_limits_are_named(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(attachments, "MAX_FILES", 1)
        monkeypatch.setattr(attachments, "MAX_CHARACTERS", 9)
        publish(site, *((files.put(f"{name}.pdf", pdf([ANNEX])), name, "application/pdf") for name in "ab"))
        poll(ledger, now=now)
        assert [file.problem for file in Attachment.objects.all()] == [
            "Only its first 9 characters were kept.",
            "Not read: of one document at most 1 attachments are.",
        ]
        assert Revision.objects.get().text.endswith("Attachment: a\n\nThere are")

    def test_an_address_that_the_watch_may_not_reach(self, site: Site, ledger: Source, now: dt.datetime) -> None:
        publish(site, ("http://10.1.2.3/annex.pdf", "Annex", "application/pdf"))
        assert poll(ledger, now=now).new_releases == 1
        assert "10.1.2.3 is not at a public address" in Attachment.objects.get().problem

    def test_the_same_file_twice_is_read_once(self, site: Site, files: Files, ledger: Source, now: dt.datetime) -> None:
        url = files.put("annex.pdf", pdf([ANNEX]))
        publish(site, (url, "Annex", "application/pdf"), (url, "Annex again", "application/pdf"))
        poll(ledger, now=now)
        assert (len(files.asked), Attachment.objects.get().title) == (1, "Annex")


class TestWhatIsWatched:
    def test_a_file_as_it_was_is_asked_for_with_its_validator_and_makes_no_revision(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime
    ) -> None:
        publish(site, (files.put("annex.pdf", pdf([ANNEX]), etag='"v1"'), "Annex", "application/pdf"))
        poll(ledger, now=now)
        assert look_again(now + DAY).number == 1
        assert files.asked == [("annex.pdf", 200), ("annex.pdf", 304)]

    def test_the_same_bytes_without_a_validator_make_no_revision_and_no_row(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime
    ) -> None:
        publish(site, (files.put("annex.pdf", pdf([ANNEX])), "Annex", "application/pdf"))
        poll(ledger, now=now)
        assert look_again(now + DAY).number == 1
        assert Snapshot.objects.filter(attachments__isnull=False).count() == 1

    def test_a_poll_that_finds_nothing_new_asks_for_no_file(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime
    ) -> None:
        publish(site, (files.put("annex.pdf", pdf([ANNEX])), "Annex", "application/pdf"))
        poll(ledger, now=now)
        assert poll(ledger, now=now + DAY).outcome == "unchanged"
        assert len(files.asked) == 1

    def test_a_file_replaced_at_its_address_is_a_silent_edit(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime
    ) -> None:
        publish(site, (files.put("annex.pdf", pdf([ANNEX]), etag='"1"'), "Annex", "application/pdf"))
        poll(ledger, now=now)
        files.put("annex.pdf", pdf(["There are to be 3,000 more."]), etag='"2"')
        revision = look_again(now + DAY)
        assert (revision.number, revision.silent) == (2, True)
        assert revision.text.endswith("There are to be 3,000 more.")
        assert Revision.objects.get(number=1).text.endswith(ANNEX)

    def test_a_file_taken_away_is_an_edit(self, site: Site, files: Files, ledger: Source, now: dt.datetime) -> None:
        document = publish(site, (files.put("annex.pdf", pdf([ANNEX])), "Annex", "application/pdf"))
        poll(ledger, now=now)
        document.files = []
        revision = look_again(now + DAY)
        assert (revision.number, revision.silent, revision.text) == (2, True, WORDS)
        assert look_again(now + 30 * DAY).number == 2

    def test_an_edit_of_the_words_keeps_the_file(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime
    ) -> None:
        document = publish(site, (files.put("annex.pdf", pdf([ANNEX]), etag='"1"'), "Annex", "application/pdf"))
        poll(ledger, now=now)
        document.text = WORDS.replace("today", "yesterday")
        revision = look_again(now + DAY)
        assert revision.text == f"{document.text}\n\nAttachment: Annex\n\n{ANNEX}"
        assert revision.files.get().snapshot == Revision.objects.get(number=1).files.get().snapshot

    @pytest.mark.parametrize("status", [500, 503, 429])
    def test_a_known_file_that_cannot_be_had_for_once_changes_nothing(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime, status: int
    ) -> None:
        publish(site, (files.put("annex.pdf", pdf([ANNEX])), "Annex", "application/pdf"))
        poll(ledger, now=now)
        files.put("annex.pdf", b"", status=status)
        assert look_again(now + DAY).number == 1

    def test_a_new_release_waits_for_its_file_once_and_no_longer(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime
    ) -> None:
        publish(site, (files.put("annex.pdf", b"", status=500), "Annex", "application/pdf"))
        first = poll(ledger, now=now)
        assert "could not be had. The answer was HTTP 500" in first.detail
        assert (Release.objects.count(), PendingEntry.objects.count()) == (0, 1)
        assert poll(ledger, now=now + DAY).new_releases == 1
        assert Attachment.objects.get().problem == "The answer was HTTP 500."

    def test_a_file_that_could_be_had_at_last_is_read_and_is_no_silent_edit(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime
    ) -> None:
        publish(site, (files.put("annex.pdf", b"", status=500), "Annex", "application/pdf"))
        poll(ledger, now=now)
        poll(ledger, now=now + DAY)
        files.put("annex.pdf", pdf([ANNEX]))
        revision = look_again(now + 2 * DAY)
        assert (revision.number, revision.silent) == (2, False)
        assert revision.text.endswith(ANNEX)

    def test_a_file_whose_host_asks_to_be_left_alone_does_not_keep_the_release_out(
        self, site: Site, files: Files, ledger: Source, now: dt.datetime
    ) -> None:
        publish(site, *((files.put(f"{name}.pdf", b"", status=429), name, "application/pdf") for name in "ab"))
        assert poll(ledger, now=now).new_releases == 1
        assert [file.problem != "" for file in Attachment.objects.all()] == [True, True]
