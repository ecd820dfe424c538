"""Every door of open data asks the database as much of a thousand commitments as of ten."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.opendata.files import ROWS_AT_ONCE

from . import open_record

pytestmark = pytest.mark.django_db

DOORS = (
    *("/api/v1/commitments/?limit=100", "/api/v1/commitments/plant-trees/", "/api/v1/evidence/?limit=100"),
    *("/api/v1/measurements/", "/api/v1/releases/", "/api/v1/sources/", "/api/v1/changes/?limit=100"),
    *("/api/v1/departments/?limit=100", "/changes/", "/feeds/changes.atom", "/commitments/plant-trees/changes.atom"),
    *("/feeds/deadlines.ics", "/sitemap-commitments.xml", "/sitemap-releases.xml"),
)
FILES = ("/data/commitments.csv", "/data/evidence.csv", "/commitments/?format=json")


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        assert response.status_code == 200
        if response.streaming:
            list(response.streaming_content)  # type: ignore[call-overload]
    return len(captured)


def test_no_door_asks_more_of_many_than_of_few(client: Client) -> None:
    open_record.write()
    open_record.many(10)
    few = {address: queries(client, address) for address in (*DOORS, *FILES)}
    open_record.many(1000)
    many = {address: queries(client, address) for address in (*DOORS, *FILES)}
    assert {address: many[address] for address in DOORS} == {address: few[address] for address in DOORS}
    assert max(few.values()) <= 16
    batches = 1 + 1012 // ROWS_AT_ONCE
    for address in FILES:
        assert many[address] - few[address] <= 2 * (batches - 1), "a file asks so much a batch"
