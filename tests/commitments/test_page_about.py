"""Who keeps the record: what its owner has written, and what only staff are told is missing."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from commitments.models import OwnWords

from . import make

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_page_that_nobody_wrote_is_not_there_and_nothing_leads_to_it(client: Client) -> None:
    assert client.get("/about/funding/").status_code == 404
    assert "/about/funding/" not in page(client, "/")
    about = page(client, "/about/")
    assert "has not said it here yet" in about
    assert "Not filled in yet" not in about


def test_staff_are_told_what_is_missing_and_where_to_write_it(client: Client) -> None:
    OwnWords.objects.create(subject="funding", text="Readers pay.")
    client.force_login(make.user())
    about = page(client, "/about/")
    assert "Not filled in yet" in about
    assert "/admin/commitments/ownwords/add/?subject=privacy" in about
    assert "ownwords/add/?subject=funding" not in about
    assert '<option value="privacy" selected>' in page(client, "/admin/commitments/ownwords/add/?subject=privacy")


def test_a_manager_writes_a_page_and_every_page_leads_to_it(client: Client) -> None:
    manager = make.user("manager")
    manager.is_superuser = False
    manager.save()
    manager.groups.add(Group.objects.get(name="Manager"))
    client.force_login(manager)
    text = "Readers pay.\n\nSee https://accounts.example/2026 & <b>more</b>."
    answer = client.post("/admin/commitments/ownwords/add/", {"subject": "funding", "text": text})
    assert answer.status_code == 302
    reader = Client()
    shown = page(reader, "/about/funding/")
    assert "<p>Readers pay.</p>" in shown
    assert '<a href="https://accounts.example/2026" rel="nofollow">' in shown
    assert "&lt;b&gt;more&lt;/b&gt;" in shown
    for address in ("/", "/commitments/", make.commitment().get_absolute_url(), "/sources/", "/about/"):
        assert '<a href="/about/funding/">Who pays for it</a>' in page(reader, address)


def test_whether_a_second_person_confirms_is_said_as_it_is_set(client: Client, settings: Any) -> None:
    assert "confirmed by another" not in page(client, "/about/")
    settings.SECOND_EDITOR = True
    assert "confirmed by another" in page(client, "/about/")


def test_every_page_says_when_a_source_last_answered(client: Client) -> None:
    assert "Sources last checked" not in page(client, "/about/")
    source = make.source()
    source.last_success_at = timezone.now()
    source.save()
    for address in ("/", "/commitments/", make.commitment().get_absolute_url(), "/sources/", "/compare/", "/about/"):
        assert "Sources last checked" in page(client, address)
