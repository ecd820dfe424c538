"""Mails shown to staff: as text, and as their HTML part would look, in a frame that can do nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments.digests.preview import preview
from commitments.digests.render import Rendered
from commitments.models import Subscriber

#: Its own styles, and nothing else: no script, no picture, no link that leads away from the frame.
_ONLY_STYLES = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


def html_part(page: str) -> HttpResponse:
    """The HTML part of a mail by itself, for a frame on a page of ours."""
    return HttpResponse(page, headers={"Content-Security-Policy": _ONLY_STYLES, "X-Frame-Options": "SAMEORIGIN"})


class MailPreview(admin.ModelAdmin):
    """Lets staff see what a subscriber would be sent now."""

    change_form_template = "admin/commitments/subscriber/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        def at(address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            shown = self.admin_site.admin_view(require_safe(view))
            return path(address, shown, name=f"commitments_subscriber_{name}")

        return [
            at("<int:key>/preview/", self.preview, "preview"),
            at("<int:key>/preview/html/", self.preview_html, "preview_html"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, key: int) -> HttpResponse:
        subscriber, mail = self._previewed(request, key)
        context = {
            **self.admin_site.each_context(request),
            "title": f"What {subscriber} would be sent now",
            "opts": Subscriber._meta,
            "original": subscriber,
            "mail": mail,
            "html_url": reverse("admin:commitments_subscriber_preview_html", args=[key]),
        }
        return TemplateResponse(request, "admin/commitments/subscriber/preview.html", context)

    def preview_html(self, request: HttpRequest, key: int) -> HttpResponse:
        _, mail = self._previewed(request, key)
        return html_part(mail.html if mail else "<p>There is nothing to send.</p>")

    def _previewed(self, request: HttpRequest, key: int) -> tuple[Subscriber, Rendered | None]:
        subscriber = get_object_or_404(Subscriber, pk=key)
        if not self.has_view_permission(request, subscriber):
            raise PermissionDenied
        return subscriber, preview(subscriber, timezone.now())
