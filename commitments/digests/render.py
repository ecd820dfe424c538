"""A digest's content as the text and HTML parts of a mail, which say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from commitments.digests import links, scope
from commitments.digests.build import Content
from commitments.digests.sections import Places, sections
from commitments.models import Subscriber

#: Mail programs cut off what is much longer than this.
MOST_BYTES = 60_000
#: How many items of news a section may name: the most that keep the whole in that size.
ROOMS = (20, 10, 5, 2, 1)

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def subject(content: Content) -> str:
    """On one line, whatever a title has in it."""
    return " ".join(f"{settings.SITE_NAME}: {content.subject}".split())


def render(content: Content, subscriber: Subscriber, scope_name: str) -> Rendered:
    """`scope_name` says what the subscription covers, in words."""
    context = {
        "content": content,
        "day": f"{content.date:%A} {content.date.day} {content.date:%B %Y}",
        "site_name": settings.SITE_NAME,
        "base_url": settings.BASE_URL,
        "contact": settings.SITE_CONTACT,
        "scope_name": scope_name,
        "frequency": subscriber.get_frequency_display(),
        "unsubscribe_url": links.unsubscribe_url(subscriber),
    }
    where = places(scope.parse(subscriber.scope))
    for room in ROOMS:
        said = {**context, "sections": sections(content, where, room)}
        html = inlined(render_to_string("commitments/digests/digest.html", said))
        if len(html.encode()) < MOST_BYTES:
            break
    text = render_to_string("commitments/digests/digest.txt", said)
    return Rendered(subject=subject(content), text=without_gaps(text), html=html)


def inlined(html: str) -> str:
    """The page with its style sheet moved into the elements, because mail programs drop style sheets."""
    page: str = _inliner.inline(html)
    return page


def places(narrowed: scope.Scope) -> Places:
    """The lists of the site, narrowed down to what the digest covers where they can be."""
    name = {"department": "department", "area": "area", "administration": "administration"}.get(narrowed.kind)
    filters = {name: narrowed.slug} if name else {}

    def listed(**more: str) -> str:
        asked = urlencode({**more, **filters})
        return settings.BASE_URL + reverse("commitments") + (f"?{asked}" if asked else "")

    return Places(
        overdue=listed(timing="overdue"),
        due_soon=listed(timing="due_soon"),
        all=listed(),
        changes=settings.BASE_URL + reverse("what-changed"),
    )


def without_gaps(text: str) -> str:
    """Never more than one empty line together: templates leave them where they had nothing to say."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def scope_in_words(text: str) -> str:
    """The name of what a subscription covers; its own text where that has gone since."""
    try:
        return scope.find(text)[1]
    except scope.UnknownScope:
        return text
