"""Webhooks, a test of each, and the log of what was sent to them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Max, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from commitments.models import Webhook, WebhookMessage
from commitments.webhooks import events, sending
from tracker.admin.read_only import ReadOnlyAdmin
from tracker.fetching import FetchError
from tracker.fetching.guard import checked_address


class WebhookForm(ModelForm):
    def clean_url(self) -> str:
        try:
            return checked_address(self.cleaned_data["url"]).url
        except FetchError as error:
            raise ValidationError(str(error)) from error


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin):
    form = WebhookForm
    change_form_template = "admin/commitments/webhook/change_form.html"
    list_display = ["name", "shape", "person", "is_on", "last_sent", "waiting", "given_up"]
    list_filter = ["is_on", "shape"]
    list_select_related = ["person"]
    search_fields = ["name", "url"]
    fieldsets = [
        (None, {"fields": ["name", "url", "shape", "secret", "is_on"]}),
        ("What it is told", {"fields": ["on_suggestion", "on_goalpost", "on_overdue", "on_source", "person"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        state = WebhookMessage.State
        return Webhook.objects.annotate(
            sent=Max("messages__sent_at"),
            still=Count("messages", filter=Q(messages__state=state.WAITING)),
            lost=Count("messages", filter=Q(messages__state=state.FAILED)),
        )

    @admin.display(description="last sent", empty_value="nothing yet", ordering="sent")
    def last_sent(self, webhook: Any) -> Any:
        return webhook.sent

    @admin.display(description="waiting", ordering="still")
    def waiting(self, webhook: Any) -> int:
        return int(webhook.still)

    @admin.display(description="given up", ordering="lost")
    def given_up(self, webhook: Any) -> int:
        return int(webhook.lost)

    def get_urls(self) -> list[URLPattern]:
        try_it = self.admin_site.admin_view(require_POST(self.try_it))
        return [path("<int:key>/try/", try_it, name="commitments_webhook_try"), *super().get_urls()]

    def try_it(self, request: HttpRequest, key: int) -> HttpResponse:
        """Send a test at once, and say what came of it."""
        webhook = get_object_or_404(Webhook, pk=key)
        if not self.has_change_permission(request, webhook):
            raise PermissionDenied
        message = events.note_test(webhook, timezone.now())
        sending.send_one(message)
        message.refresh_from_db()
        if message.state == WebhookMessage.State.SENT:
            self.message_user(request, f"It arrived: {webhook} answered {message.answer}.", messages.SUCCESS)
        else:
            self.message_user(request, f"It did not arrive. {message.error}", messages.ERROR)
        return HttpResponseRedirect(reverse("admin:commitments_webhook_change", args=[key]))


@admin.register(WebhookMessage)
class WebhookMessageAdmin(ReadOnlyAdmin):
    list_display = ["webhook", "event", "about", "state", "attempts", "answer", "error", "noted_at", "sent_at"]
    list_filter = ["state", "event", "webhook"]
    list_select_related = ["webhook"]
    search_fields = ["about", "error", "webhook__name"]
    date_hierarchy = "noted_at"
    actions = ["send_again"]

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("commitments.change_webhook")

    @admin.action(description="Send again", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookMessage]) -> None:
        waiting = WebhookMessage.State.WAITING
        count = queryset.update(state=waiting, attempts=0, retry_at=None, claimed_until=None, sent_at=None)
        self.message_user(request, f"Within a minute {count} will be sent again.", messages.SUCCESS)
