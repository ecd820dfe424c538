"""What one version of a published document changed in the version before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from commitments.showing import Note, Showing
from tracker.diffs import Row, compared
from tracker.models import Release, Revision

#: The value of `view` in the address by which both versions stand beside each other.
SIDE_BY_SIDE = "side-by-side"
#: So many unchanged paragraphs are shown before and after a change.
AROUND = 1


@dataclass(frozen=True)
class Stretch:
    """Paragraphs to show, or a number of unchanged ones that are left out."""

    rows: Sequence[Row]
    left_out: int = 0


@dataclass(frozen=True)
class ChangesPage:
    """`stretches` are None where the text may not be shown; `text_note` says why if it is withheld."""

    release: Release
    before: Revision
    after: Revision
    title: str
    note: str
    text_note: Note | None
    changed_title: list[Row]
    stretches: list[Stretch] | None
    beside: bool


def changes_page(show: Showing, release: Release, number: int, *, beside: bool) -> ChangesPage:
    """Revision `number` compared with the one before of the same source, or of any if it has none there.

    Revision.DoesNotExist if there is none, or none before it.
    """
    revisions = release.revisions.select_related("appearance__source", "snapshot")
    after = revisions.get(number=number)
    earlier = revisions.filter(number__lt=number).order_by("-number")
    before = earlier.filter(appearance=after.appearance_id).first() or earlier.first()
    if before is None:
        raise Revision.DoesNotExist(f"Release {release.pk} has no revision before {number}.")
    titles = compared(show.title(release.pk, before.title), show.title(release.pk, after.title))
    texts = show.text(before), show.text(after)
    text_note = show.text_note(release.pk)
    return ChangesPage(
        release=release,
        before=before,
        after=after,
        title=show.title(release.pk, after.title),
        note="" if text_note else show.of_release(release.pk, after.note).text,
        text_note=text_note,
        changed_title=[row for row in titles if not row.unchanged],
        stretches=_stretches(compared(texts[0].text, texts[1].text)) if all(text.is_whole for text in texts) else None,
        beside=beside,
    )


def _stretches(rows: Sequence[Row]) -> list[Stretch]:
    """The changes with a little around them; what is left out between them is counted."""
    changed = [place for place, row in enumerate(rows) if not row.unchanged]
    near = {place + step for place in changed for step in range(-AROUND, AROUND + 1)}
    stretches = []
    for is_near, places in groupby(range(len(rows)), lambda place: place in near):
        found = [rows[place] for place in places]
        stretches.append(Stretch(found) if is_near else Stretch((), len(found)))
    return stretches
