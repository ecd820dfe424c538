"""Somebody new is sent a link by which they choose their password themselves."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode


def send(user: User) -> None:
    """Raises OSError (smtplib's errors among them) when the mail server does not take the mail."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("admin:welcome", args=[key, default_token_generator.make_token(user)])
    context = {
        "user": user,
        "site_name": settings.SITE_NAME,
        "link": f"{settings.BASE_URL}{path}",
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    text = render_to_string("admin/invitation.txt", context)
    send_mail(f"Your account with {settings.SITE_NAME}", text, settings.DEFAULT_FROM_EMAIL, [user.email])
