"""What attacks are tried on: a small record, somebody of each role, and a quick way to sign in."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from tests.commitments import make, open_record
from tests.commitments.open_record import Record

#: What must never be answered, whatever is sent: a fault of ours.
FAULT = 500


@pytest.fixture(autouse=True)
def passwords_are_quick_to_check(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def record(db: None) -> Record:
    return open_record.write()


@pytest.fixture
def attacker() -> Client:
    """Somebody who gets the page for a fault as readers do, not the fault itself."""
    return Client(raise_request_exception=False)


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(make.user())
    return client


def signed_in(role: str, name: str = "") -> tuple[Client, User]:
    """A client of somebody new in this role."""
    person = User.objects.create(username=name or role.lower(), is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(person)
    return client, person
