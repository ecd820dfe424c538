"""The mails about a subscription itself: asking for confirmation, the link to one's settings, a change of address."""

from __future__ import annotations

from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from commitments.digests import render
from commitments.digests.outgoing import MailServer, sender_domain


def send(kind: str, to: str, subject: str, **context: Any) -> None:
    """One mail by the templates `KIND_mail.txt` and `.html`. Raises outgoing.NotSent or outgoing.DeliveryUnknown."""
    context |= {"site_name": settings.SITE_NAME, "base_url": settings.BASE_URL, "contact": settings.SITE_CONTACT}
    mail = EmailMultiAlternatives(
        subject=f"{settings.SITE_NAME}: {subject}",
        body=render_to_string(f"commitments/digests/{kind}_mail.txt", context),
        to=[to],
        headers={"Message-ID": make_msgid(kind, sender_domain()), "Auto-Submitted": "auto-generated"},
    )
    html = render.inlined(render_to_string(f"commitments/digests/{kind}_mail.html", context))
    mail.attach_alternative(html, "text/html")
    with MailServer() as server:
        server.send(mail)
