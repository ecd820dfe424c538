"""The staff's pages, in the order of their work."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse

#: Groups of models by their lower-case names, as staff meet them.
_GROUPS = (
    ("Every day", ("evidence", "commitment", "source")),
    (
        "The record",
        ("definition", "goalpost", "statusproposal", "statuschange", "milestone", "nextevidence", "question"),
    ),
    ("Figures", ("measurement", "series", "target")),
    ("Who and what", ("administration", "department", "policyarea")),
    (
        "The watch",
        (
            *("release", "appearance", "keptapart", "revision", "changenote"),
            *("poll", "sourcealert", "pendingentry", "backfill", "recheck"),
        ),
    ),
    ("The linker", ("linkerversion", "linkerswitch")),
    ("Readers", ("subscriber", "digest")),
    ("Accounts", ("user", "group")),
)
_OTHERS = "Inner workings"


class StaffSite(AdminSite):
    """Django's admin, with what staff use first and the machine's own tables last, for superusers only."""

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from commitments.admin.needs import counted  # the site is made before there are models

        return super().index(request, {**(extra_context or {}), "needs": counted(request)})

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
