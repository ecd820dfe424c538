"""No secret is in a page, a log or a count; what went wrong is told to us alone; what is written stays written."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_guid.log_filters import CorrelationId
from pytest_httpserver import HTTPServer

from commitments.digests import links, signup
from commitments.models import AuditEntry, Definition, StatusChange, Webhook
from commitments.webhooks import events, sending
from config.logs import OneLine
from tests.commitments import make
from tests.commitments.open_record import Record
from tests.conftest import ROOT
from tracker.models import Source
from tracker.polling import poll

pytestmark = pytest.mark.django_db


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All that is logged meanwhile, as our own lines have it."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(OneLine(django_settings.LOGGING["formatters"]["line"]["format"]))
    handler.addFilter(CorrelationId())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


# Pages of errors.


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall_over(*given: Any, **named: Any) -> Any:
        secret = "hunter2-in-a-local"
        raise RuntimeError(f"It fell over with {secret} and {django_settings.SECRET_KEY}")

    monkeypatch.setattr("commitments.views.record.home", fall_over)


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_a_fault_tells_readers_nothing_of_itself(
    monkeypatch: pytest.MonkeyPatch, attacker: Client, accept: str
) -> None:
    broken(monkeypatch)
    answer = attacker.get("/", headers={"Accept": accept})
    told = answer.content.decode()
    assert answer.status_code == 500
    for word in ("hunter2", django_settings.SECRET_KEY, "Traceback", "RuntimeError", "Django", "/work", ".py"):
        assert word not in told


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nothing/", 404), ("/commitments/nothing/", 404), ("/admin/nothing/", 302), ("/static/../settings.py", 404)],
)
def test_what_is_not_there_says_nothing_of_how_it_is_made(attacker: Client, path: str, status: int) -> None:
    answer = attacker.get(path)
    assert answer.status_code == status
    for word in ("urlpatterns", "Django", "DEBUG", "config.urls", ".py"):
        assert word not in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        *("/.git/config", "/.env", "/manage.py", "/var/secret_key", "/media/x", "/static/../../var/secret_key"),
        *("/server-status", "/__debug__/", "/api/v1/users/", "/api/v1/subscribers/", "/debug/pprof/", "/static/"),
        *("/static/%2e%2e/%2e%2e/etc/passwd", "/static//etc/passwd", "/first_staff_password", "/phpinfo.php"),
        "/static/admin/../../config/settings.py",
    ],
)
def test_nothing_of_the_machine_is_served(attacker: Client, path: str) -> None:
    assert attacker.get(path).status_code in {301, 404}


def test_no_answer_says_what_it_is_made_with(client: Client, record: Record) -> None:
    for path in ("/", "/api/v1/", "/admin/login/", "/healthz"):
        names = {name.lower() for name in client.get(path).headers}
        assert names.isdisjoint({"server", "x-powered-by", "x-runtime", "via"})


@pytest.mark.parametrize("token", ["", "wrong", "x" * 5000, "é", "\x00"])
def test_counts_are_for_whoever_holds_the_token(attacker: Client, settings: Any, token: str) -> None:
    for kept in ("", "a-long-token"):
        settings.METRICS_TOKEN = kept
        answer = attacker.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in {401, 403}
        assert "pledgewatch" not in answer.content.decode()


def test_what_watches_over_it_names_no_cause(attacker: Client, settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://:hunter2@127.0.0.1:1/0"
    answer = attacker.get("/readyz")
    assert "hunter2" not in answer.content.decode()


# Logs.

NEWLINES = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1b[2K", "\x1b]0;x\x07", "\u202e", "\x00"]


@pytest.mark.parametrize("mark", NEWLINES, ids=ascii)
def test_nobody_writes_a_line_of_their_own_into_the_log(mark: str) -> None:
    with logged() as said:
        logging.getLogger("tracker").warning("%s could not be read", f"X{mark}2026-01-01 INFO auth: root signed in")
    (line,) = said.getvalue().splitlines()
    assert mark not in line
    assert "could not be read" in line


def test_a_traceback_cannot_be_made_to_look_like_a_line() -> None:
    with logged() as said:
        try:
            raise ValueError("x\n2026-01-01 00:00:00,000 INFO auth: root signed in\x1b[2K")
        except ValueError:
            logging.getLogger("tracker").exception("It failed")
    lines = said.getvalue().splitlines()
    assert all(line.startswith("  ") for line in lines[1:])
    assert "\x1b" not in said.getvalue()


@pytest.mark.parametrize("path", ["/%0a2026-01-01%20INFO%20auth:%20root/", "/x%0d%0aINFO/", "/%1b%5b2K/"])
def test_no_path_writes_a_line_of_its_own(attacker: Client, path: str) -> None:
    with logged() as said:
        attacker.get(path)
    assert all("INFO auth: root" not in line or line[:2] == "20" for line in said.getvalue().splitlines())
    assert "\x1b" not in said.getvalue()


def test_a_secret_is_in_no_line_of_the_log(attacker: Client, settings: Any, httpserver: HTTPServer) -> None:
    """Signing in, subscribing, a mailbox, a webhook and a source with a token, each of which fails."""
    settings.MAILBOX_PASSWORDS = {"press@127.0.0.1": "hunter2-mailbox"}
    settings.METRICS_TOKEN = "hunter2-metrics"
    person = signup.add_confirmed("jo@example.org", "daily", "all")
    token = links.unsubscribe_url(person).split("/")[-2]
    with logged() as said:
        attacker.post("/admin/login/", {"username": "ann", "password": "hunter2-password"})
        attacker.get("/metrics", headers={"Authorization": "Bearer hunter2-metrics-wrong"})
        attacker.post(f"/subscribe/unsubscribe/{token}x/")
        attacker.post("/subscribe/", {"email": "hunter2@example.org", "frequency": "daily", "scope": "all"})
        hook = Webhook.objects.create(name="Tool", url="http://127.0.0.1:1/", secret="hunter2-webhook")
        sending.send_one(events.note_test(hook, timezone.now()))
        for url in ("imaps://press@127.0.0.1", "https://user:hunter2-source@example.org/feed"):
            kind = "mailbox" if url.startswith("imaps") else "feed"
            poll(Source.objects.create(slug=kind, name=kind, kind=kind, url=url), now=timezone.now())
    lines = [line for line in said.getvalue().splitlines() if "hunter2" in line and " DEBUG " not in line]
    assert lines == []
    assert token not in said.getvalue()


def test_no_secret_is_shown_in_the_admin(staff: Client) -> None:
    hook = Webhook.objects.create(name="Tool", url="https://hooks.example/x")
    for name in ("webhook_changelist", "webhookmessage_changelist", "auditentry_changelist"):
        assert hook.secret not in staff.get(reverse(f"admin:commitments_{name}")).content.decode()
    page = staff.get(reverse("admin:auth_user_change", args=[make.user().pk])).content.decode()
    assert make.user().password not in page or not make.user().password


# Headers.

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/commitments/", "/commitments/plant-trees/", "/search/?q=x", "/subscribe/", "/about/", "/nothing/"),
        *("/api/v1/", "/api/v1/docs/", "/feeds/changes.atom", "/feeds/deadlines.ics", "/data/commitments.csv"),
        *("/admin/login/", "/healthz", "/metrics", "/sitemap.xml", "/robots.txt", "/commitments/plant-trees/embed.svg"),
    ],
)
def test_every_answer_tells_browsers_to_be_careful(client: Client, record: Record, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    policy = answer.headers["Content-Security-Policy"]
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy
    for bad in ("unsafe", "*", "data:", "http:"):
        assert bad not in policy
    assert "charset=utf-8" in answer.headers["Content-Type"].lower() or not answer.headers["Content-Type"].startswith(
        "text/"
    )


@pytest.mark.parametrize("name", ["admin:index", "admin:commitments_commitment_changelist", "admin:two_factor"])
def test_no_page_for_staff_is_kept_by_anybody(staff: Client, name: str) -> None:
    answer = staff.get(reverse(name))
    assert "no-store" in answer.headers["Cache-Control"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_over_https_a_reader_is_kept_there(tmp_path: Path) -> None:
    own = {"BASE_URL": "https://pledges.example.org", "SECRET_KEY": "k" * 60, "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PRODUCTION],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **own},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == [
        "301 https://pledges.example.org/x/",
        "max-age=31536000; includeSubDomains; preload",
        "__Host-csrftoken True True",
    ]


PRODUCTION = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from django.test import Client
moved = Client().get("/x/", headers={"host": "pledges.example.org"})
print(moved.status_code, moved.url)
page = Client().get("/healthz", headers={"host": "pledges.example.org"}, secure=True)
print(page.headers["Strict-Transport-Security"])
from django.conf import settings
print(settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_NAME == "__Host-sessionid", settings.SESSION_COOKIE_SECURE)
"""


# What is written stays written.

TAMPERINGS: dict[str, str] = {
    "an entry changed": "UPDATE commitments_auditentry SET name = 'nobody'",
    "an entry removed": "DELETE FROM commitments_auditentry",
    "a judgement changed": "UPDATE commitments_statuschange SET reason = 'better'",
    "a judgement removed": "DELETE FROM commitments_statuschange",
    "a definition changed": "UPDATE commitments_definition SET statement = 'less'",
    "a definition removed": "DELETE FROM commitments_definition",
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS)
def test_history_withstands_the_programs_own_account(record: Record, statement: str) -> None:
    before = (AuditEntry.objects.count(), StatusChange.objects.count(), Definition.objects.count())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert before == (AuditEntry.objects.count(), StatusChange.objects.count(), Definition.objects.count())
