"""Subscribing, confirming and leaving. A GET changes nothing, because mail scanners follow links."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from commitments.clients import address_of
from commitments.digests import links, scope, signup
from commitments.digests.forms import SubscribeForm
from commitments.digests.outgoing import DeliveryUnknown, NotSent
from commitments.digests.render import scope_in_words, scopes_in_words
from commitments.models import Subscriber


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """`?scope=commitment:SLUG` (or department, area, administration) narrows what is subscribed to."""
    if request.method != "POST":
        return _form_page(request, SubscribeForm(initial={"scope": request.GET.get("scope", scope.ALL)}))
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    wanted = form.cleaned_data
    try:
        signup.ask_from_form(wanted["email"], wanted["frequency"], wanted["scope"], client=address_of(request))
    except signup.TooManyRequests:
        form.add_error(None, "Too many requests came from your network. Please try again in an hour.")
        return _form_page(request, form, status=429)
    except (NotSent, DeliveryUnknown):
        form.add_error(None, "Our mail server does not answer at the moment. Please try again later.")
        return _form_page(request, form, status=503)
    return render(request, "commitments/digests/asked.html", {"email": wanted["email"]})


def _behind_a_link(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """The token in the address is the authority: no cookie is needed, and the address is not passed on."""

    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except links.LinkExpired:
            response = render(request, "commitments/digests/dead_link.html", {"expired": True}, status=410)
        except links.LinkUnknown:
            response = render(request, "commitments/digests/dead_link.html", {"expired": False}, status=404)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return guarded


@_behind_a_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    asked = links.read_confirm(token)
    subscriber = signup.confirm(asked) if request.method == "POST" else _subscriber(asked.subscriber_id)
    return render(
        request,
        "commitments/digests/confirm.html",
        {
            "email": subscriber.email,
            "done": request.method == "POST",
            "frequency": Subscriber.Frequency(asked.frequency).label,
            "scope_name": scopes_in_words(asked.scopes),
        },
    )


@_behind_a_link
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Also what mail programs post to by themselves (RFC 8058)."""
    subscriber = _subscriber(links.read_unsubscribe(token))
    if request.method == "POST":
        signup.unsubscribe(subscriber)
    done = subscriber.state == Subscriber.State.UNSUBSCRIBED
    return render(request, "commitments/digests/unsubscribe.html", {"email": subscriber.email, "done": done})


def _subscriber(key: int) -> Subscriber:
    subscriber = Subscriber.objects.filter(pk=key).first()
    if subscriber is None:
        raise links.LinkUnknown
    return subscriber


def _form_page(request: HttpRequest, form: SubscribeForm, status: int = 200) -> HttpResponse:
    wanted = str(form["scope"].value() or scope.ALL)
    context = {"form": form, "scope_name": scope_in_words(wanted)}
    return render(request, "commitments/digests/subscribe.html", context, status=status)
