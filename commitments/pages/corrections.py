"""What was wrong here and has been put right: what readers told us, and what we found ourselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, Q, QuerySet, Value

from commitments.models import Commitment, CorrectionRequest, Definition, StatusChange, is_public
from commitments.showing import Showing

PAGE_SIZE = 30


@dataclass(frozen=True)
class Correction:
    """One thing put right. `before` and `now` are statuses in words, where it was one."""

    at: dt.datetime
    title: str
    address: str
    changed: str
    before: str = ""
    now: str = ""
    was_asked_for: bool = False


@dataclass(frozen=True)
class CorrectionsPage:
    corrections: list[Correction]
    page: Page


def corrections_page(show: Showing, number: str) -> CorrectionsPage:
    """A page of corrections, newest first; a number beyond the last is the last. A fixed number of queries."""
    public = is_public("commitment") & Q(commitment__merged_into=None)
    asked = CorrectionRequest.objects.upheld()
    statuses = StatusChange.objects.filter(public, corrects__isnull=False, correction_requests=None)
    wordings = Definition.objects.filter(public, kind=Definition.Kind.EDITORIAL_CORRECTION, correction_requests=None)
    listed = _keys(asked, "decided_at", "asked").union(
        _keys(statuses, "recorded_at", "status"), _keys(wordings, "recorded_at", "wording"), all=True
    )
    page = Paginator(listed.order_by("-when", "-pk"), PAGE_SIZE).get_page(number)
    wanted: dict[str, list[int]] = {"asked": [], "status": [], "wording": []}
    for row in page.object_list:
        wanted[row["of"]].append(row["pk"])
    about = {
        "asked": asked.select_related("commitment", "release", "status_change__corrects").in_bulk(wanted["asked"]),
        "status": statuses.select_related("commitment", "corrects").in_bulk(wanted["status"]),
        "wording": wordings.select_related("commitment").in_bulk(wanted["wording"]),
    }
    return CorrectionsPage([_SHOWN[row["of"]](show, about[row["of"]][row["pk"]]) for row in page.object_list], page)


def _keys(rows: QuerySet, at: str, kind: str) -> QuerySet:
    return rows.order_by().values("pk", when=F(at), of=Value(kind, output_field=CharField()))


def _asked(show: Showing, request: CorrectionRequest) -> Correction:
    about = request.about
    status = request.status_change
    is_commitment = isinstance(about, Commitment)
    return Correction(
        at=request.decided_at,  # type: ignore[arg-type]  # it is decided
        title=about.title if is_commitment else show.title(about.pk, about.title),
        address=f"{about.get_absolute_url()}{'#changes' if status or request.definition_id else ''}",
        changed=show.words(request.changed),
        before=status.corrects.get_to_status_display() if status and status.corrects else "",
        now=status.get_to_status_display() if status else "",
        was_asked_for=True,
    )


def _status(show: Showing, change: StatusChange) -> Correction:
    return Correction(
        at=change.recorded_at,
        title=change.commitment.title,
        address=f"{change.commitment.get_absolute_url()}#changes",
        changed=show.words(change.reason),
        before=change.corrects.get_to_status_display(),  # type: ignore[union-attr]  # it corrects one
        now=change.get_to_status_display(),
    )


def _wording(show: Showing, definition: Definition) -> Correction:
    return Correction(
        at=definition.recorded_at,
        title=definition.commitment.title,
        address=f"{definition.commitment.get_absolute_url()}#changes",
        changed=show.words(definition.note or f"We now record it as: {definition.statement}"),
    )


_SHOWN: dict[str, Callable[[Showing, Any], Correction]] = {"asked": _asked, "status": _status, "wording": _wording}
