"""No door that takes an address leads into our own network, and none leads a reader to somebody else's site.

The forms of inner addresses, names that change their minds and redirects are in tests/tracker/test_fetching_guard.py:
here are the doors.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_httpserver import HTTPServer

from commitments.models import Webhook, WebhookMessage
from commitments.views import kept
from commitments.webhooks import events, sending
from tests.attacks.conftest import signed_in
from tests.commitments import make
from tests.commitments.open_record import Record
from tests.tracker.conftest import atom
from tracker.deposits import AtAddress, DepositRefused, Received, Told, deposit
from tracker.fetching import FetchError
from tracker.fetching.imap import mailbox_address, opened
from tracker.models import Poll, Release, Source
from tracker.opml import read_opml
from tracker.polling import poll

pytestmark = pytest.mark.django_db

#: `{port}` is that of a server of ours that nobody outside may make us ask.
INNER = {
    "this machine": "http://127.0.0.1:{port}/latest/meta-data/",
    "by its name": "http://localhost:{port}/",
    "as a number": "http://2130706433:{port}/",
    "IPv4 in IPv6": "http://[::ffff:127.0.0.1]:{port}/",
    "the cloud's own": "http://169.254.169.254/latest/meta-data/iam/",
    "with a user": "http://example.org@127.0.0.1:{port}/",
    "a file": "file:///etc/passwd",
    "another protocol": "gopher://127.0.0.1:{port}/_FLUSHALL",
}
every_form = pytest.mark.parametrize("form", INNER.values(), ids=INNER)


@every_form
@pytest.mark.parametrize("kind", ["feed", "page", "listing", "govuk", "parliament", "statistics"])
def test_no_kind_of_source_asks_it(httpserver: HTTPServer, kind: str, form: str) -> None:
    url = form.format(port=httpserver.port)
    source = Source.objects.create(slug="x", name="X", kind=kind, url=url, next_due_at=timezone.now())
    poll(source, now=timezone.now())
    assert Poll.objects.get().outcome not in {"new", "unchanged"}
    assert httpserver.log == []


@every_form
def test_no_webhook_is_told_there(httpserver: HTTPServer, form: str) -> None:
    hook = Webhook.objects.create(name="Tool", url=form.format(port=httpserver.port))
    sending.send_one(events.note_test(hook, timezone.now()))
    assert WebhookMessage.objects.get().state == WebhookMessage.State.WAITING
    assert WebhookMessage.objects.get().answer is None
    assert httpserver.log == []


@every_form
def test_no_document_is_fetched_from_there(httpserver: HTTPServer, form: str) -> None:
    told = Told("A file", "Home Office", Received("address"))
    with pytest.raises(DepositRefused):
        deposit(AtAddress(form.format(port=httpserver.port)), told, timezone.now())
    assert httpserver.log == []


@every_form
def test_no_trial_of_a_source_asks_it(staff: Client, httpserver: HTTPServer, form: str) -> None:
    sent = {"kind": "feed", "url": form.format(port=httpserver.port), "name": "X", "publisher": "X", "voice": "media"}
    assert staff.post(reverse("admin:tracker_source_try"), sent).status_code == 200
    assert httpserver.log == []


@every_form
def test_the_command_does_not_ask_it(httpserver: HTTPServer, form: str) -> None:
    with pytest.raises(CommandError):
        call_command("add_source", "feed", form.format(port=httpserver.port), "--name", "X")
    assert httpserver.log == []


@pytest.mark.parametrize("address", ["imaps://press@127.0.0.1", "imaps://press@localhost:{port}", "imaps://p@[::1]"])
def test_no_mailbox_is_opened_there(httpserver: HTTPServer, settings: Any, address: str) -> None:
    settings.MAILBOX_PASSWORDS = {f"press@{host}": "x" for host in ("127.0.0.1", "localhost", "::1")}
    with pytest.raises(FetchError), opened(mailbox_address(address.format(port=httpserver.port))):
        pass
    assert httpserver.log == []


def test_the_full_text_of_an_item_is_not_fetched_from_inside(httpserver: HTTPServer, settings: Any) -> None:
    """The feed may be asked, at 127.0.0.1; where its items lead, at 127.0.0.2, may not."""
    settings.FETCH_ALLOW_NETWORKS = ["127.0.0.1/32"]
    inner = f"http://127.0.0.2:{httpserver.port}/secret"
    httpserver.expect_request("/feed").respond_with_data(atom({"id": "t:1", "url": inner, "title": "T", "text": "A."}))
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    options = {"full_text": True}
    url = httpserver.url_for("/feed").replace("localhost", "127.0.0.1")
    source = Source.objects.create(
        slug="x", name="X", kind="feed", url=url, options=options, next_due_at=timezone.now()
    )
    poll(source, now=timezone.now())
    assert {request.path for request, _ in httpserver.log} <= {"/feed", "/robots.txt"}


def test_an_opml_list_holds_no_address_of_a_file(tmp_path: Any) -> None:
    listed = '<opml version="2.0"><body><outline type="rss" text="X" xmlUrl="file:///etc/passwd"/></body></opml>'
    (outline,) = read_opml(listed.encode())
    path = tmp_path / "x.opml"
    path.write_text(listed)
    with pytest.raises(CommandError):
        call_command("import_opml", str(path))
    assert outline
    assert not Source.objects.exists()


def test_a_webhooks_redirect_is_not_followed(httpserver: HTTPServer, loopback_allowed: None) -> None:
    httpserver.expect_request("/hook").respond_with_data("", 307, headers={"Location": httpserver.url_for("/inner")})
    hook = Webhook.objects.create(name="Tool", url=httpserver.url_for("/hook"))
    sending.send_one(events.note_test(hook, timezone.now()))
    assert [request.path for request, _ in httpserver.log] == ["/hook"]


# Where readers and staff are led.

ELSEWHERE = [
    *(
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil",
    ),
    *("javascript:alert(1)", "https:evil.example", " //evil.example", "/\t/evil.example", "data:text/html,x"),
    "http://testserver@evil.example/",
]


@pytest.mark.parametrize("onward", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(onward: str) -> None:
    person = make.user("ann")
    person.set_password("orchard-severn-2468")
    person.save()
    sent = {"username": "ann", "password": "orchard-severn-2468", "next": onward}
    answer: Any = Client().post(f"/admin/login/?next={onward}", sent)
    assert (answer.status_code, answer.url) == (302, reverse("admin:index"))


@pytest.mark.parametrize("onward", ELSEWHERE)
def test_nor_does_bringing_a_document(onward: str) -> None:
    client, _ = signed_in("Researcher")
    sent = {
        "title": "A letter",
        "text": "In all 412 officers are in post.",
        "publisher": "Ministry",
        "voice": "official",
        "way": "letter",
        "received_by": "Ada",
        "received_on": "2025-01-08",
    }
    answer: Any = client.post(reverse("admin:tracker_release_deposit", args=["text"], query={"next": onward}), sent)
    assert answer.status_code == 302
    assert answer.url == reverse("admin:tracker_release_change", args=[Release.objects.get().pk])


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/..", "/\\evil.example/", "//evil.example/admin"])
def test_a_path_that_looks_like_a_host_redirects_nowhere(client: Client, db: None, path: str) -> None:
    answer = client.get("/", PATH_INFO=path)
    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_an_address_of_before_keeps_its_query_and_its_site(client: Client, record: Record) -> None:
    record.trees.slug = "plant-more-trees"
    record.trees.save()
    answer: Any = client.get("/commitments/plant-trees/?next=//evil.example/%0d%0aSet-Cookie:a=b")
    assert answer.status_code == 301
    assert answer.url.startswith("/commitments/plant-more-trees/?")
    assert "Set-Cookie" not in answer.headers


# Whose site they think it is.


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "testserver.evil.example"},
        {"Host": "127.0.0.1@evil.example"},
        {"Host": "127.0.0.1:80@evil.example"},
        {"Host": "127.0.0.1 evil.example"},
        {"Host": "[::1"},
        {"Host": ""},
    ],
    ids=str,
)
def test_another_host_is_not_answered(headers: dict[str, str], db: None) -> None:
    answer = Client().get("/", headers=headers, SERVER_NAME="evil.example")
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


FORWARDED = [
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Server": "evil.example"},
    {"X-Host": "evil.example"},
    {"X-Original-URL": "/admin/"},
    {"X-Rewrite-URL": "/admin/"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Forwarded-Proto": "evil"},
    {"X-Forwarded-Port": "6666"},
    {"X-Forwarded-Prefix": "/evil.example"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"Accept": "application/evil.example"},
    {"Accept-Language": "evil.example"},
]


@pytest.mark.parametrize("headers", FORWARDED, ids=str)
def test_what_one_reader_sends_is_not_in_the_page_kept_for_the_next(
    settings: Any, record: Record, headers: dict[str, str]
) -> None:
    settings.PAGES_KEPT = dt.timedelta(seconds=5)
    for page in ("/", "/commitments/plant-trees/", "/search/?q=trees"):
        kept.forget()
        clean = Client().get(page).content
        kept.forget()
        poisoned = Client().get(page, headers=headers)
        after = Client().get(page)
        assert poisoned.status_code == 200
        assert after.content == clean
        assert b"evil.example" not in after.content
        assert "evil.example" not in str(after.headers)
    kept.forget()


@pytest.mark.parametrize("headers", FORWARDED[:6], ids=str)
def test_links_in_mails_lead_to_our_own_site_whatever_a_request_claims(
    settings: Any, mailoutbox: Any, db: None, headers: dict[str, str]
) -> None:
    settings.BASE_URL = "https://pledges.example"
    sent = {"email": "jo@example.org", "frequency": "weekly", "scope": "all"}
    assert Client().post("/subscribe/", sent, headers=headers).status_code == 200
    (mail,) = mailoutbox
    assert "https://pledges.example/subscribe/confirm/" in mail.body
    assert "evil.example" not in str(mail.message())


def test_an_odd_query_is_a_page_of_its_own(settings: Any, record: Record) -> None:
    settings.PAGES_KEPT = dt.timedelta(seconds=5)
    kept.forget()
    Client().get("/search/?q=<b>evil</b>")
    assert b"evil" not in Client().get("/search/?q=trees").content
    assert b"evil" not in Client().get("/search/").content
    kept.forget()


def test_what_staff_see_is_kept_for_nobody(settings: Any, record: Record, staff: Client) -> None:
    settings.PAGES_KEPT = dt.timedelta(seconds=5)
    kept.forget()
    staff.get("/")
    staff.get("/commitments/plant-trees/")
    assert not kept._kept.answers
