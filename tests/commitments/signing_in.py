"""Somebody with a password, who signs in by the form."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from tests.commitments import make

PASSWORD = "orchard-severn-2468"


def person(name: str = "ann") -> User:
    user: User = make.user(name)
    user.set_password(PASSWORD)
    user.save()
    return user


def give_password(client: Client, password: str = PASSWORD, name: str = "ann", **headers: Any) -> Any:
    return client.post("/admin/login/", {"username": name, "password": password, "next": "/admin/"}, **headers)
