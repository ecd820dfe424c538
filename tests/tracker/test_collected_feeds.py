"""Real and hostile feeds collected by others, polled from a real server and shown on the public pages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import html
from pytest_httpserver import HTTPServer

from tracker.models import Poll, Release, Source
from tracker.polling import poll

pytestmark = pytest.mark.shared

RUNS_OR_LOADS = {"script", "iframe", "object", "embed", "applet", "frame", "svg", "math", "style", "video", "audio"}


@pytest.fixture
def polled(
    shared: Path,
    make_source: Callable[..., Source],
    httpserver: HTTPServer,
    now: dt.datetime,
    expected: dict[str, dict[str, Any]],
) -> dict[str, Poll]:
    """The poll of each feed, by the name of its file."""
    polls = {}
    for number, (name, about) in enumerate(expected.items()):
        body = (shared / "data/feeds" / name).read_bytes()
        kind = str(about.get("content_type_header") or "application/xml")
        httpserver.expect_request(f"/feeds/{number}").respond_with_data(body, headers={"Content-Type": kind})
        source = make_source(f"/feeds/{number}", options={"full_text": False})
        polls[name] = poll(source, now=now)
    return polls


@pytest.fixture
def expected(shared: Path) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = json.loads((shared / "data/feeds/expected.json").read_text())
    return told


def test_no_exception_escapes_titles_are_as_expected_and_no_script_reaches_a_page(
    polled: dict[str, Poll], expected: dict[str, dict[str, Any]], client: Client, now: dt.datetime
) -> None:
    assert len(polled) == 136
    assert not [(name, each.detail) for name, each in polled.items() if "The watch itself failed" in each.detail]
    wanted = missing = 0
    for name, about in expected.items():
        titles = {" ".join(title.split()) for title in _titles(polled[name].source)}
        for title in about["entry_titles"]:
            wanted += bool(title)
            missing += bool(title) and " ".join(title.split()) not in titles
    assert wanted > 150
    assert missing / wanted <= 0.05
    seen = [release.get_absolute_url() for release in _with_markup()] + ["/sources/", "/changes/", "/"]
    for address in seen:
        _check_page(client, address)
    assert len(seen) > 30
    count = Release.objects.count()
    for each in list(polled.values())[::4]:
        if each.new_releases:
            assert poll(each.source, now=now, force=True).new_releases == 0
    assert Release.objects.count() == count


def _titles(source: Source) -> list[str]:
    return list(source.appearances.values_list("title", flat=True))


def _with_markup() -> list[Release]:
    """The releases whose feeds hold something that could run, and some others."""
    suspicious = Release.objects.filter(revisions__text__regex=r"[<>&]|script|javascript|alert").distinct()
    titled = Release.objects.filter(title__regex=r"[<>&]|script|javascript|alert")
    return [*suspicious[:150], *titled[:100], *Release.objects.order_by("pk")[:30]]


def _check_page(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code == 404:
        return
    page = html.document_fromstring(answer.content)
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        ours = element.tag in {"script", "svg", "style"} and not _is_from_outside(element)
        assert element.tag not in RUNS_OR_LOADS or ours, (address, html.tostring(element)[:200])
        for name, value in element.attrib.items():
            assert not str(name).startswith("on"), (address, name)
            assert not str(value).strip().lower().startswith(("javascript:", "data:", "vbscript:")), (address, value)


def _is_from_outside(element: html.HtmlElement) -> bool:
    """Scripts of ours are files of this site; whatever is written out in a page is not ours."""
    return element.tag == "script" and not (element.get("src") or "").startswith("/static/")
