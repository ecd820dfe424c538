"""The page of somebody's settings: its forms, and what each of them does."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from commitments.clients import address_of
from commitments.digests import allowance, managing, scope, signup
from commitments.digests.forms import AddForm, AddressForm, PauseForm, SettingsForm
from commitments.digests.outgoing import DeliveryUnknown, NotSent
from commitments.digests.render import scope_in_words
from commitments.feeds.addresses import feed_address
from commitments.models import Subscriber

#: What the page says after something was done, by the word in its address.
DONE = {
    "add": "The subscription has been added.",
    "remove": "That subscription has ended.",
    "settings": "Your settings have been saved.",
    "pause": "Your mails are paused.",
    "resume": "Your mails go on.",
    "address": "We have sent a mail to the new address. Your mails go there once you have confirmed it.",
    "leave": "You have unsubscribed from everything.",
}


def feed_of(text: str) -> str:
    """The address of the feed of what a scope covers; "" where it names nothing."""
    try:
        return feed_address(scope.find(text)[0])
    except scope.UnknownScope:
        return ""


class ManagePage:
    def __init__(self, subscriber: Subscriber) -> None:
        self._subscriber = subscriber
        how = {name: getattr(subscriber, name) for name in ("frequency", "time_zone", "quiet_note")}
        self._forms: dict[str, forms.Form] = {
            "add": AddForm(subscriber=subscriber, label_suffix="", prefix="add"),
            "settings": SettingsForm(initial=how, label_suffix=""),
            "pause": PauseForm(label_suffix=""),
            "address": AddressForm(label_suffix="", prefix="new"),
        }

    def do(self, request: HttpRequest) -> tuple[str, int]:
        """What was done, a key of DONE or "erase", with 200; or "" and the status of the page that says why not."""
        what = request.POST.get("do", "")
        subscriber = self._subscriber
        if what == "leave":
            signup.unsubscribe(subscriber)
        elif what == "erase" and request.POST.get("sure"):
            return "erase", 200
        elif subscriber.state != Subscriber.State.CONFIRMED:
            return "", 400
        elif what == "remove":
            key = request.POST.get("key", "")
            managing.remove(subscriber, int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0)
        elif what == "resume":
            managing.resume(subscriber)
        elif what in self._forms:
            return self._sent(what, request)
        else:
            return "", 400
        return what, 200

    def shown(self, request: HttpRequest, status: int = 200) -> HttpResponse:
        subscriber = self._subscriber
        subscriptions = [
            {"key": each.pk, "name": scope_in_words(each.scope), "feed": feed_of(each.scope)}
            for each in subscriber.subscriptions.all()
        ]
        context = {
            "subscriber": subscriber,
            "subscriptions": subscriptions,
            "is_paused": subscriber.is_paused(timezone.now()),
            "is_subscribed": subscriber.state == Subscriber.State.CONFIRMED,
            "mails_sent": subscriber.digests.exclude(sent_at=None).count(),
            "done": DONE.get(request.GET.get("done", ""), ""),
            "forms": self._forms,
        }
        return render(request, "commitments/digests/manage.html", context, status=status)

    def _sent(self, what: str, request: HttpRequest) -> tuple[str, int]:
        subscriber = self._subscriber
        old = self._forms[what]
        if isinstance(old, AddForm):
            form: forms.Form = AddForm(request.POST, subscriber=subscriber, label_suffix="", prefix=old.prefix)
        else:
            form = type(old)(request.POST, label_suffix="", prefix=old.prefix)
        self._forms[what] = form
        if not form.is_valid():
            return "", 400
        cleaned = form.cleaned_data
        if what == "add":
            signup.subscribe(subscriber, [cleaned["scope"]])
        elif what == "settings":
            for name, value in cleaned.items():
                setattr(subscriber, name, value)
            subscriber.save(update_fields=list(cleaned))
        elif what == "pause":
            managing.pause(subscriber, cleaned["weeks"], timezone.now())
        else:
            try:
                managing.ask_to_move(subscriber, cleaned["email"], address_of(request))
            except allowance.TooManyRequests as error:
                form.add_error(None, str(error))
                return "", 429
            except (NotSent, DeliveryUnknown):
                form.add_error(None, "Our mail server does not answer at the moment. Please try again later.")
                return "", 503
        return what, 200
