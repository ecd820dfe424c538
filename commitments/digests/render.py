"""A digest's content as the text and HTML parts of a mail, which say the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator, get_text_list

from commitments.digests import links, scope
from commitments.digests.build import Content
from commitments.digests.sections import Places, sections
from commitments.models import Subscriber

#: Mail programs cut off what is much longer than this.
MOST_BYTES = 60_000
#: How many items of news a section may name: the most that keep the whole in that size.
ROOMS = (20, 10, 5, 2, 1)

#: Somebody may have many subscriptions; their settings name them all.
MOST_LETTERS_OF_SCOPES = 300
EVERYTHING = scope.Scope()

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def subject(content: Content) -> str:
    """On one line, whatever a title has in it."""
    return " ".join(f"{settings.SITE_NAME}: {content.subject}".split())


def render(content: Content, subscriber: Subscriber, scope_name: str, narrowed: scope.Scope = EVERYTHING) -> Rendered:
    """`scope_name` says what the subscriptions cover, in words; `narrowed` is what the links to lists are for."""
    context = {
        "content": content,
        "day": f"{content.date:%A} {content.date.day} {content.date:%B %Y}",
        "site_name": settings.SITE_NAME,
        "base_url": settings.BASE_URL,
        "contact": settings.SITE_CONTACT,
        "scope_name": Truncator(scope_name).chars(MOST_LETTERS_OF_SCOPES, truncate=" …"),
        "frequency": subscriber.get_frequency_display(),
        "manage_url": links.manage_url(subscriber),
        "unsubscribe_url": links.unsubscribe_url(subscriber),
    }
    where = places(narrowed)
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
    name = {scope.SEARCH: "q"}.get(narrowed.kind, narrowed.kind)
    filters = {name: narrowed.slug} if name in ("q", "department", "area", "administration") else {}

    def listed(**more: str) -> str:
        asked = urlencode({**more, **filters})
        return f"{settings.BASE_URL}{reverse('commitments')}{'?' if asked else ''}{asked}"

    return Places(
        overdue=listed(timing="overdue"),
        due_soon=listed(timing="due_soon"),
        all=listed(),
        changes=settings.BASE_URL + reverse("what-changed"),
    )


def without_gaps(text: str) -> str:
    """Never more than one empty line together: templates leave them where they had nothing to say."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def narrowed_to(scopes: Sequence[str]) -> scope.Scope:
    """What lists are narrowed down to for whoever has these subscriptions: where there is one, to that."""
    return scope.parse(scopes[0]) if len(scopes) == 1 else EVERYTHING


def subscriptions_in_words(subscriber: Subscriber) -> str:
    return scopes_in_words([each.scope for each in subscriber.subscriptions.all()])


def scopes_in_words(texts: Iterable[str]) -> str:
    """Several together: "commitments of Home Office and “Plant trees”"."""
    return get_text_list([scope_in_words(text) for text in texts], "and")


def scope_in_words(text: str) -> str:
    """The name of what a subscription covers; its own text where that has gone since."""
    try:
        return scope.find(text)[1]
    except scope.UnknownScope:
        return text
