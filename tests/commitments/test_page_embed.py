"""A commitment on other people's pages: the frame, the picture, the image beside a shared link."""

from __future__ import annotations

import datetime as dt
import html
import re
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from commitments import decisions
from commitments.pages.card import THEMES, reach, wrapped
from commitments.pages.share_image import png

from . import make

STYLE = Path(__file__).resolve().parents[2] / "commitments/static/commitments/record.css"
EMBEDS = ("embed/", "embed.svg", "share.png")


@pytest.mark.django_db
def test_only_the_frame_may_be_framed_and_it_runs_and_sets_nothing(client: Client) -> None:
    made = make.commitment("Plant trees", due=dt.date(2025, 1, 5))
    frame = client.get(f"{made.get_absolute_url()}embed/")
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame
    assert not frame.cookies
    page = frame.content.decode()
    assert "Plant trees" in page
    assert "Overdue" in page
    assert "<script" not in page
    assert " style=" not in page
    for other in ("/", "/commitments/", made.get_absolute_url(), f"{made.get_absolute_url()}share.png"):
        answer = client.get(other)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
@pytest.mark.parametrize("embed", EMBEDS)
def test_whoever_has_it_already_is_told_so_until_it_changes(client: Client, embed: str) -> None:
    made = make.commitment("Plant trees")
    address = made.get_absolute_url() + embed
    first = client.get(address)
    assert (first.status_code, first["Cache-Control"]) == (200, "public, max-age=60")
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    decisions.change_status(made, "on_track", make.user(), "It grows.", dt.date(2025, 1, 1))
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed.content != first.content


@pytest.mark.django_db
@pytest.mark.parametrize("embed", EMBEDS)
def test_drafts_are_not_there_and_merged_ones_lead_to_the_same_of_the_other(client: Client, embed: str) -> None:
    draft = make.commitment("Draft", publication="draft")
    kept = make.commitment("Kept")
    merged = make.commitment("Merged", merged_into=kept)
    assert client.get(draft.get_absolute_url() + embed).status_code == 404
    led = client.get(f"{merged.get_absolute_url()}{embed}?theme=dark")
    assert (led.status_code, led["Location"]) == (301, f"{kept.get_absolute_url()}{embed}?theme=dark")


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_says_what_the_page_says_without_style_or_script(client: Client, theme: str) -> None:
    made = make.commitment("Plant <b>trees</b> & more", due=dt.date(2025, 1, 5))
    decisions.change_status(made, "off_track", make.user(), "Too few.", dt.date(2025, 1, 1))
    answer = client.get(f"{made.get_absolute_url()}embed.svg?theme={theme}")
    assert answer["Content-Type"] == "image/svg+xml"
    drawing = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    words = [text for each in drawing.iter() if (text := (each.text or "").strip())]
    assert {"Off track", "Overdue", "Due by 5 January 2025"} <= set(words)
    assert "Plant <b>trees</b> & more" in words[0]
    assert THEMES[theme]["paper"] in answer.content.decode()
    assert not re.search(rb"<style|style=|<script|href=", answer.content)


def test_the_pictures_colours_are_the_pages() -> None:
    tokens = dict(re.findall(r"--([\w-]+): light-dark\(([^)]+)\);", STYLE.read_text()))
    for name in THEMES["light"]:
        assert tokens[name] == f"{THEMES['light'][name]}, {THEMES['dark'][name]}"


@pytest.mark.django_db
def test_a_shared_link_brings_a_picture_of_the_size_that_was_said(client: Client) -> None:
    made = make.commitment("Plant trees")
    page = client.get(made.get_absolute_url()).content.decode()
    told = dict(re.findall(r'<meta property="(og:[\w:]+)" content="([^"]*)">', page))
    assert told["og:title"] == "Plant trees"
    address = told["og:image"].removeprefix("http://127.0.0.1:8000")
    image = client.get(address).content
    assert image.startswith(b"\x89PNG")
    size = struct.unpack(">II", image[16:24])
    assert [str(side) for side in size] == [told["og:image:width"], told["og:image:height"]] == ["1200", "630"]
    assert len(image) < 100_000


def test_letters_are_drawn_though_the_machine_has_no_font() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="20"><text y="15">{}</text></svg>'
    assert png(drawing.format("£1 “Zürich” – ŵ")) != png(drawing.format(""))


@pytest.mark.django_db
def test_how_to_show_it_elsewhere_can_be_copied(client: Client) -> None:
    made = make.commitment('Plant "trees" & more')
    page = client.get(made.get_absolute_url()).content.decode()
    frame, picture = (
        html.unescape(each) for each in re.findall(r'<textarea[^>]*id="embed-[^>]*>(.*?)</textarea>', page, re.DOTALL)
    )
    for address in re.findall(r'(?:src|srcset)="http://127.0.0.1:8000([^"]+)"', frame + picture):
        assert client.get(address).status_code == 200
    assert 'title="Plant &quot;trees&quot; &amp; more, at Pledgewatch"' in frame


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=300))
def test_a_title_never_runs_out_of_the_picture(title: str) -> None:
    lines = wrapped(title, 28, 536, 4)
    assert 1 <= len(lines) <= 4
    assert all(reach(line, 28) <= 536 for line in lines)
    if lines[-1].endswith("…") and not title.rstrip().endswith("…"):
        assert len(" ".join(lines)) <= len(title) + 4
