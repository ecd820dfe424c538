"""A digest's content as the text and HTML parts of a mail, which say the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.text import get_text_list

from commitments.digests import links, scope
from commitments.digests.build import Content
from commitments.models import Subscriber

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def subject(content: Content) -> str:
    return f"{settings.SITE_NAME}: {content.subject}"


def render(content: Content, subscriber: Subscriber, scope_name: str) -> Rendered:
    """`scope_name` says what the subscription covers, in words."""
    context = {
        "content": content,
        "site_name": settings.SITE_NAME,
        "base_url": settings.BASE_URL,
        "contact": settings.SITE_CONTACT,
        "scope_name": scope_name,
        "frequency": subscriber.get_frequency_display(),
        "unsubscribe_url": links.unsubscribe_url(subscriber),
    }
    return Rendered(
        subject=subject(content),
        text=_without_gaps(render_to_string("commitments/digests/digest.txt", context)),
        html=inlined(render_to_string("commitments/digests/digest.html", context)),
    )


def inlined(html: str) -> str:
    """The page with its style sheet moved into the elements, because mail programs drop style sheets."""
    return _inliner.inline(html)


def _without_gaps(text: str) -> str:
    """Never more than one empty line together: templates leave them where they had nothing to say."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


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
