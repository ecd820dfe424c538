"""Evidence for a commitment that nobody suggested: a document, and the words of it that staff choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from commitments import decisions
from commitments.admin.person import signed_in
from commitments.linking.passages import split
from commitments.models import Commitment
from commitments.pages.passages import locate
from tracker.models import Release, Revision

#: Of a text, so many passages are shown at once.
SHOWN = 60
RELEASES_SHOWN = 20


@dataclass(frozen=True)
class Choice:
    """A passage that can be quoted, by its offsets in the revision's text."""

    start: int
    end: int
    text: str
    is_heading: bool


def quote_view(model_admin: Any, request: HttpRequest, key: int) -> HttpResponse:
    """Finds or adds a document, shows its passages, and takes the chosen one as a suggestion for the commitment."""
    commitment = get_object_or_404(Commitment, pk=key)
    if not request.user.has_perm("commitments.change_evidence"):
        raise PermissionDenied
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Add evidence",
        "opts": model_admin.model._meta,
        "commitment": commitment,
        "may_deposit": request.user.has_perm("tracker.add_release"),
        "here": reverse("admin:commitments_commitment_quote", args=[key]),
    }
    chosen = _release(request)
    if chosen is None:
        words = request.GET.get("q", "").strip()
        context |= {"words": words, "found": _releases(words) if words else []}
    else:
        revision = chosen.latest_revision
        if request.method == "POST":
            try:
                return _taken(request, revision, commitment)
            except decisions.DecisionRefused as error:
                messages.error(request, str(error))
        context |= _text(request, revision)
    return TemplateResponse(request, "admin/commitments/commitment/quote.html", context)


def _taken(request: HttpRequest, revision: Revision, commitment: Commitment) -> HttpResponse:
    start, end = _chosen(request, revision)
    piece = decisions.quote(revision, start, end, commitment, decisions.Deed(signed_in(request)))
    messages.success(request, "It waits here for your decision: look at what was read in it, then accept it.")
    queue = reverse("admin:commitments_evidence_review")
    return HttpResponseRedirect(f"{queue}?{urlencode({'first': piece.pk, 'commitment': commitment.pk})}")


def _chosen(request: HttpRequest, revision: Revision) -> tuple[int, int]:
    """A passage by its offsets, or words as somebody copied them. Raises DecisionRefused."""
    if str(revision.pk) != request.POST.get("revision"):
        raise decisions.DecisionRefused("The document was revised meanwhile. Look at it again.")
    first, _, last = request.POST.get("passage", "").partition("-")
    if first.isdecimal() and last.isdecimal() and len(first + last) < 20:
        return int(first), int(last)
    words = request.POST.get("words", "")
    if not words.strip():
        raise decisions.DecisionRefused("Choose a passage, or copy the words to quote into the box.")
    found = locate(revision.text, words)
    if found is None:
        raise decisions.DecisionRefused("The document does not say this in these words. Copy them as they stand.")
    return found


def _release(request: HttpRequest) -> Release | None:
    key = request.GET.get("release", "")
    if not (key.isdecimal() and len(key) < 16):
        return None
    release = get_object_or_404(Release.objects.select_related("joined_to"), pk=int(key))
    return release.joined_to or release


def _releases(words: str) -> list[Release]:
    """The newest whose title or address holds these words."""
    wanted = Q(url=words)
    by_title = Q()
    for word in words.split()[:10]:
        by_title &= Q(title__icontains=word)
    return list(Release.objects.standing().filter(wanted | by_title)[:RELEASES_SHOWN])


def _text(request: HttpRequest, revision: Revision) -> dict[str, Any]:
    """The passages that hold all the words looked for, a page of them."""
    looked_for = request.GET.get("words", "").strip()
    wanted = [word.casefold() for word in looked_for.split()[:10]]
    found = [
        Choice(one.start, one.end, one.text, one.kind == "heading")
        for one in split(revision.text)
        if all(word in one.text.casefold() for word in wanted)
    ]
    number = request.GET.get("page", "")
    pages = max(1, -(-len(found) // SHOWN))
    page = min(max(1, int(number) if number.isdecimal() and len(number) < 6 else 1), pages)
    address: dict[str, str | int] = {"release": revision.release_id, **({"words": looked_for} if looked_for else {})}
    return {
        "revision": revision,
        "choices": found[(page - 1) * SHOWN : page * SHOWN],
        "looked_for": looked_for,
        "count": len(found),
        "page_number": page,
        "pages": pages,
        "before": f"?{urlencode({**address, 'page': page - 1})}" if page > 1 else "",
        "after": f"?{urlencode({**address, 'page': page + 1})}" if page < pages else "",
    }
