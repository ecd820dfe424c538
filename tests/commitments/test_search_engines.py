"""What search engines and readers' programs find: the map of the site, robots.txt, JSON-LD, links in the head."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from lxml import etree, html

from . import make, open_record
from .open_record import Record

pytestmark = pytest.mark.django_db

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture
def record() -> Record:
    return open_record.write()


def locations(client: Client, address: str) -> list[str]:
    found = etree.fromstring(client.get(address).content).xpath("//s:loc/text()", namespaces=NAMES)
    return [location.removeprefix("http://testserver") for location in found]


def test_the_map_leads_to_every_public_page_and_to_no_other(client: Client, record: Record) -> None:
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in client.get("/robots.txt").content.decode()
    parts = locations(client, "/sitemap.xml")
    pages = [page for part in parts for page in locations(client, part)]
    assert record.trees.get_absolute_url() in pages
    assert record.evidence.release.get_absolute_url() in pages
    assert record.draft.get_absolute_url() not in pages
    assert [page for page in pages if client.get(page).status_code != 200] == []


def test_robots_are_kept_from_the_staff_area_alone(client: Client) -> None:
    rules = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in rules


def test_a_commitment_says_in_a_machines_words_what_it_quotes(client: Client, record: Record) -> None:
    page = client.get(record.trees.get_absolute_url()).content.decode()
    (written,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    told = json.loads(written)
    assert told["mainEntity"]["@type"] == "Quotation"
    assert told["mainEntity"]["text"].startswith("=They will be planted")
    assert told["mainEntity"]["creator"]["name"] == "Forests"
    assert told["url"] == "http://127.0.0.1:8000/commitments/plant-trees/"


def test_no_words_of_others_end_the_script(client: Client) -> None:
    made = make.commitment("</script><script>alert(1)</script>", statement="<!-- & -->")
    page = client.get(made.get_absolute_url()).content.decode()
    assert page.count("<script") == 1
    (written,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(written)["name"] == "</script><script>alert(1)</script>"


@pytest.mark.parametrize("address", ["/", "/commitments/", "/commitments/plant-trees/", "/changes/", "/data/"])
def test_the_other_forms_of_a_page_stand_in_its_head_and_answer(client: Client, record: Record, address: str) -> None:
    links = html.fromstring(client.get(address).content).xpath("//head/link[@rel='alternate']")
    assert links
    for link in links:
        target = link.get("href")
        response = client.get(f"{address}{target}" if target.startswith("?") else target)
        assert response.status_code == 200
        assert response["Content-Type"].partition(";")[0] == link.get("type")
