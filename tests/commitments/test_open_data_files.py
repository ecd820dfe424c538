"""The CSV files: whole when read back, harmless in a spreadsheet, and explained."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from commitments.models import Commitment
from commitments.opendata.csv_files import SHIELD, cell, lines
from commitments.opendata.fields import TEXT, Field
from commitments.opendata.resources import RESOURCES

from . import open_record
from .open_record import Record


@pytest.fixture
def record(db: None) -> Record:
    return open_record.write()


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def back(cell: str) -> str:
    """A text as the page of data says to take it back."""
    return cell.removeprefix(SHIELD)


@pytest.mark.parametrize("name", ["commitments", "evidence", "measurements"])
def test_a_file_says_what_the_api_says(client: Client, record: Record, name: str) -> None:
    told = client.get(f"/api/v1/{name}/").json()["items"]
    rows = read(text_of(client.get(f"/data/{name}.csv")))
    assert len(rows) == len(told) > 0
    for row, item in zip(rows, told, strict=True):
        assert list(row) == list(item)
        for key, value in item.items():
            match value:
                case None:
                    assert row[key] == ""
                case bool():
                    assert row[key] == ("true" if value else "false")
                case str():
                    assert back(row[key]) == value
                case int() | float():
                    assert float(row[key]) == value
                case _:
                    assert json.loads(row[key]) == value


def test_nothing_that_is_not_public_is_in_a_file(client: Client, record: Record) -> None:
    whole = "".join(text_of(client.get(f"/data/{name}.csv")) for name in ("commitments", "evidence", "measurements"))
    assert "lighthouse" not in whole.lower()
    assert "whisper" not in whole
    assert "They will be planted" in whole


def test_a_formula_is_text_in_a_spreadsheet(client: Client, record: Record) -> None:
    Commitment.objects.filter(pk=record.bridge.pk).update(title='=HYPERLINK("https://evil.example")')
    (row,) = (row for row in read(text_of(client.get("/data/commitments.csv"))) if row["slug"] == "mend-the-bridge")
    assert row["title"] == '\'=HYPERLINK("https://evil.example")'


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=5))
def test_any_text_comes_back_whole_and_none_begins_like_a_formula(texts: list[str]) -> None:
    fields = [Field(f"column_{number}", TEXT, "", str) for number in range(len(texts))]
    row = {field.name: text for field, text in zip(fields, texts, strict=True)}
    written = "".join(lines(fields, [row]))
    (found,) = read(written)
    assert [back(value) for value in found.values()] == texts
    assert not any(value.lstrip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠") for value in found.values())


def test_a_negative_number_stays_a_number() -> None:
    assert cell(-5) == "-5"


def test_a_list_can_be_had_as_it_was_filtered_and_sorted(client: Client, record: Record) -> None:
    asked = {"q": "", "status": "", "timing": "due_soon", "sort": "title", "page": "3"}
    rows = read(text_of(client.get("/commitments/", {**asked, "format": "csv"})))
    assert [row["slug"] for row in rows] == ["mend-the-bridge"]
    told = json.loads(text_of(client.get("/commitments/", {"sort": "title", "format": "json"})))
    assert [item["slug"] for item in told["items"]] == ["mend-the-bridge", "plant-trees"]
    assert told["licence"]["name"].startswith("Creative Commons")


def test_the_list_page_links_to_itself_as_data(client: Client, record: Record) -> None:
    page = client.get("/commitments/?timing=due_soon&sort=deadline").content.decode()
    for name in ("csv", "json"):
        address = f"?timing=due_soon&amp;sort=deadline&amp;format={name}"
        assert page.count(address) == 2, "as a link and in the head"
    found = text_of(client.get("/commitments/?timing=due_soon&sort=deadline&format=csv"))
    assert [row["slug"] for row in read(found)] == ["mend-the-bridge"]


@pytest.mark.parametrize(
    "asked", ["format=xlsx", "format=csv&status=splendid", "format=csv&sort=colour", "format=csv&x=1"]
)
def test_a_list_that_cannot_be_meant_is_refused(client: Client, record: Record, asked: str) -> None:
    response = client.get(f"/commitments/?{asked}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_the_dictionary_tells_of_every_column(client: Client, db: None) -> None:
    page = client.get("/data/").content.decode()
    for name in ("commitments", "evidence", "measurements"):
        assert f'href="/data/{name}.csv"' in page
        for field in RESOURCES[name].listed:
            assert f"<code>{field.name}</code>" in page
    structured = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert structured["@type"] == "Dataset"
    assert structured["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_a_file_that_is_not_there_is_a_problem(client: Client, db: None) -> None:
    assert client.get("/data/people.csv").status_code == 404
