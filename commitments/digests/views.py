"""Subscribing, confirming and leaving. A GET changes nothing, because mail scanners follow links."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from commitments.clients import address_of
from commitments.digests import allowance, choices, links, managing, scope, signup
from commitments.digests.forms import AddressForm, SubscribeForm
from commitments.digests.manage_page import ManagePage, feed_of
from commitments.digests.outgoing import DeliveryUnknown, NotSent
from commitments.digests.render import scope_in_words, scopes_in_words
from commitments.models import Erasure, Subscriber


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """`?scope=commitment:SLUG` (or another scope, as `scope.parse` has them) begins with that."""
    if request.method != "POST":
        begun = SubscribeForm(wanted=request.GET.get("scope", scope.ALL)[:250], label_suffix="")
        return _form_page(request, begun)
    form = SubscribeForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _form_page(request, form, status=400)
    wanted = form.cleaned_data
    refused = _refused(
        form,
        lambda: signup.ask_from_form(
            wanted["email"],
            wanted["frequency"],
            wanted["scope"],
            client=address_of(request),
            time_zone=wanted["time_zone"],
        ),
    )
    if refused:
        return _form_page(request, form, status=refused)
    return render(request, "commitments/digests/asked.html", {"email": wanted["email"]})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send_link(request: HttpRequest) -> HttpResponse:
    """For those who want to change their settings and have no mail of ours at hand."""
    form, status = AddressForm(request.POST or None, label_suffix=""), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            email = form.cleaned_data["email"]
            status = _refused(form, lambda: managing.send_link(email, address_of(request)))
            if not status:
                return render(request, "commitments/digests/link_sent.html", {"email": email})
    return render(request, "commitments/digests/send_link.html", {"form": form}, status=status)


def _refused(form: forms.Form, mail: Callable[[], object]) -> int:
    """Try to send a mail that a form asks for; 0, or the status of the answer that tells why not."""
    try:
        mail()
    except allowance.TooManyRequests as error:
        form.add_error(None, str(error))
        return 429
    except (NotSent, DeliveryUnknown):
        form.add_error(None, "Our mail server does not answer at the moment. Please try again later.")
        return 503
    return 0


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
    if wanted == choices.FOR_WORDS:
        wanted = f"{scope.SEARCH}:{form['words'].value() or ''}"
    return render(
        request,
        "commitments/digests/subscribe.html",
        {"form": form, "scope_name": scope_in_words(wanted), "feed": feed_of(wanted)},
        status=status,
    )


@_behind_a_link
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Everything about somebody's subscriptions; `do` says which of the page's forms was sent."""
    subscriber = links.read_manage(token)
    page = ManagePage(subscriber)
    if request.method == "POST":
        done, status = page.do(request)
        if done == "erase":
            proof = managing.erase(subscriber, Erasure.Why.ASKED, timezone.now())
            return render(request, "commitments/digests/erased.html", {"proof": proof})
        if done:
            return HttpResponseRedirect(f"{request.path}?done={done}")
        return page.shown(request, status)
    return page.shown(request)


@_behind_a_link
def held(request: HttpRequest, token: str) -> HttpResponse:
    """All that we hold about somebody, as a file."""
    response = JsonResponse(managing.held(links.read_manage(token)), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="what-we-hold.json"'
    return response


@_behind_a_link
def move(request: HttpRequest, token: str) -> HttpResponse:
    """For the owner of a new address: a button by which mails go there from now on."""
    subscriber = links.read_move(token)
    context: dict[str, object] = {"email": subscriber.moving_to, "done": False}
    if request.method == "POST":
        try:
            managing.move(subscriber)
        except managing.AlreadySubscribed as error:
            context["refused"] = str(error)
        else:
            context |= {"done": True, "manage_url": links.manage_url(subscriber)}
    return render(request, "commitments/digests/move.html", context)
