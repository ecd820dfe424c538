"""What a digest of a day says. The day's record is read once; each subscriber's share of it is pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse

from commitments import addresses, showing
from commitments.digests.coverage import Coverage
from commitments.digests.scope import ALL
from commitments.models import Commitment, Definition, Department, Status, StatusChange
from commitments.models.commitment import CommitmentQuerySet

#: What was subscribed to under an older address goes on.
Former = Mapping[tuple[str, str], frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class Line:
    """One commitment as a digest names it. `scopes` are the `Scope.key`s that cover it."""

    commitment_id: int
    title: str
    url: str
    owner: str
    scopes: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class DueLine(Line):
    """One whose deadline has passed or is near. `days` to or since `due_by`, never negative."""

    status: str
    due_by: dt.date
    deadline_text: str
    days: int


@dataclass(frozen=True)
class ChangeLine(Line):
    """One whose status was changed. `status` and `status_before` are for people; the latter may be empty.

    `is_correction` where it takes back an earlier entry of ours: `status_before` is what we had wrongly said.
    """

    status: str
    status_before: str
    holds_from: dt.date
    reason: str
    recorded_at: dt.datetime
    is_correction: bool


@dataclass(frozen=True)
class Day:
    """What every digest of `date` is made from: `overdue` longest first, `due_soon` soonest first."""

    date: dt.date
    overdue: tuple[DueLine, ...]
    due_soon: tuple[DueLine, ...]


@dataclass(frozen=True)
class Content:
    """What one subscriber is told. `newly_overdue` and `still_overdue` have nothing in common, nor have `changes`
    and `corrections`."""

    date: dt.date
    newly_overdue: tuple[DueLine, ...]
    still_overdue: tuple[DueLine, ...]
    due_soon: tuple[DueLine, ...]
    changes: tuple[ChangeLine, ...]
    corrections: tuple[ChangeLine, ...]

    @property
    def is_worth_a_mail(self) -> bool:
        """Nothing overdue and nothing due soon: no mail. Changes wait for the next one; our own mistakes do not."""
        return bool(self.newly_overdue or self.still_overdue or self.due_soon or self.corrections)

    @property
    def subject(self) -> str:
        """What happened, in one line: "1 commitment newly overdue, 3 in all; 2 due soon"."""
        new, all_overdue, soon = (
            len(self.newly_overdue),
            len(self.newly_overdue + self.still_overdue),
            len(self.due_soon),
        )
        if new and new < all_overdue:
            parts = [f"{_commitments(new)} newly overdue ({all_overdue} in all)"]
        elif all_overdue:
            parts = [f"{_commitments(all_overdue)} overdue"]
        else:
            parts = []
        if soon:
            parts.append(f"{soon} due soon" if parts else f"{_commitments(soon)} due soon")
        for lines, done in ((self.corrections, "corrected"), (self.changes, "changed")):
            if lines:
                parts.append(f"1 status {done}" if len(lines) == 1 else f"{len(lines)} statuses {done}")
        return ", ".join(parts)


def _commitments(count: int) -> str:
    return f"{count} commitment" if count == 1 else f"{count} commitments"


def read_day(date: dt.date, among: CommitmentQuerySet | None = None) -> Day:
    """The commitments that are overdue or due soon on a day, of those published. A fixed number of queries.

    `among` takes the place of those published.
    """
    commitments = Commitment.objects.published() if among is None else among
    former = addresses.former_keys()
    return Day(
        date=date,
        overdue=tuple(_due_lines(commitments.overdue(date), date, former)),
        due_soon=tuple(_due_lines(commitments.due_soon(date), date, former)),
    )


def overdue_on(date: dt.date) -> frozenset[int]:
    """Keys of the published commitments that were overdue on a day."""
    return frozenset(Commitment.objects.published().overdue(date).order_by().values_list("pk", flat=True))


def read_changes(
    after: dt.datetime, until: dt.datetime, among: CommitmentQuerySet | None = None
) -> tuple[ChangeLine, ...]:
    """Decisions recorded in a window, its beginning excluded and its end included, oldest first.

    What was imported is where the record starts, not news; what was corrected since is told by its correction
    alone. `among` takes the place of the published commitments.
    """
    commitments = Commitment.objects.published() if among is None else among
    changes = (
        StatusChange.objects.filter(recorded_at__gt=after, recorded_at__lte=until, imported_from="", corrections=None)
        .filter(commitment__in=commitments.order_by().values("pk"))
        .order_by("recorded_at", "pk")
    )
    changed = Commitment.objects.filter(pk__in=changes.order_by().values("commitment_id"))
    owned = _owned(changed, addresses.former_keys())
    named = {row["pk"]: _line(row) for row in owned}
    show = showing.now()
    return tuple(
        ChangeLine(
            **named[change.commitment_id],
            status=change.get_to_status_display(),
            status_before=change.get_from_status_display() if change.from_status else "",
            holds_from=change.effective_from,
            reason=show.words(change.reason),
            recorded_at=change.recorded_at,
            is_correction=change.corrects_id is not None,
        )
        for change in changes
    )


def scopes_of(commitment: Commitment) -> frozenset[tuple[str, str]]:
    """The `Scope.key`s that cover a commitment."""
    (row,) = _owned(Commitment.objects.filter(pk=commitment.pk), addresses.former_keys())
    scopes: frozenset[tuple[str, str]] = _line(row)["scopes"]
    return scopes


def content(
    day: Day,
    coverage: Coverage,
    overdue_before: Collection[int] | None,
    changes: Iterable[ChangeLine],
    changes_after: dt.datetime,
    changes_until: dt.datetime,
) -> Content:
    """One subscriber's share of a day. Pure.

    `overdue_before` holds what was overdue on the day of the subscriber's last digest, None if there was
    none: then nothing is called new. `changes` may hold more than the window; only what is in it is told.
    """

    def covered(line: Line) -> bool:
        return coverage.covers(line.commitment_id, line.scopes)

    overdue = [line for line in day.overdue if covered(line)]
    new = [] if overdue_before is None else [line for line in overdue if line.commitment_id not in overdue_before]
    told = [line for line in changes if changes_after < line.recorded_at <= changes_until and covered(line)]
    return Content(
        date=day.date,
        newly_overdue=tuple(new),
        still_overdue=tuple(line for line in overdue if line not in new),
        due_soon=tuple(line for line in day.due_soon if covered(line)),
        changes=tuple(line for line in told if not line.is_correction),
        corrections=tuple(line for line in told if line.is_correction),
    )


def _due_lines(commitments: CommitmentQuerySet, on: dt.date, former: Former) -> list[DueLine]:
    in_force = Definition.objects.filter(commitment=OuterRef("pk")).latest_in_force_first(on)
    words = in_force.values("deadline_text")[:1]
    return [
        DueLine(
            **_line(row),
            status=Status(row["status"]).label,
            due_by=row["due_by"],
            deadline_text=row["deadline_words"],
            days=abs((on - row["due_by"]).days),
        )
        for row in _owned(
            commitments.annotate(deadline_words=Subquery(words)), former, "status", "due_by", "deadline_words"
        )
    ]


def _owned(commitments: CommitmentQuerySet, former: Former, *more: str) -> list[dict[str, Any]]:
    """Rows with what `_line` needs, in the given order: one query, and one for shared departments.

    `former` are the addresses of before, as of `addresses.former_keys()`.
    """
    rows = list(commitments.values("pk", "slug", "title", "department__name", *_OWNERS, *more))
    sharing: dict[int, list[str]] = defaultdict(list)
    shared = Department.objects.filter(shared_commitments__in=commitments.order_by().values("pk"))
    for commitment_id, slug in shared.values_list("shared_commitments__pk", "slug"):
        sharing[commitment_id].append(slug)
    return [{**row, "shared_with": sharing[row["pk"]], "former": former} for row in rows]


def _line(row: dict[str, Any]) -> dict[str, Any]:
    scopes = {(ALL, ""), ("commitment", row["slug"])}
    scopes |= {(kind, row[column]) for column, kind in _OWNERS.items() if row[column]}
    scopes |= {("department", slug) for slug in row["shared_with"]}
    scopes |= {old for scope in scopes for old in row["former"].get(scope, ())}
    return {
        "commitment_id": row["pk"],
        "title": row["title"],
        "url": settings.BASE_URL + reverse("commitment", args=[row["slug"]]),
        "owner": row["department__name"] or "",
        "scopes": frozenset(scopes),
    }


_OWNERS = {
    "department__slug": "department",
    "policy_area__slug": "area",
    "administration__slug": "administration",
    "adopted_by__slug": "administration",
}
