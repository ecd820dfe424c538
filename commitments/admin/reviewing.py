"""The queue one suggestion at a time: by keyboard with JavaScript, by buttons without."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from commitments import decisions
from commitments.admin import cards, reasons
from commitments.admin.person import signed_in
from commitments.models import Commitment, Decision, Department, Evidence
from commitments.models.commitment import CommitmentQuerySet
from commitments.pages import register
from commitments.queue import ORDERS, SURENESS, Queue
from tracker.models import Release, Source

#: What is most often wrong, each chosen by its number. None of them says that the passage is about the commitment.
USUAL_REASONS = (
    "About another programme.",
    "The same number, but of something else.",
    "Too general to be about it.",
    "It only repeats what is on record already.",
)
#: The keys and what they do, as the help card and the handbook have them.
KEYS = (
    ("A", "accept, with the details as they stand"),
    (f"1 to {len(USUAL_REASONS)}", "reject for the usual reason of that number"),
    ("R", "reject for a reason in your own words; Enter sends it"),
    ("F", "go to the figures: new, said before or left out, and the number"),
    ("L", "choose how it bears on the commitment"),
    ("T", "choose how far it has got"),
    ("K", "keep what you put right without deciding yet"),
    ("M", "move it to another commitment: words, arrows, Enter to choose, Enter to move"),
    ("S", "split it: it belongs here and elsewhere"),
    ("N", "make a new commitment from the passage"),
    ("J", "not now: go on to the next"),
    ("U", "undo your last decision"),
    ("Esc", "leave a field, or close this card"),
    ("?", "show this card"),
)
MOST_FOUND = 8
GONE = "It is no longer suggested: the linker took it back meanwhile. Nothing was changed."
_REFERENCE = re.compile(r"[^\s,;]+")


@dataclass(frozen=True)
class Typed:
    """What a person had filled in where a decision was refused: given back, so that nothing is lost."""

    details: QueryDict | None = None
    reason: str = ""
    to: str = ""
    keep: bool = False
    found: list[Commitment] = field(default_factory=list)


class NotFoundByReference(decisions.DecisionRefused):
    """Words were given for a commitment instead of its reference."""


def page(admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The queue at the place that the address says; for who may only look, the list of what waits."""
    queue = Queue.asked(request.GET.dict())
    if not admin.has_change_permission(request) and admin.has_view_permission(request):
        return HttpResponseRedirect(_to_read(queue, signed_in(request)))
    may_decide(admin, request)
    return _answer(admin, request, queue, "")


def decide(admin: ModelAdmin, request: HttpRequest, key: int, what: str) -> HttpResponse:
    """Do what was asked with one piece, and go on to the next; if it is refused, say why and stay."""
    may_decide(admin, request)
    queue = Queue.asked(request.GET.dict())
    if request.method != "POST":
        return HttpResponseRedirect(page_of(queue))
    evidence = Evidence.objects.select_related("commitment", "release").filter(pk=key).first()
    if evidence is None:
        return _answer(admin, request, queue, GONE, status=409)
    deed = decisions.Deed(signed_in(request))
    try:
        with transaction.atomic():
            queue, said = _DOINGS[what](evidence, deed, request, queue)
    except Evidence.DoesNotExist:
        return _answer(admin, request, queue, GONE, status=409)
    except decisions.DecisionRefused as error:
        stale = isinstance(error, decisions.Stale)
        typed = Typed() if stale else _typed(request, isinstance(error, NotFoundByReference))
        return _answer(admin, request, queue, str(error), key, typed, status=409)
    if request.POST.get("from") == "page":
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:commitments_evidence_change", args=[key]))
    return _done(admin, request, queue, said)


def undo(admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Take one's last decision back, and show again what it was about. One on many has a page of its own."""
    may_decide(admin, request)
    queue = Queue.asked(request.GET.dict())
    if request.method != "POST":
        return HttpResponseRedirect(page_of(queue))
    deed = decisions.Deed(signed_in(request))
    act = decisions.last_act(deed.by)
    try:
        if act is None:
            raise decisions.DecisionRefused("You have decided nothing yet that could be undone.")
        many = Decision.objects.filter(act=act).values("evidence").distinct().count()
        if many > 1 and decisions.can_be_undone_in_part(act):
            said = f"Your last decision was on {many:,} suggestions together."
            return _answer(admin, request, queue, said, many={"act": act, "count": many}, status=409)
        pieces = decisions.undo(act, deed)
    except decisions.DecisionRefused as error:
        return _answer(admin, request, queue, str(error), status=409)
    waiting = [piece.pk for piece in pieces if piece.state == Evidence.State.SUGGESTED]
    return _done(admin, request, queue.with_first(waiting), f"Undone: {pieces[0]}.")


def find(admin: ModelAdmin, request: HttpRequest) -> JsonResponse:
    """Commitments by words or reference, for moving a passage: `{"found": [{"reference", "title"}]}`."""
    may_decide(admin, request)
    return JsonResponse({"found": list(_found(request.GET.get("q", "")).values("reference", "title"))})


def may_decide(admin: ModelAdmin, request: HttpRequest) -> None:
    if not admin.has_change_permission(request):
        raise PermissionDenied


def page_of(queue: Queue) -> str:
    """The address of the queue at a place."""
    address = queue.address()
    return reverse("admin:commitments_evidence_review") + (f"?{address}" if address else "")


def _to_read(queue: Queue, person: User) -> str:
    """Where whoever may not decide reads the same: one piece, or the list of what waits."""
    if queue.first:
        return reverse("admin:commitments_evidence_change", args=[queue.first[0]])
    whose = "mine" if queue.person == person.pk else ""
    asked = {"state": "suggested", "q": queue.words, "commitment__id__exact": queue.commitment, "whose": whose}
    shown = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('admin:commitments_evidence_changelist')}?{shown}"


def filters(queue: Queue, person: User) -> dict[str, Any]:
    """What the queue can be narrowed down by, and the words for how it is narrowed down now."""
    departments, sources = list(Department.objects.all()), list(Source.objects.order_by("name"))
    others = User.objects.filter(pk=queue.person or 0).exclude(pk=person.pk)
    people = {person.pk: "mine: I own or watch them", **{one.pk: f"{one}’s" for one in others}}
    chosen = [
        *(words for key, words in people.items() if key == queue.person),
        *(one.name for one in departments if one.pk == queue.department),
        *(one.name for one in sources if one.pk == queue.source),
        *([SURENESS[queue.sure][0]] if queue.sure else []),
        *([f"“{queue.words}”"] if queue.words else []),
    ]
    if queue.commitment:
        chosen += [f"only for {one.reference}" for one in Commitment.objects.filter(pk=queue.commitment)]
    if queue.release:
        chosen += [f"only from “{one.title}”" for one in Release.objects.filter(pk=queue.release)]
    return {
        "orders": ORDERS,
        "ordered": ORDERS[queue.order],
        "sureness": {key: words for key, (words, _) in SURENESS.items()},
        "departments": departments,
        "people": people,
        "sources": sources,
        "chosen": ", ".join(chosen),
    }


# What can be done with one, each in the transaction of `decide`. Returns the queue to go on with, and what was done.

_Done = tuple[Queue, str]


def _accept(evidence: Evidence, deed: decisions.Deed, request: HttpRequest, queue: Queue) -> _Done:
    _correct_seen(evidence, deed, request)
    points = decisions.accept(evidence, deed)
    counted = f", {len(points)} figure{'' if len(points) == 1 else 's'} recorded" if points else ""
    return queue.past(evidence), f"Accepted for {evidence.commitment.reference}{counted}."


def _reject(evidence: Evidence, deed: decisions.Deed, request: HttpRequest, queue: Queue) -> _Done:
    decisions.lock(evidence, _seen(request))
    decisions.reject(evidence, deed, reasons.given(request, USUAL_REASONS))
    return queue.past(evidence), f"Rejected for {evidence.commitment.reference}: {evidence.reject_reason}"


def _correct(evidence: Evidence, deed: decisions.Deed, request: HttpRequest, queue: Queue) -> _Done:
    changed = _correct_seen(evidence, deed, request)
    if not changed:
        return queue.with_first([evidence.pk]), "Nothing was put right: it is as it was."
    return queue.with_first([evidence.pk]), f"Kept for {evidence.commitment.reference}: {'; '.join(changed)}."


def _assign(evidence: Evidence, deed: decisions.Deed, request: HttpRequest, queue: Queue) -> _Done:
    chosen = [*request.POST.getlist("found"), *_REFERENCE.findall(request.POST.get("to", ""))]
    to = list(Commitment.objects.filter(reference__in=chosen))
    unknown = set(chosen) - {one.reference for one in to}
    if unknown and not request.POST.getlist("found"):
        raise NotFoundByReference("Choose from what was found by these words, or give a reference.")
    keep = "keep" in request.POST
    placed = decisions.assign(evidence, deed, to, keep=keep, seen=_seen(request))
    onward = queue.with_first([*(one.pk for one in placed), *([evidence.pk] if keep else [])])
    if not keep:
        onward = onward.past(evidence)
    where = ", ".join(one.reference for one in to)
    return onward, f"{'Also brought' if keep else 'Moved'} to {where}: decide there now."


_DOINGS: dict[str, Callable[[Evidence, decisions.Deed, HttpRequest, Queue], _Done]] = {
    "accept": _accept,
    "reject": _reject,
    "correct": _correct,
    "assign": _assign,
}
DOINGS = tuple(_DOINGS)


def _correct_seen(evidence: Evidence, deed: decisions.Deed, request: HttpRequest) -> list[str]:
    seen = decisions.lock(evidence, _seen(request))
    form = cards.CorrectionForm(seen, request.POST)
    if not form.is_valid():
        raise decisions.DecisionRefused("Something that you filled in does not fit. It is marked below.")
    return decisions.correct(evidence, deed, **form.wanted()) if form.has_changed() else []


def _seen(request: HttpRequest) -> str:
    """The mark of what the person's page showed. A page that does not say showed nothing that could be decided on."""
    return request.POST.get("seen", "")


def _typed(request: HttpRequest, look: bool) -> Typed:
    to = request.POST.get("to", "")
    return Typed(
        details=request.POST,
        reason=request.POST.get("reason", ""),
        to=to,
        keep="keep" in request.POST,
        found=list(_found(to)) if look else [],
    )


def _found(words: str) -> CommitmentQuerySet:
    words = words.replace("\0", " ").strip()[:200]
    standing = Commitment.objects.filter(merged_into=None)
    return register.search(standing, words).order_by("reference")[:MOST_FOUND] if words else standing.none()


def _done(admin: ModelAdmin, request: HttpRequest, queue: Queue, said: str) -> HttpResponse:
    """What comes next, with what was done: at its own address, unless the page's own script asks."""
    if _asked_by_script(request):
        return _answer(admin, request, queue, said)
    messages.success(request, said)
    return HttpResponseRedirect(page_of(queue))


def _asked_by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _answer(
    admin: ModelAdmin,
    request: HttpRequest,
    queue: Queue,
    said: str,
    stay: int | None = None,
    typed: Typed | None = None,
    many: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The panel alone for the page's own script; the whole page otherwise."""
    context = _panel(admin, request, queue, stay, typed or Typed()) | {
        "said": said,
        "refused": status != 200,
        "many": many,
    }
    if _asked_by_script(request):
        html = render_to_string("admin/commitments/evidence/_review.html", context, request)
        return HttpResponse(html, status=status)
    context |= {
        **admin.admin_site.each_context(request),
        **filters(queue, signed_in(request)),
        "title": "Suggestions",
        "opts": admin.opts,
        "keys": KEYS,
        "is_nav_sidebar_enabled": False,
    }
    return TemplateResponse(request, "admin/commitments/evidence/review.html", context, status=status)


def _panel(admin: ModelAdmin, request: HttpRequest, queue: Queue, stay: int | None, typed: Typed) -> dict[str, Any]:
    key = queue.next() if stay is None else stay
    evidence = admin.get_queryset(request).filter(pk=key).first() if key else None
    panel: dict[str, Any] = {
        "queue": queue,
        "here": queue.address(),
        "page": page_of(queue),
        "waiting": queue.waiting().count(),
        "beginning": page_of(queue.from_the_beginning()),
    }
    if evidence is not None:
        panel |= deciding(evidence, typed) | {
            "skip": page_of(queue.past(evidence)),
            "only_commitment": page_of(Queue(commitment=evidence.commitment_id)),
            "only_release": page_of(Queue(release=evidence.release_id)),
        }
    return panel


def deciding(evidence: Evidence, typed: Typed | None = None) -> dict[str, Any]:
    """What is needed to decide on a piece of the admin's own queryset, on the queue's page and on its own."""
    typed = typed or Typed()
    return cards.whole_card(evidence, cards.CorrectionForm(evidence, typed.details)) | {
        "typed": typed,
        "usual_reasons": USUAL_REASONS,
        "may_decide": True,
    }
