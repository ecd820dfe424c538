"""Servers of this machine that some tests need."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def postgres_database(template: str = "template1") -> Iterator[str]:
    """The address of a new database on the PostgreSQL of this machine, a copy of another if its name is given."""
    if not answers(5432):
        pytest.skip("no PostgreSQL on 127.0.0.1:5432")
    import psycopg

    user = os.environ.get("POSTGRES_TEST_USER", "postgres")
    name = f"pledgewatch_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"postgresql://{user}@127.0.0.1:5432/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield f"postgres://{user}@127.0.0.1:5432/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
