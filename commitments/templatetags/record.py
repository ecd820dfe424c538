"""Days, instants and addresses of others, written the same way on every page."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from commitments.pages import phrases
from commitments.pages.passages import Paragraph, Piece
from commitments.pages.release import Use
from commitments.search.highlighting import Run

register = template.Library()


@register.filter
def day(value: dt.date | dt.datetime) -> SafeString:
    """A day that machines can read too. Instants are given in the site's time zone."""
    if isinstance(value, dt.datetime):
        value = timezone.localdate(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), phrases.day(value))


@register.filter
def instant(value: dt.datetime) -> SafeString:
    """A day and time of day in the site's time zone."""
    local = timezone.localtime(value)
    words = f"{phrases.day(local.date())} at {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)


@register.filter
def number(value: object) -> str:
    """ "16,400"."""
    return f"{value:,}"


@register.filter
def quantity(value: object) -> str:
    """A decimal without noughts that say nothing, large ones in words."""
    return phrases.number(Decimal(str(value)))


@register.filter
def days(count: int) -> str:
    return phrases.days(count)


@register.simple_tag
def outward(address: str, text: str = "") -> SafeString:
    """A link to somebody else's page. Whatever is no web address stays plain text."""
    if urlsplit(address).scheme not in ("http", "https"):
        return format_html("{}", text or address)
    return format_html('<a href="{}" rel="noopener nofollow ugc">{}</a>', address, text or address)


@register.filter
def runs(found: Iterable[Run]) -> SafeString:
    """A text, escaped, with what was looked for in it in marks."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", one.text) if one.found else one.text,) for one in found)
    )


_UNSAFE_IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def structured(data: Mapping[str, object]) -> SafeString:
    """JSON-LD for search engines. It is no script to a browser, which runs nothing of it."""
    written = json.dumps(data, ensure_ascii=False).translate(_UNSAFE_IN_SCRIPT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(written))  # noqa: S308


@register.simple_tag
def marked(paragraph: Paragraph, used: Mapping[int, Use]) -> SafeString:
    """A paragraph's text, escaped, with each passage in a mark that its address leads to."""
    return format_html_join("", "{}{}", ((_piece(piece), _notes(piece.ends, used)) for piece in paragraph))


def _piece(piece: Piece) -> SafeString:
    text = format_html("{}", piece.text)
    for key in reversed(piece.begins):
        text = format_html('<mark id="e{}">{}</mark>', key, text)
    return format_html("<mark>{}</mark>", text) if piece.covered and not piece.begins else text


def _notes(ends: tuple[int, ...], used: Mapping[int, Use]) -> SafeString:
    """The numbers of the commitments that a passage ending here is used for, as links to them."""
    return format_html_join(
        "",
        '<sup><a href="{}?piece={}"><span class="unseen">Used for {}: </span>{}</a></sup>',
        (
            (
                reverse("evidence", args=[use.evidence.commitment.slug]),
                use.evidence.pk,
                use.evidence.commitment.title,
                use.number,
            )
            for use in (used[key] for key in ends)
        ),
    )
