"""The same decision on all that a filter of the queue leaves, and taking it back: counted first, done in steps.

A step takes a few seconds at most. The page of each sends the next on its own with JavaScript, and by its button
without; leaving it in between leaves a part done, which is undone as one.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from commitments import decisions
from commitments.admin import reasons, reviewing
from commitments.admin.person import signed_in
from commitments.models import Decision
from commitments.queue import Queue

SECONDS_A_STEP = 4.0
MOST_SHOWN = 8


def decide(admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Ask, with the count; then accept or reject what was counted, step by step."""
    reviewing.may_decide(admin, request)
    queue = Queue.asked(request.GET.dict()).from_the_beginning()
    if request.method != "POST":
        return _ask(admin, request, queue)
    counted, past, act = (
        _number(request, "counted_to"),
        _number(request, "past"),
        _act(request.POST.get("act", "")),
    )
    accepting = request.POST.get("what") == "accept"
    reason = reasons.given(request, reviewing.USUAL_REASONS)
    deed = decisions.Deed(signed_in(request), act=act)
    if Decision.objects.filter(act=act).exclude(by=deed.by).exists():
        raise Http404
    waiting = queue.waiting().filter(pk__lte=counted)
    try:
        if accepting:
            step = decisions.accept_many(waiting, deed, past, _clock())
        else:
            step = decisions.reject_many(waiting, deed, reason, past, _clock())
    except decisions.DecisionRefused as error:
        return _ask(admin, request, queue, str(error))
    kind = Decision.Kind.ACCEPTED if accepting else Decision.Kind.REJECTED
    return _progress(
        admin,
        request,
        step,
        title="Accepting all of these" if accepting else "Rejecting all of these",
        done="accepted" if accepting else "rejected",
        changed=Decision.objects.filter(act=act, kind=kind).count(),
        of=_number(request, "count"),
        queue=queue,
        act=act,
        again={"what": "accept" if accepting else "reject", "reason": reason, "counted_to": counted},
    )


def undo(admin: ModelAdmin, request: HttpRequest, act: uuid.UUID) -> HttpResponse:
    """Ask, with the count; then take an act on many back, step by step."""
    reviewing.may_decide(admin, request)
    deed = decisions.Deed(signed_in(request))
    entries = Decision.objects.filter(act=act, by=deed.by)
    count = entries.values("evidence").distinct().count()
    if not count or not decisions.can_be_undone_in_part(act):
        raise Http404
    queue = Queue.asked(request.GET.dict()).from_the_beginning()
    if request.method != "POST":
        return _page(admin, request, "Undo a decision on many", queue=queue, undoing=act, count=count)
    step = decisions.undo_many(act, deed, _number(request, "past"), _clock())
    changed = entries.filter(undone_by__isnull=False).values("evidence").distinct().count()
    return _progress(
        admin,
        request,
        step,
        title="Undoing",
        done="put back",
        changed=changed,
        of=count,
        queue=queue,
        act=None,
        again={},
    )


def _ask(admin: ModelAdmin, request: HttpRequest, queue: Queue, refused: str = "") -> HttpResponse:
    waiting = queue.waiting()
    counts = waiting.aggregate(
        count=Count("pk"),
        commitments=Count("commitment", distinct=True),
        releases=Count("release", distinct=True),
        last=Max("pk"),
    )
    examples = queue.in_order().select_related("commitment", "release")[:MOST_SHOWN]
    return _page(
        admin,
        request,
        "All of these at once",
        queue=queue,
        refused=refused,
        examples=[(str(piece), piece.quote) for piece in examples],
        more=max(0, counts["count"] - MOST_SHOWN),
        usual_reasons=reviewing.USUAL_REASONS,
        act=uuid.uuid4(),
        **counts,
    )


def _progress(
    admin: ModelAdmin, request: HttpRequest, step: decisions.Step, *, title: str, again: dict[str, Any], **more: Any
) -> HttpResponse:
    """What a step came to, with the form that sends the next one if there is more."""
    return _page(
        admin,
        request,
        title,
        step=step,
        not_done=step.refused[:MOST_SHOWN],
        again=again | {"past": step.past, "count": more["of"], "act": more["act"]} if step.past else None,
        **more,
    )


def _page(admin: ModelAdmin, request: HttpRequest, title: str, *, queue: Queue, **context: Any) -> HttpResponse:
    address = queue.address()
    context |= {
        **admin.admin_site.each_context(request),
        "title": title,
        "opts": admin.opts,
        "is_nav_sidebar_enabled": False,
        "queue": queue,
        "chosen": reviewing.filters(queue, signed_in(request))["chosen"],
        "page": reviewing.page_of(queue),
        "many": reverse("admin:commitments_evidence_many") + (f"?{address}" if address else ""),
    }
    return TemplateResponse(request, "admin/commitments/evidence/many.html", context)


def _clock() -> Any:
    """Says when the seconds of a step are over."""
    end = time.monotonic() + SECONDS_A_STEP
    return lambda: time.monotonic() > end


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _act(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error
