"""A commitment on other people's pages: in a frame, as a picture, and where a link to it is shared.

These, and no other pages, may be framed by anybody.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from csp.decorators import csp_replace
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.clickjacking import xframe_options_exempt

from commitments.models import Commitment
from commitments.pages.card import THEMES, card
from commitments.pages.share_image import png
from commitments.pages.standing import lines

from .of_commitment import of_commitment

#: How long others may show what they have before they ask again.
FRESH = dt.timedelta(minutes=1)
IMAGE_KEPT = dt.timedelta(days=1)


@of_commitment
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]
def show_embed(request: HttpRequest, commitment: Commitment, today: dt.date) -> HttpResponseBase:
    """In a frame. `?theme=` is light or dark; without it the reader's own setting decides."""
    theme = request.GET.get("theme", "")
    line = lines([commitment], today)[0]
    context = {"line": line, "today": today, "theme": theme if theme in THEMES else ""}
    response = render(request, "commitments/embed.html", context)
    return _lasting(request, response, response.content)


@of_commitment
def show_embed_image(request: HttpRequest, commitment: Commitment, today: dt.date) -> HttpResponseBase:
    """As an SVG, in `?theme=dark` or in light."""
    theme = request.GET.get("theme", "")
    drawing = _drawing(request, commitment, today, theme if theme in THEMES else "light")
    response = HttpResponse(drawing, content_type="image/svg+xml")
    return _lasting(request, response, drawing.encode())


@of_commitment
def show_share_image(request: HttpRequest, commitment: Commitment, today: dt.date) -> HttpResponseBase:
    """As a PNG, for pages that show a picture beside a link. Drawn once for each state that there is to show."""
    drawing = _drawing(request, commitment, today, "light")
    kept = f"share-image-{hashlib.sha256(drawing.encode()).hexdigest()}"
    image = cache.get_or_set(kept, lambda: png(drawing), IMAGE_KEPT.total_seconds())
    return _lasting(request, HttpResponse(image, content_type="image/png"), drawing.encode())


def _drawing(request: HttpRequest, commitment: Commitment, today: dt.date, theme: str) -> str:
    line = lines([commitment], today)[0]
    return render_to_string("commitments/card.svg", {"card": card(line, theme, today)}, request)


def _lasting(request: HttpRequest, response: HttpResponse, shown: bytes) -> HttpResponseBase:
    """With what others need to keep it, and nothing but that said if they have it already."""
    response["ETag"] = f'"{hashlib.sha256(shown).hexdigest()[:32]}"'
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_cache_control(response, public=True, max_age=int(FRESH.total_seconds()))
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
