"""What was sent to subscribers, what came back, and what stopped it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from commitments.admin.needs import NeedsFilter
from commitments.admin.person import signed_in
from commitments.digests import brake, resending, wording
from commitments.models import Bounce, Brake, Digest
from tracker.admin.read_only import ReadOnlyAdmin, ReadOnlyInline


def _keeps_subscribers(request: HttpRequest) -> bool:
    return request.user.has_perm("commitments.change_subscriber")


class BounceInline(ReadOnlyInline):
    model = Bounce


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    change_form_template = "admin/commitments/digest/change_form.html"
    list_display = ["date", "subscriber", "state", "subject", "attempts", "error", "sent_at"]
    list_filter = [NeedsFilter, "state", "date", "bounces__kind"]
    list_select_related = ["subscriber"]
    search_fields = ["subscriber__email", "subject", "message_id"]
    date_hierarchy = "date"
    exclude = ["html", "claimed_by"]
    inlines = [BounceInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Digest]:
        return Digest.objects.defer("html")

    def get_urls(self) -> list[URLPattern]:
        def seen(view: Any) -> Any:
            return self.admin_site.admin_view(require_safe(view))

        again = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.again))
        return [
            path("<int:key>/mail/", seen(self.mail), name="commitments_digest_mail"),
            path("<int:key>/page/", seen(self.page), name="commitments_digest_page"),
            path("<int:key>/again/", again, name="commitments_digest_again"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        more = {"may_send_again": _keeps_subscribers(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, more)

    def mail(self, request: HttpRequest, key: int) -> HttpResponse:
        """The exact mail, as a mail program opens it."""
        row = self._worded(request, key)
        response = HttpResponse(wording.message(row).message().as_bytes(), content_type="message/rfc822")
        response["Content-Disposition"] = f'attachment; filename="digest-{row.pk}.eml"'
        return response

    def page(self, request: HttpRequest, key: int) -> HttpResponse:
        """Its HTML part, which runs nothing and loads nothing, as in a mail program."""
        response = HttpResponse(self._worded(request, key).html)
        response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        return response

    def again(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask, and with a POST send it once more."""
        row = self._worded(request, key)
        if not _keeps_subscribers(request):
            raise PermissionDenied
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "title": "Send it again", "opts": self.opts}
            return TemplateResponse(request, "admin/commitments/digest/again.html", {**context, "digest": row})
        try:
            row = resending.send_again(row, signed_in(request), timezone.now())
        except resending.NotToBeSent as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"Within a minute it goes to {row.subscriber} again.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:commitments_digest_change", args=[row.pk]))

    def _worded(self, request: HttpRequest, key: int) -> Digest:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(Digest.objects.select_related("subscriber"), pk=key)
        if not row.text:
            raise Http404
        return row


@admin.register(Brake)
class BrakeAdmin(ReadOnlyAdmin):
    list_display = ["pulled_at", "reason", "released_at", "released_by"]
    list_filter = [NeedsFilter]
    list_select_related = ["released_by"]
    search_fields = ["reason"]
    date_hierarchy = "pulled_at"
    exclude = ["what"]
    actions = ["let_go_on"]

    def has_release_permission(self, request: HttpRequest) -> bool:
        return _keeps_subscribers(request)

    @admin.action(description="Let the sending go on", permissions=["release"])
    def let_go_on(self, request: HttpRequest, queryset: QuerySet[Brake]) -> None:
        if brake.release(signed_in(request), timezone.now()):
            self.message_user(request, "Digests go out again from now.", messages.SUCCESS)
        else:
            self.message_user(request, "The sending was not stopped.", messages.WARNING)


@admin.register(Bounce)
class BounceAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "digest", "status", "said"]
    list_filter = ["kind"]
    list_select_related = ["digest__subscriber"]
    search_fields = ["digest__subscriber__email", "said"]
    date_hierarchy = "at"
