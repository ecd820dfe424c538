"""The pages of the second step: giving a code, setting it up, its recovery codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from commitments.admin.person import signed_in
from commitments.staff import two_factor

_KEY = "two_factor_key"


class CodeForm(forms.Form):
    code = forms.CharField(
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none"}),
    )


@sensitive_post_parameters()
@never_cache
def give_code(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Asks whoever has given their password for the code, and lets them go on to where they wanted to go."""
    if not AdminSite.has_permission(site, request):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    user, onward = signed_in(request), _onward(request)
    if site.has_permission(request):
        return HttpResponseRedirect(onward)
    if not two_factor.is_set_up(user):
        return HttpResponseRedirect(reverse("admin:two_factor"))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            two_factor.pass_by(request, user, form.cleaned_data["code"])
        except two_factor.WrongCode as error:
            form.add_error("code", str(error))
        else:
            return HttpResponseRedirect(onward)
    context = {"title": "Second step", "form": form, "next": onward}
    return _page(site, request, "admin/two_factor/code.html", context)


@sensitive_post_parameters()
@never_cache
def keep_two_factor(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Sets the second step up, or shows that it is and what can be done with it."""
    if not AdminSite.has_permission(site, request):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    user = signed_in(request)
    if not two_factor.is_set_up(user):
        return _set_up(site, request)
    if not site.has_permission(request):
        return HttpResponseRedirect(f"{reverse('admin:code')}?next={reverse('admin:two_factor')}")
    if request.method == "POST" and "renew" in request.POST:
        return _codes(site, request, two_factor.renew_recovery_codes(user))
    if request.method == "POST" and "switch_off" in request.POST and not settings.REQUIRE_TWO_FACTOR:
        two_factor.take_away(user)
        messages.success(request, "Two-factor sign-in is off. Your password alone is asked from now on.")
        return HttpResponseRedirect(reverse("admin:two_factor"))
    context = {
        "title": "Two-factor sign-in",
        "codes_left": two_factor.recovery_codes_left(user),
        "is_required": settings.REQUIRE_TWO_FACTOR,
    }
    return _page(site, request, "admin/two_factor/on.html", context)


def _set_up(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The key waits in the session until a code shows that the app has it."""
    user = signed_in(request)
    key = request.session.setdefault(_KEY, two_factor.new_key())
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            codes = two_factor.set_up(request, user, key, form.cleaned_data["code"])
        except two_factor.WrongCode as error:
            form.add_error("code", str(error))
        else:
            del request.session[_KEY]
            return _codes(site, request, codes)
    context = {
        "title": "Set up two-factor sign-in",
        "form": form,
        "qr_code": two_factor.qr_code(user, key),
        "key": two_factor.as_typed(key),
        "is_required": settings.REQUIRE_TWO_FACTOR,
    }
    return _page(site, request, "admin/two_factor/set_up.html", context)


def _codes(site: AdminSite, request: HttpRequest, codes: list[str]) -> HttpResponse:
    return _page(site, request, "admin/two_factor/codes.html", {"title": "Your recovery codes", "codes": codes})


def _page(site: AdminSite, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, template, {**site.each_context(request), **context})


def _onward(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_here else reverse("admin:index")
