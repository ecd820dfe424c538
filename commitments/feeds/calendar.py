"""Deadlines and steps as a calendar (RFC 5545) to subscribe to.

A deadline is often an interval ("in spring 2026"). A calendar has days: the entry stands on the last one on which the
promise can still be kept, says so, and gives the words as they were and the whole interval.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Max
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from icalendar import Calendar, Event

from commitments import showing
from commitments.changes import covered
from commitments.digests.scope import Scope, UnknownScope, find
from commitments.models import AuditEntry, Commitment, Deadline, Definition, Milestone, Status, StatusChange
from commitments.models.commitment import CommitmentQuerySet
from commitments.opendata.addresses import whole
from commitments.opendata.answering import answer, asked, last_change, open_data
from commitments.opendata.problems import bad_parameter
from commitments.pages import phrases
from commitments.showing import Showing

#: What was due longer ago is left out: calendars that take a whole file each time take no large one.
PAST = dt.timedelta(days=365)
NARROWED_BY = ("department", "area", "administration", "commitment")


@open_data
def deadlines(request: HttpRequest) -> HttpResponseBase:
    """`?department=`, `area`, `administration` or `commitment` (slugs) narrows it; one of them at a time."""
    wanted = asked(request, dict.fromkeys(NARROWED_BY))
    if len(wanted) > 1:
        raise bad_parameter(list(wanted)[1], "The calendar can be narrowed by one thing at a time.")
    scope = Scope(*next(iter(wanted.items()))) if wanted else Scope()
    try:
        _, name = find(str(scope))
    except UnknownScope as error:
        raise bad_parameter(scope.kind, str(error)) from error
    on = timezone.localdate()
    body = _calendar(showing.now(), name, covered(scope), on).to_ical()
    disposition = 'inline; filename="deadlines.ics"'
    return answer(
        request, body, "text/calendar; charset=utf-8", last_change(on), **{"Content-Disposition": disposition}
    )


def _calendar(show: Showing, name: str, commitments: CommitmentQuerySet, on: dt.date) -> Calendar:
    calendar = Calendar()
    title = f"{settings.SITE_NAME}: deadlines of {name}"
    calendar.add("prodid", f"-//{settings.SITE_NAME}//Pledgewatch//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", dt.timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    for event in _events(show, commitments, on):
        calendar.add_component(event)
    return calendar


def _events(show: Showing, commitments: CommitmentQuerySet, on: dt.date) -> Iterable[Event]:
    since = on - PAST
    in_force: Any = commitments.in_force(on).select_related("policy_area")
    dated = in_force.filter(due_by__gte=since)
    due: list[Any] = list(dated.order_by("due_by", "pk"))
    covered_ones = commitments.order_by().values("pk")
    of_these = Definition.objects.filter(pk__in=dated.order_by().values("definition_id"))
    definitions = {one.pk: one for one in of_these.select_related("source_revision")}
    worded = Definition.objects.filter(commitment__in=covered_ones).order_by().values_list("commitment")
    versions: dict[int, int] = dict(worded.annotate(Count("pk")))
    changed = StatusChange.objects.filter(commitment__in=covered_ones).order_by().values_list("commitment")
    judged: dict[int, dt.datetime] = dict(changed.annotate(Max("recorded_at")))
    for commitment in due:
        definition = definitions[commitment.definition_id]
        status = Status(commitment.status)
        touched = max(filter(None, (definition.recorded_at, judged.get(commitment.pk))))
        yield _event(
            f"commitment-{commitment.pk}",
            f"Last day: {commitment.title}",
            definition,
            commitment.due_by,
            commitment,
            [f"Status: {status.label}.", show.definition(definition).statement],
            touched,
            versions[commitment.pk] - 1,
        )
    steps: list[Any] = list(
        Milestone.objects.filter(commitment__in=covered_ones, deadline_latest__gte=since)
        .select_related("commitment__policy_area")
        .order_by("deadline_latest", "pk")
    )
    edits = _edits()
    for step in steps:
        count, at = edits.get(str(step.pk), (0, step.commitment.created_at))
        said = [f"A step of: {step.commitment.title}", f"Outcome: {step.get_outcome_display()}."]
        yield _event(
            f"milestone-{step.pk}",
            f"Last day: {step.title}",
            step,
            step.deadline_latest,
            step.commitment,
            said,
            at,
            count,
        )


def _edits() -> dict[str, tuple[int, dt.datetime]]:
    """How often each step was edited and when last, by its key in the audit."""
    entries = AuditEntry.objects.filter(model="commitments.milestone").order_by().values_list("key")
    return {key: (count - 1, at) for key, count, at in entries.annotate(Count("pk"), Max("at"))}


def _event(
    key: str,
    summary: str,
    deadline: Deadline,
    last: dt.date,
    commitment: Commitment,
    said: list[str],
    touched: dt.datetime,
    sequence: int,
) -> Event:
    worded = f"Deadline as worded: “{deadline.deadline_text}”." if deadline.deadline_text else ""
    interval = f"To be done {phrases.interval(deadline.deadline_earliest, last)}."
    page = whole(commitment.get_absolute_url())
    event = Event()
    event.add("uid", f"{key}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("summary", summary)
    event.add("dtstart", last)
    event.add("dtend", last + dt.timedelta(days=1))
    event.add("description", "\n".join(part for part in (worded, interval, *said, page) if part))
    event.add("url", page)
    event.add("dtstamp", touched.astimezone(dt.UTC))
    event.add("last-modified", touched.astimezone(dt.UTC))
    event.add("sequence", sequence)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED")
    if commitment.policy_area_id:
        event.add("categories", [commitment.policy_area.name])  # type: ignore[union-attr]
    return event
