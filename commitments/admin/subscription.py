"""Subscribers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from commitments.admin.mails import MailPreview
from commitments.admin.person import signed_in
from commitments.digests import managing, scope, signup
from commitments.digests.outgoing import DeliveryUnknown, NotSent
from commitments.models import Erasure, Subscriber, Subscription


class SubscriptionForm(forms.ModelForm):
    def clean_scope(self) -> str:
        try:
            return str(scope.find(self.cleaned_data["scope"])[0])
        except scope.UnknownScope as error:
            raise forms.ValidationError(str(error)) from error


class SubscriptionInline(admin.StackedInline):
    model = Subscription
    form = SubscriptionForm
    extra = 1


@admin.register(Subscriber)
class SubscriberAdmin(MailPreview):
    """Only a mailbox's owner confirms it: an address added here is asked, like any other."""

    inlines = [SubscriptionInline]
    list_display = ["email", "state", "mails", "frequency", "scopes", "confirmed_at", "unsubscribed_at", "last_sent"]
    list_filter = ["state", "frequency", ("suppressed_at", admin.EmptyFieldListFilter)]
    search_fields = ["email", "subscriptions__scope"]
    date_hierarchy = "created_at"
    readonly_fields = [
        *("state", "created_at", "confirmed_at", "unsubscribed_at"),
        *("moving_to", "paused_at", "paused_until", "suppressed_at"),
    ]
    actions = ["ask_to_confirm", "unsubscribe"]

    # The admin's own log would keep the address of whoever is erased. The audit has what was done, without it.

    def _note_nothing(self, request: HttpRequest, about: Any, message: Any = "") -> None:
        pass

    log_addition = log_change = log_deletions = _note_nothing  # type: ignore[assignment]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        return Subscriber.objects.annotate(last_sent=Max("digests__sent_at")).prefetch_related("subscriptions")

    @admin.display(description="mails")
    def mails(self, subscriber: Subscriber) -> str:
        if subscriber.suppressed_at is not None:
            return "suppressed"
        if subscriber.is_paused(timezone.now()):
            return "paused"
        return ""

    @admin.display(description="subscriptions")
    def scopes(self, subscriber: Subscriber) -> str:
        return ", ".join(each.scope for each in subscriber.subscriptions.all())

    @admin.display(description="last digest", ordering="last_sent", empty_value="none")
    def last_sent(self, subscriber: Any) -> Any:
        return subscriber.last_sent

    def save_model(self, request: HttpRequest, obj: Subscriber, form: Any, change: bool) -> None:
        """A reason written suppresses, a reason taken away lifts that."""
        if not obj.suppressed_because:
            obj.suppressed_at = None
        elif obj.suppressed_at is None:
            obj.suppressed_at = timezone.now()
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Subscriber) -> None:
        proof = managing.erase(obj, Erasure.Why.STAFF, timezone.now(), signed_in(request))
        self.message_user(request, f"Erased, with all mails. The proof of it is {proof.address_key}.", messages.SUCCESS)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset:
            self.delete_model(request, subscriber)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            if not form.instance.subscriptions.exists():
                signup.subscribe(form.instance, [scope.ALL])
            self._ask(request, form.instance)

    @admin.action(description="Send the mail that asks for confirmation", permissions=["change"])
    def ask_to_confirm(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset.filter(state=Subscriber.State.PENDING):
            self._ask(request, subscriber)

    @admin.action(description="Unsubscribe", permissions=["change"])
    def unsubscribe(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset:
            signup.unsubscribe(subscriber)

    def _ask(self, request: HttpRequest, subscriber: Subscriber) -> None:
        try:
            signup.ask_by_staff(
                subscriber.email, subscriber.frequency, *(each.scope for each in subscriber.subscriptions.all())
            )
        except (signup.HasLeft, signup.IsSuppressed, NotSent, DeliveryUnknown) as error:
            self.message_user(request, f"{subscriber}: {error}", messages.ERROR)
            return
        self.message_user(request, f"{subscriber} was sent a mail that asks for confirmation.", messages.SUCCESS)
