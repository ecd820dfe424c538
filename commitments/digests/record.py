"""What is public of the record, read once for all digests of a run in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from commitments import addresses, showing
from commitments.digests.coverage import Coverage
from commitments.digests.lines import ChangeLine, Named, Passage, WordingLine
from commitments.digests.scope import ALL
from commitments.digests.timeline import Deadline, Judgement, Standing, Timeline
from commitments.models import AuditEntry, Commitment, Definition, Department, Evidence, Publication, StatusChange
from commitments.models.commitment import CommitmentQuerySet
from commitments.pages import phrases
from commitments.pages.passage import is_restated

Event = ChangeLine | WordingLine | Passage


@dataclass(frozen=True)
class Record:
    """`events` are what was recorded since `since`, oldest first. `by_scope` has, by the `Scope.key`s that cover any,
    the keys of the commitments that they cover."""

    since: dt.datetime
    timelines: Mapping[int, Timeline]
    by_scope: Mapping[addresses.Key, frozenset[int]]
    events: tuple[Event, ...]
    _moments: tuple[dt.datetime, ...]
    #: What many subscribers share, worked out once.
    shared: dict[Hashable, Any] = field(default_factory=dict)

    def covered(self, coverage: Coverage) -> frozenset[int]:
        """The public commitments, by key, that somebody's subscriptions cover."""
        by_scope = (self.by_scope.get(key, frozenset()) for key in coverage.keys)
        return frozenset(coverage.found & self.timelines.keys()).union(*by_scope)

    def events_in(self, after: dt.datetime, until: dt.datetime) -> tuple[Event, ...]:
        """What was recorded in a window, its beginning excluded and its end included."""
        at = attrgetter("recorded_at")
        return self.events[bisect_right(self.events, after, key=at) : bisect_right(self.events, until, key=at)]

    def standings(self, on: dt.date, as_of: dt.datetime) -> Mapping[int, Standing]:
        """Those that were overdue, due soon or silent on a day, by what was written down until a moment."""
        moment = self.moment(as_of)
        if (on, moment) not in self.shared:
            found = ((key, timeline.standing(on, moment)) for key, timeline in self.timelines.items())
            self.shared[on, moment] = {key: it for key, it in found if it is not None and it.groups}
        standings: Mapping[int, Standing] = self.shared[on, moment]
        return standings

    def alike(self, after: dt.datetime, until: dt.datetime) -> Hashable:
        """The same for windows in which the same was written down, and before which the same was known."""
        at = attrgetter("recorded_at")
        told = (bisect_right(self.events, after, key=at), bisect_right(self.events, until, key=at))
        return self.moment(after), self.moment(until), told

    def moment(self, as_of: dt.datetime) -> dt.datetime:
        """The last moment until `as_of` at which anything was written down: between two such moments all is alike."""
        passed = bisect_right(self._moments, as_of)
        return self._moments[passed - 1] if passed else _BEFORE_ALL


_BEFORE_ALL = dt.datetime.min.replace(tzinfo=dt.UTC)


def read(since: dt.datetime, among: CommitmentQuerySet | None = None) -> Record:
    """`among` takes the place of the published commitments."""
    commitments = Commitment.objects.published() if among is None else among
    show = showing.now()
    rows = _rows(commitments)
    named = {row["pk"]: _named(row) for row in rows}
    timelines = _timelines(commitments, rows, named, since)
    events: list[Event] = [
        *_changes(show, commitments, named, since),
        *_wordings(show, commitments, named, since),
        *_passages(show, commitments, named, since),
    ]
    return Record(
        since=since,
        timelines=timelines,
        by_scope=_by_scope(rows, addresses.former_keys()),
        events=tuple(sorted(events, key=attrgetter("recorded_at"))),
        _moments=tuple(sorted({at for timeline in timelines.values() for at in _moments_of(timeline)})),
    )


def scopes_of(commitment: Commitment) -> frozenset[addresses.Key]:
    """The `Scope.key`s that cover a commitment."""
    return frozenset(_by_scope(_rows(Commitment.objects.filter(pk=commitment.pk)), addresses.former_keys()))


# Who is who.

_OWNERS = {
    "department__slug": "department",
    "policy_area__slug": "area",
    "administration__slug": "administration",
    "adopted_by__slug": "administration",
}


def _rows(commitments: CommitmentQuerySet) -> list[dict[str, Any]]:
    """Two queries: the commitments, and the departments that share them."""
    columns = ("pk", "slug", "title", "made_on", "publish_at", "created_at", "department__name", *_OWNERS)
    rows = list(commitments.order_by("pk").values(*columns))
    sharing: dict[int, list[str]] = defaultdict(list)
    shared = Department.objects.filter(shared_commitments__in=commitments.order_by().values("pk"))
    for commitment_id, slug in shared.values_list("shared_commitments__pk", "slug"):
        sharing[commitment_id].append(slug)
    return [{**row, "shared_with": sharing[row["pk"]]} for row in rows]


def _named(row: Mapping[str, Any]) -> Named:
    address = settings.BASE_URL + reverse("commitment", args=[row["slug"]])
    return Named(row["pk"], row["title"], address, row["department__name"] or "")


def _by_scope(
    rows: Iterable[Mapping[str, Any]], former: Mapping[addresses.Key, frozenset[addresses.Key]]
) -> dict[addresses.Key, frozenset[int]]:
    """What was subscribed to under an older address, as of `addresses.former_keys()`, goes on."""
    found: dict[addresses.Key, set[int]] = defaultdict(set)
    for row in rows:
        scopes = {(ALL, ""), ("commitment", row["slug"])}
        scopes |= {(kind, row[column]) for column, kind in _OWNERS.items() if row[column]}
        scopes |= {("department", slug) for slug in row["shared_with"]}
        for scope in scopes.union(*(former.get(scope, ()) for scope in scopes)):
            found[scope].add(row["pk"])
    return {scope: frozenset(keys) for scope, keys in found.items()}


# How each stood.


def _timelines(
    commitments: CommitmentQuerySet, rows: list[dict[str, Any]], named: Mapping[int, Named], since: dt.datetime
) -> dict[int, Timeline]:
    keys = commitments.order_by().values("pk")
    deadlines: dict[int, list[Deadline]] = defaultdict(list)
    words = ("effective_from", "pk", "recorded_at", "deadline_earliest", "deadline_latest", "deadline_text")
    for key, day, pk, at, earliest, latest, text in Definition.objects.filter(commitment__in=keys).values_list(
        "commitment_id", *words
    ):
        deadlines[key].append(Deadline(day, pk, at, due_from=earliest or latest, due_by=latest, text=text))
    heard = dict(
        Evidence.objects.accepted()
        .filter(commitment__in=keys)
        .order_by()
        .values_list("commitment_id")
        .annotate(last=Max("release__published_at"))
    )
    judgements, published = _judgements(commitments), _published_by_hand(since)
    found = {}
    for row in rows:
        key = row["pk"]
        known_from = [entry.recorded_at for entry in deadlines[key]]
        since_when = max(
            filter(None, (min(known_from, default=row["created_at"]), row["publish_at"], published.get(key)))
        )
        found[key] = Timeline(
            named[key],
            since_when,
            row["made_on"],
            timezone.localdate(heard[key]) if heard.get(key) else None,
            tuple(deadlines[key]),
            tuple(judgements[key]),
        )
    return found


def _judgements(commitments: CommitmentQuerySet) -> dict[int, list[Judgement]]:
    columns = ("commitment_id", "effective_from", "pk", "recorded_at", "to_status", "effective_is_known", "corrects_id")
    kept = StatusChange.objects.filter(commitment__in=commitments.order_by().values("pk"))
    rows = list(kept.order_by("recorded_at", "pk").values_list(*columns))
    corrected: dict[int, dt.datetime] = {}
    for *_, at, _, _, corrects in rows:
        if corrects is not None:
            corrected.setdefault(corrects, at)
    judgements: dict[int, list[Judgement]] = defaultdict(list)
    for key, day, pk, at, status, known, _ in rows:
        judgements[key].append(Judgement(day, pk, at, corrected.get(pk), status=status, day_is_known=known))
    return judgements


def _published_by_hand(since: dt.datetime) -> dict[int, dt.datetime]:
    """When drafts were published since, by their keys: the audit alone knows."""
    entries = AuditEntry.objects.filter(
        model="commitments.commitment", deed=AuditEntry.Deed.CHANGED, at__gt=since, changes__has_key="publication"
    )
    return {
        int(key): at
        for key, at, changes in entries.order_by("pk").values_list("key", "at", "changes")
        if changes["publication"][1] == Publication.PUBLISHED
    }


def _moments_of(timeline: Timeline) -> Iterable[dt.datetime]:
    yield timeline.on_record_since
    yield from (entry.recorded_at for entry in timeline.deadlines)
    yield from (entry.recorded_at for entry in timeline.judgements)


# What has happened.


def _changes(
    show: showing.Showing, commitments: CommitmentQuerySet, named: Mapping[int, Named], since: dt.datetime
) -> list[ChangeLine]:
    """What was imported is where the record starts, not news; what was corrected since is told by its correction
    alone."""
    changes = StatusChange.objects.filter(
        recorded_at__gt=since, imported_from="", corrections=None, commitment__in=commitments.order_by().values("pk")
    )
    return [
        ChangeLine(
            of=named[change.commitment_id],
            status=change.get_to_status_display(),
            status_before=change.get_from_status_display() if change.from_status else "",
            holds_from=change.effective_from,
            reason=show.words(change.reason),
            recorded_at=change.recorded_at,
            is_correction=change.corrects_id is not None,
        )
        for change in changes.order_by("recorded_at", "pk")
    ]


def _wordings(
    show: showing.Showing, commitments: CommitmentQuerySet, named: Mapping[int, Named], since: dt.datetime
) -> list[WordingLine]:
    """Each beside the definition that was written down before it. The first one of a commitment is not news here."""
    later = Definition.objects.filter(recorded_at__gt=since, commitment__in=commitments.order_by().values("pk"))
    later = later.exclude(kind=Definition.Kind.ORIGINAL)
    reworded = Definition.objects.filter(commitment__in=later.order_by().values("commitment_id"))
    found = []
    before: dict[int, Definition] = {}
    for definition in reworded.select_related("source_revision").order_by("recorded_at", "pk"):
        earlier = before.get(definition.commitment_id)
        before[definition.commitment_id] = definition
        if definition.recorded_at <= since or definition.kind == Definition.Kind.ORIGINAL:
            continue
        words, old = show.definition(definition), show.definition(earlier) if earlier else None
        by, by_before = _by_when(definition), _by_when(earlier) if earlier else ""
        found.append(
            WordingLine(
                of=named[definition.commitment_id],
                how=definition.get_kind_display(),
                statement=words.statement,
                statement_before=old.statement if old and old.statement != words.statement else "",
                deadline=by,
                deadline_before=by_before if by_before != by else "",
                holds_from=definition.effective_from,
                note=words.note,
                recorded_at=definition.recorded_at,
                is_correction=definition.kind == Definition.Kind.EDITORIAL_CORRECTION,
            )
        )
    return found


def _by_when(definition: Definition) -> str:
    """ "by 18 June 2025 (“by midsummer”)", or one of both; "no deadline" without any."""
    when = phrases.interval(definition.deadline_earliest, definition.deadline_latest)
    words = f"“{definition.deadline_text}”" if definition.deadline_text else ""
    return f"{when} ({words})" if when and words else when or words or "no deadline"


def _passages(
    show: showing.Showing, commitments: CommitmentQuerySet, named: Mapping[int, Named], since: dt.datetime
) -> list[Passage]:
    """Evidence by when it was accepted. The text of a release, which no line needs, stays where it is."""
    accepted = show.evidence().filter(decided_at__gt=since, commitment__in=commitments.order_by().values("pk"))
    pieces = accepted.select_related("commitment", "release", "revision__appearance__source").defer(
        "features", "reasons", "revision__text"
    )
    return [
        Passage(
            of=named[piece.commitment_id],
            url=settings.BASE_URL + piece.get_absolute_url(),
            words=show.quote(piece),
            relation=piece.get_relation_display(),
            publisher=piece.revision.appearance.source.publisher or piece.revision.appearance.source.name,
            published_on=timezone.localdate(piece.release.published_at),
            title=show.title(piece.release_id, piece.release.title),
            recorded_at=piece.decided_at,
            says_again=is_restated(piece),
        )
        for piece in pieces.order_by("decided_at", "pk")
        if piece.decided_at is not None
    ]
