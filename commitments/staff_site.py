"""The staff's pages, in the order of their work."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import PasswordResetConfirmView
from django.contrib.messages.views import SuccessMessageMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.http import urlencode

from commitments.staff import two_factor

#: Groups of models by their lower-case names, as staff meet them.
_GROUPS = (
    ("Every day", ("evidence", "possiblecommitment", "commitment", "source")),
    (
        "The record",
        (
            *("definition", "goalpost", "statusproposal", "statuschange", "milestone", "nextevidence", "question"),
            *("merge", "import"),
        ),
    ),
    ("Corrections", ("correctionrequest", "reply", "withholding")),
    ("Figures", ("tablereading", "tablepointer", "measurement", "series", "target")),
    ("Who and what", ("administration", "department", "policyarea")),
    (
        "The watch",
        (
            *("release", "appearance", "keptapart", "revision", "changenote"),
            *("poll", "sourcealert", "pendingentry", "backfill", "recheck"),
        ),
    ),
    ("The linker", ("linkerversion", "linkerswitch")),
    ("Readers", ("ownwords", "subscriber", "digest", "erasure")),
    ("Tools", ("webhook", "webhookmessage")),
    ("Accounts", ("user", "accessattempt", "auditentry")),
)
_OTHERS = "Inner workings"


class Welcome(SuccessMessageMixin, PasswordResetConfirmView):
    """Where the link of an invitation leads: choosing a password."""

    template_name = "admin/welcome.html"
    success_url = reverse_lazy("admin:login")
    success_message = "Your password is set. Sign in with it."
    extra_context = {"site_header": settings.SITE_NAME, "site_title": settings.SITE_NAME}


class StaffSite(AdminSite):
    """Django's admin behind our way of signing in, with a history that the database wrote.

    What staff use comes first and the machine's own tables last, for superusers only.
    """

    # Signing in: a password, and a second step where there is one.

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and two_factor.is_done(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """On to the second step for whoever has given their password."""
        if request.method == "GET" and super().has_permission(request) and not self.has_permission(request):
            onward = request.GET.get("next", reverse("admin:index"))
            return HttpResponseRedirect(f"{reverse('admin:code')}?{urlencode({'next': onward})}")
        return super().login(request, extra_context)

    def get_urls(self) -> list[Any]:
        from commitments.admin.own_mail import keep_own_mail
        from commitments.admin.two_factor import give_code, keep_two_factor

        return [
            path("logout/", self.logout, name="logout"),  # also for whoever has not got past the second step
            path("code/", partial(give_code, site=self), name="code"),
            path("two-factor/", partial(keep_two_factor, site=self), name="two_factor"),
            path("my-mail/", self.admin_view(partial(keep_own_mail, site=self)), name="own_mail"),
            path("welcome/<uidb64>/<token>/", Welcome.as_view(), name="welcome"),
            *super().get_urls(),
        ]

    # History.

    def register(self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any) -> None:
        """Every page of history is the audit's, whoever wrote the admin."""
        from commitments.admin.history import AuditedHistory

        wanted = admin_class or ModelAdmin
        audited = type(wanted.__name__, (AuditedHistory, wanted), {"__module__": wanted.__module__})
        super().register(model_or_iterable, audited, **options)

    # The home page.

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from commitments.admin.person import signed_in  # the site is made before there are models
        from commitments.staff.waiting import counted

        needs = counted(signed_in(request), timezone.localdate())
        mine = [need for need in needs if need.mine]
        idle = [need for need in needs if not need.count]
        return super().index(
            request, {**(extra_context or {}), "needs": needs, "needs_of_mine": mine, "needs_nobody": idle}
        )

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        models = {model["object_name"].lower(): model for app in apps for model in app["models"]}
        groups = [(name, [models.pop(model) for model in members if model in models]) for name, members in _GROUPS]
        if request.user.is_superuser:
            groups.append((_OTHERS, list(models.values())))
        return [
            {"name": name, "app_label": name.lower().replace(" ", "-"), "models": members}
            for name, members in groups
            if members
        ]
