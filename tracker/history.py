"""The publisher's own notes of what was changed, and the changes that came without one."""

from __future__ import annotations

import datetime as dt
import hashlib

from tracker.models import Appearance, ChangeNote, Release, Source
from tracker.sources.entry import Entry

#: Publishers date a note by when they began to write it, and caches show it later.
NOTES_RUN_LATE_BY = dt.timedelta(days=1)


def take_in_notes(
    release: Release, here: Appearance, entry: Entry, now: dt.datetime, *, is_new: bool
) -> list[ChangeNote]:
    """Keep the notes that are not known yet.

    Returns those that tell what changed since this place was last looked at, oldest first. What was there at
    the first look (`is_new`) is the document's history before we knew it.
    """
    if not entry.notes:
        return []
    known = set(release.change_notes.values_list("at", "text_key"))
    told_at = {at for at, _ in known}
    fresh: list[ChangeNote] = []
    for note in sorted(entry.notes, key=lambda note: note.at):
        text_key = hashlib.sha256(note.text.encode()).hexdigest()
        if (note.at, text_key) in known:
            continue
        known.add((note.at, text_key))
        kept, _ = ChangeNote.objects.get_or_create(
            release=release, at=note.at, text_key=text_key, defaults={"text": note.text, "first_seen_at": now}
        )
        since = here.first_seen_at - NOTES_RUN_LATE_BY
        if not is_new and note.at not in told_at and (here.gives_notes or note.at >= since):
            fresh.append(kept)
    here.gives_notes = here.gives_notes or bool(entry.notes)
    return fresh


def gives_notes(source: Source, here: Appearance) -> bool:
    """Whether a change here would come with a note if its publisher said so."""
    return here.gives_notes or source.appearances.filter(gives_notes=True).exists()
