"""`/metrics`: how the work stands, for Prometheus. Everything is asked of the database when it is asked for."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from commitments.models import Bounce, Brake, Digest, Evidence
from tracker.models import PendingEntry, Revision, Source, Tick


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """With `Authorization: Bearer METRICS_TOKEN`; while developing (DEBUG) without."""
    if not settings.DEBUG:
        if not settings.METRICS_TOKEN:
            return _refused("Set METRICS_TOKEN to let your Prometheus in.", 403)
        given = request.headers.get("Authorization", "").encode()
        if not secrets.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
            return _refused("Send the token: Authorization: Bearer METRICS_TOKEN.", 401)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Standing())
    return HttpResponse(
        generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )


def _refused(words: str, status: int) -> HttpResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return HttpResponse(words, content_type="text/plain; charset=utf-8", status=status, headers=headers)


class _Standing(Collector):
    """What waits, what fails, and how long ago things last went well."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        yield _gauge("suggestions_waiting", "Suggestions without a decision.", Evidence.objects.suggested().count())
        yield _gauge("sources_watched", "Sources that are looked at.", Source.objects.watched().count())
        yield _gauge(
            "sources_due", "Sources whose time has come and that nobody is polling.", Source.objects.due(now).count()
        )
        yield _gauge(
            "sources_failing", "Sources whose last look went wrong, or that are gone.", Source.objects.failing().count()
        )
        yield _gauge("entries_pending", "Announced items that are not in the record yet.", PendingEntry.objects.count())
        unlinked = Revision.objects.filter(linking__linked_at=None).count()
        yield _gauge("revisions_unlinked", "Revisions that have not been compared with the record yet.", unlinked)
        digests = GaugeMetricFamily("pledgewatch_digests", "Digests by state.", labels=["state"])
        counted = dict(Digest.objects.order_by().values_list("state").annotate(Count("pk")))
        for state in Digest.State.values:
            digests.add_metric([state], counted.get(state, 0))
        yield digests
        yield _gauge("digests_stopped", "1 while the sending of digests is stopped.", Brake.objects.on().count())
        back = GaugeMetricFamily("pledgewatch_digests_returned", "Digests that came back, by why.", labels=["kind"])
        returned = dict(Bounce.objects.order_by().values_list("kind").annotate(Count("pk")))
        for kind in Bounce.Kind.values:
            back.add_metric([kind], returned.get(kind, 0))
        yield back
        last = Source.objects.order_by("-last_success_at").exclude(last_success_at=None).first()
        if last is not None and last.last_success_at is not None:
            age = (now - last.last_success_at).total_seconds()
            yield _gauge("last_successful_poll_age_seconds", "Since any source last answered.", age)
        ages = GaugeMetricFamily(
            "pledgewatch_schedule_age_seconds", "Since each scheduled job last ran.", labels=["job"]
        )
        for tick in Tick.objects.order_by("name"):
            ages.add_metric([tick.name], (now - tick.last_at).total_seconds())
        yield ages


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pledgewatch_{name}", meaning, value=value)
