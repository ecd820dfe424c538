"""The server as it is, with one more address whose view returns a constant: what pages are measured beside."""

from __future__ import annotations

import os
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_PAGE = b"<!doctype html><title>Bare</title>" + b"<p>Always the same.</p>" * 400

application: Any = get_wsgi_application()

from config.urls import urlpatterns  # noqa: E402  settings first


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_PAGE)


urlpatterns.append(path("bare", bare))
