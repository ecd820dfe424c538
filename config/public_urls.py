"""All addresses but those of the admin."""

from django.urls import include, path

from . import health, metrics

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("", include("commitments.urls")),
]
