"""What publishers say of their changes, changes of which they say nothing, and what they withdraw or remove."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tests.tracker.ledger import Document, Site
from tracker.models import ChangeNote, Release, Revision, Source, Voice
from tracker.polling import poll

DAY = dt.timedelta(days=1)
PUBLISHED = dt.datetime(2024, 3, 1, 9, tzinfo=dt.UTC)
FIRST_NOTE = (PUBLISHED, "First published.")

Edit = Callable[..., Revision]


@pytest.fixture
def edit(site: Site, ledger: Source, now: dt.datetime) -> Edit:
    """Change the document, poll a day later and return the latest revision."""
    looks = [0]

    def change(text: str | None = None, note: str | None = None, **fields: object) -> Revision:
        looks[0] += 1
        at = now + looks[0] * DAY
        document = site.documents[0]
        document.updated = at
        document.text = document.text if text is None else text
        if note is not None:
            document.notes = [*document.notes, (at, note)]
        for name, value in fields.items():
            setattr(document, name, value)
        poll(ledger, now=at)
        return Release.objects.get().latest_revision

    site.publish(Document("plan", "The plan as it was first.", PUBLISHED, notes=[FIRST_NOTE]))
    poll(ledger, now=now)
    return change


def test_history_from_before_we_looked_is_kept_without_invented_revisions(
    site: Site, ledger: Source, now: dt.datetime
) -> None:
    notes = [(PUBLISHED + 9 * DAY, "Added the figures for March."), FIRST_NOTE, (PUBLISHED + DAY, "Corrected a name.")]
    site.publish(Document("plan", "The plan as it is.", PUBLISHED, notes=notes))
    poll(ledger, now=now)
    release = Release.objects.get()
    assert list(release.change_notes.values_list("at", "text")) == sorted(notes)
    assert list(release.revisions.values_list("number", "note", "silent")) == [(1, "", False)]
    assert set(release.change_notes.values_list("revision", flat=True)) == {None}
    assert release.published_at == PUBLISHED


def test_a_note_becomes_the_note_of_the_revision_that_it_came_with(edit: Edit) -> None:
    revision = edit("The plan as it is now.", "Brought up to date.")
    assert (revision.number, revision.note, revision.silent) == (2, "Brought up to date.", False)
    assert revision.change_notes.get().text == "Brought up to date."


def test_notes_that_came_together_are_all_said_oldest_first(site: Site, edit: Edit, now: dt.datetime) -> None:
    notes = [FIRST_NOTE, (now + DAY, "Then the annex."), (now, "First the figures.")]
    assert edit("The plan as it is now.", notes=notes).note == "First the figures.\nThen the annex."


def test_a_body_that_changed_without_a_note_was_edited_silently(edit: Edit) -> None:
    assert edit("The plan as nobody says it was changed.").silent
    said = edit("The plan once more.", "Brought up to date.")
    assert (said.number, said.silent) == (3, False)
    assert edit("The plan yet another time.").silent


def test_a_note_without_another_word_in_the_text_is_kept_and_makes_no_revision(edit: Edit) -> None:
    assert edit(note="Added an attachment.").number == 1
    assert ChangeNote.objects.get(text="Added an attachment.").revision is None
    assert edit("The plan as nobody says it was changed.").silent


def test_a_note_that_is_reworded_later_is_no_note_of_a_new_change(edit: Edit, now: dt.datetime) -> None:
    revision = edit("The plan, changed.", notes=[(PUBLISHED, "First published on 1 March.")])
    assert revision.silent
    assert ChangeNote.objects.count() == 2


def test_a_source_that_never_gives_notes_is_not_accused(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(Document("plan", "The plan.", PUBLISHED))
    poll(ledger, now=now)
    site.documents[0].text, site.documents[0].updated = "The plan, changed.", now
    poll(ledger, now=now + DAY)
    assert list(Revision.objects.values_list("number", "silent")) == [(1, False), (2, False)]


def test_there_and_back_again_is_three_revisions(edit: Edit) -> None:
    edit("Another plan.", "Changed.")
    edit("The plan as it was first.", "Changed back.")
    revisions = Release.objects.get().revisions.order_by("number").values_list("text", "note")
    assert list(revisions) == [
        ("The plan as it was first.", ""),
        ("Another plan.", "Changed."),
        ("The plan as it was first.", "Changed back."),
    ]


def test_a_withdrawn_document_is_kept_and_marked_until_it_is_back(edit: Edit, now: dt.datetime) -> None:
    edit(withdrawn=now, withdrawal="It is superseded by the plan of 2026.")
    release = Release.objects.get()
    assert (release.withdrawn_at, release.withdrawal) == (now, "It is superseded by the plan of 2026.")
    assert release.revisions.count() == 1
    edit(withdrawn=None, withdrawal="")
    release.refresh_from_db()
    assert (release.withdrawn_at, release.withdrawal) == (None, "")


def test_a_vanished_document_is_kept_and_marked_until_it_is_back(edit: Edit, now: dt.datetime) -> None:
    edit(status=410)
    assert Release.objects.get().vanished_since == now + DAY
    edit(status=404)
    assert Release.objects.get().vanished_since == now + DAY
    edit(status=200)
    assert Release.objects.get().vanished_since is None
    assert Revision.objects.count() == 1


def test_another_sources_copy_says_nothing_of_the_withdrawal(
    edit: Edit, site: Site, ledger: Source, now: dt.datetime
) -> None:
    copy = Source.objects.create(
        slug="copy", name="Copy", kind=ledger.kind, url=f"{site.url}?copy", voice=Voice.MEDIA, next_due_at=now
    )
    edit(withdrawn=now, withdrawal="Superseded.")
    site.stubs = False  # the copy carries the text, and no word of its withdrawal
    poll(copy, now=now + 5 * DAY)
    release = Release.objects.get()
    assert release.appearances.count() == 2
    assert release.withdrawn_at == now
