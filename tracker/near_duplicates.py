"""The same release on another site, in a frame of that site's own: recognised by its words, never by likeness alone.

Of each text a few runs of words are kept, chosen so that copies keep the same ones, and texts that share some are
compared. One is a copy of the other if nearly all of it stands there without a break, and what is left over on either
side does not speak of other figures or names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from tracker import signals
from tracker.identity import contradict, figures, normalised_words
from tracker.models import Appearance, KeptApart, Release, Revision, Sketch, Source, Voice
from tracker.revisions import own_text, text_hash
from tracker.sources.entry import Entry

#: A shorter text is what many releases say.
LEAST_WORDS = 60
#: Words of a run, how many runs of a text are kept, and how many two texts share before they are compared.
RUN = 6
RUNS_KEPT = 16
RUNS_SHARED = 4
#: Copies come out soon.
WITHIN = dt.timedelta(days=4)
#: So many that share runs are compared, those that share most first.
MOST_COMPARED = 10
#: The share of the shorter text that stands in the other without a break.
SHARE_OF_THE_SHORTER = 0.8

#: A word with a capital that does not only begin a sentence.
_NAME = re.compile(r"(?<![.!?:“\"\n] )(?<!^)\b[A-Z][\w’'-]*")


def sketch(text: str) -> list[int]:
    """A few numbers that two texts share about as far as they share runs of words. Empty for a short text."""
    words = normalised_words(text)[:20_000]
    if len(words) < LEAST_WORDS:
        return []
    runs = {" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
    hashes = (hashlib.blake2b(run.encode(), digest_size=8).digest() for run in runs)
    return sorted(int.from_bytes(found, "big", signed=True) for found in hashes)[:RUNS_KEPT]


def remember(here: Appearance, text: str) -> None:
    """Let copies of `text`, which is said at `here`, be recognised."""
    Sketch.objects.filter(appearance=here).delete()
    Sketch.objects.bulk_create(Sketch(appearance=here, run=run) for run in sketch(text))


def original_of(source: Source, key: str, entry: Entry, published: dt.datetime) -> Appearance | None:
    """Where another source carries what `entry` repeats, if any does. `key` is its identity within `source`.

    What an official source says is no copy of what another says: its words are to be kept as the release's.
    """
    runs = sketch(entry.text)
    if not runs:
        return None
    apart = KeptApart.objects.filter(source=source, key=key).values("release")
    likely = (
        Appearance.objects.filter(sketch__run__in=runs)
        .filter(release__published_at__range=(published - WITHIN, published + WITHIN))
        .exclude(Q(release__in=apart) | Q(release__appearances__source=source))
        .annotate(shared=Count("sketch"))
        .filter(shared__gte=RUNS_SHARED)
        .order_by("-shared", "pk")
        .select_related("release", "source")
    )
    if source.voice == Voice.OFFICIAL:
        likely = likely.filter(source__voice=Voice.OFFICIAL)
    for candidate in likely[:MOST_COMPARED]:
        latest = candidate.release.revisions.order_by("-number").first()
        if latest and is_copy(Said(entry.title, entry.text), Said(latest.title, own_text(latest.text))):
            return candidate
    return None


@dataclass(frozen=True)
class Said:
    """A title and a text."""

    title: str
    text: str


def is_copy(one: Said, other: Said) -> bool:
    """Whether two texts are the same release in two frames. Pure."""
    words, others = one.text.split(), other.text.split()
    even, others_even = _even(words), _even(others)
    start, other_start, length = _longest_shared(even, others_even)
    if length < SHARE_OF_THE_SHORTER * min(len(words), len(others)):
        return False
    left = [one.title, " ".join(words[:start]), " ".join(words[start + length :])]
    others_left = [other.title, " ".join(others[:other_start]), " ".join(others[other_start + length :])]
    return not (
        contradict(figures(" ".join(left)), figures(" ".join(others_left)))
        or contradict(_names(left), _names(others_left))
    )


def _even(words: Sequence[str]) -> list[str]:
    """Each word as it is compared: without case and marks. Bullets and the like are empty."""
    return ["".join(normalised_words(word)) for word in words]


def _longest_shared(one: Sequence[str], other: Sequence[str]) -> tuple[int, int, int]:
    """The longest stretch of words in both: where it begins in each, and its length. Found by runs that stand once."""
    places = {run: at for run, at in _runs(other).items() if at is not None}
    best = (0, 0, 0)
    covered = 0
    for run, at in _runs(one).items():
        if at is None or at < covered or run not in places:
            continue
        start, other_start = at, places[run]
        while start and other_start and one[start - 1] == other[other_start - 1]:
            start, other_start = start - 1, other_start - 1
        length = 0
        while (
            start + length < len(one)
            and other_start + length < len(other)
            and one[start + length] == other[other_start + length]
        ):
            length += 1
        covered = start + length
        best = max(best, (start, other_start, length), key=lambda found: found[2])
    return best


def _runs(words: Sequence[str]) -> dict[tuple[str, ...], int | None]:
    """Where each run of words begins; None if it stands more than once."""
    found: dict[tuple[str, ...], int | None] = {}
    for start in range(len(words) - RUN + 1):
        run = tuple(words[start : start + RUN])
        found[run] = None if run in found else start
    return found


def _names(parts: Sequence[str]) -> frozenset[str]:
    return frozenset(word for part in parts for name in _NAME.findall(part) for word in normalised_words(name))


@transaction.atomic
def keep_apart(here: Appearance) -> Appearance:
    """Undo a join: what `here` says becomes a release of its own, and is never joined with that one again.

    Nothing else changes: a copy has brought the release no revision. Raises ValueError for what is no copy.
    """
    if not here.is_copy or here.copy_snapshot is None:
        raise ValueError(f"{here} is no copy of another release.")
    KeptApart.objects.get_or_create(source=here.source, key=here.key, release=here.release)
    joined = here.release
    here.release = Release.objects.create(
        title=here.title,
        url=here.url,
        published_at=here.copy_published_at or here.first_seen_at,
        published_is_known=here.copy_published_at is not None,
        locale=joined.locale,
        first_seen_at=here.first_seen_at,
    )
    text, snapshot = here.copy_text, here.copy_snapshot
    here.copy_text, here.copy_snapshot, here.copy_published_at, here.is_copy = "", None, None, False
    here.save()
    revision = Revision.objects.create(
        release=here.release,
        appearance=here,
        number=1,
        title=here.title,
        text=text,
        text_hash=text_hash(here.title, text),
        seen_at=here.first_seen_at,
        snapshot=snapshot,
    )
    remember(here, text)
    signals.tell(revision)
    return here
