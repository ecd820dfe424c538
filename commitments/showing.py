"""What a public door may show: the one place that is asked before anything stored leaves the house.

A public door is whatever somebody can reach without an account, or is sent: pages, search, exports for the public,
feeds, the API, embeds, pictures for sharing, mails. Two things bind each of them: what staff have *withheld*
(`Withholding`), and what a source's licence lets be *republished* (`Source.republish`).

How a door uses it. Ask once for what holds now, and build all of one answer from that::

    show = showing.now()

- Evidence: start from `show.evidence()`, never from `Evidence.objects`, and give its words as `show.quote(piece)`,
  never as `piece.quote`. A door that would rather say that something is missing goes through accepted evidence and
  puts `show.note_on(piece)` (a day and a sentence) in the place of what has one.
- Figures: start from `show.points(measurements)`.
- Texts: `show.text(revision)` gives the whole text, or quotes alone, or a note. Never `revision.text`, and no
  difference, extract or count of words made from it. A door that looks for words in texts looks in
  `show.whole_texts()` alone, and takes its extracts from `show.text(revision)`.
- A release: list `show.releases()`; name one by `show.title(release.pk, its title)`, and leave out its address and
  all else where `show.release_note(release.pk)` says that the whole is withheld.
- Our own words (a reason, a note): pass them through `show.words(text)`, because they may repeat a passage; those of a
  definition, and the quote in it, through `show.definition(definition)`.
- Terms: `licence_of(release)`.
- Whatever is kept beyond one answer (a cache, an ETag, an index, a mail that waits) is kept under `showing.stamp()`
  and made again when that has changed.

Staff see everything, in the admin.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from commitments.models import Definition, Evidence, Withholding, is_public
from commitments.models.evidence import EvidenceQuerySet, quote_key
from commitments.models.measurement import MeasurementQuerySet
from commitments.redaction import RUN, Cut, Redacted, gives_away, redact
from tracker.models import Licence, Release, Republish, Revision
from tracker.models.release import ReleaseQuerySet

#: A short quote has so many words at most.
SHORT_QUOTE_WORDS = 60
WITHHELD_TITLE = "A release that is withheld"


@dataclass(frozen=True)
class Note:
    """What stands in the place of something that is withheld."""

    on: dt.date
    words: str

    def __str__(self) -> str:
        return f"[Withheld on {self.on.day} {self.on:%B %Y}: {self.words}]"


@dataclass(frozen=True)
class Shown:
    """What may be shown of a revision's text.

    `text` is the whole of it, with notes in the place of withheld passages, if `is_whole`, else empty. `quotes` are
    the passages that the record uses, in their order, where only those may be shown. `note` says why there is nothing.
    """

    is_whole: bool
    text: str = ""
    quotes: tuple[str, ...] = ()
    note: Note | None = None


@dataclass(frozen=True)
class Worded:
    """The words of a definition. `withheld` stands in the place of the quote and of where it was said."""

    statement: str
    quote: str
    quote_url: str
    quote_title: str
    note: str
    withheld: Note | None


class Showing:
    """What holds at one moment. `now()` makes it: one query, and one or two more where something is withheld.

    With `everything`, licences are not asked either.
    """

    def __init__(self, standing: Sequence[Withholding], *, everything: bool = False) -> None:
        self._everything = everything
        self._passages = [one for one in standing if one.what == Withholding.What.PASSAGE]
        self._roots = {one.pk: one.release.joined_to_id or one.release_id for one in standing}
        self._by_release: dict[int, list[Withholding]] = defaultdict(list)
        self._by_address = {one.release.url: one.release_id for one in standing if one.release.url}
        if not self._roots:
            return
        roots = set(self._roots.values())
        joined = Release.objects.filter(joined_to__in=roots).values_list("pk", "joined_to")
        members = [*((root, root) for root in roots), *joined]
        for one in standing:
            for key, root in members:
                if root == self._roots[one.pk]:
                    self._by_release[key].append(one)

    def __bool__(self) -> bool:
        """Whether anything is withheld at all."""
        return bool(self._roots)

    # Releases

    def release_note(self, release_id: int) -> Note | None:
        """Why the whole of a release is withheld; None where it is not."""
        return self._note(release_id, Withholding.What.RELEASE)

    def text_note(self, release_id: int) -> Note | None:
        """Why no word of a release's text may be shown; None where any may."""
        return self.release_note(release_id) or self._note(release_id, Withholding.What.TEXT)

    def release_at(self, address: str) -> int | None:
        """The key of a release of which something is withheld, by its publisher's address; None for any other."""
        return self._by_address.get(address)

    def releases(self) -> ReleaseQuerySet:
        """The releases that may be named."""
        return Release.objects.exclude(pk__in=self._keys(Withholding.What.RELEASE))

    def title(self, release_id: int, title: str) -> str:
        """A title of a release, or of one of its revisions, as it may be shown."""
        return WITHHELD_TITLE if self.release_note(release_id) else self.of_release(release_id, title).text

    def retitled(self) -> list[int]:
        """The releases of whose titles something is withheld. One query, where anything of any release is."""
        if not self._by_release:
            return []
        titles = Release.objects.filter(pk__in=list(self._by_release)).values_list("pk", "title")
        return [key for key, title in titles if self.title(key, title) != title]

    # Texts

    def withheld_passages(self) -> list[str]:
        """Words that no text may be found by, or shown with."""
        return [one.words for one in self._passages]

    def text(self, revision: Revision) -> Shown:
        """What may be shown of a revision's text. Reads `appearance.source`, and where quotes alone may be, those."""
        note = self.text_note(revision.release_id)
        if note:
            return Shown(is_whole=False, note=note)
        if self.may_be_whole(revision):
            return Shown(is_whole=True, text=self.of_release(revision.release_id, revision.text).text)
        pieces = self.evidence().filter(revision=revision).select_related("revision__appearance__source")
        quotes = dict.fromkeys(self.quote(piece) for piece in pieces.order_by("start", "pk"))
        return Shown(is_whole=False, quotes=tuple(quotes))

    def may_be_whole(self, revision: Revision) -> bool:
        """Whether the licence of the source that a revision came from lets the whole of it be shown."""
        return self._everything or revision.appearance.source.republish == Republish.FULL

    def whole_texts(self) -> QuerySet[Revision]:
        """The revisions whose whole text may be shown and of which nothing is withheld."""
        return Revision.objects.filter(appearance__source__republish=Republish.FULL).exclude(
            release__in=list(self._by_release)
        )

    def of_release(self, release_id: int, text: str) -> Redacted:
        """Words from a release, or on it, without what is withheld of it and elsewhere."""
        here = [one for one in self._by_release.get(release_id, ()) if one.what == Withholding.What.PASSAGE]
        return redact(text, [*(_cut(one, RUN) for one in here), *self._everywhere])

    def words(self, text: str) -> str:
        """Any words of ours or of others, with notes in the place of withheld passages."""
        return redact(text, self._everywhere).text

    def definition(self, definition: Definition) -> Worded:
        """The words of a definition as they may be shown. Reads `source_revision` where there is one."""
        said_in = definition.source_revision
        release_id = said_in.release_id if said_in else self.release_at(definition.quote_url)
        withheld = self.text_note(release_id) if release_id else None
        quote = self.of_release(release_id, definition.quote).text if release_id else self.words(definition.quote)
        return Worded(
            statement=self.words(definition.statement),
            quote="" if withheld else quote,
            quote_url="" if withheld else definition.quote_url,
            quote_title="" if withheld else self.words(definition.quote_title),
            note=self.words(definition.note),
            withheld=withheld if definition.quote else None,
        )

    # Evidence

    def evidence(self) -> EvidenceQuerySet:
        """Accepted evidence of public commitments that is not withheld."""
        accepted = Evidence.objects.accepted().filter(is_public("commitment"))
        return accepted.exclude(pk__in=list(self._withheld)) if self._withheld else accepted

    def note_on(self, evidence: Evidence) -> Note | None:
        """What stands in the place of a withheld piece of evidence; None where it may be shown."""
        return self._withheld.get(evidence.pk)

    def quote(self, evidence: Evidence) -> str:
        """The words of a piece from `evidence()`, no more of them than its source allows. Reads the source."""
        words = self.of_release(evidence.release_id, evidence.quote).text
        return words if self.may_be_whole(evidence.revision) else _short(words)

    def points(self, measurements: MeasurementQuerySet) -> MeasurementQuerySet:
        """Those that no withheld passage or text gives."""
        texts = {*self._keys(Withholding.What.TEXT), *self._keys(Withholding.What.RELEASE)}
        shown = measurements.exclude(revision__release__in=texts) if texts else measurements
        return shown.exclude(evidence__in=list(self._withheld)) if self._withheld else shown

    @cached_property
    def _withheld(self) -> dict[int, Note]:
        """By its key, the note on each piece of evidence that is withheld, decided on or not."""
        if not self._roots:
            return {}
        same = {quote_key(one.words): one for one in self._passages}
        pieces = Evidence.objects.filter(Q(release__in=list(self._by_release)) | Q(quote_key__in=list(same)))
        found = {}
        for key, release_id, quote, quoted in pieces.values_list("pk", "release", "quote", "quote_key"):
            note = self.text_note(release_id) or next(
                (
                    _note(one)
                    for one in self._by_release.get(release_id, ())
                    if one.what == Withholding.What.PASSAGE and gives_away(quote, _cut(one, RUN))
                ),
                _note(same[quoted]) if quoted in same else None,
            )
            if note:
                found[key] = note
        return found

    @cached_property
    def _everywhere(self) -> list[Cut]:
        return [_cut(one, None) for one in self._passages]

    def _note(self, release_id: int, what: str) -> Note | None:
        return next((_note(one) for one in self._by_release.get(release_id, ()) if one.what == what), None)

    def _keys(self, what: str) -> list[int]:
        return [key for key, found in self._by_release.items() if any(one.what == what for one in found)]


def now() -> Showing:
    """What holds at this moment."""
    return Showing(list(Withholding.objects.standing().select_related("release").order_by("pk")))


def for_staff() -> Showing:
    """Everything, for pages that only staff see."""
    return Showing((), everything=True)


def stamp() -> str:
    """Changes whenever something is withheld, or no longer."""
    # Asked for every page that is kept: in plain SQL, which takes a third of the time.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {Withholding._meta.db_table}")  # noqa: S608
        return str(cursor.fetchone()[0] or 0)


def public_evidence() -> EvidenceQuerySet:
    """`now().evidence()`, for a door that gives nothing else."""
    return now().evidence()


def text_of(revision: Revision) -> Shown:
    """`now().text(revision)`, for a door that gives one text."""
    return now().text(revision)


def licence_of(release: Release) -> Licence:
    """On what terms others may use what is shown of a release."""
    return release.own_appearance.source.licence


def _note(withholding: Withholding) -> Note:
    return Note(timezone.localdate(withholding.at), withholding.note)


def _cut(withholding: Withholding, least: int | None) -> Cut:
    return Cut(withholding.words, str(_note(withholding)), least)


def _short(words: str) -> str:
    """So many words from the beginning, and a sign that there are more."""
    found = words.split()
    return words if len(found) <= SHORT_QUOTE_WORDS else " ".join(found[:SHORT_QUOTE_WORDS]) + " …"
