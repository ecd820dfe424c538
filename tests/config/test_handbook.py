"""The handbook speaks of what is there: its pictures are made, its links lead somewhere, its labels are on screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin

ROOT = Path(__file__).resolve().parent.parent.parent
HANDBOOK = ROOT / "docs" / "handbook"
MOST_BYTES = 150_000
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PAGES = sorted(HANDBOOK.glob("*.md"))
#: Pages in which all that is bold stands on the screen in these words; README.md there says so.
LABELLED = ["first-day", "deadlines", "figures", "corrections", "people", "sources", "bringing"]
#: Bold for another reason.
NOT_LABELS = {"commitment", "release", "evidence", "bold"}
#: What Django's own templates say.
OF_DJANGO = {"history", "view on site", "add"}


def script_pictures() -> list[str]:
    source = (HANDBOOK / "screenshots.py").read_text(encoding="utf-8")
    return re.findall(r'\.keep\("(\w+)"', source)


def on_screen() -> str:
    """The words of templates and code, and the names of what the admin lists."""
    texts = [
        path.read_text(encoding="utf-8")
        for room in ("tracker", "commitments")
        for ending in ("py", "html")
        for path in sorted((ROOT / room).rglob(f"*.{ending}"))
    ]
    for model in apps.get_models():
        if model in admin.site._registry:
            texts.append(str(model._meta.verbose_name_plural))
            texts += [str(field.verbose_name) for field in model._meta.fields]
    return re.sub(r"\s+", " ", " ".join(texts)).lower()


def heading_anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), target
        assert not anchor or anchor in heading_anchors(found), target


def test_the_pictures_are_those_that_the_script_takes_and_no_heavier_than_they_may_be() -> None:
    shown = {name for page in PAGES for name in re.findall(r"\(images/(\w+)\.png\)", page.read_text(encoding="utf-8"))}
    kept = {path.stem: path.stat().st_size for path in (HANDBOOK / "images").iterdir()}

    assert shown == set(script_pictures()) == set(kept)
    assert not {name: size for name, size in kept.items() if size > MOST_BYTES}


def test_every_picture_is_described_for_those_who_do_not_see_it() -> None:
    for page in PAGES:
        for description in re.findall(r"!\[(.*?)\]", page.read_text(encoding="utf-8")):
            assert len(description) > 20, page.name


def test_every_page_is_in_the_index() -> None:
    index = (HANDBOOK / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\((\w[\w-]*\.md)\)", index)) == {page.name for page in PAGES} - {"README.md"}


@pytest.mark.parametrize("name", LABELLED)
def test_what_is_bold_stands_on_the_screen(name: str) -> None:
    words = on_screen()
    page = (HANDBOOK / f"{name}.md").read_text(encoding="utf-8")
    labels = {re.sub(r"\s+", " ", label).lower() for label in re.findall(r"\*\*(.+?)\*\*", page, re.DOTALL)}
    assert labels
    assert not {label for label in labels - NOT_LABELS - OF_DJANGO if label not in words}
